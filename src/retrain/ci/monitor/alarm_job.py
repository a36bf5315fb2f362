"""The alarm: what the job before it has found starts a retraining, unless one is on its way.

That job has run the model's code, and holds no credential that writes: what it left is data here.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from retrain.ci import provider
from retrain.ci.checkout import check_out, switched_on
from retrain.ci.cml import proposal
from retrain.ci.doctor import doctor
from retrain.errors import UserError
from retrain.gate.policy import Policy
from retrain.monitoring import schema
from retrain.monitoring.schema import Drift
from retrain.paths import DRIFT, POLICY
from retrain.report.render.markdown import text
from retrain.settings import read

LOOKS = "look"  # the job
LARGEST = 5_000_000  # bytes
MINUTE = "%Y-%m-%d %H:%M UTC"


def answer(folder: Path) -> str:
    """Raise the alarm that a folder holds, if there is one; return what was done, and why."""
    event = provider.events().watch()
    check_out(event)
    found = _left(folder)
    if found.status != "alarm":
        why = "too few rows to say" if found.status == "too few" else "nothing has moved too far"
        return f"No alarm: {why} ({found.rows:,} rows, against {text(found.against, 100)})."
    if not switched_on(event):
        return f"No alarm is raised: {POLICY} says triggers.{event.trigger}: false."
    if is_open := proposal.of_alarm(found.cause):
        return f"No alarm is raised: the proposal for the same cause is open, {is_open.url}"
    _, forge = doctor.located()
    runs = provider.runs(forge)
    if until := _cooling(runs.last_alarm(forge)):
        return f"No alarm is raised: the last one is too new; drift.cooldown ends {until}."
    runs.raise_alarm(forge, found.reason, found.cause)
    return f"The alarm is raised, and starts a retraining: {text(found.reason, schema.REASON)}"


def _left(folder: Path) -> Drift:
    provider.calls().fetch_left(LOOKS, folder)
    file = folder / DRIFT
    if not file.is_file() or file.is_symlink():
        raise UserError(f"{LOOKS!r} has left no {DRIFT}; run all jobs of this again")
    if file.stat().st_size > LARGEST:
        raise UserError(f"{file} is larger than {LARGEST:,} bytes, and not what {LOOKS!r} writes")
    return schema.read(file.read_bytes())


def _cooling(last: datetime | None) -> str:
    """Return until when no other alarm is raised; empty: it may be."""
    drift = read(Path(POLICY), Policy).drift
    if last is None or drift is None:
        return ""
    until = last + timedelta(days=drift.cooldown)
    return until.astimezone(UTC).strftime(MINUTE) if until > datetime.now(UTC) else ""
