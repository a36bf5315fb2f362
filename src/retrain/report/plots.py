"""The curves of a run as pictures. They need no network, where `dvc plots show` loads scripts."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from retrain.errors import UserError
from retrain.files import whole
from retrain.paths import PIPELINE
from retrain.repo.git import show
from retrain.settings import read_yaml

FOLDER = Path("plots")
# what the diagonal is, by the axes
DIAGONALS = {
    ("false_positive_rate", "true_positive_rate"): "chance",
    ("predicted", "observed"): "perfect calibration",
}


def draw(base: str | None) -> list[Path]:
    """Draw each plot of dvc.yaml into plots/, beside the base's curve where that is another one.

    Returns:
        The pictures.
    """
    plots = read_yaml(Path(PIPELINE).read_text("utf-8")).get("plots", [])
    found = [(title, settings) for plot in plots for title, settings in plot.items()]
    for title, settings in found:
        if not isinstance(settings, dict) or not isinstance(settings.get("y"), dict):
            raise UserError(
                f"{PIPELINE}: the plot {title!r} does not say `y: {{FILE: COLUMN}}`; write it so, "
                "or draw it by: dvc plots show"
            )
        if missing := next((path for path in settings["y"] if not Path(path).exists()), ""):
            raise UserError(f"{missing} is missing; first: make train")
    return [_picture(title, settings, base) for title, settings in found]


def _picture(title: str, settings: dict[str, Any], base: str | None) -> Path:
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    for path, column in settings["y"].items():
        if diagonal := DIAGONALS.get((settings["x"], column)):
            axes.plot([0, 1], [0, 1], color="0.7", label=diagonal)
        now = Path(path).read_text("utf-8")
        before = show(base, path) if base else None
        for label, text in (("the base", before if before != now else None), ("this run", now)):
            if text:
                curve = pd.read_csv(io.StringIO(text))
                axes.plot(curve[settings["x"]], curve[column], label=label)
    axes.set(title=title, xlabel=settings.get("x_label"), ylabel=settings.get("y_label"))
    axes.legend()
    target = FOLDER / f"{title.lower().replace(' ', '_')}.png"
    with whole(target) as scratch:
        figure.savefig(scratch, format="png", dpi=120, metadata={"Software": None})
    return target
