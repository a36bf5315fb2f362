"""`cml comment update`: posts what `review` has written, while the request shows what was built."""

import re
from collections.abc import Sequence
from pathlib import Path

from retrain.ci import provider
from retrain.ci.api.retry import retried
from retrain.ci.cml import command, sticky
from retrain.errors import UserError
from retrain.repo.git import short

COMMAND = ("cml", "comment", "update")
TARGET = re.compile(r"--target=pr/(\d+)")
UNPUBLISHED = "--publish=false"  # else CML uploads every file of this machine that a link names
SECONDS = 60  # for one try


def post(words: Sequence[str]) -> str:
    """Post a file below a request, or over the comment that is there; return a sentence.

    Args:
        words: the options of the command, --target=pr/NUMBER among them, and last the file. The
            title of its watermark is added, because another comment may bear the usual one.
    """
    targets = [int(found[1]) for word in words if (found := TARGET.fullmatch(word))]
    if len(targets) != 1 or words[-1].startswith("-"):
        raise UserError(
            f"{' '.join(COMMAND)}: name a request and, last, a file: --target=pr/7 comment.md"
        )
    if UNPUBLISHED not in words:
        raise UserError(f"{' '.join(COMMAND)}: add {UNPUBLISHED}, so that CML uploads no file")
    number, file = targets[0], Path(words[-1])
    if not file.is_file():
        return f"Nothing is posted: there is no {file}."
    built, text = provider.review().built(), file.read_text("utf-8")
    posted = f"Posted the report of {short(built.commit)}."

    def update(title: str) -> None:
        named = f"--watermark-title={title}"
        command.run([*COMMAND, *words[:-1], named, words[-1]], Path.cwd(), SECONDS)

    def attempt() -> str:
        shown, why = provider.review().shown_by(built)  # asked each time: it may have moved on
        if shown != number:
            return f"Nothing is posted: {why or f'another request shows {short(built.commit)}'}."
        sticky.put(number, text, update)
        return posted

    return retried(attempt, lambda: posted if sticky.text(number) == text else None)
