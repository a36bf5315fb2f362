"""Distributions are an alarm only against the same days of a season before."""

from pathlib import Path

import numpy as np
import pytest

from retrain.metrics import distributions, samples
from retrain.monitoring import shapes
from tests.retrain.monitoring.conftest import NAMES, month, write


def test_statistics_are_those_of_the_whole_sample_though_it_is_read_in_parts() -> None:
    chance = np.random.default_rng(1)
    one, other = chance.normal(0, 1, 20_000), chance.normal(0.5, 1, 20_000)
    bins = distributions.edges([distributions.quantiles(each) for each in np.split(one, 4)])
    counts = [distributions.counts(each, bins) for each in (one, other)]
    assert counts[0].sum() == 20_000
    assert distributions.ks(*counts) == pytest.approx(0.197, abs=0.015)  # 2 Φ(1/4) - 1
    assert distributions.psi_of_bins(*counts) == pytest.approx(0.25, abs=0.03)  # its square
    assert distributions.ks(*counts[::-1]) == distributions.ks(*counts)
    assert distributions.psi_of_bins(counts[0], counts[0]) == 0
    assert distributions.psi_of_bins(counts[0], counts[0], (0, 10_000)) > 0.25
    assert distributions.ks(counts[0], np.zeros_like(counts[0])) is None


def test_one_value_has_a_bin_of_its_own() -> None:
    values = np.array([0.0] * 90 + [1.0] * 10 + [np.nan] * 5)
    bins = distributions.edges([distributions.quantiles(values)])
    assert list(distributions.counts(values, bins)) == [0, 90, 10]
    assert len(distributions.quantiles(values[100:])) == 0


def test_the_same_days_a_season_before_are_found_by_the_names_of_the_files() -> None:
    paths = [Path(f"2012-{number:02}.parquet") for number in range(1, 13)]
    july = shapes.days(["2013-07"])
    like = shapes.a_season_before(paths, july, 365)
    assert [path.stem for path in like] == ["2012-07"]
    assert shapes.a_season_before(paths[7:], july, 365) == []
    summer = shapes.days(["2013-07", "2013-08"])
    assert shapes.a_season_before(paths[7:], summer, 365) == []  # a half of it
    assert shapes.a_season_before(paths, None, 365) == []
    assert shapes.days(["log"]) is None
    assert shapes.days([]) is None


def test_another_distribution_than_a_season_before_is_an_alarm(
    learned: list[Path], tmp_path: Path
) -> None:
    then = samples.read(learned[:1], NAMES)
    found = {}
    for number in (1, 7):
        path = write(tmp_path / f"{number}.parquet", month(number))
        features = list(shapes.features(samples.read([path], NAMES, then), then))
        found[number] = list(shapes.alarms(features, 0.25, "a season before"))
    assert found[1] == []
    assert {each.feature for each in found[7]} == {"heat", "damp"}
    assert "its distribution is another than a season before" in found[7][0].what
