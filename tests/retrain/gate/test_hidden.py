"""What a run can hide: its code, the base, what else has changed."""

import json
from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.repo import dvc
from retrain.repo.base import resolve
from retrain.report.judgement import settle
from tests.conftest import Run, set_policy
from tests.retrain.gate.test_fooled import claim, with_tests
from tests.toys import toys


@pytest.fixture
def project(toy: Path, run: Run) -> Path:
    toys.do(run, toy, "dvc pull -q")
    return toy


def test_a_stage_that_hides_its_own_code_is_refused(project: Path, run: Run) -> None:
    honest = "import subprocess as s; open('src/make.py', 'w').write(s.run(['git', 'show', 'HEAD:src/make.py'], capture_output=True, text=True).stdout)"
    with pytest.raises(UserError, match=r"^src/make.py was changed while a stage ran"):
        claim(project, honest)
    assert toys.do(run, project, "git status --porcelain data.dvc") == ""


def test_a_ref_that_puts_another_commit_in_the_place_of_the_base_does_nothing(
    project: Path, run: Run
) -> None:
    head = toys.tip(project, run, "HEAD")
    text = (project / "src/pipeline/predict.py").read_text()
    toys.change(project, run, "evil", **{"src/pipeline/predict__py": text.replace("score(quality", "score(0.1")})  # fmt: skip
    toys.do(run, project, f"git replace {head} HEAD", "git reset -q --hard HEAD~1")
    claim(project, "pass")
    assert toys.judged(project).verdict == "keep"


@pytest.mark.slow
def test_many_parameters_hide_nothing_else_that_changed(project: Path) -> None:
    set_policy(project, change="{confidence: 0.5, margin: -9}")
    many = "".join(f"  a{number}: 1\n" for number in range(600))
    (project / "params.yaml").write_text(f"quality: 1.1\nmany:\n{many}")
    stages = (project / "dvc.yaml").read_text()
    (project / "dvc.yaml").write_text(stages.replace("- quality\n", "- quality\n      - many\n"))
    with toys.working_in(project), dvc.opened() as repo:
        settle(repo, resolve("HEAD")).run()
    found = json.loads((project / "report.json").read_text())["changes"]
    assert len(found) == 500
    assert {"policy", "parameter"} <= {each["kind"] for each in found}


@pytest.mark.slow
def test_a_link_that_leads_back_is_no_reason_to_copy_for_ever(project: Path, run: Run) -> None:
    claim(project, "pass")
    with_tests(project, run)
    (project / "src/loop").symlink_to("..")
    found = toys.judged(project, "HEAD")
    assert found.tests
    assert found.tests.passed == 1


@pytest.mark.slow
def test_a_champion_that_was_altered_in_the_cache_is_not_believed(project: Path, run: Run) -> None:
    toys.judged(project)  # which puts it there, if it is not
    model = toys.do(run, project, "git show HEAD:dvc.lock").split("models/model.skops")[1]
    name = model.split("md5: ")[1].split()[0]
    cached = project / f".dvc/cache/files/md5/{name[:2]}/{name[2:]}"
    cached.chmod(0o644)
    cached.write_text("0.1 from 2 months")
    cached.chmod(0o444)
    claim(project, "pass")
    found = toys.judged(project)
    assert found.verdict == "keep"
    assert "is not what dvc.lock names" in found.reasons[0]


@pytest.mark.slow
def test_a_hook_of_the_clone_does_not_change_the_bases_code(project: Path) -> None:
    hook = project / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\nsed -i 's/score(quality/score(0.1 * quality/' src/pipeline/predict.py\n"
    )
    hook.chmod(0o755)
    claim(project, "pass")
    assert toys.judged(project).verdict == "keep"


@pytest.mark.slow
def test_a_list_of_the_data_that_was_altered_is_not_believed(project: Path) -> None:
    claim(project, "pass")
    name = (project / "data.dvc").read_text().split("md5: ")[1].split()[0]
    cached = project / f".dvc/cache/files/md5/{name[:2]}/{name[2:]}"
    text = cached.read_text()
    cached.chmod(0o644)
    cached.write_text(text.replace(json.loads(text)[0]["md5"], "0" * 32))
    with pytest.raises(UserError, match="in DVC's cache was changed"):
        toys.judged(project)


def test_an_older_window_than_the_newest_judges_nothing(project: Path) -> None:
    make = project / "src/make.py"
    text = make.read_text()
    make.write_text(
        text.replace('"test": months[-1]', '"test": months[0]').replace(
            'f"data/{months[-1]}.parquet").to_pydict', 'f"data/{months[0]}.parquet").to_pydict'
        )
    )
    claim(project, "pass")
    found = toys.judged(project)
    assert found.verdict == "block"
    assert "data/2013-02.parquet is newer, so it judges" in found.reasons[0]


@pytest.mark.slow
def test_a_module_of_the_change_is_not_taken_for_pytest(project: Path, run: Run) -> None:
    claim(project, "pass")
    with_tests(project, run)
    (project / "judged/test_model.py").write_text("def test_rain(): assert 0\n")
    (project / "src/pytest.py").write_text("def main(): return 0\n")
    found = toys.judged(project, "HEAD")
    assert found.tests
    assert len(found.tests.failed) == 1
