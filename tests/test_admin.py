"""The admin's pages: what needs attention, settings, areas, failed deliveries."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update

from cocreate import clock, events, site, worker
from cocreate.accounts.models import Member
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.ideas import areas
from cocreate.ideas.models import Area, Visibility
from tests.databases import statements

PAGES = ("/admin", "/admin/settings", "/admin/areas", "/admin/deliveries")


@pytest.fixture
def admin(make_member: Callable[..., Member]) -> Member:
    return make_member(role="admin", name="Ada")


@pytest.fixture
def make_failed(app: Any) -> Callable[..., Delivery]:
    """make_failed(error=...): a delivery that failed for good."""

    def make(**values: Any) -> Delivery:
        event_id = events.record("vote.taken_back", None)
        delivery = Delivery(
            **{
                "event_id": event_id,
                "consumer": "notices",
                "tries": 8,
                "failed_at": clock.now(),
                "error": "ValueError: no",
                **values,
            }
        )
        db.session.add(delivery)
        db.session.commit()
        return delivery

    return make


def saved(**values: Any) -> dict[str, Any]:
    """The fields of a settings form that asks for nothing unusual."""
    return {
        "name": "Poutnice",
        "hold_first": "1",
        "answer_days": "14",
        "comment_edit_minutes": "5",
        "settled_votes": "3",
        "settled_views": "9",
        **values,
    }


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["member", "moderator", "product"])
def test_only_admins_come_in(browser, make_member, page, role):
    assert browser(make_member(role=role)).get(page).status_code == 403
    assert browser().get(page).headers["Location"].startswith("/sign-in?next=%2Fadmin")


def test_the_first_page_says_what_needs_attention(browser, admin, make_idea, make_failed):
    make_failed()
    make_idea(visibility=Visibility.HELD)
    make_idea(answer_by=clock.now() - timedelta(days=1))
    db.session.execute(
        update(Delivery)
        .where(Delivery.failed_at.is_(None))
        .values(due_at=clock.now() - timedelta(hours=3))
    )

    page = browser(admin).get("/admin").text

    for words in (
        "1 delivery failed for good",
        "Is it running?",
        "3 hours ago",
        "Until then, only titles are found",
        "1 idea or comment waits for a moderator",
        "1 idea has no answer though its day has passed",
        "No mail server is set",
    ):
        assert words in page


def test_the_first_page_leads_to_every_page_of_the_admin(browser, admin, app):
    page = BeautifulSoup(browser(admin).get("/admin").text, "html.parser")
    links = {link["href"] for link in page.select("main a")}
    listed = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin/") and "GET" in rule.methods and not rule.arguments
    }

    assert {one for one in listed if one.count("/") == 2} <= links


def test_what_is_well_is_not_brought_up(browser, admin, work):
    work()
    worker.run_chores(browser().app, {})

    page = browser(admin).get("/admin").text

    assert "failed for good." not in page
    assert "search index" not in page
    assert "waits for a moderator" not in page


# --- settings -------------------------------------------------------------------------------


def test_settings_are_saved_and_recorded_without_their_words(browser, admin, events_of):
    answer = browser(admin).submit(
        "/admin/settings",
        "/admin/settings",
        **saved(
            tagline_en="Gear for the road",
            mission_cs="Ptáme se nahlas.",
            house_rules_en="Be kind.\r\n\r\n  One idea   a post. ",
        ),
    )

    assert answer.status_code == 303
    portal = site.load()
    assert (portal.name, portal.answer_days, portal.settled_votes) == ("Poutnice", 14, 3)
    assert portal.tagline == {"en": "Gear for the road"}
    assert portal.mission == {"cs": "Ptáme se nahlas."}
    assert portal.house_rules == {"en": ["Be kind.", "One idea a post."]}
    # The form's box was ticked as the default says, and stays.
    assert portal.hides_counts
    (event,) = events_of("site.changed")
    assert event.actor_id == admin.id
    assert "tagline" in event.data["names"]
    assert "hides_counts" not in event.data["names"]
    assert "Gear" not in str(event.data)
    page = browser().get("/ideas").text
    assert "Poutnice" in page
    assert "Gear for the road" in page


def test_a_box_that_is_not_ticked_is_off(browser, admin):
    someone = browser(admin)

    someone.post("/admin/settings", saved(version="0"))

    assert site.load().hides_counts is False


def test_saving_the_same_again_records_nothing(browser, admin, events_of):
    someone = browser(admin)
    someone.submit("/admin/settings", "/admin/settings", **saved(house_rules_cs="Slušně."))
    someone.submit("/admin/settings", "/admin/settings")

    assert len(events_of("site.changed")) == 1
    assert site.version() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Write the portal"),
        ("name", " \t ", "Write the portal"),
        ("name", "n" * 61, "60 characters or fewer"),
        ("hold_first", "21", "from 0 to 20"),
        ("hold_first", "-1", "from 0 to 20"),
        ("answer_days", "0", "from 1 to 365"),
        ("answer_days", "9" * 5000, "from 1 to 365"),
        ("answer_days", "soon", "from 1 to 365"),
        ("answer_days", "", "from 1 to 365"),
        ("comment_edit_minutes", "1441", "from 0 to 1440"),
        ("settled_votes", "1001", "from 0 to 1000"),
        ("settled_views", "10001", "from 0 to 10000"),
        ("tagline_cs", "t" * 161, "160 characters or fewer"),
        ("mission_en", "m" * 1001, "1000 characters or fewer"),
        ("house_rules_cs", "r" * 241, "240 characters or fewer"),
        ("house_rules_cs", "r\n" * 13, "Keep to 12 rules"),
    ],
)
def test_a_value_out_of_bounds_is_named_and_kept(browser, admin, field, value, words):
    answer = browser(admin).submit(
        "/admin/settings", "/admin/settings", **saved(**{"tagline_en": "Kept words", field: value})
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept words" in answer.text
    assert value.strip()[:40] in answer.text
    assert site.load() == site.Site()


def test_bytes_that_are_no_settings_are_refused(browser, admin):
    answer = browser(admin).post("/admin/settings", {"version": "\x00", "name": "\x00\x07"})

    assert answer.status_code == 422


def test_the_verb_keeps_the_bounds_too(app, admin, make_member):
    for values in (
        {"hold_first": 21},
        {"answer_days": True},
        {"name": " "},
        {"tagline": {"cs": "t" * 161}},
        {"house_rules": {"cs": "r\n" * 13}},
    ):
        with pytest.raises(site.Invalid) as refusal:
            site.change_as(admin, 0, **values)
        assert refusal.value.field in values
    with pytest.raises(Exception, match="not yours"):
        site.change_as(make_member(role="product"), 0, name="Mine")


def test_two_admins_do_not_overwrite_each_other(browser, admin, make_member):
    first, second = browser(admin), browser(make_member(role="admin"))
    old = first.get("/admin/settings")
    second.submit("/admin/settings", "/admin/settings", **saved(name="Second", tagline_en="Theirs"))

    refused = first.submit(old, "/admin/settings", **saved(name="First", tagline_en="Mine"))

    assert refused.status_code == 409
    assert "Somebody else has just changed the settings" in refused.text
    assert "Theirs" in refused.text
    assert "Mine" in refused.text
    assert site.load().name == "Second"

    again = first.submit(refused, "/admin/settings")

    assert again.status_code == 303
    assert site.load().name == "First"
    assert site.load().tagline == {"en": "Mine"}


# --- areas ----------------------------------------------------------------------------------


def test_an_area_is_added_last_and_recorded(browser, admin, make_area, events_of):
    make_area("shops", position=7)

    answer = browser(admin).submit(
        "/admin/areas",
        "/admin/areas",
        names_cs="Výdejní místa",
        departments_cs="Logistika",
        descriptions_en="Boxes and counters.",
    )

    assert answer.status_code == 303
    area = db.session.scalar(select(Area).where(Area.key == "vydejni-mista"))
    assert (area.names, area.departments) == ({"cs": "Výdejní místa"}, {"cs": "Logistika"})
    assert area.descriptions == {"en": "Boxes and counters."}
    assert area.position == 8
    (event,) = events_of("area.changed")
    assert (event.actor_id, event.data) == (admin.id, {"area": area.id, "names": ["added"]})
    assert "Boxes and counters." in browser().get("/ideas?area=vydejni-mista").text


def test_areas_with_names_alike_have_addresses_apart(app, admin):
    made = [
        areas.add(admin, names={"en": name}, departments={}, descriptions={}).key
        for name in ("The app", "The App!", "Áreas, and what else there could be to think of here")
    ]

    assert made[:2] == ["the-app", "the-app-2"]
    assert len(made[2]) <= areas.KEY_LENGTH


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "in at least one language"),
        ({"names_en": " \t "}, "in at least one language"),
        ({"names_en": "shops"}, "has this name already"),
        ({"names_en": "n" * 61}, "60 characters or fewer"),
        ({"names_en": "New", "departments_cs": "d" * 81}, "80 characters or fewer"),
        ({"names_en": "New", "descriptions_cs": "d" * 241}, "240 characters or fewer"),
    ],
)
def test_an_area_that_cannot_be_taken_is_explained(browser, admin, make_area, fields, words):
    make_area("shops")

    answer = browser(admin).submit(
        "/admin/areas", "/admin/areas", **{"descriptions_en": "Kept words", **fields}
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept words" in answer.text
    assert [area.key for area in db.session.scalars(select(Area))] == ["shops"]


def test_there_are_no_more_areas_than_one_can_choose_from(browser, admin, make_area):
    for number in range(areas.MOST_AREAS):
        make_area(f"area-{number}")

    answer = browser(admin).submit("/admin/areas", "/admin/areas", names_en="One more")

    assert answer.status_code == 409
    assert "One more" in answer.text


def test_a_renamed_area_keeps_its_address(browser, admin, make_area, make_idea, events_of):
    area = make_area("shops")
    make_idea(area=area)
    assert ">Shops" in browser().get("/ideas").text

    answer = browser(admin).submit(
        f"/admin/areas/{area.id}", f"/admin/areas/{area.id}", names_en="Our shops"
    )

    assert answer.status_code == 303
    db.session.refresh(area)
    assert (area.key, area.names) == ("shops", {"cs": "Shops", "en": "Our shops"})
    assert [event.data["names"] for event in events_of("area.changed")] == [["names"]]
    # In the cards too, at once.
    page = BeautifulSoup(browser().get("/ideas").text, "html.parser")
    assert "Our shops" in page.select_one(".idea-card").text


def test_two_admins_do_not_overwrite_each_others_area(browser, admin, make_area):
    area = make_area("shops")
    path = f"/admin/areas/{area.id}"
    someone = browser(admin)
    old = someone.get(path)
    browser(admin).submit(path, path, names_en="Theirs")

    refused = someone.submit(old, path, names_en="Mine")

    assert refused.status_code == 409
    assert "Somebody else has just changed this area" in refused.text
    assert "Theirs" in refused.text
    assert db.session.get(Area, area.id).names["en"] == "Theirs"
    assert someone.submit(refused, path).status_code == 303
    db.session.refresh(area)
    assert area.names["en"] == "Mine"


def test_areas_move_up_and_down(browser, admin, make_area):
    # As they come from elsewhere, all at the same place.
    made = [make_area(key) for key in ("one", "two", "three")]
    someone = browser(admin)

    def order() -> list[str]:
        rows = BeautifulSoup(someone.get("/admin/areas").text, "html.parser").select("tbody th")
        return [row.text.strip() for row in rows]

    assert order() == ["One", "Two", "Three"]
    someone.submit("/admin/areas", f"/admin/areas/{made[2].id}/move")
    assert order() == ["One", "Three", "Two"]
    # Sent from a page that is out of date: the first goes no higher.
    assert someone.post(f"/admin/areas/{made[0].id}/move", {"to": "up"}).status_code == 303
    assert order() == ["One", "Three", "Two"]
    someone.post(f"/admin/areas/{made[0].id}/move", {"to": "down"})
    assert order() == ["Three", "One", "Two"]
    assert someone.post(f"/admin/areas/{made[0].id}/move", {"to": "left"}).status_code == 422


def test_a_closed_area_takes_no_new_ideas_until_it_is_reopened(
    browser, admin, make_area, make_member, events_of
):
    area = make_area("shops")
    make_area("app")
    someone = browser(admin)

    someone.submit("/admin/areas", f"/admin/areas/{area.id}/close")
    someone.post(f"/admin/areas/{area.id}/close")

    assert 'value="shops"' not in browser(make_member()).get("/ideas/new").text
    someone.submit("/admin/areas", f"/admin/areas/{area.id}/reopen")
    assert 'value="shops"' in browser(make_member()).get("/ideas/new").text
    assert [event.data["names"] for event in events_of("area.changed")] == [
        ["closed"],
        ["reopened"],
    ]


@pytest.mark.parametrize("path", ["", "/move", "/close", "/reopen"])
def test_an_area_that_is_not_there(browser, admin, path):
    answer = browser(admin).post(f"/admin/areas/99{path}", {"to": "up", "names_en": "No"})

    assert answer.status_code == 404


# --- deliveries -----------------------------------------------------------------------------


def test_failed_deliveries_are_listed_with_why_and_sent_again(browser, admin, make_failed):
    one = make_failed(error="Refused: 550 unknown")
    other = make_failed(consumer="mail", failed_at=clock.now() - timedelta(days=2))
    someone = browser(admin)

    page = someone.get("/admin/deliveries").text

    assert "Refused: 550 unknown" in page
    assert "vote.taken_back" in page
    assert page.index("Refused") < page.index("ValueError")

    answer = someone.submit("/admin/deliveries", f"/admin/deliveries/{one.id}/again")

    assert answer.status_code == 303
    db.session.refresh(one)
    assert (one.failed_at, one.tries) == (None, 0)
    assert one.due_at is not None
    # A second click finds it on its way.
    assert someone.post(f"/admin/deliveries/{one.id}/again").status_code == 303
    db.session.refresh(other)
    assert other.failed_at is not None


def test_all_failed_deliveries_are_sent_again(browser, admin, make_failed, work):
    for _ in range(3):
        make_failed()

    answer = browser(admin).submit("/admin/deliveries", "/admin/deliveries/again")

    assert answer.status_code == 303
    assert work() == 3
    assert "Nothing failed" in browser(admin).get("/admin/deliveries").text


def test_a_delivery_that_is_not_there(browser, admin):
    assert browser(admin).post("/admin/deliveries/99/again").status_code == 404


def test_many_failed_deliveries_are_read_page_by_page(browser, admin, make_failed):
    for number in range(30):
        make_failed(error=f"No. {number};", failed_at=clock.now() - timedelta(minutes=number))
    someone = browser(admin)

    first = someone.get("/admin/deliveries")
    link = BeautifulSoup(first.text, "html.parser").select_one("p.more a")["href"]
    second = someone.get(link)

    shown = [number for number in range(30) if f"No. {number};" in first.text]
    rest = [number for number in range(30) if f"No. {number};" in second.text]
    assert (shown, rest) == (list(range(25)), list(range(25, 30)))
    assert someone.get("/admin/deliveries?after=nonsense").status_code == 200


def test_what_could_not_be_delivered_is_told_without_private_words(app, make_idea, monkeypatch):
    idea = make_idea(title="A secret title", visibility=Visibility.HELD)

    words = f"cannot tell {idea.title!r} to eva@example.com\nneed: {idea.need}"
    db.session.rollback()

    def stumble(claimed: Any) -> None:
        raise ValueError(words)

    monkeypatch.setitem(worker.CONSUMERS, "notices", (stumble, 20))
    worker.run_once(app)

    errors = set(db.session.scalars(select(Delivery.error).where(Delivery.consumer == "notices")))
    assert errors == {"ValueError: cannot tell … to …@…"}


def test_a_statement_that_fails_does_not_quote_what_was_sent(app):
    with pytest.raises(Exception, match="no_such_table") as failure:
        db.session.execute(db.text("SELECT :word FROM no_such_table"), {"word": "private words"})
    db.session.rollback()

    assert "private words" not in str(failure.value)


@pytest.mark.parametrize("page", PAGES)
def test_pages_take_no_more_statements_for_more_rows(
    browser, admin, make_failed, make_area, make_idea, page
):
    someone = browser(admin)
    counts = []
    for _ in range(2):
        for _ in range(5):
            make_failed()
            make_area()
            make_idea(visibility=Visibility.HELD)
        with statements() as asked:
            someone.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]
