"""The mutants, as data: one replacement of text each, and the tests that should see it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from retrain.errors import UserError, suggest

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Mutant:
    part: str  # its file in benchmarks/mutants/
    name: str
    why: str  # what its author does wrong
    file: str
    old: str
    new: str
    tests: list[str] = field(default_factory=list)
    build: bool = False  # whether its tests look at a model, which is built first
    slow: bool = False  # whether its tests are slow ones

    @property
    def subject(self) -> "Subject":
        return Subject(tuple(self.tests), self.build, self.slow)

    def changed(self, root: Path) -> str:
        """Return the text of its file in a checkout, with the mistake.

        Raises:
            UserError: unless its old text is there, once.
        """
        path = root / self.file
        text = path.read_text("utf-8") if path.exists() else ""
        if (number := text.count(self.old)) != 1:
            raise UserError(
                f"mutant {self.name!r}: its text is {number} times in {self.file}, and should be "
                "there once; correct it in benchmarks/mutants/"
            )
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Subject:
    """What some mutants share, and what has to pass without any of them."""

    tests: tuple[str, ...]
    build: bool
    slow: bool


def read(folder: Path = HERE) -> list[Mutant]:
    """Return the mutants of all files: each has what its file says above them, and its own."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        given = tomllib.loads(path.read_text("utf-8"))
        found += [Mutant(path.stem, **given | each) for each in given.pop("mutant")]
    return found


def chosen(mutants: Sequence[Mutant], name: str) -> list[Mutant]:
    """Return the mutant of a name, or those of a part."""
    if found := [each for each in mutants if name in (each.name, each.part)]:
        return found
    known = {each.name for each in mutants} | {each.part for each in mutants}
    raise UserError(f"no mutant and no part {name!r}; {suggest(name, known)}")
