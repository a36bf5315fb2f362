"""The report below its pull request: found by the forge, read as text, posted by CML."""

import json
import os
import stat
from pathlib import Path
from typing import Any
from zipfile import ZipInfo

import pytest

from tests.conftest import Run
from tests.e2e.act import Done
from tests.e2e.both.test_review import push_change
from tests.e2e.forge import faults
from tests.e2e.forge.state import Artifact, Comment
from tests.e2e.github_runner import GitHub, zipped
from tests.toys import events, states, toys

POSTED = {"comment": "success"}
FORK = {"owner": "mallory", "repo": 2}


@pytest.fixture
def head(toy: Path, run: Run) -> str:
    """Push a branch `change`, and return its commit."""
    toys.do(run, toy, "git checkout -q -B change")
    toys.change(toy, run, "a change", README__md="Read me.\n")
    toys.do(run, toy, "git push -q origin change")
    return toys.do(run, toy, "git rev-parse HEAD")


def left(github: GitHub, run: str, content: str | None = None, **fields: Any) -> None:
    """Put the artifact of a run where the forge has it."""
    folder = github.artifact(run)
    folder.mkdir(parents=True)
    text = states.facts(**fields).model_dump_json() if content is None else content
    (folder / "report.json").write_text(text)
    github.offer_artifact(run)


def ended(github: GitHub, run: str, sha: str, **fields: Any) -> Done:
    """Run what the end of a run starts; the repository stays as it is, and no token stays."""
    before = toys.state(github.remote, github.run)
    done = github.fire("comment", "workflow_run", events.workflow_run(run, sha, **fields))
    assert toys.state(github.remote, github.run) == before
    assert github.leaks == []
    return done


def posted(github: GitHub, number: int = 1) -> list[str]:
    """Return the comments below a pull request; nothing else has been written at the forge."""
    written = {(method, path) for method, path, _ in github.forge.requests if method != "GET"}
    ours = {path for _, path in written if "/comments" in path}
    assert {path for _, path in written} == ours
    return [comment.body for comment in github.forge.comments.get(number, [])]


def test_the_report_is_one_comment_that_the_next_run_updates(github: GitHub, head: str) -> None:
    github.forge.open_pull("change")
    left(github, "11")
    assert ended(github, "11", head).jobs == POSTED
    (first,) = posted(github)
    assert "flights-delay: keep" in first
    assert f"The run of `{head[:7]}`" in first
    assert "with the change's own code" in first
    assert (github.folder / "npm.txt").read_text() == "ci --ignore-scripts\n"
    assert (github.folder / "groups.txt").read_text() == "comment: forge node\n"
    left(github, "12", error="stage train failed: it stopped", verdict=None)
    assert ended(github, "12", head, conclusion="failure").jobs == POSTED
    (second,) = posted(github)
    assert "flights-delay: failed" in second
    assert second != first


@pytest.mark.slow
def test_a_fork_is_served_like_any_other(github: GitHub) -> None:
    sha = "f" * 40
    github.forge.open_pull("change", owner="mallory", sha=sha)
    github.forge.open_pull("change")  # of the same name, in the repository itself
    left(github, "11")
    assert ended(github, "11", sha, **FORK).jobs == POSTED
    assert len(posted(github, 1)) == 1
    assert posted(github, 2) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"sha": "e" * 40}, id="an older commit"),
        pytest.param({"repo": 3}, id="another repository of that name"),
        pytest.param({"branch": "other"}, id="another branch"),
        pytest.param({"owner": "acme", "repo": 1}, id="not the fork's"),
        pytest.param({"repo": None}, id="a fork that is gone"),
    ],
)
def test_nothing_is_posted_but_where_the_commit_is_still_shown(
    github: GitHub, fields: dict[str, Any]
) -> None:
    github.forge.open_pull("change", owner="mallory", sha="f" * 40)
    left(github, "11")
    done = ended(github, "11", **({"sha": "f" * 40, **FORK} | fields))
    assert done.jobs == POSTED, done.end
    assert "Nothing is posted" in done.summary
    assert posted(github) == []


