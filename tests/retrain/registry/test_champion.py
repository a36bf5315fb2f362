"""Which version is the champion, and what it is compared on."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER


def test_a_champion_without_a_model_is_no_first_run(toy: Path, run: Run) -> None:
    toys.register(toy, run, "toy@v1.5.0", "HEAD~1")
    toys.change(toy, run, "worse", params__yaml="quality: 0.9\n")
    landing = toys.landed(toy)
    assert (landing.verdict, landing.version) == ("keep", None)
    verdict = json.loads((toy / "reports/verdict.json").read_text())
    assert "dvc.lock of v1.5.0 names no models/model.skops" in verdict["reasons"][0]


@pytest.mark.slow
def test_tags_that_the_remote_does_not_have_are_no_versions(
    toy: Path, remote: Path, run: Run
) -> None:
    toys.do(run, toy, "git tag toy@v7.0.0")
    toys.change(toy, run, "better", params__yaml=BETTER)
    assert toys.landed(toy).version == "toy@v1.1.0"
    assert toys.versions(remote, run) == ["toy@v1.0.0", "toy@v1.1.0"]
    verdict = json.loads((toy / "reports/verdict.json").read_text())
    assert verdict["champion"]["version"] == "v1.0.0"


@pytest.mark.slow
def test_a_version_whose_tag_is_gone_is_still_the_champion(
    toy: Path, remote: Path, run: Run
) -> None:
    toys.landed(toy)  # knows v1.0.0 now
    toys.do(run, remote, "git tag -d toy@v1.0.0")
    toys.change(toy, run, "better", params__yaml=BETTER)
    assert toys.landed(toy).version == "toy@v1.1.0"
    facts = json.loads((toy / "report.json").read_text())
    assert facts["verdict"]["champion"]["version"] == "v1.0.0"
    assert "the tag toy@v1.0.0 is gone; a landing registered it for" in facts["notes"][0]


@pytest.mark.slow
def test_a_clone_without_tags_knows_the_champion_all_the_same(
    remote: Path, tmp_path: Path, run: Run
) -> None:
    ci = tmp_path / "ci"
    toys.do(run, tmp_path, f"git clone -q --no-tags {remote} {ci}")
    (ci / "params.yaml").write_text(BETTER)
    toys.do(run, ci, "retrain judge")
    verdict = json.loads((ci / "reports/verdict.json").read_text())
    assert verdict["champion"]["version"] == "v1.0.0"
    toys.do(run, ci, f"git remote set-url origin {tmp_path / 'nowhere'}", "retrain judge")
    notes = json.loads((ci / "report.json").read_text())["notes"]
    assert (
        "the versions are the ones that this clone knows, because the remote 'origin' cannot"
        in notes[0]
    )


@pytest.mark.slow
def test_the_champion_is_the_newest_of_many_versions(toy: Path, run: Run) -> None:
    for quality in ("1.5", "1.9"):
        toys.change(toy, run, "better", params__yaml=f"quality: {quality}\n")
        toys.landed(toy)
    toys.change(toy, run, "worse", params__yaml="quality: 1.6\n")
    landing = toys.landed(toy)
    verdict = json.loads((toy / "reports/verdict.json").read_text())
    assert (landing.verdict, verdict["champion"]["version"]) == ("keep", "v1.2.0")


@pytest.mark.slow
def test_a_landing_numbers_by_the_landed_policy(toy: Path, run: Run) -> None:
    policy = (toy / "policy.yaml").read_text().replace("[src/make.py]", "[notes.txt]")
    toys.change(toy, run, "both", policy__yaml=policy, params__yaml=BETTER, notes__txt="x\n")
    assert toys.landed(toy).version == "toy@v1.1.0"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ('"key": rows["key"][:5], "score": scores[:5]', "its code gives no prediction for 555 of 560 rows"),
        ('"key": rows["key"].to_pylist() * 2, "score": scores * 2', "what its code predicts for 2013-02: 560 keys occur twice"),
        ('"key": rows["key"], "score": [float("nan")] * len(scores)', "its code gives no prediction for 560 of 560 rows"),
        ('"key": rows["key"]', "what its code predicts has the predictions none; of the task binary they are named score"),
    ],
)  # fmt: skip
def test_a_champion_that_scores_badly_is_reported(
    toy: Path, run: Run, code: str, sentence: str
) -> None:
    path = toy / "src/pipeline/predict.py"
    text = path.read_text()
    path.write_text(text.replace('"key": rows["key"], "score": scores', code))
    assert path.read_text() != text
    toys.do(run, toy, "git commit -qam champion", "git push -q", "dvc pull -q")
    toys.register(toy, run, "toy@v1.0.0")
    path.write_text(text)
    (toy / "params.yaml").write_text(BETTER)
    toys.ran(toy, "HEAD")
    found = json.loads(toys.do(run, toy, "retrain gate --json --base HEAD"))
    assert found["verdict"] == "keep"
    assert sentence in found["reasons"][0]


@pytest.mark.slow
def test_own_training_rows_are_not_compared_on(toy: Path, run: Run) -> None:
    """A stage that says it has learned from its own test window."""
    path = toy / "src/make.py"
    path.write_text(path.read_text().replace("to {months[-2]}", "to {months[-1]}"))
    (toy / "params.yaml").write_text(BETTER)
    toys.do(run, toy, "dvc pull -q")
    toys.ran(toy, "HEAD")
    found = json.loads(toys.do(run, toy, "retrain gate --json --base HEAD"))
    assert found["verdict"] == "keep"
    assert "0 of the 560 rows of the test window are new to both models" in found["reasons"][0]
