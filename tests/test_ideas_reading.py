"""The list and the page of an idea, as people meet them."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect
from sqlalchemy import select

from cocreate import clock, paging, site, worker
from cocreate.backlog import actions as backlog
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas import openings, ranking
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.ideas.strip import steps

NOT_PUBLIC = [one for one in Visibility if one != Visibility.PUBLIC]
# Sent by a person's browser; the test client alone looks like nobody.
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def titles(answer):
    return [one.text for one in soup(answer).select(".idea-list h2")]


def counts(answer):
    """Each card's title with the number it shows, None where it shows none."""
    found = {}
    for card in soup(answer).select(".idea-card"):
        number = card.select_one(".vote-count")
        found[card.select_one("h2").text] = int(number.text) if number else None
    return found


def path(idea):
    return f"/ideas/{idea.id}-{re.sub('[^a-z0-9]+', '-', idea.title.lower()).strip('-')}"


# --- the list ---------------------------------------------------------------------------------


def test_the_list_shows_what_people_proposed(browser, make_idea, make_member, make_area):
    area = make_area("delivery")
    make_idea(make_member(name="Eva"), title="Parcels on Sunday", area=area, tags=("parcels",))

    card = soup(browser().get("/ideas")).select_one(".idea-card")

    assert card.h2.text == "Parcels on Sunday"
    assert "Eva" in card.text
    assert "Delivery" in card.text
    assert card.select_one("a.tag").text == "parcels"
    assert "What is missing" in card.select_one(".excerpt").text


@pytest.mark.parametrize("visibility", NOT_PUBLIC)
@pytest.mark.parametrize("role", [None, "author", "member", "moderator", "product", "admin"])
def test_what_is_not_public_is_in_nobodys_list(
    browser, make_idea, make_member, make_comment, visibility, role
):
    author = make_member()
    idea = make_idea(author, title="Velvet kettle", tags=("kettle",), visibility=visibility)
    idea.stage = Stage.SHIPPED
    db.session.commit()
    reader = author if role == "author" else (make_member(role=role) if role else None)

    for address in (
        "/ideas",
        "/ideas?sort=top",
        "/ideas?sort=new",
        "/ideas?sort=talked",
        "/ideas?tag=kettle",
        "/ideas?stage=shipped",
        "/",
        "/roadmap",
        "/changelog",
        "/feeds/ideas.atom",
        "/feeds/changelog.atom",
        "/sitemaps/pages.xml",
        "/sitemap.xml",
    ):
        answer = browser(reader).get(address)
        assert answer.status_code == 200
        assert "Velvet" not in answer.text
        assert "velvet" not in answer.text


def test_filters_narrow_the_list(browser, make_idea, make_area):
    shops, app = make_area("shops"), make_area("app")
    make_idea(title="A", area=shops, tags=("light",), language="en")
    make_idea(title="B", area=app, tags=("light", "map"), language="cs")
    make_idea(title="C", area=app, stage=Stage.PLANNED, language="cs")
    visitor = browser()

    assert set(titles(visitor.get("/ideas?area=app"))) == {"B", "C"}
    assert set(titles(visitor.get("/ideas?tag=light"))) == {"A", "B"}
    assert titles(visitor.get("/ideas?tag=LIGHT&area=app")) == ["B"]
    assert titles(visitor.get("/ideas?stage=planned")) == ["C"]
    assert titles(visitor.get("/ideas?language=en")) == ["A"]
    assert titles(visitor.get("/ideas?tag=nobody-uses-this")) == []


@pytest.mark.parametrize("typed", ["STRAßE", "%23straße"])
def test_a_tag_is_called_the_same_in_an_address_as_on_an_idea(browser, make_idea, typed):
    # Folding would make two letters of one, and miss what is kept.
    make_idea(title="A", tags=("Straße",))

    assert titles(browser().get(f"/ideas?tag={typed}")) == ["A"]


def test_a_filter_that_makes_no_sense_is_left_out_and_said(browser, make_idea):
    make_idea(title="Still here")

    page = browser().get("/ideas?area=moon&sort=sideways&stage=lost&language=tlh")

    assert titles(page) == ["Still here"]
    for word in ("moon", "sideways", "lost", "tlh"):
        assert word in soup(page).select_one("main .hint").text


