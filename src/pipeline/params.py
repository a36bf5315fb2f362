"""What params.yaml may say. A section has the name of the pipeline stage that reads it."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from retrain import settings
from retrain.settings import Section

PARAMS = Path("params.yaml")


def _month_or(word: str) -> AfterValidator:
    """Accept `word`, or a month such as 2013-06."""

    def check(value: str) -> str:
        if value != word and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
            raise ValueError(f"should be {word!r} or a month such as '2013-06'")
        return value

    return AfterValidator(check)


class Prepare(Section):
    """Which months train and which judge, and what counts as late."""

    train_from: Annotated[str, _month_or("oldest")]
    test_from: Annotated[str, _month_or("newest")]
    late_after: Annotated[float, Field(ge=0, allow_inf_nan=False)]  # minutes after schedule


class Train(Section):
    """The estimator, and how its inputs are made. Every other key is an argument of it."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    estimator: str
    encode: Literal["ordinal", "onehot"]
    impute: Literal["none", "mean", "median", "most_frequent"]
    scale: bool
    trusted: list[str]
    threads: Annotated[int, Field(ge=1)]

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class Evaluate(Section):
    slices: list[Literal["carrier", "origin", "part_of_day"]]


class Params(Section):
    prepare: Prepare
    train: Train
    evaluate: Evaluate


def read(path: Path = PARAMS) -> Params:
    return settings.read(path, Params)
