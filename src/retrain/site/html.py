"""HTML made as a tree: what comes from Git or from people can become nothing but text in it."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, tostring

from retrain.report.render.markdown import clean

Child = Element | str | None
STYLE = Path(__file__).with_name("style.css").read_text("utf-8")
GENERATOR = "retrain site"  # by which a folder is known as one that may be replaced
SENTENCE = 1000  # characters of what a person has written
CSP = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


def el(tag: str, /, *children: Child, **attributes: str | float | None) -> Element:
    """Return an element; None as a child or as an attribute is left out.

    `class_` is `class`, and `aria_label` is `aria-label`.
    """
    made = Element(tag)
    for key, value in attributes.items():
        if value is not None:
            made.set(key.rstrip("_").replace("_", "-"), _written(value))
    for child in children:
        if isinstance(child, str):
            if len(made):
                made[-1].tail = (made[-1].tail or "") + child
            else:
                made.text = (made.text or "") + child
        elif child is not None:
            made.append(child)
    return made


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def said(text: str, limit: int = SENTENCE) -> str:
    """Return words from outside on one line, without what hides or turns it."""
    return clean(text, limit)


def link(text: str, address: str) -> Child:
    """Return a link to an address from outside; the text alone, unless that is of the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return text
    if parts.scheme not in ("http", "https") or not parts.netloc or clean(address, 2000) != address:
        return text
    return el("a", text, href=address, rel="noopener noreferrer")


def details(summary: str, *content: Child) -> Element:
    return el("details", el("summary", summary), *content)


def section(title: str, *content: Child) -> Element:
    return el("section", el("h2", title), *content)


def table(
    caption: str, headers: Sequence[str], rows: Iterable[Sequence[Child]], right: Iterable[int] = ()
) -> Element:
    """Return a table; the first cell of a row names it, and `right` are the columns of numbers.

    Columns without content are left out. On a phone each row is a block, whose cells are labelled
    by their headers.
    """
    rows, numbers = [*rows], {*right}
    kept = [column for column in range(len(headers)) if any(_holds(row[column]) for row in rows)]
    kinds = ["number" if column in numbers else None for column in range(len(headers))]
    head = (el("th", headers[column], scope="col", class_=kinds[column]) for column in kept)
    body = []
    for row in rows:
        cells = (
            el("td", row[column], class_=kinds[column], data_label=headers[column])
            if _holds(row[column])
            else el("td")
            for column in kept[1:]
        )
        body.append(el("tr", el("th", row[0], scope="row"), *cells))
    made = el("table", el("caption", caption), el("thead", el("tr", *head)), el("tbody", *body))
    return el("div", made, class_="sheet")


def _holds(cell: Child) -> bool:
    return cell not in ("", None)


def facts(rows: Iterable[tuple[str, Child]], kind: str | None = None) -> Element:
    """Return names and what they are, as a list; what is empty is left out."""
    pairs = (el("div", el("dt", name), el("dd", each)) for name, each in rows if _holds(each))
    return el("dl", *pairs, class_=kind)


def page(title: str, *content: Child) -> str:
    """Return a whole page that runs no script, and asks no other host for anything."""
    digest = hashlib.sha256(STYLE.encode()).digest()
    policy = CSP.format(base64.b64encode(digest).decode())
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="generator", content=GENERATOR),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title),
        el("style", STYLE),
    )
    tree = el("html", head, el("body", *content), lang="en")
    return f"<!doctype html>\n{tostring(tree, encoding='unicode', method='html')}\n"


def badge(sign: str, words: str, kind: str) -> Element:
    """Return words that are seen at a glance, with a sign: a colour alone says nothing to some."""
    return el("span", el("i", sign, aria_hidden="true"), f" {words}", class_=f"badge {kind}")
