"""Which forge this is a job of: `github` and `gitlab` have the same modules and functions."""

import os
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from retrain.forges.event import Event
from retrain.forges.shapes import Built, Comment, Proposed


class Events(Protocol):
    """`events`: what has happened."""

    def event(self) -> Event: ...  # noqa: D102 (each module says it)


class Job(Protocol):
    """`job`: what a job tells its forge."""

    def asked_for(self, name: str) -> bool: ...  # noqa: D102
    def output(self, **values: str) -> None: ...  # noqa: D102
    def summarize(self, markdown: str) -> None: ...  # noqa: D102
    def report(self) -> None: ...  # noqa: D102


class Calls(Protocol):
    """`calls`: what is asked of its API, and a few words that only it uses."""

    CHECKS: str  # when those of a proposal begin
    REFUSED: dict[str, str]  # words of CML's, and the remedy

    def address(self) -> str: ...  # noqa: D102
    def unable(self) -> str: ...  # noqa: D102
    def token(self) -> str: ...  # noqa: D102
    def proposed(self) -> Iterator[Proposed]: ...  # noqa: D102
    def proposed_before(self) -> Iterator[Proposed]: ...  # noqa: D102
    def comments(self, number: int) -> list[Comment]: ...  # noqa: D102
    def remove_comment(self, number: int, identity: int) -> None: ...  # noqa: D102
    def say(self, number: int, body: str) -> None: ...  # noqa: D102
    def close(self, number: int) -> None: ...  # noqa: D102


class Review(Protocol):
    """`review`: which run built a change, and which request shows it."""

    def built(self) -> Built: ...  # noqa: D102
    def artifact(self, built: Built) -> str: ...  # noqa: D102
    def shown_by(self, built: Built) -> tuple[int | None, str]: ...  # noqa: D102


def name() -> str:
    """Return the forge's word for itself."""
    return "gitlab" if os.environ.get("GITLAB_CI") else "github"


def _module(module: str) -> object:
    return import_module(f"retrain.forges.{name()}.{module}")


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
