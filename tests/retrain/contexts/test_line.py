"""`retrain land --context`: a line of versions of its own, and the default branch as it was."""

import json
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from dvc.repo import Repo

from retrain.contexts import rows
from retrain.errors import UserError
from retrain.landing import push
from retrain.repo import dvc, line, record, remote
from tests.conftest import Run
from tests.retrain.contexts import lines
from tests.toys import toys

fork = multiprocessing.get_context("fork")
BEGUN = {"heads/context/north", "heads/retrain-landings-north", "tags/toy-north@v1.0.0"}


def assert_whole(at: Path, folder: Path, run: Run) -> Path:
    """Assert that a fresh clone of North's branch has everything that its lock names."""
    fresh = toys.clone(at, folder, run)
    toys.do(run, fresh, "git checkout -q context/north", "dvc pull -q")
    with toys.working_in(fresh), dvc.opened() as repo:
        assert repo.status() == {}
    form = f"--format=%(trailers:key={record.LANDED},valueonly)"
    recorded = toys.do(run, at, f"git log --max-count=1 {form} {lines.NORTH}")
    assert recorded == toys.tip(at, run, "context/north")
    return fresh


@pytest.mark.slow
def test_a_context_that_earns_its_own_is_a_yes(unbegun: Path, tmp_path: Path, run: Run) -> None:
    project = toys.clone(unbegun, tmp_path / "clone", run)
    found = json.loads(toys.do(run, project, "retrain judge --contexts --json"))
    assert [(each["context"], each["earns"]) for each in found] == [
        ("North", "yes"),
        ("South", "no"),
    ]


@pytest.mark.slow
def test_a_line_has_branch_record_and_version_and_nothing_else_moves(
    unbegun: Path, tmp_path: Path, run: Run
) -> None:
    project = toys.clone(unbegun, tmp_path / "clone", run)
    before, head = lines.refs(unbegun, run), toys.tip(project, run, "HEAD")
    landing = lines.landed(project, "north")
    after = lines.refs(unbegun, run)
    assert (landing.verdict, landing.version) == ("promote", "toy-north@v1.0.0")
    assert lines.moved(before, after) == BEGUN
    assert toys.do(run, project, "git status --porcelain") == ""
    assert toys.do(run, project, "git branch --list") == "* main"
    assert toys.tip(project, run, "HEAD") == head
    fresh = assert_whole(unbegun, tmp_path / "fresh", run)
    assert "toy-north" in (fresh / "dvc.yaml").read_text()
    assert set(pq.read_table(fresh / "data/2013-02.parquet")["place"].to_pylist()) == {"North"}
    again = lines.landed(toys.clone(unbegun, tmp_path / "again", run))
    assert (again.landed, again.version, again.commit) == (False, None, landing.commit)
    assert lines.refs(unbegun, run) == after


@pytest.mark.slow
def test_what_the_model_for_all_does_as_well_lands_and_is_a_version_by_a_persons_word_alone(
    unbegun: Path, tmp_path: Path, run: Run
) -> None:
    project = toys.clone(unbegun, tmp_path / "clone", run)
    said = toys.do(run, project, "retrain land --context South")
    assert said.endswith("to register this one all the same: retrain promote --context South")
    report = toys.do(run, unbegun, "git show retrain-landings-south:report.md")
    assert "compared with the model for all contexts" in report
    assert report.count("retrain run --context south") == 1
    state = lines.refs(unbegun, run)
    assert "nothing to land" in toys.do(run, project, "retrain land --context South")
    assert lines.refs(unbegun, run) == state
    toys.do(run, project, "retrain promote --context South --reason wanted")
    assert lines.moved(state, lines.refs(unbegun, run)) == {
        "heads/retrain-landings-south", "tags/toy-south@v1.0.0"}  # fmt: skip


@pytest.mark.slow
def test_what_lands_for_all_moves_the_line_at_its_next_landing_and_not_before(
    north: Path, tmp_path: Path, run: Run
) -> None:
    project = toys.clone(north, tmp_path / "clone", run)
    before = lines.refs(north, run)
    toys.do(run, project, "dvc pull -q")
    toys.new_month(project, "2013-03")
    toys.do(run, project, "dvc add -q data")
    toys.change(project, run, "better", params__yaml=toys.BETTER)
    assert toys.landed(project).version == "toy@v2.0.0"
    toys.assert_whole(north, tmp_path / "common", run)
    middle = lines.refs(north, run)
    assert lines.moved(before, middle) == {
        "heads/main", "heads/retrain-landings", "tags/toy@v2.0.0"}  # fmt: skip
    landing = lines.landed(toys.clone(north, tmp_path / "other", run))  # its cache is empty
    assert landing.landed
    assert lines.moved(middle, lines.refs(north, run)) <= {
        "heads/context/north", "heads/retrain-landings-north", "tags/toy-north@v1.1.0"}  # fmt: skip
    fresh = assert_whole(north, tmp_path / "fresh", run)
    assert (fresh / "params.yaml").read_text() == toys.BETTER
    found = [set(pq.read_table(path)["place"].to_pylist()) for path in (fresh / "data").iterdir()]
    assert found == [{"North"}] * 3


