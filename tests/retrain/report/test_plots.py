"""Curves as pictures: one for each plot of dvc.yaml, and the base's beside it."""

import shutil
from pathlib import Path

import pytest
from matplotlib.axes import Axes

from retrain.errors import UserError
from retrain.report import plots
from tests.conftest import Run
from tests.toys import toys

PLOTS = """
plots:
  - Receiver:
      x: false_positive_rate
      y: {curves/roc.csv: true_positive_rate}
  - Other:
      x: a
      y: {curves/other.csv: [b, c], curves/more.csv: reference}
      template: linear
"""


@pytest.fixture
def project(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "curves").mkdir()
    (tmp_path / "dvc.yaml").write_text(PLOTS)
    (tmp_path / "curves/roc.csv").write_text("false_positive_rate,true_positive_rate\n0,0\n1,1\n")
    (tmp_path / "curves/other.csv").write_text("a,b,c\n0,1,1\n1,0,1\n")
    (tmp_path / "curves/more.csv").write_text("a,reference\n0,1\n1,0\n")
    toys.do(run, tmp_path, "git init -q -b main", "git add -A", "git commit -qm start")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the labels of all lines, in the order in which they are drawn."""
    labels: list[str] = []
    plot = Axes.plot

    def record(axes: Axes, *data: object, **options: object) -> object:
        labels.append(str(options["label"]))
        return plot(axes, *data, **options)

    monkeypatch.setattr(Axes, "plot", record)
    return labels


def test_each_plot_is_a_picture(project: Path, drawn: list[str]) -> None:
    pictures = plots.draw(None)
    assert [path.name for path in pictures] == ["receiver.png", "other.png"]
    assert all((project / path).read_bytes().startswith(b"\x89PNG") for path in pictures)
    assert drawn == ["chance", "this run", "this run", "this run", "reference"]


def test_the_bases_curve_is_drawn_where_it_is_another_one(project: Path, drawn: list[str]) -> None:
    (project / "curves/roc.csv").write_text("false_positive_rate,true_positive_rate\n0,1\n1,1\n")
    (project / "curves/more.csv").write_text("a,reference\n0,1\n1,1\n")
    plots.draw("HEAD")
    assert drawn == ["chance", "the base", "this run", "this run", "this run", "reference"]


def test_a_base_that_lacks_the_column_is_left_out(
    project: Path, drawn: list[str], run: Run
) -> None:
    (project / "curves/roc.csv").write_text("other\n0\n")
    toys.do(run, project, "git commit -qam other")
    (project / "curves/roc.csv").write_text("false_positive_rate,true_positive_rate\n0,1\n1,1\n")
    plots.draw("HEAD")
    assert "the base" not in drawn


@pytest.mark.usefixtures("project")
def test_a_file_that_is_missing_is_named() -> None:
    Path("curves/other.csv").unlink()
    with pytest.raises(UserError, match=r"draws curves/other\.csv, which this task does not have"):
        plots.draw(None)
    shutil.rmtree("curves")
    with pytest.raises(UserError, match=r"curves/\w+\.csv is missing; first: make train"):
        plots.draw(None)
    assert not Path("plots").exists()


@pytest.mark.parametrize(
    "listed",
    ["[c.csv]", "[{c.csv: {x: a}}]", "[{c.csv: }]", "[{c.csv: {y: {c.csv: b}}}]",
     "[{c.csv: {x: {c.csv: a}, y: {c.csv: b}}}]", "[{c.csv: {x: a, y: b}}]",
     "[{c.csv: {x: a, y: {}}}]"],
)  # fmt: skip
@pytest.mark.usefixtures("project")
def test_another_form_of_a_plot_is_named(listed: str) -> None:
    Path("dvc.yaml").write_text(f"plots: {listed}")
    with pytest.raises(UserError, match=r"dvc\.yaml: the plot 'c\.csv' does not say `x: COLUMN`"):
        plots.draw(None)


@pytest.mark.usefixtures("project")
def test_a_column_that_is_missing_is_named() -> None:
    Path("curves/more.csv").write_text("d,reference\n0,1\n")
    with pytest.raises(UserError, match=r"curves/more\.csv has no column 'a'; it has d, reference"):
        plots.draw(None)