@pytest.mark.slow
def test_nothing_is_posted_where_two_pull_requests_are_of_that_commit(
    github: GitHub, head: str
) -> None:
    github.forge.open_pull("change")
    github.forge.open_pull("change", base="release")
    left(github, "11")
    assert "2 open pull requests" in ended(github, "11", head).summary
    assert posted(github) + posted(github, 2) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "fields",
    [{"conclusion": "action_required"}, {"conclusion": "skipped"}, {"event": "push"}],
    ids=lambda fields: "-".join(fields.values()),
)
def test_a_run_that_built_no_change_is_no_business_of_this(
    github: GitHub, head: str, fields: dict[str, Any]
) -> None:
    github.forge.open_pull("change")
    left(github, "11")
    assert ended(github, "11", head, **fields).jobs == {"comment": "skipped"}
    assert github.forge.requests == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "artifacts",
    [
        pytest.param([], id="none"),
        pytest.param([Artifact(8, "report")], id="huge"),
        pytest.param([Artifact(7, "other")], id="another name"),
        pytest.param([Artifact(7, "report", expired=True)], id="expired"),
        pytest.param([Artifact(7, "report", created_at="2026-11-22T10:59:59Z")], id="earlier try"),
        pytest.param([Artifact(9, "report")], id="gone since"),
    ],
)
def test_without_an_artifact_that_may_be_fetched_the_comment_says_so(
    github: GitHub, head: str, artifacts: list[Artifact]
) -> None:
    github.forge.open_pull("change")
    left(github, "11")
    github.forge.artifacts[11] = artifacts
    github.forge.stored[8] = os.urandom(2_000_000)
    done = ended(github, "11", head, conclusion="failure")
    assert done.jobs == POSTED, done.end
    (comment,) = posted(github)
    assert "No report" in comment
    assert "actions/runs/11" in comment
    assert "flights-delay" not in comment


@pytest.mark.slow
def test_a_run_that_is_run_again_is_reported_by_its_newest_report(
    github: GitHub, head: str
) -> None:
    github.forge.open_pull("change")
    left(github, "11")
    github.forge.artifacts[11] = [Artifact(7, "report"), Artifact(3, "report")]
    assert ended(github, "11", head).jobs == POSTED
    assert "flights-delay: keep" in posted(github)[0]


@pytest.mark.slow
def test_a_comment_that_quotes_ours_is_left_alone(github: GitHub, head: str) -> None:
    github.forge.open_pull("change")
    left(github, "11")
    assert ended(github, "11", head).jobs == POSTED
    (ours,) = github.forge.comments[1]
    quoted = "> " + ours.body.replace("\n", "\n> ")
    github.forge.comments[1].append(Comment(99, quoted, user="mallory"))
    for run in ("12", "13"):
        left(github, run, artifact="newer")
        assert ended(github, run, head).jobs == POSTED
    ours, stranger = github.forge.comments[1]
    assert stranger.body == quoted
    assert "newer: keep" in ours.body
    assert github.forge.written == [("comment", 1), ("edit", 1), ("edit", 1)]


@pytest.mark.slow
def test_a_run_that_was_cancelled_is_reported_while_its_commit_is_shown(
    github: GitHub, toy: Path, head: str, run: Run
) -> None:
    github.forge.open_pull("change")
    left(github, "11")
    assert ended(github, "11", head).jobs == POSTED
    newer = push_change(toy, run, README__md="Read me again.\n")
    # cancelled by the newer push: its run will say
    moved = ended(github, "11", head, conclusion="cancelled")
    assert "#1 has a newer commit" in moved.summary
    assert "flights-delay: keep" in posted(github)[0]
    for run_id, conclusion in (("12", "cancelled"), ("13", "timed_out")):
        assert ended(github, run_id, newer, conclusion=conclusion).jobs == POSTED
    (comment,) = posted(github)
    assert comment.startswith(f"## ❔ No results\n\n[The run of `{newer[:7]}`]")
    assert "actions/runs/12) was cancelled or took too long." in comment


