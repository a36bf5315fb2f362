"""The pages of histories of any length: what they say, and that they run and load nothing."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from retrain.cli.app import main
from retrain.deployment import overview
from retrain.errors import UserError
from retrain.repo import remote
from retrain.site import history as histories
from retrain.site import html, over_versions, version, write
from tests.conftest import Run
from tests.retrain.site.reading import Page, pages
from tests.toys import history, toys

# what would run, or load something
ACTIVE = {"script", "link", "img", "image", "iframe", "object", "embed", "form", "base", "use"}


def written(project: Path, folder: Path) -> dict[str, Page]:
    with toys.working_in(project):
        write.write(overview.read(remote.fetch()), folder)
    return pages(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> history.History:
    """Return a history of a few versions. Read only."""
    return history.make(tmp_path_factory.mktemp("few"), 6, 14)


@pytest.fixture(scope="module")
def few(made: history.History, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    return written(made.clone, tmp_path_factory.mktemp("pages") / "site")


def assert_quiet(found: dict[str, Page]) -> None:
    """Assert that no page runs or loads anything, and that each of its links leads somewhere."""
    for name, page in found.items():
        assert {tag for tag, _ in page.tags} & ACTIVE == set(), name
        given = {(key, value) for _, attributes in page.tags for key, value in attributes.items()}
        assert [key for key, _ in given if key.startswith("on") or key in ("style", "src")] == []
        assert re.search(r"url\(|@import|javascript:", page.style) is None
        (policy,) = (each["content"] for each in page.named("meta") if "http-equiv" in each)
        digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
        assert policy == (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        )
        inside = {link for link in page.links if not link.startswith(("https://", "http://"))}
        assert inside <= found.keys(), name


@pytest.mark.smoke
def test_the_first_page_says_first_what_is_in_production_since_when_by_whom_and_why(
    made: history.History, few: dict[str, Page]
) -> None:
    with toys.working_in(made.clone):
        now = overview.read(remote.fetch()).assignments.on("production")
    assert now
    first = few["index.html"].words.partition("Metrics over versions")[0]
    when = f"{now.time.day} {now.time:%B %Y, %H:%M} UTC"
    for word in (f"In production {now.version.name}", when, now.actor, now.reason):
        assert word in first
    assert now.run in few["index.html"].links


def test_each_version_has_a_page_with_all_that_it_is_made_of(
    made: history.History, few: dict[str, Page]
) -> None:
    assert few.keys() == {"index.html", *(f"{name}.html" for name in made.commits)}
    assert {f"{name}.html" for name in made.commits} <= set(few["index.html"].links)
    for name, commit in made.commits.items():
        words = few[f"{name}.html"].words
        sections = ("promote", "log_loss", "train.depth", "pyarrow", "src/make.py", "2013-01")
        for word in (commit, *sections):
            assert word in words, f"{name}: {word}"
    second = few[f"{list(made.commits)[1]}.html"]
    assert len(second.named("svg")) == 3  # the curves
    assert "What differs from v1.0.0" in second.words
    deployed = next(each for each in made.assignments if each.stage == "production")
    assert deployed.tag in few[f"{deployed.version}.html"].words
    for command in ("lineage --version v1.0.1 --json", "deploy v1.0.1 production --reason"):
        assert f" .venv/bin/retrain {command}" in second.words


def test_the_table_of_a_versions_deployments_fits_and_has_no_empty_column(
    made: history.History, few: dict[str, Page]
) -> None:
    name = next(each.version for each in made.assignments if each.stage == "production")
    page = few[f"{name}.html"]
    labels = {each["data-label"] for each in page.named("td") if "data-label" in each}
    assert {"until", "stage", "who and why", "tag", "run"} <= labels
    assert [each for each in page.named("span") if each.get("class") == "words"]
    assert "td .name { white-space: nowrap; }" in page.style
    first = few["v1.0.0.html"].words
    assert "this reference" in first
    assert "so it is" not in first
    assert "to the champion" not in first  # there was no champion to compare it with


def test_a_column_without_content_is_left_out(tmp_path: Path) -> None:
    made = html.table("Runs", ["name", "run", "rows"], [["one", "", "1"], ["other", None, ""]], [2])
    (tmp_path / "page.html").write_text(html.page("runs", made))
    found = Page(tmp_path / "page.html")
    assert "Runs name rows one 1 other" in found.words
    assert len(found.named("td")) == 2


def test_the_metric_that_decides_comes_first(made: history.History, tmp_path: Path) -> None:
    with toys.working_in(made.clone):
        found = histories.read(overview.read(remote.fetch()))
        shown = found.versions[-1]
        assert shown.lineage
        turned = {"metrics": dict(reversed(shown.lineage.metrics.items()))}
        shown = replace(shown, lineage=shown.lineage.model_copy(update=turned))
        (tmp_path / "page.html").write_text(version.render(replace(found, versions=[shown]), shown))
    _, _, after = Page(tmp_path / "page.html").words.partition("so it is ")
    assert after.startswith("log_loss lower")
    assert "roc_auc" in after


def test_after_ten_minutes_each_time_line_has_its_dates_and_the_names_of_short_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "SPAN", timedelta(minutes=10))
    made = history.make(tmp_path, 3, 12)
    text = written(made.clone, tmp_path / "site")["index.html"].file.read_text()
    pictures = [each for each in text.split("<svg")[1:] if re.search('"(time|lanes)-', each)]
    assert len(pictures) == 2 + 2 + 4
    last = f"{made.assignments[-1].time:1 Jan 2024, %H:%M}"
    for picture in pictures:
        assert ">1 Jan 2024, 06:00</text>" in picture
        assert f">{last}</text>" in picture
    (lanes,) = (each for each in pictures if "lanes-wide" in each)
    names = re.findall(r">v1\.0\.\d</text>", lanes)
    assert len(names) == len(made.assignments)  # those in bars, and those below
    assert text.index(">Deployments and roll-backs<") < text.index(">Metrics over versions<")


def test_a_phone_sees_no_strip_without_a_name(few: dict[str, Page]) -> None:
    pictures = few["index.html"].file.read_text().split("<svg")[1:]
    strips = {'class="wide"' in each for each in pictures if 'class="strip"' in each}
    assert strips == {True}
    assert {"class": "wide"} in few["index.html"].named("p")


def test_no_page_runs_a_script_or_asks_another_host(few: dict[str, Page]) -> None:
    assert_quiet(few)


def test_each_picture_says_in_words_what_it_shows_and_no_name_is_used_twice(
    few: dict[str, Page],
) -> None:
    page = few["index.html"]
    named = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    assert len(named) == len(set(named))
    pictures = page.named("svg")
    kinds = [str(each["class"]) for each in pictures]
    assert {kind: kinds.count(kind) for kind in kinds} == {"wide": 4, "narrow": 4, "small": 8}
    for picture in pictures:
        assert picture["role"] == "img"
        assert set(str(picture["aria-labelledby"]).split()) <= set(named)


def test_the_same_history_gives_the_same_bytes_and_replaces_what_was_there(
    made: history.History, few: dict[str, Page], tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    written(made.clone, folder)
    (folder / "v0.9.0.html").write_text("of a version that is there no more")
    again = written(made.clone, folder)
    assert {name: page.file.read_bytes() for name, page in again.items()} == {
        name: page.file.read_bytes() for name, page in few.items()
    }


def test_a_folder_with_other_files_is_refused_and_left_as_it_is(
    made: history.History, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("my own page")
    with pytest.raises(UserError, match="holds other files, which would be lost"):
        written(made.clone, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]


def test_an_interval_is_laid_on_from_the_champions_value(made: history.History) -> None:
    with toys.working_in(made.clone):
        found = histories.read(overview.read(remote.fetch()))
    first, second, *_ = over_versions.points(found, "log_loss")
    assert (first.other, first.low, first.high) == (None, None, None)
    compared = found.versions[1].compared("log_loss")
    assert compared
    assert compared.low is not None
    assert second.other == compared.other
    assert second.low == second.other + compared.low  # type: ignore[operator]
    assert second.value == compared.this


@pytest.mark.slow
def test_at_200_versions_the_newest_are_seen_and_the_rest_is_folded(tmp_path: Path) -> None:
    made = history.make(tmp_path, 200, 600)
    found = written(made.clone, tmp_path / "site")
    assert len(found) == 201
    assert_quiet(found)
    first = found["index.html"]
    assert len(first.file.read_bytes()) < 1_000_000
    seen = first.file.read_text().partition("Versions, newest first")[2].partition("<details")[0]
    assert seen.count("<tr>") == 1 + 20
    assert "180 earlier ones" in first.words


def test_before_the_first_version_there_is_a_page_that_says_so(tmp_path: Path, run: Run) -> None:
    seed = tmp_path / "seed"
    for name, text in history.SAME.items():
        (seed / name).parent.mkdir(parents=True, exist_ok=True)
        (seed / name).write_text(text)
    toys.do(run, seed, "git init -q -b main", "git add -A", "git commit -qm start")
    found = written(toys.clone(seed, tmp_path / "clone", run), tmp_path / "site")
    assert list(found) == ["index.html"]
    assert "In production nothing" in found["index.html"].words
    assert "No version is registered yet" in found["index.html"].words


def test_one_version_that_was_never_deployed_is_shown(tmp_path: Path) -> None:
    found = written(history.make(tmp_path, 1, 0).clone, tmp_path / "site")
    assert list(found) == ["index.html", "v1.0.0.html"]
    assert "It was never deployed" in found["v1.0.0.html"].words


def test_a_shallow_clone_is_refused_in_a_sentence_and_nothing_is_written(
    made: history.History,
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = tmp_path / "clone"
    toys.do(run, tmp_path, f"git clone -q --depth=1 file://{made.remote} {project}")
    monkeypatch.setattr("sys.argv", ["retrain", "site"])
    monkeypatch.chdir(project)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    (said,) = (line for line in capsys.readouterr().err.splitlines() if line.startswith("error"))
    assert "shallow" in said or "git fetch --unshallow" in said
    assert not (project / "site").exists()


def test_a_version_whose_commit_lacks_its_verdict_is_shown_and_says_so(
    tmp_path: Path, run: Run
) -> None:
    project = history.make(tmp_path, 2, 0).clone
    toys.do(run, project, "git rm -q reports/verdict.json", "git commit -qm x", "git push -q")
    toys.register(project, run, "toy@v1.1.0")
    found = written(project, tmp_path / "site")
    assert "has not what a landing leaves there" in found["v1.1.0.html"].words
    assert "cannot be read" in found["index.html"].words
