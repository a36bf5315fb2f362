"""What a replay has found, as tables: for a terminal, and as Markdown that a README can take."""

from collections.abc import Iterator

from retrain.console import console, table
from retrain.gate.schema import Difference
from retrain.metrics.table import places
from retrain.paths import REPLAY_PICTURE, REPLAY_TABLES
from retrain.replay.schema import ALARM, EVERY, Figure, Replay
from retrain.report.render import markdown
from retrain.report.render.numbers import GAP, NONE, figure, interval, percent, signed

LONGEST = 300  # characters of what an alarm or a verdict says
COLUMNS = range(1, 20)  # of figures


def show(found: Replay) -> None:
    """Print the tables for a person."""
    table(_policies(found), _headers(found), right=1)
    header, rows = _months(found, found.primary)
    table(rows, header, right=1)
    say = console().print
    for policy, name, what in _events(found):
        say(f"{name}, {policy}: {what}", markup=False)
    say(f"{_walked(found)}: {REPLAY_TABLES}, {REPLAY_PICTURE}", markup=False)


def markdown_of(found: Replay) -> str:
    metrics = [*found.higher_is_better]
    parts = [
        "# Does retraining pay?",
        f"{markdown.text(_walked(found))}. Each {found.unit} is scored by the model that a policy "
        f"has in use, and a training after it has the data up to that {found.unit}. Alarms are "
        f"{found.unit}s that are one against the model in use, whether or not the policy heeds "
        f"them. Intervals are of {percent(found.confidence)}, with the gate's method.",
        markdown.table(_header(_headers(found)), map(_named, _policies(found)), COLUMNS),
        *_sheet(found, metrics[0]),
        *(
            markdown.details(f"The same by {each}", "\n\n".join(_sheet(found, each)))
            for each in metrics[1:]
        ),
    ]
    if events := list(_events(found)):
        rows = [[name, policy, markdown.text(what, LONGEST)] for policy, name, what in events]
        parts += ["## What happened", markdown.table([found.unit, "policy", "why"], rows)]
    return f"{markdown.paragraphs(*parts)}\n"


def _sheet(found: Replay, metric: str) -> list[str]:
    header, rows = _months(found, metric)
    better = "higher" if found.higher_is_better[metric] else "lower"
    title = f"{markdown.text(metric)} by {found.unit}: {better} is better"
    return [f"**{title}**", markdown.table(_header(header), map(_named, rows), COLUMNS)]


def _walked(found: Replay) -> str:
    served = f"{found.first} to {found.last}, {found.rows:,} {found.called}"
    return f"{served}, after a first model of {found.history}"


def _headers(found: Replay) -> list[str]:
    first, *others = found.higher_is_better
    return ["policy", "trainings", "taken", "alarms", first, "against never", *others]


def _policies(found: Replay) -> Iterator[list[str]]:
    for course in found.courses:
        first, *others = course.figures.values()
        yield [
            name_of(course.policy, found.unit),
            str(course.trainings),
            str(course.taken),
            str(course.alarms) if found.monitored else NONE,
            figure(first.value),
            _difference(course.against_never),
            *(figure(each.value) for each in others),
        ]


def name_of(policy: str, unit: str) -> str:
    return f"every {unit}" if policy == EVERY else policy


def _difference(found: Difference | None) -> str:
    if found is None:
        return ""
    digits = places(found.this, found.other)
    return f"{signed(found.difference, digits)} ({interval(found.low, found.high, digits)})"


def _months(found: Replay, metric: str) -> tuple[list[str], list[list[str]]]:
    """Return a table of a metric: a line a month, a column a policy."""
    header = [found.unit, *(name_of(each.policy, found.unit) for each in found.courses)]
    rows = []
    for months in zip(*(course.months for course in found.courses), strict=True):
        cells = [_cell(each.figures[metric]) for each in months]
        rows.append([months[0].name, *cells])
    return header, rows


def _cell(found: Figure) -> str:
    if found.value is None or found.low is None or found.high is None:
        return figure(found.value)
    digits = places(found.value)
    low, high = figure(found.low, digits), figure(found.high, digits)
    return f"{figure(found.value, digits)} ({low}{GAP}…{GAP}{high})"


def _events(found: Replay) -> Iterator[tuple[str, str, str]]:
    """Yield policy, month and what happened, where that is not what the policy always does."""
    months = [(course, month) for course in found.courses for month in course.months]
    for course, month in sorted(months, key=lambda each: each[1].name):
        said = [month.why] if month.why else []
        if course.policy == ALARM:
            said = [*month.alarms, *said]
        if said:
            yield name_of(course.policy, found.unit), month.name, "; ".join(said)


def _named(row: list[str]) -> list[str]:
    """Return a row of our own figures after a name, as Markdown."""
    return [markdown.text(row[0]), *row[1:]]


def _header(cells: list[str]) -> list[str]:
    return [markdown.text(cell) for cell in cells]
