"""A retraining that any shell starts: begun at the forge, and followed to its end.

What its jobs have left is text that anyone may have written: it is read as a report's facts are.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from retrain.ci import overrides, provider
from retrain.ci.api.retry import DeniedError, NotFoundError
from retrain.ci.api.types import Run
from retrain.ci.doctor import doctor
from retrain.ci.doctor.reading import Repository
from retrain.ci.event import RESULTS
from retrain.errors import UserError
from retrain.paths import FACTS
from retrain.repo import tokens
from retrain.report.schema import Facts
from retrain.settings import from_json

PAUSES = (3, 30)  # seconds between two questions: at first, and at last
SLOWER = 1.3
PATIENCE = 10  # questions in a row that may fail: about four minutes
Say = Callable[[str], None]


class LeftError(UserError):
    """A person has stopped waiting."""

    code = 130  # as for every program that Ctrl-C ends


@dataclass(frozen=True)
class Done:
    """What became of a run; no facts: it has left no report."""

    run: Run
    facts: Facts | None


@dataclass(frozen=True)
class Begun:
    """A run, and where it is."""

    found: Repository
    run: Run


def start(reason: str, parameters: Iterable[str], new_data: bool, propose: bool) -> Begun:
    """Press the button at the forge of the remote.

    Raises:
        UserError: if something is missing that the button asks for, or the forge refuses.
    """
    if not (why := " ".join(reason.split())):
        raise UserError("--reason is empty; say why: the report repeats it")
    asked = list(parameters)
    for each in asked:
        overrides.check_form(each)
    if not tokens.token():
        raise UserError(
            f"there is no token; set {tokens.VARIABLE}, or name a file that holds one: --token-file"
        )
    result = next(name for name, proposes in RESULTS.items() if proposes is propose)
    _, found = doctor.located()
    inputs = {
        "reason": why,
        "result": result,
        "new-data": str(new_data).lower(),
        "parameters": ", ".join(asked),
    }
    return Begun(found, provider.runs(found).start(found, inputs))


def follow(begun: Begun, say: Say) -> Done:
    """Wait for the end of a run, and say what becomes of its jobs.

    Raises:
        UserError: if it cannot be followed any more; it goes on.
    """
    run = begun.run
    try:
        run = _followed(begun, say)
        content = provider.runs(begun.found).facts(begun.found, run.id)
    except KeyboardInterrupt:
        raise LeftError(f"interrupted; the run goes on: {run.url}") from None
    if not content:
        return Done(run, None)
    return Done(run, from_json(content, Facts, FACTS, f"these are no facts of a run: {run.url}"))


def _followed(begun: Begun, say: Say) -> Run:
    run, pause, failed = begun.run, float(PAUSES[0]), 0
    states: dict[str, str] = {}
    while not run.ended:
        time.sleep(pause)
        pause = min(pause * SLOWER, PAUSES[1])
        try:
            run, failed = provider.runs(begun.found).now(begun.found, run.id), 0
        except UserError as error:
            failed += 1
            # what has just begun may not be found at once
            refused = isinstance(error, DeniedError) and not isinstance(error, NotFoundError)
            if refused or failed == PATIENCE:
                raise UserError(
                    f"the run goes on, and cannot be followed from here: {run.url} ({error})"
                ) from None
            continue
        for name, state in run.jobs.items():
            if states.get(name) != state:
                say(f"{name}: {state}")
        states = dict(run.jobs)
    return run


def take_token(file: Path | None) -> None:
    """Take the token of a file, if one is named, in place of the variable's."""
    if file is None:
        return
    try:
        token = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{file} cannot be read; name a file that holds a token") from None
    if not token or len(token.split()) > 1:
        raise UserError(f"{file} holds no token; it should hold one word, and nothing else")
    tokens.use(token)
