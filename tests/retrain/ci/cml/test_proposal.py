"""`cml pr create` and what follows it, as the workflows call them."""

from pathlib import Path

import pytest

from retrain.ci import event, land_job
from retrain.ci.cml import proposal
from retrain.cli import ci
from retrain.errors import UserError
from retrain.landing.land import Proposal
from retrain.repo import dvc
from tests.conftest import Run
from tests.e2e.forge.server import Forge
from tests.toys import toys

NIGHT = event.night("12-1", "main")


@pytest.fixture
def prepared(forge: Forge, toy_start: Path, tmp_path: Path, run: Run, monkeypatch) -> str:
    """Return the commit that is prepared as a proposal, in a clone in which this process works."""
    folder = toys.clone(toy_start, tmp_path / "clone", run)
    toys.do(run, folder, f"git remote set-url origin {forge.repository}")
    toys.change(folder, run, "new", params__yaml=toys.BETTER)
    monkeypatch.chdir(folder)
    commit = toys.do(run, folder, "git rev-parse HEAD")
    (folder / "report.md").write_text("the report\n")
    with dvc.opened() as repo:
        found = Proposal("retrain/x", commit, "main", "a title", "report.md", "keep")
        land_job._offered(repo, found)
    return commit


@pytest.fixture
def silent(cml: Path, tmp_path: Path) -> Path:
    """Let CML push the branch that it is given, and open nothing; return what it is called with."""
    cml.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said.txt\n'
        "for word; do case $word in\n"
        "  --branch=*) git push -q origin HEAD:refs/heads/${word#--branch=} ;;\n"
        "esac; done\n"
    )
    return tmp_path / "said.txt"


@pytest.mark.usefixtures("prepared")
def test_a_cml_that_opens_nothing_is_an_error_and_leaves_no_branch(
    forge: Forge, silent: Path, run: Run
) -> None:
    with pytest.raises(UserError, match="cml opened nothing, and printed ''; see the log"):
        proposal.create(NIGHT, ["."])
    words = silent.read_text().splitlines()
    assert [word for word in words if word.startswith("--branch=retrain/data-")]
    assert toys.do(run, forge.repository, "git branch --list retrain/*") == ""


@pytest.mark.usefixtures("prepared")
def test_without_a_newer_one_none_is_closed(forge: Forge) -> None:
    older = forge.open_pull(f"retrain/data-{'0' * 12}-11-1")
    said = proposal.close_older(NIGHT)
    assert said == "No newer proposal is open, so none is closed."
    assert older.state == "open"


@pytest.mark.usefixtures("prepared")
def test_where_nothing_is_prepared_nothing_is_opened_or_closed(forge: Forge) -> None:
    with dvc.opened() as repo:
        land_job._file(repo).unlink()
    assert proposal.create(NIGHT, ["."]) == "No proposal is prepared, so none is opened."
    assert proposal.close_older(NIGHT) == "No older proposal is to be closed."
    assert forge.requests == []


@pytest.mark.usefixtures("forge")
def test_a_command_whose_second_try_may_do_harm_is_refused() -> None:
    with pytest.raises(UserError, match="`git push` cannot be tried again safely"):
        ci.retry(["git", "push"])


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize(("own", "last"), [("", "b" * 12), ("a" * 12, "a" * 12)])
def test_a_newer_proposal_keeps_the_name_of_what_had_moved(
    forge: Forge, silent: Path, own: str, last: str
) -> None:
    forge.open_pull(f"retrain/data-{'0' * 12}-11-1-{'b' * 12}")
    asked = event.alarm("12-1", "main", "drift", own) if own else NIGHT
    with pytest.raises(UserError, match="cml opened nothing"):
        proposal.create(asked, ["."])
    (branch,) = (word for word in silent.read_text().splitlines() if word.startswith("--branch="))
    assert branch.endswith(f"-12-1-{last}")
