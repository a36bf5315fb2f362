"""`retrain land`: official results, one writer, nothing believed that no landing wrote."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER, forge, new_month

WORSE = "quality: 0.8\n"
VERDICT = "reports/verdict.json"


@pytest.mark.smoke
def test_the_first_landing_builds_again_and_registers_a_version_that_gto_reads(
    new_remote: Path, tmp_path: Path, run: Run
) -> None:
    landing = toys.landed(toys.clone(new_remote, tmp_path / "clone", run))
    assert (landing.verdict, landing.version, landing.landed) == ("promote", "toy@v1.0.0", True)
    toys.assert_whole(new_remote, tmp_path / "fresh", run)
    shown = json.loads(toys.do(run, tmp_path / "fresh", "gto show toy --json"))
    assert [(each["version"], each["commit_hexsha"]) for each in shown] == [
        ("v1.0.0", landing.commit)
    ]


@pytest.mark.slow
def test_a_judgement_on_a_branch_is_not_in_the_way_of_the_first_landing(
    new_remote: Path, tmp_path: Path, run: Run
) -> None:
    """As in a copy of the template: there is a lock, and no verdict yet."""
    mine, other = (toys.clone(new_remote, tmp_path / name, run) for name in ("mine", "other"))
    toys.ran(mine)
    toys.do(run, mine, "dvc push -q", "git add -A", "git commit -qm results", "git push -q")
    toys.do(run, other, "git pull -q")
    toys.do(run, mine, "git checkout -q -b feature")
    toys.change(mine, run, "better", params__yaml=BETTER)
    toys.do(run, mine, "retrain judge --base main")
    assert (mine / VERDICT).exists()
    assert VERDICT not in toys.do(run, mine, "git status --porcelain --untracked-files=all")
    toys.landed(other)
    assert VERDICT in toys.do(run, other, "git ls-files")
    toys.do(run, mine, "git checkout -q -- .", "git checkout -q main", "git pull -q")
    assert (mine / VERDICT).read_bytes() == (other / VERDICT).read_bytes()
    assert toys.do(run, mine, "git status --porcelain") == ""
    toys.do(run, mine, "git checkout -q feature")  # which has none
    assert run("retrain", "judge", cwd=mine).returncode == 0
    toys.do(run, mine, "git checkout -q -- .", "git checkout -q main")


def test_a_landing_with_nothing_to_do_changes_nothing(toy: Path, remote: Path, run: Run) -> None:
    before = toys.state(remote, run)
    landing = toys.landed(toy)
    assert (landing.landed, landing.version) == (False, None)
    assert toys.state(remote, run) == before
    assert toys.do(run, toy, "git status --porcelain") == ""


@pytest.mark.parametrize(
    ("files", "verdict", "version"),
    [
        ({"params__yaml": BETTER}, "promote", "toy@v1.1.0"),
        ({"params__yaml": WORSE}, "keep", None),
        ({"notes__txt": "other words\n"}, "keep", None),
        ({"README__md": "nothing that a model is made of\n"}, None, None),
        ({"params__yaml": BETTER, "src/make__py": "\n# other features\n"}, "promote", "toy@v2.0.0"),
    ],
)
def test_what_is_pushed_lands_and_only_a_promoted_model_is_registered(
    toy: Path,
    remote: Path,
    tmp_path: Path,
    run: Run,
    files: dict[str, str],
    verdict: str | None,
    version: str | None,
) -> None:
    if "src/make__py" in files:
        files = files | {"src/make__py": (toy / "src/make.py").read_text() + files["src/make__py"]}
    toys.change(toy, run, "change", **files)
    toys.do(run, toy, "git push -q")
    landing = toys.landed(toys.clone(remote, tmp_path / "ci", run))
    assert (landing.verdict, landing.version) == (verdict, version)
    assert len(toys.versions(remote, run)) == (2 if version else 1)
    if "README__md" not in files:
        toys.assert_whole(remote, tmp_path / "fresh", run)
        changed = toys.do(run, remote, "git show --name-only --format= main").splitlines()
        assert {path.split("/")[0] for path in changed} <= {"dvc.lock", "reports", "store"}


def test_a_ref_that_is_protected_is_no_protected_branch(toy: Path, remote: Path, run: Run) -> None:
    hook = remote / "hooks/update"
    hook.write_text('#!/bin/sh\ncase "$1" in refs/heads/retrain-*) exit 1;; esac\n')
    hook.chmod(0o755)
    toys.change(toy, run, "better", params__yaml=BETTER)
    result = run("retrain", "land", cwd=toy)
    assert result.returncode == 1
    assert "origin does not let refs/heads/retrain-landings be pushed" in result.stderr


@pytest.mark.slow
def test_new_data_land_with_the_model_that_they_made(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    toys.do(run, toy, "dvc pull -q data.dvc")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data")
    toys.landed(toy)
    toys.assert_whole(remote, tmp_path / "fresh", run)
    assert max(path.stem for path in (tmp_path / "fresh/data").iterdir()) == "2013-03"


@pytest.mark.slow
def test_only_data_is_a_patch(toy: Path, run: Run) -> None:
    policy = (toy / "policy.yaml").read_text()
    toys.change(
        toy,
        run,
        "promote whatever is not worse",
        policy__yaml=policy.replace("margin: 0}", "margin: -0.1}"),
    )
    toys.landed(toy)  # judged by the old policy; the new one holds from the next run on
    toys.do(run, toy, "dvc pull -q data.dvc")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data")
    assert toys.landed(toy).version == "toy@v1.0.1"


def test_a_forged_lock_that_was_merged_is_built_again_before_anything_is_registered(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    honest = toys.do(run, remote, "git rev-parse main:dvc.lock")
    forge(toy, run)
    toys.do(run, toy, "git push -q")
    assert toys.do(run, remote, "git rev-parse main:dvc.lock") != honest
    landing = toys.landed(toys.clone(remote, tmp_path / "ci", run))
    assert (landing.verdict, landing.version) == ("keep", None)
    assert toys.do(run, remote, "git rev-parse main:dvc.lock") == honest
    assert "not a landing's" in (tmp_path / "ci/report.md").read_text()
    toys.assert_whole(remote, tmp_path / "fresh", run)


@pytest.mark.slow
def test_forged_reports_are_written_again(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    verdict = toys.do(run, remote, "git rev-parse main:reports/metrics.json")
    metrics = json.loads((toy / "reports/metrics.json").read_text())
    metrics["model"]["log_loss"] = 0.01
    toys.change(toy, run, "shine", **{"reports/metrics__json": json.dumps(metrics)})
    toys.do(run, toy, "git push -q")
    toys.landed(toys.clone(remote, tmp_path / "ci", run))
    assert toys.do(run, remote, "git rev-parse main:reports/metrics.json") == verdict


@pytest.mark.slow
def test_a_protected_branch_has_an_exit_code_of_its_own_and_takes_a_proposal(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    toys.change(toy, run, "better", params__yaml=BETTER)
    toys.do(run, toy, "git push -q")
    toys.protect(remote)
    before = toys.state(remote, run)
    ci = toys.clone(remote, tmp_path / "ci", run)
    refused = run("retrain", "land", cwd=ci)
    assert refused.returncode == 3
    assert "propose it instead: retrain land --propose" in refused.stderr
    assert "GH006: Protected branch" in refused.stderr
    assert toys.state(remote, run) == before
    proposal = json.loads(toys.do(run, ci, "retrain land --propose --json"))
    assert proposal["into"] == "main"
    assert proposal["title"] == "Propose a run: promote"
    assert "toy: promote" in (ci / proposal["body"]).read_text()
    again = json.loads(toys.do(run, ci, "retrain land --propose --json"))
    assert again["branch"] == proposal["branch"]
    assert len(toys.state(remote, run)) == len(before) + 1
    # it is merged: the landing builds again, finds the same, and only registers
    merged = toys.clone(remote, tmp_path / "merger", run)
    toys.do(run, merged, f"git merge -q --ff-only origin/{proposal['branch']}")
    (remote / "hooks/update").unlink()
    toys.do(run, merged, "git push -q")
    toys.protect(remote)
    landing = toys.landed(toys.clone(remote, tmp_path / "ci2", run))
    assert (landing.landed, landing.version) == (False, "toy@v1.1.0")
    toys.assert_whole(remote, tmp_path / "fresh", run)


@pytest.mark.ml_test_score("Infra 4")
def test_a_model_under_the_floor_does_not_land(toy: Path, remote: Path, run: Run) -> None:
    toys.change(toy, run, "the wrong way round", params__yaml="quality: -2.0\n")
    before = toys.state(remote, run)
    result = run("retrain", "land", cwd=toy)
    assert result.returncode == 1
    assert "error: blocked, nothing lands: log_loss is " in result.stderr
    assert "the floor is at most 0.9" in result.stderr
    assert toys.state(remote, run) == before
    assert "block" in (toy / "report.md").read_text().splitlines()[0]


@pytest.mark.slow
def test_a_run_that_fails_lands_nothing_and_is_reported(toy: Path, remote: Path, run: Run) -> None:
    toys.change(toy, run, "no number", params__yaml="quality: high\n")
    before = toys.state(remote, run)
    result = run("retrain", "land", cwd=toy)
    assert result.returncode == 1
    assert "error: stage make failed" in result.stderr
    assert toys.state(remote, run) == before
    assert "failed" in (toy / "report.md").read_text().splitlines()[0]


@pytest.mark.slow
def test_a_user_whom_git_does_not_know_can_land_too(toy: Path, remote: Path, run: Run) -> None:
    toys.change(toy, run, "better", params__yaml=BETTER)
    identity = {
        f"GIT_{who}_{what}": "" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    result = run(
        "env", *(f"--unset={name}" for name in identity), "EMAIL=", "retrain", "land", cwd=toy
    )
    assert result.returncode == 0, result.stderr
    author = toys.do(run, remote, "git log -1 --format=%an main")
    assert author in {"retrain", "root"}, author


@pytest.mark.slow
def test_everything_is_on_the_dvc_remote_first(toy: Path, remote: Path, run: Run) -> None:
    (toy / ".gitignore").write_text((toy / ".gitignore").read_text() + "/store/\n")
    toys.change(toy, run, "a store that Git does not see", params__yaml=BETTER)
    before = toys.state(remote, run)
    result = run("retrain", "land", cwd=toy)
    assert result.returncode == 1
    assert "would not be committed: .gitignore names it" in result.stderr
    assert toys.state(remote, run) == before


@pytest.mark.slow
def test_a_dvc_remote_that_takes_nothing_lands_nothing(toy: Path, remote: Path, run: Run) -> None:
    (toy / "blocked").write_text("a file where a folder should be")
    toys.do(run, toy, "dvc pull -q", "dvc remote modify store url blocked/store")
    toys.change(toy, run, "better", params__yaml=BETTER)
    before = toys.state(remote, run)
    result = run("retrain", "land", cwd=toy)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith("error: ")
    assert toys.state(remote, run) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        (["git checkout -q -b feature", "git commit -q --allow-empty -m x"], "you are on the branch 'feature', and only main lands"),
        (["git checkout -q --detach", "git commit -q --allow-empty -m x"], "you are on no branch, and only main lands"),
        (["git checkout -q --detach"], "you are on no branch, and only main lands"),
        (["git checkout -q --detach HEAD~1"], "you are on no branch, and only main lands; let it be reviewed and merged, or first: git checkout main"),
        (["git rm -q --cached params.yaml"], "params.yaml is not committed"),
        (["cp notes.txt src/other.py"], "src/other.py is not committed"),
        (["git remote remove origin"], "the remote 'origin' cannot be read"),
        (["git remote set-url origin /nowhere.git"], "the remote 'origin' cannot be read"),
        (["cp notes.txt dvc.yaml", "git commit -qam x"], "dvc.yaml"),
        (["cp notes.txt policy.yaml", "git commit -qam x"], "policy.yaml"),
    ],
)  # fmt: skip
def test_what_cannot_land_is_one_sentence(
    toy: Path, remote: Path, run: Run, commands: list[str], sentence: str
) -> None:
    toys.do(run, toy, *commands)
    before = toys.state(remote, run)
    result = run("retrain", "land", cwd=toy)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("error: "), result.stderr
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert toys.state(remote, run) == before
