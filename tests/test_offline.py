"""The portal on a device: its manifest, its page for when there is no network, times by zone."""

import json
from datetime import datetime
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from playwright.sync_api import expect

from cocreate import clock, site, static
from cocreate.extensions import db

READY = """async () => {
  const registration = await navigator.serviceWorker.ready;
  while (registration.installing || registration.waiting) {
    await new Promise((go) => setTimeout(go, 20));
  }
  return registration.active.scriptURL;
}"""
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    found[name] = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  }
  return found;
}"""


def test_a_device_learns_the_portals_name_and_icons(browser):
    site.change(name="Vltava", tagline={"en": "Say it.", "cs": "Řekněte to."})
    db.session.commit()

    answer = browser().get("/manifest.webmanifest", headers={"Accept-Language": "cs"})

    assert answer.content_type == "application/manifest+json"
    told = json.loads(answer.data)
    assert (told["name"], told["short_name"]) == ("Vltava", "Vltava")
    assert (told["lang"], told["dir"], told["description"]) == ("cs", "ltr", "Řekněte to.")
    assert (told["id"], told["start_url"], told["scope"]) == ("/", "/", "/")
    assert {one["purpose"] for one in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        file = browser().get(icon["src"])
        with Image.open(BytesIO(file.data)) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
            # What may be cut to any shape leaves nothing to be seen through.
            assert picture.has_transparency_data == (icon["purpose"] == "any")
    for shortcut in told["shortcuts"]:
        assert browser().get(shortcut["url"]).status_code in (200, 303)


def test_a_long_name_is_short_below_an_icon(browser):
    site.change(name="Nápady pro Vltavu a okolí")
    db.session.commit()

    told = json.loads(browser().get("/manifest.webmanifest").data)

    assert told["short_name"] == "Nápady"


def test_every_page_leads_to_the_manifest(browser):
    page = BeautifulSoup(browser().get("/").text, "html.parser")

    assert page.select_one("link[rel=manifest]")["href"] == "/manifest.webmanifest"


@pytest.mark.parametrize(("language", "words"), [("en", "You are offline"), ("cs", "Jste bez")])
def test_the_page_for_no_network_speaks_the_language_asked_for(browser, language, words):
    answer = browser().get(f"/offline?language={language}", headers={"Accept-Language": "en"})

    page = BeautifulSoup(answer.text, "html.parser")
    assert page.html["lang"] == language
    assert words in page.h1.text
    assert page.select_one("meta[name=robots]")["content"] == "noindex"


@pytest.mark.parametrize("language", ["", "xx", "../etc", "%00"])
def test_a_language_that_is_none_of_ours_does_no_harm(browser, language):
    assert browser().get(f"/offline?language={language}").status_code == 200


def test_the_page_for_no_network_says_nothing_about_anyone(browser, make_member):
    answer = browser(make_member(name="Eva Nova", role="admin")).get("/offline")

    for words in ("Eva Nova", "csrf", "/settings", "/admin"):
        assert words not in answer.text


def test_the_script_that_keeps_it_is_always_asked_for_anew(browser):
    answer = browser().get("/service-worker.js?language=en&version=1")

    assert answer.content_type == "text/javascript; charset=utf-8"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert b"addEventListener" in answer.data


# --- in the browser ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title", "again"),
    [("en", "You are offline", "Try again"), ("cs", "Jste bez připojení", "Zkusit znovu")],
)
def test_without_a_network_a_page_of_ours_says_so(
    visit, address, make_idea, language, title, again
):
    make_idea(title="A lamp")
    page = visit()
    page.context.add_cookies([{"name": "language", "value": language, "url": address}])
    page.goto("/ideas", wait_until="networkidle")
    assert f"language={language}" in page.evaluate(READY)

    page.context.set_offline(True)
    page.goto("/roadmap")

    expect(page.locator("h1")).to_have_text(title)
    assert page.url.endswith("/roadmap")
    # It is drawn with its styles and its font, not bare.
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).display") != "inline"
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px Figtree'))")
    assert page.evaluate("document.querySelector('.brand img').naturalWidth > 0")

    page.context.set_offline(False)
    page.get_by_role("link", name=again).click()
    expect(page.locator("main h1")).not_to_have_text(title)
    assert page.url.endswith("/roadmap")


def test_nothing_of_a_member_is_kept(visit, make_member, make_idea):
    idea = make_idea(title="A lamp")
    page = visit(make_member(role="admin"))
    for path in ("/settings", "/notices", "/admin", "/ideas", f"/ideas/{idea.id}"):
        page.goto(path, wait_until="networkidle")
    page.evaluate(READY)
    page.goto("/settings", wait_until="networkidle")

    kept = page.evaluate(KEPT)

    assert len(kept) == 1
    for path in next(iter(kept.values())):
        assert path == "/offline" or path.startswith(f"/static/{static.version()}/"), path
    page.context.set_offline(True)
    page.goto("/settings")
    expect(page.locator("h1")).to_have_text("You are offline")


def test_another_release_replaces_what_was_kept(visit):
    page = visit()
    page.goto("/ideas", wait_until="networkidle")
    page.evaluate(READY)
    first = page.evaluate(KEPT)
    # As a page of the next release would ask.
    page.evaluate("""async () => {
      const { scriptAddress } = await import(document.querySelector("script[src*='/app.js']").src
        .replace("app.js", "policy.js"));
      await navigator.serviceWorker.register(
        scriptAddress("/service-worker.js?language=en&version=next"));
    }""")
    page.wait_for_function(
        """async () => (await caches.keys()).join() === "offline ?language=en&version=next" """
    )

    (name,) = first
    assert name.startswith(f"offline ?language=en&version={static.version()}&")
    assert "version=next" in page.evaluate(READY)


def test_another_name_replaces_what_was_kept(visit, portal):
    page = visit()
    page.goto("/ideas", wait_until="networkidle")
    page.evaluate(READY)
    site.change(name="Benches & Co")
    db.session.commit()
    page.goto("/ideas", wait_until="networkidle")
    page.wait_for_function("async () => (await caches.keys()).join().includes('Benches')")
    page.evaluate(READY)

    page.context.set_offline(True)
    page.goto("/roadmap")
    expect(page.locator(".brand")).to_have_text("Benches & Co")


def test_a_form_is_sent_past_the_script(visit, make_member):
    page = visit(make_member())
    page.goto("/ideas", wait_until="networkidle")
    page.evaluate(READY)
    page.goto("/ideas/new", wait_until="networkidle")
    assert page.evaluate("Boolean(navigator.serviceWorker.controller)")

    seen = []
    page.on("request", lambda one: seen.append((one.method, one.url)))
    page.locator("form[action='/language'] button[value=cs]").click()
    expect(page.locator("html")).to_have_attribute("lang", "cs")

    assert [method for method, url in seen if url.endswith("/language")] == ["POST"]


# --- instants ---------------------------------------------------------------------------------

NEAR_MIDNIGHT = "2025-03-09T23:30:00+00:00"
TIME = "main time[title]"


@pytest.fixture
def old_idea(make_idea):
    return make_idea(title="A lamp", published_at=datetime.fromisoformat(NEAR_MIDNIGHT))


def shown(visit, idea, zone, member=None):
    page = visit(member, timezone_id=zone)
    page.goto(f"/ideas/{idea.id}-a-lamp", wait_until="networkidle")
    time = page.locator(TIME).first
    return time.inner_text(), time.get_attribute("title"), time.get_attribute("datetime")


def test_a_visitor_reads_instants_in_their_own_zone(visit, old_idea):
    words, title, instant = shown(visit, old_idea, "America/New_York")

    assert instant == NEAR_MIDNIGHT
    assert "9 Mar 2025" in words or "Mar 9, 2025" in words
    assert "19:30" in title or "7:30" in title


def test_in_the_portals_zone_nothing_changes(visit, browser, old_idea):
    page = BeautifulSoup(browser().get(f"/ideas/{old_idea.id}-a-lamp").text, "html.parser")
    time = page.select_one(TIME)

    words, title, _ = shown(visit, old_idea, "Europe/Prague")

    assert (words, title) == (time.text, time["title"])
    assert "10" in words


def test_a_member_reads_them_in_the_zone_of_their_settings(visit, old_idea, make_member):
    member = make_member(timezone="Asia/Tokyo")

    words, title, _ = shown(visit, old_idea, "America/New_York", member)

    assert "10" in words
    assert "8:30" in title


def days(visit, path, zone, member=None):
    page = visit(member, timezone_id=zone)
    page.goto(path, wait_until="networkidle")
    return page.locator("main time:not([title])").first.inner_text()


def test_a_day_is_the_one_that_it_was_where_its_reader_is(visit, old_idea, make_member):
    page, member = f"/ideas/{old_idea.id}-a-lamp", make_member(timezone="America/New_York")
    other = make_member()
    for path in (page, "/ideas"):
        assert days(visit, path, "America/New_York") == "Mar 9, 2025"
        assert days(visit, path, "Europe/Prague") == "Mar 10, 2025"
        # Members read in the zone of their settings, wherever they are.
        assert days(visit, path, "Asia/Tokyo", member) == "Mar 9, 2025"
        assert days(visit, path, "America/New_York", other) == "Mar 10, 2025"


def test_how_long_ago_it_was_stays_as_it_is_and_nothing_moves(visit, make_idea):
    idea = make_idea(title="A lamp", published_at=clock.now())
    page = visit(timezone_id="Pacific/Auckland")
    page.add_init_script("""
      window.moved = 0;
      new PerformanceObserver((list) => {
        for (const one of list.getEntries()) window.moved += one.value;
      }).observe({ type: "layout-shift", buffered: true });
    """)
    page.goto(f"/ideas/{idea.id}-a-lamp", wait_until="networkidle")
    time = page.locator(TIME).first

    assert "second" in time.inner_text() or "now" in time.inner_text()
    assert "NZ" in time.get_attribute("title") or "GMT+1" in time.get_attribute("title")
    assert page.evaluate("window.moved") < 0.001
