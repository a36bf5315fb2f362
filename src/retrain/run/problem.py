"""What the machine reads of params.yaml, and the model's name in dvc.yaml."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml.error import YAMLError

from retrain.errors import UserError
from retrain.metrics.table import Task
from retrain.paths import MODEL, PARAMS, PIPELINE
from retrain.repo import line
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
    try:
        return Problem.model_validate(content(PARAMS, commit))
    except ValidationError:
        return Problem()


def artifact() -> str:
    """Return the name that dvc.yaml gives to the model's file, or that of the context's line."""
    listed = content(PIPELINE).get("artifacts")
    found = listed.items() if isinstance(listed, dict) else ()
    names = [name for name, each in found if isinstance(each, dict) and each.get("path") == MODEL]
    if len(names) != 1:
        raise UserError(
            f"{PIPELINE}: artifacts should give {MODEL} one name, and gives {len(names)}"
        )
    return common(str(names[0])) + line.suffix()


def common(name: str) -> str:
    """Return the name of the model for all contexts, of the one for this line's context."""
    return name.removesuffix(line.suffix())


def other_model(base: str) -> str | None:
    """Return the name of a commit's model, if a change builds one of another name."""
    this, other = _model(None), _model(base)
    return other if this and common(this) != common(other or "") else None


def same_line(commit: str) -> bool:
    """Return whether a commit's model is for the same context, or as this one for all of them."""
    return _model(None) == _model(commit)


def _model(commit: str | None) -> str | None:
    names = list(content(PIPELINE, commit).get("artifacts") or ())
    return str(names[0]) if len(names) == 1 else None


def content(path: str, commit: str | None = None) -> dict[str, Any]:
    """Return the settings in a YAML file of a commit, or of this folder; none if it has none."""
    text = show(commit, path) if commit else read_text(path)
    try:
        found = read_yaml(text or "")
    except YAMLError:
        return {}
    return found if isinstance(found, dict) else {}
