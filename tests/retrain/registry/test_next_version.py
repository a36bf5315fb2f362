"""The number of a version: by what differs between two locks."""

import pytest

from retrain.registry.next_version import Number, changed, following, kind

LOCK = """
stages:
  train:
    cmd: python train.py
    deps:
    - {path: data, md5: aaa.dir}
    - {path: data_of_others, md5: o1.dir}
    - {path: features.py, md5: f1}
    - {path: requirements/pipeline.txt, md5: r1}
    - {path: train.py, md5: t1}
    params: {params.yaml: {train: {rate: 0.1}}}
    outs:
    - {path: model, md5: m1}
  judge:
    cmd: python judge.py
    deps:
    - {path: model, md5: m1}
"""
OLD = (1, 2, 3)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        ("aaa.dir", "bbb.dir", (1, 2, 4)),
        ("md5: m1", "md5: m2", (1, 2, 4)),  # a consequence, and no cause
        ("rate: 0.1", "rate: 0.2", (1, 3, 0)),
        ("md5: t1", "md5: t2", (1, 3, 0)),
        ("md5: r1", "md5: r2", (1, 3, 0)),
        ("md5: o1.dir", "md5: o2.dir", (1, 3, 0)),  # a folder, and not the data
        ("python train.py", "python train.py --fast", (1, 3, 0)),
        ("md5: f1", "md5: f2", (2, 0, 0)),
        ("    - {path: features.py, md5: f1}\n", "", (2, 0, 0)),
    ],
)
def test_what_differs_decides_the_number(before: str, after: str, number: Number) -> None:
    assert following(OLD, LOCK, LOCK.replace(before, after), ["features.py"]) == number


def test_the_largest_change_wins() -> None:
    new = LOCK.replace("aaa.dir", "bbb.dir").replace("0.1", "0.2").replace("f1", "f2")
    assert following(OLD, LOCK, new, ["features.py"]) == (2, 0, 0)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({"aaa.dir": "bbb.dir"}, "data"),
        ({"aaa.dir": "bbb.dir", "m1": "m2"}, "data"),  # what it has made is no cause
        ({}, "change"),
        ({"m1": "m2"}, "change"),  # as on another machine
        ({"rate: 0.1": "rate: 0.2"}, "change"),
        ({"aaa.dir": "bbb.dir", "rate: 0.1": "rate: 0.2"}, "change"),
        ({"aaa.dir": "bbb.dir", "t1": "t2"}, "change"),
        ({"aaa.dir": "bbb.dir", "r1": "r2"}, "change"),
        ({"aaa.dir": "bbb.dir", "f1": "f2"}, "change"),
        ({"aaa.dir": "bbb.dir", "o1.dir": "o2.dir"}, "change"),
        ({"aaa.dir": "bbb.dir", "judge.py": "judge.py --kindly"}, "change"),
        ({"o1.dir": "o2.dir"}, "change"),
    ],
)
def test_newer_data_alone_are_another_kind_than_any_change(
    edits: dict[str, str], expected: str
) -> None:
    new = LOCK
    for before, after in edits.items():
        assert before in new
        new = new.replace(before, after)
    assert kind(LOCK, new) == kind(new, LOCK) == expected


def test_what_differs_is_named() -> None:
    new = LOCK.replace("aaa.dir", "bbb.dir").replace("m1", "m2").replace("o1.dir", "o2.dir")
    assert changed(LOCK, new) == {"data_of_others"}
    new = LOCK.replace("rate: 0.1", "rate: 0.2").replace("judge.py", "judge.py --kindly")
    assert changed(LOCK, new) == {"the parameters of train", "the command of judge"}
    assert changed(LOCK, LOCK.replace("    - {path: train.py, md5: t1}\n", "")) == {"train.py"}


def test_the_first_version_is_one() -> None:
    assert following(None, "", LOCK, []) == (1, 0, 0)


def test_a_number_that_a_tag_has_had_is_not_given_again() -> None:
    new = LOCK.replace("aaa.dir", "bbb.dir")
    assert following(OLD, LOCK, new, [], {(1, 2, 4), (1, 2, 5)}) == (1, 2, 6)
    assert following(None, "", LOCK, [], {(1, 0, 0)}) == (1, 0, 1)
