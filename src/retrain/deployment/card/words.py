"""Words that the sections of the card share."""

import re
from datetime import UTC, datetime

from retrain.deployment.card.facts import CardFacts
from retrain.report.render.markdown import CELL, code, text
from retrain.report.render.models import of_window
from retrain.report.render.numbers import GAP

ADDRESS = re.compile(r"https?://[\w.:-]+(/[\w./~+-]*)?")  # nothing that Markdown would act on


def rows_word(facts: CardFacts) -> str:
    return text(facts.policy.get("words.rows", "rows"), CELL)


def window(words: str, rows: str) -> str:
    return f" {rows}{of_window(words)}"


def time(iso: str) -> str:
    found = datetime.fromisoformat(iso).astimezone(UTC)
    return f"{found:%Y-%m-%d %H:%M}{GAP}UTC"


def link(address: str) -> str:
    return f"<{address}>" if ADDRESS.fullmatch(address) else code(address)
