"""What follows from a comparison: promote, keep or block, and the reasons in numbers."""

from collections.abc import Mapping

from retrain.gate.policy import Gate
from retrain.gate.schema import Comparison, Difference, Outcome, Tests
from retrain.metrics import HIGHER_IS_BETTER

Metrics = Mapping[str, float | None]
NEEDS = {
    "change": "a change of code, parameters or packages needs",
    "data": "newer data alone need",
}


def blocked(gate: Gate, metrics: Metrics, reference: Metrics, tests: Tests | None) -> list[str]:
    """Return why a model may not land at all.

    Args:
        gate: the policy.
        metrics: of the model, on its whole test window.
        reference: the same of the simple model to beat.
        tests: of its behaviour.
    """
    reasons = []
    for name, metric in gate.metrics.items():
        if metric.floor is None:
            continue
        value, sign = metrics.get(name), _sign(name)
        if value is None:
            reasons.append(f"{name} is undefined on the test window, and has a floor")
        elif sign * value < sign * metric.floor:
            least = "at least" if sign > 0 else "at most"
            reasons.append(f"{name} is {value:.4f}; the floor is {least} {metric.floor:.4g}")
    value, simple = metrics.get(gate.primary), reference.get(gate.primary)
    sign = _sign(gate.primary)
    if gate.beats_reference and (value is None or simple is None or sign * (value - simple) <= 0):
        found = ["undefined" if each is None else f"{each:.4f}" for each in (value, simple)]
        reasons.append(f"{gate.primary} is {found[0]}, no better than the reference's {found[1]}")
    if tests and not tests.passed and not tests.failed:
        reasons.append(f"no behaviour test of {gate.behaviour} ran ({tests.skipped} were skipped)")
    return reasons + [f"a behaviour test fails: {each}" for each in (tests.failed if tests else [])]


def decide(gate: Gate, model: str, champion: Comparison | None) -> tuple[Outcome, list[str]]:
    if champion is None:
        return "promote", ["it is the first model, and it reaches every floor"]
    if champion.model == model:
        return "keep", ["it is the champion itself, to the byte"]
    if champion.problem:
        return "keep", [f"not comparable with the champion: {champion.problem}"]
    if champion.sure is None:
        return "keep", [f"not comparable with the champion: {gate.primary} is undefined"]
    shown = _shown(gate, gate.primary, champion.metrics[gate.primary])
    rule = getattr(gate.promote, champion.kind)
    better = "better" if rule.margin >= 0 else "not worse"
    asked = f"{better} by more than {abs(rule.margin):g}" if rule.margin else better
    sure = f"it is {_percent(champion.sure)} sure that this model is {asked}"
    needed = f"{NEEDS[champion.kind]} {_percent(rule.confidence)}"
    if champion.sure < rule.confidence:
        return "keep", [f"{shown}; {sure}, and {needed}"]
    if unknown := [name for name, found in champion.metrics.items() if found.low is None]:
        return "keep", [f"{shown}, and yet {', '.join(unknown)} cannot be compared"]
    worse = [
        f"{_shown(gate, name, found)}: surely worse by more than {tolerance:g}"
        for name, found in champion.metrics.items()
        if (tolerance := gate.metrics[name].tolerance) is not None
        and _best(name, found) < -tolerance
    ]
    if worse:
        return "keep", [f"{shown}, and yet:", *worse]
    return "promote", [f"{shown}; {sure}, and {needed}"]


def _best(name: str, found: Difference) -> float:
    """Return the better end of the interval of how much better this model is."""
    low, high = found.low or 0.0, found.high or 0.0
    return high if _sign(name) > 0 else -low


def _shown(gate: Gate, name: str, found: Difference) -> str:
    interval = f"{gate.confidence:.0%} interval {found.low:+.4f} to {found.high:+.4f}"
    return (
        f"{name} {found.other:.4f} to {found.this:.4f}, a difference of {found.difference:+.4f} "
        f"({interval})"
    )


def _percent(share: float) -> str:
    """Return a confidence, never rounded up to a certainty or to what it does not reach."""
    return f"{int(1000 * share + 1e-9) / 10:g}%"


def _sign(name: str) -> int:
    return 1 if HIGHER_IS_BETTER[name] else -1
