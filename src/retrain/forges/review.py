"""The report of a change under review, posted by code that no change can change.

Its facts are read within limits, rendered here, and posted only while the request still shows the
commit that was built.
"""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from retrain.ci import publish
from retrain.ci.git import short
from retrain.ci.policy import POLICY, Policy
from retrain.ci.report import render
from retrain.ci.report.markdown import paragraphs
from retrain.errors import UserError
from retrain.forges import cml, here
from retrain.forges.shapes import Built
from retrain.settings import read

NAME = "report"  # of the comment


def comment(folder: Path) -> str:
    """Post what the run has left in a folder, or that it has left nothing; return a sentence.

    Raises:
        UserError: if it cannot be posted.
    """
    built = here.review().built()
    if not read(Path(POLICY), Policy).triggers.pull_request:
        return f"{POLICY} says triggers.pull_request: false, so nothing is posted."
    if why := here.calls().unable():
        return f"Nothing is posted: {why}. The report is an artifact of {built.url}"
    written = _written(folder, built)
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "comment.md"
        file.write_text(written, "utf-8")
        number, why = here.review().shown_by(built)  # late: it may have moved on
        if number is None:
            return f"Nothing is posted: {why}."
        cml.comment(number, _title(number), file)
    return f"Posted the report of {short(built.commit)}."


def _written(folder: Path, built: Built) -> str:
    """Return the comment: the report of these facts, or that there are none to be had."""
    source = folder / publish.FACTS
    link = f"[The run of `{short(built.commit)}`]({built.url})"
    if not source.is_symlink() and source.is_file():
        try:
            return paragraphs(render(publish.read(source)), f"{link}, with the change's own code.")
        except UserError:
            return paragraphs(
                "## ❔ No report",
                f"{link} left something that is no report. Its log says more.",
            )
    return paragraphs("## ❔ No report", f"{link} left no report. Its log says why.")


def _title(number: int) -> str:
    """Return what CML knows our comment by: a title that stands in nobody else's comment.

    CML takes any comment with the title for its own, a quotation of it too; and it looks through
    one page of them. Our comment outside that page is removed, or there would be two.
    """
    comments = here.calls().comments(number)
    foreign = "\n".join(each.body for each in comments if not each.ours)
    titles = (f"{NAME} {turn}" if turn > 1 else NAME for turn in count(1))
    title = next(each for each in titles if _mark(each) not in foreign)
    for each in comments:
        if _mark(title) in each.body and not each.in_sight:
            here.calls().remove_comment(number, each.id)
    return title


def _mark(title: str) -> str:
    return f'CML watermark {title}"'
