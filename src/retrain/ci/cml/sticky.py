"""Our one comment below a request, known by its author and by the mark that CML leaves in it.

CML reads one page of comments, and takes any with its mark for its own, a quotation too. Where it
would take another one, or none, our comment is edited by its id, and keeps its mark.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from retrain.ci import provider
from retrain.ci.api.types import Comment

NAME = "report"
MARK = re.compile(rf'!\[\]\(\S+ "CML watermark ({NAME}(?: \d+)?)"\)\s*\Z')


@dataclass(frozen=True)
class Ours:
    """A comment of ours, taken apart."""

    comment: Comment
    text: str
    mark: str
    title: str  # in the mark


def text(number: int) -> str:
    """Return what our comment says; empty: there is none."""
    mine = _ours(provider.calls().comments(number))
    return mine[-1].text if mine else ""


def put(number: int, text: str, update: Callable[[str], object]) -> None:
    """Let our comment say this, and remove others of ours, which an accident may leave.

    Args:
        number: of the request.
        text: what it shall say.
        update: `cml comment update` with this text and the title that it is given.
    """
    comments = provider.calls().comments(number)
    mine = _ours(comments)
    newest = mine[-1] if mine else None
    if newest is None:
        update(next(_free_titles(comments)))
    elif newest.comment.in_sight and _bearing(newest.title, comments) == [newest.comment]:
        update(newest.title)
    else:
        provider.calls().edit_comment(number, newest.comment.id, f"{text}\n\n{newest.mark}")
    for each in mine[:-1]:
        provider.calls().remove_comment(number, each.comment.id)


def _ours(comments: Sequence[Comment]) -> list[Ours]:
    """Return our comments, the newest last; there should be one at most."""
    found = ((each, MARK.search(each.body)) for each in comments if each.ours)
    mine = [
        Ours(each, each.body[: mark.start()].rstrip(), mark[0].rstrip(), mark[1])
        for each, mark in found
        if mark
    ]
    return sorted(mine, key=lambda each: each.comment.id)


def _free_titles(comments: Sequence[Comment]) -> Iterator[str]:
    """Yield the titles that no comment has: CML would take that comment for ours."""
    titles = (f"{NAME} {turn}" if turn > 1 else NAME for turn in count(1))
    return (each for each in titles if not _bearing(each, comments))


def _bearing(title: str, comments: Sequence[Comment]) -> list[Comment]:
    return [each for each in comments if f'CML watermark {title}"' in each.body]
