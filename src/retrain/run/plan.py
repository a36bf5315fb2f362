"""Is a run needed, and why: by code, data and parameters, without fetching any data.

The predicate is that of `dvc repro --allow-missing` itself, called through DVC's Python interface
(DVC is pinned, and tests hold this contract): `dvc status` does not see new data that have not been
pulled, and the exit code of `repro --dry` is the same for "stale" and for "broken".
"""

from dataclasses import dataclass, field
from typing import Any

from dvc.repo import Repo, lock_repo
from dvc.repo.reproduce import get_active_graph, plan_repro
from dvc.stage import PipelineStage, Stage
from dvc.stage.loader import StageLoader

from retrain.errors import UserError
from retrain.paths import DATA, LOCK
from retrain.repo import lockfile
from retrain.repo.base import Base, ignored
from retrain.repo.dvc import pipeline
from retrain.repo.git import named, short, show
from retrain.run.outputs import read_text

Reasons = dict[str, list[str]]


@dataclass(frozen=True)
class Plan:
    """What a run would do, compared with the base."""

    needed: bool
    why: str
    base: str | None
    base_is: str
    new_data: bool
    stages: Reasons = field(default_factory=dict)  # that would run
    ignored: list[str] = field(default_factory=list)  # committed results that are not believed


def plan(repo: Repo, base: Base) -> Plan:
    """Return what a run from the base's results would do with the code and data of this folder.

    Only a landing writes results, so those of the base are believed, and a branch's own are not.
    """
    pipeline(repo)
    if base.commit is None:
        return Plan(True, f"everything runs: {base.why}", None, base.why, new_data=False)
    new_data = _version(show(base.commit, DATA)) != _version(read_text(DATA))
    compared = f"compared with {base.why}"
    if (lock := show(base.commit, LOCK)) is None:
        why = f"everything runs: {compared}: it has no {LOCK}"
        return Plan(True, why, base.commit, base.why, new_data)
    stages = stale(repo, base.commit, lock)
    if stages:
        why = f"a run is needed, {compared}: {in_words(stages)}"
    else:
        why = f"no run is needed, {compared}: same code, data and parameters"
    return Plan(bool(stages), why, base.commit, base.why, new_data, stages, ignored(base.commit))


def in_order(repo: Repo) -> dict[PipelineStage, list[Stage]]:
    """Return the stages of the pipeline, each after those that it depends on, and with them."""
    graph = get_active_graph(repo.index.graph)
    stages = (stage for stage in plan_repro(graph) if isinstance(stage, PipelineStage))
    return {stage: list(graph.successors(stage)) for stage in stages}


def in_words(reasons: Reasons) -> str:
    return "; ".join(f"{name}: {', '.join(why)}" for name, why in reasons.items())


def stale(repo: Repo, commit: str, lock: str) -> Reasons:
    """Return the stages that would run on a commit's lock and results, in order.

    Outputs that are in this folder do not matter: a run from the commit fetches the commit's.
    """
    locked = lockfile.stages(lock, f"{LOCK} of {short(commit)}")
    found: Reasons = {}
    with lock_repo(repo):
        stages = in_order(repo)
        if not stages:
            raise UserError("dvc.yaml names no stage; restore it: git checkout dvc.yaml")
        # reports are in Git, and a run starts from the commit's: what this branch did to its own
        # copy is no change, and one that the commit lacks is
        in_git = {str(out) for stage in stages for out in stage.outs if not out.use_cache}
        for stage, upstream in stages.items():
            running = [before for before in upstream if before.addressing in found]
            reasons = [f"{before.addressing} runs" for before in running]
            absent = [str(out) for out in stage.outs if str(out) in in_git]
            reasons += [f"{path} is missing" for path in absent if not named(commit, path)]
            if stage.name not in locked:
                reasons.append("it has never run")
            else:
                StageLoader.fill_from_lock(stage, locked[stage.name])
                stage.cmd_changed = locked[stage.name].get("cmd") != stage.cmd
                made = in_git | {str(out) for before in running for out in before.outs}
                stage.deps = [dep for dep in stage.deps if str(dep) not in made]
                reasons += _changes(stage, upstream)
            if reasons:
                found[stage.addressing] = reasons
    return found


def _changes(stage: PipelineStage, upstream: list[Stage]) -> list[str]:
    """Return what DVC's predicate finds changed in one stage, in words."""
    changes = ["its command changed"] if stage.changed_stage() else []
    moved = any(_moved(dep, upstream) for dep in stage.deps)  # whichever version the folder has
    if moved or stage.changed_deps(allow_missing=True, upstream=upstream):
        changes += [line for dep in stage.deps for line in _differs(dep, upstream)]
    return changes


def _differs(dep: Any, upstream: list[Stage]) -> list[str]:
    """Return in words what DVC finds different in a dependency."""
    status = dep.status().get(str(dep))
    if isinstance(status, dict):  # parameters, by section
        return [f"{dep} ({name}) changed" for name in status]
    if status == "deleted":  # only not fetched, unless its version is another one
        status = None
    return [f"{dep} changed"] if status or _moved(dep, upstream) else []


def _moved(dep: Any, upstream: list[Stage]) -> bool:
    """Return whether the lock has another version of a dependency than data.dvc names."""
    sources = (stage for stage in upstream if not isinstance(stage, PipelineStage))
    outs = (out for stage in sources for out in stage.outs)
    return any(dep.fs_path == out.fs_path and dep.hash_info != out.hash_info for out in outs)


def _version(data: str | None) -> str | None:
    return None if data is None else lockfile.version(data)
