"""July to December again: what each policy would have promoted, and how good that was."""

from dataclasses import dataclass
from itertools import zip_longest
from math import inf
from typing import NamedTuple

from benchmarks.evidence.series import LIKELY, SURELY, autocorrelation
from benchmarks.evidence.year import Model, Year
from retrain.gate.interval import Estimate

FIRST = "2013-07"  # what the template ships with ends before it


class Policy(NamedTuple):
    """Promoted is what is better by more than `margin` with this confidence."""

    confidence: float
    margin: float = 0

    def promotes(self, found: Estimate) -> bool:
        """Say whether an improvement is enough."""
        return found.confidence_above(self.margin) >= self.confidence


POLICIES = {
    "never": Policy(inf),
    "surely better": Policy(SURELY),
    "likely better": Policy(LIKELY),
    "surely not worse by .005": Policy(SURELY, -0.005),
    "always": Policy(0),
}


@dataclass(frozen=True)
class Month:
    """A retraining: how its model compares, on a month that no model has learned from."""

    name: str
    found: Estimate  # the improvement in log loss over the model of one month less
    after: Estimate | None  # the same a month later, where the year has one
    scale: float  # the deviation of the pseudo-values, one a day
    lags: tuple[float, float]  # their correlation with those of one day, of two days before


@dataclass(frozen=True)
class Course:
    """What a policy did, month by month: what it promotes on July's rows serves August."""

    likely: list[float]  # how likely the new model was better than the policy's champion
    promoted: list[bool]
    served: list[Model]  # what was champion while the month lasted
    judged: list[Model]  # what was champion once the month had been judged


def retrainings(year: Year) -> list[Month]:
    """Return each month's retrained model against that of one month less."""
    rows = []
    months = window(year, FIRST)
    for month, following in zip_longest(months, months[1:]):
        pair = (Model(year.earlier(month, 1)),), (Model(year.earlier(month, 2)),)
        found, values = year.compare((month,), *pair)
        after = year.compare((following,), *pair)[0] if following else None
        lags = autocorrelation(values, 1), autocorrelation(values, 2)
        rows.append(Month(month, found, after, float(values.std(ddof=1)), lags))
    return rows


def window(year: Year, first: str) -> list[str]:
    """Return the months from `first` on."""
    return [month for month in year.months if month >= first]


def course(year: Year, policy: Policy, first: str = FIRST) -> Course:
    """Follow a policy: the first champion has learned from all months but the last before it."""
    champion, done = Model(year.earlier(first, 2)), Course([], [], [], [])
    for month in window(year, first):
        new = Model(year.earlier(month, 1))
        found, _ = year.compare((month,), (new,), (champion,))
        done.likely.append(found.confidence_above(0))
        done.promoted.append(policy.promotes(found))
        done.served.append(champion)
        champion = new if done.promoted[-1] else champion
        done.judged.append(champion)
    return done


def served(year: Year, policy: Policy, first: str = FIRST) -> float:
    """Return the log loss that a policy's champions had while they served, `first` and after."""
    return year.loss(window(year, first), course(year, policy, first).served)
