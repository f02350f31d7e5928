"""Feeds, and what search engines read."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest

from cocreate import clock
from cocreate.backlog import actions as backlog
from cocreate.extensions import db
from cocreate.feeds import queries, views
from cocreate.ideas import actions as ideas
from cocreate.ideas.models import Area, Stage, Visibility

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PUBLIC = ["/feeds/ideas.atom", "/feeds/changelog.atom"]


def read(answer):
    """The feed's root, after all that RFC 4287 asks of a feed was found in it."""
    assert answer.status_code == 200
    assert answer.content_type.startswith("application/atom+xml")
    root = ET.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    ids = set()
    for one in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(ATOM + name)) == 1, name
        identity = one.findtext(f"{ATOM}id")
        assert identity.startswith("http://localhost/")
        assert identity not in ids
        ids.add(identity)
        assert datetime.fromisoformat(one.findtext(f"{ATOM}updated")).tzinfo
        assert one.findtext(f"{ATOM}author/{ATOM}name")
        assert one.find(f"{ATOM}author/{ATOM}email") is None
        assert one.find(f"{ATOM}link[@rel='alternate']").get("href").startswith("http://localhost/")
    assert root.find(f"{ATOM}link[@rel='self']") is not None
    return root


def titles(root):
    return [one.findtext(f"{ATOM}title") for one in root.iter(f"{ATOM}entry")]


def test_empty_feeds_are_feeds(browser, make_idea):
    for address in (*PUBLIC, f"/feeds/ideas/{make_idea().id}.atom"):
        read(browser().get(address))


def test_new_ideas_are_read_in_a_feed(browser, make_idea, make_member, make_area):
    area = make_area("shops")
    eva = make_member(name="Eva & Ota", email="eva@example.com")
    now = clock.now()
    make_idea(eva, title="A <lamp> & more", need="It is **dark**.", area=area, language="cs")
    make_idea(title="Elsewhere", area=make_area("app"), published_at=now - timedelta(days=1))

    everything = browser().get("/feeds/ideas.atom")
    shops = read(browser().get("/feeds/ideas.atom?area=shops"))

    assert titles(read(everything)) == ["A <lamp> & more", "Elsewhere"]
    assert titles(shops) == ["A <lamp> & more"]
    entry = shops.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Eva & Ota"
    assert "<strong>dark</strong>" in entry.findtext(f"{ATOM}content")
    assert entry.find(f"{ATOM}content").get("type") == "html"
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "cs"
    assert "@" not in everything.text


def test_an_entry_keeps_its_id_when_the_title_changes(browser, make_idea):
    idea = make_idea(title="A lamp")
    before = read(browser().get("/feeds/ideas.atom")).findtext(f"{ATOM}entry/{ATOM}id")
    idea.title = "A lantern"
    db.session.commit()

    after = read(browser().get("/feeds/ideas.atom"))

    assert after.findtext(f"{ATOM}entry/{ATOM}id") == before
    assert titles(after) == ["A lantern"]


def test_what_was_delivered_is_read_in_a_feed(browser, make_idea, make_member):
    idea = make_idea(title="A lamp")
    team = make_member(role="product", name="Marek")
    backlog.answer(team, idea, body="It shines.", stage=Stage.SHIPPED)
    db.session.commit()

    root = read(browser().get("/feeds/changelog.atom"))

    assert titles(root) == ["A lamp"]
    assert root.findtext(f"{ATOM}entry/{ATOM}author/{ATOM}name") == "Marek"
    assert "It shines." in root.findtext(f"{ATOM}entry/{ATOM}content")


def test_an_ideas_feed_tells_answers_and_public_comments(
    browser, make_idea, make_member, make_comment
):
    idea = make_idea(title="A lamp")
    now = clock.now()
    for number, visibility in enumerate(Visibility):
        with clock.at(now + timedelta(minutes=number)):
            make_comment(idea, body=f"This is {visibility.value}.", visibility=visibility)
    with clock.at(now + timedelta(hours=1)):
        backlog.answer(make_member(role="product"), idea, body="We plan it.", stage=Stage.PLANNED)
    db.session.commit()

    answer = browser().get(f"/feeds/ideas/{idea.id}.atom")

    root = read(answer)
    assert [re.sub(":.*", "", one) for one in titles(root)] == ["The team decided", "Addition"]
    assert "This is public." in answer.text
    for one in Visibility:
        if one != Visibility.PUBLIC:
            assert f"This is {one.value}." not in answer.text


@pytest.mark.parametrize("visibility", [one for one in Visibility if one != Visibility.PUBLIC])
@pytest.mark.parametrize("role", [None, "author", "admin"])
def test_what_is_not_public_is_in_no_feed_of_anyones(
    browser, make_idea, make_member, make_comment, visibility, role
):
    author = make_member()
    idea = make_idea(author, title="Velvet kettle", stage=Stage.SHIPPED)
    make_comment(idea, body="Velvet words")
    idea.visibility = visibility
    db.session.commit()
    reader = author if role == "author" else (make_member(role=role) if role else None)

    assert browser(reader).get(f"/feeds/ideas/{idea.id}.atom").status_code == 404
    for address in (*PUBLIC, "/feeds/ideas.atom?stage=shipped", "/sitemap.xml"):
        assert "elvet" not in browser(reader).get(address).text
    part = browser(reader).get("/sitemaps/ideas-1.xml")
    assert part.status_code == 404
    assert "elvet" not in part.text


