"""The README is true: its commands exist, its example works, its links lead somewhere."""

import re

import pytest

from pipeline import train
from pipeline.params import Train
from retrain.settings import read_yaml
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]


def test_it_is_short_and_the_first_command_is_on_the_first_screen() -> None:
    lines = README.splitlines()
    assert len(lines) < 200
    assert next(number for number, line in enumerate(lines) if line.startswith("make train")) < 25


def test_every_make_target_exists_and_is_in_the_help() -> None:
    files = [ROOT / "Makefile", ROOT / "tools/template.mk"]
    text = "".join(path.read_text() for path in files)
    targets = set(re.findall(r"(?m)^([a-z-]+):.*## ", text))
    named = set(re.findall(r"(?m)^make ([a-z-]+)|`make ([a-z-]+)", README))
    assert {one or other for one, other in named} - {"help"} <= targets
    assert {"train", "test", "lint", "bench", "help"} <= targets


def test_the_example_of_another_classifier_is_one() -> None:
    (example,) = [
        block
        for block in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
        if "estimator:" in block
    ]
    section = Train.model_validate(read_yaml(example)["train"])
    assert type(train.build(section, "binary")[-1]).__name__ == "RandomForestClassifier"


def test_every_path_in_the_layout_exists() -> None:
    layout = (ROOT / "docs/layout.md").read_text().split("```")[-2]
    for line in layout.splitlines():
        for name in re.findall(r"^\s*((?:[\w.]+/?\s?)+)(?=\s{2,})", line):
            for part in name.split():
                places = [ROOT / part, *(ROOT / "src").rglob(part.rstrip("/"))]
                assert any(place.exists() for place in places), part


def test_every_file_that_the_layout_says_decides_exists() -> None:
    table = (ROOT / "docs/layout.md").read_text().split("Which file decides")[1]
    table = table.split("|---|---|")[1].split("## ")[0]
    named = re.findall(r"`([\w/]+(?:\.py|/))`", table)
    assert len(named) > 12
    for path in named:
        assert (ROOT / "src/retrain" / path).exists(), path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_inside_the_repository_lead_somewhere(document) -> None:
    for target in re.findall(r"\]\(((?!https?:)[^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target
