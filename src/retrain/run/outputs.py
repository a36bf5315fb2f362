"""What the pipeline writes into reports/, read strictly from this folder or from a commit."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from retrain.data.failures import Failure
from retrain.paths import LOCK, METRICS, MODEL, SLICES, VALIDATION
from retrain.repo.git import short, show
from retrain.repo.lockfile import hashes
from retrain.settings import Count, Line, M, Number, Section, from_json

REMEDY = "it is not what a run writes; build it again: retrain run --force"


class _Report(BaseModel):
    # a report may have more fields than the machine reads
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Window(_Report):
    """First and last partition that trained and that judged: `2013-01 to 2013-05`."""

    train: Line
    test: Line


class Rows(_Report):
    train: Annotated[int, Field(ge=0)]
    test: Annotated[int, Field(ge=0)]


class Metrics(_Report):
    window: Window
    rows: Rows
    model: dict[Line, Number | None]
    reference: dict[Line, Number | None]


class Slice(_Report):
    """The metrics of one part of the rows: `value` of the column `slice`."""

    slice: Line
    value: Line
    rows: Count
    model: dict[Line, Number | None]
    reference: dict[Line, Number | None]


class Step(Section):
    """What one pipeline stage did; a result from DVC's run cache, on a laptop, counts as a run."""

    stage: Line
    state: Literal["ran", "up to date"]
    seconds: Number


class Contract(Section):
    """What validation found: rows a partition, and what failed."""

    success: bool
    rows: dict[Line, Count]
    failures: Annotated[list[Failure], Field(max_length=200)]


def metrics(commit: str | None = None) -> Metrics | None:
    return read(METRICS, Metrics, commit)


def metrics_in(content: bytes) -> Metrics:
    return from_json(content, Metrics, METRICS, REMEDY)


def slices(commit: str | None = None) -> list[Slice]:
    found = read(SLICES, RootModel[list[Slice]], commit)
    return found.root if found else []


def validation(commit: str | None = None) -> Contract | None:
    return read(VALIDATION, Contract, commit)


def read(path: str, schema: type[M], commit: str | None) -> M | None:
    """Return a JSON file of a commit, or of this folder; None where it does not exist."""
    text = show(commit, path) if commit else read_text(path)
    place = f"{path} of {short(commit)}" if commit else path
    return None if text is None else from_json(text, schema, place, REMEDY)


def read_text(path: str) -> str | None:
    file = Path(path)
    return file.read_text("utf-8", "replace") if file.is_file() else None


def model_of(commit: str) -> str | None:
    """Return the MD5 of the model in a commit's lock, or None where there is none."""
    lock = show(commit, LOCK)
    return hashes(lock).get(MODEL) if lock else None
