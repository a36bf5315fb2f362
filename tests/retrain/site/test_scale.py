"""Round values and times, labels that have room, and colours that can be read."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

import pytest

from retrain.site.html import STYLE
from retrain.site.over_time import returns
from retrain.site.svg import Scale, around, dated, thinned, ticks, times


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.513, 0.541, ["0.52", "0.53", "0.54"]),
        (0, 1, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-3, 5, ["\u22122", "0", "2", "4"]),
        (149_000, 161_000, ["150000", "152500", "155000", "157500", "160000"]),
    ],
)
def test_values_are_round(low: float, high: float, labels: list[str]) -> None:
    assert [label for _, label in ticks(Scale(low, high, 0, 100), 5)] == labels


@pytest.mark.parametrize("value", [0.0, 0.5, -7.0, 1e9, 1e-9])
def test_one_value_alone_has_a_place_in_the_middle_and_labels(value: float) -> None:
    scale = around([value], 0, 100)
    assert scale(value) == pytest.approx(50)
    assert 1 <= len(ticks(scale, 4)) <= 5


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (timedelta(hours=1), ["22:15", "22:30", "22:45", "23:00"]),
        (timedelta(hours=8), ["1 Feb", "03:00", "06:00"]),
        (timedelta(days=9), ["1 Feb", "3 Feb", "5 Feb", "7 Feb", "9 Feb"]),
        (timedelta(days=200), ["Mar 2026", "May 2026", "Jul 2026"]),
        (timedelta(days=3000), ["2028", "2030", "2032", "2034"]),
    ],
)
def test_times_are_round(length: timedelta, labels: list[str]) -> None:
    first = datetime(2026, 1, 31, 22, 10, tzinfo=UTC)
    found = times(first, first + length, 5)
    assert [label for _, label in found] == labels
    assert all(first <= time <= first + length for time, _ in found)


def test_labels_that_have_no_room_are_left_out_and_the_last_one_stays() -> None:
    labels = [(f"v1.{number}.0", number * 10.0) for number in range(100)]
    kept = list(thinned(labels))
    assert kept[0] == labels[-1]
    assert 15 < len(kept) < 25


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (timedelta(), ["31 Jan 2026, 22:10"]),
        (timedelta(minutes=9), ["31 Jan 2026, 22:10", "31 Jan 2026, 22:19"]),
        (timedelta(days=9), ["31 Jan 2026", "9 Feb 2026"]),
    ],
)
def test_a_time_begins_and_ends_with_a_date(length: timedelta, labels: list[str]) -> None:
    first = datetime(2026, 1, 31, 22, 10, tzinfo=UTC)
    assert [label for _, label in dated(first, first + length)] == labels


def test_roll_backs_close_together_share_a_mark_that_says_how_many() -> None:
    marks = [each for each in returns([10, 14, 20, 100], 0) if isinstance(each, Element)]
    assert [(each.tag, each.text) for each in marks] == [
        ("path", None), ("text", "3"), ("path", None),
    ]  # fmt: skip


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
def test_words_and_marks_can_be_read_in_light_and_in_dark(scheme: int) -> None:
    """WCAG 2.2: 4.5 to 1 for text, 3 to 1 for what a picture needs."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#\w{6});", blocks[scheme]))

    def contrast(one: str, other: str) -> float:
        dark, light = sorted(luminance(colours[each]) for each in (one, other))
        return (light + 0.05) / (dark + 0.05)

    for ground in ("back", "panel"):
        for words in ("text", "quiet", "this", "good", "bad", "warn"):
            assert contrast(words, ground) >= 4.5, (words, ground)
        assert contrast("other", ground) >= 3
    for ground in ("odd", "even"):
        assert contrast("text", ground) >= 4.5, ground
