"""Stage `validate`: every month keeps the data contract, or the run stops."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.paths import DATA, SUITE, VALIDATION
from retrain.console import progress, table
from retrain.data import partitions
from retrain.data.contract import Contract
from retrain.data.failures import Failure
from retrain.errors import UserError, reported
from retrain.files import write_json


def validate(folder: Path | Sequence[Path], contract: Contract) -> dict[str, Any]:
    """Return the report on all months of a folder, or on files: one is in memory at a time.

    Keys: `success` (no critical failure), `rows` by month, `failures` (see `Failure`). It holds no
    time and no random id, so that equal data give equal reports.
    """
    rows: dict[str, int] = {}
    failures: list[Failure] = []
    try:
        paths = partitions.paths(folder) if isinstance(folder, Path) else list(folder)
    except UserError as error:
        paths, failures = [], [unreadable(Path(str(folder)), error)]
    for path in progress(paths, "validate"):
        month = path.stem
        try:
            frame = partitions.read(path)
        except UserError as error:
            failures.append(unreadable(path, error))
            continue
        rows[month] = len(frame)
        failures += contract.failures(frame, str(path), parameters(month))
    critical = any(failure.severity == "critical" for failure in failures)
    return {"success": not critical, "rows": rows, "failures": [asdict(each) for each in failures]}


def parameters(name: str) -> dict[str, Any]:
    """Return what the contract may call `$PARAMETER`: from when a file's rows are, by its name.

    `first_hour` and `last_hour` are in UTC, which is up to a day ahead of a place's own time.
    """
    if not partitions.has_time(name):
        return {}
    first, end = (pd.Timestamp(each, tz="UTC") for each in partitions.span(name))
    last = end + pd.Timedelta(days=1)
    hours = {"first_hour": first.isoformat(), "last_hour": last.isoformat()}
    return {"year": first.year, "month": first.month, **hours}


def unreadable(place: Path, error: UserError) -> Failure:
    found, _, remedy = str(error).removeprefix(f"{place} ").rpartition("; ")
    return Failure("critical", str(place), "", "can be read", found, remedy)


def show(failures: Iterable[Failure]) -> None:
    failures = list(failures)
    if not failures:
        return
    headers = ["severity", "file", "column", "expected", "found"]
    table(
        ((each.severity, each.file, each.column, each.expected, each.found) for each in failures),
        headers,
        stream=sys.stderr,
    )
    for failure in failures:
        if failure.rows:
            rule = f'{failure.file}, {failure.column}: these rows break "{failure.expected}"'
            print(rule, file=sys.stderr)
            table(
                [list(row.values()) for row in failure.rows],
                list(failure.rows[0]),
                stream=sys.stderr,
            )


@reported
def main() -> None:
    parser = argparse.ArgumentParser(prog="pipeline.validate")
    parser.add_argument("files", nargs="*", type=Path, help="else all of data/")
    parser.add_argument("--report", type=Path, help="say what is broken there, and do not fail")
    asked = parser.parse_args()
    report = validate(asked.files or DATA, Contract(SUITE))
    if asked.report:
        write_json(asked.report, report)
        show(Failure(**each) for each in report["failures"])
        return
    write_json(VALIDATION, report)
    failures = [Failure(**each) for each in report["failures"]]
    if failures:
        show(failures)
    critical = [failure for failure in failures if failure.severity == "critical"]
    if critical:
        more = f" ({len(critical) - 1} more in {VALIDATION})" if critical[1:] else ""
        raise UserError(critical[0].sentence() + more)


if __name__ == "__main__":
    main()
