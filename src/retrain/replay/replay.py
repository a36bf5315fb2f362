"""A replay from its settings to its files: replay.json, replay.md and replay.svg."""

import logging
from pathlib import Path

import pandas as pd
from dvc.repo import Repo

from retrain.contexts import start as starts
from retrain.data.windows import Period
from retrain.files import whole, write_json
from retrain.gate.commit_code import code
from retrain.gate.policy import Policy, check
from retrain.gate.tables import task_of
from retrain.metrics.tasks import score_columns
from retrain.paths import POLICY, REPLAY_FACTS, REPLAY_PICTURE, REPLAY_TABLES
from retrain.replay import calendar, picture, policies, scores, tables
from retrain.replay.answers import Answers
from retrain.replay.models import Models
from retrain.replay.schema import NEVER, Course, Replay
from retrain.run.problem import problem
from retrain.settings import read

log = logging.getLogger(__name__)


def replay(repo: Repo, through: str | None = None, start: str | None = None) -> Replay:
    """Walk the partitions with each policy; see `calendar.find` for what is walked."""
    policy = read(Path(POLICY), Policy)
    check(policy, problem())
    found = calendar.find(repo, through, start)
    commit = starts.of_this_folder(policy)
    answers = Answers(repo, commit, found, policy, Models(repo, commit, found, policy))
    served = found.served
    log.info(
        f"replay: the first model is of {found.names[0]} to {found.names[found.first - 1]}, and "
        f"{served[0]} to {served[-1]} are served"
    )
    return _summed(answers, policies.walk(answers))


def _summed(answers: Answers, courses: list[policies.Course]) -> Replay:
    found, gate = answers.calendar, answers.policy.gate
    rows = {each.policy: _rows(answers, each) for each in courses}
    never = rows[NEVER]
    metrics = scores.shown(gate, task_of(never))
    with code(answers.repo, None) as own:
        summed = [
            Course(
                policy=each.policy,
                months=each.months,
                figures=scores.figures(rows[each.policy], metrics, gate, own, interval=False),
                against_never=None
                if each.policy == NEVER
                else scores.apart(rows[each.policy], never, gate, own),
            )
            for each in courses
        ]
    return Replay(
        first=found.served[0],
        last=found.served[-1],
        history=str(Period(found.names[0], found.names[found.first - 1])),
        unit=found.unit,
        rows=len(never),
        called=answers.policy.words.rows,
        primary=gate.primary,
        higher_is_better={name: each.higher_is_better for name, each in metrics.items()},
        confidence=gate.confidence,
        monitored=answers.watched,
        courses=summed,
    )


def _rows(answers: Answers, course: policies.Course) -> pd.DataFrame:
    """Return all rows of the months, each with the prediction of the model that served it."""
    pairs = zip(course.models, answers.calendar.served, strict=True)
    rows = pd.concat([answers.rows(*pair) for pair in pairs], ignore_index=True)
    # a class that a model does not know has no chance in its eyes
    return rows.fillna(dict.fromkeys(score_columns(rows), 0.0))


def write(found: Replay) -> None:
    write_json(Path(REPLAY_FACTS), found.model_dump(mode="json"))
    for name, text in (
        (REPLAY_TABLES, tables.markdown_of(found)),
        (REPLAY_PICTURE, picture.drawn(found)),
    ):
        with whole(Path(name)) as scratch:
            scratch.write_text(text, "utf-8")
