"""Files appear whole or not at all, and the system's refusals are sentences."""

import errno
import json
import os
from pathlib import Path

import pytest

from retrain import files
from retrain.errors import UserError


def test_a_file_appears_whole_and_readable(tmp_path: Path) -> None:
    target = tmp_path / "new/folder/file.txt"
    with files.whole(target) as scratch:
        scratch.write_text("all of it")
        assert not target.exists()
    assert target.read_text() == "all of it"
    (tmp_path / "plain").touch()
    assert target.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_leaves_the_old_file_and_no_scratch(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), files.whole(target) as scratch:
        scratch.write_text(f"half {1 / 0}")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full; free"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permission denied"),
    ],
)
def test_a_refusal_of_the_system_is_a_sentence(tmp_path: Path, number: int, said: str) -> None:
    with pytest.raises(UserError, match=rf"file.txt: .*{said}"), files.whole(tmp_path / "file.txt"):
        raise OSError(number, os.strerror(number))
    with pytest.raises(UserError, match=said), files.whole_folder(tmp_path / "folder"):
        raise OSError(number, os.strerror(number))
    assert not list(tmp_path.iterdir())


def test_another_error_of_the_system_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError), files.whole(tmp_path / "file.txt"):
        raise ConnectionError


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    for name in ("old", "new"):
        with files.whole_folder(target) as scratch:
            (scratch / name).touch()
    assert [path.name for path in target.iterdir()] == ["new"]
    with pytest.raises(UserError), files.whole_folder(target) as scratch:
        (scratch / "half").mkdir()
        (scratch / "half").write_text("a folder is no file")
    assert [path.name for path in target.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_run_left_behind_is_in_no_ones_way(tmp_path: Path) -> None:
    (tmp_path / ".folder.tmp").mkdir()
    (tmp_path / ".folder.tmp/half").touch()
    with files.whole_folder(tmp_path / "folder") as scratch:
        (scratch / "whole").touch()
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["whole"]


def test_json_is_readable_and_ends_in_a_newline(tmp_path: Path) -> None:
    files.write_json(tmp_path / "a.json", {"name": "Zoë", "values": [1]})
    text = (tmp_path / "a.json").read_text("utf-8")
    assert "Zoë" in text
    assert text.endswith("}\n")
    assert json.loads(text) == {"name": "Zoë", "values": [1]}
