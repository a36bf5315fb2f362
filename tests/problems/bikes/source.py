"""Where new data come from: a table of hours, of which each month is a file."""

import argparse
from pathlib import Path

import pandas as pd

from pipeline.features import INPUTS, OUTCOME
from pipeline.paths import DATA
from retrain.data import partitions
from retrain.errors import UserError, reported

HOURS = Path(__file__).with_name("hours.csv.gz")


def ingest(folder: Path, through: str | None = None) -> list[str]:
    """Add the months that the table has and `folder` has not: one, or all up to `through`."""
    table = pd.read_csv(HOURS).assign(time=lambda rows: pd.to_datetime(rows["time"], utc=True))
    months = table["time"].dt.strftime("%Y-%m")
    if through and through not in set(months):
        raise UserError(f"--through {through}: the table has 2011-01 to 2011-12; choose one")
    present = {path.stem for path in folder.glob("[!.]*.parquet")}
    new = [month for month in months.unique() if month not in present]
    new = [month for month in new if month <= through] if through else new[:1]
    for month in new:
        schema = INPUTS.append(OUTCOME)
        rows = table[months == month][schema.names]
        partitions.write(rows, partitions.path_of(folder, month), schema)
    return new


@reported
def main() -> None:
    """Add new months to data/."""
    parser = argparse.ArgumentParser(prog="pipeline.source", description=main.__doc__)
    parser.add_argument("--through", metavar="MONTH")
    added = ingest(DATA, parser.parse_args().through)
    print(f"added {', '.join(added)}" if added else "nothing new")


if __name__ == "__main__":
    main()
