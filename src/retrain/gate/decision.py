"""The decision: promote, keep or block, and the reasons in numbers."""

from collections.abc import Mapping, Sequence

from retrain.gate.policy import Gate, Promotion
from retrain.gate.schema import Comparison, Difference, Outcome, Part, Tests
from retrain.metrics.table import places
from retrain.registry.next_version import Kind

Metrics = Mapping[str, float | None]
NEEDS = {
    "change": "a change of code, parameters or packages needs",
    "data": "newer data alone need",
}


def blocked(gate: Gate, metrics: Metrics, reference: Metrics, tests: Tests | None) -> list[str]:
    """Return why a model may not land at all, by its metrics on the whole test window."""
    reasons = []
    for name, metric in gate.metrics.items():
        if metric.floor is None:
            continue
        value, sign = metrics.get(name), _sign(gate, name)
        if value is None:
            reasons.append(f"{name} is undefined on the test window, and has a floor")
        elif sign * value < sign * metric.floor:
            bound = "at least" if sign > 0 else "at most"
            shown = f"{value:.{places(value)}f}"
            reasons.append(f"{name} is {shown}; the floor is {bound} {metric.floor:.10g}")
    value, simple = metrics.get(gate.primary), reference.get(gate.primary)
    sign = _sign(gate, gate.primary)
    if gate.beats_reference and (value is None or simple is None or sign * (value - simple) <= 0):
        digits = places(value, simple)
        found = ["undefined" if each is None else f"{each:.{digits}f}" for each in (value, simple)]
        reasons.append(f"{gate.primary} is {found[0]}, no better than the reference's {found[1]}")
    if tests and not (tests.passed or tests.failed or tests.warned):
        reasons.append(f"no behaviour test of {gate.behaviour} ran ({tests.skipped} were skipped)")
    failed = tests.failed if tests else []
    return reasons + [f"a behaviour test fails: {each}" for each in failed]


def decide(gate: Gate, model: str, champion: Comparison | None) -> tuple[Outcome, list[str]]:
    if champion is None:
        return "promote", ["it is the first model, and it reaches every floor"]
    if champion.model == model:
        return "keep", ["it is the champion itself, to the byte"]
    if champion.problem:
        return "keep", [f"not comparable with the champion: {champion.problem}"]
    if champion.sure is None:
        return "keep", [f"not comparable with the champion: {gate.primary} is undefined"]
    rule = getattr(gate.promote, champion.kind)
    difference = _sentence(gate, gate.primary, champion.metrics[gate.primary])
    reason = f"{difference}; {_confidence(champion.kind, rule, champion.sure)}"
    if champion.sure < rule.confidence:
        return "keep", [reason]
    if unknown := [name for name, found in champion.metrics.items() if found.low is None]:
        return "keep", [f"{difference}, and yet {', '.join(unknown)} cannot be compared"]
    if worse := _worse(gate, champion.metrics):
        return "keep", [f"{difference}, and yet:", *worse]
    if worse := _worse_parts(gate, champion.parts):
        return "keep", [f"{difference}, and yet:", *worse]
    return "promote", [reason]


def _confidence(kind: Kind, rule: Promotion, confidence: float) -> str:
    better = "better" if rule.margin >= 0 else "not worse"
    if rule.margin:
        better += f" by more than {abs(rule.margin):g}"
    return (
        f"it is {_percent(confidence)} sure that this model is {better}, and {NEEDS[kind]} "
        f"{_percent(rule.confidence)}"
    )


def _worse(gate: Gate, metrics: Mapping[str, Difference]) -> list[str]:
    """Return the metrics whose whole interval is beyond their tolerance."""
    reasons = []
    for name, found in metrics.items():
        tolerance = gate.metrics[name].tolerance
        if _is_worse_by(tolerance, _sign(gate, name), found):
            difference = _sentence(gate, name, found)
            reasons.append(f"{difference}: surely worse by more than {tolerance:g}")
    return reasons


def _worse_parts(gate: Gate, parts: Sequence[Part]) -> list[str]:
    """Return the slices in which the whole interval, corrected for their number, is beyond it."""
    sign, reasons = _sign(gate, gate.primary), []
    for part in parts:
        found = part.primary
        if _is_worse_by(gate.slice_tolerance, sign, found):
            difference = f"{found.difference:+.{places(found.other, found.this)}f}"
            reasons.append(
                f"{gate.primary} for {part.slice} {part.value} differs by {difference}: surely "
                f"worse by more than {gate.slice_tolerance:g}, the tolerance of a slice"
            )
    return reasons


def _is_worse_by(tolerance: float | None, sign: int, found: Difference) -> bool:
    """Say whether the whole interval is beyond the tolerance."""
    best = found.high if sign > 0 else found.low
    return tolerance is not None and best is not None and sign * best < -tolerance


def _sentence(gate: Gate, name: str, found: Difference) -> str:
    digits = places(found.other, found.this)
    other, this = f"{found.other:.{digits}f}", f"{found.this:.{digits}f}"
    change, low, high = (
        f"{each:+.{digits}f}" for each in (found.difference, found.low, found.high)
    )
    return (
        f"{name} {other} to {this}, a difference of {change} "
        f"({gate.confidence:.0%} interval {low} to {high})"
    )


def _percent(share: float) -> str:
    """Return a confidence, never rounded up to a certainty or to what it does not reach."""
    return f"{int(1000 * share + 1e-9) / 10:g}%"


def _sign(gate: Gate, name: str) -> int:
    return 1 if gate.table[name].higher_is_better else -1
