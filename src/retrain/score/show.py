"""The ML Test Score as a person reads it: in a terminal, and in docs/score.md."""

from pathlib import Path

from retrain.console import console, table
from retrain.score import rubric
from retrain.score.score import Line, Score

MACHINE = Path("tests/retrain")
NOT_RUN = "Tests that did not run: make test-all runs every one."
LEFT_BEHIND = (
    "The tests of src/retrain/ stayed in the template; which rows they prove: docs/score.md."
)


def show(score: Score, files: dict[str, str]) -> None:
    rows = [(line.row, line.says, line.standing, _because(line)) for line in score.lines]
    table(rows, ["row", "", "", "because"])
    table(_sections(score), ["section", "points"], right=1)
    say = console().print
    say(f"The ML Test Score is {figure(score.score)}, the least of the four sections:", end=" ")
    say(f"{rubric.meaning(score.score)}.", markup=False)
    say("Results  " + ", ".join(f"{name} ({time})" for name, time in files.items()), markup=False)
    if any(state == "not run" for line in score.lines for state in line.tests.values()):
        say(NOT_RUN)
    if not MACHINE.exists():
        say(LEFT_BEHIND)


def as_json(score: Score, files: dict[str, str]) -> dict[str, object]:
    """Return what a program reads."""
    return {
        "score": score.score,
        "meaning": rubric.meaning(score.score),
        "sections": score.sections,
        "rows": [
            {
                "row": line.row,
                "says": line.says,
                "standing": line.standing,
                "points": line.points,
                "why": line.why,
                "tests": {path(name): state for name, state in line.tests.items()},
            }
            for line in score.lines
        ],
        "results": files,
    }


def markdown(score: Score) -> str:
    """Return the rubric as tables, a section each."""
    parts = []
    for name, points in score.sections.items():
        lines = [line for line in score.lines if rubric.section(line.row) == name]
        parts.append(f"**{name}: {figure(points)} of {len(lines)}**\n")
        parts.append("| | row | | proven by, or why not |\n|---|---|---|---|")
        parts += [
            f"| {line.row} | {line.says} | {line.standing} | {_cell(line)} |" for line in lines
        ]
        parts.append("")
    return "\n".join(parts)


def figure(points: float) -> str:
    return f"{points:g}"


def path(name: str) -> str:
    """Return a test as pytest takes it: tests/model/test_model.py::test_name."""
    module, _, function = name.partition("::")
    parts = module.split(".")
    for number in range(len(parts), 0, -1):  # the last of them may be classes
        if (file := Path(*parts[:number]).with_suffix(".py")).is_file():
            return "::".join([file.as_posix(), *parts[number:], function])
    return name


def _because(line: Line) -> str:
    parts = [line.why] if line.why else []
    for file, names in _by_file(line).items():
        parts += [file, *(f"  {name}" for name in names)]
    return "\n".join(parts)


def _cell(line: Line) -> str:
    files = _by_file(line).items()
    return "<br>".join(f"{file}: {', '.join(names)}" for file, names in files) or line.why


def _by_file(line: Line) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    for name, state in line.tests.items():
        file, _, function = path(name).partition("::")
        note = "" if state == "passed" else f" ({state})"
        files.setdefault(file.removeprefix("tests/"), []).append(function + note)
    return files


def _sections(score: Score) -> list[tuple[str, str]]:
    sums = {name: f"{figure(points)} of 7" for name, points in score.sections.items()}
    return [*sums.items()]
