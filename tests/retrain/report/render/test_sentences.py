"""The sentences and the numbers are right in every state: who is compared, which way, how many."""

import pytest

from retrain.gate.schema import Difference, Effect, Recall, Verdict
from retrain.report.render import render
from retrain.report.schema import Change
from tests.retrain.report.render.reading import read
from tests.toys import states


def as_read(facts: object) -> str:
    """Return a report's text as it is read, on one line."""
    return " ".join(read(render(facts)).all_text.split())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (
            "changed",
            "If the riskiest 20 % of flights were flagged, 45.1 of every 100 late ones would be "
            "among them, instead of 44.9 with the model in use. On 28,293 flights (2013-07), that "
            "difference is too small to tell from chance (95 % sure it lies between −0.4 and "  # noqa: RUF001
            "+0.8); no group of flights changes noticeably.",
        ),
        (
            "promoted",
            "instead of 43.4 with the model in use. On 27,900 flights (2013-07), that gain is more "
            "than chance (95 % sure it lies between +0.8 and +2.6); 1 group of flights does worse "
            "and 3 groups do better.",
        ),
        ("below_a_floor", "that loss is more than chance (95 % sure it lies between −15.7 and"),  # noqa: RUF001
        ("unchanged", "Nothing changes for flights: the model in use stays."),
        (
            "no_base",
            "This is the first model: none is in use to compare it with. This model learned from",
        ),
        ("broken_contract", "The data break 1 promise of their contract, so no model was trained"),
        ("failed", "The run failed before its model could be judged. Nothing changes for flights"),
        ("not_comparable", "cannot be said: there is no fair comparison with the model in use."),
    ],
)
def test_the_first_sentences_are_for_the_business(state: str, sentence: str) -> None:
    assert sentence in as_read(states.STATES[state]())


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("changed", "➖ flights-delay: keep"),  # noqa: RUF001
        ("promoted", "✅ flights-delay: promote"),
        ("below_a_floor", "⛔ flights-delay: block"),
        ("broken_contract", "⛔ flights-delay: block, the data break their contract"),
        ("failed", "❌ flights-delay: failed"),
        ("unchanged", "⚪ flights-delay: unchanged"),
    ],
)
def test_the_title_shows_the_state(state: str, title: str) -> None:
    assert render(states.STATES[state]()).splitlines()[0] == f"## {title}"


def test_a_reader_meets_the_parts_in_the_order_of_their_questions() -> None:
    report = render(states.changed())
    parts = [
        "## ",
        "If the riskiest",
        "**Verdict",
        "**Changed",
        "### Against",
        "### What changed",
        "[!WARNING]",
        "**Groups",
        "Curves",
        "Data contract",
        "**What ran",
        "**Reproduce",
    ]
    places = [report.index(part) for part in parts]
    assert places == sorted(places)


def test_the_effect_of_a_change_and_the_verdict_are_separate() -> None:
    report = render(states.promoted())
    effect, verdict = report.split("### Verdict: against the champion `v1.0.0`")
    assert "### Effect of this change: against the base `4ec520e`" in effect
    assert "| **log_loss** | lower | 0.5262 | 0.5258 | \u22120.0004 |" in effect
    assert "| **log_loss** | lower | 0.5384 | 0.5258 | \u22120.0126 |" in verdict
    assert "| likely\u00a0better\u00a0(about\u00a09\u00a0in\u00a010) |" in verdict
    assert "| **surely\u00a0better** |" in verdict
    assert "better**" not in effect


def test_the_number_that_decides_is_shown_once() -> None:
    number = "log_loss 0.5262 → 0.5258, a difference of \u22120.0004 (95 % interval \u22120.0015"
    assert "Primary metric" not in render(states.changed())
    silent = as_read(states.facts(verdict=states.verdict(reasons=["it is not"])))
    assert f"Primary metric: {number} … +0.0007), not clear" in silent
    assert "Primary metric: log_loss 0.5258, the reference's 0.5872" in as_read(states.no_base())
    champion = states.promoted().verdict
    assert champion is not None
    other = as_read(states.facts(verdict=champion.model_copy(update={"reasons": []})))
    assert "a difference of \u22120.0126" in other
    assert ", likely better (about 9 in 10) against the champion" in other


