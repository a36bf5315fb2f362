"""Markdown that GitHub and GitLab show alike, and text from outside that stays text in it.

Both forges read a comment twice: a parser makes HTML of it, then filters search the HTML's
text for mentions, references, commits, links, emoji and formulas. An escape in the Markdown stops
the parser alone, for the filters see the bare character again. They read one text node at a
time, so what would mean something is cut in two by a `<span>`, which leaves no trace in what is
shown or copied; GitHub's documentation advises the same for a dollar.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
CELL = 60  # characters of a name or a value
SENTENCE = 300
GROWTH = 4  # of a text by escaping, at most; one that grows more is hostile, and is cut shorter

# letters and marks without ink, which Unicode does not count among the control characters
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
ACTIVE = re.compile(
    r"""
      (?P<start> ^[-+=/] | ^\d+(?=[.)](\s|$)) )  # a list, an underline, a command of GitLab's
    # @name #1 !1 ~label &1 $1 %1 :tada: {+ +} [issue:1] http://
    | (?P<same> (?P<one> [@#!~&$^%:*{\\] ) (?P=one)* (?=\S|$) )
    | (?P<task> \[+ )
    | (?P<hash> [0-9a-f]{6} (?=[0-9a-f]) )  # a commit
    | (?P<key> (?: (?<=[a-z]) | (?<=[a-z]\d) ) - (?=\d) )  # GH-1, and any tracker's ABC-1
    | (?P<www> (?<=www)\. )
    | (?P<mark> [!"#$&*<>@\\\]^`{|}~] | (?<![^\W_])_+ | _+(?![^\W_]) | [=+]{2,} )
    """,
    re.VERBOSE | re.IGNORECASE,
)
PLAIN = re.compile(r"[\w./,=()'+ -]*[\w./,=()'+-]", re.ASCII)


def clean(text: str, limit: int = CELL) -> str:
    """Return a text on one line, without anything that hides or turns it, and not too long."""
    line = " ".join(text.split())
    short = line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"
    return "".join(map(_visible, short))


def _visible(character: str) -> str:
    # C: control, format (bidirectional, zero width), surrogate, private; Z: other than a space
    if character == " ":
        return character
    hidden = unicodedata.category(character)[0] in "CZ" or INVISIBLE.match(character)
    return "�" if hidden else character


def text(raw: str, limit: int = SENTENCE) -> str:
    """Return text from outside as Markdown that shows it and does nothing, in any place."""
    shown = clean(raw, limit)
    while len(safe := ACTIVE.sub(_inert, shown)) > GROWTH * limit:
        shown = clean(shown, len(shown) * 3 // 4)
    return safe


def _inert(match: re.Match[str]) -> str:
    found = match[0]
    if match.lastgroup == "mark":
        return "".join(map(_entity, found))
    return f"<span>{found if found.isalnum() else ''.join(map(_entity, found))}</span>"


def _entity(character: str) -> str:
    return f"&#{ord(character)};"


def code(raw: str, limit: int = CELL) -> str:
    """Return a name or a value from outside, set as code: forges search nothing there."""
    shown = clean(raw, limit)
    if not shown:
        return ""
    return f"`{shown}`" if PLAIN.fullmatch(shown) else f"<code>{text(shown, limit)}</code>"


def fence(raw: str, language: str, limit: int = 1000) -> str:
    """Return text from outside as a block of code, on one line."""
    shown = clean(raw, limit)
    longest = max(map(len, re.findall("`+", shown)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{shown}\n{ticks}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Return a table of cells that are Markdown already; `right` are the columns of numbers."""
    aligned = set(right)
    rule = ["---:" if column in aligned else "---" for column in range(len(header))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, rule, *rows])


def details(summary: str, content: str) -> str:
    """Return a folded part. In its summary Markdown means nothing: our own words only."""
    return f"<details>\n<summary>{summary}</summary>\n\n{content}\n\n</details>"


def alert(kind: str, content: str) -> str:
    """Return a coloured box: NOTE, WARNING or CAUTION. Elsewhere it is a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in (f"[!{kind}]", *content.split("\n")))


def bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def cut(items: Sequence[T], limit: int, line: Callable[[T], str]) -> list[str]:
    """Return a line for each item; the last says how many are left out, if any."""
    return [cells[0] for cells in cut_rows(items, limit, lambda item: [line(item)])]


def cut_rows(
    items: Sequence[T], limit: int, row: Callable[[T], Sequence[str]]
) -> list[Sequence[str]]:
    if len(items) <= limit:
        return [row(item) for item in items]
    shown = [row(item) for item in items[: limit - 1]]
    return [*shown, [more(len(items) - limit + 1), *[""] * (len(shown[0]) - 1)]]


def more(number: int) -> str:
    return f"… and {number:,} more"


def paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
