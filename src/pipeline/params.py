"""What params.yaml may say. A section has the name of the pipeline stage that reads it."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from pipeline.features import GROUPS, SLICES, Settings
from retrain import settings
from retrain.data.partitions import has_time
from retrain.data.windows import Share
from retrain.metrics.table import Task
from retrain.settings import Section

PARAMS = Path("params.yaml")
FEATURES = "src/pipeline/features.py"


def _oldest(value: str) -> str:
    if value != "oldest" and not has_time(value):
        raise ValueError("should be 'oldest' or a month such as '2013-06'")
    return value


def _newest(value: str | int) -> str | int:
    if value != "newest" and (value < 1 if isinstance(value, int) else not has_time(value)):
        raise ValueError("should be 'newest', a month such as '2013-06', or how many files judge")
    return value


class Ingest(Section):
    """What a night takes of new data; no stage reads it."""

    step: Annotated[int, Field(ge=1)] = 1
    recheck: Annotated[int, Field(ge=0)] = 2


class Prepare(Settings):
    """Which rows train and which judge. Every other key is the problem's (features.py)."""

    split: Literal["time", "hash"]
    # of time
    train_from: Annotated[str, AfterValidator(_oldest)] | None = None
    test_from: Annotated[str | int, AfterValidator(_newest)] | None = None
    # of hash
    hash_of: str | None = None
    test_share: Annotated[float, Field(gt=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _of_one_split(self) -> Self:
        needed = {"time": ("train_from", "test_from"), "hash": ("hash_of", "test_share")}
        for split, keys in needed.items():
            for key in keys:
                if (getattr(self, key) is None) == (split == self.split):
                    remedy = "add" if split == self.split else "remove"
                    raise ValueError(f"split is {self.split}; {remedy} {key}")
        return self

    @field_validator("hash_of")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None and name not in ("key", *GROUPS):
            raise ValueError(f"should be {', '.join(['key', *GROUPS])}: GROUPS in {FEATURES}")
        return name

    @property
    def shares(self) -> tuple[Share, Share]:
        """Return the rows that train, and those that judge, of a split by hash."""
        boundary = round(1 - (self.test_share or 0), 6)
        column = self.hash_of or ""
        return Share(column, 0, boundary), Share(column, boundary, 1)


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


def _slice(name: str) -> str:
    if name not in SLICES:
        raise ValueError(f"should be {', '.join(SLICES)}: SLICES in {FEATURES}")
    return name


class Evaluate(Section):
    metrics: Annotated[list[str], Field(min_length=1)]
    slices: list[Annotated[str, AfterValidator(_slice)]]


class Params(Section):
    task: Task
    ingest: Ingest = Ingest()
    prepare: Prepare
    train: Train
    evaluate: Evaluate


def read(path: Path = PARAMS) -> Params:
    return settings.read(path, Params)