def test_a_reason_is_typeset_like_the_rest() -> None:
    reason = "a difference of \u22120.0004 (95 % interval \u22120.0015 to +0.0007); it is 43.1 % sure that"
    assert reason in as_read(states.changed())


def test_a_model_in_use_is_named_where_a_version_is_known() -> None:
    assert "in use" not in as_read(states.failed())
    assert "Verdict: keep, the model in use stays, and no version" in as_read(states.changed())
    compared = states.comparison(states.BASE_MODEL, None)
    first = as_read(states.facts(verdict=states.verdict(base=compared, champion=compared)))
    assert "Verdict: keep, the committed model stays, and no version is registered." in first
    assert "instead of 44.9 with the committed model" in first
    assert "in use" not in first


def test_the_champion_itself_changes_nothing() -> None:
    itself = states.verdict(model=states.BASE_MODEL)
    assert "This is the model in use itself, to the byte. Nothing changes for flights" in as_read(
        states.facts(verdict=itself)
    )


def test_what_was_not_needed_is_short_and_repeats_no_old_verdict() -> None:
    report = render(states.unchanged())
    assert len(report) < 600
    assert "Verdict" not in report
    assert "The policy changes too" in report


def test_one_comparison_is_shown_once() -> None:
    report = render(states.changed())
    assert report.count("| **log_loss** |") == 1
    assert "### Against the base `4ec520e`, which is the champion `v1.1.0`" in report


def test_a_metric_that_is_new_or_gone_has_no_difference() -> None:
    new, removed = render(states.new()), render(states.removed())
    assert "| recall_at_20 | – | – | 0.4513 | – | – | new | – |" in new  # noqa: RUF001
    assert "| recall_at_20 | – | 0.4491 | – | – | – | removed | – |" in removed  # noqa: RUF001
    assert "| f1 | higher | 0.5512 | 0.5519 | +0.0007 | – | not\u00a0judged | – |" in removed  # noqa: RUF001


def test_the_worst_group_comes_first_whichever_way_is_better() -> None:
    judged = states.promoted().verdict
    assert judged is not None

    def order(verdict: Verdict) -> list[int]:
        report = render(states.facts(verdict=verdict))
        return [report.index(f"| carrier: {name} |") for name in ("HA", "EV")]

    worse, better = order(judged)
    assert worse < better
    assert "UA" not in render(states.promoted())
    better_first = [
        states.part("carrier", "EV", 500, 0.05, "surely better"),
        states.part("carrier", "HA", 500, -0.02, "surely worse"),
        states.part("carrier", "AA", 500, 0.01, "surely better"),
    ]
    higher = states.comparison("c" * 32, None, parts=better_first)
    report = render(
        states.facts(
            verdict=states.verdict(
                champion=higher, base=higher, higher_is_better={"log_loss": True}
            )
        )
    )
    places = [report.index(f"| carrier: {name} |") for name in ("HA", "AA", "EV")]
    assert places == sorted(places)


def test_the_singular_is_singular() -> None:
    one = states.comparison(
        states.BASE_MODEL,
        None,
        parts=[states.part("carrier", "HA", 500, 0.1, "surely worse")],
        rows=1,
        blocks=1,
        left_out=1,
    )
    text = as_read(states.facts(verdict=states.verdict(base=one, champion=None)))
    assert "; 1 group of flights does worse." in text
    assert "instead of 44.9 with the model before this change." in text
    assert "Compared on 1 flights in 1 block. Left out: 1 that one of the models has" in text


