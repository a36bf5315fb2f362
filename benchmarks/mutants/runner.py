"""A copy of the checkout with one mistake in it, and which tests see that."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.mutants.table import Mutant, Subject
from retrain import programs
from retrain.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
MADE = ("data", "features", "models", "predictions")  # what Git does not have
STAGES = ("prepare", "train", "evaluate")
FAILED = re.compile(r"^(?:FAILED|ERROR) \S+?::(\w+)", re.MULTILINE)
SHOWN = 3  # names of tests
PASS, FAIL = 0, 1  # pytest's exit codes; by any other one the tests have said nothing


@dataclass(frozen=True)
class Result:
    mutant: Mutant
    caught: list[str]  # the tests that failed, or the stage that refused; none: it survived
    seconds: float

    @property
    def by(self) -> str:
        """Return in words which tests have caught it."""
        more = len(self.caught) - SHOWN
        shown = ", ".join(self.caught[:SHOWN]) or "no test: it SURVIVED"
        return shown + (f" and {more} more" if more > 0 else "")


def run(
    mutants: Sequence[Mutant], jobs: int, tell: Callable[[str], None], root: Path = ROOT
) -> list[Result]:
    """Try each mutant, some at a time; return the results in the mutants' order.

    Raises:
        UserError: if a mutant's text is not there, or tests fail without any mutant.
    """
    for mutant in mutants:
        mutant.changed(root)
    with ThreadPoolExecutor(jobs) as pool:
        try:
            list(pool.map(lambda each: _check(root, each), {each.subject: 0 for each in mutants}))
            tell("all tests pass without a mutant")
            work = {pool.submit(_try, root, each): each.name for each in mutants}
            for number, done in enumerate(as_completed(work), start=1):
                tell(f"{number} of {len(work)}: {work[done]}: {done.result().by}")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [each.result() for each in work]


def _check(root: Path, subject: Subject) -> None:
    with _copy(root) as folder:
        if failed := _failed(folder, subject):
            raise UserError(f"{failed[0]} fails without a mutant; correct that first")


def _try(root: Path, mutant: Mutant) -> Result:
    begin = perf_counter()
    with _copy(root) as folder:
        (folder / mutant.file).write_text(mutant.changed(root), "utf-8")
        try:
            caught = _failed(folder, mutant.subject)
        except UserError as error:
            raise UserError(f"mutant {mutant.name!r}: {error}") from None
    return Result(mutant, caught, perf_counter() - begin)


@contextmanager
def _copy(root: Path) -> Iterator[Path]:
    """Yield a repository with the files of a checkout that Git has or would, and what was built."""
    with TemporaryDirectory(prefix="retrain-mutant-") as scratch:
        folder = Path(scratch) / "copy"
        listed = _said(root, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        for name in filter(None, listed.split("\0")):
            if not name.startswith("store/") and (root / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / name, folder / name)
        for name in MADE:
            if (root / name).is_dir():
                shutil.copytree(root / name, folder / name, dirs_exist_ok=True)
        _said(folder, "git", "init", "--quiet")
        yield folder


def _said(folder: Path, *command: str) -> str:
    done = programs.run(command, cwd=folder)
    if done.returncode:
        raise UserError(programs.lines(done.stderr)[-1])
    return done.stdout


def _failed(folder: Path, subject: Subject) -> list[str]:
    """Return the names of the tests that fail in a copy, or that of the stage which refuses."""
    # an editable install points to the checkout: the copy's own code comes before it;
    # a thread each, because some run at a time
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "OMP_NUM_THREADS": "1"}

    def python(*words: str) -> tuple[int, str]:
        done = programs.run([sys.executable, "-m", *words], cwd=folder, env=environment)
        return done.returncode, done.stdout + done.stderr

    for stage in STAGES if subject.build else ():
        code, said = python(f"pipeline.{stage}")
        if code:
            return [f"{stage}: {programs.lines(said)[-1]}"]
    options = ["-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", f"--basetemp={folder}.tests"]
    marked = [] if subject.slow else ["-m", "not slow"]
    code, said = python("pytest", *options, *marked, *subject.tests)
    if code not in (PASS, FAIL):
        raise UserError(f"its tests cannot run: {programs.lines(said)[-1]}")
    return list(dict.fromkeys(FAILED.findall(said)))
