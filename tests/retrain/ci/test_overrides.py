"""Parameters that come with the button: written where they stand, or refused in a sentence."""

from pathlib import Path

import pytest

from retrain.ci import overrides
from retrain.errors import UserError

TEXT = """
# why
prepare:
  train_from: oldest

train:
  estimator: sklearn.ensemble.HistGradientBoostingClassifier
  learning_rate: 0.08 # small steps
  max_iter: 100
  early_stopping: false

evaluate:
  slices: [carrier, origin]
"""


@pytest.fixture(autouse=True)
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a params.yaml in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(TEXT)
    return tmp_path / "params.yaml"


@pytest.mark.smoke
def test_nothing_but_the_value_changes(params: Path) -> None:
    assert overrides.apply("train.learning_rate=0.1") == ["train.learning_rate"]
    assert params.read_text() == TEXT.replace("learning_rate: 0.08", "learning_rate: 0.1")


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_several_are_written_whatever_is_between_them(params: Path, between: str) -> None:
    given = ("train.max_iter=60", "prepare.train_from=2013-02", "train.early_stopping=true")
    assert len(overrides.apply(between.join(given))) == 3
    text = TEXT.replace("max_iter: 100", "max_iter: 60").replace(": oldest", ": 2013-02")
    assert params.read_text() == text.replace("early_stopping: false", "early_stopping: true")


@pytest.mark.parametrize("given", ["", "  ", ", ,"])
def test_nothing_asked_for_is_nothing_written(params: Path, given: str) -> None:
    assert overrides.apply(given) == []
    assert params.read_text() == TEXT


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("train.learning_rat=0.1", "did you mean 'train.learning_rate'"),
        ("train=0.1", "not a parameter"),
        ("train.learning_rate", "not an override"),
        ("=0.1", "not an override"),
        ("train.learning_rate=", "not an override"),
        ("train.learning_rate=fast", "not a value of that kind"),
        ("train.learning_rate=true", "not a value of that kind"),
        ("train.early_stopping=1", "not a value of that kind"),
        ("train.estimator=1", "not a value of that kind"),
        ("train.learning_rate=[1]", "not an override"),
        ("train.learning_rate=0.1;id", "not an override"),
        ("train.learning_rate=!!python/x", "not an override"),
        ("evaluate.slices=carrier", "not a parameter"),
        ("train.max_iter=60 train.max_itre=70", "did you mean"),
        ("train.max_iter=60 train.max_iter=70", "twice"),
    ],
)
def test_what_is_no_override_is_refused_and_nothing_is_written(
    params: Path, given: str, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        overrides.apply(given)
    assert params.read_text() == TEXT


@pytest.mark.parametrize("content", [b"train: [", b"\xff\xfe"])
def test_a_file_that_is_no_yaml_is_named(params: Path, content: bytes) -> None:
    params.write_bytes(content)
    with pytest.raises(UserError, match=r"git checkout params\.yaml"):
        overrides.apply("train.learning_rate=0.1")
