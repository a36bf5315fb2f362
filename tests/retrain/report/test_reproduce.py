"""The command at the end of a report gives the same verdict, whatever has landed since."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from retrain.paths import VERDICT
from retrain.report.schema import Built
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER


def commands(report: Path) -> list[str]:
    """Return what a report says to type, for a project whose Makefile is another one."""
    line = next(line for line in report.read_text().splitlines() if "make judge" in line)
    named = {"make judge": "retrain judge", "BASE=": "--base ", "CHAMPION=": "--champion "}
    for ours, its in named.items():
        line = line.replace(ours, its)
    return line.split(" && ")


@pytest.mark.slow
def test_the_verdict_on_what_has_landed_is_found_again(toy: Path, run: Run) -> None:
    toys.change(toy, run, "better", params__yaml=BETTER)
    assert toys.landed(toy).version == "toy@v1.1.0"
    verdict = (toy / VERDICT).read_bytes()
    checkout, judge = commands(toy / "report.md")
    assert judge.endswith(" --champion v1.0.0")
    toys.do(run, toy, checkout, judge)
    assert (toy / VERDICT).read_bytes() == verdict
    toys.do(run, toy, judge.removesuffix(" --champion v1.0.0"))
    assert json.loads((toy / VERDICT).read_text())["champion"]["version"] == "v1.1.0"


@pytest.mark.slow
def test_so_is_the_first_one(new_remote: Path, tmp_path: Path, run: Run) -> None:
    toy = toys.clone(new_remote, tmp_path / "clone", run)
    assert toys.landed(toy).version == "toy@v1.0.0"
    verdict = (toy / VERDICT).read_bytes()
    checkout, judge = commands(toy / "report.md")
    toys.do(run, toy, checkout, judge)
    assert (toy / VERDICT).read_bytes() == verdict


@pytest.mark.parametrize("command", ["gate", "judge"])
def test_a_version_that_does_not_exist_is_one_sentence(toy: Path, run: Run, command: str) -> None:
    toys.do(run, toy, "dvc pull -q")
    result = run("retrain", command, "--base", "HEAD", "--champion", "v1.0.1", cwd=toy)
    message = "error: --champion v1.0.1 is not a version; did you mean 'v1.0.0'?\n"
    assert (result.returncode, result.stderr) == (1, message)


@pytest.mark.slow
def test_a_champion_before_the_first_version_is_the_base(toy: Path, run: Run) -> None:
    (toy / "params.yaml").write_text(BETTER)
    toys.do(run, toy, "retrain judge --base HEAD --champion none")
    verdict = json.loads((toy / VERDICT).read_text())
    assert (verdict["verdict"], verdict["champion"]["version"]) == ("promote", None)
    assert commands(toy / "report.md")[-1].endswith("--champion none")


@pytest.mark.parametrize(
    "champion", ["v1", "v1.0.0; rm -rf .", "v1.0.0\n", "$(x)", "v1.0.0 v2", "v\uff11.0.0"]
)
def test_a_command_is_made_of_nothing_that_a_shell_runs(champion: str) -> None:
    built = {"commit": "9f1c2ab", "base": "4ec520e", "new_data": False, "edited": False}
    with pytest.raises(ValidationError):
        Built(**built, champion=champion)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_verdict_written_by_hand_names_no_version(toy: Path, run: Run) -> None:
    (toy / "params.yaml").write_text(BETTER)
    toys.do(run, toy, "retrain judge --base HEAD")
    text = (toy / VERDICT).read_text()
    (toy / VERDICT).write_text(text.replace('"v1.0.0"', '"v1.0.0; reboot"'))
    toys.do(run, toy, "retrain report --base HEAD")
    assert "CHAMPION" not in (toy / "report.md").read_text()
