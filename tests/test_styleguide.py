"""The styleguide shows every piece, so that a new one cannot be forgotten."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, nodes

from cocreate import palette
from cocreate.admin import styleguide
from cocreate.ideas.models import Stage, Visibility

ROOT = Path(__file__).parent.parent
PARTS = ROOT / "templates/parts"


def macros():
    """Every macro that a page may call, as `file.name`."""
    for path in sorted(PARTS.glob("*.html")):
        tree = Environment().parse(path.read_text())
        for macro in tree.find_all(nodes.Macro):
            if not macro.name.startswith("_"):
                yield f"{path.stem}.{macro.name}"


@pytest.fixture
def page(browser, make_member):
    answer = browser(make_member(role="moderator", name="Mona")).get("/styleguide")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_every_piece_is_shown_with_what_one_writes(page):
    written = "\n".join(one.text for one in page.select(".sample-code"))
    called = set(re.findall(r"\b(\w+\.\w+)\(", written))

    assert set(macros()) - called == set()
    assert len(list(macros())) > 25


def test_what_is_written_is_what_is_shown(page):
    for sample in page.select(".sample"):
        shown = sample.select_one(".sample-gives")
        assert shown.find(True), sample.h3.text
        assert "{{" not in shown.text
        # Markup that was escaped once too often would be read as text.
        assert "</" not in shown.text


def test_every_stage_visibility_and_kind_is_among_the_badges(page):
    badges = " ".join(" ".join(one["class"]) for one in page.select(".sample .badge"))

    for stage in Stage:
        assert f"stage-{stage.value}" in badges
    for visibility in Visibility:
        assert f"visibility-{visibility.value}" in badges


def test_fields_are_shown_with_and_without_errors(page):
    assert page.select_one(".sample .field:not(.has-error) input")
    assert page.select_one(".sample .has-error input[aria-invalid=true]")
    ids = [one["id"] for one in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_every_colour_stands_there_with_its_contrast(app, page):
    rows = page.select("#colours tbody tr")

    assert len(rows) == len(palette.tokens())
    with app.test_request_context():
        for shade in styleguide.shades():
            if shade.name in ("text", "muted", "danger", "brand", "brand-strong", "on-brand"):
                assert min(shade.ratios) >= palette.TEXT_RATIO, shade
            if shade.name in ("edge", "focus"):
                assert min(shade.ratios) >= palette.CONTROL_RATIO, shade


def test_nothing_is_inline(page):
    assert not page.select("main [style], main style, main script")
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
