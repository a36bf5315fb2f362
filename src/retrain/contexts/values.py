"""The contexts of policy.yaml, and which of them are asked for."""

from dataclasses import dataclass
from pathlib import Path

from retrain.errors import UserError, suggest
from retrain.gate.policy import Contexts, Policy
from retrain.paths import CONTEXT, POLICY
from retrain.repo.line import name_of
from retrain.settings import read


@dataclass(frozen=True)
class Context:
    column: str
    value: str

    @property
    def name(self) -> str:
        return name_of(self.value)

    @property
    def folder(self) -> Path:
        """Return where it is built; kept between runs, so that the next one does what changed."""
        return Path(CONTEXT, self.name)


def every(policy: Policy) -> list[Context]:
    named = _section(policy)
    return [Context(named.column, value) for value in named.values]


def one(policy: Policy, value: str, place: str = POLICY) -> Context:
    """Return a context by its value or its name; raise unless the policy names it.

    `place`: what the policy is called in an error.
    """
    named = _section(policy, place)
    known = {name_of(each): each for each in named.values}
    if name_of(value) not in known:
        raise UserError(
            f"{value!r} is not a context of {place}; {suggest(value, named.values)}, or add it to "
            "contexts.values there"
        )
    return Context(named.column, known[name_of(value)])


def of_this_folder(value: str) -> Context:
    """Return a context of this folder's policy.yaml; see `one`."""
    return one(read(Path(POLICY), Policy), value)


def _section(policy: Policy, place: str = POLICY) -> Contexts:
    if policy.contexts is None:
        raise UserError(
            f"{place} names no contexts; add such a section to it: contexts: {{column: COLUMN, "
            "values: [VALUE, VALUE]}"
        )
    return policy.contexts
