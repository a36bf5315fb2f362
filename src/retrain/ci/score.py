"""Another commit's model on this run's test window, scored by that commit's own code."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from dvc.exceptions import DvcException
from dvc.repo import Repo

from retrain.ci.git import short, show, worktree
from retrain.ci.repository import verifying
from retrain.ci.run import MODEL
from retrain.errors import REPORT, UserError

ENVIRONMENT = "requirements/pipeline.txt"
PREDICT = "from retrain.cli import main; main()"


def scores(repo: Repo, commit: str, inputs: Sequence[Path]) -> pd.DataFrame:
    """Return the columns `key` and `score` for the rows of `inputs`.

    The commit's files, its model and, where its locked packages are others, its environment are
    set up in a folder that is destroyed afterwards.

    Raises:
        UserError: if the model is not to be had, or its code refuses the rows.
    """
    with worktree(commit) as folder:
        _fetch(repo, folder, commit)
        python = _python(folder, commit)
        parts = [_predict(python, folder, path.resolve()) for path in inputs]
    return pd.concat(parts, ignore_index=True)


def _fetch(repo: Repo, folder: Path, commit: str) -> None:
    """Put the commit's model into its folder, from the cache, its own remote, or today's."""
    shared = {"cache": {"dir": repo.cache.local_cache_dir}}
    today = {"core": repo.config["core"], "remote": repo.config["remote"]}
    for config in (shared | verifying(folder), shared | today):
        try:
            with Repo(str(folder), config=config) as its:
                its.pull(targets=[str(folder / MODEL)])
        except DvcException:
            continue
        if (folder / MODEL).exists():
            return
    raise UserError(f"{MODEL} of {short(commit)} is on no remote any more")


def _python(folder: Path, commit: str) -> str:
    """Return the Python that runs the commit's code: this one, if it pins the same packages."""
    here = Path(ENVIRONMENT)
    if here.exists() and here.read_text("utf-8") == show(commit, ENVIRONMENT):
        return sys.executable
    made = subprocess.run(
        [sys.executable, "tools/environment.py", "pipeline"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    python = folder / ".venv/bin/python"
    if made.returncode or not python.exists():
        lines = (made.stderr or made.stdout).strip().splitlines() or ["it does not say why"]
        raise UserError(f"the environment of {short(commit)} cannot be set up again: {lines[-1]}")
    return str(python)


def _predict(python: str, folder: Path, source: Path) -> pd.DataFrame:
    target, said = folder / f"scores-{source.name}", folder / "error.txt"
    done = subprocess.run(  # noqa: S603
        [python, "-c", PREDICT, "predict", str(source), str(target)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src"), REPORT: str(said)},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it does not say why"]
        why = said.read_text("utf-8") if said.exists() else lines[-1].removeprefix("error: ")
        raise UserError(f"its code refuses {source.name}: {why}")
    return pd.read_parquet(target, columns=["key", "score"])
