"""The imitation of GitHub's Git: who may read and who may push, and how it is spoken."""

import base64
import gzip
import os
import socket
from pathlib import Path

import pytest
import requests

from tests.conftest import Run
from tests.e2e.forge.server import Forge
from tests.e2e.forge_tests.conftest import ask
from tests.toys import toys


def push(forge: Forge, clone: Path, run: Run, *tokens: str, to: str = "") -> str:
    """Push HEAD with a header for each token, as actions/checkout sets it; return what Git says."""
    options = []
    for token in tokens:
        word = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        options += ["-c", f"http.{forge.url}/.extraheader=AUTHORIZATION: basic {word}"]
    command = ["git", *options, "push", "-q", to or f"{forge.url}/acme/toy", "HEAD:refs/heads/new"]
    return run(*command, cwd=clone, **forge.trust, GIT_TERMINAL_PROMPT="0").stderr


def test_anybody_reads_and_who_pushes_needs_the_token(
    forge: Forge, clone: Path, remote: Path, run: Run
) -> None:
    assert not any(known for _, _, known in forge.git_requests)
    assert "could not read Username" in push(forge, clone, run)
    assert "new" not in toys.do(run, remote, "git branch")
    assert push(forge, clone, run, forge.token) == ""
    assert "new" in toys.do(run, remote, "git branch")
    assert ("POST", "/git-receive-pack", True) in forge.git_requests


def test_a_token_that_reads_does_not_push(
    forge: Forge, clone: Path, remote: Path, run: Run
) -> None:
    forge.private = True
    forge.readers.add("of-a-job")
    address = forge.url.replace("//", "//gitlab-ci-token:of-a-job@") + "/acme/toy"
    read = run("git", "ls-remote", address, cwd=clone, **forge.trust, GIT_TERMINAL_PROMPT="0")
    assert "refs/heads/main" in read.stdout
    assert "403" in push(forge, clone, run, "of-a-job")
    assert "new" not in toys.do(run, remote, "git branch")


@pytest.mark.slow
def test_no_header_but_the_one_with_the_token_opens_anything(
    forge: Forge, clone: Path, remote: Path, run: Run
) -> None:
    assert "could not read Username" in push(forge, clone, run, "another")
    twice = push(forge, clone, run, forge.token, forge.token)
    assert "The requested URL returned error: 400" in twice
    assert "new" not in toys.do(run, remote, "git branch")


@pytest.mark.slow
def test_a_large_commit_is_pushed_in_pieces_with_the_token_in_the_address(
    forge: Forge, clone: Path, remote: Path, run: Run
) -> None:
    # more than Git sends in one piece, and nothing that it could make smaller
    (clone / "large.bin").write_bytes(os.urandom(3_000_000))
    toys.do(run, clone, "git add -A", "git commit -qm large")
    address = forge.url.replace("//", f"//token:{forge.token}@") + "/acme/toy.git"
    assert push(forge, clone, run, to=address) == ""
    assert toys.tip(remote, run, "new") == toys.tip(clone, run, "HEAD")


def test_a_private_repository_is_read_with_the_token(
    tmp_path: Path, remote: Path, run: Run
) -> None:
    with Forge(tmp_path, remote, private=True) as forge:
        plain, known = (
            run("git", "ls-remote", address, cwd=tmp_path, **forge.trust, GIT_TERMINAL_PROMPT="0")
            for address in (
                f"{forge.url}/acme/toy",
                forge.url.replace("//", f"//x-access-token:{forge.token}@") + "/acme/toy",
            )
        )
        assert plain.returncode == 128
        assert "refs/heads/feature" in known.stdout
        assert ask(forge, "GET", "").json()["private"] is True


def test_git_is_spoken_in_version_2_and_understood_compressed(
    forge: Forge, remote: Path, run: Run
) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            f"{forge.url}/acme/toy.git/git-upload-pack",
            data=gzip.compress(b"0014command=ls-refs\n0000"),
            headers={
                "Content-Type": "application/x-git-upload-pack-request",
                "Content-Encoding": "gzip",
                "Git-Protocol": "version=2",
            },
            verify=str(forge.ca),
            timeout=60,
        )
    assert f"{toys.tip(remote, run)} refs/heads/main" in answer.text


def test_a_client_that_is_silent_or_does_not_trust_us_stops_nobody(
    forge: Forge, tmp_path: Path, run: Run
) -> None:
    port = int(forge.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)):
        distrust = forge.trust | {"GIT_SSL_CAINFO": os.devnull}
        refused = run("git", "ls-remote", f"{forge.url}/acme/toy", cwd=tmp_path, **distrust)
        assert "certificate" in refused.stderr
        assert ask(forge, "GET", "").status_code == 200
