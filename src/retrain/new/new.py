"""`retrain new`: guess, write, try what was written, and put it in place."""

import os
import re
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from retrain import programs
from retrain.data.read_tables import ENDINGS
from retrain.errors import REPORT, UserError, suggest
from retrain.new import choices, code, contract, demo, place, profile, recognise, render, roles
from retrain.new.recognise import Recognised
from retrain.new.target import target
from retrain.repo.git import ask
from retrain.run import pipeline_modules

NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
PIPELINE = Path("src/pipeline")


@dataclass(frozen=True)
class Asked:
    data: Path
    target: str
    time: str = ""
    name: str = ""
    task: str | None = None
    time_format: str = ""
    force: bool = False
    with_tests: bool = False


def new(asked: Asked) -> dict[str, Any]:
    """Stage a project from a table, which `place.finish` puts in place; return its summary."""
    if not (asked.target and str(asked.data) != "."):
        raise UserError(
            "a table and its target are needed; name both: make new DATA=bikes.csv TARGET=bikers"
        )
    place.check(asked.force)
    name = name_of(asked)
    if asked.data.resolve().is_relative_to(Path("data").resolve()):
        raise UserError(f"{asked.data}: data/ is replaced now; put the table into another folder")
    with place.staging() as scratch:
        guess = guessed(asked, name, scratch)
        write(guess, asked)
        _try(guess, scratch / "tried", asked.data)
        found = summary(guess)
        place.commit(found, asked.with_tests)
    return found


def name_of(asked: Asked) -> str:
    name = asked.name or re.sub(r"[^a-z0-9]+", "-", _stem(asked.data).lower()).strip("-")
    if not NAME.fullmatch(name):
        raise UserError(
            f"{name!r} is not a name for a model; choose small letters, digits and hyphens, such "
            "as NAME=bike-rental"
        )
    return name


def _stem(path: Path) -> str:
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if path.name.endswith(ending):
            return path.name.removesuffix(ending)
    return path.name


def guessed(asked: Asked, name: str, scratch: Path) -> render.Guess:
    """Look at a table, and return all that is guessed of it."""
    found = recognise.recognise(asked.data)
    choices.check_rows(found.rows, asked.data)
    goal = target(found, asked.target, asked.task, asked.data)
    if asked.time:
        _time(found, asked)
    divided = profile.table(found, asked.data, name, asked.time)
    seen = profile.profile(divided, scratch / "data", profile.safe(goal.name), found.rows)
    key = profile.key(seen, found.columns, profile.safe(goal.name))
    what = roles.roles(found.columns, seen, goal, key)
    chosen = choices.choose(seen, found.columns, what, goal, key)
    if not [each for each in what if each.feature] and not chosen.clock:
        reasons = "; ".join(
            f"{each.column}: {each.why}" for each in what if each.role == "left out"
        )
        raise UserError(f"{asked.data}: no column can be a feature ({reasons}); give other columns")
    columns = _stored(divided.schema, what, chosen, profile.safe(goal.name))
    made = replace(divided, schema=columns, number=chosen.number)
    return render.Guess(name, found, seen, goal, what, chosen, made, _is_tracked(asked.data))


def _time(found: Recognised, asked: Asked) -> None:
    """Settle the format of the column that splits rows; a `UserError` says why there is none."""
    where, name = asked.data, asked.time
    if name not in found.columns:
        raise UserError(f"{where}: has no column {name!r}; {suggest(name, found.columns)}")
    if name == asked.target:
        raise UserError(
            f"{where}: column {name!r} cannot be both the target and the time; name another"
        )
    column = found.columns[name]
    if column.empty:
        raise UserError(
            f"{where}: column {name!r} is empty in {column.empty:,} rows; fill it, or remove them"
        )
    if asked.time_format:
        column.kind, column.format = "time", asked.time_format
        return
    if column.kind == "time" and not column.formats:  # of Parquet
        return
    able = recognise.times(column)
    if not able:
        reached = {form: column.broken[form] for form in recognise.TIMES if form in column.broken}
        form, (row, value) = max(
            reached.items(), key=lambda each: each[1][0], default=("", (1, column.first))
        )
        known = f", and row 1 is {column.first!r}" if row > 1 else ""
        kind = f"is not written as {form}" if row > 1 else "is not a time that is known"
        raise UserError(
            f"{where}: column {name!r}, row {row:,}: {value!r} {kind}{known}; write all in one "
            "format, such as 2013-06-30 14:00, or say which it is: TIME_FORMAT='%d.%m.%Y %H:%M'"
        )
    if len(able) > 1:
        raise UserError(
            f"{where}: column {name!r}: {column.first!r} can be read as {' or '.join(able)}; say "
            f"which it is: TIME_FORMAT='{able[0]}'"
        )
    column.kind, column.format = "time", able[0]


