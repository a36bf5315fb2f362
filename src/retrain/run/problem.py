"""What the machine reads of params.yaml: the task, how rows are split, which metrics are shown."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml.error import YAMLError

from retrain.metrics.table import Task
from retrain.paths import PARAMS
from retrain.repo.git import show
from retrain.run.outputs import read_text
from retrain.settings import read_yaml


class _Known(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Prepare(_Known):
    split: str = "time"
    hash_of: str | None = None


class Evaluate(_Known):
    metrics: list[str] | None = None
    slices: list[str] | None = None


class Problem(_Known):
    task: Task | None = None
    prepare: Prepare = Prepare()
    evaluate: Evaluate = Evaluate()


def problem(commit: str | None = None) -> Problem:
    """Return what params.yaml says; where it is wrong, the stage that reads it says so."""
    text = show(commit, PARAMS) if commit else read_text(PARAMS)
    try:
        content: Any = read_yaml(text or "")
        return Problem.model_validate(content or {})
    except (ValidationError, YAMLError):
        return Problem()
