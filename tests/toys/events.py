"""What GitHub says of an event: the fields that are read here, and others beside them."""

from typing import Any

from retrain.repo.git import NOTHING

REPOSITORY = {"id": 1, "full_name": "acme/toy", "default_branch": "main"}


def pull_request(head: str, number: int = 1, base: str = "main") -> dict[str, Any]:
    """A pull request, opened or pushed to."""
    return {
        "action": "synchronize",
        "number": number,
        "pull_request": {
            "number": number,
            "head": {"sha": head, "ref": "change"},
            "base": {"ref": base, "sha": NOTHING},  # GitHub's is as old as the pull request
        },
        "repository": REPOSITORY,
    }


def push(before: str = "1" * 40, branch: str = "main") -> dict[str, Any]:
    return {"ref": f"refs/heads/{branch}", "before": before, "repository": REPOSITORY}


def schedule() -> dict[str, Any]:
    """GitHub says hardly more."""
    return {"schedule": "23 4 * * *"}


def button(branch: str = "main", **inputs: str) -> dict[str, Any]:
    given = {"reason": "to see", "result": "report", "new-data": "false", "parameters": ""}
    given |= {"runner": "ubuntu-24.04"} | {k.replace("_", "-"): v for k, v in inputs.items()}
    return {"ref": f"refs/heads/{branch}", "inputs": given, "repository": REPOSITORY}


def deployment(branch: str = "main", **inputs: str) -> dict[str, Any]:
    given = {"reason": "to see", "stage": "production", "action": "deploy", "version": "newest"}
    repository = REPOSITORY | {"visibility": "public"}
    return {"ref": f"refs/heads/{branch}", "inputs": given | inputs, "repository": repository}


def alarm(**sent: Any) -> dict[str, Any]:
    return {"action": "drift-alert", "client_payload": sent, "repository": REPOSITORY}


def workflow_run(
    run: str,
    sha: str,
    *,
    branch: str = "change",
    owner: str = "acme",
    repo: int | None = 1,
    event: str = "pull_request",
    conclusion: str = "success",
) -> dict[str, Any]:
    """The end of another workflow's run."""
    return {
        "action": "completed",
        "workflow_run": {
            "id": int(run),
            "event": event,
            "conclusion": conclusion,
            "head_sha": sha,
            "head_branch": branch,
            "head_repository": repo
            and {"id": repo, "full_name": f"{owner}/toy", "owner": {"login": owner}},
            "run_started_at": "2026-11-22T11:00:00Z",
            "html_url": f"https://localhost/acme/toy/actions/runs/{run}",
            "pull_requests": [],
        },
        "repository": REPOSITORY,
    }
