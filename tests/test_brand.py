"""The brand: a colour that everyone can read, a logo without surprises, a font, two themes."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from sqlalchemy import func, select

from cocreate import brand, logos, palette, site
from cocreate.accounts.models import Member
from cocreate.errors import Invalid
from cocreate.extensions import db
from cocreate.logos import LogoPicture
from cocreate.notices import letters

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def luminance(colour: str) -> float:
    """As WCAG 2.2 defines it, written down a second time."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# --- colours ----------------------------------------------------------------------------------


@settings(deadline=None)
@given(COLOURS)
@example("#000000")
@example("#ffffff")
@example("#808080")
@example("#ffff00")
@example("#0000ff")
def test_whatever_the_colour_words_in_it_and_on_it_can_be_read(colour):
    family = palette.family(colour)

    for which, shades in enumerate((family.light, family.dark)):
        behind = [palette.tokens()[name][which] for name in ("bg", "surface", "sunken")]
        for words in (shades.brand, shades.strong):
            for ground in [*behind, shades.soft]:
                assert contrast(words, ground) >= 4.5, (words, ground)
            assert contrast(words, shades.on_brand) >= 4.5, (words, shades.on_brand)
        text = palette.tokens()["text"][which]
        assert contrast(text, shades.soft) >= 4.5
        assert shades.strong != shades.brand


@settings(deadline=None)
@given(COLOURS)
def test_a_colour_that_can_be_read_in_the_light_is_not_touched(colour):
    light = palette.mendings(palette.family(colour))[0]

    assert light.is_mended == (light.given_ratio < 4.5)
    assert light.used_ratio >= 4.5
    behind = palette.grounds("light", palette.family(colour).light)
    lowest = min(contrast(colour, one) for one in behind)
    assert light.given_ratio == pytest.approx(lowest, rel=1e-3)


def test_the_colours_the_portal_has_by_itself_can_be_read():
    for one in palette.mendings(palette.family("")):
        assert one.used_ratio >= 4.5
        assert one.button_ratio >= 4.5
    for name in ("text", "muted", "danger"):
        for which in (0, 1):
            for ground in ("bg", "surface", "sunken"):
                tokens = palette.tokens()
                assert contrast(tokens[name][which], tokens[ground][which]) >= 4.5, name
    for which in (0, 1):
        assert contrast(palette.tokens()["edge"][which], palette.tokens()["surface"][which]) >= 3


@pytest.mark.parametrize(
    ("words", "colour"),
    [("#0B6B4F", "#0b6b4f"), ("0b6b4f", "#0b6b4f"), (" #fa0 ", "#ffaa00"), ("ABC", "#aabbcc")],
)
def test_a_colour_is_read_as_people_write_it(words, colour):
    assert palette.read(words) == colour


@pytest.mark.parametrize("words", ["", "green", "#12", "#12345", "#1234567", "#gggggg", "url(x)"])
def test_what_is_no_colour_is_refused(words):
    with pytest.raises(Invalid):
        palette.read(words)


@given(st.text(max_size=40))
def test_no_words_make_a_stylesheet_that_says_more_than_colours(words):
    try:
        sheet = brand.preview(palette.read(words), words)
    except Invalid:
        return
    assert re.fullmatch(r"#[0-9a-f]{6}", palette.read(words))
    assert "url(" not in sheet
    assert "</" not in sheet


# --- the admin's page -------------------------------------------------------------------------


@pytest.fixture
def admin(make_member: Callable[..., Member], browser: Any) -> Any:
    return browser(make_member(role="admin", name="Ada"))


def png(width: int = 200, height: int = 100, **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "#c02020").save(out, more.pop("kind", "PNG"), **more)
    return out.getvalue()


def send(reader: Any, file: bytes | None = None, name: str = "logo.png", **fields: Any) -> Any:
    more = {"picture": (BytesIO(file), name)} if file is not None else {}
    return reader.submit("/admin/brand", "/admin/brand", **fields, **more)


def sheets(reader: Any, path: str = "/") -> list[str]:
    page = BeautifulSoup(reader.get(path).text, "html.parser")
    return [str(one["href"]) for one in page.select("link[rel=stylesheet]")]


def test_without_a_choice_nothing_more_is_loaded(browser):
    visitor = browser()

    assert not [one for one in sheets(visitor) if "brand" in one or "font-" in one]
    assert visitor.get("/brand.css").text == ""


