"""The failures of the data contract in words: where, what, which rows, and the remedy."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from retrain.settings import Line

if TYPE_CHECKING:  # what reads a report has no pandas
    import pandas as pd

EXAMPLES = 5  # rows
COLUMNS = "expect_table_columns_to_match_set"
TYPE = "expect_column_values_to_be_of_type"


@dataclass(frozen=True)
class Failure:
    """One expectation that a file does not meet, with some of the rows as text."""

    severity: Line
    file: Line
    column: Line
    expected: Line
    found: Line
    remedy: Line
    rows: Annotated[list[dict[Line, Line]], Field(max_length=EXAMPLES)] = field(
        default_factory=list
    )

    def sentence(self) -> str:
        place = f"{self.file}: column {self.column!r}" if self.column else self.file
        return f"{place} breaks the contract ({self.expected!r}): {self.found}; {self.remedy}"


def described(
    results: list[dict[str, Any]], frame: "pd.DataFrame", file: str, key: list[str]
) -> list[Failure]:
    """Return the failures of `frame`, whose rows are numbered from 0, critical ones first.

    `results` are those of Great Expectations as JSON, in the format SUMMARY.
    """
    failed = [result for result in results if not result["success"]]
    return [_failure(each, frame, file, key) for each in sorted(_causes(failed), key=_order)]


def _failure(result: dict[str, Any], frame: "pd.DataFrame", file: str, key: list[str]) -> Failure:
    config = result["expectation_config"]
    numbers = result["result"].get("partial_unexpected_index_list") or []
    shown = [name for name in dict.fromkeys([*key, _column(result)]) if name in frame]
    return Failure(
        severity=config["severity"],
        file=file,
        column=_column(result),
        expected=config.get("description") or config["type"],
        found=_found(result, frame),
        remedy=config["meta"].get("remedy", "correct the data, or the contract"),
        rows=[
            {"row": str(number), **{name: str(frame.at[number, name]) for name in shown}}
            for number in numbers[:EXAMPLES]
        ],
    )


def _type(result: dict[str, Any]) -> str:
    return str(result["expectation_config"]["type"])


def _column(result: dict[str, Any]) -> str:
    kwargs = result["expectation_config"]["kwargs"]
    return str(kwargs.get("column") or ", ".join(kwargs.get("column_list", [])))


def _causes(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what could not be checked because its column is missing or of another type."""
    broken = {_column(result) for result in results if _type(result) == TYPE}
    missing_are_named = any(_type(result) == COLUMNS for result in results)

    def is_consequence(result: dict[str, Any]) -> bool:
        named_elsewhere = _type(result) != TYPE or missing_are_named
        return bool(_exception(result)) and _column(result) in broken and named_elsewhere

    return [result for result in results if not is_consequence(result)]


def _order(result: dict[str, Any]) -> tuple[bool, bool, str]:
    """Critical before warning, and the shape of the table before its content."""
    is_warning = result["expectation_config"]["severity"] != "critical"
    return is_warning, _type(result) not in (COLUMNS, TYPE), _column(result)


def _exception(result: dict[str, Any]) -> str:
    """Return the message of the exception that kept an expectation from being checked, or ""."""
    info = result["exception_info"]
    for entry in [info] if "raised_exception" in info else info.values():
        if entry["raised_exception"]:
            return str(entry["exception_message"])
    return ""


def _found(result: dict[str, Any], frame: "pd.DataFrame") -> str:
    outcome, column = result["result"], _column(result)
    if _type(result) == COLUMNS:
        wrong = outcome["details"]["mismatched"]
        parts = {"missing": wrong.get("missing"), "unknown": wrong.get("unexpected")}
        return " and ".join(f"{word} {', '.join(names)}" for word, names in parts.items() if names)
    if _type(result) == TYPE:
        return f"type {frame[column].dtype}" if column in frame else "no such column"
    if reason := _exception(result):
        return f"that it could not be checked ({reason})"
    if "unexpected_count" in outcome:
        rows = f"{outcome['unexpected_count']:,} of {outcome['element_count']:,} rows"
        example = outcome["partial_unexpected_list"][0]
        # neither several columns, nor empty: NaN is not equal to itself
        shown = not isinstance(example, dict | None) and example == example
        return f"{rows} otherwise" + (f", such as {example!r}" if shown else "")
    return " ".join(str(outcome.get("observed_value")).split())
