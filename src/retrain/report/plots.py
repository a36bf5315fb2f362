"""The curves of a run as pictures. They need no network, where `dvc plots show` loads scripts."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pydantic import ConfigDict, Field, ValidationError

from retrain.errors import UserError
from retrain.files import whole
from retrain.paths import PIPELINE
from retrain.repo.git import show
from retrain.settings import Section, read_yaml

FOLDER = Path("plots")
# what the diagonal is, by the axes
DIAGONALS = {
    ("false_positive_rate", "true_positive_rate"): "chance",
    ("predicted", "observed"): "perfect calibration",
}


class Plot(Section):
    """One of the forms that DVC takes: columns of files over a column of the same name in each."""

    model_config = ConfigDict(extra="ignore")  # such as `template`, which is for a browser

    x: str
    y: Annotated[dict[str, str | list[str]], Field(min_length=1)]
    title: str | None = None
    x_label: str | None = None
    y_label: str | None = None

    @property
    def curves(self) -> Iterator[tuple[str, str]]:
        """Yield the file and the column of each curve."""
        for path, columns in self.y.items():
            for column in [columns] if isinstance(columns, str) else columns:
                yield path, column


def draw(base: str | None) -> list[Path]:
    """Draw each plot of dvc.yaml into plots/, beside the base's curve where that is another one.

    Returns:
        The pictures.
    """
    found = dict(_plots())
    for plot in found.values():
        for path, column in plot.curves:
            if not Path(path).exists():
                there = sorted(Path(path).parent.glob("*.csv"))
                raise UserError(
                    f"{PIPELINE} draws {path}, which this task does not have; draw one of "
                    f"{', '.join(each.name for each in there)}"
                    if there
                    else f"{path} is missing; first: make train"
                )
            columns = _table(Path(path).read_text("utf-8")).columns
            if missing := next((each for each in (plot.x, column) if each not in columns), ""):
                raise UserError(
                    f"{PIPELINE}: {path} has no column {missing!r}; it has {', '.join(columns)}"
                )
    return [_picture(name, plot, base) for name, plot in found.items()]


def _plots() -> Iterator[tuple[str, Plot]]:
    """Yield the plots of dvc.yaml by their names."""
    listed = read_yaml(Path(PIPELINE).read_text("utf-8")).get("plots") or []
    for each in listed:
        for name, settings in each.items() if isinstance(each, dict) else [(each, None)]:
            try:
                yield str(name), Plot.model_validate(settings)
            except ValidationError:
                raise UserError(
                    f"{PIPELINE}: the plot {str(name)!r} does not say `x: COLUMN` and "
                    "`y: {FILE: COLUMN}`; write it so, or draw it by: dvc plots show"
                ) from None


def _table(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


def _picture(name: str, plot: Plot, base: str | None) -> Path:
    """Draw one plot. Its first file is the model's; what others have is beside it by its column."""
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    model = next(iter(plot.y))
    for path, column in plot.curves:
        if diagonal := DIAGONALS.get((plot.x, column)):
            axes.plot([0, 1], [0, 1], color="0.7", label=diagonal)
        now = Path(path).read_text("utf-8")
        before = show(base, path) if base and path == model else None
        if before and before != now:
            _line(axes, plot.x, column, before, "the base")
        _line(axes, plot.x, column, now, "this run" if path == model else column)
    axes.set(title=plot.title or name, xlabel=plot.x_label, ylabel=plot.y_label)
    axes.legend()
    target = FOLDER / f"{name.lower().replace(' ', '_')}.png"
    with whole(target) as scratch:
        figure.savefig(scratch, format="png", dpi=120, metadata={"Software": None})
    return target


def _line(axes: Axes, x: str, y: str, text: str, label: str) -> None:
    curve = _table(text)
    if {x, y} <= {*curve.columns}:  # another version may have had other ones
        axes.plot(curve[x], curve[y], label=label)
