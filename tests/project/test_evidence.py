"""The short version of `make evidence`: what docs/gate.md says of the method, with fixed seeds."""

import subprocess
import sys

import numpy as np
import pytest

from benchmarks.evidence import power, replay, rows, series
from benchmarks.evidence.__main__ import main
from benchmarks.evidence.methods import METHODS, _lengths
from benchmarks.evidence.replay import Policy
from benchmarks.evidence.year import Model
from retrain.gate.interval import Estimate
from tests.conftest import ROOT

Simulated = dict[str, dict[str, series.Rates]]

# ---- series


@pytest.fixture(scope="module", params=(30, pytest.param(92, marks=pytest.mark.slow)))
def simulated(request: pytest.FixtureRequest) -> Simulated:
    return series.simulate(request.param, 4_000)


def test_the_gate_is_as_sure_as_it_says(simulated: Simulated) -> None:
    for world in ("0", ".17", ".33", ".5", ".5, one day"):
        found = simulated["cosines"][world]
        assert found.surely <= 0.055, world
        assert (0.895 if world == ".5" else 0.925) <= found.held <= 0.97, world
        assert 0.17 <= found.likely <= 0.26, world


def test_other_methods_are_not(simulated: Simulated) -> None:
    alike = {name: rates[".5"] for name, rates in simulated.items()}
    assert alike["independent days"].held < 0.8
    assert alike["independent days"].surely > 0.1
    assert alike["block bootstrap"].held < 0.9
    alone = {name: rates["0"] for name, rates in simulated.items()}
    for wider in ("cosines, .4 n^2/3", "cosines, .6 n^2/3", "Bartlett, fixed b"):
        assert alone[wider].width > alone["cosines"].width
    long = {name: rates[".33, long"] for name, rates in simulated.items()}
    assert long["AR(1)"].held < long["cosines"].held < 0.9  # nor is it sure of weather that lasts


def test_every_method_is_right_where_days_are_independent() -> None:
    values = series.alike(np.random.default_rng(1), (4_000, 60), 0)
    for name, method in METHODS.items():
        error, reach = method(values)
        assert series.rates(values.mean(axis=1) / error, error, reach).held == pytest.approx(
            0.95, abs=0.02
        ), name


def test_series_are_as_alike_as_is_asked_for() -> None:
    for world, lag in (
        ("0", 0),
        (".17", 0.17),
        (".5", 0.5),
        (".5, one day", 0.5),
        (".33, long", 0.33),
    ):
        values = series.WORLDS[world](np.random.default_rng(1), (2_000, 200))
        assert values.std(axis=0) == pytest.approx(1, abs=0.1)
        found = np.mean([series.autocorrelation(each, 1) for each in values])
        assert found == pytest.approx(lag, abs=0.03), world


def test_blocks_are_longer_where_days_are_more_alike() -> None:
    rng = np.random.default_rng(1)
    short, long = (_lengths(series.alike(rng, (500, 90), lag)).mean() for lag in (0, 0.7))
    assert 2 * short < long


# ---- rows


@pytest.mark.slow
def test_the_difference_itself_is_the_centre_of_the_interval() -> None:
    found = rows.simulate(range(30), 0.75)
    for name, each in found.items():
        assert each.rates.held >= 0.85, name
    assert found["calibration_error"].elsewhere.held <= 0.8


# ---- replay


class MadeYear:
    """Six months whose log losses are given, instead of models and rows."""

    months = [f"2013-{number:02}" for number in range(5, 13)]  # noqa: RUF012

    def __init__(self, gains: dict[str, float]) -> None:
        self.gains = gains
        self.asked: list[tuple[str, str, str]] = []

    def earlier(self, month: str, by: int) -> str:
        return f"2013-{int(month[-2:]) - by:02}"

    def compare(self, months, this, other):  # type: ignore[no-untyped-def]
        self.asked.append((months[0], this[0].through, other[0].through))
        return Estimate(self.gains[months[0]], 0.01, 8), np.arange(30.0)


