"""The pipeline's file, read: what GitLab enforces and nothing here can execute."""

import re
from fnmatch import fnmatch
from typing import Any

from ruamel.yaml import YAML

from retrain.ci.deploy import deploy_job
from retrain.ci.event import RESULTS
from retrain.ci.gitlab import job as outputs
from retrain.ci.monitor import alarm_job
from retrain.landing import candidate
from tests.conftest import ROOT

TEXT = (ROOT / ".gitlab-ci.yml").read_text()
HEADER, PIPELINE = YAML(typ="safe").load_all(TEXT)
for each in PIPELINE["include"]:
    PIPELINE |= YAML(typ="safe").load((ROOT / each["local"]).read_text())
INPUTS: dict[str, Any] = HEADER["spec"]["inputs"]
JOBS = {
    name: PIPELINE[name]
    for name in (
        "plan",
        "build",
        "land",
        "comment",
        "bundle",
        "deploy",
        "look",
        "alarm",
        "pages",
        "test",
    )
}
EACH = list(JOBS.values())


def test_each_file_is_short() -> None:
    assert len(TEXT.splitlines()) < 110


def test_no_event_starts_two_pipelines() -> None:
    sources = [rule["if"] for rule in PIPELINE["workflow"]["rules"]]
    assert sources == [
        '$CI_PIPELINE_SOURCE == "merge_request_event"',
        '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH',
        "$CI_PIPELINE_SOURCE =~ /^(schedule|trigger|pipeline|web|api)$/",
    ]


def test_a_newer_push_cancels_a_merge_requests_older_pipeline_and_nothing_else() -> None:
    workflow = PIPELINE["workflow"]
    assert workflow["auto_cancel"] == {"on_new_commit": "none"}
    given = [rule.get("auto_cancel") for rule in workflow["rules"]]
    assert given == [{"on_new_commit": "interruptible"}, None, None]
    assert PIPELINE["default"]["interruptible"] is True
    others = {name for name, job in JOBS.items() if job.get("interruptible") is False}
    assert others == {"land", "comment", "deploy", "alarm"}


def test_each_input_may_be_left_out_and_is_held_to_something() -> None:
    assert len(INPUTS) <= 20
    for name, given in INPUTS.items():
        assert "default" in given, name
        # a boolean would be no value of a variable
        assert {"options", "regex"} & set(given) or given.get("type") == "array", name
    assert INPUTS["result"]["options"] == list(RESULTS)
    reason = re.compile(INPUTS["reason"]["regex"])
    assert reason.search("drift in\nhumidity: PSI 0.31")
    assert not reason.search("x" * 1001)
    parameters = re.compile(INPUTS["parameters"]["regex"])
    assert parameters.search("train.learning_rate=0.1, train.max_iter=1e3")
    assert not parameters.search("a=$(id)")


def test_what_somebody_types_reaches_jobs_as_text() -> None:
    pasted = re.findall(r".*\$\[\[.*", TEXT)
    assert [line.split(":")[0].strip() for line in pasted] == [
        *("RETRAIN_RESULT", "RETRAIN_NEW_DATA", "RETRAIN_DEPLOY", "RETRAIN_ACTION"),
        *("RETRAIN_MONITOR", "RETRAIN_CAUSE"),
        *("RETRAIN_REASON", "RETRAIN_PARAMETERS", "RETRAIN_ONLY", "RETRAIN_VERSION"),
        "tags",
    ]
    words = ("reason", "parameters", "version")
    free = {f"RETRAIN_{word.upper()}": word for word in words} | {"RETRAIN_ONLY": "context"}
    for variable, name in free.items():
        assert PIPELINE["variables"][variable] == {
            "value": f"$[[ inputs.{name} ]]",
            "expand": False,
        }
    for job in EACH:
        assert not any("RETRAIN_" in line for line in job["script"])


def test_each_job_ends_and_is_begun_again_for_the_runners_failures_alone() -> None:
    assert PIPELINE["default"]["retry"] == {
        "max": 1,
        "when": ["runner_system_failure", "scheduler_failure"],
    }
    assert not any("retry" in job for job in EACH)
    assert all("timeout" in job for job in EACH)
    assert "latest" not in PIPELINE["default"]["image"]
    assert ":" in PIPELINE["default"]["image"]


