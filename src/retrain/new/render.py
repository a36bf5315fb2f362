"""The files that a project begins with, from templates/ and what was guessed."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import pyarrow as pa

from retrain.data.sources.table import Table
from retrain.new.choices import Choices
from retrain.new.profile import Profile, safe
from retrain.new.recognise import Recognised
from retrain.new.roles import Role
from retrain.new.target import Target

TEMPLATES = Path(__file__).with_name("templates")
WIDTH = 100  # of a line of Python
ESTIMATORS = {
    "binary": ("HistGradientBoostingClassifier", "classifier"),
    "multiclass": ("HistGradientBoostingClassifier", "classifier"),
    "regression": ("HistGradientBoostingRegressor", "regressor"),
}


@dataclass(frozen=True)
class Guess:
    """All that is known of the table, and what was chosen for it."""

    name: str
    found: Recognised
    profile: Profile
    target: Target
    roles: list[Role]
    choices: Choices
    table: Table  # of the columns that data/ gets
    readable: bool  # whether a job in CI can read the table

    @property
    def rows(self) -> str:
        return f"{self.found.rows:,}"

    def features(self, kind: str) -> list[str]:
        return [each.column for each in self.roles if each.feature == kind]

    @property
    def numbers(self) -> list[str]:
        return [*self.choices.clock.values(), *self.features("number")]

    @property
    def inputs(self) -> pa.Schema:
        return pa.schema([each for each in self.table.schema if each.name != self.outcome])

    @property
    def outcome(self) -> str:
        return safe(self.target.name)


def fill(template: str, **values: object) -> str:
    return Template((TEMPLATES / template).read_text("utf-8")).substitute(values)


def quoted(text: str) -> str:
    """Return a text as Python's formatter writes it."""
    single = repr(text)
    if single[0] == '"' or '"' in text:
        return single
    return '"' + single[1:-1].replace("\\'", "'") + '"'


def listed(names: Sequence[str], indent: str = "") -> str:
    """Return a list as Python's formatter writes it, after so many characters of its line."""
    line = f"[{', '.join(map(quoted, names))}]"
    if len(indent) + len(line) <= WIDTH:
        return line
    return "[\n" + "".join(f"    {quoted(each)},\n" for each in names) + "]"


def assigned(name: str, names: Sequence[str], comment: str = "") -> str:
    if not names:
        return f"{name}: list[str] = []"
    line = f"{name} = {listed(names, f'{name} = ')}"
    with_comment = f"{line}  # {comment}"
    return with_comment if comment and len(with_comment) <= WIDTH else line


def wrapped(text: str, start: str, width: int = WIDTH) -> str:
    """Return a comment in lines that each begin with `start`."""
    lines, line = [], start
    for word in text.split():
        if len(line) + len(word) + 1 > width and line != start:
            lines.append(line)
            line = start
        line += ("" if line.endswith(" ") else " ") + word
    return "\n".join([*lines, line])


def params(guess: Guess) -> str:
    made, time = guess.choices, guess.profile.table.time
    estimator, kind = ESTIMATORS[guess.target.task]
    if time:
        alone = made.test_from == "newest"
        many = "It has" if alone else "They have"
        prepare = fill(
            "by_time.yaml",
            every=guess.profile.table.every,
            first=guess.profile.names[0],
            test_from=made.test_from,
            test_why=f"{many} about {made.test_rows:,} rows.",
        )
    else:
        prepare = fill(
            "by_hash.yaml", rows=guess.rows, test_rows=made.test_rows, test_share=made.test_share
        )
    few = (
        "Few rows: more steps would learn them by heart."
        if made.rounds < 100
        else "scikit-learn's default."
    )
    text = fill(
        "params.yaml",
        rows=guess.rows,
        why=_sentence(guess.target.why),
        task=guess.target.task,
        prepare=prepare.rstrip(),
        kind=kind,
        estimator=estimator,
        rounds_why=few,
        rounds=made.rounds,
        leaf=made.leaf,
        metrics=f"[{', '.join(made.metrics)}]",
        slices=json.dumps(made.slices, ensure_ascii=False),
    )
    return comments_wrapped(text)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def comments_wrapped(text: str) -> str:
    """Break the comments of a YAML file that have grown too long."""
    made = []
    for line in text.splitlines():
        found = re.match(r" *#", line)
        made.append(wrapped(line[found.end() :], found[0]) if found and len(line) > WIDTH else line)
    return "\n".join(made) + "\n"


SEASON = {
    True: "The seasons move it: it is an alarm only once the data hold the same days of a year "
    "before. season: in days; null for data that have none.",
    False: "It is an alarm, because the data have no season.",
}