def test_filters_stay_when_the_order_or_the_page_changes(browser, make_idea, make_area):
    area = make_area("shops")
    for number in range(30):
        make_idea(title=f"Idea {number}", area=area, tags=("light",))

    page = soup(browser().get("/ideas?area=shops&tag=light&sort=new"))

    orders = [link["href"] for link in page.select(".tabs a")]
    assert all("area=shops" in one and "tag=light" in one for one in orders)
    more = page.select_one("a[rel=next]")["href"]
    assert "area=shops" in more
    assert "tag=light" in more
    assert "sort=new" in more


@pytest.mark.parametrize("sort", ["fair", "top", "new", "talked"])
def test_page_after_page_shows_each_idea_once(browser, make_idea, make_member, sort):
    authors = [make_member() for _ in range(3)]
    now = clock.now()
    for number in range(57):
        make_idea(
            authors[number % 3],
            title=f"Idea {number}",
            # Equal values on purpose: then the id decides.
            vote_count=number % 9,
            views=40 if number % 2 else 3,
            fair_score=(number % 5) / 10,
            published_at=now - timedelta(days=number % 7),
            talked_at=now - timedelta(days=number % 4),
        )
    visitor, address, seen = browser(), f"/ideas?sort={sort}", []
    while address:
        page = visitor.get(address)
        seen.append(titles(page))
        link = soup(page).select_one("a[rel=next]")
        address = link and link["href"]

    assert [len(one) for one in seen] == [25, 25, 7]
    assert len({title for page in seen for title in page}) == 57


@pytest.mark.parametrize("settled", [24, 25, 26])
def test_the_order_by_support_turns_from_its_first_part_to_the_second(
    browser, make_idea, make_member, settled
):
    authors = [make_member(), make_member()]
    for number in range(30):
        is_settled = number < settled
        make_idea(
            authors[number % 2], title=f"Idea {number}", vote_count=6, views=30 if is_settled else 2
        )
    first = browser().get("/ideas?sort=top")
    second = browser().get(soup(first).select_one("a[rel=next]")["href"])

    assert len({*titles(first), *titles(second)}) == 30
    assert soup(second).select_one("a[rel=next]") is None


