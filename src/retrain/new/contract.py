"""A data contract proposed from the data: each expectation says that it was guessed."""

import math
from typing import Any

import pyarrow as pa

from retrain.new.profile import Profile, Values, safe
from retrain.new.recognise import Column

FEW = 30  # different texts that are listed
TYPES = {"double": "float64", "int64": "int64", "string": "str"}  # Arrow's and pandas' names
EMPTY = 0.1  # by which a share of empty values may grow


def contract(
    schema: pa.Schema,
    found: Profile,
    columns: dict[str, Column],
    key: list[str],
    target: str,
    number: str,
) -> dict[str, Any]:
    """Return a Great Expectations suite for the files of data/.

    Its structure is critical. What the data only happened to be, such as a range, is a warning.
    """
    rows = next(iter(columns.values())).rows
    by_name = {safe(each.name): each for each in columns.values()}

    def expectation(
        kind: str, kwargs: dict[str, Any], text: str, remedy: str, critical: bool = False
    ) -> dict[str, Any]:
        return {
            "type": f"expect_{kind}",
            "kwargs": kwargs,
            "severity": "critical" if critical else "warning",
            "description": text,
            "meta": {"guessed": f"from {rows:,} rows", "remedy": remedy},
        }

    made = [
        expectation(
            "table_columns_to_match_set",
            {"column_set": schema.names, "exact_match": True},
            "has exactly the known columns",
            "change features.py, source.py and this contract together",
            critical=True,
        )
    ]
    for each in schema:
        kind = "Timestamp" if pa.types.is_timestamp(each.type) else TYPES[str(each.type)]
        made.append(
            expectation(
                "column_values_to_be_of_type",
                {"column": each.name, "type_": kind},
                f"has type {kind}",
                "convert it in source.py",
                critical=True,
            )
        )
    only = len(key) == 1
    made.append(
        expectation(
            "column_values_to_be_unique" if only else "compound_columns_to_be_unique",
            {"column": key[0]} if only else {"column_list": key},
            "names one row",
            "keep one of the rows, or name what makes them differ in KEY of features.py",
            critical=True,
        )
    )
    made += [
        expectation("column_values_to_not_be_null", {"column": name}, "is known", "fill it", True)
        for name in key
    ]
    for name in schema.names:
        if name in key or name == number or name not in by_name:
            continue
        made += [
            expectation(*words)
            for words in _content(name, by_name[name], found.values[name], target)
        ]
    notes = (
        "Proposed by `retrain new`: look at each, and make critical what must never be otherwise."
    )
    return {"name": found.table.name, "expectations": made, "meta": {"notes": notes}}


def _content(
    name: str, column: Column, values: Values, target: str
) -> list[tuple[str, dict[str, Any], str, str]]:
    """Return what is guessed of the values of a column."""
    made: list[tuple[str, dict[str, Any], str, str]] = []
    mostly = math.floor(100 * max(0.0, 1 - values.empty - (EMPTY if values.empty else 0.02))) / 100
    if mostly > 0:
        made.append(
            (
                "column_values_to_not_be_null",
                {"column": name, "mostly": mostly},
                f"is known for {mostly:.0%} of the rows",
                "more is empty than before: look at the source, or lower this share",
            )
        )
    if column.kind in ("whole", "number") and math.isfinite(values.low):
        low, high = _range(values, column.kind == "whole")
        made.append(
            (
                "column_values_to_be_between",
                {"column": name, "min_value": low, "max_value": high},
                f"is {low:g} to {high:g}",
                "correct the value or its unit in the source, or widen this range",
            )
        )
    if column.kind == "text" and not column.many and column.distinct <= FEW:
        made.append(
            (
                "column_values_to_be_in_set",
                {"column": name, "value_set": sorted(column.values)},
                f"is one of {column.distinct} known texts",
                "add it to this list if it is real"
                + (
                    ""
                    if name == target
                    else ": until it has trained it is scored as an unknown one"
                ),
            )
        )
    return made


def _range(values: Values, whole: bool) -> tuple[float, float]:
    """Return a range that is a fifth wider on both sides, but does not cross 0."""
    margin = (values.high - values.low) / 5 or abs(values.high) / 5 or 1.0
    low, high = values.low - margin, values.high + margin
    if values.low >= 0 > low:
        low = 0.0
    if values.high <= 0 < high:
        high = 0.0
    if whole:
        return float(math.floor(low)), float(math.ceil(high))
    size = 10 ** (math.floor(math.log10(margin)) - 1)
    decimals = max(0, -math.floor(math.log10(size)))
    return round(math.floor(low / size) * size, decimals), round(
        math.ceil(high / size) * size, decimals
    )
