"""What a person reads of versions and deployments, or a program, with `--json`."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from retrain.cli.output import figure, print_json
from retrain.console import console, table
from retrain.deployment import lineage as lineages
from retrain.deployment.facts import OUTSIDE
from retrain.errors import UserError
from retrain.gate.schema import read_verdict
from retrain.metrics.table import places
from retrain.repo import line, record

if TYPE_CHECKING:
    from retrain.deployment.deploy import Deployed
    from retrain.deployment.facts import Deployment, Lineage
    from retrain.deployment.overview import Registry
    from retrain.registry.deployment_tags import Assignment
    from retrain.registry.versions import Version

MINUTE = "%Y-%m-%d %H:%M UTC"
GAP, FIGURE = 2, 6  # characters between two columns, and of a metric
NEWEST = 5  # deployments that are shown


def deployed(done: "Deployed", as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    if not done.changed:
        print(f"{done.stage}: {done.version} is there already")
        return
    before = f", in place of {done.before}" if done.before else ""
    print(f"{done.stage}: {done.version}{before}; the tag {done.tag} is at the remote")


def registry(known: "Registry", notes: list[str], as_json: bool) -> None:
    there = {stage: known.assignments.on(stage) for stage in known.stages()}
    rows = [_version(known, version, there, notes) for version in known.versions.registered[::-1]]
    if as_json:
        print_json({"artifact": known.artifact, "versions": rows, "notes": notes})
        return
    say = console().print
    if not rows:
        print(f"no version of {known.artifact} is registered yet; first: {known.remedy}")
    else:
        _table(rows, console().width)
    if not line.value() and (others := record.lines()):
        print(f"contexts with a line of their own: {', '.join(others)}; see it with --context")
    for note in notes:
        say(f"note: {note}", markup=False)


def _table(rows: list[dict[str, Any]], width: int) -> None:
    """Print versions, with as many of their metrics as there is room for, the primary one first."""
    lines = [
        [row["version"], ", ".join(row["stages"]), row["verdict"] or "", _age(row["registered"])]
        for row in rows
    ]
    headers = ["version", "where", "verdict", "age"]
    names = list(dict.fromkeys(name for row in rows for name in row["metrics"]))
    names.sort(key=lambda name: name != rows[0]["primary"])
    room = width - sum(GAP + max(map(len, column)) for column in zip(headers, *lines, strict=True))
    shown = [name for place, name in enumerate(names) if sum(map(_wide, names[: place + 1])) < room]
    for cells, row in zip(lines, rows, strict=True):
        cells += [_metric(row["metrics"].get(name)) for name in shown]
    table(lines, [*headers, *shown], right=3)
    if shown != names:
        print(f"more with --json: {', '.join(name for name in names if name not in shown)}")


def _wide(name: str) -> int:
    return GAP + max(len(name), FIGURE)


def _version(
    known: "Registry", version: "Version", there: dict[str, "Assignment | None"], notes: list[str]
) -> dict[str, Any]:
    verdict = None
    try:
        verdict = read_verdict(version.commit)
    except UserError as error:  # of another release of this program: the others are shown
        notes.append(f"{version.name}: {error}")
    return {
        "version": version.name,
        "commit": version.commit,
        "stages": [stage for stage, at in there.items() if at and at.version == version],
        "verdict": verdict.verdict if verdict else None,
        "primary": verdict.primary if verdict else None,
        "metrics": verdict.metrics if verdict else {},
        "registered": known.entry(version).time.isoformat(),
    }


def _metric(value: float | None) -> str:
    return "" if value is None else figure(value, places(value))


def _age(time: str) -> str:
    seconds = (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return "now"


def there(found: "Assignment", signed: bool, when: datetime | None) -> None:
    at = f"at {when:{MINUTE}}" if when else "now"
    by = f", by {found.actor}" if found.actor else ""
    why = f": {found.reason}" if found.reason else ""
    outside = "" if signed else f" ({OUTSIDE})"
    since = f"since {found.time:{MINUTE}}"
    print(f"{found.stage} {at}: {found.version.name}, {since}{by}{why}{outside}\n")


def lineage(found: "Lineage", as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    say = console().print
    say(f"{found.artifact} {found.version}", style="bold", markup=False)
    table(_rows(found), ["", ""])
    newest = found.deployments[: -NEWEST - 1 : -1]
    if newest:
        table(map(_period, newest), ["stage", "since (UTC)", "until", "by", "why"])
    else:
        say("It was never deployed.")
    if older := len(found.deployments) - len(newest):
        say(f"and {older} earlier: --json", markup=False)
    say("All of it, with parameters, packages and code: --json", markup=False)


def _rows(found: "Lineage") -> Iterator[tuple[str, str]]:
    who, data, judged = found.registered, found.data, found.judged
    yield "commit", f"{found.commit}, {found.committed}"
    by = " by ".join(filter(None, [who.event or "a landing", who.actor]))
    yield "registered", f"{who.time}: {by}{f': {who.reason}' if who.reason else ''}"
    if who.run:
        yield "run", who.run
    yield "model", found.model.path
    yield "SHA-256", found.model.sha256 or "not recorded"
    yield "data", f"{data.rows:,} rows in {len(data.partitions)} files, version {data.version[:7]}"
    yield "trained on", f"{data.train_rows:,} rows ({data.train})"
    yield "judged on", f"{data.test_rows:,} rows ({data.test})"
    champion = f" against {judged.champion}" if judged.champion else ""
    yield "verdict", f"{judged.verdict}{champion}: {'; '.join(judged.reasons)}"
    for name, value in found.metrics.items():
        reference = found.reference.get(name)
        beside = "" if reference is None else f" (reference {_metric(reference)})"
        yield name, f"{_metric(value) or 'undefined'}{beside}"
    yield "parameters", "\n".join(f"{name} {value}" for name, value in found.parameters.items())
    yield "packages", f"{len(found.dependencies)}, pinned"


def _period(each: "Deployment") -> tuple[str, ...]:
    until = _minute(each.until) if each.until else "now"
    by = each.actor or "unknown"
    why = each.reason if each.signed else f"{each.reason} ({OUTSIDE})".strip()
    why = f"rolled back: {why}" if each.rolled_back else why
    return each.stage, _minute(each.since), until, by, why


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")  # of ISO 8601


def differences(before: "Lineage", after: "Lineage", as_json: bool) -> None:
    found = lineages.differences(before, after)
    if as_json:
        print_json({"before": before.version, "after": after.version, "differences": found})
        return
    if not found:
        print(f"{before.version} and {after.version} are made of the same")
        return
    table(_lines(found), ["", "", before.version, after.version])


def _lines(found: dict[str, dict[str, tuple[str, str]]]) -> Iterable[tuple[str, ...]]:
    for section, values in found.items():
        for name, (old, new) in values.items():
            yield section, name, old, new