# The database's own largest numbers, instants at the edges of the calendar, and nonsense.
_nasty = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.none(),
    st.booleans(),
    st.sampled_from(
        ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01", "1e999"]
    ),
)
_cursors = st.one_of(
    st.text(max_size=60), st.lists(_nasty, max_size=4).map(lambda values: paging.cursor(*values))
)
_queries = st.dictionaries(
    st.sampled_from(["sort", "area", "tag", "stage", "language", "after", "comments"]),
    st.one_of(
        _cursors,
        st.text(max_size=120),
        st.sampled_from(["fair", "top", "new", "talked", "shipped", "cs", "\x00", "%00", "' or 1"]),
    ),
    max_size=6,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(query=_queries)
def test_whatever_stands_in_the_address_is_answered(app, browser, make_idea, query):
    # One for all examples: they share the portal.
    idea = db.session.scalar(select(Idea).limit(1)) or make_idea(title="x")
    for page in ("/ideas", "/changelog", "/feeds/ideas.atom", f"/ideas/{idea.id}-x"):
        answer = browser().get(page, query_string=query)
        assert answer.status_code == 200, (page, query)


# --- what a count tells -----------------------------------------------------------------------


def test_a_count_waits_for_ones_own_vote(browser, make_idea, make_member, vote):
    idea = make_idea(title="Lamp", vote_count=3, views=400)
    voter, other = make_member(), make_member()
    vote(voter, idea)

    assert counts(browser().get("/ideas"))["Lamp"] is None
    assert counts(browser(other).get("/ideas"))["Lamp"] is None
    assert counts(browser(voter).get("/ideas"))["Lamp"] == 4
    for reader, shown in ((None, False), (other, False), (voter, True)):
        page = soup(browser(reader).get(path(idea)))
        assert bool(page.select(".vote-count")) == shown


@pytest.mark.parametrize(
    ("votes", "views", "stage", "shown"),
    [
        (4, 500, Stage.NEW, False),
        (500, 19, Stage.NEW, False),
        (5, 20, Stage.NEW, True),
        (0, 0, Stage.SHIPPED, True),
        (1, 0, Stage.DECLINED, True),
        (1, 0, Stage.PARKED, False),
    ],
)
def test_a_count_shows_once_it_has_settled_or_the_idea_is_decided(
    browser, make_idea, votes, views, stage, shown
):
    make_idea(title="Lamp", vote_count=votes, views=views, stage=stage)

    assert counts(browser().get("/ideas")) == {"Lamp": votes if shown else None}


@pytest.mark.parametrize("role", ["moderator", "product", "admin"])
def test_the_staff_see_every_count(browser, make_idea, make_member, role):
    make_idea(title="Lamp", vote_count=2, views=1)

    assert counts(browser(make_member(role=role)).get("/ideas")) == {"Lamp": 2}


def test_a_portal_may_show_every_count(browser, make_idea):
    make_idea(title="Lamp", vote_count=2, views=1)
    site.change(hides_counts=False)
    db.session.commit()

    assert counts(browser().get("/ideas")) == {"Lamp": 2}


def test_the_order_by_support_tells_no_count_that_is_hidden(browser, make_idea, make_member):
    author, now = make_member(), clock.now()
    make_idea(author, title="settled 6", vote_count=6, views=50)
    make_idea(author, title="settled 9", vote_count=9, views=50)
    for days, votes in ((1, 7), (2, 90), (3, 8)):
        make_idea(
            author,
            title=f"{days} days old",
            vote_count=votes,
            views=3,
            published_at=now - timedelta(days=days),
        )

    everyone = ["settled 9", "settled 6", "1 days old", "2 days old", "3 days old"]
    assert titles(browser().get("/ideas?sort=top")) == everyone
    assert titles(browser(author).get("/ideas?sort=top")) == everyone
    by_count = ["2 days old", "settled 9", "3 days old", "1 days old", "settled 6"]
    assert titles(browser(make_member(role="product")).get("/ideas?sort=top")) == by_count


# --- the fair order ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "views", "lower"),
    # R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.
    [(81, 263, 0.2553), (15, 148, 0.0624), (0, 20, 0.0), (1, 29, 0.0061)],
)
def test_the_formula_gives_what_the_literature_gives(votes, views, lower):
    assert ranking.wilson(votes, views) == pytest.approx(lower, abs=0.0001)


@given(votes=st.integers(0, 10**6), views=st.integers(0, 10**6))
def test_the_formula_stays_within_its_bounds(votes, views):
    assert 0 <= ranking.wilson(votes, views) <= 1


def test_new_ideas_come_first_then_support_per_view_then_what_is_decided(
    browser, make_idea, make_member
):
    author = make_member()
    make_idea(author, title="decided", stage=Stage.SHIPPED, vote_count=90, views=100)
    make_idea(author, title="liked by half", vote_count=50, views=100)
    make_idea(author, title="liked by few", vote_count=60, views=1000)
    make_idea(author, title="shown twice", views=2)
    make_idea(author, title="never shown")
    # Whatever was there before is out of date.
    assert ranking.rescore() is False
    db.session.commit()

    assert titles(browser().get("/ideas")) == [
        "never shown",
        "shown twice",
        "liked by half",
        "liked by few",
        "decided",
    ]


def test_a_first_showing_ends_by_itself(make_idea):
    now = clock.now()
    idea = make_idea(views=3, vote_count=1)
    ranking.rescore()
    assert idea.fair_score > 1
    db.session.commit()

    with clock.at(now + timedelta(days=ranking.FIRST_DAYS, minutes=1)):
        ranking.rescore()
    db.session.commit()

    db.session.refresh(idea)
    assert idea.fair_score == pytest.approx(ranking.wilson(1, 3))


def test_scores_are_counted_anew_piece_by_piece(make_idea, make_member):
    author = make_member()
    for _ in range(7):
        make_idea(author, views=30, vote_count=10)

    runs = [ranking.rescore(limit=3) for _ in range(4)]
    db.session.commit()

    assert runs == [True, True, False, False]
    assert not db.session.scalars(select(Idea.id).where(Idea.is_score_due)).all()


