"""What a commit's own code says of this run's test window: which rows judge, and its scores."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from dvc.exceptions import DvcException
from dvc.repo import Repo

from retrain import programs
from retrain.errors import REPORT, UserError
from retrain.files import md5
from retrain.gate import tables
from retrain.gate.tables import KEY, SCORE
from retrain.paths import LOCK, MODEL
from retrain.repo.credentials import hidden
from retrain.repo.dvc import fetch, shared, verifying
from retrain.repo.git import short, show, worktree
from retrain.run import modules
from retrain.run.execution import model_of

ENVIRONMENT = "requirements/pipeline.txt"
# what a commit's code sees of this environment: neither keys nor the way to a network
KNOWN = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")


@dataclass(frozen=True)
class Code:
    """A commit's files, or this folder's where `commit` is None."""

    repo: Repo
    commit: str | None
    folder: Path
    scratch: Path

    def rows(self, inputs: Sequence[Path]) -> pd.DataFrame:
        """Return which rows judge; see `tables.judged`."""
        return tables.judged([self._run("rows", path) for path in inputs])

    def scores(self, keys: "pd.Series[str]", inputs: Sequence[Path]) -> "pd.Series[float]":
        """Return the score of the commit's model for each key.

        Raises:
            UserError: if it cannot be had, or one of them has none.
        """
        self.fetch_model()
        place = "what its code predicts for {}"
        parts = [
            tables.checked(self._run("predict", path), (KEY, SCORE), place.format(path.stem))
            for path in inputs
        ]
        found = pd.concat(parts).set_index("key")["score"]
        if not found.index.is_unique:
            raise UserError("its code gives two rows the same key")
        scores = keys.map(found)
        if missing := int((~scores.between(0, 1)).sum()):
            raise UserError(f"its code gives no probability for {missing:,} of {len(keys):,} rows")
        return scores

    def fetch_model(self) -> None:
        """Put the commit's model into its folder, from the cache, its own remote, or today's.

        Raises:
            UserError: if it is nowhere, or is not what the commit's lock names.
        """
        model = str(self.folder / MODEL)
        own = {"cache": shared(self.repo)["cache"]} | verifying(self.folder)
        for config in (own, shared(self.repo)):
            with suppress(DvcException), Repo(str(self.folder), config=config) as its:
                fetch(its, its.find_outs_by_path(model))
                its.checkout(targets=[model])
                break
        else:
            raise UserError(f"{MODEL} of {short(self.commit or '')} is on no remote any more")
        # DVC believes what its cache holds under a name, and a run can write there
        if md5(model) != model_of(str(self.commit)):
            raise UserError(f"{MODEL} of {short(self.commit or '')} is not what {LOCK} names")

    @cached_property
    def _python(self) -> str:
        """The Python that runs the code: this one, if the commit pins the same packages."""
        own = Path(ENVIRONMENT)
        theirs = show(self.commit, ENVIRONMENT) if self.commit else None
        if self.commit is None or (own.exists() and own.read_text("utf-8") == theirs):
            return sys.executable
        with hidden(but="^(UV|PIP)_"):  # of a company's own index
            made = self._call(sys.executable, "tools/environment.py", "pipeline", **os.environ)
        python = self.folder / ".venv/bin/python"
        if made.returncode or not python.exists():
            why = programs.lines(made.stderr or made.stdout)[-1]
            place = f"the environment of {short(self.commit)}"
            raise UserError(f"{place} cannot be set up again: {why}")
        return str(python)

    def _call(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return programs.run(words, cwd=self.folder, env=environment)

    def _run(self, command: str, source: Path) -> Path:
        target, said = self.scratch / command / source.name, self.scratch / "error.txt"
        target.parent.mkdir(exist_ok=True)
        known = {name: os.environ[name] for name in KNOWN if name in os.environ}
        own = {"PYTHONPATH": str(self.folder / "src"), "HOME": str(self.scratch), REPORT: str(said)}
        done = self._call(
            *modules.command(command, source.resolve(), target, python=self._python),
            **known | own,
        )
        if done.returncode:
            last = programs.lines(done.stderr)[-1].removeprefix("error: ")
            why = said.read_text("utf-8") if said.exists() else last
            raise UserError(f"its code refuses {source.name}: {why}")
        return target


@contextmanager
def code(repo: Repo, commit: str | None) -> Iterator[Code]:
    """Yield a commit's code in a folder of its own, which is gone afterwards."""
    own = nullcontext(Path.cwd())
    with (
        TemporaryDirectory(prefix="retrain-") as scratch,
        worktree(commit) if commit else own as top,
    ):
        yield Code(repo, commit, top, Path(scratch))
