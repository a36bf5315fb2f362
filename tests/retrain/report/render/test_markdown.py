"""Text from outside stays text, wherever it stands, and is shown as it is."""

import random
import string

import pytest

from retrain.report.render.markdown import (
    CELL,
    clean,
    code,
    cut,
    cut_rows,
    details,
    fence,
    table,
    text,
)
from tests.retrain.report.render.reading import meanings, read

HOSTILE = [
    "@octocat",
    "hi @org/team, and me@example.org",
    "#1 !1 ~1 &1 $1 %1 ^1",
    '~bug ~"two words" %"a milestone" &epic $snippet ^alert#2',
    "octo/repo#1 octo/repo!2 GH-1 gl-22 ABC-123 AB2-5",
    "[issue:1] [work_item:2] [vulnerability:3]",
    "0123456789abcdef0123456789abcdef01234567",
    "fixed in deadbeef, deadbeef-1, main...c0ffee00, DEADBEEF",
    "http://evil.example https://evil.example ftp://evil.example",
    "www.evil.example WWW.evil.example awww.evil.example",
    "mailto:a@b.example a@b.example <a@b.example>",
    "[x](http://evil.example) ![x](y.png) [x][y] [x]",
    "[x]: http://evil.example",
    "<https://evil.example>",
    "<b>bold</b><img src=x onerror=alert(1)><script>alert(1)</script>",
    "</details></summary></td></table>",
    "<!-- a comment",
    "<?php ?> <!DOCTYPE x> <![CDATA[x]]>",
    "&lt;b&gt; &#64;octocat &commat;octocat",
    ":tada: :+1: :100:",
    "/close",
    "/assign @me",
    "- [ ] task",
    "[ ] task",
    "[^1] and [^1]: a footnote",
    "$x$ $$x$$ $`x`$ \\(x\\) \\[x\\] $@$@$",
    "%%{init: {'theme': 'dark'}}%%",
    "%{project_name}",
    "a | b || c \\| d \\\\| e",
    "`x` ``y`` ```z``` ` ``",
    "```\n# out",
    "~~~",
    "# heading",
    "===",
    "---",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "1) item",
    "> quotation",
    "    indented",
    "\ttab",
    "a\n\nb\r\nc\u2028d\u2029e\x0bf\x85g",
    "*a* **b** _c_ __d__ ~~e~~ ***f***",
    "a_b _c __d e_f_",
    "a ==marked== and ++inserted++ word, ||spoiler||",
    "{+ added +} {- gone -} [+ added +] [- gone -]",
    "[[_TOC_]] [[wiki]] [TOC]",
    "::include{file=x}",
    "\\",
    "trailing \\",
    "\\@octocat \\#1 \\\\@octocat",
    "@@octocat ##1 !!1 ::tada::",
    "<",
    "&",
    "|",
    "@",
    "'\"",
]
PLACES = {
    "a paragraph": "{}",
    "a paragraph's middle": "before {} after",
    "emphasis": "**{}** is",
    "brackets": "before ({}): after",
    "an item": "- {}",
    "a cell": "| a | b |\n| --- | --- |\n| {} | x |",
    "a heading": "## {}: keep",
    "an alert": "> [!NOTE]\n> {}",
    "folded": "<details>\n<summary>x</summary>\n\n{}\n\n</details>",
}


def shown(raw: str) -> str:
    return " ".join(raw.split())


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("raw", HOSTILE)
def test_hostile_text_means_nothing_anywhere(raw: str, place: str) -> None:
    empty, filled = read(PLACES[place].format("word")), read(PLACES[place].format(text(raw)))
    assert meanings(filled) == []
    assert [tag for tag in filled.tags if tag != "span"] == empty.tags
    assert shown(raw) in filled.all_text


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("raw", HOSTILE)
def test_hostile_names_mean_nothing_anywhere(raw: str, place: str) -> None:
    filled = read(PLACES[place].format(code(raw, 300)))
    assert meanings(filled) == []
    assert [tag for tag in filled.tags if tag not in {"span", "code"}] == read(
        PLACES[place].format("word")
    ).tags
    assert shown(raw) in filled.all_text


def test_random_text_means_nothing_and_is_shown_as_it_is() -> None:
    draw = random.Random(20130101)  # noqa: S311
    alphabet = string.punctuation * 3 + "abcdefgh0123 xyzw" + "é…漢"
    words = ["http://", "www.", "deadbeef", "@a", "#1", "GH-1", "<b>", "</td>", "`", "$", "\\"]
    for _ in range(500):
        raw = "".join(
            draw.choice(words) if draw.random() < 0.2 else draw.choice(alphabet) for _ in range(24)
        )
        for escape in (text, code):
            reader = read(f"| a | b |\n| --- | --- |\n| {escape(raw, 500)} | end |")
            assert meanings(reader) == [], raw
            assert reader.tags.count("td") == 2
            assert shown(raw) in reader.all_text


@pytest.mark.parametrize(
    "raw",
    ["log_loss", "0.5258", "2013-07", "a, b; c (d) e/f", "95 % of flights' delays", "well-known"],
)
def test_harmless_text_is_left_as_it_is(raw: str) -> None:
    assert text(raw) == raw
    assert code("src/pipeline/train.py") == "`src/pipeline/train.py`"


@pytest.mark.parametrize(
    "hidden",
    [
        *"\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202e\u2066\u2069\u200e\u061c",
        *"\x00\x07\x1b\x7f\x9b\ufff9\U000e0041\u3164\u2800\u034f\ufe0f\U000e0100\ud800\ue000",
    ],
)
def test_what_hides_or_turns_text_is_seen(hidden: str) -> None:
    assert clean(f"a{hidden}b") == "a�b"
    assert text(f"a{hidden}b") == "a�b"
    assert hidden not in fence(f"a{hidden}b", "sh")


def test_text_is_one_line_and_no_longer_than_its_limit() -> None:
    assert clean("a\n\n b\t\u00a0c\u2003d ") == "a b c d"
    assert clean("x" * CELL) == "x" * CELL
    assert clean("x" * (CELL + 1)) == "x" * (CELL - 1) + "…"
    assert len(text("$@" * 500, 60)) <= 4 * 60
    assert text("$@" * 500, 60).endswith("…")


@pytest.mark.parametrize("raw", ["make train", "a ``` b", "````", "~~~\n```", "x` ` `"])
def test_a_command_cannot_leave_its_block(raw: str) -> None:
    reader = read(fence(raw, "sh") + "\n\nafter")
    assert reader.tags == ["pre", "code", "p"]
    assert reader.all_text == f"{shown(raw)}\n\nafter\n"


def test_numbers_are_aligned_to_the_right() -> None:
    assert table(["a", "b"], [["x", "1"]], {1}) == "| a | b |\n| --- | ---: |\n| x | 1 |"


def test_a_folded_part_holds_markdown() -> None:
    assert read(details("more", "- item")).tags == ["details", "summary", "ul", "li"]


def test_what_is_cut_says_how_much() -> None:
    assert cut(["a", "b"], 2, str) == ["a", "b"]
    assert cut(["a"] * 1005, 3, str) == ["a", "a", "… and 1,003 more"]
    assert cut_rows([["a", "b"]] * 5, 3, list) == [["a", "b"]] * 2 + [["… and 3 more", ""]]