def test_counts_stay_out_of_feeds(browser, make_idea):
    make_idea(title="A lamp", vote_count=987_654, views=123_456)

    text = browser().get("/feeds/ideas.atom").text

    assert "987654" not in text
    assert "123456" not in text


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_feed_that_did_not_change_is_not_sent_again(browser, make_idea, header):
    make_idea(title="A lamp")
    reader = browser()
    first = reader.get("/feeds/ideas.atom")
    condition = {
        "ETag": {"If-None-Match": first.headers["ETag"]},
        "Last-Modified": {"If-Modified-Since": first.headers["Last-Modified"]},
    }[header]

    again = reader.get("/feeds/ideas.atom", headers=condition)
    assert again.status_code == 304
    assert again.data == b""

    with clock.at(clock.now() + timedelta(hours=1)):
        make_idea(title="Another lamp")
    assert reader.get("/feeds/ideas.atom", headers=condition).status_code == 200


def test_an_idea_that_was_hidden_leaves_a_kept_feed(browser, make_idea):
    idea = make_idea(title="A lamp")
    etag = browser().get("/feeds/ideas.atom").headers["ETag"]
    idea.visibility = Visibility.HIDDEN
    db.session.commit()

    answer = browser().get("/feeds/ideas.atom", headers={"If-None-Match": etag})

    assert titles(read(answer)) == []


def test_characters_that_xml_cannot_hold_break_no_feed(browser, make_idea):
    idea = make_idea(title="A lamp", need="Before\uffff\ufffe\x0bafter")
    # As an old import might have left it.
    idea.title = "A\x01 lamp\uffff"
    idea.need = "Before\x0bafter"
    db.session.commit()

    assert titles(read(browser().get("/feeds/ideas.atom"))) == ["A lamp"]


def test_pages_lead_to_their_feeds(browser, make_idea):
    idea = make_idea(title="A lamp", tags=("light",))
    for page, feed in (
        ("/ideas", "/feeds/ideas.atom"),
        ("/ideas?tag=light", "/feeds/ideas.atom?sort=new&amp;tag=light"),
        ("/changelog", "/feeds/changelog.atom"),
        (f"/ideas/{idea.id}-a-lamp", f"/feeds/ideas/{idea.id}.atom"),
    ):
        assert f'type="application/atom+xml" href="{feed}"' in browser().get(page).text


def test_robots_are_told_where_to_look(browser):
    answer = browser().get("/robots.txt")

    assert answer.content_type.startswith("text/plain")
    assert "Sitemap: http://localhost/sitemap.xml" in answer.text
    assert "Disallow: /sign-in" in answer.text
    assert "Disallow: /\n" not in answer.text


def test_the_map_says_when_an_idea_last_changed(browser, make_member, make_idea, make_comment):
    author, product = make_member(), make_member(role="product")
    idea = make_idea(author, title="Lamp")
    changes = [
        lambda: None,
        lambda: make_comment(idea),
        lambda: backlog.answer(product, idea, body="We look at it.", stage=Stage.NEW),
        lambda: backlog.answer(product, idea, body="We do it.", stage=Stage.PLANNED),
        lambda: backlog.answer(product, idea, body="It takes a while.", stage=Stage.PLANNED),
        lambda: ideas.edit(author, idea, **words(idea), seen=idea.wording),
    ]
    for day, change in enumerate(changes):
        with clock.at(clock.now() + timedelta(days=day)):
            change()
            db.session.commit()
            moved = ET.fromstring(browser().get("/sitemaps/ideas-1.xml").data).find(
                f".//{MAP}lastmod"
            )
            assert moved.text[:10] == clock.now().date().isoformat(), day


def words(idea):
    """What a form sends that says more about an idea than before."""
    return {
        "title": idea.title,
        "need": f"{idea.need} Every evening.",
        "proposal": idea.proposal,
        "area": db.session.get(Area, idea.area_id),
        "tags": [],
        "language": idea.language,
    }


def test_the_map_leads_to_every_public_idea(browser, make_idea, monkeypatch):
    monkeypatch.setattr(queries, "MAP_SIZE", 2)
    made = [make_idea(title=f"Lamp {number}") for number in range(3)]
    make_idea(title="Hidden", visibility=Visibility.HIDDEN)
    visitor = browser()

    index = ET.fromstring(visitor.get("/sitemap.xml").data)
    parts = [one.text for one in index.iter(f"{MAP}loc")]
    assert len(parts) >= 3
    places = []
    for part in parts:
        answer = visitor.get(part.removeprefix("http://localhost"))
        assert answer.status_code == 200
        places += [one.text for one in ET.fromstring(answer.data).iter(f"{MAP}loc")]
    for idea in made:
        number = idea.title[-1]
        assert f"http://localhost/ideas/{idea.id}-lamp-{number}" in places
    assert len(places) == len(set(places)) == 3 + len(views._PAGES)
    assert not any("hidden" in one for one in places)
    for place in places:
        assert visitor.get(place.removeprefix("http://localhost")).status_code == 200
    assert visitor.get("/sitemaps/ideas-99.xml").status_code == 404
