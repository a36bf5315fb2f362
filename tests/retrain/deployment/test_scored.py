"""Predictions as files: two models' side by side, and a log that any number of writers add to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from retrain.deployment import scored
from retrain.deployment.scored import Made, Said, Used, write
from retrain.errors import UserError

FIRST = Used("v1.0.0", "0" * 64, "c" * 40, "production")
SHADOW = Used("v2.0.0", "1" * 64, "d" * 40, "staging")
SAID = Said(datetime(2026, 11, 29, 23, 59, tzinfo=UTC), FIRST, SHADOW, asked=True)


def made(folder: Path, rows: int = 5, **other: dict[str, Any]) -> Made:
    """Write the files of a call: the text `day` is made of the number `day`, as the key is."""
    keys = pa.array([f"row {number}" for number in range(rows)], pa.string())
    days = pa.array(["2026-11-29"] * rows, pa.string())
    columns: dict[str, dict[str, Any]] = {
        "first": {"key": keys, "day": days, "score": pa.array([0.5] * rows, pa.float64())},
        "shadow": {"key": keys, "day": days, "score": pa.array([0.25] * rows, pa.float64())},
        "given": {"day": pa.array([29] * rows, pa.int16())},
    }
    folder.mkdir(exist_ok=True)
    for size, (name, table) in enumerate(columns.items(), 2):  # row groups of different sizes
        pq.write_table(pa.table(table | other.get(name, {})), folder / f"{name}.parquet", size)
    return Made(folder)


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_what_was_given_keeps_its_names_and_types_in_the_log(
    tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scored, "BATCH", 4)
    target = tmp_path / "out.parquet"
    number, added = write(made(tmp_path / "made", rows), SAID, target, tmp_path / "log")
    assert number == rows
    assert pq.read_table(target).column_names == ["key", "day", "score", "shadow_score"]
    assert pq.read_table(target).to_pydict()["shadow_score"] == [0.25] * rows
    assert added
    assert added.parent == tmp_path / "log/2026-11-29"
    kept = pq.read_table(tmp_path / "log")
    assert kept.num_rows == rows
    assert kept.schema.remove_metadata() == pa.schema(
        [
            ("day", pa.int16()),
            ("key", pa.string()),
            ("score", pa.float64()),
            ("shadow_score", pa.float64()),
            ("model_version", pa.string()),
            ("shadow_version", pa.string()),
            ("scored_at", pa.timestamp("us", "UTC")),
        ]
    )


def test_a_shadow_may_know_other_classes(tmp_path: Path) -> None:
    classes = {"first": {"score_a": [1.0], "score_b": [0.0]}, "shadow": {"score_c": [1.0]}}
    write(made(tmp_path, 1, **classes), SAID, tmp_path / "out.csv", None)
    header = (tmp_path / "out.csv").read_text().splitlines()[0]
    assert header == '"key","day","score","score_a","score_b","shadow_score","shadow_score_c"'


@pytest.mark.parametrize("name", ["score", "shadow_score", "model_version", "scored_at"])
def test_an_input_with_a_name_of_the_log_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str
) -> None:
    files = made(tmp_path / "made", 1, given={name: [1]})
    with pytest.raises(UserError, match=f"column '{name}' of INPUTS has a name that the log gives"):
        write(files, SAID, tmp_path / "out.csv", tmp_path / "log")
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_files_of_other_rows_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    files = made(tmp_path / "made", 3)
    pq.write_table(pq.read_table(files.given)[:2], files.given)
    with pytest.raises(UserError, match="the input was changed while it was scored"):
        write(files, SAID, tmp_path / "out.csv", tmp_path / "log")
    assert not (tmp_path / "out.csv").exists()
    assert [*(tmp_path / "log").rglob("*.*")] == []


@pytest.mark.smoke
def test_writers_at_once_do_not_collide(tmp_path: Path) -> None:
    files = made(tmp_path / "made")

    def call(number: int) -> None:
        write(files, SAID, tmp_path / f"{number}.parquet", tmp_path / "log")
        ds.dataset(tmp_path / "log").to_table()  # a reader finds no half of a file

    with ThreadPoolExecutor(8) as pool:
        [*pool.map(call, range(16))]
    assert ds.dataset(tmp_path / "log").to_table().num_rows == 16 * 5
    assert len({*map(Path.read_bytes, tmp_path.glob("*.parquet"))}) == 1