def test_only_the_default_branch_lands_one_at_a_time() -> None:
    assert JOBS["land"]["resource_group"] == "landing"
    assert JOBS["deploy"]["resource_group"] == "deploy"
    first = JOBS["land"]["rules"][0]
    assert first == {"if": "$CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH", "when": "never"}


def test_the_runner_unpacks_nothing_of_the_build_where_there_is_a_token() -> None:
    needs = [{"job": name, "artifacts": False} for name in ("plan", "build")]
    assert JOBS["land"]["needs"] == needs
    assert JOBS["deploy"]["needs"] == [{"job": deploy_job.PREPARES, "artifacts": False}]
    assert JOBS["alarm"]["needs"] == [{"job": alarm_job.LOOKS, "artifacts": False}]


def test_a_job_with_a_token_of_ours_begins_in_a_clone_of_its_own() -> None:
    for job in JOBS.values():
        assert ("environment" in job) is (job.get("variables") == {"GIT_STRATEGY": "clone"})


def test_a_token_is_the_variable_of_one_environment_and_of_no_other_job() -> None:
    assert not re.search("RETRAIN_TOKEN|JOB_TOKEN", re.sub("#.*", "", TEXT))
    found = {name: job["environment"] for name, job in JOBS.items() if "environment" in job}
    assert found == {
        "land": {"name": "landing", "action": "access"},
        "comment": {"name": "comment", "action": "access"},
        "deploy": {"name": "$RETRAIN_DEPLOY"},
        "alarm": {"name": "monitoring", "action": "access"},
    }
    assert PIPELINE["variables"]["FF_GIT_URLS_WITHOUT_TOKENS"] == "true"


def test_the_plans_word_reaches_build_and_never_the_comment() -> None:
    # a variable of a change's own making would go before GitLab's: CI_SERVER_URL, for example
    dotenv = {
        name: job["artifacts"].get("reports", {})
        for name, job in JOBS.items()
        if "artifacts" in job
    }
    assert dotenv["plan"] == {"dotenv": outputs.OUTPUTS.name}
    assert [name for name, found in dotenv.items() if "dotenv" in found] == ["plan"]
    assert JOBS["build"]["needs"] == ["plan"]
    assert JOBS["comment"]["needs"] == ["build"]


def test_a_comment_that_fails_stops_no_merge_and_none_is_begun_twice() -> None:
    assert JOBS["comment"]["allow_failure"] is True
    assert JOBS["comment"]["resource_group"] == "comment-$CI_MERGE_REQUEST_IID"


def test_a_comment_is_made_by_the_default_branchs_code_alone_whatever_became_of_the_run() -> None:
    assert JOBS["comment"]["script"][0] == (
        'git checkout --quiet --force --detach "origin/$CI_DEFAULT_BRANCH"'
    )
    (rule,) = JOBS["comment"]["rules"]
    assert rule == {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"', "when": "always"}


def test_no_job_takes_packages_that_another_job_has_left() -> None:
    variables = PIPELINE["variables"]
    assert (variables["UV_NO_CACHE"], variables["PIP_NO_CACHE_DIR"]) == ("1", "1")
    assert not any("cache" in job for job in [PIPELINE["default"], *JOBS.values()])


def test_reports_are_artifacts_for_those_without_premium_too() -> None:
    for name, kind in (("build", "metrics"), ("test", "junit")):
        artifacts = JOBS[name]["artifacts"]
        assert artifacts["reports"][kind] in artifacts["paths"], name
        assert artifacts["when"] == "always", name
    assert str(candidate.FOLDER) in JOBS["build"]["artifacts"]["paths"]
    for name in ("plan", "build"):
        assert {"report.md", "report.json"} <= set(JOBS[name]["artifacts"]["paths"]), name
    assert fnmatch(
        JOBS["test"]["variables"]["JUNIT"], JOBS["test"]["artifacts"]["reports"]["junit"]
    )
    ignored = (ROOT / ".gitignore").read_text().split()
    for made in ("outputs.env", "metrics.txt", "*junit.xml"):
        assert f"/{made}" in ignored


def test_no_script_holds_logic() -> None:
    for job in EACH:
        for line in job["script"]:
            assert "\n" not in line
            assert not re.search(r"\b(if|for|while)\b|&&|\|\||;", line), line