GAINS = {"2013-07": 0.011, "2013-08": -0.03, "2013-09": 0.05, "2013-10": -0.03, "2013-11": -0.03,
         "2013-12": 0.05}  # fmt: skip


def test_a_retraining_is_judged_on_the_next_month_and_looked_at_on_the_one_after() -> None:
    year = MadeYear(GAINS)
    months = replay.retrainings(year)  # type: ignore[arg-type]
    assert [month.found.value for month in months] == list(GAINS.values())
    after = [month.after and month.after.value for month in months]
    assert after == [*list(GAINS.values())[1:], None]
    assert year.asked[:3] == [
        ("2013-07", "2013-06", "2013-05"),
        ("2013-08", "2013-06", "2013-05"),
        ("2013-08", "2013-07", "2013-06"),
    ]


def test_a_policy_promotes_for_the_month_after() -> None:
    year = MadeYear(GAINS)
    done = replay.course(year, replay.POLICIES["likely better"])  # type: ignore[arg-type]
    assert done.promoted == [True, False, True, False, False, True]
    served = [model.through[-2:] for model in done.served]
    assert served == ["05", "06", "06", "08", "08", "08"]
    assert [model.through[-2:] for model in done.judged] == ["06", "06", "08", "08", "08", "11"]
    assert year.asked[-2:] == [("2013-11", "2013-10", "2013-08"), ("2013-12", "2013-11", "2013-08")]
    surely = replay.course(year, replay.POLICIES["surely better"])  # type: ignore[arg-type]
    assert surely.promoted == [False, False, True, False, False, True]
    never, always = (replay.course(year, replay.POLICIES[each]) for each in ("never", "always"))  # type: ignore[arg-type]
    assert not any(never.promoted)
    assert set(never.served) == {Model("2013-05")}
    assert all(always.promoted)


# ---- what a window can see

MONTHS = [replay.Month("2013-07", Estimate(0, 0.01, 8), None, 0.05, (0.4, 0.1))]


def test_how_often_a_policy_promotes() -> None:
    def share(policy: str, truth: float) -> float:
        return power.promoted(replay.POLICIES[policy], truth, MONTHS, 4_000)

    assert share("never", 1) == 0
    assert share("always", -1) == 1
    assert share("surely better", 0) <= 0.05
    assert share("likely better", 0) == pytest.approx(0.21, abs=0.03)
    assert share("surely better", 1) == 1
    assert share("likely better", -0.01) < share("likely better", 0) < share("likely better", 0.01)
    assert power.promoted(Policy(0.5, -0.01), -0.01, MONTHS, 4_000) == pytest.approx(0.5, abs=0.03)


def test_a_gain_that_is_found_four_times_in_five() -> None:
    month = replay.Month("2013-07", Estimate(0, 0.01, 8), None, 0.01 * 30**0.5, (0, 0))
    for confidence in (series.SURELY, series.LIKELY):
        needed = power.gain(month.found, confidence)
        assert power.promoted(Policy(confidence), needed, [month], 4_000) == pytest.approx(
            0.8, abs=0.03
        )


def test_who_looks_often_sees_a_better_one_by_chance() -> None:
    unlike = power.looks(np.eye(20), 0.1, 1_000)
    surely, likely = zip(*unlike, strict=True)
    assert surely[0] == pytest.approx(0.03, abs=0.02)
    assert surely[-1] > 0.3
    assert likely[-1] > 0.95
    same = power.looks(np.ones((20, 20)), 0.1, 1_000)
    assert same[0] == pytest.approx(same[-1])


# ---- the command


@pytest.mark.slow
def test_the_command_prints_its_tables() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.evidence", "--short", "series", "rows", "year", "alarms"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for line in ("independent days", "calibration_error", "2013-12", "surely not worse by .005", "retrained", "of 2 blocks of 20 days"):  # fmt: skip
        assert line in done.stdout
    assert "a model of the months up to 2013-11" in done.stderr


def test_an_unknown_part_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["evidence", "years"])
    with pytest.raises(SystemExit):
        main()
    assert "years is not one of series, rows, year, looks, alarms" in capsys.readouterr().err
