"""The workflow files, read: what GitHub enforces and nothing here can execute."""

import re
from typing import Any

import pytest

from retrain.ci import checkout, land_job
from retrain.ci.deploy import release_job
from retrain.ci.event import RESULTS
from retrain.ci.github import events as github
from retrain.ci.github.doctor import REQUIRED
from retrain.ci.github.review import INTERRUPTED, NOT_BEGUN
from retrain.landing import candidate
from retrain.repo import tokens
from retrain.settings import read_yaml
from tests.conftest import ROOT
from tests.e2e.act import action_files
from tests.e2e.conditions import holds
from tests.e2e.runner import STAND_INS
from tools import environment
from tools.enterprise_server import rewritten

FOLDER = ROOT / ".github/workflows"
FILES = {file.stem: rewritten(file.read_text(), "github") for file in FOLDER.glob("*.yml")}
WORKFLOWS: dict[str, Any] = {name: read_yaml(text) for name, text in FILES.items()}
RETRAIN, COMMENT = WORKFLOWS["retrain"], WORKFLOWS["comment"]
JOBS = [(name, job) for name, found in WORKFLOWS.items() for job in found["jobs"].items()]
ACTIONS = {
    file.parent.name: read_yaml(file.read_text()) for file in (ROOT / ".github").rglob("action.yml")
}
USES = re.compile(r"uses: (\S+)(.*)")
BUILT = "github.event.workflow_run"


def steps(name: str, job: str) -> list[dict[str, Any]]:
    return list(WORKFLOWS[name]["jobs"][job]["steps"])


def all_steps() -> list[dict[str, Any]]:
    return [
        *(step for _, (_, job) in JOBS for step in job["steps"]),
        *(step for action in ACTIONS.values() for step in action["runs"]["steps"]),
    ]


def test_each_file_is_short_and_grants_nothing_to_all_jobs() -> None:
    assert set(WORKFLOWS) == {"retrain", "comment", "deploy", "monitor", "pages", "test"}
    for name, text in FILES.items():
        assert len(text.splitlines()) < 120, name
        assert WORKFLOWS[name]["permissions"] == {}, name


def test_the_default_branch_has_one_name() -> None:
    (plan,) = [step for step in steps("retrain", "plan") if "ci plan" in step.get("run", "")]
    branch = plan["env"][checkout.BRANCH]
    assert RETRAIN["on"]["push"] == WORKFLOWS["test"]["on"]["push"] == {"branches": [branch]}
    assert f"'refs/heads/{branch}'" in RETRAIN["jobs"]["land"]["if"]
    naming = {name for name, text in FILES.items() if re.search(rf"\b{branch}\b", text)}
    assert naming == {"retrain", "test"}


def test_what_starts_what() -> None:
    on = RETRAIN["on"]
    assert set(on) == {
        "pull_request", "push", "schedule", "workflow_dispatch", "repository_dispatch"
    }  # fmt: skip
    assert on["push"] == {"branches": ["main"]}
    assert on["repository_dispatch"] == {"types": [github.ALARM]}
    (night,) = on["schedule"]
    assert night["timezone"]
    assert night["cron"].split()[0] not in ("0", "00", "*")
    assert COMMENT["on"] == {
        "workflow_run": {"workflows": [RETRAIN["name"]], "types": ["completed"]}
    }
    assert WORKFLOWS["test"]["on"] == {"pull_request": None, "push": {"branches": ["main"]}}


def test_the_button_asks_what_the_code_reads() -> None:
    inputs = RETRAIN["on"]["workflow_dispatch"]["inputs"]
    assert set(inputs) == {"reason", "result", "new-data", "parameters", "context", "runner"}
    assert inputs["reason"]["required"] is True
    assert "default" not in inputs["reason"]
    assert inputs["result"]["options"] == list(RESULTS)
    assert inputs["result"]["default"] == "report"
    assert inputs["new-data"] | {"description": ""} == {
        "type": "boolean", "default": False, "description": ""
    }  # fmt: skip


def test_each_permission_is_the_least_and_carries_its_reason() -> None:
    found = {(name, job): content["permissions"] for name, (job, content) in JOBS}
    read = {"contents": "read"}
    assert found == {
        ("retrain", "plan"): {"contents": "read", "pull-requests": "read"},
        ("retrain", "build"): read,
        ("retrain", "land"): {"contents": "write", "pull-requests": "write"},
        ("comment", "comment"): {"actions": "read", **read, "pull-requests": "write"},
        ("deploy", "bundle"): read,
        ("deploy", "deploy"): {
            "contents": "write",
            "actions": "read",
            "id-token": "write",
            "attestations": "write",
        },
        ("monitor", "look"): read,
        ("monitor", "alarm"): {"contents": "write", "actions": "read", "pull-requests": "read"},
        ("pages", "pages"): read,
        ("pages", "publish"): {"id-token": "write", "pages": "write"},
        ("test", "test"): read,
    }
    for name, text in FILES.items():
        granted = re.findall(r"(?m)^ {6}(?:# )?[a-z-]+: (?:read|write)\b(.*)$", text)
        assert granted, name
        assert all(re.match(r" # \w", reason) for reason in granted), name


