"""`retrain plan`: fresh or stale, and why; never "no change" where it does not know."""

import json
from pathlib import Path
from typing import Any

import pytest

from retrain.errors import UserError
from retrain.repo import base, dvc
from retrain.run import plan
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER, forge, new_month


def planned(project: Path, ref: str | None = None) -> plan.Plan:
    with toys.working_in(project), dvc.opened() as repo:
        return plan.plan(repo, base.resolve(ref))


def assert_nothing_was_fetched(project: Path) -> None:
    assert not list((project / ".dvc/cache").rglob("*.*")) or not (project / "data").exists()
    assert not (project / "models").exists()


@pytest.mark.smoke
def test_a_fresh_clone_needs_no_run_and_no_data(toy: Path, run: Run) -> None:
    found = planned(toy)
    assert (found.needed, found.new_data, found.stages, found.ignored) == (False, False, {}, [])
    assert found.why.startswith("no run is needed, compared with ")
    assert found.base == toys.tip(toy, run, "HEAD")
    assert_nothing_was_fetched(toy)


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("params.yaml", BETTER, "params.yaml (quality) changed"),
        ("src/make.py", "print()\n", "src/make.py changed"),
        ("notes.txt", "other words\n", "notes.txt changed"),
    ],
)
@pytest.mark.parametrize("committed", [True, False])
def test_what_the_model_is_made_of_changed(
    toy: Path, run: Run, path: str, text: str, why: str, committed: bool
) -> None:
    (toy / path).write_text(text)
    if committed:
        toys.do(run, toy, "git commit -qam change")
    found = planned(toy)
    assert (found.needed, found.new_data) == (True, False)
    assert found.stages == {"make": [why]}
    assert why in found.why
    assert_nothing_was_fetched(toy)


def test_what_no_stage_reads_is_no_change(toy: Path, run: Run) -> None:
    toys.change(
        toy, run, "words", README__md="words\n", policy__yaml=(toy / "policy.yaml").read_text()
    )
    assert not planned(toy).needed


def test_a_command_changed(toy: Path) -> None:
    text = (toy / "dvc.yaml").read_text()
    (toy / "dvc.yaml").write_text(text.replace("src/make.py\n", "-u src/make.py\n", 1))
    assert planned(toy).stages == {"make": ["its command changed"]}


def test_a_stage_is_new(toy: Path) -> None:
    text = (toy / "dvc.yaml").read_text()
    new = "stages:\n  more:\n    cmd: echo\n    deps: [models/model.skops]\n"
    (toy / "dvc.yaml").write_text(text.replace("stages:\n", new, 1))
    assert planned(toy).stages == {"more": ["it has never run"]}


def test_new_data_that_are_not_here_are_seen(
    toy: Path, tmp_path: Path, remote: Path, run: Run
) -> None:
    toys.do(run, toy, "dvc pull -q data.dvc")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data", "dvc push -q", "git checkout -qb more", "git add -A",
            "git commit -qm data", "git push -q origin more")  # fmt: skip
    fresh = toys.clone(remote, tmp_path / "fresh", run)
    toys.do(run, fresh, "git checkout -q more")
    found = planned(fresh)
    assert (found.needed, found.new_data) == (True, True)
    assert found.stages == {"make": ["data changed"]}
    assert_nothing_was_fetched(fresh)


def test_a_report_that_the_base_lacks_is_made_again(toy: Path, run: Run) -> None:
    toys.do(run, toy, "git rm -q reports/metrics.json", "git commit -qm lost", "git push -q")
    assert planned(toy).stages == {"make": ["reports/metrics.json is missing"]}


def test_a_base_without_a_lock_needs_everything(toy: Path, run: Run) -> None:
    toys.do(run, toy, "git rm -q dvc.lock", "git commit -qm lost", "git push -q")
    found = planned(toy)
    assert found.needed
    assert found.why.startswith("everything runs: compared with ")
    assert found.why.endswith("it has no dvc.lock")


