"""`retrain deploy`, `rollback`, `promote`, `registry`, `lineage`, as a person or a program calls them."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from retrain.cli import app
from tests.conftest import Run
from tests.retrain.deployment import steps
from tests.toys import toys
from tests.toys.history import RUN, History

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(
    history: History, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Return a function that runs a command in the clone: exit code, stdout and stderr."""

    def called(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["retrain", *words])
        with toys.working_in(history.clone), pytest.raises(SystemExit) as end:
            app.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return int(end.value.code or 0), out, err

    return called


def result(call: Call, *words: str) -> Any:
    code, out, err = call(*words, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.mark.ml_test_score("Infra 7")
def test_a_deployment_and_its_roll_back_in_words_and_as_json(history: History, call: Call) -> None:
    before = steps.there(history.clone)
    said = result(call, "deploy", "newest", "production", "--reason", "It holds")
    assert said == {
        "stage": "production",
        "version": "v1.1.0",
        "before": before,
        "tag": "toy#production#11",
        "changed": True,
    }
    again = call("deploy", "v1.1.0", "production", "--reason", "It holds")
    assert again == (0, "production: v1.1.0 is there already\n", "")
    _, out, _ = call("rollback", "production", "--reason", "It does not")
    place = f"production: {before}, in place of v1.1.0"
    assert out == f"{place}; the tag toy#production#12 is at the remote\n"


def test_the_registry_in_words_and_as_json(history: History, run: Run, call: Call) -> None:
    steps.tag(history.clone, run, "toy#nonsense!#x", "toy@v1.0.0", "By hand")
    said = result(call, "registry")
    assert [each["version"] for each in said["versions"]] == history.versions[::-1]
    where = {each["version"]: each["stages"] for each in said["versions"] if each["stages"]}
    assert where == {"v1.0.1": ["production"], "v1.0.2": ["staging"]}
    assert said["versions"][0]["commit"] == history.commits["v1.1.0"]
    assert said["notes"] == [
        "the tag toy#nonsense!#x is not believed: its name is not NAME#STAGE#NUMBER"
    ]
    code, out, _ = call("registry")
    assert code == 0
    assert "note: the tag toy#nonsense!#x is not believed" in out
    assert [line.split()[:2] for line in out.splitlines() if line.startswith(" v1.0.1")] == [
        ["v1.0.1", "production"]
    ]


def test_one_version_that_cannot_be_read_does_not_hide_the_others(
    history: History, run: Run, call: Call
) -> None:
    steps.land(history.clone, run, {"reports/verdict.json": '{"of": "another release"}'}, "v2.0.0")
    said = result(call, "registry")
    assert [each["verdict"] for each in said["versions"][:2]] == [None, "promote"]
    assert said["notes"][0].startswith("v2.0.0: reports/verdict.json of ")


def test_the_lineage_of_a_stage_a_version_and_a_file_are_one_answer(
    history: History, call: Call
) -> None:
    stored = [each for each in (history.clone / "store").rglob("*") if each.is_file()]
    file = next(each for each in stored if each.read_text() == "model 1")
    answers = [
        result(call, "lineage", *words)
        for words in (
            ["--stage", "production"],
            ["--version", "v1.0.1"],
            ["--version", "toy@v1.0.1"],
            ["--model", str(file)],
        )
    ]
    assert all(each == answers[0] for each in answers)
    assert answers[0]["commit"] == history.commits["v1.0.1"]
    now = [each for each in answers[0]["deployments"] if each["until"] is None]
    assert [each["stage"] for each in now] == ["production"]
    made = history.assignments[1]
    said = result(call, "lineage", "--stage", made.stage, "--at", made.time.isoformat())
    assert said["version"] == made.version
    code, out, _ = call("lineage", "--stage", made.stage, "--at", made.time.isoformat())
    assert code == 0
    assert out.startswith(f"{made.stage} at 2024-")
    for words in (made.version, RUN.format(1), "SHA-256", "roc_auc", "train.depth 4"):
        assert words in out


def test_what_a_hand_has_put_there_is_shown_as_that(history: History, run: Run, call: Call) -> None:
    words = "By hand\n\nRetrain-Actor: [red]eve[/red]\n"
    steps.tag(history.clone, run, "toy#production#30", "toy@v1.0.2^{}", words)
    _, out, _ = call("lineage", "--stage", "production")
    assert "made outside the deployment workflow" in out
    assert "red eve red" in out
    said = result(call, "lineage", "--stage", "production")
    assert [each["signed"] for each in said["deployments"]][-1] is False


def test_a_workflow_signs_for_the_registered_model_and_for_no_other(
    history: History, call: Call
) -> None:
    _, out, _ = call("lineage", "--stage", "production")
    assert "made outside" not in out
    steps.assign(history.clone, "v1.0.2")  # whose SHA-256 it invents
    _, out, _ = call("lineage", "--stage", "production")
    assert out.splitlines()[0].endswith(": It holds (made outside the deployment workflow)")
    said = result(call, "lineage", "--stage", "production")
    assert [each["signed"] for each in said["deployments"]][-1] is False


def test_a_policy_of_an_older_form_stops_no_question(
    history: History, run: Run, call: Call
) -> None:
    steps.land(history.clone, run, {"policy.yaml": "stages: [production, live]\n"})
    assert result(call, "lineage", "--stage", "production")["version"] == "v1.0.1"
    code, _, err = call("lineage", "--stage", "lvie")
    assert (code, err.count("did you mean 'live'?")) == (1, 1)
    code, _, err = call("deploy", "newest", "production", "--reason", "x")
    assert (code, err.startswith("error: policy.yaml of ")) == (1, True)


def test_the_differences_of_two_versions(call: Call) -> None:
    said = result(call, "lineage", "--diff", "v1.0.0", "v1.1.0")
    assert (said["before"], said["after"]) == ("v1.0.0", "v1.1.0")
    assert said["differences"]["parameters"] == {
        "rate": ["0.05", "0.051"],
        "train.depth": ["4", "5"],
    }
    assert "partitions.2013-05" in said["differences"]["data"]
    assert {"version", "registered", "judged", "model"} <= set(said["differences"])
    assert len(said["differences"]["version"]["commit"][0]) == 40
    code, out, _ = call("lineage", "--diff", "v1.0.0", "v1.0.0")
    assert (code, out) == (0, "v1.0.0 and v1.0.0 are made of the same\n")


ONE = "name one of --stage STAGE, --version VERSION, --model FILE, --diff V1 V2"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["lineage"], ONE),
        (["lineage", "--stage", "production", "--version", "v1.0.0"], ONE),
        (["lineage", "--version", "v1.0.0", "--diff", "v1.0.0", "v1.0.1"], ONE),
        (["lineage", "--stage", ""], "an empty name is not a stage of the policy.yaml that has landed; known are production, staging"),
        (["lineage", "--version", ""], "an empty name is not a version; known are v1.0.0"),
        (["lineage", "--version", "v9"], "v9 is not a version"),
        (["lineage", "--stage", "production", "--at", "nonsense"], "--at 'nonsense' is not a time"),
        (["lineage", "--stage", "production", "--at", ""], "--at '' is not a time"),
        (["lineage", "--stage", "production", "--at", "2999-01-01"], "--at 2999-01-01 is still to come"),
        (["lineage", "--stage", "production", "--at", "2020-01-01"], "nothing was on production at 2020-01-01 00:00:00 UTC; the first deployment was at 20"),
        (["lineage", "--version", "v1.0.0", "--at", "2025-01-01"], "--at needs --stage"),
        (["lineage", "--model", "dvc.yaml"], "dvc.yaml is not the model of any of the 5 versions of toy; its SHA-256 is "),
        (["lineage", "--model", "missing"], "missing: no such file; check the path"),
        (["lineage", "--model", "src"], "src: no such file; check the path"),
        (["deploy", "v1.0.9", "production", "--reason", "x"], "v1.0.9 is not a version"),
        (["deploy", "v1.0.0", "produktion", "--reason", "x"], "produktion is not a stage of the policy.yaml that has landed; did you mean 'production'?"),
        (["deploy", "v1.0.0", "production", "--reason", "<>"], "the reason is empty; say why, in words"),
        (["rollback", "nowhere", "--reason", "x"], "nowhere is not a stage of the policy.yaml that has landed"),
        (["promote", "--reason", ""], "the reason is empty; say why, in words"),
        (["promote", "v7", "--reason", "x"], "v7 is not a landing; the newest ones are "),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(call: Call, words: list[str], error: str) -> None:
    code, out, err = call(*words)
    assert (code, out) == (1, "")
    assert err.startswith(f"error: {error}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [["deploy", "v1.0.0", "production"], ["rollback"], ["deploy"]])
def test_a_word_that_is_missing_is_named(call: Call, words: list[str]) -> None:
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert "Missing" in err


def test_a_question_needs_no_dvc() -> None:
    code = "import sys, retrain.deployment.lineage; sys.exit('dvc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.slow
def test_the_program_says_so_too(history: History, run: Run) -> None:
    done = run("retrain", "lineage", "--stage", "nowhere", cwd=history.clone)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "error: nowhere is not a stage of the policy.yaml that has landed"
    )
    assert run("retrain", "registry", "--json", cwd=history.clone).returncode == 0