def test_a_colour_is_saved_and_served_for_a_year(admin, browser, events_of):
    answer = send(admin, colour="#2340d0")

    assert answer.status_code == 303
    assert events_of("site.changed")[-1].data["names"] == ["colour"]
    visitor = browser()
    address = next(one for one in sheets(visitor) if "/brand.css" in one)
    sheet = visitor.get(address)
    assert "--brand: light-dark(#2340d0, " in sheet.text
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sheet.mimetype == "text/css"
    assert "Set-Cookie" not in sheet.headers
    older = visitor.get("/brand.css?v=0000000000")
    assert older.text == sheet.text
    assert older.headers["Cache-Control"] == "public, no-cache"
    page = BeautifulSoup(visitor.get("/").text, "html.parser")
    bars = [one["content"] for one in page.select("meta[name=theme-color]")]
    assert bars == ["#2340d0", palette.family("#2340d0").dark.soft]
    assert brand.colours().light.brand == "#2340d0"


def test_a_colour_that_is_too_light_is_mended_and_the_page_says_so(admin):
    page = send(admin, colour="#ffee00", preview="1")

    assert page.status_code == 200
    assert "too light to be read on our pages, so it is made darker" in page.text
    used = palette.family("#ffee00").light.brand
    for words in ("#ffee00", used, "1.0 : 1", "4.5 : 1"):
        assert words in page.text
    assert site.load().colour == ""


def test_the_preview_is_a_stylesheet_of_its_own(admin, browser, make_member):
    page = send(admin, colour="#ffee00", font="bitter", preview="1")
    soup = BeautifulSoup(page.text, "html.parser")
    address = soup.select_one("link[href*='/admin/brand/preview.css']")["href"]

    sheet = admin.get(address)

    assert sheet.mimetype == "text/css"
    assert ".brand-preview" in sheet.text
    assert ":root" not in sheet.text
    assert palette.family("#ffee00").light.brand in sheet.text
    assert "Bitter" in sheet.text
    assert admin.get("/admin/brand/preview.css?colour=red;}body{").status_code == 404
    assert "Figtree" in admin.get("/admin/brand/preview.css?font=x;}body{display:none").text
    assert browser(make_member(role="product")).get(address).status_code == 403


def test_what_is_no_colour_comes_back_with_words_and_with_all_that_was_chosen(admin):
    page = send(admin, png(), colour="greenish", font="bitter")

    assert page.status_code == 422
    assert "Write the colour as # and six signs" in page.text
    soup = BeautifulSoup(page.text, "html.parser")
    assert soup.select_one("#colour")["value"] == "greenish"
    assert soup.select_one("input[name=font][checked]")["value"] == "bitter"
    # The file that was sent is not asked for again.
    assert admin.submit(page, "/admin/brand", colour="#204080").status_code == 303
    assert site.load().logo["key"]
    assert site.load().font == "bitter"


def test_the_picker_counts_where_the_text_was_left_alone(admin):
    assert send(admin, picked="#aa2266").status_code == 303
    assert site.load().colour == "#aa2266"

    send(admin, picked="#112233", colour="#445566")
    assert site.load().colour == "#445566"

    send(admin, colour="")
    assert site.load().colour == ""


def test_a_font_brings_its_files_and_leaves_the_other_ones(admin, browser):
    assert send(admin, font="atkinson").status_code == 303

    page = BeautifulSoup(browser().get("/").text, "html.parser")
    loaded = [one["href"] for one in page.select("link[as=font]")]
    assert loaded
    assert all("atkinson" in one for one in loaded)
    for address in [*loaded, *sheets(browser())]:
        assert browser().get(address).status_code == 200
    send(admin, font="system")
    assert not BeautifulSoup(browser().get("/").text, "html.parser").select("link[as=font]")
    assert send(admin, font="comic").status_code == 422


def test_every_font_is_one_that_can_be_chosen_and_small():
    assert set(brand.FONTS) == set(site.FONTS)
    folder = palette._CSS.parent.parent
    for font in brand.FONTS.values():
        for file in font.files:
            assert (folder / file).stat().st_size <= 35 * 1024
            assert (folder / f"{file.split('-')[0]}-LICENSE.txt").read_text()
        if font.sheet:
            sheet = (folder / font.sheet).read_text()
            assert all(f'url("../{file}")' in sheet for file in font.files)


def test_two_admins_do_not_overwrite_each_other(admin, browser, make_member):
    page = admin.get("/admin/brand")
    send(browser(make_member(role="admin")), colour="#aa2266")

    answer = admin.submit(page, "/admin/brand", colour="#204080")

    assert answer.status_code == 409
    assert "Somebody else has just changed the settings" in answer.text
    assert "#aa2266" in answer.text
    assert site.load().colour == "#aa2266"
    assert admin.submit(answer, "/admin/brand").status_code == 303
    assert site.load().colour == "#204080"


# --- the logo ---------------------------------------------------------------------------------


