"""The figures of docs/gate.md and docs/monitoring.md: how sure the gate and an alarm can be.

Usage: make evidence   (an hour; ONLY="series rows year looks alarms": some of its parts)
"""

import argparse

from benchmarks.evidence import alarms, replayed, simulated
from benchmarks.evidence.year import Year
from retrain.console import tell
from retrain.errors import reported

PARTS = ("series", "rows", "year", "looks", "alarms")


@reported
def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="evidence", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all unless given")
    parser.add_argument(
        "--short", action="store_true", help="few windows, and a twentieth of the rows"
    )
    arguments = parser.parse_args()
    short, parts = arguments.short, arguments.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"{', '.join(unknown)} is not one of {', '.join(PARTS)}")
    if "series" in parts:
        simulated.of_series(500 if short else 50_000)
    if "rows" in parts:
        simulated.of_rows(5 if short else 200)
    if {"year", "looks", "alarms"} & set(parts):
        year = Year(tell, every=20 if short else 1)
    if "year" in parts:
        replayed.of_policies(year, replayed.of_year(year), 1_000 if short else 20_000)
        replayed.of_power(year)
    if "looks" in parts:
        replayed.of_looks(year, 1_000 if short else 10_000)
    if "alarms" in parts:
        alarms.of_months(year)
        alarms.of_blocks(year, 2 if short else 200)


if __name__ == "__main__":
    main()
