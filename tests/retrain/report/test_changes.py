"""What differs from the base's model, as the report lists it."""

from pathlib import Path

import pytest

from retrain.repo import dvc
from retrain.report.changes import changes
from retrain.report.schema import Change
from retrain.settings import flat
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import new_month


def found(
    project: Path, commit: str = "HEAD", behaviour: str = "none"
) -> list[tuple[str, str, str | None, str | None]]:
    with toys.working_in(project), dvc.opened() as repo:
        listed = changes(repo, commit, behaviour)
    return [(each.kind, each.name, each.before, each.after) for each in listed]


def test_nothing_differs_from_itself(toy: Path) -> None:
    assert found(toy) == []


def test_each_kind_is_listed(toy: Path) -> None:
    def edit(path: str, before: str, after: str) -> None:
        (toy / path).write_text((toy / path).read_text().replace(before, after, 1))

    edit("params.yaml", "quality: 1.0", "quality: 1.5\nmore: [1, x]")
    edit("policy.yaml", "margin: 0.001", "margin: 0.5")
    edit("dvc.yaml", "python src/make.py", "python -u src/make.py")
    edit("dvc.yaml", "- quality\n", "- quality\n      - more\n")
    edit("src/make.py", "ROWS, DAYS", "DAYS, ROWS")
    assert [(kind, name) for kind, name, _, _ in found(toy)] == [
        ("parameter", "more"),
        ("parameter", "quality"),
        ("code", "src/make.py"),
        ("pipeline", "make"),
        ("policy", "gate.promote.change.margin"),
    ]
    assert ("parameter", "quality", "1.0", "1.5") in found(toy)
    assert ("parameter", "more", None, '[1, "x"]') in found(toy)


def test_a_parameter_that_no_stage_reads_is_no_difference(toy: Path) -> None:
    (toy / "params.yaml").write_text("quality: 1.0\nsource:\n  files: prices\n")
    assert found(toy) == []


def test_it_is_the_lock_that_is_compared_and_not_the_files_beside_it(toy: Path, run: Run) -> None:
    toys.change(toy, run, "not landed yet", params__yaml="quality: 1.5\n")
    assert found(toy) == [("parameter", "quality", "1.0", "1.5")]


@pytest.mark.slow
def test_new_and_corrected_data(toy: Path, run: Run) -> None:
    toys.do(run, toy, "dvc pull -q")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data")
    toys.ran(toy, "HEAD")
    assert found(toy) == [("data", "2013-03", None, "560 rows")]
    toys.do(run, toy, "git checkout -q .", "dvc checkout -q")
    (toy / "data/2013-03.parquet").unlink(missing_ok=True)
    new_month(toy, "2013-02")  # other rows, as many as before
    toys.do(run, toy, "dvc add -q data")
    assert found(toy) == [("data", "2013-02", "560 rows", "560 rows, other content")]


