"""The models of a replay, each built by this folder's pipeline from more partitions, beside it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dvc.repo import Repo

from retrain.data import partitions
from retrain.files import whole_folder
from retrain.gate.gate import gate
from retrain.gate.policy import Policy
from retrain.gate.schema import Verdict
from retrain.paths import DATA, REPLAY
from retrain.replay.calendar import Calendar
from retrain.repo import beside, commits, dvc, snapshot
from retrain.repo.base import RESULTS, adopt
from retrain.repo.git import find_commit
from retrain.run import execution
from retrain.run.outputs import model_of

FOLDER = Path(REPLAY, "folder")


class Models:
    """A model is named by the number of partitions that it was built from, the oldest ones."""

    def __init__(self, repo: Repo, start: str, calendar: Calendar, policy: Policy) -> None:
        self._repo, self._start, self._calendar, self._policy = repo, start, calendar, policy
        self._commits: dict[int, str] = {}
        self._here = 0  # the model that is in the folder

    def commit(self, number: int) -> str:
        """Return a commit whose lock names a model; a UserError if it cannot be built."""
        if number not in self._commits:
            with self._in_place(number):
                self._commits[number] = self._committed()
        return self._commits[number]

    def take(self, number: int, commit: str) -> None:
        """Take a model that a replay before has built, if it is still there."""
        model = model_of(commit) if find_commit(commit) else None
        if model and Path(self._repo.cache.local.oid_to_path(model)).exists():
            self._commits.setdefault(number, commit)

    def judge(self, number: int, other: int) -> Verdict:
        """Judge a model against another one, as a landing does against the champion."""
        champion, own = self.commit(other), self.commit(number)
        with self._in_place(number, own) as repo:
            return gate(repo, champion, None, self._policy)

    @contextmanager
    def _in_place(self, number: int, commit: str | None = None) -> Iterator[Repo]:
        """Work in the folder, with a model's data and results in it, built if they are not."""
        with beside.working_in(FOLDER, commit or self._start, self._repo):
            if self._here != number:
                self._here = 0
                self._build(number, commit)
                self._here = number
            with dvc.opened() as repo:
                yield repo

    def _build(self, number: int, commit: str | None) -> None:
        """Build a model in this folder; what is known of it, by a commit, is not made again."""
        if commit:
            adopt(commit)
        with dvc.opened() as repo:
            folder = snapshot.version(repo)[0]
            with whole_folder(Path(folder)) as scratch:
                for name in self._calendar.names[:number]:
                    path = self._calendar.path(name)
                    shutil.copyfile(path, partitions.path_of(scratch, name))
            repo.add(folder)
        with dvc.opened() as repo:
            if commit:
                dvc.pull_results(repo)
            execution.start(repo)
            execution.finish(repo, execution.reproduce())

    def _committed(self) -> str:
        """Return a commit of the results in this folder; no branch names it."""
        with commits.Index(self._start) as index:
            index.git("add", "--", *(path for path in (*RESULTS, DATA) if Path(path).exists()))
            return index.commit("A model of a replay", self._start)
