"""Which forge this is a job of: `github` and `gitlab` have the same modules and functions."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from retrain.ci.api.shapes import Built, Comment, Proposed
from retrain.ci.doctor.reading import Checks, Repository
from retrain.ci.event import Event

NOT_ASKED = "The plan does not ask to {}: nothing to do."


class Events(Protocol):
    """`events`: what has happened."""

    def event(self) -> Event:
        """Return what started this job."""


class Job(Protocol):
    """`job`: what a job tells its forge."""

    def asked_for(self, name: str) -> bool:
        """Tell whether the plan has named this job."""

    def output(self, **values: str) -> None:
        """Give values of one line to the jobs after this one."""

    def summarize(self, markdown: str) -> None:
        """Put Markdown where people look first, if there is such a place."""

    def files(self) -> list[str]:
        """Return the files by which a job tells it something, outside the checkout."""

    def report(self) -> None:
        """Show the report, or say where it is."""


class Calls(Protocol):
    """`calls`: what is asked of its API, and a few words that only it uses."""

    CHECKS: str  # when those of a proposal begin
    REFUSED: dict[str, str]  # words of CML's, and the remedy

    def address(self) -> str:
        """Return the repository's address."""

    def unable(self) -> str:
        """Return why this job may write nothing, if so."""

    def token(self) -> str:
        """Return the job's token."""

    def proposed(self) -> Iterator[Proposed]:
        """Yield the open requests from branches of this repository."""

    def proposed_before(self) -> Iterator[Proposed]:
        """Yield those that were closed or merged recently."""

    def comments(self, number: int) -> list[Comment]:
        """Return what stands below a request."""

    def edit_comment(self, number: int, identity: int, body: str) -> None:
        """Let a comment of ours say something else."""

    def remove_comment(self, number: int, identity: int) -> None:
        """Remove a comment of ours."""

    def say(self, number: int, body: str) -> None:
        """Say something below a request."""

    def close(self, number: int) -> None:
        """Close a request."""

    def fetch_candidate(self, folder: Path) -> bool:
        """Put what the job that builds has left into a folder; tell whether it has left any."""


class Review(Protocol):
    """`review`: which run built a change, and which request shows it."""

    def built(self) -> Built:
        """Return the run that is to be reported."""

    def fetch(self, built: Built, folder: Path) -> None:
        """Put its report into a folder, where it is not there and there is one."""

    def interrupted(self) -> bool:
        """Tell whether it was cancelled, or took too long."""

    def shown_by(self, built: Built) -> tuple[int | None, str]:
        """Return the request that shows what was built, or None and the reason."""


class Doctor(Protocol):
    """`doctor`: what of the set-up is missing."""

    HOST: str  # a pattern that is found in the names of its servers
    SERVER: str  # the variable in which its own command line is told of another server

    def repository(self, host: str, path: str) -> Repository:
        """Return what reads a repository by the forge's API; in a job, as the job is told."""

    def checks(self, found: Repository, artifact: str) -> Checks:
        """Return each check by its name: it returns the remedy, or "" if all is well."""


def name() -> str:
    """Return the forge's word for itself."""
    return "gitlab" if os.environ.get("GITLAB_CI") else "github"


def _module(module: str, forge: str = "") -> object:
    return import_module(f"retrain.ci.{forge or name()}.{module}")


def events() -> Events:
    """Return the reader of its events."""
    return cast(Events, _module("events"))


def job() -> Job:
    """Return the way to tell it something."""
    return cast(Job, _module("job"))


def calls() -> Calls:
    """Return the way to ask it something."""
    return cast(Calls, _module("calls"))


def review() -> Review:
    """Return the way to find what a run belongs to."""
    return cast(Review, _module("review"))


def doctor(forge: str) -> Doctor:
    """Return the way to check the set-up at a forge, which on a laptop is not that of a job."""
    return cast(Doctor, _module("doctor", forge))