def policy(guess: Guess) -> str:
    made, task = guess.choices, guess.target.task
    primary = made.metrics[0]
    if task == "regression":
        words = f"  # The target's unit.\n  unit: {_yaml(guess.target.name)}"
        why = "By how much a prediction is off, on average, in the target's own unit."
        margin_why = "0.2 % of what the mean is off."
    else:
        why = "Logarithmic loss is a proper scoring rule: only honest probabilities make it small."
        margin_why = "A thousandth is nothing that anyone would see."
        words = ""
    if task == "binary":
        true = guess.target.true
        said = true if isinstance(true, str) else guess.target.name
        words = (
            f"  # How you call those that had the outcome.\n  outcome: {_yaml(said)}\n"
            "  # In the plainest use of the model this share is looked after: the riskiest fifth.\n"
            "  flagged: 0.2"
        )
    metrics = "\n".join(
        f"    # {made.why[name]}\n    {name}: {values}" for name, values in made.gate.items()
    )
    block = made.group or "key"
    blocks_why = {
        True: "Those of a day, and one day resembles the next: days are compared, not rows.",
        False: "None that is known: each row is by itself. Name a group of GROUPS if rows of one "
        "resemble each other, such as those of a customer or a day.",
    }[bool(made.group)]
    text = fill(
        "policy.yaml",
        words=words,
        primary=primary,
        primary_why=why,
        margin=f"{made.margin:g}",
        margin_why=margin_why,
        slice_tolerance=f"{20 * made.margin:g}",
        metrics=metrics,
        block=block,
        ordered=str(bool(made.group)).lower(),
        blocks_why=blocks_why,
        test_rows=f"{made.test_rows:,}",
        min_rows=max(10, made.test_rows // 3),
        min_rows_slice=max(10, min(300, made.test_rows // 15)),
        drift_rows=max(300, min(2000, made.test_rows // 3)),
        season=365 if guess.profile.table.time else "null",
        season_why=SEASON[bool(guess.profile.table.time)],
        schedule=str(guess.readable).lower(),
        schedule_why=_schedule(guess),
    )
    return comments_wrapped(text.replace("  rows: rows\n\n\n", "  rows: rows\n\n"))


def _schedule(guess: Guess) -> str:
    if guess.readable:
        return "  # Each night it looks for new rows in the table, which is in this repository."
    return (
        "  # Off: a job cannot read a table on your disk. Let src/pipeline/source.py read a place "
        "that it can (a bucket, a database), and switch it on."
    )


def _yaml(text: str) -> str:
    return json.dumps(text[:40], ensure_ascii=False)


def data_document(guess: Guess) -> str:
    """Return docs/data.md."""
    rows = "\n".join(
        f"| `{_cell(each.column)}` | {each.role} | {_cell(each.why)} |" for each in guess.roles
    )
    if guess.choices.number:
        of = "those of its time" if guess.table.time else "all"
        rows += f"\n| `{guess.choices.number}` | key | added: the number of a row among {of} |"
    every = guess.profile.table.every
    form = {"month": "2013-06", "week": "2013-W23", "day": "2013-06-30"}[every]
    where = (
        f"`data/`, a Parquet file a {every}, such as `{form}.parquet`"
        if guess.profile.table.time
        else f"`data/{guess.name}.parquet`"
    )
    return fill(
        "data.md",
        where=where,
        rows=guess.rows,
        source=guess.table.file,
        said=guess.found.said,
        table=rows,
    )


def model_card(guess: Guess) -> str:
    """Return docs/model-card.md, with the questions that only people can answer."""
    return fill("model-card.md", target=guess.target.name, source=guess.table.file)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def pipeline(text: str, guess: Guess) -> str:
    """Return dvc.yaml with the stages that it has, and this problem's plots and model."""
    stages = re.split(r"(?m)^(?:#.*\n)*(?:plots|artifacts):", text)[0].rstrip()
    plots = fill(f"plots_{guess.target.task}.yaml").strip()
    what = json.dumps(f"{guess.target.name}, from {guess.table.file}", ensure_ascii=False)
    artifact = (
        f"artifacts:\n  {guess.name}:\n    path: models/model.skops\n    type: model\n"
        f"    desc: {what}"
    )
    return "\n\n".join(filter(None, [stages, plots, artifact])) + "\n"


def document(guess: Guess) -> str:
    """Return README.md."""
    time = bool(guess.profile.table.time)
    task = {
        "binary": "true or false",
        "multiclass": "one of some classes",
        "regression": "a number",
    }[guess.target.task]
    return fill(
        "README.md",
        name=guess.name,
        target=guess.target.name,
        task=task,
        table=guess.table.file,
        rows=guess.rows,
        split=f"the newest {guess.profile.table.every}s judge"
        if time
        else "a share of the rows judges, by a hash of their key",
        more=f"the next {guess.profile.table.every} from the table"
        if time
        else "the table again, if it has changed",
    )


def as_json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
