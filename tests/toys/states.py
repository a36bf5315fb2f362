"""Facts of a run in each state that a report has to show, with the shipped model's numbers."""

from math import sqrt
from typing import Any

import numpy as np

from retrain.data.failures import Failure
from retrain.gate.policy import Words
from retrain.gate.schema import Comparison, Difference, Effect, Part, Recall, Rows, Tests, Verdict
from retrain.report.schema import Built, Change, Facts, Moved, NewRows, Windows
from retrain.run.outputs import Contract, Step

HIGHER = {
    "log_loss": False,
    "roc_auc": True,
    "average_precision": True,
    "brier": False,
    "calibration_error": False,
}
THIS = {
    "log_loss": 0.5258,
    "roc_auc": 0.7612,
    "average_precision": 0.6104,
    "brier": 0.1757,
    "calibration_error": 0.0328,
}
REFERENCE: dict[str, float | None] = {
    "log_loss": 0.5872,
    "roc_auc": 0.6975,
    "average_precision": 0.4538,
    "brier": 0.202,
    "calibration_error": 0.085,
}
BASE_MODEL, CHAMPION_MODEL, MODEL = (letter * 32 for letter in "abc")
BETTER_BY = {
    "surely better": 0.9991,
    "likely better": 0.914,
    "not clear": 0.703,
    "likely worse": 0.122,
    "surely worse": 0.0004,
}


def difference(this: float, apart: float, half: float, effect: Effect) -> Difference:
    """Return a difference whose interval reaches `half` to each side."""
    return Difference(
        this=this,
        other=this - apart,
        difference=apart,
        low=apart - half,
        high=apart + half,
        likely=BETTER_BY[effect],
        effect=effect,
    )


def part(column: str, value: str, rows: int, apart: float, effect: Effect) -> Part:
    return Part(
        slice=column, value=value, rows=rows, primary=difference(0.53, apart, 0.004, effect)
    )


def curves(lead: float) -> dict[str, list[tuple[float, float, float]]]:
    """Return curves like the shipped model's; this one's lead over the other."""
    grid = [step / 50 for step in range(51)]
    scores = [0.07, 0.09, 0.12, 0.15, 0.18, 0.23, 0.29, 0.37, 0.5, 0.74]
    observed = [0.08, 0.12, 0.15, 0.19, 0.22, 0.29, 0.35, 0.43, 0.53, 0.73]
    curves = {
        "roc": [(x, x ** (0.31 - lead), x**0.31) for x in grid],
        "precision_recall": [(x, 1 - (0.73 - lead) * sqrt(x), 1 - 0.73 * sqrt(x)) for x in grid],
        "calibration": [(x, y + lead / 3, y) for x, y in zip(scores, observed, strict=True)],
    }
    return {name: even(points) for name, points in curves.items()}


