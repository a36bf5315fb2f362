"""Who may deploy what, from where; and that a job which is run again does nothing twice."""

import json
import shutil
import time

import pytest

from retrain.ci.deploy import deploy_job
from retrain.deployment import bundle
from retrain.errors import UserError
from tests.conftest import Run
from tests.retrain.ci.deploy.conftest import FOLDER, Job, Tags, by_hand
from tests.toys import toys

pytestmark = pytest.mark.slow
# what no file of a forge decides is tried at one of them
at_github = pytest.mark.parametrize("job", ["github"], indirect=True)
at_gitlab = pytest.mark.parametrize("job", ["gitlab"], indirect=True)
BEFORE = ["toy#production#1", "toy#production#2"]


def begin(job: Job) -> None:
    """Begin a run, or the same one again, in a folder of its own."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    job.prepare()


@at_github
@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"branch": "feature"}, "this is the branch 'feature', and only main starts this"),
        ({"stage": "qa"}, "qa is not a stage of the policy.yaml that has landed"),
        ({"reason": " \n "}, "a deployment asks for a reason, and it is empty"),
        ({"action": "remove"}, "choose one of deploy, roll back"),
        ({"version": "v9.9.9"}, "v9.9.9 is not a version"),
        ({"action": "roll back", "version": "v1.0.0"}, "a roll-back returns to the version before"),
        ({"action": "roll back", "stage": "staging"}, "staging cannot be rolled back: nothing"),
        ({"actor": "mallory"}, "mallory may not deploy to production: deploy.approvers of policy"),
        ({"actor": "mallory", "action": "roll back"}, "mallory may not deploy to production"),
        ({"actor": ""}, "this account may not deploy to production"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    job: Job, tags: Tags, inputs: dict[str, str], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        job.ask(**inputs).prepare()
    assert not FOLDER.exists()
    assert tags() == BEFORE


def test_approvers_are_asked_again_where_the_tag_is_made(job: Job, tags: Tags) -> None:
    job.ask(version="v1.0.0").prepare()
    job.patch.setenv("GITHUB_TRIGGERING_ACTOR", "mallory")
    job.forge.running["user"] = "mallory"
    job.patch.setenv("GITLAB_USER_LOGIN", "octo")  # a pipeline variable, which GitLab lets win
    with pytest.raises(UserError, match="mallory may not"):
        job.deploy()
    assert tags() == BEFORE


@at_gitlab
def test_what_is_there_already_stays(job: Job, tags: Tags) -> None:
    done = job.ask(version="toy@v1.1.0").prepare().deploy()
    assert (done.said, tags()) == (
        f"production: v1.1.0 is there already; the tag is `{BEFORE[1]}`",
        BEFORE,
    )


@at_gitlab
def test_anyone_whom_the_forge_lets_deploys_to_an_earlier_stage(job: Job, tags: Tags) -> None:
    done = job.ask(stage="staging", actor="mallory", version="v1.0.0").prepare().deploy()
    assert (done.version, done.before, done.last) == ("v1.0.0", None, False)
    assert tags() == [*BEFORE, "toy#staging#1"]


def test_a_roll_back_that_is_run_again_goes_back_once(job: Job, tags: Tags) -> None:
    job.ask(action="roll back").prepare()
    done = job.deploy()
    assert (done.version, done.before, done.last) == ("v1.0.0", "v1.1.0", True)
    begin(job)
    again = job.deploy()
    assert (again.tag, again.changed) == (done.tag, False)
    assert "v1.0.0 is there already" in again.said
    assert tags() == [*BEFORE, "toy#production#3"]


@at_gitlab
def test_a_run_that_another_deployment_has_overtaken_ends_in_words(
    job: Job, run: Run, tags: Tags
) -> None:
    job.ask(version="v1.0.0").prepare().deploy()
    by_hand(toys.clone(job.folder / "remote.git", job.folder / "other", run), "v1.1.0")
    begin(job)
    with pytest.raises(UserError, match=r"has put v1.0.0 on production, where v1.1.0 is .* since"):
        job.deploy()
    assert tags() == [*BEFORE, "toy#production#3", "toy#production#4"]


def test_a_run_that_has_left_no_tag_is_not_run_again_over_a_later_one(
    job: Job, run: Run, tags: Tags
) -> None:
    time.sleep(1.1)  # Git's times are in seconds
    assert not job.ask(version="v1.1.0").prepare().again().deploy().changed  # as it was
    by_hand(toys.clone(job.folder / "remote.git", job.folder / "other", run), "v1.0.0")
    with pytest.raises(UserError, match=r"run again, and toy#production#3 has changed production"):
        job.deploy()
    assert tags() == [*BEFORE, "toy#production#3"]


@at_github
def test_what_was_looked_at_is_what_is_rolled_back_to(job: Job, run: Run, tags: Tags) -> None:
    job.ask(action="roll back").prepare()
    by_hand(toys.clone(job.folder / "remote.git", job.folder / "other", run), "v1.0.0")
    with pytest.raises(UserError, match=r"would go back to v1.1.0, and v1.0.0 was meant"):
        job.deploy()
    assert tags() == [*BEFORE, "toy#production#3"]


def test_of_what_was_prepared_the_name_alone_is_taken(job: Job, tags: Tags) -> None:
    job.ask(version="v1.0.0").prepare()
    left = job.forge.left[job.runs] / FOLDER
    kept = {path.name: path.read_bytes() for path in left.iterdir()}
    for path in left.iterdir():
        path.write_text('{"version": "v1.0.0", "trusted": ["evil"]}')
    (left / "evil.py").touch()
    job.deploy()
    assert tags() == [*BEFORE, "toy#production#3"]
    made = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    # written after the tag
    anew = dict.fromkeys((bundle.CARD, bundle.LINEAGE, bundle.SBOM))
    assert made.keys() == kept.keys() | {bundle.SBOM}
    assert made | anew == kept | anew
    now = json.loads(made[bundle.LINEAGE])["deployments"][-1]
    assert (now["tag"], now["until"]) == ("toy#production#3", None)  # the one that is released


@at_gitlab
@pytest.mark.parametrize("content", ["[]", '{"version": "v1.1.0"}'])
def test_another_version_than_the_one_asked_for_is_not_deployed(
    job: Job, tags: Tags, content: str
) -> None:
    job.ask(version="v1.0.0").prepare()
    (job.forge.left[job.runs] / FOLDER / bundle.LINEAGE).write_text(content)
    with pytest.raises(UserError, match=deploy_job.AGAIN):
        job.deploy()
    assert tags() == BEFORE


def test_without_what_was_prepared_nothing_is_deployed(job: Job, tags: Tags) -> None:
    job.ask()
    with pytest.raises(UserError, match=deploy_job.AGAIN):
        job.deploy()
    assert tags() == BEFORE
