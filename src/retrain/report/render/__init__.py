"""The report of a run: one Markdown file that is read in half a minute under a pull request.

`render` is a pure function of the facts: it reads no file, no repository and no clock. It shows
them as text, never as markup: see `markdown.text`.
"""

from retrain.report.render import (
    causes,
    charts,
    classes,
    comparisons,
    contract,
    opening,
    steps,
    verdict,
)
from retrain.report.render.markdown import paragraphs
from retrain.report.render.opening import Status
from retrain.report.schema import Facts

LIMIT = 64_500  # characters; a comment on GitHub has at most 65,536, and has links and marks too

SECTIONS = {  # in the order in which a reader asks
    "heading": opening.heading,
    "summary": opening.summary,
    "error": opening.error,
    "broken contract": contract.broken,
    "verdict": verdict.verdict,
    "metrics": comparisons.comparisons,
    "changes": causes.changes,
    "new data": causes.new_data,
    "notices": causes.notices,
    "groups": comparisons.groups,
    "classes": classes.classes,
    "curves": charts.charts,
    "data contract": contract.kept,
    "what ran": steps.steps,
    "how to reproduce it": steps.reproduce,
}
SHORT = ("heading", "summary", "notices")  # when there was nothing to do
# What is left out first if the report is too long. The others are bounded, and fit together.
EXPENDABLE = (
    "curves",
    "classes",
    "data contract",
    "groups",
    "what ran",
    "new data",
    "changes",
    "broken contract",
)


def render(facts: Facts, pushes: int = 0) -> str:
    """Return the report as Markdown, within what a comment holds.

    `pushes`: how many pushes of this change the same rows have judged, where that is known.
    """
    names = SHORT if opening.status(facts) is Status.UNCHANGED else tuple(SECTIONS)
    sections = {name: SECTIONS[name](facts) for name in names}
    sections["notices"] = paragraphs(sections["notices"], causes.repeated(facts, pushes))
    written = {name: section for name, section in sections.items() if section}
    left_out: list[str] = []
    for name in EXPENDABLE:
        if _size(_joined(written, left_out)) <= LIMIT:
            break
        if written.pop(name, None) is not None:
            left_out.append(name)
    return _joined(written, left_out)


def _joined(written: dict[str, str], left_out: list[str]) -> str:
    rest = f"Left out, because a comment has no room for it: {', '.join(left_out)}."
    return paragraphs(*written.values(), rest if left_out else "") + "\n"


def _size(report: str) -> int:
    """Return the length as the forges count it, in UTF-16: an emoji is two."""
    return len(report.encode("utf-16-le", "surrogatepass")) // 2