@pytest.mark.parametrize(("name", "job"), [(name, job) for name, (job, _) in JOBS])
def test_each_job_ends(name: str, job: str) -> None:
    assert 0 < WORKFLOWS[name]["jobs"][job]["timeout-minutes"] <= 60
    assert "latest" not in WORKFLOWS[name]["jobs"][job]["runs-on"]


def test_the_checks_that_protect_the_default_branch_are_jobs_of_these_names() -> None:
    test = WORKFLOWS["test"]["jobs"]["test"]
    tested = [f"{test['name']} ({version})" for version in test["strategy"]["matrix"]["python"]]
    assert (RETRAIN["jobs"]["plan"]["name"], RETRAIN["jobs"]["build"]["name"], *tested) == REQUIRED
    assert [tuple(map(int, each.split("."))) for each in test["strategy"]["matrix"]["python"]] == [
        environment.OLDEST,
        environment.NEWEST,
    ]


def test_only_the_default_branch_lands_one_at_a_time_and_none_is_cancelled() -> None:
    build, land = (RETRAIN["jobs"][name] for name in ("build", "land"))
    assert build["if"] == "needs.plan.outputs.next != 'none'"
    assert land["if"] == "needs.plan.outputs.next == 'land' && github.ref == 'refs/heads/main'"
    assert land["concurrency"] == {"group": "landing", "queue": "max"}
    assert build["needs"] == "plan"
    assert land["needs"] == ["plan", "build"]


def test_a_deployment_is_made_in_the_environment_of_its_stage_one_at_a_time() -> None:
    bundle, deploy = (WORKFLOWS["deploy"]["jobs"][name] for name in ("bundle", "deploy"))
    assert deploy["environment"] == "${{ inputs.stage }}"
    assert deploy["concurrency"] == {"group": "deploy", "queue": "max"}
    assert "environment" not in bundle
    (step,) = [step for step in deploy["steps"] if tokens.PUSHER in step.get("env", {})]
    assert step["run"] == ".venv/bin/retrain ci deploy"
    (step,) = [step for step in deploy["steps"] if release_job.PROVENANCE in step.get("env", {})]
    assert "if" not in step
    (step,) = [step for step in deploy["steps"] if tokens.WEBHOOK in step.get("env", {})]
    assert step["if"] == "always() && steps.deploy.outcome != 'skipped'"
    assert step["env"][tokens.WEBHOOK] == "${{ secrets.RETRAIN_WEBHOOK }}"
    inputs = WORKFLOWS["deploy"]["on"]["workflow_dispatch"]["inputs"]
    assert inputs["reason"]["required"] is True
    assert "default" not in inputs["reason"]


def test_what_was_built_is_handed_over_by_its_hash() -> None:
    build, land = (RETRAIN["jobs"][name] for name in ("build", "land"))
    assert build["outputs"] == {"candidate": "${{ steps.report.outputs.candidate }}"}
    assert land["steps"][-1]["with"]["candidate"] == "${{ needs.build.outputs.candidate }}"
    (step,) = [step for step in ACTIONS["land"]["runs"]["steps"] if step.get("id") == "land"]
    assert step["env"][land_job.HASH] == "${{ inputs.candidate }}"
    actions = {"upload": build, "download": land}
    for action, job in actions.items():
        with_ = [
            each["with"] for each in job["steps"] if f"{action}-artifact" in each.get("uses", "")
        ]
        found = next(each for each in with_ if each["name"].startswith("candidate-${{ "))
        assert found["name"].endswith(".outputs.candidate }}")
        assert found["path"] == str(candidate.FOLDER)


def test_a_newer_push_cancels_a_pull_requests_older_run_and_nothing_else() -> None:
    assert RETRAIN["concurrency"] == {
        "group": "retrain-${{ github.event.pull_request.number || github.run_id }}",
        "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
    }
    assert COMMENT["concurrency"]["queue"] == "max"
    assert "cancel-in-progress" not in COMMENT["concurrency"]


def test_no_job_takes_packages_that_another_job_has_left() -> None:
    for workflow in WORKFLOWS.values():
        assert (workflow["env"]["UV_NO_CACHE"], workflow["env"]["PIP_NO_CACHE_DIR"]) == ("1", "1")
    assert not any("cache" in str(step.get("uses")) for step in all_steps())


