"""A report read as a forge reads it: Markdown to HTML, then the text of that HTML, node by node."""

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {"p", "span", "code", "table", "thead", "tbody", "tr", "th", "td", "strong", "br", "pre"}
OURS |= {"h1", "h2", "h3", "ul", "li", "blockquote", "details", "summary"}
VERBATIM = {"code", "pre"}  # in which forges search for nothing

# What the forges search for in the text of the HTML, more eagerly than they do.
MEANINGS = {
    "mention": r"@[\w./-]",
    "issue, merge request, label, epic, snippet, milestone, alert": r"[#!~&$%^][\w\"]",
    "commit": r"[0-9a-fA-F]{7}",
    "tracker": r"\b[A-Za-z]\w{0,2}-\d",
    "typed reference": r"\[\w+:",
    "link": r"\w://|(?i:www)\.\w|mailto:\w|\w@\w",
    "emoji": r":[\w+-]+:",
    "formula": r"\$+[^$]+\$|\\[(\[]",
    "inline diff": r"[\[{][+-]",
    "placeholder": r"%\{",
    "table of contents, wiki": r"\[\[[^\[]",
    "footnote, task": r"^\s*\[.?\]|\[\^",
}


class Reader(HTMLParser):
    """Collects tags, attributes, and the text nodes outside of code."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.nodes: list[str] = []
        self.all_text = ""
        self.open: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.all_text += data
        if not VERBATIM & set(self.open):
            self.nodes.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.comments.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.comments.append(data)

    def handle_pi(self, data: str) -> None:
        self.comments.append(data)


def read(markdown: str) -> Reader:
    assert not re.search(r"(?m)^\s*/", BLOCK.sub("", markdown)), "a command of GitLab's"
    reader = Reader()
    reader.feed(MARKDOWN.render(markdown))
    reader.close()
    assert reader.open == [], f"left open: {reader.open}"
    return reader


def meanings(reader: Reader) -> list[str]:
    """Return what a forge would make of text: nothing, if it is text."""
    found = [f"a {tag}" for tag in reader.tags if tag not in OURS]
    found += [
        f"an attribute {name}={value}"
        for name, value in reader.attributes
        if (name, value) not in ALLOWED and not (name == "style" and ALIGN.fullmatch(value or ""))
    ]
    found += [f"a comment {comment}" for comment in reader.comments]
    for node in (ALERT.sub("", node) for node in reader.nodes):
        found += [
            f"a {kind} in {node!r}" for kind, rule in MEANINGS.items() if re.search(rule, node)
        ]
    return found


ALLOWED = {("class", "language-mermaid"), ("class", "language-sh")}
BLOCK = re.compile(r"(?ms)^(`{3,})\w+\n.*?^\1$")
ALERT = re.compile(r"^\[!(NOTE|WARNING|CAUTION)\]\n?")
ALIGN = re.compile("text-align:right")
