"""Which pushes one test window has judged: a line of our own comment that is not shown.

It is read from our comment alone: what a run has left, and what others write, may say anything.
"""

import re
from dataclasses import dataclass, replace

from retrain.repo.git import short
from retrain.report.render.causes import MOST_PUSHES as ALL_LOOKS
from retrain.report.render.causes import judged_by
from retrain.report.schema import Facts

LINE = re.compile(r"<!-- retrain judged ([\w ,.-]+): ([0-9a-f ]+) -->\s*\Z", re.ASCII)
OTHER = re.compile(r"[^\w ,.-]", re.ASCII)  # what could end the line


@dataclass(frozen=True)
class Pushes:
    """A test window, and the commits that it has judged, oldest first."""

    window: str = ""
    commits: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Return these as the last line of a comment."""
        judged = f"{self.window}: {' '.join(self.commits)}"
        return f"<!-- retrain judged {judged} -->" if self.commits else ""

    @classmethod
    def read(cls, comment: str) -> "Pushes":
        """Return what the last line of a comment says."""
        found = LINE.search(comment)
        return cls(found[1], tuple(found[2].split())) if found else cls()

    def add(self, facts: Facts | None, commit: str) -> "Pushes":
        """Return these with one commit more, if it was judged; another window begins anew."""
        if facts is None or (test := judged_by(facts)) is None:
            return self
        window = OTHER.sub("", test)[:100] or "-"
        same = self if self.window == window else Pushes(window)
        if short(commit) in same.commits:
            return same
        return replace(same, commits=(*same.commits, short(commit))[-ALL_LOOKS:])
