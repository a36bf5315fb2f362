"""The report of a pull request's run, posted by code that no pull request can change.

The run had no rights, and what it left is text that a stranger may have written. Which pull request
it belongs to is asked of GitHub and never of that text; its facts are read within limits, rendered
here, and posted only while the pull request still shows the commit that was built.
"""

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from retrain.ci import publish
from retrain.ci.git import short
from retrain.ci.policy import POLICY, Policy
from retrain.ci.report import render
from retrain.ci.report.markdown import paragraphs
from retrain.errors import UserError
from retrain.forges import api, cml, github
from retrain.settings import read

NAME = "report"  # of the artifact, and of the comment
BOT = "github-actions[bot]"  # who a job's token is
LARGEST = 1_000_000  # bytes, compressed
CONCLUSIONS = ("success", "failure")  # others, such as action_required, have built nothing


def artifact() -> str:
    """Return the id of the newest report that this attempt of the run has left, or nothing.

    Raises:
        UserError: if GitHub cannot be asked.
    """
    run = _run()
    query = {"name": NAME, "per_page": 100}
    found = api.call("GET", f"actions/runs/{int(run['id'])}/artifacts", params=query)["artifacts"]
    fit = [
        each
        for each in found
        if each["name"] == NAME
        and not each["expired"]
        and each["created_at"] >= run["run_started_at"]  # attempts share the id of the run
    ]
    newest = max(fit, key=lambda each: int(each["id"]), default=None)
    return "" if newest is None or newest["size_in_bytes"] > LARGEST else str(int(newest["id"]))


def comment(folder: Path) -> str:
    """Post what the artifact in a folder says, or that there is none; return a sentence.

    Raises:
        UserError: if it cannot be posted.
    """
    run = _run()
    if not read(Path(POLICY), Policy).triggers.pull_request:
        return f"{POLICY} says triggers.pull_request: false, so nothing is posted."
    head = run["head_sha"]
    written = _written(folder, run)
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "comment.md"
        file.write_text(written, "utf-8")
        number, why = _pull_request(run)  # last: it may have moved on
        if number is None:
            return f"Nothing is posted: {why}."
        cml.comment(number, _title(number), file)
    return f"Posted the report of {short(head)} below #{number}."


def _run() -> Mapping[str, Any]:
    """Return the run that has ended.

    Raises:
        UserError: if it is none that built a change under review.
    """
    run: Mapping[str, Any] = github.payload().get("workflow_run") or {}
    if run.get("event") != "pull_request" or run.get("conclusion") not in CONCLUSIONS:
        raise UserError("this is not the end of a pull request's run; nothing is posted")
    return run


def _written(folder: Path, run: Mapping[str, Any]) -> str:
    """Return the comment: the report of these facts, or that there are none to be had."""
    source = folder / publish.FACTS
    link = f"[The run of `{short(run['head_sha'])}`]({run['html_url']})"
    by = f"{link}, with the pull request's own code."
    if not source.is_symlink() and source.is_file():
        try:
            return paragraphs(render(publish.read(source)), by)
        except UserError:
            return paragraphs(
                "## ❔ No report",
                f"{link} left something that is no report. Its log says more.",
            )
    ended = "failed" if run["conclusion"] == "failure" else "ended"
    return paragraphs("## ❔ No report", f"{link} {ended} and left no report. Its log says why.")


def _title(number: int) -> str:
    """Return what CML knows our comment by: a title that stands in nobody else's comment.

    CML takes any comment with the title for its own, a quotation of it too.
    """
    comments = api.call("GET", f"issues/{number}/comments", params={"per_page": 100})
    foreign = "\n".join(str(each["body"]) for each in comments if each["user"]["login"] != BOT)
    titles = (f"{NAME} {turn}" if turn > 1 else NAME for turn in count(1))
    return next(title for title in titles if f'CML watermark {title}"' not in foreign)


def _pull_request(run: Mapping[str, Any]) -> tuple[int | None, str]:
    """Return the one open pull request that shows what was built, or None and the reason."""
    repo = run["head_repository"]
    if repo is None:
        return None, "the repository that it came from is gone"
    head = f"{repo['owner']['login']}:{run['head_branch']}"
    found = [
        pull
        for pull in api.pulls(head=head)
        if pull["head"]["label"] == head and (pull["head"]["repo"] or {}).get("id") == repo["id"]
    ]
    if len(found) != 1:
        return None, f"{len(found) or 'no'} open pull requests are from that branch"
    if found[0]["head"]["sha"] != run["head_sha"]:
        return None, f"#{found[0]['number']} has a newer commit than the one that was built"
    return int(found[0]["number"]), ""