def _stored(
    schema: pa.Schema, what: list[roles.Role], chosen: choices.Choices, outcome: str
) -> pa.Schema:
    """Return the columns that data/ gets: whole numbers stay so in a key alone."""
    kept = [each.column for each in what if each.role not in ("left out", "target")]
    made = []
    for field in schema:
        if field.name not in kept:
            continue
        numeric = pa.types.is_integer(field.type) and field.name not in chosen.key
        made.append(pa.field(field.name, pa.float64()) if numeric else field)
    if chosen.number:
        made.append(pa.field(chosen.number, pa.int64()))
    last = schema.field(outcome)
    is_whole = pa.types.is_integer(last.type)
    made.append(pa.field(outcome, pa.float64()) if is_whole else last)
    return pa.schema(made)


def _is_tracked(path: Path) -> bool:
    """Return whether a commit holds the table, so that a job in CI can read it."""
    inside = path.resolve().is_relative_to(Path.cwd().resolve())
    return inside and bool(ask("ls-files", "--", str(path)))


def source_path(path: Path) -> str:
    inside = path.resolve().is_relative_to(Path.cwd().resolve())
    return str(path.resolve().relative_to(Path.cwd().resolve()) if inside else path.resolve())


def write(guess: render.Guess, asked: Asked) -> None:
    """Stage the files of a project."""
    chosen, table = guess.choices, guess.table
    suite = contract.contract(
        table.schema, guess.profile, guess.found.columns, chosen.key, guess.outcome, chosen.number
    )
    files = {
        "README.md": render.document(guess),
        "docs/data.md": render.data_document(guess),
        "docs/model-card.md": render.model_card(guess),
        "params.yaml": render.params(guess),
        "policy.yaml": render.policy(guess),
        "expectations/data.json": render.as_json(suite),
        "dvc.yaml": render.pipeline(Path("dvc.yaml").read_text("utf-8"), guess),
        "src/pipeline/features.py": code.features(guess),
        "src/pipeline/source.py": code.source(guess, source_path(asked.data)),
        "tests/model/__init__.py": "",
        "tests/model/conftest.py": code.model_conftest(guess),
        "tests/model/test_model.py": render.fill("test_model.py.txt"),
        **demo.without_its_packages(),
    }
    place.stage(files)


def _try(guess: render.Guess, folder: Path, data: Path) -> None:
    """Make data/ by the program that was written, and features of it, before it is put in place."""
    shutil.copytree(PIPELINE, folder / PIPELINE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(place.FILES / PIPELINE, folder / PIPELINE, dirs_exist_ok=True)
    shutil.copy(place.FILES / "params.yaml", folder)
    path = source_path(data)
    if not Path(path).is_absolute():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(data.resolve())
    through = ("--through", guess.profile.names[-1]) if guess.table.time else ()
    _run(folder, "source", *through)
    _run(folder, "check")
    _run(folder, "prepare")
    shutil.rmtree(place.FILES / "data", ignore_errors=True)
    (folder / "data").replace(place.FILES / "data")


def _run(folder: Path, module: str, *words: str) -> None:
    paths = [str(folder.resolve() / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    said = folder.resolve() / "error.txt"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), REPORT: str(said)}
    command = pipeline_modules.command(module, *words, python=sys.executable)
    done = programs.run(command, cwd=folder, env=environment)
    if done.returncode:
        reason = said.read_text("utf-8") if said.exists() else programs.lines(done.stderr)[-1]
        raise UserError(f"what was made of the table does not work: {reason}")


def summary(guess: render.Guess) -> dict[str, Any]:
    """Return what is printed at the end, for a person or for a program."""
    chosen, seen = guess.choices, guess.profile
    if guess.table.time:
        files = f"by time, a file a {guess.table.every}, {seen.names[0]} to {seen.names[-1]}"
        number = 1 if chosen.test_from == "newest" else chosen.test_from
        newest = "newest judges" if number == 1 else f"newest {number} judge"
        split = f"{files}; the {newest} ({chosen.test_rows:,} rows)"
    else:
        split = (
            f"by a hash of the key, {chosen.test_share:.0%} judge (about {chosen.test_rows:,} rows)"
        )
    rows = [{"column": each.column, "is": each.role, "why": each.why} for each in guess.roles]
    if chosen.number:
        of = "those of its time" if guess.table.time else "all"
        rows.append({"column": chosen.number, "is": "key", "why": f"added: its number among {of}"})
    rows += [
        {"column": name, "is": "number", "why": f"added: the {what} of {guess.table.time}"}
        for what, name in chosen.clock.items()
    ]
    blocks = f"days ({chosen.group}), in their order" if chosen.group else "each row by itself"
    return {
        "name": guess.name,
        "table": guess.table.file,
        "form": guess.found.said,
        "rows": guess.found.rows,
        "columns": rows,
        "target": guess.target.name,
        "task": guess.target.task,
        "why": guess.target.why,
        "split": split,
        "waits": seen.waits,
        "key": chosen.key,
        "compared": blocks,
        "reference": f"the mean by {chosen.label}" if chosen.label else "the mean of all",
        "slices": chosen.slices,
        "readable": guess.readable,
        "times": [
            each.name
            for each in guess.found.columns.values()
            if each.kind == "time" and not guess.table.time
        ],
    }
