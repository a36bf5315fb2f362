"""When to retrain, and whether to take what was trained: four policies, each on the same months."""

import datetime
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from retrain.data import partitions
from retrain.replay.answers import Answers, Served
from retrain.replay.schema import ALARM, EVERY, NEVER, VERDICT, Month

log = logging.getLogger(__name__)


class Decision(NamedTuple):
    """What is done once a month is over."""

    trained: bool = False
    taken: bool = False
    why: str = ""


@dataclass
class Course:
    """A policy on its way: the model in use, and the months so far."""

    policy: str
    model: int
    months: list[Month] = field(default_factory=list)
    models: list[int] = field(default_factory=list)  # which one served each month
    alarmed: datetime.date | None = None  # when an alarm has last started a training


Decide = Callable[[Answers, Course, int, Served], Decision]


def never(*_: object) -> Decision:
    return Decision()


def every(answers: Answers, _: Course, new: int, __: Served) -> Decision:
    problem = answers.problem(new)
    return Decision(trained=True, taken=not problem, why=problem or "")


def on_alarm(answers: Answers, course: Course, new: int, served: Served) -> Decision:
    if not served.alarms:
        return Decision()
    assert answers.policy.drift is not None
    _, today = partitions.span(answers.calendar.names[new - 1])
    cooldown = datetime.timedelta(days=answers.policy.drift.cooldown)
    if course.alarmed and today - course.alarmed < cooldown:
        return Decision(why=f"an alarm has started a training on {course.alarmed}")
    course.alarmed = today
    return every(answers, course, new, served)


def on_verdict(answers: Answers, course: Course, new: int, _: Served) -> Decision:
    if problem := answers.problem(new):
        return Decision(trained=True, why=problem)
    found = answers.verdict(new, course.model)
    why = f"{found.verdict}: {'; '.join(found.reasons)}"
    return Decision(trained=True, taken=found.verdict == "promote", why=why)


DECIDE: dict[str, Decide] = {NEVER: never, EVERY: every, ALARM: on_alarm, VERDICT: on_verdict}


def walk(answers: Answers) -> list[Course]:
    """Let each policy live through the months; after the last one there is nothing to decide."""
    calendar = answers.calendar
    names = [name for name in DECIDE if answers.watched or name != ALARM]
    courses = [Course(name, calendar.first) for name in names]
    for new, name in enumerate(calendar.served, calendar.first + 1):
        lines = [_lived(answers, each, new, name) for each in courses]
        log.info(f"{name}: {'; '.join(lines)}")
    return courses


def _lived(answers: Answers, course: Course, new: int, name: str) -> str:
    """Serve a month by a policy's model, decide what follows, and say both in a few words."""
    served, model, done = answers.served(course.model, name), course.model, Decision()
    if new < len(answers.calendar.names):
        done = DECIDE[course.policy](answers, course, new, served)
    month = Month(
        name=name,
        rows=served.rows,
        learned=answers.calendar.names[model - 1],
        figures=served.figures,
        alarms=served.alarms,
        trained=done.trained,
        taken=done.taken,
        why=done.why[:1000],
    )
    course.months.append(month)
    course.models.append(model)
    course.model = new if done.taken else model
    return " ".join(_words(course.policy, month, answers.policy.gate.primary))


def _words(policy: str, month: Month, primary: str) -> Iterator[str]:
    value = month.figures[primary].value
    yield f"{policy} {'unknown' if value is None else f'{value:.4g}'}"
    if month.trained:
        yield "(trained, taken)" if month.taken else "(trained)"
