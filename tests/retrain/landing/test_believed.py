"""What a landing, a plan or a gate must not take for true, though it lies about."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from retrain.errors import UserError
from retrain.gate.window import unseen
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER, new_month

BASES = ("", " --base HEAD~2")


def test_results_that_lie_in_the_folder_are_not_landed_when_nothing_had_to_run(
    toy: Path, remote: Path, run: Run
) -> None:
    before = toys.do(run, remote, "git rev-parse main")
    (toy / "params.yaml").write_text(BETTER)
    toys.do(run, toy, "dvc pull -q", "dvc repro -q", "git checkout -q params.yaml")
    for folder in ("models", "predictions", ".dvc/cache"):
        shutil.rmtree(toy / folder)
    (toy / "reports/notes.md").write_text("mine")
    landing = toys.landed(toy)
    assert (landing.landed, landing.version) == (False, None)
    assert toys.do(run, remote, "git rev-parse main") == before


def test_nothing_but_the_stages_reports_lands_beside_them(
    toy: Path, remote: Path, run: Run
) -> None:
    toys.change(toy, run, "better", params__yaml=BETTER)
    (toy / "reports/notes.md").write_text("mine")
    toys.landed(toy)
    assert "reports/notes.md" not in toys.do(run, remote, "git ls-tree -r --name-only main")


def test_a_shallow_clone_is_a_sentence_and_lands_nothing(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    policy = (toy / "policy.yaml").read_text().replace("floor: 0.9", "floor: 99")
    toys.change(toy, run, "judge me mildly", policy__yaml=policy, params__yaml="quality: -2.0\n")
    toys.do(run, toy, "git push -q")
    before = toys.state(remote, run)
    toys.do(run, tmp_path, f"git clone -q --depth 1 file://{remote} shallow")
    result = run("retrain", "land", cwd=tmp_path / "shallow")
    assert result.returncode == 1
    assert "it is a shallow one: git fetch --unshallow" in result.stderr
    assert toys.state(remote, run) == before


@pytest.mark.slow
def test_a_policy_holds_from_the_landing_after_it(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    policy = (toy / "policy.yaml").read_text().replace("floor: 0.9", "floor: 0.1")
    toys.change(toy, run, "be strict", policy__yaml=policy)
    toys.do(run, toy, "git push -q")
    assert toys.landed(toys.clone(remote, tmp_path / "one", run)).landed is False
    toys.change(toy, run, "better", params__yaml=BETTER)
    toys.do(run, toy, "git push -q")
    result = run("retrain", "land", cwd=toys.clone(remote, tmp_path / "two", run))
    assert result.returncode == 1
    assert "the floor is at most 0.1" in result.stderr


@pytest.mark.slow
def test_a_remote_of_this_machine_alone_does_not_take_what_lands(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    toys.do(run, toy, "dvc pull -q", f"dvc remote add -q --local -d mine {tmp_path / 'mine'}")
    toys.change(toy, run, "better", params__yaml=BETTER)
    toys.landed(toy)
    toys.assert_whole(remote, tmp_path / "after", run)


@pytest.mark.slow
def test_the_message_of_a_landing_is_in_our_own_words(toy: Path, remote: Path, run: Run) -> None:
    """A parameter has a text that forges would obey."""
    dvc = (toy / "dvc.yaml").read_text().replace("- quality\n", "- quality\n      - text\n")
    params = f'{BETTER}text: "yes\\n\\nCloses #12, thanks @octocat [skip ci]"\n'
    toys.change(toy, run, "a text", dvc__yaml=dvc, params__yaml=params)
    assert toys.landed(toy).verdict == "promote"
    title, figures, trailers = toys.do(run, remote, "git log -1 --format=%B main").split("\n\n")
    assert title == "Land a run: promote"
    assert figures.startswith("log_loss: 0.")
    assert len(trailers.splitlines()) == 2


@pytest.mark.slow
def test_old_data_in_the_folder_do_not_come_back(toy: Path, remote: Path, run: Run) -> None:
    toys.do(run, toy, "dvc pull -q")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data")
    toys.landed(toy)
    toys.do(run, toy, "git checkout -q HEAD~1 data.dvc", "git commit -qm revert")  # data/ stays
    plan = json.loads(toys.do(run, toy, "retrain plan --json"))
    assert (plan["needed"], plan["new_data"]) == (True, True)
    toys.landed(toy)
    assert toys.do(run, remote, "git diff --name-only main main~3 -- data.dvc") == ""
    assert not (toy / "data/2013-03.parquet").exists()


def test_data_of_no_version_are_neither_landed_nor_lost(toy: Path, remote: Path, run: Run) -> None:
    toys.do(run, toy, "dvc pull -q")
    new_month(toy, "2013-03")
    toys.change(toy, run, "better", params__yaml=BETTER)
    before = toys.state(remote, run)
    result = run("retrain", "land", cwd=toy)
    assert result.returncode == 1
    assert (
        "data.dvc names: data/2013-03.parquet is in no commit; first: dvc add data" in result.stderr
    )
    assert toys.state(remote, run) == before
    assert (toy / "data/2013-03.parquet").exists()


@pytest.mark.slow
def test_another_store_is_not_believed_to_hold_anything(toy: Path, run: Run) -> None:
    toys.do(run, toy, "dvc remote modify store url elsewhere")
    toys.do(run, toy, "git commit -qam elsewhere", "dvc pull -q -r store --allow-missing")
    result = run("retrain", "land", cwd=toy)
    assert "not a landing's" in result.stderr


@pytest.mark.slow
def test_objects_that_no_landing_wrote_are_not_believed(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    toys.change(toy, run, "an object", **{"store/files/other": "x"})
    toys.do(run, toy, "git push -q")
    result = run("retrain", "land", cwd=toys.clone(remote, tmp_path / "ci", run))
    assert "not a landing's" in result.stderr


def test_a_landing_on_another_branch_is_refused_even_without_commits(toy: Path, run: Run) -> None:
    toys.do(run, toy, "git checkout -q -b old HEAD~1")
    result = run("retrain", "land", cwd=toy)
    assert "you are on the branch 'old', and only main lands" in result.stderr


def test_a_project_inside_another_one_is_refused(toy: Path, run: Run) -> None:
    inner = toy / "inner"
    inner.mkdir()
    (toy / ".dvc").rename(inner / ".dvc")
    for name in ("dvc.yaml", "params.yaml", "policy.yaml", "data.dvc", "dvc.lock"):
        (toy / name).rename(inner / name)
    result = run("retrain", "land", cwd=inner)
    assert result.returncode == 1
    assert result.stderr.endswith(
        "error: inner/ is a folder inside another project; give it a Git of its own\n"
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("reports/metrics.json", "[]"),
        ("reports/metrics.json", '{"model": {"log_loss": NaN}}'),
        ("reports/validation.json", "3"),
        ("reports/verdict.json", "{}"),
        (".dvc/tmp/retrain-run.json", "["),
        ("dvc.lock", "stages: {make: 3}\n"),
        ("dvc.yaml", ""),
        ("data.dvc", ""),
    ],
)
@pytest.mark.slow
def test_garbage_is_never_a_traceback(toy: Path, run: Run, path: str, text: str) -> None:
    toys.do(run, toy, "dvc pull -q")
    (toy / "params.yaml").write_text(BETTER)
    toys.ran(toy, "HEAD")
    toys.do(run, toy, "git add -A", "git commit -qm results")
    (toy / path).write_text(text)
    if not path.startswith(".dvc"):
        toys.do(run, toy, "git commit -qam garbage", "git push -q")
    commands = [f"{each}{base}" for each in ("plan", "gate", "report", "judge") for base in BASES]
    for command in (*commands, "land"):
        toys.do(run, toy, "git reset -q --hard")
        (toy / path).write_text(text)
        result = run("retrain", *command.split(), cwd=toy)
        assert "Traceback" not in result.stderr, f"{command}: {result.stderr}"
        assert result.returncode in (0, 1)
        if result.returncode:
            assert "error: " in result.stderr or "block" in result.stdout


@pytest.mark.parametrize(
    ("window", "left"),
    [("2013-01 to 2013-01", 2), ("2013-02", 1), ("2012-01 to 2013-02", 0), ("2013-03", 3)],
)
def test_a_window_is_of_whole_months(window: str, left: int) -> None:

    rows = pd.DataFrame({"partition": ["2013-01", "2013-02", "2013-02"]})
    assert len(unseen(rows, window)) == left


@pytest.mark.slow
def test_a_dvc_remote_that_lost_something_stops_a_landing(
    toy: Path, remote: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dvc.repo import Repo

    toys.change(toy, run, "better", params__yaml=BETTER)
    before = toys.state(remote, run)
    monkeypatch.setattr(Repo, "push", lambda self, remote: None)
    with pytest.raises(UserError, match=r"the DVC remote lacks .*models/model.skops"):
        toys.landed(toy)
    assert toys.state(remote, run) == before
