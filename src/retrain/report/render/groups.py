"""The parts of the rows where the model moved for sure, worst first."""

from retrain.gate.schema import Part, Verdict
from retrain.report.render.markdown import cut_rows, paragraphs, table, text
from retrain.report.render.models import compared
from retrain.report.render.numbers import GAP, figure, interval, signed
from retrain.report.schema import Facts

PARTS = 10


def groups(facts: Facts) -> str:
    judged = facts.verdict
    if judged is None:
        return ""
    found = [each for each in compared(facts, judged) if each[2].parts]
    return paragraphs(
        *(
            _moved(judged, comparison.parts, f" against {name}" if len(found) > 1 else "")
            for _, name, comparison in found
        )
    )


def _moved(judged: Verdict, parts: list[Part], against: str) -> str:
    moved = [part for part in parts if part.primary.effect.startswith("surely")]
    moved.sort(key=lambda part: _order(judged, part))
    metric = text(judged.primary, 60)
    if not moved:
        return f"**Groups:** none of {len(parts):,} moved for sure{against}, by {metric}."
    header = ["group", "rows", "before", f"this{GAP}run", "difference", "interval", "effect"]
    number = f"{len(moved):,} of {len(parts):,}"
    return paragraphs(
        f"**Groups:** {number} moved for sure{against}, by {metric}; the worst first. "
        "Intervals are wider than above, because many groups are looked at.",
        table(header, cut_rows(moved, PARTS, _row), range(1, 6)),
    )


def _row(part: Part) -> list[str]:
    return [
        f"{text(part.slice, 40)}: {text(part.value, 40)}",
        f"{part.rows:,}",
        figure(part.primary.other),
        figure(part.primary.this),
        signed(part.primary.difference),
        interval(part.primary.low, part.primary.high),
        f"**{part.primary.effect}**",
    ]


def _order(judged: Verdict, part: Part) -> tuple[bool, float]:
    """Return whether this model is better on a part, and the improvement."""
    change = part.primary.difference or 0.0
    higher = judged.higher_is_better.get(judged.primary, True)
    return part.primary.effect == "surely better", change if higher else -change