@pytest.mark.slow
def test_every_command_of_versions_has_the_line(north: Path, tmp_path: Path, run: Run) -> None:
    project = toys.clone(north, tmp_path / "clone", run)
    toys.change(project, run, "worse", params__yaml="quality: 0.9\n")
    toys.landed(project)
    assert lines.landed(project).verdict == "keep"
    said = toys.do(
        run,
        project,
        "retrain promote --context North --reason wanted",
        "retrain deploy v1.0.0 production --context North --reason try",
        "retrain deploy newest production --context North --reason try",
        "retrain rollback production --context North --reason back",
    )
    assert said.startswith("production: v1.0.0, in place of v1.1.0; the tag toy-north#production#3")
    found = json.loads(toys.do(run, project, "retrain registry --context north --json"))
    assert found["artifact"] == "toy-north"
    assert [each["stages"] for each in found["versions"]] == [[], ["production"]]
    said = toys.do(run, project, "retrain registry")
    assert said.splitlines()[-1].startswith("contexts with a line of their own: north; ")
    assert "production" not in said
    said = toys.do(run, project, "retrain lineage --stage production --context North --json")
    commit = toys.tip(north, run, "toy-north@v1.0.0")
    assert json.loads(said)["commit"] == commit
    toys.do(run, project, "retrain bundle newest out --context North", "dvc pull -q")
    predict = "retrain predict data/2013-02.parquet scores.csv --stage production --context North"
    assert toys.do(run, project, predict).endswith("560 rows scored by v1.0.0 (production)")
    assert "toy-north" in toys.do(run, project, "retrain card --context North")
    done = run("retrain", "registry", "--context", "Nort", cwd=project)
    assert (done.returncode, "did you mean 'North'?" in done.stderr) == (1, True)


def test_the_branches_of_lines_are_fetched_where_a_line_is_asked_for_alone(
    north: Path, tmp_path: Path, run: Run
) -> None:
    project = toys.clone(north, tmp_path / "clone", run)
    toys.do(run, project, "git update-ref -d refs/remotes/origin/context/north")
    with toys.working_in(project):
        common = remote.fetch()
        assert (common.branch, common.common) == ("main", None)
        assert toys.do(run, project, "git branch --remotes --list */context/*") == ""
        with line.of("North"):
            own = remote.fetch()
            assert own.begun
    assert (own.branch, own.common) == ("context/north", common)


def test_a_branch_that_is_only_called_like_a_record_is_not_a_line(
    north: Path, tmp_path: Path, run: Run
) -> None:
    toys.do(run, north, *(f"git branch retrain-landings-{each}" for each in ("old", "South", "-")),
            "git branch retrain-landings-copy retrain-landings")  # fmt: skip
    project = toys.clone(north, tmp_path / "clone", run)
    with toys.working_in(project):
        remote.fetch()
        assert record.lines() == ["north"]


def test_a_branch_in_the_place_of_the_lines_is_a_sentence_and_no_proposal(
    north: Path, tmp_path: Path, run: Run
) -> None:
    toys.do(run, north, "git branch -D context/north", "git branch context")
    project = toys.clone(north, tmp_path / "clone", run)
    with pytest.raises(UserError, match=r"has a branch context, .* make no context/north; rename"):
        lines.landed(project)
    toys.do(run, north, "git branch -m context contexts")
    with toys.working_in(project), line.of("North"):
        assert not remote.fetch().begun


def test_a_tag_that_no_landing_registered_is_no_version_of_a_line(
    north: Path, tmp_path: Path, run: Run
) -> None:
    project = toys.clone(north, tmp_path / "clone", run)
    toys.do(run, project, "git tag -a -m x toy-north@v2.0.0", "git push -q origin toy-north@v2.0.0")
    found = json.loads(toys.do(run, project, "retrain registry --context North --json"))
    assert [each["version"] for each in found["versions"]] == ["v1.0.0"]
    assert any("toy-north@v2.0.0 is not believed" in note for note in found["notes"])


