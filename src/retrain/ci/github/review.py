"""The run of GitHub's whose end has started this one, and the pull request that it belongs to.

The run had no rights, and what it left is text that anyone may have written. Which pull request
it belongs to is asked of GitHub and never of that text.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retrain.ci.api import archive
from retrain.ci.api.types import Built
from retrain.ci.github import calls, events, runs
from retrain.errors import UserError
from retrain.paths import FACTS
from retrain.report import publish

NOT_BEGUN = ("action_required", "skipped")  # conclusions: it awaits a click, or had no job
INTERRUPTED = ("cancelled", "timed_out", "stale")  # a job that takes too long makes it `cancelled`


def built() -> Built:
    """Return the run that has ended."""
    run = _run()
    return Built(run["head_sha"], run["html_url"])


def fetch(_: Built, folder: Path) -> None:
    """Put the newest report of this attempt of the run into a folder, if there is one."""
    run = _run()
    query = {"name": runs.NAME, "per_page": 100}
    found = calls.call("GET", f"actions/runs/{int(run['id'])}/artifacts", params=query)["artifacts"]
    if (newest := runs.newest_report(found, run)) is None:
        return
    url = f"{calls.base()}/actions/artifacts/{newest}/zip"
    facts = archive.fetched(url, calls.headers(), FACTS, publish.LARGEST + 1)
    if facts is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FACTS).write_bytes(facts)


def interrupted() -> bool:
    """Tell whether the run was cancelled, or took too long."""
    return _run()["conclusion"] in INTERRUPTED


def shown_by(built: Built) -> tuple[int | None, str]:
    """Return the one open pull request that shows what was built, or None and the reason."""
    run = _run()
    repo = run["head_repository"]
    if repo is None:
        return None, "the repository that it came from is gone"
    head = f"{repo['owner']['login']}:{run['head_branch']}"
    found = [
        pull
        for pull in calls.pages("pulls", state="open", head=head)
        if pull["head"]["label"] == head and (pull["head"]["repo"] or {}).get("id") == repo["id"]
    ]
    if len(found) != 1:
        return None, f"{len(found) or 'no'} open pull requests are from that branch"
    if found[0]["head"]["sha"] != built.commit:
        return None, f"#{found[0]['number']} has a newer commit than the one that was built"
    return int(found[0]["number"]), ""


def _run() -> Mapping[str, Any]:
    run: Mapping[str, Any] = events.payload().get("workflow_run") or {}
    if run.get("event") != "pull_request" or run.get("conclusion") in (None, *NOT_BEGUN):
        raise UserError("this is not the end of a pull request's run; nothing is posted")
    return run