@pytest.mark.slow
def test_the_report_is_in_the_summary_though_the_forge_is_out_of_order(
    github: GitHub, head: str
) -> None:
    github.forge.open_pull("change")
    left(github, "11")
    github.forge.fails[("GET", r"/pulls\?")] = [faults.UNICORN] * 9
    done = ended(github, "11", head)
    assert done.jobs == {"comment": "failure"}
    assert "flights-delay: keep" in done.summary
    assert "GitHub is out of order: 502" in done.summary
    assert "Unicorn" not in done.summary


HOSTILE = {
    "broken": '{"artifact": ',
    "huge": '{"artifact": "' + "a" * 6_000_000 + '"}',
    "deep": "[" * 100_000,
    "a number": "2",
    "another pull request's number": json.dumps({"number": 2, "artifact": "flights-delay"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("content", HOSTILE.values(), ids=list(HOSTILE))
def test_what_is_no_report_is_not_repeated(github: GitHub, head: str, content: str) -> None:
    github.forge.open_pull("change")
    github.forge.open_pull("other", sha="d" * 40)
    left(github, "11", content)
    done = ended(github, "11", head)
    assert done.jobs == POSTED, done.end
    (comment,) = posted(github)
    assert "no report" in comment
    assert len(comment) < 500
    assert posted(github, 2) == []


@pytest.mark.slow
def test_links_and_names_in_a_report_stay_text(github: GitHub, head: str) -> None:
    github.forge.open_pull("change")
    secret = github.folder / "secret.txt"
    secret.write_text("the secret itself")
    name = f"[x]({secret}) ![y](.git/config) @everybody <script> $(touch /tmp/x) `id`"
    left(github, "11", artifact=name, notes=[name, "pr/2", "--target=pr/2"])
    assert ended(github, "11", head).jobs == POSTED
    (comment,) = posted(github)
    for active in (f"]({secret})", "](.git/config)", "@everybody", "<script>", "the secret itself"):
        assert active not in comment


@pytest.mark.slow
def test_a_link_to_a_local_file_is_not_followed(github: GitHub, head: str) -> None:
    github.forge.open_pull("change")
    elsewhere = github.folder / "elsewhere.json"
    elsewhere.write_text(states.facts(artifact="stolen").model_dump_json())
    (link := ZipInfo("report.json")).external_attr = (stat.S_IFLNK | 0o777) << 16
    github.forge.stored[7] = zipped({link: str(elsewhere).encode()})
    github.forge.artifacts[11] = [Artifact(7, "report")]
    assert ended(github, "11", head).jobs == POSTED
    (comment,) = posted(github)
    assert "stolen" not in comment


@pytest.mark.slow
def test_a_token_that_may_not_comment_is_a_sentence(github: GitHub, head: str) -> None:
    github.forge.open_pull("change")
    github.forge.forbidden = True
    left(github, "11")
    done = ended(github, "11", head)
    assert done.jobs == {"comment": "failure"}
    assert "permissions" in done.summary
    assert "Traceback" not in done.log


@pytest.mark.slow
def test_a_forge_that_falters_is_asked_again(github: GitHub, head: str) -> None:
    github.forge.open_pull("change")
    github.forge.fails[("GET", r"/pulls\?")] = [502, 503]
    github.forge.fails[("POST", "/comments")] = [faults.UNICORN]
    left(github, "11")
    assert ended(github, "11", head).jobs == POSTED
    assert len(posted(github)) == 1


@pytest.mark.slow
def test_where_the_policy_has_switched_reviews_off_nothing_is_posted(
    github: GitHub, toy: Path, head: str, run: Run
) -> None:
    github.forge.open_pull("change")
    toys.do(run, toy, "git checkout -q main")
    text = (toy / "policy.yaml").read_text().replace("pull_request: true", "pull_request: false")
    toys.change(toy, run, "off", policy__yaml=text)
    toys.do(run, toy, "git push -q origin main")
    left(github, "11")
    assert "triggers.pull_request: false" in ended(github, "11", head).summary
    assert posted(github) == []
