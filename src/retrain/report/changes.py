"""What differs from the base: parameters, data, code, dependencies, tests, the policy.

Read from the base's lock, and not from its files: the lock says what its model was really made of.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dvc.repo import Repo
from ruamel.yaml.error import YAMLError

from retrain.errors import UserError
from retrain.files import md5
from retrain.paths import LOCK, PARAMS, POLICY
from retrain.repo import locks
from retrain.repo.git import show
from retrain.report import contents
from retrain.report.schema import Change
from retrain.run.outputs import read_text
from retrain.settings import read_yaml

PIPELINE = "dvc.yaml"
NONE = "none"
LONGEST = 1000  # characters of a line in the facts
PINNED = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)")


def changes(repo: Repo, commit: str, behaviour: str = NONE) -> list[Change]:
    """Return what differs from what made the model of a commit, in a report's order."""
    lock = show(commit, LOCK)
    if lock is None:
        return []
    stages = pipeline_stages()
    return [
        *_settings("parameter", _locked_params(lock), _yaml(read_text(PARAMS))),
        *_settings("data", *contents.partitions(repo, commit, locks.inputs(lock))),
        *_files(commit, lock, stages),
        *_settings("pipeline", _commands(locks.stages(lock)), _commands(stages)),
        *(_settings("test", *contents.tests(commit, behaviour)) if behaviour != NONE else ()),
        *_policy(show(commit, POLICY)),
    ]


def flat(content: Any, place: str = "") -> dict[str, str]:
    """Return nested settings as `section.key: value`; a list is one value."""
    if not isinstance(content, Mapping):
        text = content if isinstance(content, str) else json.dumps(content, default=str)
        return {place: text} if place else {}
    inner = (flat(value, f"{place}.{key}".lstrip(".")) for key, value in content.items())
    return {key: value for part in inner for key, value in part.items()}


def _settings(kind: Any, before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            old, new = _line(before.get(name)), _line(after.get(name))
            yield Change(kind=kind, name=name[:LONGEST], before=old, after=new)


def _line(text: str | None) -> str | None:
    return text if text is None or len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _policy(before: str | None) -> Iterator[Change]:
    if before == read_text(POLICY):
        return
    try:
        settings = None if before is None else _yaml(before)
    except YAMLError:
        settings = None
    if settings is None:
        yield Change(kind="policy", name=POLICY, before=None, after="new")
    else:
        yield from _settings("policy", settings, _yaml(read_text(POLICY)))


def _locked_params(lock: str) -> dict[str, str]:
    """Return the parameters that a lock's stages were run with, as `flat` has them."""
    sections = (stage.get("params", {}).get(PARAMS, {}) for stage in locks.stages(lock).values())
    return {key: value for section in sections for key, value in flat(section).items()}


def _files(commit: str, lock: str, stages: dict[str, Any]) -> Iterator[Change]:
    """Yield the files that a stage reads and that are others than when the model was made."""
    made = locks.hashes(lock)
    locked = {
        path: found
        for path, found in locks.inputs(lock).items()
        if path not in made and not found.endswith(".dir")
    }
    deps = {str(path) for stage in stages.values() for path in stage.get("deps", [])}
    files = {path for path in deps | set(locked) if path not in made and not Path(path).is_dir()}
    for path in sorted(files):
        before, after = locked.get(path), md5(path) if path in deps else None
        if before == after:
            continue
        if path.startswith("requirements/"):
            yield from _settings("dependency", _pins(show(commit, path)), _pins(read_text(path)))
        else:
            kind = "contract" if path.startswith("expectations/") else "code"
            state = {"before": before and before[:7], "after": after and after[:7]}
            yield Change(kind=kind, name=path, **state)  # type: ignore[arg-type]


def _commands(stages: dict[str, Any]) -> dict[str, str]:
    return {name: str(stage.get("cmd")) for name, stage in stages.items()}


def pipeline_stages() -> dict[str, Any]:
    try:
        stages = dict(read_yaml(read_text(PIPELINE) or "")["stages"])
        return {name: dict(stage) for name, stage in stages.items()}
    except Exception:
        raise UserError(
            f"{PIPELINE} names no stages; restore it: git checkout {PIPELINE}"
        ) from None


def _pins(text: str | None) -> dict[str, str]:
    return dict(PINNED.findall(text or ""))


def _yaml(text: str | None) -> dict[str, str]:
    return flat(read_yaml(text)) if text else {}
