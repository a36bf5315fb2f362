"""What the forge knows: plain Python, for tests to seed and to read."""

import base64
import binascii
import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.forge.settings import Settings

REPOSITORY = 1  # its id
BOT = "github-actions[bot]"


@dataclass
class Pull:
    number: int
    branch: str
    owner: str  # of the head; another one for a fork
    base: str
    title: str
    repo_id: int | None = REPOSITORY  # the head's; None: the fork has been deleted
    sha: str = ""  # of the head: the last one known
    body: str | None = None
    state: str = "open"
    user: str = BOT
    followed: bool = False  # whether its branch has been seen in the repository


@dataclass
class Comment:
    id: int
    body: str
    user: str = BOT


@dataclass
class Artifact:
    id: int
    name: str
    size_in_bytes: int = 1000
    expired: bool = False
    head_sha: str = ""
    created_at: str = "2026-11-22T12:00:00Z"


@dataclass
class Reply:
    """What is answered: bytes, or what becomes JSON."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Fault = int | Reply | Callable[[], Reply | None]


class State:
    """A repository, and what stands around it."""

    url: str
    api: str
    ca: Path

    def __init__(self, repository: Path, slug: str, token: str, private: bool) -> None:
        self.repository, self.slug, self.token, self.private = repository, slug, token, private
        self.owner = slug.partition("/")[0]
        self.branches: dict[str, str] = {}  # their commits, when they were last looked at
        self.pulls: dict[int, Pull] = {}
        self.comments: dict[int, list[Comment]] = {}  # by issue, which is a pull request
        self.artifacts: dict[int, list[Artifact]] = {}  # by run
        self.began: dict[int, str] = {}  # when, by run
        self.jobs: dict[int, list[dict[str, Any]]] = {}  # by pipeline, as GitLab shows them
        self.running: dict[str, Any] = {}  # GitLab's job that asks: its user, pipeline and ref
        self.left: dict[int, Path] = {}  # what a job of GitLab's has left, by its id
        self.stored: dict[int, bytes] = {}  # their archives, by id
        self.requests: list[tuple[str, str, Any]] = []  # method, path with its query, body
        self.git_requests: list[tuple[str, str, bool]] = []  # method, path, authenticated
        # by method and by what is found in the path, one a request: the code or the reply to answer
        # with, or what happens before it is answered as usual
        self.fails: dict[tuple[str, str], list[Fault]] = {}
        self.loses: list[tuple[Any, ...]] = []  # the same; it is carried out, and its answer lost
        self.app_token: str | None = None  # of a GitHub App
        self.readers: set[str] = set()  # tokens that read Git, and nothing else
        self.lookers: set[str] = set()  # tokens that read Git and the API, and write nothing
        self.triggers: set[str] = set()  # trigger tokens of GitLab's
        self.runs: list[Any] = []  # that were begun by either API
        self.course: list[tuple[str, dict[str, str]]] = []  # what each goes through, and its jobs
        self.commenters: set[str] = set()  # tokens that comment, and push nothing
        self.written: list[tuple[str, int]] = []  # what was done by either API, to which number
        self.as_app: list[tuple[str, str]] = []  # what was asked with it: method, path
        self.forbidden = False  # to write through the API
        self.may_open_pulls = True
        self.settings = Settings()
        self.releases: list[Any] = []
        self.packages: dict[tuple[str, ...], dict[str, bytes]] = {}  # GitLab's, by name and version
        self.dispatched: list[dict[str, Any]] = []  # what workflows of GitHub's hear
        self.ssh_keys: list[str] = []  # of GitHub's SSH server
        self.lock = threading.RLock()

    def open_pull(
        self,
        branch: str,
        owner: str | None = None,
        sha: str | None = None,
        repo_id: int | None = REPOSITORY,
        title: str = "A change",
        base: str | None = None,
        body: str | None = None,
        user: str | None = None,
    ) -> Pull:
        """Open a pull request. A fork's has another owner, and its sha; its repo_id is 2 then."""
        owner = owner or self.owner
        if owner != self.owner and repo_id == REPOSITORY:
            repo_id = REPOSITORY + 1
        with self.lock:
            number = max(self.pulls, default=0) + 1
            pull = Pull(number, branch, owner, base or self.default_branch(), title, repo_id)
            pull.sha, pull.body, pull.user = sha or "", body, user or owner
            self.pulls[number] = pull
            self.refresh()
            return pull

    def refresh(self) -> None:
        """Let open pull requests follow their branches; as on GitHub, a deleted one closes them."""
        listed = self.git(
            "for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads"
        )
        pairs = (line.split(" ", 1) for line in listed.stdout.splitlines())
        self.branches = {name: sha for sha, name in pairs}
        for pull in self.pulls.values():
            if pull.state != "open" or pull.owner != self.owner:
                continue
            if pull.branch in self.branches:
                pull.sha, pull.followed = self.branches[pull.branch], True
            elif pull.followed:
                pull.state = "closed"

    def next_release(self) -> int:
        return max((each.id for each in self.releases), default=0) + 1

    def default_branch(self) -> str:
        return self.git("symbolic-ref", "--short", "HEAD").stdout.strip()

    def commits(self, base: str, head: str) -> list[str]:
        """Return the commits that a head has and a base has not."""
        return self.git("rev-list", head, f"^{base}", "--").stdout.split()

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Git in the bare repository."""
        command = ["git", "--git-dir", str(self.repository), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment()
        )

    @property
    def trust(self) -> dict[str, str]:
        """Return the variables by which Node, requests and Git come to trust the forge."""
        names = ("NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO")
        direct = {"no_proxy": "localhost", "NO_PROXY": "localhost"}
        return {name: str(self.ca) for name in names} | direct

    def accepts(self, authorization: str, *schemes: str) -> bool:
        """Tell whether an Authorization header carries the token, in one of these schemes."""
        return self.carried(authorization, *schemes) in (self.token, self.app_token)

    def carried(self, authorization: str, *schemes: str) -> str:
        """Return the token that an Authorization header carries, in one of these schemes."""
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() not in schemes:
            return ""
        if scheme.lower() == "basic":
            try:
                value = base64.b64decode(value).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return ""
        return value


def environment() -> dict[str, str]:
    """Return an environment in which Git sees no user's settings, as on a server."""
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **settings}
