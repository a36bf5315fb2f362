"""Words that are seen at a glance: each has a sign, because a colour alone says nothing to some."""

from xml.etree.ElementTree import Element

from retrain.site.history import Shown
from retrain.site.html import el

SIGNS = {"promote": "✓", "keep": "=", "block": "✕"}


def badge(sign: str, words: str, kind: str) -> Element:
    return el("span", el("i", sign, aria_hidden="true"), f" {words}", class_=f"badge {kind}")


def verdict(shown: Shown) -> Element:
    if shown.problem or not shown.verdict:
        return badge("!", "cannot be read", "warning")
    found = shown.verdict.verdict
    return badge(SIGNS[found], found, found)
