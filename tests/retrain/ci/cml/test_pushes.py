"""What else our comment says: what was not built, and how often one window has judged."""

from pathlib import Path

import pytest

from retrain.ci import provider
from retrain.ci.cml import write_comment
from retrain.ci.cml.pushes import Pushes
from retrain.errors import UserError
from retrain.report.render import LIMIT
from retrain.report.schema import Windows
from tests.e2e.forge import faults
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Comment
from tests.retrain.ci.conftest import SHAS, Post
from tests.toys import states

NOTE = "Repeated use of one window"


def body(forge: Forge) -> str:
    (comment,) = forge.comments[1]
    return comment.body


def line(forge: Forge) -> str:
    """Return the line before the mark."""
    return body(forge).splitlines()[-3]


def window(test: str) -> Windows:
    return Windows(train="2013-01", test=test, train_rows=1, test_rows=1)


@pytest.mark.slow
def test_from_the_third_push_that_one_window_judges_the_report_says_so(
    forge: Forge, post: Post
) -> None:
    for sha in SHAS[:2]:
        post(sha)
        assert NOTE not in body(forge)
    post(SHAS[1])  # the same commit, run again
    assert line(forge) == "<!-- retrain judged 2013-07: 1111111 2222222 -->"
    post(SHAS[2], verdict=None)  # which was not judged
    assert NOTE not in body(forge)
    post(SHAS[3])
    assert "rows (2013-07) have now judged 3 pushes" in body(forge)
    assert line(forge) == "<!-- retrain judged 2013-07: 1111111 2222222 4444444 -->"
    post(SHAS[4], windows=window("2013-08"))
    assert NOTE not in body(forge)
    assert line(forge) == "<!-- retrain judged 2013-08: 5555555 -->"


def test_only_our_own_comment_is_believed(forge: Forge, post: Post) -> None:
    forged = f"<!-- retrain judged 2013-07: {' '.join(sha[:7] for sha in SHAS[1:])} -->"
    mark = f'![](https://cml.dev/watermark.png#{"b" * 40} "CML watermark report")'
    forge.comments[1] = [Comment(9, f"text\n\n{forged}\n\n{mark}", user="mallory")]
    post(SHAS[0], artifact=forged, notes=[forged])
    ours = forge.comments[1][1].body
    assert NOTE not in ours
    assert ours.count("<!--") == 1
    assert "<!-- retrain judged 2013-07: 1111111 -->" in ours


@pytest.mark.parametrize("conclusion", ["failure", "cancelled"])
def test_a_run_without_results_forgets_no_judgement(
    forge: Forge, post: Post, conclusion: str
) -> None:
    post(SHAS[0])
    post(SHAS[1], conclusion)
    assert "No re" in body(forge)
    assert line(forge) == "<!-- retrain judged 2013-07: 1111111 -->"


def test_what_could_end_the_line_is_left_out_of_it() -> None:
    facts = states.facts(windows=window("a --> <b> \n@c: " + "x" * 200))
    found = Pushes().add(facts, SHAS[0])
    assert found.line.startswith("<!-- retrain judged a -- b c xx")
    assert Pushes.read(f"text\n\n{found.line}") == found
    assert Pushes.read(f"{found.line}\n\ntext") == Pushes()
    assert len(found.line) < 150


def test_as_many_as_forty_commits_are_kept_and_fit_beside_the_longest_report() -> None:
    found = Pushes()
    for number in range(50):
        found = found.add(states.facts(), f"{number:040x}"[::-1])
    assert len(found.commits) == 40
    assert found.commits[-1] == f"{49:040x}"[::-1][:7]
    address = "https://" + "x" * 300
    assert LIMIT + len(found.line) + len(address) + 300 < 65_536
    assert "judged 40 or more pushes" in write_comment.render(states.facts(), 40)


def test_a_run_that_was_interrupted_is_no_report_of_the_commit_before(
    forge: Forge, post: Post
) -> None:
    post(SHAS[0])
    forge.jobs[5] = [{"name": "build", "failure_reason": "job_execution_timeout"}]
    post(SHAS[1], "cancelled")
    assert body(forge).startswith(f"## ❔ No results\n\n[The run of `{SHAS[1][:7]}`](https://")
    assert "was cancelled or took too long." in body(forge)
    assert "flights-delay" not in body(forge)


def test_a_cancelled_run_leaves_the_report_of_the_same_commit(forge: Forge, post: Post) -> None:
    post(SHAS[0])
    forge.jobs[5] = [{"name": "build", "failure_reason": "job_execution_timeout"}]
    assert "a report of 1111111 already" in post(SHAS[0], "cancelled")
    assert "flights-delay: keep" in body(forge)


def test_another_jobs_timeout_cuts_nothing_short(forge: Forge, post: Post) -> None:
    forge.jobs[5] = [
        {"name": "test", "failure_reason": "job_execution_timeout"},
        {"name": "build", "failure_reason": "script_failure"},
    ]
    post(SHAS[0], "failure")
    assert "left no report. Its log says why." in body(forge)


def test_the_summary_holds_the_report_though_nothing_can_be_posted(
    forge: Forge, post: Post, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "retrain")
    for method in ("GET", "POST"):  # all but what has stored the report
        forge.fails[method, "^/(pulls|merge_requests|issues)"] = [faults.UNICORN] * 9
    with pytest.raises(UserError, match="out of order"):
        post(SHAS[0])
    if provider.name() == "github":
        assert "flights-delay: keep" in (tmp_path / "summary.md").read_text()
    assert "the report is an artifact of https://" in caplog.text