def test_votes_and_moves_make_a_score_due(make_idea, make_member, vote):
    idea = make_idea()
    ranking.rescore()
    db.session.commit()
    vote(make_member(), idea)
    db.session.refresh(idea)
    assert idea.is_score_due

    ranking.rescore()
    db.session.commit()
    backlog.answer(make_member(role="product"), idea, body="Here it is.", stage=Stage.SHIPPED)
    ranking.rescore()
    db.session.commit()
    db.session.refresh(idea)
    assert idea.fair_score < 0


def test_the_worker_keeps_the_scores(app, make_idea):
    idea = make_idea(views=30, vote_count=10)
    db.session.commit()

    worker.run_chores(app, {})

    db.session.refresh(idea)
    assert idea.fair_score == pytest.approx(ranking.wilson(10, 30))


def test_the_order_is_explained_with_the_numbers_in_force(browser, portal):
    page = browser().get("/how-we-sort")

    assert str(ranking.FIRST_VIEWS) in page.text
    assert str(portal.settled_views) in page.text
    assert "Wilson" in page.text
    assert f"ideas with at least {portal.settled_votes} votes by their number" in page.text


def test_the_order_by_support_is_explained_where_every_count_shows(browser):
    site.change(hides_counts=False)
    db.session.commit()

    assert "Most supported: by the number of votes." in browser().get("/how-we-sort").text


def test_the_order_by_support_is_the_one_that_is_explained(browser, make_idea, portal):
    now, many = clock.now(), portal.settled_votes
    # Votes, stage, days since it came: decided ideas show their number, few votes are no order.
    for votes, stage, days in (
        (many, Stage.SHIPPED, 9),
        (many + 1, Stage.DECLINED, 8),
        (many - 1, Stage.SHIPPED, 7),
        (1, Stage.SHIPPED, 6),
        (many + 2, Stage.NEW, 5),
    ):
        at = now - timedelta(days=days)
        make_idea(title=str(days), vote_count=votes, stage=stage, published_at=at)

    assert titles(browser().get("/ideas?sort=top")) == ["8", "9", "5", "6", "7"]
    assert 'href="/how-we-sort"' in browser().get("/ideas").text


# --- the page of an idea ----------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["", "-", "-wrong", "-lamp-"])
def test_an_idea_has_one_address(browser, make_idea, wrong):
    idea = make_idea(title="A lamp")

    answer = browser().get(f"/ideas/{idea.id}{wrong}?comments=x")

    assert answer.status_code == 301
    assert answer.headers["Location"].endswith(f"/ideas/{idea.id}-a-lamp?comments=x")


def test_the_page_can_be_asked_for_its_head_alone(browser, make_idea):
    answer = browser().client.head(path(make_idea(title="A lamp")))

    assert answer.status_code == 200
    assert answer.data == b""


def test_the_page_says_what_it_is_to_machines(browser, make_idea):
    idea = make_idea(title="A lamp", need="It is dark.", language="cs")

    page = soup(browser().get(path(idea)))

    address = f"http://localhost/ideas/{idea.id}-a-lamp"
    assert page.select_one("link[rel=canonical]")["href"] == address
    assert "It is dark." in page.select_one("meta[property='og:description']")["content"]
    assert page.select_one("h1")["lang"] == "cs"
    assert page.select_one(".idea-text .prose")["lang"] == "cs"
    assert page.select_one("meta[name=robots]") is None


def test_the_page_shows_the_idea_whole(browser, make_idea, make_member, make_area):
    area = make_area("shops", departments={"en": "Retail", "cs": "Prodejny"})
    idea = make_idea(
        make_member(name="Eva"),
        title="A lamp",
        need="It is **dark**.",
        proposal="<script>alert(1)</script> A [lamp](https://example.com).",
        area=area,
        tags=("light",),
        imported_support=240,
        imported_against=12,
    )

    page = soup(browser().get(path(idea)))

    need, proposal = page.select(".idea-text .prose")
    assert need.strong.text == "dark"
    assert proposal.a["href"] == "https://example.com"
    assert not proposal.find("script")
    aside = page.select_one(".aside").text
    for words in ("Eva", "Shops", "Retail", "240 in favour", "12 against", "mported"):
        assert words in aside
    assert page.select_one("main a.tag").text == "light"


