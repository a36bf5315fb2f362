"""A forge with a small repository, and a CML to call there: the stand-in, or the real one."""

import json
import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import ROOT, Run
from tests.e2e.forge.server import Forge
from tests.toys import toys


@pytest.fixture
def remote(tmp_path: Path, run: Run) -> Path:
    """Return a bare repository with one commit on main, and another one on feature."""
    seed = tmp_path / "seed"
    seed.mkdir()
    (seed / "notes.txt").write_text("one\n")
    toys.do(run, seed, "git init -q -b main", "git add -A", "git commit -qm one",
            "git checkout -qb feature")  # fmt: skip
    toys.change(seed, run, "two", notes__txt="two\n")
    toys.do(run, seed, "git checkout -q main")
    toys.do(run, tmp_path, "git clone -q --bare seed remote.git")
    return tmp_path / "remote.git"


@pytest.fixture
def forge(tmp_path: Path, remote: Path) -> Iterator[Forge]:
    """Return a forge with `remote` as its repository, which anybody can read."""
    with Forge(tmp_path, remote) as running:
        yield running


@pytest.fixture
def clone(forge: Forge, tmp_path: Path, run: Run) -> Path:
    """Return a clone that came from the forge."""
    folder = tmp_path / "clone"
    done = run("git", "clone", "-q", f"{forge.url}/acme/toy", folder, cwd=tmp_path, **forge.trust)
    assert done.returncode == 0, done.stderr
    return folder


def ask(
    forge: Forge, method: str, path: str, body: object = None, token: str | None = None
) -> requests.Response:
    """Ask the API about the repository, or about what an address of the forge names."""
    address = path if path.startswith("https:") else f"{forge.api}/repos/{forge.slug}{path}"
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            method,
            address,
            json=body,
            headers={"Authorization": f"Bearer {token or forge.token}"},
            verify=str(forge.ca),
            timeout=60,
        )


# what both ask before anything else: who it is, though it must not track; where GitLab begins, at
# once, in any order
BEFORE = {
    "github": [("GET", "/users/octo", None)],
    "gitlab": [("GET", "/version", None), ("GET", "/acme/api/v4/version", None)],
}


def surroundings(at: str, forge: Forge, sha: str) -> dict[str, str]:
    """Return the variables of a job for main."""
    if at == "gitlab":
        return {
            "CI_PROJECT_URL": f"{forge.url}/acme/toy",
            "CI_SERVER_URL": forge.url,
            "CI_PIPELINE_ID": "5",
            "CI_JOB_ID": "6",
            "CI_COMMIT_SHA": sha,
        }
    return {
        "GITHUB_SERVER_URL": forge.url,
        "GITHUB_REPOSITORY": "acme/toy",
        "GITHUB_ACTOR": "octo",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_SHA": sha,
    }


@dataclass
class Answer:
    """What a CML came to, with the words that differ from run to run replaced."""

    code: int
    printed: str
    said: str  # the message of the line of JSON, or what else is on stderr
    asked: list[tuple[str, str, Any]]  # of the API
    ran: list[str] = field(default_factory=list, compare=False)  # of Git, but its global settings


CML = Callable[..., Answer]
REAL = "the real CML"


@pytest.fixture
def at() -> str:
    """Return the forge whose job calls CML; another file may say another one."""
    return "github"


@pytest.fixture(params=["the stand-in", pytest.param(REAL, marks=pytest.mark.slow)])
def cml(
    request: pytest.FixtureRequest,
    forge: Forge,
    remote: Path,
    clone: Path,
    tmp_path: Path,
    run: Run,
    at: str,
) -> CML:
    """Return a function that runs a CML in a clone, as in a job for main."""
    command = [str(ROOT / "tests/e2e/forge/cml.py")]
    if request.param == REAL:
        command = shlex.split(os.environ.get("CML", ""))
        if not command:
            pytest.skip("the variable CML names no real CML")
    git, log = tmp_path / "bin/git", tmp_path / "git.txt"
    git.parent.mkdir()
    git.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {shutil.which("git")} "$@"\n')
    git.chmod(0o755)
    words = {
        forge.url.replace("//", f"//token:{forge.token}@"): "KNOWN",
        forge.url: "FORGE",
        toys.tip(remote, run): "ONE",
        toys.tip(remote, run, "feature"): "TWO",
    }

    def plain(text: str) -> str:
        for word, name in words.items():
            text = text.replace(word, name)
        return text

    def call(*options: str, **variables: str) -> Answer:
        before = len(forge.requests)
        log.write_text("")
        usual = {
            "PATH": f"{git.parent}:{os.environ['PATH']}",
            "CML_REPO": f"{forge.url}/acme/toy",
            "REPO_TOKEN": forge.token,
            "ITERATIVE_DO_NOT_TRACK": "1",
            **surroundings(at, forge, toys.tip(remote, run)),
        }
        # last, so that no test can take it away: the real one, as root, would replace /dev/null
        settings = {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig")}
        environment = forge.trust | usual | variables | settings
        done = run(*command, *options, cwd=clone, **environment)
        *lines, last = done.stderr.splitlines() or [""]
        said = [*lines, json.loads(last)["message"] if last.startswith("{") else last]
        asked = json.loads(plain(json.dumps(forge.requests[before:])))
        rest = list(map(tuple, asked))
        first = [rest.pop(0) for _ in range(min(len(rest), len(BEFORE[at])))]
        assert set(first) in ({*BEFORE[at]}, set())
        ran = [line for line in plain(log.read_text()).splitlines() if "--global" not in line]
        answer = Answer(done.returncode, plain(done.stdout), plain("\n".join(said)), rest)
        answer.ran = list(filter(None, ran))  # the real one calls Git without a word, to begin with
        return answer

    return call
