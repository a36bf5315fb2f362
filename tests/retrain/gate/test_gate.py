"""`retrain gate`: the same rows for both models, each scored by its own commit's code."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, set_policy
from tests.toys import toys
from tests.toys.toys import new_month


def judged(run: Run, project: Path, *options: str, code: int = 0) -> dict[str, Any]:
    result = run("retrain", "gate", "--json", *options, cwd=project)
    assert result.returncode == code, result.stderr
    found = dict(json.loads(result.stdout))
    assert found == json.loads((project / "reports/verdict.json").read_text())
    return found


@pytest.fixture
def rebuilt(toy: Path, run: Run) -> Path:
    """Return a clone in which a better model than the landed one was built."""
    toys.do(run, toy, "dvc pull -q")
    (toy / "params.yaml").write_text("quality: 1.5\n")
    assert toys.ran(toy, "HEAD") == {"make": "ran"}
    return toy


@pytest.mark.smoke
def test_a_better_model_is_promoted_against_the_newest_version(rebuilt: Path, run: Run) -> None:
    found = judged(run, rebuilt)
    assert (found["verdict"], found["champion"]["version"]) == ("promote", "v1.0.0")
    assert found["base"] == found["champion"]


@pytest.mark.smoke
def test_too_few_rows_are_no_comparison(rebuilt: Path, run: Run) -> None:
    set_policy(rebuilt, min_rows="5000")
    toys.do(run, rebuilt, "git add policy.yaml", "git commit -qm more")
    found = judged(run, rebuilt, "--base", "HEAD")
    assert found["verdict"] == "keep"
    assert found["reasons"][0].startswith("not comparable with the champion")
    assert "and the policy asks for 5,000" in found["reasons"][0]


@pytest.mark.slow
def test_the_champion_is_the_newest_version_and_not_the_base(rebuilt: Path, run: Run) -> None:
    toys.do(run, rebuilt, "git stash -q")
    toys.change(rebuilt, run, "better", params__yaml="quality: 1.9\n")
    toys.landed(rebuilt)
    toys.change(rebuilt, run, "worse", params__yaml="quality: 0.5\n")
    toys.landed(rebuilt)
    (rebuilt / "params.yaml").write_text("quality: 1.0\n")
    toys.ran(rebuilt, "HEAD")
    found = judged(run, rebuilt)
    assert found["champion"]["version"] == "v1.1.0"
    assert found["base"]["version"] is None
    assert found["base"]["metrics"]["log_loss"]["effect"] == "surely better"
    assert found["champion"]["metrics"]["log_loss"]["effect"] == "surely worse"
    assert found["verdict"] == "keep"


@pytest.mark.slow
def test_the_first_model_is_promoted(rebuilt: Path, run: Run) -> None:
    toys.do(run, rebuilt, "git push -q origin :toy@v1.0.0 :retrain-landings")
    found = judged(run, rebuilt, "--base", "0" * 40)
    assert (found["verdict"], found["base"], found["champion"]) == ("promote", None, None)


@pytest.mark.slow
def test_the_first_model_of_another_name_is_compared_with_none(rebuilt: Path, run: Run) -> None:
    pipeline = rebuilt / "dvc.yaml"
    pipeline.write_text(pipeline.read_text().replace("toy:", "toys:"))
    found = judged(run, rebuilt, "--base", "HEAD")
    assert (found["verdict"], found["base"], found["champion"]) == ("promote", None, None)
    set_policy(rebuilt, min_rows="5000")
    refused = judged(run, rebuilt, "--base", "HEAD", code=1)
    assert refused["reasons"] == [
        "policy.yaml: gate.min_rows is 5,000, and 560 rows judge; lower it, or let more rows judge "
        "in params.yaml"
    ]


@pytest.fixture
def lost(rebuilt: Path, run: Run) -> str:
    """Take the base's model out of cache and store; return its object's path below a remote."""
    model = toys.do(run, rebuilt, "git show HEAD:dvc.lock").split("models/model.skops")[1]
    md5 = re.findall(r"md5: (\w{32})", model)[0]
    path = f"files/md5/{md5[:2]}/{md5[2:]}"
    (rebuilt / ".dvc/cache" / path).unlink()
    shutil.copyfile(rebuilt / "store" / path, rebuilt.with_name("model"))
    toys.do(run, rebuilt, f"git rm -q store/{path}", "git commit -qm lost")
    return path


@pytest.mark.slow
@pytest.mark.usefixtures("lost")
def test_a_champion_that_is_on_no_remote_any_more_is_named(rebuilt: Path, run: Run) -> None:
    found = judged(run, rebuilt, "--base", "HEAD")
    assert found["verdict"] == "keep"
    assert "on no remote any more" in found["reasons"][0]
    assert found["champion"]["problem"]


@pytest.mark.slow
def test_a_champion_whose_remote_has_moved_is_fetched_from_todays(
    rebuilt: Path, run: Run, lost: str, tmp_path: Path
) -> None:
    moved = tmp_path / "bucket" / lost
    moved.parent.mkdir(parents=True)
    shutil.copyfile(rebuilt.with_name("model"), moved)
    toys.do(run, rebuilt, f"dvc remote add -q -d bucket {tmp_path / 'bucket'}")
    assert judged(run, rebuilt, "--base", "HEAD")["champion"]["problem"] is None


@pytest.mark.slow
def test_a_champion_whose_code_refuses_the_rows_is_named(rebuilt: Path, run: Run) -> None:
    toys.do(run, rebuilt, "git stash -q")
    toys.change(
        rebuilt,
        run,
        "no prediction any more",
        **{"src/pipeline/predict__py": "raise SystemExit('no more')\n"},
    )
    toys.do(run, rebuilt, "git push -q")
    toys.register(rebuilt, run, "toy@v1.0.0")
    toys.do(run, rebuilt, "git stash pop -q")
    found = judged(run, rebuilt, "--base", "HEAD")
    assert found["verdict"] == "keep"
    assert "its code refuses 2013-02.parquet: no more" in found["reasons"][0]


@pytest.mark.slow
def test_a_champion_whose_environment_cannot_be_set_up_is_named(rebuilt: Path, run: Run) -> None:
    (rebuilt / "requirements/pipeline.txt").write_text("pyarrow==27\n")
    found = judged(run, rebuilt)
    assert found["verdict"] == "keep"
    assert "cannot be set up again" in found["reasons"][0]


@pytest.mark.smoke
def test_a_blocked_model_is_a_verdict_and_an_exit_code(rebuilt: Path, run: Run) -> None:
    (rebuilt / "params.yaml").write_text("quality: -2.0\n")
    toys.ran(rebuilt, "HEAD")
    found = judged(run, rebuilt, code=1)
    assert found["verdict"] == "block"
    assert "the floor is at most 0.9" in found["reasons"][0]


@pytest.mark.slow
def test_a_behaviour_test_that_fails_blocks(rebuilt: Path, run: Run) -> None:
    set_policy(rebuilt, behaviour="judged")
    (rebuilt / "judged").mkdir()
    (rebuilt / "judged/test_model.py").write_text("def test_rain(): assert False\n")
    toys.do(run, rebuilt, "git add policy.yaml judged", "git commit -qm tests")
    found = judged(run, rebuilt, "--base", "HEAD", code=1)
    assert found["reasons"][0].startswith("a behaviour test fails: test_rain")
    (rebuilt / "judged/test_model.py").write_text("def test_rain(): pass\n")
    assert judged(run, rebuilt, "--base", "HEAD")["verdict"] == "promote"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("dvc.lock", "dvc.lock is missing: there is no model to judge; first: retrain run"),
        ("models/model.skops", "models/model.skops is missing; first: retrain run"),
        ("predictions/test.parquet", "predictions/test.parquet is missing; first: retrain run"),
    ],
)
def test_where_nothing_was_built_there_is_nothing_to_judge(
    rebuilt: Path, run: Run, path: str, message: str
) -> None:
    (rebuilt / path).unlink()
    result = run("retrain", "gate", cwd=rebuilt)
    assert (result.returncode, result.stderr) == (1, f"error: {message}\n")


@pytest.mark.parametrize(
    "path", ["reports/metrics.json", "models/model.skops", "predictions/test.parquet"]
)
def test_results_that_are_not_the_locks_are_not_judged(rebuilt: Path, run: Run, path: str) -> None:
    with (rebuilt / path).open("ab") as file:
        file.write(b" ")
    result = run("retrain", "gate", cwd=rebuilt)
    assert result.returncode == 1
    assert result.stderr.endswith(f"{path} is not what dvc.lock names; first: retrain run\n")


@pytest.mark.slow
def test_new_data_are_scored_by_both(rebuilt: Path, run: Run) -> None:
    new_month(rebuilt, "2013-03")
    toys.do(run, rebuilt, "dvc add -q data")
    toys.ran(rebuilt, "HEAD")
    found = judged(run, rebuilt)
    assert (found["champion"]["rows"], found["champion"]["left_out"]) == (560, 0)
    assert found["verdict"] == "promote"


@pytest.mark.slow
def test_a_person_reads_tables(rebuilt: Path, run: Run) -> None:
    message = toys.do(run, rebuilt, "retrain gate")
    for words in ("against the champion, v1.0.0", "log_loss", "better", "promote", "interval"):
        assert words in message
    assert "against the base" not in message  # shown once: it is the same model
