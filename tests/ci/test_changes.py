"""What differs from the base's model, as the report tells it."""

from pathlib import Path

import pytest

from retrain.ci.changes import changes, flat
from retrain.ci.facts import Change
from tests.ci import toys
from tests.ci.test_land import new_month
from tests.conftest import Run, set_params


def found(project: Path, commit: str = "HEAD") -> list[tuple[str, str, str | None, str | None]]:
    with toys.working_in(project):
        return [(each.kind, each.name, each.before, each.after) for each in changes(commit)]


def test_nothing_differs_from_itself(toy: Path) -> None:
    assert found(toy) == []


def test_each_kind_is_told(toy: Path) -> None:
    def edit(path: str, before: str, after: str) -> None:
        (toy / path).write_text((toy / path).read_text().replace(before, after, 1))

    edit("params.yaml", "quality: 1.0", "quality: 1.5\nmore: [1, x]")
    edit("policy.yaml", "tolerance: 0.001", "tolerance: 0.5")
    edit("dvc.yaml", "python src/make.py", "python -u src/make.py")
    edit("src/make.py", "ROWS, DAYS", "DAYS, ROWS")
    assert [(kind, name) for kind, name, _, _ in found(toy)] == [
        ("parameter", "more"),
        ("parameter", "quality"),
        ("code", "src/make.py"),
        ("pipeline", "make"),
        ("policy", "gate.metrics.log_loss.tolerance"),
    ]
    assert ("parameter", "quality", "1.0", "1.5") in found(toy)
    assert ("parameter", "more", None, '[1, "x"]') in found(toy)


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
    ((kind, name, before, after),) = found(toy)
    assert (kind, name, before != after) == ("data", "data.dvc", True)


def test_dependencies_are_told_by_package_and_the_contract_as_a_file(
    built_project: Path,
) -> None:
    lock = built_project / "requirements/pipeline.txt"
    lock.write_text(lock.read_text().replace("threadpoolctl==", "threadpoolctl==9."))
    suite = built_project / "expectations/flights.json"
    suite.write_text(suite.read_text() + "\n")
    set_params(built_project, max_iter="20")
    kinds = {(kind, name) for kind, name, _, _ in found(built_project)}
    assert kinds == {
        ("parameter", "train.max_iter"),
        ("dependency", "threadpoolctl"),
        ("contract", "expectations/flights.json"),
    }


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
