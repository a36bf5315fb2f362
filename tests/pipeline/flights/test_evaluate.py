"""Stage `evaluate`: the reference, and the model beside it, whole and by slice."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import evaluate, prepare
from retrain.data import partitions
from retrain.metrics.functions import FUNCTIONS
from retrain.metrics.table import Task
from tests.pipeline.flights.conftest import asked

METRICS = {name: FUNCTIONS[name] for name in ("roc_auc", "brier", "log_loss")}


@pytest.fixture
def features(data: Path, tmp_path: Path) -> Path:
    output = tmp_path / "features"
    prepare.prepare(data, output, asked())
    return output


@pytest.fixture
def rows(features: Path) -> pd.DataFrame:
    """Return the test window, with the outcome itself, blurred, for a score."""
    table = partitions.read(features / "test/2013-06.parquet")
    noise = np.random.default_rng(1).uniform(0, 0.5, len(table))
    return pd.DataFrame(
        {
            "outcome": table["outcome"],
            "score": 0.25 + table["outcome"] * 0.25 + noise / 2,
            "reference": 0.3,
            "carrier": table["carrier"],
            "origin": table["origin"],
        }
    )


def test_the_reference_is_the_rate_by_hour_of_the_training_months(features: Path) -> None:
    train = partitions.paths(features / "train")
    test = partitions.paths(features / "test")
    found, rows = evaluate.reference(train, test, "binary")
    table, judged = (pd.concat(map(partitions.read, part)) for part in (train, test))
    assert rows == len(table)
    rates = table.groupby(table["departure"] // 60)["outcome"].mean()
    expected = (judged["departure"] // 60).map(rates).fillna(table["outcome"].mean())
    assert found["reference"].tolist() == pytest.approx(expected.tolist())


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_the_reference_is_the_row_before_where_features_py_names_it(
    features: Path, task: Task
) -> None:
    train, test = (partitions.paths(features / part) for part in ("train", "test"))
    for path in [*train, *test]:  # each row's is the one before it in its file
        table = partitions.read(path)
        table["earlier"] = table["key"].shift()
        if task == "regression":
            table["outcome"] = table["distance"].astype("float64")
        partitions.write(table, path)
    found, rows = evaluate.reference(train, test, task)
    learned, judged = (pd.concat(map(partitions.read, part)) for part in (train, test))
    before = judged["outcome"].shift()
    assert rows == len(learned)
    if task == "regression":
        assert found["reference"].tolist()[1:] == before.tolist()[1:]
        return
    # of classes, as often as after the same class: nothing is certain
    shares = learned["outcome"].groupby([learned["outcome"].shift()]).mean()
    assert found["reference"].nunique() == 3
    assert found["reference"].between(0.05, 0.95).all()
    assert found["reference"].to_numpy()[1:] == pytest.approx(
        before.map(shares).astype("float64").to_numpy()[1:], abs=0.01
    )


def test_model_and_reference_stand_side_by_side(rows: pd.DataFrame) -> None:
    report = evaluate.compare(rows, METRICS)
    assert list(report) == ["model", "reference"]
    assert list(report["model"]) == list(report["reference"])
    assert report["model"]["roc_auc"] > 0.9
    assert report["reference"]["roc_auc"] == 0.5


def test_slices_cover_every_row_once(rows: pd.DataFrame) -> None:
    slices = evaluate.by_slice(rows, ["carrier", "origin"], METRICS)
    for name in ("carrier", "origin"):
        parts = [part for part in slices if part["slice"] == name]
        assert [part["value"] for part in parts] == sorted(rows[name].unique())
        assert sum(part["rows"] for part in parts) == len(rows)
    one = next(part for part in slices if part["value"] == "JFK")
    assert one["model"] == evaluate.compare(rows[rows["origin"] == "JFK"], METRICS)["model"]


def test_a_slice_with_one_class_has_no_ranking(rows: pd.DataFrame) -> None:
    few = rows[rows["outcome"]].head(3).assign(carrier="HA")
    (part,) = evaluate.by_slice(few, ["carrier"], METRICS)
    assert part["model"]["roc_auc"] is None
    assert part["model"]["brier"] is not None


def test_the_windows_are_said_in_words() -> None:
    train, test = [Path("2013-01.parquet"), Path("2013-05.parquet")], [Path("2013-06.parquet")]
    by_time = {"train": "2013-01 to 2013-05", "test": "2013-06"}
    assert evaluate.windows(train, test, asked()) == by_time
    by_hash = asked(split="hash", hash_of="day", test_share=0.2)
    assert evaluate.windows(train, test, by_hash) == {
        "train": "hash of day, 0 to 0.8",
        "test": "hash of day, 0.8 to 1",
    }


@pytest.fixture
def predictions(features: Path) -> pd.DataFrame:
    """Return what `train` writes for the test window."""
    table = partitions.read(features / "test/2013-06.parquet")
    return table[["key", "day", "carrier"]].assign(outcome=table["outcome"], score=0.5)


def test_predictions_as_they_should_be_are_judged(predictions: pd.DataFrame) -> None:
    evaluate.check(predictions, len(predictions), "binary", ["carrier"])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda rows: rows.iloc[:-1], "has 577 rows, and features/test/ has 578: each should be scored once"),
        (lambda rows: pd.concat([rows, rows]), "has 1,156 rows, and features/test/ has 578"),
        (lambda rows: rows.drop(columns="day"), "has no column 'day'"),
        (lambda rows: rows.drop(columns="carrier"), "has no column 'carrier'"),
        (lambda rows: rows.assign(day=rows["day"].mask(rows.index == 3)), "'day' is not a text in every row"),
        (lambda rows: rows.assign(day=20130601), "'day' is not a text in every row"),
        (lambda rows: rows.assign(key=None), "'key' is not a text in every row"),
        (lambda rows: rows.assign(outcome="no"), "'outcome' is not true or false in every row"),
        (lambda rows: rows.assign(outcome=rows["outcome"].astype("boolean").mask(rows.index == 3)), "'outcome' is not true or false"),
        (lambda rows: rows.assign(score="0.5"), "'score' is not a number"),
        (lambda rows: rows.assign(score=1.5), "578 scores are not probabilities, the first 1.5 of the row"),
        (lambda rows: rows.assign(score=rows["score"].mask(rows.index == 3)), "1 scores are not probabilities, the first nan"),
    ],
)  # fmt: skip
def test_predictions_that_cannot_be_judged_are_a_sentence(
    features: Path,
    predictions: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[pd.DataFrame], pd.DataFrame],
    said: str,
) -> None:
    monkeypatch.chdir(features.parent)
    text = Path(__file__).with_name("params.yaml").read_text()
    Path("params.yaml").write_text(text.replace("[carrier, origin, part_of_day]", "[carrier]"))
    Path("predictions").mkdir()
    damage(predictions).to_parquet("predictions/test.parquet")
    with pytest.raises(SystemExit):
        evaluate.main()
    error = capsys.readouterr().err
    assert error.startswith("error: predictions/test.parquet")
    assert said in error
    assert error.endswith(
        ("; correct `window` in src/pipeline/predict.py\n", "; correct what the model gives\n")
    )
    assert not Path("reports").exists()


def test_a_window_with_one_outcome_judges_nothing(
    features: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(features.parent)
    Path("params.yaml").write_text(Path(__file__).with_name("params.yaml").read_text())
    table = partitions.read(features / "test/2013-06.parquet")
    rows = table[["key", "day", "carrier", "origin"]].assign(
        outcome=False, score=0.1, part_of_day="morning"
    )
    partitions.write(rows, Path("predictions/test.parquet"))
    with pytest.raises(SystemExit):
        evaluate.main()
    assert "error: features/test/: the outcome is the same for all" in capsys.readouterr().err
    assert not Path("reports").exists()
    partitions.write(rows.assign(outcome=table["outcome"]), Path("predictions/test.parquet"))
    evaluate.main()
    assert Path("reports/metrics.json").exists()
