"""A landing's commits and its tag are signed, where a job or a person has a key."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.repo import commits, tokens
from tests.conftest import Run
from tests.toys import toys


@pytest.fixture
def key(tmp_path: Path, run: Run) -> Path:
    """Return the file of a key, beside what says whose it is."""
    made = run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    public = (tmp_path / "key.pub").read_text()
    (tmp_path / "signers").write_text(f"ci@example.com {public}")
    return tmp_path / "key"


def land(toy: Path, run: Run, **environment: str) -> str:
    toys.change(toy, run, "better", params__yaml="quality: 2.0\n")
    done = run("retrain", "land", cwd=toy, **environment)
    assert done.returncode == 0, done.stderr
    assert "toy@v1.1.0" in done.stdout
    return done.stdout + done.stderr


def signed(toy: Path, key: Path, run: Run) -> list[bool]:
    """Return whether the landing, its entry in the record and its tag are signed by a key."""
    signers = f"git config gpg.ssh.allowedSignersFile {key.parent}/signers"
    toys.do(run, toy, "git fetch -q --tags", signers)
    asked = ("commit origin/main", "commit origin/retrain-landings", "tag toy@v1.1.0")
    return [run("git", *f"verify-{each}".split(), cwd=toy).returncode == 0 for each in asked]


@pytest.mark.parametrize("as_file", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_job_that_has_a_key_signs(toy: Path, key: Path, run: Run, as_file: bool) -> None:
    given = str(key) if as_file else key.read_text()
    log = land(toy, run, RETRAIN_SIGNING_KEY=given)
    assert signed(toy, key, run) == [True] * 3
    assert key.read_text().splitlines()[1] not in log


@pytest.mark.slow
def test_a_person_whose_git_signs(toy: Path, key: Path, run: Run) -> None:
    settings = ("gpg.format ssh", f"user.signingkey {key}", "commit.gpgsign true")
    for setting in (*settings, "tag.gpgsign true"):
        toys.do(run, toy, f"git config {setting}")
    land(toy, run)
    assert signed(toy, key, run) == [True] * 3


@pytest.mark.slow
def test_without_a_key_nothing_is_signed(toy: Path, key: Path, run: Run) -> None:
    land(toy, run)
    assert signed(toy, key, run) == [False] * 3


def test_a_key_that_is_none_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_key", "/nowhere/key")
    with pytest.raises(UserError, match="RETRAIN_SIGNING_KEY is neither an SSH key nor a file"):
        commits.commit("HEAD^{tree}", "x")


@pytest.mark.slow
def test_a_job_whose_key_is_broken_lands_nothing(toy: Path, remote: Path, run: Run) -> None:
    toys.change(toy, run, "better", params__yaml="quality: 2.0\n")
    before = toys.state(remote, run)
    done = run("retrain", "land", cwd=toy, RETRAIN_SIGNING_KEY="not\na key")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: git commit-tree refuses: ")
    assert toys.state(remote, run) == before
