"""What DVC tells of its stages while it runs: its log alone says what becomes of each, and when."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from pydantic import ConfigDict, with_config

from retrain.settings import Line, Number

Told = Callable[[str], None]


@with_config(ConfigDict(extra="forbid"))  # a report reads it from JSON
@dataclass(frozen=True)
class Step:
    """What became of one pipeline stage."""

    stage: Line
    state: Literal["ran", "restored", "up to date"]  # restored: from DVC's run cache
    seconds: Number


class Listener(logging.Handler):
    """Turns what DVC logs into steps: there alone it tells what becomes of a stage, and when."""

    SAID = re.compile(r"(Running stage|Stage) '([^']+)'(:| didn't change| is cached)")
    STATES: ClassVar[dict[str, Literal["ran", "restored", "up to date"]]] = {
        ":": "ran",
        " didn't change": "up to date",
        " is cached": "restored",
    }

    def __init__(self, tell: Told, descriptions: dict[str, str]) -> None:
        """Tell each description as its stage begins to run."""
        super().__init__(logging.INFO)
        self.tell = tell
        self.descriptions = descriptions
        self.steps: list[Step] = []
        self.since = time.perf_counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Begin a step where the message is about one."""
        said = self.SAID.match(record.getMessage())
        if not said or said[2].endswith(".dvc"):
            return
        self.close_step()
        self.steps.append(Step(said[2], self.STATES[said[3]], 0))
        if self.steps[-1].state == "ran":
            self.tell(f"{said[2]}: {self.descriptions[said[2]]}")

    def close_step(self) -> None:
        """End the newest step: its seconds are those until the next begins."""
        now = time.perf_counter()
        if self.steps:
            self.steps[-1] = replace(self.steps[-1], seconds=round(now - self.since, 1))
        self.since = now