@pytest.mark.slow
def test_corrected_data_are_named_beside_a_new_month_and_in_a_fresh_clone(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    toys.do(run, toy, "dvc pull -q")
    new_month(toy, "2013-02")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data", "dvc push -q")
    expected = [("data", "2013-02", "560 rows", "560 rows, other content")]
    assert expected[0] in found(toy)
    toys.change(toy, run, "data")
    toys.do(run, toy, "git push -q origin HEAD:data")
    fresh = toys.clone(remote, tmp_path / "fresh", run)
    toys.do(run, fresh, "git checkout -q data")
    assert expected == found(fresh)  # the lists are fetched, and no data; nothing has counted yet
    assert not (fresh / "data").exists()


@pytest.mark.slow
def test_where_the_lists_are_lost_the_version_is_named(toy: Path, run: Run) -> None:
    toys.do(run, toy, "dvc pull -q")
    new_month(toy, "2013-02")
    toys.do(run, toy, "dvc add -q data", "rm -rf store .dvc/cache/files")
    ((kind, name, before, after),) = found(toy)
    assert (kind, name, before != after) == ("data", "data.dvc", True)


def test_a_parameter_longer_than_a_line_is_cut(toy: Path) -> None:
    (toy / "params.yaml").write_text(f"quality: {list(range(1000))}\n")
    ((_, name, before, after),) = found(toy)
    assert (name, before) == ("quality", "1.0")
    assert after is not None
    assert (len(after), after[:9], after[-1]) == (1000, "[0, 1, 2,", "…")


def test_what_happened_to_each_behaviour_test_and_to_the_configuration_of_pytest(
    toy: Path, run: Run
) -> None:
    files = (
        "judged/test_a.py",
        "judged/test_b.py",
        "judged/deep/test_c.py",
        "setup.cfg",
        "conftest.py",
    )
    (toy / "judged/deep").mkdir(parents=True)
    for name in files:
        (toy / name).write_text("x = 1\n")
    (toy / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-q'\n[tool.x]\n")
    toys.do(run, toy, "git add -A", "git commit -qm tests")
    assert found(toy, behaviour="judged") == []
    (toy / "judged/test_a.py").write_text("x = 2\n")
    (toy / "judged/test_b.py").unlink()
    (toy / "judged/test_new.py").write_text("x = 3\n")
    (toy / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (toy / "conftest.py").unlink()
    (toy / "setup.cfg").write_text("[tool:pytest]\n")
    (toy / "pyproject.toml").write_text("[tool.pytest.ini_options]\n[tool.x]\ny = 1\n")
    states = {
        name: "new" if before is None else "gone" if after is None else "changed"
        for _, name, before, after in found(toy, behaviour="judged")
    }
    assert states == {
        "conftest.py": "gone",
        "judged/test_a.py": "changed",
        "judged/test_b.py": "gone",
        "judged/test_new.py": "new",
        "pyproject.toml: tool.pytest": "changed",
        "pytest.ini": "new",
        "setup.cfg": "changed",
    }
    toys.do(run, toy, "rm -r judged")
    assert ("judged/deep/test_c.py", None) in {
        (name, after) for _, name, _, after in found(toy, behaviour="judged")
    }
    assert found(toy) == []  # the policy names no such tests


def test_another_table_of_the_project_is_no_configuration_of_pytest(toy: Path, run: Run) -> None:
    (toy / "pyproject.toml").write_text("[tool.x]\n")
    toys.do(run, toy, "git add -A", "git commit -qm project")
    (toy / "pyproject.toml").write_text("[tool.x]\ny = 1\n")
    assert found(toy, behaviour="judged") == []
    (toy / "pyproject.toml").write_text("[tool\n")
    assert [name for _, name, _, _ in found(toy, behaviour="judged")] == [
        "pyproject.toml: tool.pytest"
    ]


def test_a_policy_of_the_base_that_cannot_be_read_is_replaced(toy: Path, run: Run) -> None:
    text = (toy / "policy.yaml").read_text()
    toys.change(toy, run, "broken", policy__yaml="gate: [\n")
    (toy / "policy.yaml").write_text(text)
    assert found(toy) == [("policy", "policy.yaml", None, "new")]


@pytest.mark.ml_test_score("Monitor 1")
@pytest.mark.slow
def test_dependencies_are_listed_by_package_and_the_contract_as_a_file(toy: Path, run: Run) -> None:
    lock, suite, pipeline = (
        toy / name for name in ("requirements/pipeline.txt", "expectations/toy.json", "dvc.yaml")
    )
    suite.parent.mkdir()
    suite.write_text("{}\n")
    deps = "deps:\n      - expectations/toy.json\n      - requirements/pipeline.txt\n"
    pipeline.write_text(pipeline.read_text().replace("deps:\n", deps, 1))
    toys.do(run, toy, "retrain run", "git add -A", "git commit -qm built")
    lock.write_text(lock.read_text().replace("pyarrow==", "pyarrow==9"))
    suite.write_text("{ }\n")
    assert [(kind, name) for kind, name, _, _ in found(toy)] == [
        ("contract", "expectations/toy.json"),
        ("dependency", "pyarrow"),
    ]


def test_a_base_without_a_lock_has_nothing_to_differ_from(toy: Path, run: Run) -> None:
    assert found(toy, toys.do(run, toy, "git rev-list --max-parents=0 HEAD")) == []


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ({"a": {"b": 1, "c": {"d": "x"}}}, {"a.b": "1", "a.c.d": "x"}),
        ({"a": [1, 2], "b": None}, {"a": "[1, 2]", "b": "null"}),
        ({}, {}),
        ("words", {}),
    ],
)
def test_settings_are_flat(content: object, lines: dict[str, str]) -> None:
    assert flat(content) == lines


def test_a_change_may_be_of_known_kinds_only() -> None:
    with pytest.raises(ValueError, match="kind"):
        Change(kind="gossip", name="x", before=None, after=None)  # type: ignore[arg-type]