@pytest.mark.slow
def test_what_was_pushed_to_a_line_by_hand_is_built_again(
    north: Path, tmp_path: Path, run: Run
) -> None:
    project = toys.clone(north, tmp_path / "clone", run)
    toys.do(run, project, "git checkout -q context/north")
    honest = toys.do(run, north, "git rev-parse context/north:reports/metrics.json")
    toys.change(project, run, "shine", **{"reports/metrics__json": "{}", "notes__txt": "mine\n"})
    toys.do(run, project, "git push -q", "git checkout -q main")
    landing = lines.landed(project)
    assert (landing.landed, landing.version) == (True, None)
    assert toys.do(run, north, "git rev-parse context/north:reports/metrics.json") == honest
    assert toys.do(run, north, "git diff --name-only main context/north -- notes.txt src") == ""


@pytest.mark.slow
def test_a_line_whose_record_is_lost_lands_nothing_unless_it_begins_again(
    north: Path, tmp_path: Path, run: Run
) -> None:
    toys.do(run, north, "git branch -q -D retrain-landings-north", "git tag -d toy-north@v1.0.0")
    project = toys.clone(north, tmp_path / "clone", run)
    with pytest.raises(
        UserError, match=r"no branch retrain-landings-north.* --context North --first"
    ):
        lines.landed(project)
    assert lines.landed(project, first=True).version == "toy-north@v1.0.0"
    assert_whole(north, tmp_path / "fresh", run)


@pytest.mark.slow
def test_a_blocked_model_moves_nothing(north: Path, tmp_path: Path, run: Run) -> None:
    project = toys.clone(north, tmp_path / "clone", run)
    lines.learn(project, run, -2)
    toys.landed(project)
    before = lines.refs(north, run)
    with pytest.raises(UserError, match="blocked, nothing lands"):
        lines.landed(project)
    assert lines.refs(north, run) == before


@pytest.mark.slow
def test_a_protected_branch_takes_a_proposal(unbegun: Path, tmp_path: Path, run: Run) -> None:
    project = toys.clone(unbegun, tmp_path / "clone", run)
    toys.protect(unbegun, "refs/heads/context/*")
    refused = run("retrain", "land", "--context", "North", cwd=project)
    assert (refused.returncode, "land --context North --propose" in refused.stderr) == (3, True)
    with pytest.raises(UserError, match="has no branch context/north to propose it for"):
        lines.proposed(project)
    (unbegun / "hooks/update").unlink()
    toys.do(run, project, "git push -q origin origin/main:refs/heads/context/north")
    proposed = lines.proposed(project)
    assert proposed.into == "context/north"
    toys.do(run, project, f"git push -q origin {proposed.commit}:context/north")
    landing = lines.landed(project)
    assert (landing.landed, landing.version) == (False, "toy-north@v1.0.0")
    assert_whole(unbegun, tmp_path / "fresh", run)


def test_a_line_begins_from_a_landing(new_remote: Path, tmp_path: Path, run: Run) -> None:
    project = toys.clone(new_remote, tmp_path / "clone", run)
    lines.learn(project, run, 2)
    with pytest.raises(UserError, match="nothing has landed yet, and a context is built from what"):
        lines.landed(project)


def killed(project: Path, owner: Any, name: str) -> None:
    """Land, and die after a function has returned."""
    real: Callable[..., Any] = getattr(owner, name)

    def last(*words: Any, **options: Any) -> None:
        real(*words, **options)
        os._exit(9)

    setattr(owner, name, last)
    lines.landed(project)


@pytest.mark.slow
@pytest.mark.parametrize(("owner", "name"), [(rows, "write"), (Repo, "push"), (push, "push")])
def test_killed_on_the_way_and_then_again(
    owner: Any, name: str, unbegun: Path, tmp_path: Path, run: Run
) -> None:
    project = toys.clone(unbegun, tmp_path / "clone", run)
    before = lines.refs(unbegun, run)
    process = fork.Process(target=killed, args=(project, owner, name))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert lines.moved(before, lines.refs(unbegun, run)) == (BEGUN if owner is push else set())
    lines.landed(project)
    assert lines.moved(before, lines.refs(unbegun, run)) == BEGUN
    assert_whole(unbegun, tmp_path / "fresh", run)
    assert toys.do(run, project, "git status --porcelain") == ""


@pytest.mark.slow
def test_two_at_once_register_one_version(unbegun: Path, tmp_path: Path, run: Run) -> None:
    before = lines.refs(unbegun, run)
    clones = [toys.clone(unbegun, tmp_path / name, run) for name in ("one", "two")]
    landings = [fork.Process(target=lines.landed, args=(project,)) for project in clones]
    for landing in landings:
        landing.start()
    for landing in landings:
        landing.join(120)
    assert [landing.exitcode for landing in landings] == [0, 0]
    assert lines.moved(before, lines.refs(unbegun, run)) == BEGUN
    assert_whole(unbegun, tmp_path / "fresh", run)
