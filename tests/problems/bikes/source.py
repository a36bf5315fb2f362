"""Where new data come from: a table of hours, of which each month is a file."""

from pathlib import Path

from pipeline import params
from pipeline.features import INPUTS, OUTCOME
from pipeline.paths import DATA
from retrain.data.sources import driver
from retrain.data.sources.table import Table
from retrain.errors import reported

TABLE = Table(Path(__file__).with_name("hours.csv.gz"), INPUTS.append(OUTCOME), time="time")


@reported
def main() -> None:
    """Add new months."""
    ingest = params.read().ingest
    driver.main(TABLE, DATA, ingest.step, ingest.recheck)


if __name__ == "__main__":
    main()
