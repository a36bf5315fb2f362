"""What production sees, held against what its model has learned from: two files for the next job.

The model's code runs here, without any credential: what it leaves is data for who reads it.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from retrain.ci import checkout, fetch
from retrain.ci.event import Event
from retrain.errors import UserError
from retrain.gate.policy import Policy
from retrain.monitoring import current, learned, schema
from retrain.monitoring.drift import NONE
from retrain.monitoring.schema import Drift
from retrain.paths import DRIFT, DRIFT_PAGE, POLICY
from retrain.repo import dvc, snapshot
from retrain.report.render.markdown import text
from retrain.settings import read

LOG = ".dvc/tmp/retrain-seen"  # of the log that policy.yaml names, a copy
SHOWN = 20  # features of the summary
FOUND = {"alarm": "An alarm", "none": "No alarm", "too few": "Too few rows to say"}


def prepare(event: Event) -> None:
    """Bring here what the comparison reads, before the token is out of reach."""
    seen = _seen()
    fetch.for_run(event)  # with what a source, or an address, needs
    found = learned.chosen(None)
    with dvc.opened() as repo:
        snapshot.pull(repo)
        if found:
            fetch.results(repo, found.commit)
    if seen != current.SOURCE:
        shutil.rmtree(LOG, ignore_errors=True)
        current.download(seen, Path(LOG))


def seen(event: Event) -> list[str]:
    """Return what `retrain drift` is to look at, as its words; fetches new data if it is these."""
    if _seen() != current.SOURCE:
        return ["--current", LOG]
    checkout.prepare(event, check=False)  # shown, and not built from
    return []


def _seen() -> str:
    if (drift := read(Path(POLICY), Policy).drift) is None:
        raise UserError(NONE)
    return drift.seen


def look(folder: Path, words: Sequence[str] = ()) -> Drift:
    """Compare, and leave what was found in a folder.

    Raises:
        UserError: if the comparison leaves nothing, after it has said why.
    """
    folder.mkdir(exist_ok=True)
    for name in (DRIFT, DRIFT_PAGE):
        Path(name).unlink(missing_ok=True)
        (folder / name).unlink(missing_ok=True)
    program = str(Path(sys.executable).with_name("retrain"))
    subprocess.run([program, "drift", *words])  # noqa: S603 (its exit code says what the file says)
    if not Path(DRIFT).is_file():
        raise UserError("the comparison has left no result, as shown above; fix that, run it again")
    for name in (DRIFT, DRIFT_PAGE):
        if Path(name).exists():
            Path(name).replace(folder / name)
    return schema.read((folder / DRIFT).read_bytes())


def summary(found: Drift) -> str:
    """Return what a person reads first, as Markdown."""
    head = f"**{FOUND[found.status]}**: {found.rows:,} rows, against {text(found.against, 100)}."
    alarms = [f"- {text(each.what, 300)}" for each in found.alarms[:SHOWN]]
    rows = [
        f"| {text(each.name, 100)} | {_figure(each.psi)} | {_figure(each.ks)} "
        f"| {each.missing:.1%} | {each.learned_missing:.1%} |"
        for each in sorted(found.features, key=lambda one: -(one.psi or 0))[:SHOWN]
    ]
    header = ["| feature | PSI | KS | missing | in training |", "|---|--:|--:|--:|--:|"]
    table = [*header, *rows] if rows else []
    return "\n\n".join(filter(None, [head, "\n".join(alarms), "\n".join(table)]))


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
