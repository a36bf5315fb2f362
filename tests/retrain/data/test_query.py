"""A query of a real PostgreSQL, started here by the programs of Debian's package."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from retrain.data import partitions
from retrain.data.read_tables import TIME
from retrain.data.sources import driver
from retrain.data.sources.query import VARIABLE, Query
from retrain.errors import UserError

SCHEMA = pa.schema([("time", TIME), ("size", pa.float64())])
QUERY = Query("SELECT * FROM trips", SCHEMA, "time")
PASSWORD = "a-long-password"  # noqa: S105


@pytest.fixture
def database() -> Iterator[str]:
    """Return the address of a database with three months of trips, the newest of them begun."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not found:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing: apt-get install postgresql")
        pytest.skip("PostgreSQL is not here; on Debian: apt-get install postgresql")
    import psycopg

    programs, root = found[-1].parent, os.geteuid() == 0
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    if root:  # which PostgreSQL refuses to be run by
        shutil.chown(folder, "nobody")
    user = {"user": "nobody"} if root else {}

    def do(*words: str | Path) -> None:
        subprocess.run(
            list(map(str, words)), cwd=folder, check=True, stdout=subprocess.DEVNULL, **user
        )  # type: ignore[call-overload]

    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    data = folder / "data"
    do(programs / "initdb", "-D", data, "-U", "reader", "-A", "scram-sha-256",
       f"--pwfile={folder}/password", "--no-sync")  # fmt: skip
    do(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o",
       f"-c listen_addresses= -c fsync=off -k {folder}", "start")  # fmt: skip
    try:
        address = f"postgresql://reader:{PASSWORD}@/postgres?host={folder}"
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE trips (size float8, time timestamptz)")
            connection.execute(
                "INSERT INTO trips SELECT extract(day FROM each), each FROM generate_series("
                "'2024-01-01 00:00Z'::timestamptz, '2024-03-05 00:00Z', '6 hours') AS each"
            )
        yield address.replace("postgresql://", "postgresql+psycopg://")
    finally:
        do(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_months_of_a_database(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, database)
    found = driver.add(QUERY, tmp_path, {}, step=9)
    assert found.new == ["2024-01", "2024-02"]
    assert found.waiting == "2024-03 waits for the first row after it"
    rows = partitions.read(tmp_path / "2024-02.parquet")
    assert len(rows) == 29 * 4
    assert rows["time"].is_monotonic_increasing
    with pytest.raises(UserError, match=r"'time' holds a date, not a time; .* CAST\(time AS"):
        driver.add(replace(QUERY, select="SELECT size, time::date FROM trips"), tmp_path, {})
    monkeypatch.setenv(VARIABLE, database.replace(PASSWORD, "wrong-password"))
    with pytest.raises(UserError, match=r"the source failed .*password") as error:
        driver.add(QUERY, tmp_path, {})
    assert "wrong-password" not in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "select",
    [
        "SELECT size, time FROM trips",
        "SELECT size, time AT TIME ZONE 'UTC' AS time FROM trips",  # without a zone
    ],
)
def test_months_are_in_utc_whatever_the_time_zone_of_the_session(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch, select: str
) -> None:
    monkeypatch.setenv(VARIABLE, f"{database}&options=-c%20TimeZone%3DAmerica/New_York")
    driver.add(Query(select, SCHEMA, "time"), tmp_path, {}, step=2)
    found = [partitions.read(tmp_path / f"2024-0{month}.parquet")["time"] for month in (1, 2)]
    assert [len(each) for each in found] == [31 * 4, 29 * 4]
    assert [f"{each.min():%Y-%m-%d %H:%M}" for each in found] == [
        "2024-01-01 00:00",
        "2024-02-01 00:00",
    ]


def test_an_address_that_is_not_set_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(UserError, match=f"{VARIABLE} is not set; give it the database's address"):
        driver.add(QUERY, tmp_path, {})
