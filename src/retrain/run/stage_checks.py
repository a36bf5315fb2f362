"""A stage's settings, checked before any stage runs, by the command that dvc.yaml names for it."""

from pathlib import Path

from dvc.repo import Repo, lock_repo
from dvc.stage import PipelineStage

from retrain import programs
from retrain.errors import UserError
from retrain.repo.dvc import pipeline

CHECK = "check"  # below `meta` of a stage


def check(repo: Repo) -> None:
    """Run the check of each stage whose command, code or parameters differ from its lock's."""
    with lock_repo(repo):  # which reads the lock again: a run may have replaced it
        stages = pipeline(repo)
        made = {str(out) for stage in stages for out in stage.outs}
        commands = [str(stage.meta[CHECK]) for stage in stages if _due(stage, made)]
    for command in dict.fromkeys(commands):
        done = programs.run(command, shell=True)  # noqa: S604 (as DVC runs the stage's own)
        if done.returncode:
            lines = programs.lines(done.stderr, f"`{command}` fails, and does not say why")
            raise UserError(lines[-1].removeprefix("error: "))


def _due(stage: PipelineStage, made: set[str]) -> bool:
    """Return whether a stage has a check, and something that it checks has changed."""
    if CHECK not in (stage.meta or {}):
        return False
    own = [dep for dep in stage.deps if str(dep) not in made and not Path(dep.fs_path).is_dir()]
    return stage.changed_stage() or any(dep.status() for dep in own)