@pytest.mark.parametrize("ref", ["0" * 40, "island"])
def test_where_there_is_no_base_everything_runs_and_the_reason_is_given(
    toy: Path, run: Run, ref: str
) -> None:
    toys.do(
        run, toy, "git checkout -q --orphan island", "git commit -qm island", "git checkout -q main"
    )
    found = planned(toy, ref)
    assert (found.needed, found.base) == (True, None)
    assert found.why.startswith("everything runs: ")
    assert "no commit in common" in found.why or "the first push" in found.why


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("dvc.yaml", "stages: [\n"),
        ("dvc.yaml", "stages:\n  make:\n    command: x\n"),
        ("params.yaml", "quality: [\n"),
        ("data.dvc", "outs: 3\n"),
        (".dvc/config", "[core\n"),
    ],
)
def test_broken_yaml_is_a_sentence_and_never_stale(
    toy: Path, run: Run, path: str, text: str
) -> None:
    (toy / path).write_text(text)
    result = run("retrain", "plan", "--json", cwd=toy)
    assert (result.returncode, result.stdout) == (1, ""), result.stdout
    assert result.stderr.startswith("error: ")
    assert path in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", ["stages: [\n", "nothing: here\n", "just words\n"])
def test_a_lock_of_the_base_that_is_none_is_a_sentence(toy: Path, run: Run, text: str) -> None:
    toys.change(toy, run, "broken", dvc__lock=text)
    toys.do(run, toy, "git push -q")
    with pytest.raises(UserError, match=r"dvc.lock"):
        planned(toy)


def test_results_that_a_branch_brings_are_not_believed(toy: Path, run: Run) -> None:
    """A lock, metrics, an object and a run-cache entry that claim a model that was never trained."""
    toys.do(run, toy, "git checkout -q -b innocent")
    forge(toy, run)
    (toy / "params.yaml").write_text(BETTER)
    toys.do(run, toy, "git commit -qam change")
    found = planned(toy)
    assert found.stages == {"make": ["params.yaml (quality) changed"]}
    assert found.ignored == ["dvc.lock", "reports/metrics.json"]


@pytest.mark.slow
def test_a_run_from_the_base_takes_nothing_of_what_a_branch_brings(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    honest = (toy / "dvc.lock").read_text()
    toys.do(run, toy, "git checkout -q -b innocent")
    forge(toy, run)
    toys.do(run, toy, "git push -q origin innocent")
    ci = toys.clone(remote, tmp_path / "ci", run)
    toys.do(run, ci, "git checkout -q innocent")
    with toys.working_in(ci):
        base.adopt("origin/main")
    assert (ci / "dvc.lock").read_text() == honest
    (ci / "params.yaml").write_text("quality: 2.0\n")  # what the forged run-cache entry is of
    steps = toys.ran(ci, "origin/main")
    assert steps == {"make": "ran"}
    (ci / "params.yaml").write_text("quality: 1.0\n")
    assert toys.ran(ci, "origin/main") == {"make": "up to date"}
    assert (ci / "dvc.lock").read_text() == honest
    assert (ci / "models/model.skops").read_text().startswith("1.0 ")


def as_json(run: Run, project: Path, *options: str) -> dict[str, Any]:
    result = run("retrain", "plan", "--json", *options, cwd=project)
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


def test_a_person_reads_a_sentence_and_a_table(toy: Path, run: Run) -> None:
    assert toys.do(run, toy, "retrain plan").startswith("no run is needed, compared with ")
    (toy / "params.yaml").write_text(BETTER)
    shown = toys.do(run, toy, "retrain plan")
    assert shown.startswith("a run is needed, compared with ")
    assert "make   params.yaml (quality) changed" in shown


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ("dvc.yaml", "    cmd: python src/make.py\n", "    wdir: src\n    cmd: python make.py\n"),
        ("src/dvc.yaml", "", "stages:\n  more:\n    cmd: echo\n"),
    ],
)
def test_a_stage_of_another_folder_is_one_sentence(
    toy: Path, run: Run, place: str, before: str, after: str
) -> None:
    path = toy / place
    text = path.read_text() if path.exists() else ""
    path.write_text(text.replace(before, after, 1))
    for command in ("plan", "judge"):
        result = run("retrain", command, "--base", "HEAD", cwd=toy)
        assert result.returncode == 1
        sentence = "runs in another folder; remove `wdir`, and write its paths from the top folder"
        assert f"error: {place}: stage '" in result.stderr
        assert sentence in result.stderr
        assert len(result.stderr.splitlines()) == 1, result.stderr
    with pytest.raises(UserError, match="runs in another folder"):
        toys.ran(toy)


def test_yaml_that_would_fill_the_memory_is_one_sentence(toy: Path, run: Run) -> None:
    """Each line is nine times the one before: together, nine to the power of nine words."""
    lines = ["b0: &b0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 9):
        aliases = ", ".join([f"*b{level - 1}"] * 9)
        lines.append(f"b{level}: &b{level} [{aliases}]")
    for name in ("params.yaml", "dvc.yaml", "dvc.lock", "policy.yaml"):
        path = toy / name
        whole = path.read_text()
        path.write_text("\n".join([*lines, whole]))
        command = "retrain judge" if name == "policy.yaml" else "retrain plan"  # that reads it
        result = run("sh", "-c", f"ulimit -v 1000000; exec {command}", cwd=toy)
        sentence = (
            f"error: {name}, line 3: not valid YAML (more than 10 aliases); correct that line\n"
        )
        assert (result.returncode, result.stderr) == (1, sentence)
        path.write_text(whole)
