"""What a cell becomes, by what it calls and writes."""

import pytest

from retrain.adopt.notebook import Cell
from retrain.adopt.proposal import propose


@pytest.mark.parametrize(
    ("source", "becomes", "why"),
    [
        ("table.dropna(inplace=True)", "features", "dropna, line 1"),
        ("table.dropna(inplace=False)", "stays", "it looks at something"),
        ("table = table.dropna()", "features", "dropna, line 1"),
        ("\ndel table['age']", "features", "it deletes a column, line 2"),
        ("table['age'] += 1", "features", "it writes a column, line 1"),
        ("del table", "stays", "imports and settings"),
    ],
)
def test_what_changes_a_table_becomes_features(source: str, becomes: str, why: str) -> None:
    (found,) = propose([Cell(1, "", source)])
    assert found.becomes == becomes
    assert found.why.startswith(why)
