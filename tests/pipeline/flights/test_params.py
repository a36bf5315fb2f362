"""params.yaml: every mistake is a sentence that names the key and the remedy."""

from pathlib import Path

import pytest

from pipeline import params
from retrain.errors import UserError
from tests.conftest import ROOT

SHIPPED = Path(__file__).with_name("params.yaml").read_text()


def test_the_shipped_file_is_read() -> None:
    params.read(ROOT / "params.yaml")


def test_a_section_is_read_and_other_keys_of_train_are_the_estimators(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(SHIPPED)
    read = params.read(path)
    assert read.prepare.test_from == "newest"
    assert read.train.arguments["learning_rate"] == 0.08
    assert "estimator" not in read.train.arguments


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("test_from: newest", "test_form: newest", "prepare.test_form is not a known key; did you mean 'test_from'?"),
        ("test_from: newest", "test_from: 2013-6", "prepare.test_from should be 'newest', a month such as '2013-06', or how many files judge, and is '2013-6'; correct it"),
        ("test_from: newest", "test_from: 0", "prepare.test_from should be 'newest', a month such as '2013-06', or how many files judge, and is 0; correct it"),
        ("late_after: 15", "late_after: fifteen", "prepare.late_after should be a valid number, and is 'fifteen'; correct it"),
        ("late_after: 15", "late_after: -1", "prepare.late_after should be greater than or equal to 0, and is -1"),
        ("  late_after: 15", "", "prepare.late_after is missing"),
        ("scale: false", "scale: maybe", "train.scale should be a valid boolean, and is 'maybe'"),
        ("encode: ordinal", "encode: onehott", "train.encode should be 'ordinal' or 'onehot', and is 'onehott'"),
        ("threads: 1", "threads: 1.5", "train.threads should be a valid integer"),
        ("evaluate:\n", "evaluate:\n  calibration_bins: 10\n", "evaluate.calibration_bins is not a known key"),
        ("slices: [carrier,", "slices: [airline,", "evaluate.slices.0 should be carrier, origin, part_of_day: SLICES in src/pipeline/features.py, and is 'airline'"),
        ("prepare:\n", "prepare: [\n", "line "),
        ("slices: [carrier, origin, part_of_day]", ": 10", ", line 62: a key should be a word; correct that line"),
        ("slices: [carrier, origin, part_of_day]", "5: 10", ", line 62: a key should be a word; correct that line"),
        ("max_iter: 100", "? [1]\n  : 2", ", line 48: a key should be a word; correct that line"),
        ("train:\n", "train:\n\tscale: true\n", "not valid YAML"),
        (SHIPPED, "", "should hold the sections task, ingest, prepare, train, evaluate"),
        (SHIPPED, "just words", "should hold the sections task, ingest, prepare, train, evaluate"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SHIPPED
    path = tmp_path / "params.yaml"
    path.write_text(SHIPPED.replace(old, new, 1))
    with pytest.raises(UserError) as error:
        params.read(path)
    assert said in str(error.value)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is missing; run this in the top folder"):
        params.read(tmp_path / "params.yaml")


def test_numbers_are_read_as_dvc_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(SHIPPED.replace("learning_rate: 0.08", "learning_rate: 8e-2"))
    assert params.read(path).train.arguments["learning_rate"] == 0.08
