"""What a card says of a version, with the shipped model's numbers; nothing of it is in a repository."""

from typing import Any

from retrain.deployment.card.facts import CardFacts, on_grid
from retrain.deployment.facts import Data, Deployment, Judged, Lineage, Model, Registration
from retrain.run.outputs import Slice
from tests.toys import states

RUN = "https://forge.example/acme/flights/actions/runs/7"
TEXT = "## Intended use\n\n- **For:** ranking the flights of a day\n\n## Limits\n\nOne year."
MONTHS = [f"2013-0{month}" for month in range(1, 8)]


def deployment(stage: str, tag: int, **fields: Any) -> Deployment:
    values: dict[str, Any] = {
        "stage": stage,
        "tag": f"flights-delay#{stage}#{tag}",
        "since": f"2026-11-2{tag}T06:00:00Z",
        "until": None,
        "action": "deploy",
        "actor": "ada",
        "reason": "the metrics hold",
        "run": RUN,
        "signed": True,
    }
    return Deployment(**values | fields)


def lineage(version: str = "v1.1.0", months: int = 7, **fields: Any) -> Lineage:
    names = MONTHS[:months]
    values: dict[str, Any] = {
        "artifact": "flights-delay",
        "version": version,
        "commit": "9f1c2ab" + "0" * 33,
        "committed": "2026-11-20T07:30:00+02:00",
        "registered": Registration(
            time="2026-11-20T05:31:00Z",
            event="schedule",
            actor="",
            reason="new data",
            run=RUN,
            builder="4ec520e" + "0" * 33,
        ),
        "model": Model(path="models/model.skops", md5="c" * 32, sha256="d" * 64),
        "task": "binary",
        "data": Data(
            version=f"{months}".rjust(32, "0") + ".dir",
            partitions={name: 28_000 + number for number, name in enumerate(names)},
            rows=28_000 * months,
            train=f"{names[0]} to {names[-2]}",
            test=names[-1],
            train_rows=27_000 * (months - 1),
            test_rows=27_000,
        ),
        "parameters": {"prepare.late_after": "15", "train.learning_rate": "0.08"},
        "metrics": states.THIS,
        "reference": states.REFERENCE,
        "judged": Judged(
            verdict="promote", reasons=["it is better"], champion="v1.0.0", primary="log_loss"
        ),
        "dependencies": {"pandas": "3.1.1", "scikit-learn": "1.9.1"},
        "code": {"src/pipeline/features.py": "8f1851b1899f16cf32666f7c7f45e8a0"},
        "deployments": [
            deployment("staging", 1, action="follow", until="2026-11-23T06:00:00Z"),
            deployment("production", 2, until="2026-11-23T06:00:00Z"),
            deployment("production", 4, action="rollback", reason="the feed was late"),
            deployment("staging", 5, run="", signed=False),
        ],
    }
    return Lineage(**values | fields)


def group(column: str, value: str, rows: int, loss: float) -> Slice:
    return Slice(
        slice=column,
        value=value,
        rows=rows,
        model={"log_loss": loss},
        reference={"log_loss": loss + 0.05},
    )


def flights(**fields: Any) -> CardFacts:
    """Return the facts of a version that newer data have made, with one other parameter."""
    judged = states.promoted().verdict
    assert judged
    curves = {
        "roc": on_grid([(0, 0), (0.25, 0.625), (1, 1)], [(0, 0), (1, 1)]),
        "calibration": on_grid([(0.1, 0.12), (0.7, 0.66)], [(0.2, 0.2), (0.4, 0.4)]),
    }
    values: dict[str, Any] = {
        "lineage": lineage(),
        "verdict": judged,
        "about": "Will a flight from New York arrive more than 15 minutes late?",
        "text": TEXT,
        "policy": {
            "words.rows": "flights",
            "gate.min_rows_slice": "300",
            "gate.metrics.log_loss.floor": "0.69",
        },
        "metrics": states.THIS | {"f1": 0.5512},
        "slices": [
            group("origin", "JFK", 9757, 0.5541),
            group("carrier", "OO", 2, 1.135),
            group("carrier", "MQ", 2110, 0.5843),
        ],
        "curves": curves,
        "before": lineage(
            "v1.0.0",
            6,
            parameters={"prepare.late_after": "20", "train.learning_rate": "0.08"},
            code={"src/pipeline/features.py": "0a1851b1899f16cf32666f7c7f45e8a0"},
        ),
    }
    return CardFacts(**values | fields)