@pytest.mark.parametrize(
    ("visibility", "role", "status"),
    [
        (Visibility.HELD, None, 404),
        (Visibility.HELD, "member", 404),
        (Visibility.HELD, "author", 200),
        (Visibility.HELD, "moderator", 200),
        (Visibility.HIDDEN, None, 404),
        (Visibility.HIDDEN, "member", 404),
        (Visibility.HIDDEN, "author", 200),
        (Visibility.HIDDEN, "product", 200),
        (Visibility.WITHDRAWN, "member", 404),
        (Visibility.WITHDRAWN, "author", 200),
        (Visibility.DRAFT, None, 404),
        (Visibility.DRAFT, "member", 404),
        (Visibility.DRAFT, "admin", 404),
        (Visibility.DRAFT, "author", 302),
    ],
)
def test_who_may_not_see_an_idea_finds_nothing(
    browser, make_idea, make_member, visibility, role, status
):
    author = make_member()
    idea = make_idea(author, title="Velvet kettle", visibility=visibility)
    reader = author if role == "author" else (make_member(role=role) if role else None)

    answer = browser(reader).get(path(idea))

    assert answer.status_code == status
    if status == 200:
        assert soup(answer).select_one("main .callout, main .queue-item")
        assert soup(answer).select_one("meta[name=robots]")["content"] == "noindex"
    if status == 404:
        # Nor does a wrong address tell its title by leading to the right one.
        other = browser(reader).get(f"/ideas/{idea.id}")
        assert other.status_code == 404
        assert "elvet" not in other.text


def test_support_stands_between_the_idea_and_the_talk(
    browser, visit, make_idea, make_member, make_comment
):
    author = make_member()
    idea = make_idea(author, need="It is dark. " * 200, imported_support=7, vote_count=9, views=50)
    make_comment(idea, body="So it is.")
    place = path(idea)

    main = soup(browser(author).get(place)).select_one("main")
    words, box = main.text, main.select("form.vote-form")
    assert len(box) == 1
    deeds = [main.find("a", href=f"/ideas/{idea.id}/{deed}") for deed in ("edit", "withdraw")]
    order = [main.select_one(".idea-text"), box[0], *deeds, main.select_one("#discussion")]
    places = list(main.descendants)
    assert [places.index(one) for one in order] == sorted(places.index(one) for one in order)
    assert words.index("7 more supported it") < words.index("So it is.")

    page = visit(author, viewport={"width": 390, "height": 700})
    page.goto(place, wait_until="networkidle")
    button = page.locator("button.vote")
    # At hand from the start, and in its place once that is reached.
    assert 600 < button.bounding_box()["y"] < 700
    hint = page.get_by_text("7 more supported it")
    hint.scroll_into_view_if_needed()
    assert button.bounding_box()["y"] < hint.bounding_box()["y"] < 700
    page.emulate_media(media="print")
    expect(button.locator(".vote-count")).to_be_visible()


def test_the_answer_stands_before_the_idea(browser, make_idea, make_member):
    idea = make_idea(title="A lamp")
    team = make_member(role="product", name="Marek")
    backlog.answer(team, idea, body="We look at it.", stage=Stage.CONSIDERING)
    backlog.answer(team, idea, body="It is there.", stage=Stage.SHIPPED)
    db.session.commit()

    page = browser().get(path(idea))

    main = soup(page).select_one("main").text
    assert main.index("It is there.") < main.index("We look at it.") < main.index("What is missing")
    words = [one.text for one in soup(page).select(".steps .step-words")]
    assert [re.split(",", one.strip())[0] for one in words] == [
        "Proposed",
        "Considering",
        "Delivered",
    ]


@pytest.mark.parametrize(
    ("stage", "moves", "states"),
    [
        (Stage.NEW, [], ["now", "ahead", "ahead", "ahead", "ahead"]),
        (Stage.PLANNED, [Stage.PLANNED], ["done", "now", "ahead", "ahead"]),
        (Stage.SHIPPED, [Stage.CONSIDERING, Stage.SHIPPED], ["done", "done", "done"]),
        (Stage.DECLINED, [Stage.CONSIDERING, Stage.DECLINED], ["done", "done", "stopped"]),
        (Stage.PARKED, [Stage.PARKED], ["done", "stopped"]),
    ],
)
def test_the_strip_shows_where_an_idea_stands(app, make_idea, stage, moves, states):
    idea = make_idea(stage=stage)
    with app.test_request_context("/"):
        shown = steps(idea, [(one, clock.now()) for one in moves])
    assert [state for _, _, state in shown] == states


