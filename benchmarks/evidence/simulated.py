"""The tables of what is simulated, as they are printed."""

from itertools import product

from benchmarks.evidence import rows, series
from retrain.console import progress, table


def percent(*shares: float) -> list[str]:
    """Return shares as cells."""
    return [f"{100 * share:.1f}" for share in shares]


def of_series(number: int) -> None:
    """Print how often each method is right about means of days that resemble their neighbours."""
    for days in progress(series.DAYS, "series"):
        found = series.simulate(days, number)
        plain = next(iter(found.values()))["0"].width
        print(
            f"{days} days, equally good models, {number:,} windows, by the lag-1 correlation: "
            "% of the 95 % intervals that hold the truth / % promoted by mistake at .975 / at .8"
        )
        table(
            [
                [
                    name,
                    *(
                        " / ".join(percent(each.held, each.surely, each.likely))
                        for each in rates.values()
                    ),
                    f"{rates['0'].width / plain:.2f}",
                ]
                for name, rates in found.items()
            ],
            ["", *series.WORLDS, "width at 0"],
            right=1,
        )


def of_rows(windows: int) -> None:
    """Print the same for metrics of rows, and for an interval with another centre."""
    lines = []
    cases = (
        ("independent", 0, 1),
        ("like their neighbours", 0.75, 1),
        ("the same, half of them without rows", 0.75, 0.5),
    )
    for task, (days, lag, present) in product(rows.WINDOWS, cases):
        found = rows.simulate(progress(range(windows), f"{task}: {days}"), lag, present, task)
        lines += [
            [
                days,
                name,
                f"{each.lag:+.2f}",
                *percent(each.rates.held, each.rates.surely, each.rates.likely),
                *percent(each.elsewhere.held),
            ]
            for name, each in found.items()
        ]
    print(f"30 days of 60 rows, equally good models, {windows} windows: the cosines, in %")
    headers = ["days", "metric", "lag-1", "held", "promoted at .975", "at .8", "held, other centre"]
    table(lines, headers, right=2)
