"""Notebooks of a few lines."""

import json
from pathlib import Path
from typing import Any


def book(*cells: str, **metadata: Any) -> str:
    """Return a notebook with these cells of code."""
    made = [
        {"cell_type": "code", "id": f"{at:08x}", "metadata": {}, "execution_count": None,
         "outputs": [], "source": cell}
        for at, cell in enumerate(cells)
    ]  # fmt: skip
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def write(folder: Path, *cells: str, name: str = "notebooks/mine.ipynb", **metadata: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(book(*cells, **metadata))
    return path
