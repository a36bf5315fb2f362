"""What people have written of the model, intended use and limits, from Markdown."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from retrain.deployment.card import facts as card
from retrain.paths import CARD
from retrain.repo.git import show
from retrain.site.html import Child, el, link

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

LONGEST = 20_000  # characters
TAGS = {
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "em": "em",
    "heading": "h3",
    "hr": "hr",
    "list_item": "li",
    "ordered_list": "ol",
    "paragraph": "p",
    "strong": "strong",
}


def written(commit: str) -> Iterator[Child]:
    """Yield the sections of a commit's docs/model-card.md; the lines before are for its writers."""
    if not (text := card.written(show(commit, CARD) or "")):
        return
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    # a tag in it stays text
    tokens = MarkdownIt("commonmark", {"html": False}).parse(text[:LONGEST])
    yield from _children(SyntaxTreeNode(tokens))


def _children(node: "SyntaxTreeNode") -> Iterator[Child]:
    for each in node.children:
        if tag := TAGS.get(each.type) if not each.hidden else None:
            yield el(tag, *_children(each))
        elif each.type == "link":
            yield link(_plain(each), str(each.attrs.get("href", "")))
        elif each.type == "code_inline":
            yield el("code", each.content)
        elif each.type in ("fence", "code_block"):
            yield el("pre", el("code", each.content))
        elif each.type in ("softbreak", "hardbreak"):
            yield " "
        elif each.children and each.type != "image":
            yield from _children(each)
        else:
            yield each.content


def _plain(node: "SyntaxTreeNode") -> str:
    return node.content if not node.children else "".join(map(_plain, node.children))
