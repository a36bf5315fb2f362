"""Tags that were deleted, moved, or made by hand with nonsense: named, and never a crash."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retrain.deployment import lineage
from retrain.errors import UserError
from retrain.registry.deployment_tags import Assignment
from tests.conftest import Run
from tests.retrain.deployment import steps
from tests.toys import toys
from tests.toys.history import RUN, History

FIRST = "toy@v1.0.0^{}"  # the commit
SOON = datetime(2199, 1, 1, tzinfo=UTC)


def problems(history: History) -> list[str]:
    return steps.known(history.clone).problems


def newest(history: History, stage: str = "production") -> Assignment:
    return steps.known(history.clone).assignments.of(stage)[-1]


def message(**trailers: str) -> str:
    lines = (f"Retrain-{name.capitalize()}: {value}" for name, value in trailers.items())
    return "\n".join(["By hand", "", *lines, ""])


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("toy#production#77x", "its name is not NAME#STAGE#NUMBER"),
        ("toy#production#77/x", "its name is not NAME#STAGE#NUMBER"),
        ("toy#production##77", "its name is not NAME#STAGE#NUMBER"),
        ("toy#", "its name is not NAME#STAGE#NUMBER"),
        ("toy#-production#77", "its name is not NAME#STAGE#NUMBER"),
        ("toy#produktiön#7", "its name is not NAME#STAGE#NUMBER"),
        ("toy#production#1000000000", "its name is not NAME#STAGE#NUMBER"),
        ("toy#production#" + "9" * 100, "its name is not NAME#STAGE#NUMBER"),
    ],
)
def test_a_name_that_gto_does_not_read_is_named_and_changes_nothing(
    history: History, run: Run, name: str, problem: str
) -> None:
    before = steps.there(history.clone)
    steps.tag(history.clone, run, name, FIRST, "By hand")
    assert problems(history) == [f"the tag {name} is not believed: {problem}"]
    assert steps.there(history.clone) == before


def test_tags_of_other_artifacts_are_others(history: History, run: Run) -> None:
    for name in ("toy-2#production#90", "toys#production#91", "toy/x#production#92", "x/toy#a#93"):
        steps.tag(history.clone, run, name, FIRST, "Of another model")
    known = steps.known(history.clone).assignments
    assert (known.problems, known.found[-1].number) == ([], 12)
    with toys.working_in(history.clone):
        for name in ("to[y]", "t?y", "*", "TOY", "to"):
            assert steps.deployment_tags.read(name, []) == steps.deployment_tags.Assignments(
                [], [], frozenset()
            )


def test_a_stage_has_its_own_numbers_and_one_that_a_hand_has_used_is_not_used_again(
    history: History, run: Run
) -> None:
    for name in ("toy#production#11", "toy#production#12/x", "toy#staging#13"):
        toys.do(run, history.clone, f"git tag {name} toy@v1.0.0", f"git push -q origin {name}")
    assert steps.assign(history.clone, "v1.0.0") == "toy#production#13"
    assert steps.assign(history.clone, "v1.0.0", "live") == "toy#live#1"


@pytest.mark.parametrize(
    ("number", "after"), [(999_999_999, 11), (100_000_000, 11), (99_999_999, 100_000_000)]
)
def test_counting_goes_on_whatever_number_a_hand_has_used(
    history: History, run: Run, number: int, after: int
) -> None:
    steps.tag(history.clone, run, f"toy#production#{number}", FIRST, "By hand")
    for each in (after, after + 1):
        assert steps.assign(history.clone, "v1.0.1") == f"toy#production#{each}"
        assert steps.there(history.clone) == "v1.0.1"
    assert problems(history) == []


def test_a_tag_that_is_another_one_or_on_no_version_is_not_believed(
    history: History, run: Run
) -> None:
    before, project = steps.there(history.clone), history.clone
    toys.change(project, run, "no version", notes__txt="words")
    toys.do(run, project, "git push -q origin HEAD:other")
    for number, ref in enumerate(("toy@v1.0.0^{}", "toy@v1.0.0", "toy#staging#1"), 20):
        name = f"toy#production#{number}"
        toys.do(run, project, f"git tag {name} {ref}", f"git push -q origin {name}")
    for number, ref in enumerate(("HEAD", "HEAD^{tree}", "toy@v1.0.0"), 23):
        steps.tag(project, run, f"toy#production#{number}", ref, "By hand")
    reasons = [
        "it does not say who made it, or when",
        "it was made as toy@v1.0.0",
        "it was made as toy#staging#1",
        *(
            f"{toys.do(run, project, f'git rev-parse {ref}')[:7]} is not a version"
            for ref in ("HEAD", "HEAD^{tree}", "toy@v1.0.0")
        ),
    ]
    assert problems(history) == [
        f"the tag toy#production#{number} is not believed: {reason}"
        for number, reason in enumerate(reasons, 20)
    ]
    assert steps.there(project) == before


@pytest.mark.parametrize("who", ["", "tagger Ada <a@b.c> 99999999999999 +0000\n", "tagger x\n"])
def test_a_tag_without_a_time_is_not_believed(history: History, run: Run, who: str) -> None:
    name = (
        f"object {history.commits['v1.0.0']}\ntype commit\ntag toy#production#20\n{who}\nBy hand\n"
    )
    (history.clone / "tag").write_text(name)
    made = toys.do(run, history.clone, "git hash-object -t tag -w --literally tag")
    toys.do(run, history.clone, f"git push -q origin {made}:refs/tags/toy#production#20")
    assert problems(history) == [
        "the tag toy#production#20 is not believed: it does not say who made it, or when"
    ]


def test_a_tag_that_is_deleted_is_missed_by_the_next_one(history: History, run: Run) -> None:
    gone, after = steps.known(history.clone).assignments.of("production")[1:3]
    toys.do(run, history.clone, f"git push -q origin :refs/tags/{gone.tag}")
    assert problems(history) == [
        f"the tag before {after.tag} is gone, or was moved: it was {gone.object[:7]}"
    ]


@pytest.mark.parametrize("moved", [False, True])
def test_the_newest_tag_is_missed_by_a_clone_that_knew_it_until_it_is_back(
    history: History, run: Run, moved: bool
) -> None:
    gone = newest(history)
    toys.do(run, history.clone, f"git push -q origin :refs/tags/{gone.tag}")
    if moved:
        steps.tag(history.clone, run, gone.tag, FIRST, "By hand")
    for _ in range(2):  # until it is back, or a person has said that it was meant
        (note,) = problems(history)
        assert note.startswith(f"the tag {gone.tag}, which this clone knew, is gone, or was moved")
    with toys.working_in(history.clone):  # Git has it still, and offline it is not taken for one
        toys.do(run, history.clone, "git remote set-url origin nowhere")
        there = steps.overview.known()[0].assignments.on("production")
        assert there
        assert there.object != gone.object
    toys.do(run, history.clone, f"git remote set-url origin {history.remote}")
    back = f"git push -qf origin refs/retrain-gone/{gone.object}:refs/tags/{gone.tag}"
    toys.do(run, history.clone, back)
    assert len(problems(history)) == moved  # now the hand's is missed
    assert newest(history) == gone


def test_a_tag_that_is_moved_holds_from_then_on_and_is_missed_where_it_was(
    history: History, run: Run
) -> None:
    moved, after = steps.known(history.clone).assignments.of("production")[1:3]
    steps.tag(history.clone, run, moved.tag, FIRST, "By hand")
    assert problems(history) == [
        f"the tag before {after.tag} is gone, or was moved: it was {moved.object[:7]}"
    ]
    assert newest(history, moved.stage).tag == moved.tag


def test_a_deployment_that_is_invented_for_the_past_is_found(history: History, run: Run) -> None:
    first, second = steps.known(history.clone).assignments.of("production")[1:3]
    when = first.time + (second.time - first.time) / 2
    words = message(actor="Ada", reason="Forged", run=RUN.format(1), before=first.object)
    steps.tag(history.clone, run, "toy#production#30", FIRST, words, when)
    assert problems(history) == [
        f"the tag toy#production#30 was made after {second.tag}, and says that it was before"
    ]


@pytest.mark.parametrize("when", [SOON, datetime.fromtimestamp(99_999_999_999, UTC)])
def test_a_time_to_come_holds_now_is_named_and_nothing_is_built_on_it(
    history: History, run: Run, when: datetime
) -> None:
    steps.tag(history.clone, run, "toy#production#30", FIRST, "By hand", when)
    found = f"toy#production#30 is of {when:%Y-%m-%d}"
    assert problems(history) == [f"{found}, which is still to come"]
    assert steps.there(history.clone) == "v1.0.0"
    with pytest.raises(UserError, match=f"{found} .* git push --delete origin 'toy#production#30'"):
        steps.assign(history.clone, "v1.0.1")
    steps.assign(history.clone, "v1.0.1", "staging")
    assert abs(newest(history, "staging").time - datetime.now(UTC)) < timedelta(minutes=1)
    toys.do(run, history.clone, "git push -q --delete origin toy#production#30")
    steps.assign(history.clone, "v1.0.1")
    assert steps.there(history.clone) == "v1.0.1"


def test_what_a_clock_that_is_somewhat_ahead_has_made_is_built_on(
    history: History, run: Run
) -> None:
    when = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    steps.tag(history.clone, run, "toy#production#30", FIRST, "By hand", when)
    steps.assign(history.clone, "v1.0.1")
    assert newest(history).time == when + timedelta(seconds=1)


def test_of_two_at_one_time_the_greater_number_holds(history: History, run: Run) -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    for number, version in ((100, "v1.0.1"), (20, "v1.0.2"), (99, "v1.0.0")):
        steps.tag(history.clone, run, f"toy#live#{number}", f"toy@{version}^{{}}", "By hand", when)
    assert steps.there(history.clone, "live") == "v1.0.1"


def test_an_unknown_stage_is_shown_and_takes_nothing_new(history: History, run: Run) -> None:
    steps.tag(history.clone, run, "toy#canary#30", FIRST, "By hand")
    known = steps.known(history.clone)
    with toys.working_in(history.clone):
        assert known.stages() == ["staging", "production", "canary"]
        assert known.deployed("canary").version.name == "v1.0.0"


def test_what_a_hand_has_written_is_kept_as_plain_words(history: History, run: Run) -> None:
    ugly = "<b>@ada</b> [x](javascript:alert(1)) \x1b[31m \x01 " + "long " * 2000
    words = message(
        actor="@ada\tx",
        reason=ugly,
        run="javascript:alert(1)",
        model="x",
        action="explode",
        before="no",
    )
    steps.tag(history.clone, run, "toy#production#30", FIRST, words)
    found = newest(history)
    assert found.reason.startswith("b ada b x (javascript:alert(1)) 31m long long")
    assert (len(found.reason), found.actor) == (500, "ada x")
    assert (found.run, found.model, found.action, found.before) == ("", "", "", "")
    assert (found.signed, problems(history)) == (False, [])
    with toys.working_in(history.clone):
        made = lineage.of(steps.known(history.clone), found.version)
    assert made.deployments[-1].reason == found.reason


def test_trailers_are_the_last_lines_alone_and_a_reason_makes_none(
    history: History, run: Run
) -> None:
    words = (
        message(actor="Ada")
        + "\nMore words\n\nRetrain-Reason: true\r\nRetrain-Run: https://x.example/1\r\n"
    )
    steps.tag(history.clone, run, "toy#production#30", FIRST, words)
    found = newest(history)
    assert (found.actor, found.reason, found.run) == ("", "true", "https://x.example/1")
    forged = "good\n\nRetrain-Actor: eve\nRetrain-Before: " + "0" * 40
    who = steps.Provenance(actor="ada", reason=forged)
    steps.assign(history.clone, "v1.0.1", who=who)
    found = newest(history)
    assert (found.actor, found.before) == (
        "ada",
        steps.known(history.clone).assignments.found[-2].object,
    )
    assert found.reason == "good Retrain-Actor: eve Retrain-Before: " + "0" * 40


def test_a_signature_does_not_hide_the_trailers(history: History, run: Run, tmp_path: Path) -> None:
    made = run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    settings = ("gpg.format ssh", f"user.signingkey {tmp_path / 'key'}", "tag.gpgsign true")
    toys.do(run, history.clone, *(f"git config {each}" for each in settings))
    tag = steps.assign(history.clone, "v1.0.0")
    assert "SSH SIGNATURE" in toys.do(run, history.remote, f"git cat-file tag {tag}")
    found = newest(history)
    assert (found.tag, found.signed, found.actor) == (tag, True, "ada")
    assert problems(history) == []
