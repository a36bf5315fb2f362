"""More months of data, for measuring growth: `python benchmarks/repeat.py FOLDER TIMES`."""

import sys
from pathlib import Path

import pandas as pd

from pipeline.features import INPUTS, OUTCOME
from retrain.data import partitions


def repeat(folder: Path, times: int) -> None:
    """Append the months of a folder to it, under later dates, until there are `times` as many.

    Times move by whole days, so that keys stay unique; a shorter month loses its last days.
    """
    known = [pd.Period(month, "M") for month in partitions.names(folder)]
    for number in range(len(known), times * len(known)):
        old, new = known[number % len(known)], known[0] + number
        rows = partitions.read(partitions.path_of(folder, str(old)))
        rows = rows[rows["day"] <= new.days_in_month]
        hours = rows["time_hour"] + (new.start_time - old.start_time)
        rows = rows.assign(year=new.year, month=new.month, time_hour=hours)
        partitions.write(rows, partitions.path_of(folder, str(new)), INPUTS.append(OUTCOME))


if __name__ == "__main__":
    repeat(Path(sys.argv[1]), int(sys.argv[2]))
