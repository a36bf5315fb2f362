"""The model card: what a version is for, how good it is, and what it is made of, as Markdown.

It is made from a version's commit, its record and its tags, and never by hand; what only people
know is in a text that the same commit holds.
"""

from dataclasses import replace

from retrain.deployment.card import facts as card_facts
from retrain.deployment.card import metrics, opening, provenance
from retrain.deployment.card.facts import CardFacts
from retrain.deployment.overview import Registry
from retrain.registry.versions import Version
from retrain.report.render.markdown import paragraphs

SECTIONS = (  # in the order in which a reader asks
    opening.opening,
    opening.people,
    opening.data,
    metrics.metrics,
    metrics.slices,
    metrics.compared,
    metrics.changed,
    metrics.curves,
    provenance.reproduce,
    provenance.lineage,
    provenance.deployments,
)


def card(known: Registry, version: Version, kept: bool = False) -> str:
    """Return the card of a version; `kept`: for a release, which says nothing of today."""
    return render(replace(card_facts.of(known, version), kept=kept))


def render(facts: CardFacts) -> str:
    """Return the card; it reads no file, no repository and no clock."""
    return paragraphs(*(section(facts) for section in SECTIONS)) + "\n"