def test_what_the_rows_do_not_define_is_not_invented() -> None:
    nothing = Difference(
        this=None, other=None, difference=None, low=None, high=None, likely=None, effect="undefined"
    )
    compared = states.comparison(
        states.BASE_MODEL,
        None,
        metrics={"log_loss": nothing},
        recall=Recall(flagged=0.2, positives=0, share=nothing),
    )
    text = as_read(states.facts(verdict=states.verdict(base=compared, champion=compared)))
    assert "What would change for flights cannot be said: too few of them were late." in text
    assert "Primary metric: log_loss, which these rows do not define" in text
    assert "None" not in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("parameter", "a", "1", "2"), "a 1 → 2"),
        (("parameter", "a", None, "2"), "a is new (2)"),
        (("parameter", "a", "1", None), "a is gone (was 1)"),
        (("data", "2013-07", None, "29,425 rows"), "data 2013-07 is new (29,425 rows)"),
        (("code", "a.py", "1f2e3d4", "5c6b7a8"), "a.py"),
        (("code", "a.py", None, "5c6b7a8"), "a.py is new"),
        (("code", "a.py", "5c6b7a8", None), "a.py is gone"),
        (("test", "a.py", "1f2e3d4", "5c6b7a8"), "a.py changed"),
        (("test", "a.py", None, "5c6b7a8"), "a.py is new"),
        (("test", "a.py", "5c6b7a8", None), "a.py is gone"),
    ],
)
def test_few_changes_are_named_beside_the_verdict(
    change: tuple[str, str, str | None, str | None], line: str
) -> None:
    kind, name, before, after = change
    found = Change(kind=kind, name=name, before=before, after=after)  # type: ignore[arg-type]
    report = as_read(states.facts(changes=[found]))
    assert f"Changed: {line} Judged on: " in report
    assert "What changed" not in report


def test_many_changes_are_counted_and_then_listed() -> None:
    found = [
        Change(kind="dependency", name=f"package-{number}", before="1", after="2")
        for number in range(30)
    ]
    report = render(states.facts(changes=found))
    assert "**Changed:** 30 dependencies" in report
    assert "|  | … and 25 more |  |  |" in report


def test_a_change_of_policy_is_never_a_cause() -> None:
    policy = Change(kind="policy", name="gate.primary", before="log_loss", after="brier")
    report = as_read(states.facts(changes=[policy]))
    assert "Changed: no parameter, data, code or dependency" in report
    assert "this report still goes by the old one. gate.primary log_loss → brier" in report
    own = as_read(states.facts(changes=[policy], judged_by="own"))
    assert "The policy changes too, and this report goes by the new one. gate.primary" in own
    assert "the old one" not in own


@pytest.mark.parametrize(
    ("share", "primary", "decides", "words"),
    [
        ("not clear", "log_loss", "surely better", "; yet its probabilities are surely nearer to what happens; "),
        ("not clear", "log_loss", "likely worse", "; yet its probabilities are likely further from what happens; "),
        ("not clear", "roc_auc", "surely better", "; yet it ranks surely better; "),
        ("surely worse", "roc_auc", "likely better", "; yet it ranks likely better; "),
        ("surely better", "log_loss", "likely better", None),  # that is the same side
        ("likely worse", "log_loss", "surely worse", None),
        ("not clear", "log_loss", "not clear", None),
        ("surely better", "log_loss", "not clear", None),
    ],
)  # fmt: skip
def test_what_decides_is_shown_where_recall_does_not_show_it(
    share: Effect, primary: str, decides: Effect, words: str | None
) -> None:
    compared = states.comparison(
        states.BASE_MODEL,
        None,
        metrics={primary: states.difference(0.53, 0.01, 0.005, decides)},
        recall=Recall(flagged=0.2, positives=9, share=states.difference(0.4, 0.1, 0.1, share)),
    )
    judged = states.verdict(base=compared, champion=compared, primary=primary)
    text = as_read(states.facts(verdict=judged))
    assert (words in text) if words else ("yet" not in text)


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        ("surely better", "that gain is more than chance (95 % sure it lies between"),
        ("likely better", "that is likely a gain (95 % sure it lies between"),
        ("not clear", "that difference is too small to tell from chance (95 % sure"),
        ("likely worse", "that is likely a loss (95 % sure it lies between"),
        ("surely worse", "that loss is more than chance (95 % sure it lies between"),
    ],
)
def test_how_sure_it_is_has_plain_words(effect: Effect, words: str) -> None:
    share = states.difference(0.4, 0.1, 0.1, effect)
    compared = states.comparison(
        states.BASE_MODEL, None, recall=Recall(flagged=0.2, positives=9, share=share)
    )
    judged = states.verdict(base=compared, champion=compared)
    assert words in as_read(states.facts(verdict=judged))
