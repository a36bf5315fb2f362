"""What a version is, what it is for, and what it has learned from."""

from retrain.deployment.card.facts import CardFacts
from retrain.deployment.card.words import rows_word, time, window
from retrain.metrics.table import Task
from retrain.paths import CARD
from retrain.report.render.markdown import (
    CELL,
    bullets,
    code,
    cut_rows,
    details,
    paragraphs,
    table,
    text,
)
from retrain.report.render.models import name_of_window
from retrain.report.render.numbers import count, figure

PARTITIONS = 24
HASHED = text("SHA-256")  # which a forge could take for an issue of that number
TASKS: dict[Task, str] = {
    "binary": "binary: true or false, as a probability",
    "multiclass": "multiclass: one of some classes, as their probabilities",
    "regression": "regression: a number",
}


def opening(facts: CardFacts) -> str:
    made, judged = facts.lineage, facts.lineage.judged
    now = [each for each in made.deployments[::-1] if each.until is None]
    used = ", ".join(f"{text(each.stage)} since {time(each.since)}" for each in now)
    value, reference = made.metrics.get(judged.primary), made.reference.get(judged.primary)
    return paragraphs(
        f"# {text(made.artifact)} {text(made.version)}",
        text(facts.about),
        bullets(
            [
                *([] if facts.kept else [f"**In use:** {used or 'on no stage'}"]),
                f"**Registered:** {time(made.registered.time)}{_by(facts)}",
                f"**Task:** {TASKS[made.task]}",
                f"**Decides:** {text(judged.primary, CELL)} {figure(value)}; the reference, the "
                f"simple model to beat, has {figure(reference)}",
                f"**File:** {code(made.model.path.rpartition('/')[2])}, {HASHED} "
                f"{code(made.model.sha256 or 'not recorded', 64)}",
            ]
        ),
    )


def _by(facts: CardFacts) -> str:
    who = facts.lineage.registered
    found = " ".join(filter(None, [who.event, who.actor and f"by {who.actor}"]))
    said = ": ".join(filter(None, [found, who.reason]))
    return f", {text(said)}" if said else ""


def people(facts: CardFacts) -> str:
    return facts.text or paragraphs(
        "## Intended use and limits",
        f"Nothing is written of them: the version's commit has no section in `{CARD}`.",
    )


def data(facts: CardFacts) -> str:
    data, rows = facts.lineage.data, rows_word(facts)
    parts = [
        (name_of_window(name, CELL), f"{number:,}") for name, number in data.partitions.items()
    ]
    return paragraphs(
        "## Data",
        bullets(
            [
                f"**All:** {data.rows:,} {rows} in {count(len(parts), 'file')}, version "
                f"{code(data.version)}",
                f"**Learned from:** {data.train_rows:,}{window(data.train, rows)}",
                f"**Judged on:** {data.test_rows:,}{window(data.test, rows)}, none of which it "
                "has learned from",
            ]
        ),
        details("Rows by file", table(["file", "rows"], cut_rows(parts, PARTITIONS, list), {1})),
    )
