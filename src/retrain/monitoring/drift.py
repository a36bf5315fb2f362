"""One comparison: what production has seen, against what its model has learned from."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow.parquet as pq

from retrain.errors import UserError
from retrain.gate.policy import Drift as Limits
from retrain.gate.policy import Policy, check
from retrain.metrics import samples
from retrain.metrics.samples import Names, Sample
from retrain.metrics.tasks import is_score
from retrain.monitoring import current, integrity, outcome, relation, shapes
from retrain.monitoring.learned import Learned, of
from retrain.monitoring.schema import Alarm, Drift
from retrain.paths import POLICY
from retrain.run.problem import problem
from retrain.settings import read

DAY = datetime.timedelta(days=1)
NONE = "policy.yaml has no section drift, so nothing is monitored; copy it from the template's"


@dataclass
class Compared:
    """What was found, and both samples, for the page."""

    drift: Drift
    now: list[Sample] = field(default_factory=list)  # the features, and the predictions
    learned: list[Sample] = field(default_factory=list)


def examine(given: Sequence[Path], against: str | None = None) -> Compared:
    """Compare files or folders with what a version has learned from; see `learned.of`.

    Nothing given: what `drift.seen` of policy.yaml says.
    """
    policy = read(Path(POLICY), Policy)
    check(policy, problem())
    if policy.drift is None:
        raise UserError(NONE)
    with of(against) as learned, TemporaryDirectory(prefix="retrain-") as scratch:
        paths, notes = _chosen(given, learned, policy.drift, scratch)
        if not paths:
            return Compared(_result(learned, "too few", notes=[*notes, "there is nothing new"]))
        return compare(paths, learned.code.see(paths), learned, policy, notes)


def _chosen(
    given: Sequence[Path], learned: Learned, limits: Limits, scratch: str
) -> tuple[list[Path], list[str]]:
    if not given and limits.seen == current.SOURCE:
        return current.new_data(learned), []
    paths = current.files(given) if given else current.download(limits.seen, Path(scratch, "log"))
    found = current.scored_by(paths, learned.name)
    left = len(paths) - len(found)
    return found, [
        f"{left} files of the log, scored by other versions, are left out"
    ] if left else []


def compare(
    paths: Sequence[Path],
    seen: list[Path],
    learned: Learned,
    policy: Policy,
    notes: Sequence[str] = (),
) -> Compared:
    """Compare files, as the model sees them (`seen`), with what it has learned from."""
    limits = policy.drift
    assert limits is not None
    names = samples.names_in(seen[0])
    then = samples.read(learned.train, names)
    now = samples.read(seen, names, then)
    scores = Names([each for each in pq.read_schema(seen[0]).names if is_score(each)], [])
    said_then = samples.read([learned.test], scores)
    said_now = samples.read(seen, scores, said_then)
    found = [*shapes.features(now, then), *shapes.features(said_now, said_then)]
    days = shapes.days(current.names(paths))
    values = {
        "rows": now.rows,
        "period": f"{days[0]} to {days[1] - DAY}" if days else "",
        "features": found,
    }
    if now.rows < limits.min_rows:
        notes = [*notes, f"{now.rows:,} rows are too few to say; {limits.min_rows:,} are enough"]
        return Compared(_result(learned, "too few", notes=notes, **values))
    alarms = [
        *integrity.alarms(seen, now, relation.learn(learned.train, then), limits.integrity),
        *_of_age(days, learned, limits.max_age),
    ]
    more, said = _of_outcomes(seen, learned, policy)
    alarms += more
    like = shapes.a_season_before(learned.train, days, limits.inputs.season or 0)
    if limits.inputs.season is None:
        alarms += shapes.alarms(found, limits.inputs.psi, "in training")
    elif like:
        before = samples.read(like, names, then)
        its = list(shapes.features(now, before))
        alarms += shapes.alarms(its, limits.inputs.psi, "a season before")
    else:
        said.append("distributions are shown and are no alarm: no season before is in the data")
    status = "alarm" if alarms else "none"
    moved = {each.feature for each in alarms}
    values["features"] = sorted(found, key=lambda each: (each.name not in moved, -(each.psi or 0)))
    result = _result(learned, status, alarms=alarms, notes=[*notes, *said], **values)
    return Compared(result, [now, said_now], [then, said_then])


def _of_age(seen: shapes.Days | None, learned: Learned, most: int | None) -> Iterator[Alarm]:
    known = learned.days
    if seen is None or known is None or most is None:
        return
    if (age := (seen[1] - known[1]).days) > most:
        what = f"the model knows nothing of the last {age} days; {most} are allowed"
        yield Alarm(kind="integrity", feature="age", check="max_age", what=what)


def _of_outcomes(
    seen: Sequence[Path], learned: Learned, policy: Policy
) -> tuple[list[Alarm], list[str]]:
    limits = policy.drift
    assert limits is not None
    columns = [
        name for name in pq.read_schema(seen[0]).names if name == "outcome" or is_score(name)
    ]
    block = policy.gate.blocks.column
    wanted = list(dict.fromkeys([*columns, block]))
    now = pd.concat([pq.read_table(path, columns=wanted).to_pandas() for path in seen])
    now = now[now["outcome"].notna()].reset_index(drop=True)
    if len(now) < limits.min_rows:
        return [], [
            f"outcomes are known of {len(now):,} rows: too few to say what the model is worth"
        ]
    then = pq.read_table(learned.test, columns=wanted).to_pandas()
    now = now.astype({"outcome": then["outcome"].dtype})
    return list(outcome.alarms(now, then, policy.gate, limits.outcome, learned.code)), []


def _result(learned: Learned, status: str, **values: object) -> Drift:
    nothing = {"rows": 0, "period": "", "alarms": [], "features": [], "notes": []}
    named = {"status": status, "against": learned.name, "commit": learned.commit}
    return Drift.model_validate(nothing | named | values)
