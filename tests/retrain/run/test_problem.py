"""The name of the model: the one that dvc.yaml gives to its file."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.run.problem import artifact
from tests.toys import toys

NAMED = "  toy:\n    path: models/model.skops\n    type: model\n"


def name(toy: Path) -> str:
    with toys.working_in(toy):
        return artifact()


def test_the_model_has_the_name_that_dvc_yaml_gives_to_its_file(toy: Path) -> None:
    assert name(toy) == "toy"


@pytest.mark.parametrize(
    ("names", "count"),
    [
        ("  other:\n    path: notes.txt\n", 0),
        (NAMED + NAMED.replace("toy", "twin"), 2),
    ],
)
def test_a_model_of_no_name_or_of_two_is_a_sentence(toy: Path, names: str, count: int) -> None:
    file = toy / "dvc.yaml"
    file.write_text(file.read_text().replace(NAMED, names))
    with pytest.raises(UserError, match=rf"^dvc\.yaml: artifacts .* one name, and gives {count}$"):
        name(toy)
