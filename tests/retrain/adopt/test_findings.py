"""Each thing that is not fixed is found, and not where it is."""

import pytest

from retrain.adopt.findings import findings
from retrain.adopt.notebook import Cell

IMPORTS = """
import glob, random, time, uuid
import datetime as dt
import numpy as np
import pandas as pd
from pathlib import Path
from catboost import CatBoostClassifier, Pool
from scipy.stats import norm
from sklearn.datasets import make_blobs
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier as Forest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, train_test_split as tts
"""


def found(*cells: str) -> list[str]:
    made = [Cell(at, "", text) for at, text in enumerate((IMPORTS, *cells))]
    return [str(each) for each in findings(made)]


@pytest.mark.parametrize(
    ("source", "what", "fixed"),
    [
        ("df.sample(3)", "sample draws other rows", "df.sample(3, random_state=0)"),
        ("tts(X, y)", "train_test_split splits the rows otherwise", "tts(X, y, random_state=1)"),
        ("Forest(random_state=None)", "RandomForestClassifier has no random_state", "Forest(random_state=1)"),
        ("LogisticRegression(solver='saga')", "LogisticRegression has no random_state", "LogisticRegression()"),
        ("KFold(3, shuffle=True)", "KFold shuffles otherwise", "KFold(3)"),
        ("np.random.rand(3)", "numpy.random.rand draws from a generator", "np.random.seed(0)\nnp.random.rand(3)"),
        ("random.choice(a)", "random.choice draws from a generator", "random.seed(0)\nrandom.choice(a)"),
        ("np.random.default_rng()", "default_rng() has no seed", "np.random.default_rng(7)"),
        ("list({'a', 'b'})", "a set has another order", "sorted({'a', 'b'})"),
        ("s = set(a)\nfor x in s: pass", "a set has another order", "s = set(a)\nfor x in sorted(s): pass"),
        ("dt.datetime.now()", "today's date", "dt.datetime(2013, 6, 30)"),
        ("pd.Timestamp.today()", "today's date", "pd.Timestamp('2013-06-30')"),
        ("pd.to_datetime('now')", "today's date", "pd.to_datetime('2013-06-30')"),
        ("glob.glob('*.csv')", "glob gives files in the order of the disk", "sorted(glob.glob('*.csv'))"),
        ("[p for p in Path('.').iterdir()]", "iterdir gives files", "sorted(Path('.').iterdir())"),
        ("pd.read_csv('https://example.org/a.csv')", "it reads an address", "pd.read_csv('a.csv')"),
        ("uuid.uuid4()", "uuid.uuid4 is chance", "uuid.UUID(int=7)"),
        ("hash('a')", "hash of a text", "hashed('a')"),
        ("np.random.seed(None)\nnp.random.rand()", "numpy.random.rand draws", "np.random.seed(seed=0)\nnp.random.rand()"),
        ("list(set(a).difference(['b']))", "a set has another order", "list(a.difference(['b']))"),
        ("tts(X, y, shuffle=True)", "train_test_split splits the rows otherwise", "tts(X, y, shuffle=False)"),
        ("DummyClassifier(strategy='uniform')", "DummyClassifier has no random_state", "DummyClassifier(strategy='prior')"),
        ("make_blobs(90)", "make_blobs has no random_state", "make_blobs(90, random_state=1)"),
        ("norm.rvs(size=3)", "rvs draws other numbers", "norm.rvs(size=3, random_state=1)"),
        ("CatBoostClassifier()", "CatBoostClassifier has no random_state", "Pool(X)"),
        ("!pip install \\\n    x\ndf.sample(3)", "sample draws other rows", "!pip install \\\n    x"),
    ],
)  # fmt: skip
def test_what_is_not_fixed_is_found_by_cell_and_line(source: str, what: str, fixed: str) -> None:
    (line,) = found(f"\n{source}")
    assert line.startswith(f"cell 1, line {2 + source.count(chr(10))}: {what}") or what in line
    assert "; " in line
    assert found(fixed) == []


@pytest.mark.smoke
def test_a_seed_counts_for_the_cells_after_it() -> None:
    assert found("np.random.seed(0)", "df.sample(3)", "Forest()", "tts(X)") == []
    (line,) = found("df.sample(3)", "np.random.seed(0)")
    assert line.startswith("cell 1, line 1: sample")


def test_a_cell_that_is_no_python_has_no_findings() -> None:
    assert found("%%bash\ndate", "select * from a") == []
