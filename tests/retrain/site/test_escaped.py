"""What people and tags say is text in a page, whatever it is."""

from pathlib import Path

import pytest

from retrain.site.html import el, link, page, said
from retrain.site.words import written
from tests.conftest import Run
from tests.retrain.site.reading import Page
from tests.retrain.site.test_pages import assert_quiet
from tests.retrain.site.test_pages import written as site
from tests.toys import history, toys

SCRIPT = "<script>alert(1)</script>"
TAG = """\
Deploy v1.0.0 to production

Retrain-Action: deploy
Retrain-Actor: @everyone <img src=x onerror=alert(1)>
Retrain-Reason: {reason}
Retrain-Run: {run}
Retrain-Model: {model}
"""
HOSTILE = {
    "markup": (f"{SCRIPT}</title></style>", "javascript:alert(1)"),
    "a mention and a link": ("@maintainers see http://evil.example/ #1", "//evil.example/"),
    "an attribute": ('" onmouseover="alert(1)', 'https://x" onmouseover="alert(1)'),
    "another script": ("نشر النسخة \u202egnirts\u202c 展開", "data:text/html,x"),
    "10,000 characters": ("x" * 10_000, f"https://example.org/{'y' * 10_000}"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_reason_is_shown_as_text(what: str, tmp_path: Path, run: Run) -> None:
    made = history.make(tmp_path, 1, 0)
    reason, address = HOSTILE[what]
    message = tmp_path / "message"
    message.write_text(TAG.format(reason=reason, run=address, model="a" * 64))
    tag = "toy#production#1"
    toys.do(run, made.clone, f"git tag -a -F {message} {tag} HEAD", f"git push -q origin {tag}")
    found = site(made.clone, tmp_path / "site")
    assert_quiet(found)
    for each in found.values():
        assert "evil.example" not in " ".join(each.links)
        assert len(each.file.read_bytes()) < 60_000
        assert "\u202e" not in each.text
    assert found["index.html"].named("h1")
    assert "In production v1.0.0" in found["index.html"].words


@pytest.mark.smoke
def test_whatever_is_put_into_a_page_becomes_no_element(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        page(SCRIPT, el("p", SCRIPT, title=f'"{SCRIPT}'), el("p", said(f"{SCRIPT}\0\u202e")))
    )
    found = Page(tmp_path / "page.html")
    assert not found.named("script")
    assert found.words.count(SCRIPT) == 3
    assert found.named("p")[0] == {"title": f'"{SCRIPT}'}


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//host", "/x", "https:", "",
     "ftp://host/x", "http://[", "https://host/\u202ex", "vbscript:x", "https://host/a b\n"],
)  # fmt: skip
def test_only_an_address_of_the_web_becomes_a_link(address: str) -> None:
    assert link("run", address) == "run"


def test_an_address_of_the_web_becomes_a_link() -> None:
    made = link("run", "https://forge.example/runs/1?a=b&c=d#x")
    assert not isinstance(made, str)
    assert made is not None
    assert made.get("href") == "https://forge.example/runs/1?a=b&c=d#x"


CARD = f"""\
# For its writers

Not shown: {SCRIPT}

## Intended use

For **ranking**, not for `pricing`; see [the *data*](https://example.org/data), [this](javascript:x).

- {SCRIPT}
- ![a picture](https://evil.example/x.png)
"""


def test_the_words_of_a_model_card_are_shown_without_what_would_be_active(
    tmp_path: Path, run: Run
) -> None:
    (tmp_path / "docs").mkdir()
    toys.do(run, tmp_path, "git init -q")
    toys.change(tmp_path, run, "Say what it is for", **{"docs/model-card__md": CARD})
    with toys.working_in(tmp_path):
        shown = list(written("HEAD"))
    (tmp_path / "page.html").write_text(page("card", *shown))
    found = Page(tmp_path / "page.html")
    assert found.links == ["https://example.org/data"]
    assert not {tag for tag, _ in found.tags} & {"script", "img"}
    assert found.words.count(SCRIPT) == 1
    assert "Not shown" not in found.words
    assert [each[0] for each in found.tags if each[0] in ("h3", "strong", "li")] == [
        "h3", "strong", "li", "li",
    ]  # fmt: skip
