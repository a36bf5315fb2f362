"""A sample of cells, and what the model sees of it: thirty measures of the nuclei."""

import pandas as pd
import pyarrow as pa

from retrain.settings import Section

OF = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity"]
OF += ["concave_points", "symmetry", "fractal_dimension"]
MEASURES = [f"{which}_{name}" for which in ("mean", "error", "worst") for name in OF]
INPUTS = pa.schema([("sample", pa.int32()), *[(name, pa.float64()) for name in MEASURES]])
OUTCOME = pa.field("malignant", pa.bool_())

KEY = ["sample"]
GROUPS: list[str] = []

CATEGORICAL: list[str] = []
NUMERIC = MEASURES
SLICES: list[str] = []


class Settings(Section):
    """What params.yaml says of the problem itself: nothing."""


def keys(samples: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"key": samples["sample"].astype("str")})


def features(samples: pd.DataFrame) -> pd.DataFrame:
    return samples[MEASURES]


def outcome(samples: pd.DataFrame, _: Settings) -> pd.Series:
    return samples["malignant"].astype("bool")


def reference(table: pd.DataFrame) -> pd.Series:
    return (table["mean_radius"] // 2).clip(3, 11)


def earlier(_: pd.DataFrame) -> None:
    return None


def slice_columns(table: pd.DataFrame) -> pd.DataFrame:
    return table[[]]
