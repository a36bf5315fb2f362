"""An image of a digit, 8 x 8, and what the model sees of it: each pixel."""

import pandas as pd
import pyarrow as pa

from retrain.settings import Section

PIXELS = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
INPUTS = pa.schema([("image", pa.int32()), *[(name, pa.float64()) for name in PIXELS]])
OUTCOME = pa.field("digit", pa.int8())

KEY = ["image"]
GROUPS: list[str] = []

CATEGORICAL: list[str] = []
NUMERIC = PIXELS
SLICES = ["ink"]


class Settings(Section):
    """What params.yaml says of the problem itself: nothing."""


def keys(images: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"key": images["image"].astype("str")})


def features(images: pd.DataFrame) -> pd.DataFrame:
    return images[PIXELS]


def outcome(images: pd.DataFrame, _: Settings) -> pd.Series:
    return images["digit"]


def reference(table: pd.DataFrame) -> pd.Series:
    return pd.Series(0, table.index)


def earlier(_: pd.DataFrame) -> None:
    return None


def slice_columns(table: pd.DataFrame) -> pd.DataFrame:
    ink = table[PIXELS].sum(axis=1).gt(300).map({True: "much", False: "little"})
    return pd.DataFrame({"ink": ink.astype("str")})
