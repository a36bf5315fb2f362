"""Which forge this is a job of: `github` and `gitlab` have the same modules and functions.

The type checker compares both forges' modules with the protocols, where they are returned.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from retrain.ci.api.types import Built, Comment, Proposed, Run
from retrain.ci.doctor.reading import Checks, Repository
from retrain.ci.event import Deployment, Event
from retrain.gate.policy import Policy

NOT_PLANNED = "The plan does not ask to {}: nothing to do."


class Events(Protocol):
    """What has happened."""

    def event(self) -> Event: ...
    def asked(self) -> Deployment: ...
    def watch(self) -> Event: ...


class Job(Protocol):
    """What a job tells its forge."""

    def planned(self, name: str) -> bool: ...
    def output(self, **values: str) -> None: ...
    def summarize(self, markdown: str) -> None: ...
    def files(self) -> list[str]: ...
    def report(self) -> None: ...


class Calls(Protocol):
    """What is asked of its API, and a few words that only it uses."""

    CHECKS: str  # when those of a proposal begin
    REFUSED: dict[str, str]  # words of CML's, and the remedy

    def address(self) -> str: ...
    def read_only(self) -> str: ...
    def token(self) -> str: ...
    def proposed(self) -> Iterator[Proposed]: ...
    def proposed_before(self) -> Iterator[Proposed]: ...
    def comments(self, number: int) -> list[Comment]: ...
    def edit_comment(self, number: int, identity: int, body: str) -> None: ...
    def remove_comment(self, number: int, identity: int) -> None: ...
    def say(self, number: int, body: str) -> None: ...
    def close(self, number: int) -> None: ...
    def fetch_left(self, job: str, folder: Path) -> bool: ...
    def began(self) -> datetime | None: ...
    def handed_over(self, job: str, file: Path) -> str: ...
    def pushing(self) -> AbstractContextManager[None]: ...


class Review(Protocol):
    """Which run built a change, and which request shows it."""

    def built(self) -> Built: ...
    def fetch(self, built: Built, folder: Path) -> None: ...
    def interrupted(self) -> bool: ...
    def shown_by(self, built: Built) -> tuple[int | None, str]: ...


class Releases(Protocol):
    """What people and programs take models from, and how they hear of a deployment."""

    def sums(self, tag: str, names: Iterable[str]) -> dict[str, str] | None: ...
    def newest(self, tag: str) -> str: ...
    def publish(self, tag: str, title: str, notes: str, files: Sequence[Path]) -> str: ...
    def announce(self, said: Mapping[str, object]) -> bool: ...


class Runs(Protocol):
    """What is begun and followed, in a job or on a laptop."""

    def start(self, found: Repository, inputs: Mapping[str, str]) -> Run: ...
    def now(self, found: Repository, run: int) -> Run: ...
    def facts(self, found: Repository, run: int) -> bytes | None: ...
    def raise_alarm(self, found: Repository, reason: str, cause: str) -> None: ...
    def last_alarm(self, found: Repository) -> datetime | None: ...


class Doctor(Protocol):
    """What of the set-up is missing."""

    HOST: str  # a pattern that is found in the names of its servers
    SERVER: str  # the variable in which its own command line finds the name of another server

    def repository(self, host: str, path: str) -> Repository: ...
    def checks(self, found: Repository, artifact: str, policy: Policy) -> Checks: ...
    def of_line(self, found: Repository, branch: str, artifact: str, policy: Policy) -> Checks: ...


def name() -> str:
    """Return the forge of this job."""
    return "gitlab" if os.environ.get("GITLAB_CI") else "github"


# each imports the one that it returns: what only reads an event needs no HTTP client


def events() -> Events:
    if name() == "gitlab":
        from retrain.ci.gitlab import events as gitlab

        return gitlab
    from retrain.ci.github import events as github

    return github


def job() -> Job:
    if name() == "gitlab":
        from retrain.ci.gitlab import job as gitlab

        return gitlab
    from retrain.ci.github import job as github

    return github


def calls() -> Calls:
    if name() == "gitlab":
        from retrain.ci.gitlab import calls as gitlab

        return gitlab
    from retrain.ci.github import calls as github

    return github


def review() -> Review:
    if name() == "gitlab":
        from retrain.ci.gitlab import review as gitlab

        return gitlab
    from retrain.ci.github import review as github

    return github


def releases() -> Releases:
    if name() == "gitlab":
        from retrain.ci.gitlab import releases as gitlab

        return gitlab
    from retrain.ci.github import releases as github

    return github


def doctor(forge: str) -> Doctor:
    """Return that of a forge, which on a laptop is not that of a job."""
    if forge == "gitlab":
        from retrain.ci.gitlab import doctor as gitlab

        return gitlab
    from retrain.ci.github import doctor as github

    return github


def runs(found: Repository) -> Runs:
    """Return those of a repository's forge."""
    if found.forge == "GitLab":
        from retrain.ci.gitlab import runs as gitlab

        return gitlab
    from retrain.ci.github import runs as github

    return github