@pytest.mark.parametrize(
    ("conclusion", "follows"),
    [
        *((each, True) for each in ("success", "failure", "startup_failure", *INTERRUPTED)),
        *((each, False) for each in NOT_BEGUN),
    ],
)
def test_a_comment_follows_a_pull_requests_run_that_has_begun(
    conclusion: str, follows: bool
) -> None:
    condition = COMMENT["jobs"]["comment"]["if"]
    for event in ("pull_request", "push", "schedule"):
        known = {f"{BUILT}.event": event, f"{BUILT}.conclusion": conclusion}
        assert holds(condition, known) is (follows and event == "pull_request")


def test_a_comment_is_made_by_the_default_branchs_code_alone() -> None:
    (checkout,) = [
        step for step in steps("comment", "comment") if "checkout" in step.get("uses", "")
    ]
    assert checkout["with"] == {"persist-credentials": False}
    review = steps("comment", "comment")[-2]["run"]
    assert review == '.venv/bin/retrain ci review "$RUNNER_TEMP/report"'  # outside of the checkout


def test_a_change_is_built_at_its_head_with_the_history() -> None:
    for job in ("plan", "build"):
        (checkout,) = [step for step in steps("retrain", job) if "checkout" in step.get("uses", "")]
        assert checkout["with"] == {
            "ref": "${{ github.event.pull_request.head.sha || github.sha }}",
            "fetch-depth": 0,
            "persist-credentials": False,
        }
    (checkout,) = [step for step in steps("retrain", "land") if "checkout" in step.get("uses", "")]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_what_builds_is_a_step_of_its_own_and_has_no_token() -> None:
    done = {step["run"]: step for step in steps("retrain", "build") if "run" in step}
    start, repro, gate, report = done
    assert repro == ".venv/bin/retrain ci isolate dvc repro --no-run-cache"
    assert [name for name, step in done.items() if "env" in step] == [start]
    for name in (repro, gate, report):
        assert not {"if", "continue-on-error"} & {*done[name]}


def test_nothing_of_an_event_reaches_a_shell_but_by_the_environment() -> None:
    for step in all_steps():
        assert "${{" not in step.get("run", ""), step


def test_no_checkout_keeps_its_token() -> None:
    checkouts = [step for step in all_steps() if "actions/checkout" in step.get("uses", "")]
    assert len(checkouts) == len(JOBS) - 1  # what publishes the pages has no files
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_the_proposal_comes_last() -> None:
    assert steps("retrain", "land")[-1]["uses"] == "./.github/actions/land"
    done = [step["run"] for step in ACTIONS["land"]["runs"]["steps"][-2:]]
    assert done == [".venv/bin/retrain ci retry cml pr create", ".venv/bin/retrain ci close-older"]
    assert RETRAIN["jobs"]["land"]["environment"] == "landing"


def test_no_step_holds_logic() -> None:
    for step in all_steps():
        assert len(step.get("run", "").splitlines()) <= 1, step
        assert not re.search(r"\b(if|for|while)\b|&&|\|\||;", step.get("run", "")), step


# Each action's release and its commit, as GitHub's pages have them: a digit that is wrong here or
# there stops every job, and no test would see it.
PINS = {
    "actions/attest-build-provenance": ("v4.1.0", "a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32"),
    "actions/checkout": ("v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"),
    "actions/create-github-app-token": ("v3.1.1", "1b10c78c7865c340bc4f6099eb2f838309f1e8c3"),
    "actions/deploy-pages": ("v5.0.0", "cd2ce8fcbc39b97be8ca5fce6e763baed58fa128"),
    "actions/download-artifact": ("v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"),
    "actions/setup-python": ("v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97"),
    "actions/upload-artifact": ("v7.0.0", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"),
    "actions/upload-pages-artifact": ("v5.0.0", "fc324d3547104276b827a68afc52ff2a11cc49c9"),
    "aws-actions/configure-aws-credentials": (
        "v6.2.3",
        "e6de054238d6b7531b4efff3b6587d9aade6a06c",
    ),
}


def test_each_action_is_pinned_with_its_version_and_has_a_stand_in_that_knows_its_inputs() -> None:
    used = set()
    for file in action_files(ROOT):
        for action, rest in USES.findall(rewritten(file.read_text(), "github")):
            if action.startswith("./"):
                assert (ROOT / action / "action.yml").exists()
                continue
            name, _, commit = action.partition("@")
            assert (rest.removeprefix(" # "), commit) == PINS[name]
            used.add(name.replace("/", "-"))
    assert {name.replace("/", "-") for name in PINS} == used
    assert used == {folder.name for folder in STAND_INS.iterdir() if folder.is_dir()}
    for step in all_steps():
        action = step.get("uses", "./").partition("@")[0]
        if not action.startswith("./"):
            file = STAND_INS / action.replace("/", "-") / "action.yml"
            assert set(step.get("with", {})) <= set(read_yaml(file.read_text())["inputs"]), action
