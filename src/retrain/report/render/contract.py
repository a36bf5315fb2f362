"""The data contract: what was expected, what was found, and the rows that break it."""

from retrain.data.failures import Failure
from retrain.report.render.markdown import (
    code,
    cut,
    cut_rows,
    details,
    more,
    paragraphs,
    table,
    text,
)
from retrain.report.render.numbers import count
from retrain.report.schema import Facts
from retrain.run.outputs import Contract

FAILURES = 5
COLUMNS = 6  # as many as a comment is wide
PARTITIONS = 24


def broken(facts: Facts) -> str:
    found = facts.contract
    if found is None or found.success:
        return ""
    return paragraphs("### Broken promises of the data", _failures(found))


def kept(facts: Facts) -> str:
    found = facts.contract
    if found is None or not found.success:
        return ""
    partitions, rows = count(len(found.rows), "partition"), count(sum(found.rows.values()), "row")
    summary = f"Data contract: kept by {partitions}, {rows}"
    if found.failures:
        summary += f", with {count(len(found.failures), 'warning')}"
    return details(summary, paragraphs(_failures(found), _partitions(found)))


def _partitions(found: Contract) -> str:
    if not found.rows:
        return ""
    newest_first = sorted(found.rows.items(), reverse=True)
    rows = cut_rows(newest_first, PARTITIONS, lambda each: [code(each[0]), f"{each[1]:,}"])
    return table(["partition", "rows"], rows, {1})


def _failures(found: Contract) -> str:
    return paragraphs(*cut(found.failures, FAILURES, _failure))


def _failure(failure: Failure) -> str:
    place = code(failure.file)
    if failure.column:
        place += f", column {code(failure.column)}"
    lines = [
        f"**{text(failure.severity, 40)}** in {place}",
        f"expected: {text(failure.expected)}",
        f"found: {text(failure.found)}",
        f"remedy: {text(failure.remedy)}",
    ]
    return paragraphs("\\\n".join(lines), _rows(failure.rows))


def _rows(rows: list[dict[str, str]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return ""
    shown = names[:COLUMNS]
    header = [text(name, 40) for name in shown]
    cells = [[code(row.get(name, ""), 40) for name in shown] for row in rows]
    if len(names) > COLUMNS:
        header.append(more(len(names) - COLUMNS))
        cells = [[*row, ""] for row in cells]
    return table(header, cells)
