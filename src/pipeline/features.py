"""What a flight is, and what the model sees of it: everything that defines the problem.

Training and prediction share it. Another problem needs the same names, and no change of a stage.

Rule 32 of Google's Rules of Machine Learning: re-use code between your training pipeline and your
serving pipeline whenever possible (https://developers.google.com/machine-learning/guides/rules-of-ml).
Each row's features depend on that row alone, so that a batch of any size gives the same ones.
"""

from typing import Annotated

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import Field

from retrain.errors import UserError
from retrain.settings import Section

WEATHER = {
    "temp": "temperature, degrees Fahrenheit",
    "dewp": "dew point, degrees Fahrenheit",
    "humid": "relative humidity, percent",
    "wind_dir": "where the wind comes from, degrees",
    "wind_speed": "wind speed, miles per hour",
    "precip": "precipitation in the hour, inches",
    "pressure": "sea level pressure, millibars",
    "visib": "visibility, miles",
}

# What a dispatcher knows before departure, one row a flight. Weather is what was observed at the
# airport in the hour of departure, in place of the forecast, which was not kept.
INPUTS = pa.schema(
    [
        ("time_hour", pa.timestamp("ms", "UTC")),  # scheduled hour of departure
        *[(name, pa.int16()) for name in ("year", "month", "day", "hour", "minute")],  # local
        ("carrier", pa.string()),
        ("flight", pa.int16()),
        ("origin", pa.string()),
        ("dest", pa.string()),
        ("distance", pa.int16()),  # miles
        ("plane_year", pa.float64()),  # built in; unknown for one plane in six
        ("seats", pa.float64()),
        *[(name, pa.float64()) for name in WEATHER],
    ]
)
# What came of it: minutes late on arrival, null if the flight was cancelled or diverted.
OUTCOME = pa.field("arr_delay", pa.float64())

# UTC, so that the hour that 3 November has twice is two hours
KEY = ["time_hour", "carrier", "flight", "origin"]

GROUPS = ["day"]  # what rows are grouped by: those of a day share its weather

CATEGORICAL = ["carrier", "origin", "dest"]
NUMERIC = ["departure", "weekday", "distance", "plane_age", "seats", *WEATHER]

SLICES = ["carrier", "origin", "part_of_day"]
PARTS_OF_DAY = {"morning": 12, "afternoon": 17, "evening": 24}  # each ends before this hour


class Settings(Section):
    """What params.yaml says of the problem itself, in its section `prepare`."""

    late_after: Annotated[float, Field(ge=0, allow_inf_nan=False)]  # minutes after schedule


def keys(flights: pd.DataFrame) -> pd.DataFrame:
    """Return what names a row, as text: `key` (unique), and GROUPS: `day` (local, YYYY-MM-DD)."""
    utc = flights["time_hour"].dt.tz_convert(None)
    hour = np.datetime_as_string(utc.to_numpy("datetime64[h]"))
    text = flights[["carrier", "flight", "origin"]].astype(str)
    key = pd.Series(hour, flights.index).str.cat(text, sep=" ")
    day = np.datetime_as_string(_dates(flights).to_numpy("datetime64[D]"))
    return pd.DataFrame({"key": key, "day": pd.Series(day, flights.index, dtype="str")})


def features(flights: pd.DataFrame) -> pd.DataFrame:
    """Return the columns CATEGORICAL and NUMERIC for rows with the columns INPUTS.

    `departure` is in minutes after local midnight, `weekday` 0 for Monday, `plane_age` in years,
    weather as in WEATHER. A number that is not known is NaN.

    Raises:
        UserError: if a number is infinite, or the date or the time of day do not exist.
    """
    for name in (field.name for field in INPUTS if pa.types.is_floating(field.type)):
        if np.isinf(flights[name].to_numpy()).any():
            raise UserError(f"column {name!r} holds an infinite number; leave unknown ones empty")
    if not (flights["hour"].between(0, 23) & flights["minute"].between(0, 59)).all():
        raise UserError("columns 'hour' and 'minute' hold an impossible time of day; correct it")
    made = {
        "departure": flights["hour"] * 60.0 + flights["minute"],
        "weekday": _dates(flights).dt.day_of_week,
        "plane_age": flights["year"] - flights["plane_year"],
    }
    table = flights.assign(**made)[CATEGORICAL + NUMERIC]
    return table.astype(dict.fromkeys(NUMERIC, "float64"))


def outcome(flights: pd.DataFrame, settings: Settings) -> pd.Series:
    """Return whether each flight, all of which arrived, did so late."""
    return flights[str(OUTCOME.name)] > settings.late_after


def reference(table: pd.DataFrame) -> pd.Series:
    """Return by what the reference, the simple model to beat, takes the mean outcome.

    One value for all rows makes it the mean of all.
    """
    return hour_of_day(table)


def earlier(flights: pd.DataFrame) -> pd.Series | None:  # noqa: ARG001 (another problem uses it)
    """Return the key of the row a season before, whose outcome is the reference.

    None: the outcomes of flights are no series, and the mean is the reference.
    """
    return None


def hour_of_day(table: pd.DataFrame) -> pd.Series:
    """Return the local hour of departure, 0 to 23, from features."""
    return (table["departure"] // 60).astype("int64")


def slice_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns SLICES, as text, from features: parts of the rows that are judged too."""
    parts = pd.cut(
        hour_of_day(table), [0, *PARTS_OF_DAY.values()], right=False, labels=list(PARTS_OF_DAY)
    )
    return table[["carrier", "origin"]].assign(part_of_day=parts.astype("str"))


def _dates(flights: pd.DataFrame) -> pd.Series:
    dates = pd.to_datetime(flights[["year", "month", "day"]], errors="coerce")
    if dates.isna().any():
        year, month, day = flights.loc[dates.isna(), ["year", "month", "day"]].iloc[0]
        raise UserError(
            f"columns 'year', 'month', 'day' hold {year}-{month}-{day}: no date; correct it"
        )
    return dates