def test_a_logo_stands_in_the_header_and_in_the_tab(admin, browser):
    assert send(admin, png(400, 100)).status_code == 303

    page = BeautifulSoup(browser().get("/").text, "html.parser")
    logo = page.select_one("a.brand img")
    assert (logo["alt"], logo["width"], logo["height"]) == ("", "112", "28")
    sizes = {}
    for address in (
        logo["src"],
        page.select_one("link[rel=icon]")["href"],
        page.select_one("link[rel=apple-touch-icon]")["href"],
    ):
        answer = browser().get(address)
        assert answer.mimetype == "image/png"
        assert "immutable" in answer.headers["Cache-Control"]
        sizes[address] = Image.open(BytesIO(answer.data)).size
    assert list(sizes.values()) == [(400, 100), (48, 48), (180, 180)]


def test_a_logo_stands_wherever_programs_look_for_a_picture(admin, browser):
    send(admin, png(400, 100))
    icon = BeautifulSoup(browser().get("/").text, "html.parser").select_one("link[rel=icon]")[
        "href"
    ]

    assert browser().get("/favicon.ico").headers["Location"] == icon
    assert f"{icon}</icon>" in browser().get("/feeds/ideas.atom").text


def test_nothing_but_pixels_comes_through(admin):
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "secret place")
    send(admin, png(pnginfo=told) + b"<script>trailing</script>")

    for kept in db.session.scalars(select(LogoPicture)):
        assert b"secret" not in kept.body
        assert b"script" not in kept.body
        picture = Image.open(BytesIO(kept.body))
        picture.load()
        assert not picture.info.get("Comment")
        assert not picture.getexif()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_the_kinds_that_are_taken(admin, kind):
    assert send(admin, png(kind=kind)).status_code == 303
    assert site.load().logo["width"] == 200


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG can carry script"),
        (b"", "no picture we can read"),
        (b"GIF89a" + bytes(100), "no picture we can read"),
        (png()[:60], "no picture we can read"),
        (png(4200, 40), "too large"),
        (png(20, 20), "too small"),
        (png(900, 100), "too long"),
        (png(100, 300), "too long"),
        (png() + bytes(1024 * 1024), "1 MB at most"),
        (png(kind="GIF"), "no picture we can read"),
    ],
    ids="svg empty cut-gif cut-png large small wide high heavy gif".split(),
)
def test_what_is_no_logo_is_refused_in_words(admin, file, words):
    page = send(admin, file, colour="#204080")

    assert page.status_code == 422
    assert words in page.text
    assert 'value="#204080"' in page.text
    assert not site.load().logo
    assert db.session.scalar(select(func.count()).select_from(LogoPicture)) == 0


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = bytearray(png())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2

    with pytest.raises(Invalid):
        logos.keep(bytes(bomb))


def test_a_logo_that_was_tried_or_replaced_is_not_kept(admin, browser):
    send(admin, png(200, 100))
    first = site.load().logo["key"]
    tried = send(admin, png(300, 100), preview="1")
    assert "-logo.png" in tried.text

    assert send(admin, png(100, 100)).status_code == 303

    assert set(db.session.scalars(select(LogoPicture.key))) == {site.load().logo["key"]}
    assert browser().get(brand.picture(first, "logo")).status_code == 404
    # Who still had the one that was tried on their page is told so.
    assert admin.submit(tried, "/admin/brand").status_code == 422
    assert send(admin, no_logo="y").status_code == 303
    assert site.load().logo == {}
    assert 'src="/static/' in browser().get("/").text


def test_mails_wear_the_brand(admin, make_member):
    send(admin, colour="#ffee00")

    letter = letters.Letter("News", "News", ["It comes."], action=("Look", letters.url("/")))
    mail = letters.compose(letter, "eva@example.com", make_member(), "en", "news")

    html = mail.get_body(("html",)).get_content()
    family = palette.family("#ffee00")
    assert family.light.brand in html
    assert family.dark.brand in html
    assert "#0b6b4f" not in html


# --- light and dark ---------------------------------------------------------------------------


def test_a_visitor_chooses_a_theme_and_gets_a_cookie_only_then(browser):
    visitor = browser()
    page = visitor.get("/ideas")
    assert "data-theme" not in page.text
    assert "Set-Cookie" not in page.headers

    answer = visitor.submit(page, "/theme", theme="dark")

    assert answer.headers["Location"].endswith("/ideas")
    assert '<html lang="en" dir="ltr" data-theme="dark"' in visitor.get("/ideas").text
    assert '<meta name="color-scheme" content="dark">' in visitor.get("/ideas").text
    visitor.post("/theme", {"theme": "purple"})
    assert 'data-theme="dark"' in visitor.get("/ideas").text
    visitor.post("/theme", {"theme": "system"})
    assert "data-theme" not in visitor.get("/ideas").text
    assert visitor.client.get_cookie("theme") is None


def test_a_members_theme_is_kept_with_the_member(browser, make_member):
    member = make_member()

    answer = browser(member).submit("/", "/theme", theme="light")

    assert "theme=" not in answer.headers.get("Set-Cookie", "")
    assert 'data-theme="light"' in browser(member).get("/ideas").text
    assert "data-theme" not in browser().get("/ideas").text
