"""What follows from a comparison: promote, keep or block, and the reasons in numbers."""

from collections.abc import Mapping

from retrain.ci.policy import Gate
from retrain.ci.verdict import Comparison, Difference, Outcome

Metrics = Mapping[str, float | None]


def blocked(gate: Gate, metrics: Metrics, reference: Metrics, failures: list[str]) -> list[str]:
    """Return why a model may not land at all.

    Args:
        gate: the policy.
        metrics: of the model, on its whole test window.
        reference: the same of the simple model to beat.
        failures: of the tests of its behaviour.
    """
    reasons = []
    for name, metric in gate.metrics.items():
        if metric.floor is None:
            continue
        value, sign = metrics.get(name), _sign(metric.direction)
        if value is None:
            reasons.append(f"{name} is undefined on the test window, and has a floor")
        elif sign * value < sign * metric.floor:
            least = "at least" if sign > 0 else "at most"
            reasons.append(f"{name} is {value:.4f}; the floor is {least} {metric.floor:.4g}")
    value, simple = metrics.get(gate.primary), reference.get(gate.primary)
    sign = _sign(gate.metrics[gate.primary].direction)
    if gate.beats_reference and (value is None or simple is None or sign * (value - simple) <= 0):
        found = ["undefined" if each is None else f"{each:.4f}" for each in (value, simple)]
        reasons.append(f"{gate.primary} is {found[0]}, no better than the reference's {found[1]}")
    return reasons + [f"a behaviour test fails: {failure}" for failure in failures]


def decide(gate: Gate, model: str, champion: Comparison | None) -> tuple[Outcome, list[str]]:
    """Return the verdict on a model that nothing blocks, against the champion."""
    if champion is None:
        return "promote", ["it is the first model, and it reaches every floor"]
    if champion.model == model:
        return "keep", ["it is the champion itself, to the byte"]
    if champion.problem:
        return "keep", [f"not comparable with the champion: {champion.problem}"]
    primary = champion.metrics[gate.primary]
    tolerance = gate.metrics[gate.primary].tolerance
    improvement = _improvement(gate, gate.primary, primary)
    if improvement is None:
        return "keep", [f"not comparable with the champion: {gate.primary} is undefined"]
    shown = _shown(gate, gate.primary, primary)
    needed = tolerance if gate.promote_when == "better" else -tolerance
    if improvement[0] <= needed:
        wanted = "better" if gate.promote_when == "better" else "not worse"
        return "keep", [f"not surely {wanted} by more than {tolerance:g}: {shown}"]
    if unknown := [name for name, found in champion.metrics.items() if found.low is None]:
        return "keep", [f"{shown}, and yet {', '.join(unknown)} cannot be compared"]
    worse = [
        f"{_shown(gate, name, found)}: worse by more than {gate.metrics[name].tolerance:g}"
        for name, found in champion.metrics.items()
        if name != gate.primary
        and (bounds := _improvement(gate, name, found)) is not None
        and bounds[1] < -gate.metrics[name].tolerance
    ]
    if worse:
        return "keep", [f"{shown}, and yet:", *worse]
    return "promote", [shown]


def _improvement(gate: Gate, name: str, found: Difference) -> tuple[float, float] | None:
    """Return the interval of how much better this model is, whichever way the metric goes."""
    if found.low is None or found.high is None:
        return None
    if _sign(gate.metrics[name].direction) > 0:
        return found.low, found.high
    return -found.high, -found.low


def _shown(gate: Gate, name: str, found: Difference) -> str:
    sure = f"{gate.resampling.confidence:.0%} interval"
    return (
        f"{name} {found.other:.4f} to {found.this:.4f}, a difference of {found.difference:+.4f}, "
        f"{sure} {found.low:+.4f} to {found.high:+.4f}"
    )


def _sign(direction: str) -> int:
    return 1 if direction == "higher" else -1