def even(points: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Return a curve at 21 evenly spaced x."""
    x, this, other = zip(*points, strict=True)
    grid = np.linspace(x[0], x[-1], 21)
    lines = [np.interp(grid, x, np.clip(y, 0, 1)).tolist() for y in (this, other)]
    return list(zip(grid.tolist(), *lines, strict=True))


def comparison(model: str, version: str | None, **fields: Any) -> Comparison:
    """Return a comparison in which nothing is clear, but for what is given."""
    noise = {
        "log_loss": difference(THIS["log_loss"], -0.0004, 0.0011, "not clear"),
        "roc_auc": difference(THIS["roc_auc"], 0.0008, 0.0019, "not clear"),
        "average_precision": difference(THIS["average_precision"], 0.0011, 0.0036, "not clear"),
        "brier": difference(THIS["brier"], -0.0001, 0.0004, "not clear"),
        "calibration_error": difference(THIS["calibration_error"], 0.0007, 0.0031, "not clear"),
    }
    values: dict[str, Any] = {
        "rows": 28293,
        "blocks": 31,
        "sure": 0.431,
        "metrics": noise,
        "parts": [
            part("carrier", "UA", 4927, -0.0006, "not clear"),
            part("carrier", "B6", 4884, 0.0003, "not clear"),
            part("origin", "EWR", 10292, -0.0002, "not clear"),
            part("origin", "JFK", 9746, -0.0005, "not clear"),
            part("part_of_day", "evening", 6011, -0.0009, "not clear"),
        ],
        "recall": Recall(
            flagged=0.2, positives=8340, share=difference(0.451, 0.002, 0.006, "not clear")
        ),
        "curves": curves(0.004),
    }
    return Comparison(model=model, version=version, **values | fields)


def verdict(**fields: Any) -> Verdict:
    same = comparison(BASE_MODEL, "v1.1.0")
    values: dict[str, Any] = {
        "verdict": "keep",
        "reasons": [
            "log_loss 0.5262 to 0.5258, a difference of -0.0004 (95% interval -0.0015 to +0.0007); it is 43.1% sure that this model is better by more than 0.0005, and a change of code, parameters or packages needs 97.5%"
        ],
        "model": MODEL,
        "metrics": THIS,
        "confidence": 0.95,
        "primary": "log_loss",
        "higher_is_better": HIGHER,
        "rows": Rows(defined_by="base", total=29425, unknown=1132),
        "tests": Tests(passed=14, skipped=1, failed=[]),
        "base": same,
        "champion": same,
    }
    return Verdict(**values | fields)


BUILT = Built(commit="9f1c2ab", base="4ec520e", new_data=False, edited=False)


def facts(**fields: Any) -> Facts:
    """Return the facts of a pull request that changes a parameter, except what is given."""
    values: dict[str, Any] = {
        "artifact": "flights-delay",
        "words": Words(rows="flights", outcome="late"),
        "base": "4ec520e",
        "needed": True,
        "error": None,
        "notes": [],
        "changes": [
            Change(kind="parameter", name="train.learning_rate", before="0.08", after="0.1")
        ],
        "windows": Windows(
            train="2013-01 to 2013-06", test="2013-07", train_rows=160678, test_rows=28293
        ),
        "reference": REFERENCE,
        "others": {},
        "verdict": verdict(),
        "contract": Contract(
            success=True,
            rows={
                "2013-01": 27004,
                "2013-02": 24951,
                "2013-03": 28834,
                "2013-04": 28330,
                "2013-05": 28796,
                "2013-06": 28243,
                "2013-07": 29425,
            },
            failures=[],
        ),
        "steps": [
            Step(stage="validate", state="up to date", seconds=0),
            Step(stage="prepare", state="up to date", seconds=0),
            Step(stage="train", state="ran", seconds=5.04),
            Step(stage="evaluate", state="ran", seconds=1.02),
        ],
        "built": BUILT,
    }
    return Facts(**values | fields)


JULY = [
    Change(kind="data", name="2013-07", before=None, after="29,425 rows"),
]
ALL_RAN = [
    Step(stage="validate", state="ran", seconds=7.31),
    Step(stage="prepare", state="ran", seconds=0.2),
    Step(stage="train", state="ran", seconds=5.04),
    Step(stage="evaluate", state="ran", seconds=1.02),
]
BETTER = {
    "log_loss": difference(THIS["log_loss"], -0.0126, 0.0175, "likely better"),
    "roc_auc": difference(THIS["roc_auc"], 0.0136, 0.0058, "surely better"),
    "average_precision": difference(THIS["average_precision"], 0.0211, 0.0102, "surely better"),
    "brier": difference(THIS["brier"], -0.0049, 0.0062, "likely better"),
    "calibration_error": difference(THIS["calibration_error"], -0.0052, 0.0061, "not clear"),
}
BETTER_PARTS = [
    part("carrier", "HA", 611, 0.0112, "surely worse"),
    part("carrier", "EV", 4641, -0.0191, "surely better"),
    part("part_of_day", "evening", 6011, -0.0153, "surely better"),
    part("origin", "LGA", 8255, -0.0098, "surely better"),
    part("carrier", "UA", 4927, -0.0016, "not clear"),
]


def promoted() -> Facts:
    """July's data: better than the base, and than a champion that is older than it."""
    base = comparison(BASE_MODEL, None)
    champion = comparison(
        CHAMPION_MODEL,
        "v1.0.0",
        kind="data",
        sure=0.914,
        metrics=BETTER,
        parts=BETTER_PARTS,
        recall=Recall(
            flagged=0.2, positives=8340, share=difference(0.451, 0.017, 0.009, "surely better")
        ),
        curves=curves(0.05),
        rows=27900,
        left_out=393,
    )
    return facts(
        verdict=verdict(
            verdict="promote",
            reasons=[
                "log_loss 0.5384 to 0.5258, a difference of -0.0126 (95% interval -0.0301 to +0.0049); it is 91.4% sure that this model is better, and newer data alone need 80%"
            ],
            base=base,
            champion=champion,
        ),
        changes=JULY,
        new_rows=[
            NewRows(
                partition="2013-07",
                rows=28293,
                outcome=0.3146,
                elsewhere=0.249,
                moved=[
                    Moved(name="temp", psi=7.6849, mean=80.07, elsewhere=48.13),
                    Moved(name="dest", psi=0.0312, mean=None, elsewhere=None),
                ],
            )
        ],
        steps=ALL_RAN,
        built=BUILT.model_copy(update={"new_data": True, "champion": "v1.0.0"}),
    )


OTHER_EVALUATE = Change(
    kind="code", name="src/pipeline/evaluate.py", before="1f2e3d4", after="5c6b7a8"
)


def new() -> Facts:
    return facts(
        others={"recall_at_20": (None, 0.4513)},
        changes=[OTHER_EVALUATE],
        notes=["committed here and not believed: dvc.lock, reports/metrics.json"],
    )


def changed() -> Facts:
    return facts(
        changes=[
            Change(kind="parameter", name="train.learning_rate", before="0.08", after="0.1"),
            Change(kind="parameter", name="train.max_iter", before="100", after="150"),
            Change(kind="data", name="2013-07", before=None, after="29,425 rows"),
            Change(
                kind="code",
                name="src/pipeline/features.py",
                before="1f2e3d4",
                after="5c6b7a8",
            ),
            Change(kind="dependency", name="scikit-learn", before="1.9.0", after="1.9.1"),
            Change(
                kind="contract", name="expectations/data.json", before="0a1b2c3", after="4d5e6f7"
            ),
            Change(
                kind="policy",
                name="gate.promote.change.confidence",
                before="0.975",
                after="0.5",
            ),
        ],
        steps=ALL_RAN,
    )


def unchanged() -> Facts:
    """A change of words, or of the policy: the results, the verdict too, are those of the base."""
    policy = Change(kind="policy", name="triggers.schedule", before="true", after="false")
    return facts(needed=False, changes=[policy], steps=[])


def removed() -> Facts:
    return facts(
        others={"recall_at_20": (0.4491, None), "f1": (0.5512, 0.5519)},
        changes=[OTHER_EVALUATE],
    )


def no_base() -> Facts:
    return facts(
        base=None,
        notes=["there is no earlier run to compare with: no dvc.lock on main"],
        changes=[],
        verdict=verdict(
            verdict="promote",
            reasons=["it is the first model, and it reaches every floor"],
            rows=Rows(defined_by="this run", total=29425, unknown=1132),
            base=None,
            champion=None,
        ),
        steps=ALL_RAN,
    )


def broken_contract() -> Facts:
    return facts(
        verdict=None,
        error="data/2013-07.parquet: column 'arr_delay' breaks the contract",
        windows=None,
        reference={},
        changes=JULY,
        steps=[Step(stage="validate", state="ran", seconds=7.31)],
        contract=Contract(
            success=False,
            rows={"2013-06": 28243, "2013-07": 29425},
            failures=[
                Failure(
                    severity="critical",
                    file="data/2013-07.parquet",
                    column="dep_delay",
                    expected="no flight leaves more than two hours early, or a day late",
                    found="3 of 29,425 rows (0.01 %) hold something else, such as -4301",
                    remedy="ask the source for the month again",
                    rows=[
                        {"row": "17", "carrier": "UA", "flight": "1545", "dep_delay": "-4301.0"},
                        {"row": "2209", "carrier": "B6", "flight": "725", "dep_delay": "-1800.0"},
                        {"row": "2210", "carrier": "9E", "flight": "3538", "dep_delay": "9999.0"},
                    ],
                ),
                Failure(
                    severity="warning",
                    file="data/2013-07.parquet",
                    column="",
                    expected="20,000 to 40,000 rows a month",
                    found="19,425 rows",
                    remedy="see whether the month is complete",
                ),
            ],
        ),
    )


def below_a_floor() -> Facts:
    worse = {
        "log_loss": difference(0.6951, 0.1689, 0.02, "surely worse"),
        "roc_auc": difference(0.5811, -0.1793, 0.02, "surely worse"),
        "average_precision": difference(0.4311, -0.1782, 0.03, "surely worse"),
        "brier": difference(0.2241, 0.0483, 0.006, "surely worse"),
        "calibration_error": difference(0.0911, 0.0593, 0.01, "surely worse"),
    }
    same = comparison(
        BASE_MODEL,
        "v1.1.0",
        metrics=worse,
        parts=[part("origin", name, 9000, 0.17, "surely worse") for name in ("EWR", "JFK", "LGA")],
        recall=Recall(
            flagged=0.2, positives=8340, share=difference(0.312, -0.137, 0.02, "surely worse")
        ),
        curves=curves(-0.3),
    )
    return facts(
        verdict=verdict(
            verdict="block",
            metrics={name: each.this for name, each in worse.items()},
            reasons=[
                "log_loss is 0.6951; the floor is at most 0.69",
                "roc_auc is 0.5811; the floor is at least 0.6",
                "log_loss is 0.6951, no better than the reference's 0.5872",
                "a behaviour test fails: test_rain: AssertionError: rain makes late",
            ],
            tests=Tests(
                passed=12, skipped=1, failed=["test_rain: AssertionError: rain makes late"]
            ),
            base=same,
            champion=same,
        ),
        changes=[
            Change(kind="parameter", name="train.learning_rate", before="0.08", after="5"),
        ],
    )


def failed() -> Facts:
    return facts(
        error="train.learning_rate should be greater than 0, and is -1; correct it in params.yaml",
        verdict=None,
        windows=None,
        reference={},
        changes=[Change(kind="parameter", name="train.learning_rate", before="0.08", after="-1")],
        steps=[],
        contract=None,
    )


def not_comparable() -> Facts:
    nothing = Comparison(
        model=BASE_MODEL,
        version="v1.1.0",
        problem="1,204 of the 28,293 rows of the test window are new to both models, and the policy asks for 5,000",
    )
    return facts(
        verdict=verdict(
            reasons=[
                "not comparable with the champion: 1,204 of the 28,293 rows of the test window are new to both models, and the policy asks for 5,000"
            ],
            base=nothing,
            champion=nothing,
        )
    )


STATES = {
    each.__name__: each
    for each in (
        new,
        changed,
        unchanged,
        removed,
        no_base,
        broken_contract,
        below_a_floor,
        failed,
        not_comparable,
        promoted,
    )
}
