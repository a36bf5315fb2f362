"""An hour of bike rental, and what the model sees of it."""

import numpy as np
import pandas as pd
import pyarrow as pa

from retrain.settings import Section

INPUTS = pa.schema(
    [
        ("time", pa.timestamp("ms", "UTC")),  # local, of the beginning of the hour
        ("workingday", pa.int8()),
        ("weather", pa.string()),
        ("temp", pa.float64()),
        ("hum", pa.float64()),
        ("windspeed", pa.float64()),
    ]
)
OUTCOME = pa.field("bikers", pa.int32())

KEY = ["time"]
GROUPS = ["day"]

CATEGORICAL = ["weather"]
NUMERIC = ["hour", "weekday", "workingday", "temp", "hum", "windspeed"]
SLICES = ["weather", "free_day"]


class Settings(Section):
    """What params.yaml says of the problem itself: nothing."""


def keys(hours: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"key": text(hours["time"], "h"), "day": text(hours["time"], "D")})


def text(time: pd.Series, unit: str) -> pd.Series:
    values = np.datetime_as_string(time.dt.tz_convert(None).to_numpy(f"datetime64[{unit}]"))
    return pd.Series(values, time.index, dtype="str")


def features(hours: pd.DataFrame) -> pd.DataFrame:
    table = hours.assign(hour=hours["time"].dt.hour, weekday=hours["time"].dt.day_of_week)
    return table[CATEGORICAL + NUMERIC].astype(dict.fromkeys(NUMERIC, "float64"))


def outcome(hours: pd.DataFrame, _: Settings) -> pd.Series:
    return hours["bikers"]


def reference(table: pd.DataFrame) -> pd.Series:
    return table["hour"] + 24 * table["workingday"]


def earlier(hours: pd.DataFrame) -> pd.Series:
    return text(hours["time"] - pd.Timedelta(days=7), "h")


def slice_columns(table: pd.DataFrame) -> pd.DataFrame:
    free = table["workingday"].map({0: "yes", 1: "no"}).astype("str")
    return table[["weather"]].assign(free_day=free)
