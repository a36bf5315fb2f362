"""A repository at a forge, asked by the forge's API with a token or without one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from retrain.ci.api.retry import DeniedError, NotFoundError

Checks = Mapping[str, Callable[[], str]]  # by name: each returns the remedy, or "" if all is well


@dataclass(frozen=True, eq=False)  # so that what was read of it can be cached
class Repository:
    """Where a repository is in an API, and what a request carries."""

    forge: str  # its name, for a sentence
    api: str
    path: str  # below that: repos/acme/toy
    headers: Mapping[str, str] = field(repr=False)  # the token may be among them

    def get(self, path: str = "", **query: str | int) -> Any:
        from retrain.ci.api import rest  # here, because jobs that ask nothing have no `requests`

        whole = f"{self.path}/{path}" if path else self.path
        return rest.call(self.forge, "GET", self.api, whole, self.headers, params=query)

    def post(self, path: str, content: Mapping[str, object]) -> Any:
        from retrain.ci.api import rest

        where = f"{self.path}/{path}"
        return rest.call(self.forge, "POST", self.api, where, self.headers, json=content)

    def find(self, path: str) -> Any:
        """Return the same, or None where there is no such thing."""
        try:
            return self.get(path)
        except NotFoundError:
            return None

    def every(self, path: str, **query: str) -> list[Any]:
        from retrain.ci.api import rest

        def ask(_: str, path: str, params: Mapping[str, str | int]) -> Any:
            return self.get(path, **params)

        return list(rest.pages(ask, path, **query))

    @cached_property
    def about(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.get()
        return found

    @property
    def default_branch(self) -> str:
        if found := self.about.get("default_branch"):
            return str(found)
        raise DeniedError(f"{self.forge} does not say its default branch; push one first")
