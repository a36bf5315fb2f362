"""notebooks/exploration.ipynb computes what is pinned in exploration.json, from exploration/."""

from retrain.adopt import acceptance


def test_the_notebook_computes_what_is_pinned() -> None:
    acceptance.check(__file__, "notebooks/exploration.ipynb")
