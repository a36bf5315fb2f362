"""A commit's own code, run on this run's test window: which rows judge, and its scores."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dvc.exceptions import DvcException
from dvc.repo import Repo

from retrain import programs
from retrain.errors import REPORT, UserError
from retrain.files import md5, sha256
from retrain.paths import LOCK, MODEL
from retrain.repo.dvc import fetch, shared, verifying
from retrain.repo.git import short, show, worktree
from retrain.repo.tokens import hidden
from retrain.run import pipeline_modules
from retrain.run.outputs import model_of

if TYPE_CHECKING:
    import pandas as pd

    from retrain.gate.difference import Measured, Pair
    from retrain.metrics.functions import Array
    from retrain.metrics.own import Values

    Groups = Sequence[tuple[Array, Array, Array]]  # outcomes, predictions, blocks

ENVIRONMENT = "requirements/pipeline.txt"
# variables that a commit's code sees: neither credentials nor proxies
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")


@dataclass(frozen=True)
class Code:
    """A commit's files, or this folder's where `commit` is None."""

    repo: Repo
    commit: str | None
    folder: Path
    scratch: Path

    # what fetches models alone has no use for pandas
    def rows(self, inputs: Sequence[Path]) -> "pd.DataFrame":
        from retrain.gate.tables import judged

        return judged(self._run_each("rows", inputs))

    def scores(self, rows: "pd.DataFrame", inputs: Sequence[Path]) -> "pd.DataFrame":
        """Return what the commit's model predicts for rows, by their keys, in their order."""
        import pandas as pd

        from retrain.gate.tables import KEY, checked, scored, task_of
        from retrain.metrics.tasks import score_columns

        self.fetch_model()
        task, parts = task_of(rows), []
        for path in self._run_each("predict", inputs):
            place = f"what its code predicts for {path.stem}"
            part = checked(path, (KEY,), place)
            parts.append(part[["key", *score_columns(part)]])
        found = pd.concat(parts)
        if not found["key"].is_unique:
            raise UserError("its code gives two rows the same key")
        scores = found.set_index("key").reindex(rows["key"]).reset_index()
        if missing := int(scores.isna().any(axis=1).sum()):
            raise UserError(f"its code gives no prediction for {missing:,} of {len(rows):,} rows")
        return scored(scores, task, "what its code predicts").drop(columns="key")

    def measured(self, name: str, pairs: Sequence["Pair"]) -> list["Measured"]:
        """Measure by a metric that the commit's own code defines."""
        from retrain.gate.difference import Measured

        if not pairs:
            return []
        models = [(pair, score) for pair in pairs for score in (pair.this, pair.other)]
        groups = [(pair.outcome, score, pair.block) for pair, score in models]
        found = self.values(name, groups, pairs[0].classes)
        return [
            Measured(
                this.whole,
                other.whole,
                this.without(pair.blocks) - other.without(pair.blocks),
                pair.ordered,
            )
            for pair, this, other in zip(pairs, found[::2], found[1::2], strict=True)
        ]

    def values(self, name: str, groups: "Groups", classes: Sequence[str]) -> list["Values"]:
        """Return a metric of the commit's own of some groups of rows, whole and without blocks."""
        from retrain.metrics import own

        source, target = self.scratch / "pairs.parquet", self.scratch / "measured.parquet"
        own.write(groups, classes, source)
        self._run("measure", source, target, name, named=f"to measure {name}")
        return own.read(target, len(groups))

    def see(self, sources: Sequence[Path]) -> list[Path]:
        """Write what the commit's model sees of some files, and says of it; see `monitoring`."""
        if not (self.folder / "src/pipeline/seen.py").exists():
            raise UserError(
                f"{short(self.commit or '')} is older than monitoring; land a newer one"
            )
        target = self.scratch / "seen"
        target.mkdir()
        paths = [path.resolve() for path in sources]
        model = ("--model", self.folder.resolve() / MODEL)
        self._run("seen", *paths, target, *model, named=" to ".join(_ends(sources)))
        return sorted(target.iterdir())

    def of_this_run(self) -> "Code":
        return replace(self, commit=None, folder=Path.cwd())

    def fetch_model(self, cached: bool = True) -> None:
        """Put the commit's model into its folder, from the cache, its own remote, or today's.

        Not `cached`: a remote must have it.
        """
        model, name = str(self.folder / MODEL), f"{MODEL} of {short(self.commit or '')}"
        cache = {} if cached else {"cache": {"dir": str(self.scratch / "cache")}}
        own = {"cache": shared(self.repo)["cache"]} | verifying(self.folder)
        for config in (own | cache, shared(self.repo) | cache):
            # there: DVC reads some paths from the working directory, such as a context's folder
            with (
                suppress(DvcException),
                chdir(self.folder),
                Repo(str(self.folder), config=config) as repo,
            ):
                fetch(repo, repo.find_outs_by_path(model))
                repo.checkout(targets=[model])
                break
        else:
            raise UserError(f"{name} is on no remote any more")
        # DVC trusts the names of objects in its cache, where a run can write
        if md5(model) != model_of(str(self.commit)):
            raise UserError(f"{name} is not what {LOCK} names")

    @cached_property
    def _python(self) -> str:
        """The Python that runs the code: this one, if the commit pins the same packages."""
        own = Path(ENVIRONMENT)
        if self.commit is None:
            return sys.executable
        if own.exists() and own.read_text("utf-8") == show(self.commit, ENVIRONMENT):
            return sys.executable
        with hidden(but="^(UV|PIP)_"):  # the settings of a company's own package index
            command = (sys.executable, "tools/environment.py", "pipeline")
            done = programs.run(command, cwd=self.folder, env=os.environ)
        python = self.folder / ".venv/bin/python"
        if done.returncode or not python.exists():
            place = f"the environment of {short(self.commit)}"
            why = programs.lines(done.stderr or done.stdout)[-1]
            raise UserError(f"{place} cannot be set up again: {why}")
        return str(python)

    def _run_each(self, command: str, inputs: Sequence[Path]) -> list[Path]:
        """Run a command on some files at once; return what it made of each."""
        folder = self.scratch / command
        folder.mkdir(exist_ok=True)
        named = " to ".join(_ends(inputs))
        self._run(command, *(path.resolve() for path in inputs), folder, named=named)
        return [folder / path.name for path in inputs]

    def _run(self, command: str, *arguments: str | Path, named: str) -> None:
        error = self.scratch / "error.txt"
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "PYTHONPATH": str(self.folder / "src"),
            "HOME": str(self.scratch),
            REPORT: str(error),
        }
        words = pipeline_modules.command(command, *arguments, python=self._python)
        done = programs.run(words, cwd=self.folder, env=environment)
        if done.returncode:
            found = error.read_text("utf-8") if error.exists() else programs.lines(done.stderr)[-1]
            raise UserError(f"its code refuses {named}: {found.removeprefix('error: ')}")


def _ends(paths: Sequence[Path]) -> list[str]:
    return list(dict.fromkeys([paths[0].name, paths[-1].name]))


def model_sha256(repo: Repo, commit: str, cached: bool = True) -> str:
    """Return the SHA-256 of a commit's model, which is what its lock names; see `fetch_model`."""
    with code(repo, commit) as found:
        found.fetch_model(cached)
        return sha256(found.folder / MODEL)


@contextmanager
def code(repo: Repo, commit: str | None) -> Iterator[Code]:
    files = worktree(commit) if commit else nullcontext(Path.cwd())
    with TemporaryDirectory(prefix="retrain-") as scratch, files as folder:
        yield Code(repo, commit, folder, Path(scratch))