# --- views ------------------------------------------------------------------------------------


def views(app, idea):
    db.session.commit()
    openings.write(app)
    db.session.refresh(idea)
    return idea.views


def test_a_person_who_opens_the_page_is_a_view(app, browser, make_idea, make_member):
    idea = make_idea(title="A lamp")

    browser().get(path(idea), headers=PERSON)
    browser(make_member()).get(path(idea), headers=PERSON)

    assert idea.views == 0
    assert views(app, idea) == 2
    assert idea.is_score_due


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "facebookexternalhit/1.1 (link preview)"},
        {"User-Agent": ""},
        {**PERSON, "Sec-Purpose": "prefetch"},
        {**PERSON, "Referer": "http://localhost/ideas/{id}-a-lamp"},
    ],
)
def test_robots_and_coming_back_after_a_vote_are_no_views(app, browser, make_idea, headers):
    idea = make_idea(title="A lamp")
    headers = {name: value.replace("{id}", str(idea.id)) for name, value in headers.items()}

    assert browser().get(path(idea), headers=headers).status_code == 200

    assert views(app, idea) == 0


def test_authors_heads_and_what_is_not_public_are_no_views(app, browser, make_idea, make_member):
    author = make_member()
    idea = make_idea(author, title="A lamp")
    held = make_idea(author, title="Another", visibility=Visibility.HELD)

    browser(author).get(path(idea), headers=PERSON)
    browser().client.head(path(idea), headers=PERSON)
    browser(make_member(role="moderator")).get(path(held), headers=PERSON)

    assert views(app, idea) == 0
    assert views(app, held) == 0


def test_views_that_could_not_be_written_are_written_later(app, browser, make_idea, monkeypatch):
    idea = make_idea(title="A lamp")
    browser().get(path(idea), headers=PERSON)

    def fail(counts):
        db.session.execute(select(db.text("nothing")).select_from(db.text("nowhere")))

    with monkeypatch.context() as patch:
        patch.setattr(ideas, "see", fail)
        openings.write(app)
    assert views(app, idea) == 1


# --- cards ------------------------------------------------------------------------------------


def test_a_kept_card_follows_what_it_shows(browser, make_idea, make_member, make_comment):
    author = make_member(name="Old name")
    idea = make_idea(author, title="A lamp")
    visitor = browser()
    assert "Old name" in visitor.get("/ideas").text

    author.name = "New name"
    db.session.commit()
    page = visitor.get("/ideas").text
    assert "New name" in page
    assert "Old name" not in page

    make_comment(idea)
    assert "1 comment" in visitor.get("/ideas").text
    backlog.answer(make_member(role="product"), idea, body="Soon.", stage=Stage.PLANNED)
    db.session.commit()
    assert soup(visitor.get("/ideas")).select_one(".idea-card .stage-planned")


def test_a_kept_card_speaks_the_readers_language(browser, make_idea):
    make_idea(title="A lamp", stage=Stage.PLANNED)
    visitor = browser()
    english = visitor.get("/ideas", headers={"Accept-Language": "en"})
    czech = visitor.get("/ideas", headers={"Accept-Language": "cs"})

    assert soup(english).html["lang"] == "en"
    assert soup(czech).html["lang"] == "cs"
    first, second = (soup(one).select_one(".idea-card time").text for one in (english, czech))
    assert first != second


def test_visitors_get_the_same_page_and_no_cookie(browser, make_idea, make_member, vote):
    idea = make_idea(title="A lamp")
    vote(make_member(), idea)
    for address in ("/", "/ideas", path(idea), "/roadmap", "/changelog", "/how-we-sort"):
        first, second = browser().get(address), browser().get(address)
        assert first.status_code == 200
        assert "Set-Cookie" not in first.headers
        assert first.data == second.data
        assert "csrf_token" not in first.text


def test_support_given_in_the_list_leads_back_to_the_list(browser, make_idea, make_member):
    idea = make_idea(title="A lamp")
    member = browser(make_member())

    answer = member.submit(member.get("/ideas?sort=new"), f"/ideas/{idea.id}/vote")

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/ideas?sort=new#idea-{idea.id}")
    assert soup(member.get("/ideas")).select_one(f"#idea-{idea.id} [aria-pressed=true]")
