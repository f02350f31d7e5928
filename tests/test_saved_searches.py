"""A search that is kept tells of new ideas: once, on the page and by mail, until it is ended."""

import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select, update

from cocreate import clock, deliveries, events, kept, worker
from cocreate.accounts import passwords
from cocreate.accounts.models import MailChoice
from cocreate.backlog import actions as backlog
from cocreate.dialects import insert_or_ignore
from cocreate.errors import Closed
from cocreate.events import Delivery, Event
from cocreate.extensions import db
from cocreate.ideas.filters import Filters
from cocreate.ideas.models import Stage, Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason
from cocreate.notices import actions, queries, searches, telling, tokens
from cocreate.notices.models import FoundIdea, Notice, SavedSearch
from cocreate.notices.telling import Find
from cocreate.notices.words import detail, headline
from cocreate.search import engines, saved, tending
from cocreate.search import queries as search_queries
from tests.databases import statements
from tests.mailbox import html_of, mailbox, text_of

__all__ = ["mailbox"]

MORNING = datetime(2030, 6, 3, 7, 30, tzinfo=UTC)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FROM_ELSEWHERE = {"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def keep(app):
    """keep(member, "boots", area=...): a saved search of theirs."""

    def make(member, question, **narrowed):
        search = searches.save(member, question, Filters(**narrowed), member.language)
        db.session.commit()
        return search

    return make


@pytest.fixture
def digest(work):
    """digest(): it is a new morning, and the daily mails go out."""
    days = iter(range(1000))

    def send():
        actions.make_digests(MORNING + timedelta(days=next(days)))
        work()

    return send


def sentences(member, **more):
    return [headline(one) for one in queries.notices_of(member, **more).rows]


def told(member):
    """The titles in the newest notice of the member."""
    (news, *_) = queries.notices_of(member).rows
    return {title for _, title in news.finds.ideas}


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def path_of(address):
    return urlsplit(re.search(r"<?(https?://[^>\s]+)>?", str(address))[1]).path


# --- saving, and one's own page ---------------------------------------------------------------


def test_a_search_is_saved_from_its_page_and_tells_of_a_new_idea(
    browser, make_member, make_area, make_idea, work
) -> None:
    shops, app_area = make_area("shops"), make_area("app")
    eva = make_member(name="Eva")
    me = browser(eva)
    old = make_idea(title="Boots for everyone", area=shops)
    work()

    page = me.get("/search?q=green+boots&area=shops&sort=new&stage=planned")
    answer = me.submit(page, "/notices/searches")
    assert answer.location == "/search?sort=new&area=shops&stage=planned&q=green+boots"
    page = me.get(answer.location)
    assert "You hear of new ideas for “green boots (Shops)” from now on." in page.text
    assert "You hear of new ideas for this search." in page.text
    assert "Save this search" not in page.text
    assert "You have read everything." in me.get("/notices").text

    new = make_idea(title="A green boot", area=shops, need="Rain.")
    make_idea(title="A green boot of the app", area=app_area)
    make_idea(title="A red boot", area=shops)
    work()

    assert sentences(eva) == ["1 new idea for your search “green boots (Shops)”"]
    assert told(eva) == {new.title}
    page = me.get("/notices/searches")
    assert "green boots (Shops)" in page.text
    assert "1 new idea" in page.text
    search = db.session.scalars(select(SavedSearch)).one()
    answer = me.submit(page, f"/notices/searches/{search.id}")
    assert answer.location == "/search?area=shops&sort=new&q=green+boots"
    results = me.get(answer.location).text
    assert "A <mark>green</mark> <mark>boot</mark>" in results
    assert "of the app" not in results
    assert old.title not in results
    assert "1 new idea" not in me.get("/notices/searches").text
    assert "You have read everything." in me.get("/notices").text


def test_a_saved_search_shows_what_it_found_whatever_leads_elsewhere(
    browser, make_member, make_idea, keep
) -> None:
    eva = make_member()
    search = keep(eva, "boots")
    right = make_idea(title="The right one")
    tending.add_redirect(make_member(role="product"), words="boots", to=str(right.id))
    db.session.commit()

    answer = browser(eva).submit("/notices/searches", f"/notices/searches/{search.id}")

    assert browser(eva).get(answer.location).status_code == 200
    assert browser(eva).get("/search?q=boots").status_code == 303


@pytest.mark.parametrize("typed", ["stage:planned", "stav:plánováno", 'stage:"no such"'])
def test_how_far_ideas_got_is_left_out_of_a_search_that_is_saved(
    browser, make_member, make_idea, work, typed
) -> None:
    eva = make_member()
    me = browser(eva)
    page = me.get(f"/search?q=boots {typed}")
    assert "How far ideas got and when they came does not matter for that." in page.text

    back = me.submit(page, "/notices/searches").location
    assert "You hear of new ideas for this search." in me.get(back).text
    make_idea(title="Green boots")
    work()

    assert sentences(eva) == ["1 new idea for your search “boots”"]
    # Nothing but that is nothing to wait for.
    assert "Save this search" not in me.get(f"/search?q={typed}").text


def test_a_visitor_signs_in_and_is_back_at_the_search(browser, make_member) -> None:
    page = browser().get("/search?q=žluté+boty&area=none")

    link = re.search(r'href="(/sign-in\?next=[^"]+)"', page.text)[1].replace("&amp;", "&")
    assert "Save this search" not in page.text
    form = browser().get(link)
    back = re.search(r'name="next" value="([^"]+)"', form.text)[1]
    assert back == "/search?q=%C5%BElut%C3%A9+boty"
    assert "Save this search" in browser(make_member()).get(back).text
    assert browser().post("/notices/searches", {"q": "boots"}).location.startswith("/sign-in")
    assert count(SavedSearch) == 0


def test_the_same_search_is_one_however_it_is_typed(browser, make_member, make_area) -> None:
    make_area("shops")
    me = browser(make_member())
    for question in ("Green  Boots", "green boots", " green boots "):
        me.post("/notices/searches", {"q": question, "area": "shops", "tag": "#rain"})
    me.post("/notices/searches", {"q": "green boots", "area": "shops"})
    me.post("/notices/searches", {"q": "green boots", "stage": "planned", "area": "nowhere"})

    kept_now = [
        (one.question, one.narrowed)
        for one in db.session.scalars(select(SavedSearch).order_by("id"))
    ]
    assert [about for _, about in kept_now] == [
        {"area": "shops", "tag": "rain"},
        {"area": "shops"},
        {},
    ]
    assert kept_now[0][0].casefold() == "green boots"


def test_an_area_alone_is_a_search_but_nothing_is_not(browser, make_member, make_area) -> None:
    make_area("shops")
    me = browser(make_member())

    assert me.post("/notices/searches", {"area": "shops"}).status_code == 303
    answer = me.post("/notices/searches", {"q": "  ", "sort": "new"})
    assert "Write what to look for first." in me.get(answer.location).text
    assert [one.narrowed for one in db.session.scalars(select(SavedSearch))] == [{"area": "shops"}]


@pytest.mark.parametrize("odd", ["\x00\x07", "x" * 5000, "🦊" * 300, "'\"<script>", "-", "tag:"])
def test_odd_searches_are_kept_short_or_refused_plainly(browser, make_member, odd) -> None:
    me = browser(make_member())

    answer = me.post("/notices/searches", {"q": odd, "tag": odd, "language": odd, "area": odd})
    assert answer.status_code == 303
    assert me.get(answer.location).status_code == 200
    page = me.get("/notices/searches")
    assert page.status_code == 200
    assert "<script>" not in page.text.replace("<script type", "")
    for one in db.session.scalars(select(SavedSearch)):
        assert len(one.question) <= 200
        assert me.get(searches.address(one)).status_code in (200, 303)


def test_twenty_are_enough_and_ending_one_leaves_room(browser, make_member, keep) -> None:
    eva = make_member()
    me = browser(eva)
    first = keep(eva, "word0")
    for number in range(1, searches.MOST):
        keep(eva, f"word{number}")

    answer = me.post("/notices/searches", {"q": "one more"})
    assert answer.location == "/notices/searches"
    assert "You keep 20 saved searches already." in me.get("/notices/searches").text
    assert count(SavedSearch) == searches.MOST
    # What is there already may be saved again.
    assert me.post("/notices/searches", {"q": "word3"}).location == "/search?q=word3"
    me.post(f"/notices/searches/{first.id}/end")
    assert me.post("/notices/searches", {"q": "one more"}).location == "/search?q=one+more"
    again = me.post(f"/notices/searches/{first.id}/again")
    assert again.status_code == 409


def test_ending_is_undone_beside_the_words_that_say_it(browser, make_member, keep) -> None:
    eva = make_member()
    me = browser(eva)
    search = keep(eva, "boots")

    answer = me.submit("/notices/searches", f"/notices/searches/{search.id}/end")
    page = me.get(answer.location)
    assert "You hear no more of new ideas for “boots”." in page.text
    assert "No saved searches yet" in page.text
    me.submit(page, f"/notices/searches/{search.id}/again")
    assert "No saved searches yet" not in me.get("/notices/searches").text
    assert db.session.get(SavedSearch, search.id).ended_at is None


def test_nobody_sees_or_touches_the_searches_of_others(browser, make_member, keep) -> None:
    search = keep(make_member(), "plantedword")
    for someone in (make_member(), make_member(role="admin")):
        other = browser(someone)
        assert "plantedword" not in other.get("/notices/searches").text
        for verb in ("", "/mail", "/end", "/again"):
            assert other.post(f"/notices/searches/{search.id}{verb}").status_code == 404
    assert db.session.get(SavedSearch, search.id).ended_at is None


# --- what is told -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "finds"),
    [
        ("boots", True),
        ("BOOTS rain", True),
        ('"boots for"', True),
        ('"for boots"', False),
        ("boots -rain", False),
        ("boots -snow", True),
        ("-snow", True),
        ("-rain", False),
        ("tag:winter", True),
        ("tag:summer", False),
        ("boots stage:new", True),
        ("boots stage:planned", False),
        ("boots author:Olga", True),
        ("boots author:Nobody", True),
        ("winter", True),
        ("boots winter gloves", False),
    ],
)
def test_it_tells_of_what_its_page_shows(
    make_member, make_idea, keep, work, question, finds
) -> None:
    eva = make_member()
    keep(eva, question)
    make_idea(
        make_member(name="Olga"),
        title="Boots for rain",
        need="Wet.",
        proposal="Do.",
        tags=("winter",),
    )
    work()

    shown = search_queries.newest(search_queries.read(question), 10)
    assert (len(sentences(eva)), len(shown)) == (finds, finds)


def test_a_czech_search_finds_any_form_with_or_without_accents(
    make_member, make_idea, keep, work
) -> None:
    eva = make_member(language="cs")
    keep(eva, "zakaznicka zkusenost")
    make_idea(title="O zákaznických zkušenostech", language="cs")
    work()

    assert len(sentences(eva)) == 1


def test_many_ideas_are_one_notice_until_it_is_read(
    browser, make_member, make_idea, keep, work
) -> None:
    eva = make_member()
    keep(eva, "boots")
    for number in range(4):
        make_idea(title=f"Boots {number}")
        work()

    assert sentences(eva) == ["4 new ideas for your search “boots”"]
    assert queries.unread_count(eva) == 1
    (news,) = queries.notices_of(eva).rows
    assert detail(news) == "“Boots 3”, “Boots 2”, “Boots 1”, …"
    me = browser(eva)
    answer = me.submit("/notices", f"/notices/{news.id}")
    assert answer.location == "/search?sort=new&q=boots"
    make_idea(title="Boots 5")
    work()
    assert sentences(eva) == [
        "1 new idea for your search “boots”",
        "4 new ideas for your search “boots”",
    ]
    assert queries.unread_count(eva) == 1
    assert "1 new idea<" in me.get("/notices/searches").text


def test_nothing_is_told_twice_whatever_happens_to_the_idea(
    make_member, make_idea, keep, work
) -> None:
    eva, moderator = make_member(), make_member(role="moderator")
    keep(eva, "boots")
    idea = make_idea(title="Boots")
    work()
    actions.mark_read(eva)
    moderation.hide(moderator, idea, Reason.UNCLEAR, "Nobody can tell what it is.")
    work()
    moderation.approve(make_member(role="moderator"), idea)
    db.session.execute(
        update(Delivery)
        .where(Delivery.consumer == "searches")
        .values(done_at=None, due_at=clock.now() - timedelta(seconds=1))
    )
    work()

    assert len(sentences(eva)) == 1
    assert queries.unread_count(eva) == 0
    assert count(FoundIdea) == 1


def test_what_was_hidden_before_anybody_was_told_is_told_once_it_is_back(
    make_member, make_idea, keep, work
) -> None:
    eva = make_member()
    keep(eva, "boots")
    idea = make_idea(title="Boots", visibility=Visibility.HIDDEN)
    work()
    assert sentences(eva) == []
    moderation.approve(make_member(role="moderator"), idea)
    work()

    assert len(sentences(eva)) == 1


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.WITHDRAWN])
def test_what_is_not_public_is_told_to_nobody_not_even_staff(
    make_member, make_idea, keep, work, visibility
) -> None:
    everybody = [make_member(), make_member(role="moderator"), make_member(role="admin")]
    for one in everybody:
        keep(one, "plantedword")
    make_idea(title="Plantedword", visibility=visibility)
    work()

    for one in everybody:
        assert not any("search" in sentence for sentence in sentences(one))
    assert count(FoundIdea) == 0


def test_ones_own_ideas_and_those_before_the_search_are_no_news(
    make_member, make_idea, keep, work
) -> None:
    eva = make_member()
    make_idea(title="Boots of yesterday")
    keep(eva, "boots")
    make_idea(eva, title="Boots of mine")
    work()

    assert count(FoundIdea) == 0


def test_who_left_or_lost_the_right_is_told_nothing(
    make_member, make_idea, keep, work, mailbox, digest
) -> None:
    gone, unconfirmed, imported, there = (make_member() for _ in range(4))
    for one in (gone, unconfirmed, imported, there):
        keep(one, "boots")
    gone.closed_at = clock.now()
    unconfirmed.email_confirmed_at = None
    imported.is_placeholder = True
    make_idea(title="Boots")
    work()

    assert set(db.session.scalars(select(Notice.member_id))) == {there.id}
    there.closed_at = clock.now()
    db.session.commit()
    digest()
    assert mailbox.mails == []


def test_leaving_takes_the_searches_along(make_member, make_idea, keep, work, browser) -> None:
    eva = make_member()
    search_id = keep(eva, "plantedword").id
    make_idea(title="Plantedword")
    work()
    searches.forget_all(eva)
    db.session.commit()

    assert count(SavedSearch) == count(FoundIdea) == 0
    assert sentences(eva) == ["This was about a saved search that has ended."]
    words = [str(one.data) for one in db.session.scalars(select(Event))]
    assert not any("plantedword" in one.lower() for one in words)
    assert browser(eva).post(f"/notices/searches/{search_id}/again").status_code == 404


def test_closing_the_account_forgets_what_was_searched_for(browser, make_member, keep) -> None:
    member, other = make_member(password_hash=passwords.hashed("three words long")), make_member()
    keep(member, "boots")
    keep(other, "boots")

    answer = browser(member).submit(
        "/settings/close", "/settings/close", password="three words long"
    )

    assert answer.location == "/"
    assert [one.member_id for one in db.session.scalars(select(SavedSearch))] == [other.id]


# --- by mail ----------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", [MailChoice.DAILY, MailChoice.AT_ONCE])
def test_the_daily_mail_tells_of_it_with_a_link_that_ends_just_this_search(
    mailbox, browser, make_member, make_idea, keep, work, digest, choice
) -> None:
    eva = make_member(mail_choice=choice)
    search = keep(eva, "boots")
    other = keep(eva, "gloves")
    for number in range(7):
        make_idea(title=f"Boots & <bows> {number}")
    work()
    assert mailbox.mails == []
    digest()

    (mail,) = mailbox.to(eva)
    assert mail["Subject"] == "7 new ideas for your search “boots”"
    words = text_of(mail)
    assert words.count("* Boots & <bows>") == 5
    assert "There are 2 more." in words
    assert "http://localhost/search?sort=new&q=boots" in words
    assert "End this search: http://localhost/unsubscribe/" in words
    assert "Boots &amp; &lt;bows&gt; 6</a>" in html_of(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    path = path_of(mail["List-Unsubscribe"])
    page = browser().get(path)
    assert "The mail was about your saved search “boots”." in page.text
    assert db.session.get(SavedSearch, search.id).ended_at is None
    gone = browser().post(path, ONE_CLICK, headers=FROM_ELSEWHERE)
    assert "This search has ended" in gone.text
    assert db.session.get(SavedSearch, search.id).ended_at is not None
    assert db.session.get(SavedSearch, other.id).ended_at is None
    assert db.session.get(type(eva), eva.id).mail_choice == choice
    # Once more, and back, and all of them.
    assert "This search has ended" in browser().post(path, ONE_CLICK).text
    back = browser().post(path, {"what": "again"})
    assert "You keep this search" in back.text
    assert db.session.get(SavedSearch, search.id).ended_at is None
    browser().post(path, {"what": "all"})
    assert db.session.get(type(eva), eva.id).mail_choice == MailChoice.NEVER


def test_a_digest_of_several_things_ends_each_search_by_its_own_link(
    mailbox, browser, make_member, make_idea, keep, work, digest
) -> None:
    eva = make_member(mail_choice=MailChoice.DAILY)
    boots, gloves = keep(eva, "boots"), keep(eva, "gloves")
    mine = make_idea(eva, title="Lids")
    make_idea(title="Boots and gloves")
    backlog.answer(make_member(role="product"), mine, body="Yes.", stage=Stage.PLANNED)
    work()
    digest()

    (mail,) = mailbox.to(eva)
    assert mail["Subject"].endswith("and 2 more")
    links = re.findall(r"End this search: http://localhost(\S+)", text_of(mail))
    assert len(set(links)) == 2
    whole = path_of(mail["List-Unsubscribe"])
    assert whole not in links
    ended = {tokens.read_stop(one.rsplit("/", 1)[1]).search_id for one in links}
    assert ended == {boots.id, gloves.id}
    browser().post(links[0], {"what": "search"})
    assert len([one for one in (boots, gloves) if one.ended_at]) == 1
    browser().post(whole, ONE_CLICK)
    assert db.session.get(type(eva), eva.id).mail_choice == MailChoice.NEVER


@pytest.mark.parametrize(
    ("number", "subject", "more"),
    [
        (1, "1\xa0nový nápad k\xa0vašemu hledání „boty (Čeština)“", ""),
        (3, "3\xa0nové nápady k\xa0vašemu hledání „boty (Čeština)“", ""),
        (6, "6\xa0nových nápadů k\xa0vašemu hledání „boty (Čeština)“", "A\xa0ještě 1\xa0další."),
        (
            12,
            "12\xa0nových nápadů k\xa0vašemu hledání „boty (Čeština)“",
            "A\xa0ještě 7\xa0dalších.",
        ),
    ],
)
def test_the_mail_counts_in_czech(
    mailbox, make_member, make_idea, keep, work, digest, number, subject, more
) -> None:
    eva = make_member(language="cs", mail_choice=MailChoice.DAILY)
    keep(eva, "boty", language="cs")
    for turn in range(number):
        make_idea(title=f"Boty {turn}", language="cs")
    work()
    digest()

    (mail,) = mailbox.to(eva)
    assert str(mail["Subject"]).replace("\xa0", " ") == subject.replace("\xa0", " ")
    words = text_of(mail).replace("\xa0", " ")
    assert more.replace("\xa0", " ") in words
    assert "Ukončit toto hledání" in words
    assert mail["Content-Language"] == "cs"


def test_what_was_hidden_before_the_mail_goes_out_is_not_in_it(
    mailbox, make_member, make_idea, keep, work, digest
) -> None:
    eva, moderator = make_member(), make_member(role="moderator")
    keep(eva, "boots")
    stays, goes = make_idea(title="Boots stay"), make_idea(title="Boots Plantedword")
    work()
    actions.make_digests(MORNING)
    db.session.commit()
    # It is in the digest, which is on its way.
    moderation.hide(moderator, goes, Reason.UNCLEAR, "Nobody can tell what it is.")
    work()

    (mail,) = mailbox.to(eva)
    assert mail["Subject"] == "1 new idea for your search “boots”"
    assert stays.title in text_of(mail)
    assert "Plantedword" not in text_of(mail) + html_of(mail)
    assert told(eva) == {stays.title}


def test_without_anything_left_to_tell_no_mail_goes_out(
    mailbox, browser, make_member, make_idea, keep, work, digest
) -> None:
    hides, ends, mutes, reads, looks, never = (make_member() for _ in range(6))
    never.mail_choice = MailChoice.NEVER
    kept_now = {one: keep(one, "boots") for one in (ends, mutes, reads, looks, never)}
    keep(hides, "gloves")
    make_idea(title="Boots")
    hidden = make_idea(title="Gloves")
    work()
    actions.mark_read(reads)
    browser(looks).post(f"/notices/searches/{kept_now[looks].id}")
    actions.make_digests(MORNING)
    db.session.commit()
    hidden.visibility = Visibility.HIDDEN
    browser(ends).post(f"/notices/searches/{kept_now[ends].id}/end")
    browser(mutes).post(f"/notices/searches/{kept_now[mutes].id}/mail", {"wanted": "no"})
    work()

    assert mailbox.mails == []
    assert (
        "This was about something that is not public any more."
        in browser(hides).get("/notices").text
    )
    assert sentences(mutes) == ["1 new idea for your search “boots”"]


def test_mails_of_one_search_are_turned_off_and_on(
    mailbox, browser, make_member, make_idea, keep, work, digest
) -> None:
    eva = make_member()
    me = browser(eva)
    search = keep(eva, "boots")
    make_idea(title="Boots 1")
    work()
    answer = me.submit("/notices/searches", f"/notices/searches/{search.id}/mail")
    assert "On this page only" in me.get(answer.location).text
    make_idea(title="Boots 2")
    work()
    digest()
    assert mailbox.mails == []

    me.submit("/notices/searches", f"/notices/searches/{search.id}/mail")
    make_idea(title="Boots 3")
    work()
    digest()
    (mail,) = mailbox.to(eva)
    assert mail["Subject"] == "3 new ideas for your search “boots”"


def test_each_idea_is_in_one_mail_and_one_notice_is_unread(
    mailbox, make_member, make_idea, keep, work, digest
) -> None:
    eva = make_member()
    keep(eva, "boots")
    for day in range(3):
        make_idea(title=f"Boots {day}")
        work()
        digest()

    assert [one["Subject"] for one in mailbox.to(eva)] == ["1 new idea for your search “boots”"] * 3
    for day, mail in enumerate(mailbox.to(eva)):
        assert f"Boots {day}" in text_of(mail)
        assert text_of(mail).count("* Boots") == 1
    assert queries.unread_count(eva) == 1


def test_a_link_of_a_search_that_is_long_gone_ends_nothing_else(browser, make_member, keep) -> None:
    eva = make_member()
    search = keep(eva, "boots")
    path = f"/unsubscribe/{tokens.stop_token(eva.id, search_id=search.id)}"
    searches.end(search)
    search.ended_at = clock.now() - searches.KEEP_ENDED - timedelta(minutes=1)
    db.session.commit()
    assert searches.forget_old() is False
    db.session.commit()

    assert count(SavedSearch) == 0
    assert browser().get(path).status_code == 200
    assert "This search has ended" in browser().post(path, ONE_CLICK).text
    assert db.session.get(type(eva), eva.id).mail_choice == MailChoice.AT_ONCE
    assert browser().post("/unsubscribe/forged", ONE_CLICK).status_code == 404


# --- kept right -------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", range(1, 7))
def test_a_worker_that_dies_between_any_two_steps_tells_once(
    mailbox, make_member, make_idea, keep, work, digest, app, monkeypatch, step
) -> None:
    eva = make_member()
    keep(eva, "boots")
    keep(eva, "rain")
    make_idea(title="Boots for rain")
    work_on = {"searches": worker.CONSUMERS["searches"]}
    done = iter(range(1, 1000))
    insert, owed = insert_or_ignore, events.record_each

    def dying(real):
        def do(*args, **more):
            if next(done) == step:
                raise Killed
            return real(*args, **more)

        return do

    for module, name, real in (
        (telling, "insert_or_ignore", insert),
        (telling.events, "record_each", owed),
        (saved.telling, "tell", telling.tell),
        (telling, "_update_notices", telling._update_notices),
    ):
        monkeypatch.setattr(module, name, dying(real))
    db.session.commit()
    with pytest.raises(Killed):
        deliveries.deliver_due(work_on, 60, _fail)
    db.session.rollback()
    assert count(FoundIdea) == count(Notice) == 0
    monkeypatch.undo()
    db.session.execute(
        update(Delivery)
        .where(Delivery.done_at.is_(None))
        .values(due_at=clock.now() - timedelta(seconds=1))
    )
    work()
    digest()
    digest()

    assert sorted(sentences(eva)) == [
        "1 new idea for your search “boots”",
        "1 new idea for your search “rain”",
    ]
    (mail,) = mailbox.to(eva)
    assert text_of(mail).count("* Boots for rain") == 2


def _fail(_consumer, _delivery, error):
    raise error


def test_telling_the_same_twice_at_once_writes_it_once(make_member, make_idea, keep) -> None:
    eva = make_member()
    search, idea = keep(eva, "boots"), make_idea(title="Boots")
    find = Find(search.id, idea.id)

    assert telling.tell([find, find]) == 1
    assert telling.tell([find]) == 0
    assert count(Notice) == 1


def test_it_tells_while_there_is_no_index(make_member, make_idea, keep, app) -> None:
    eva = make_member()
    keep(eva, "boots")
    make_idea(title="Boots")
    engines.here().forget()
    while deliveries.deliver_due({"searches": worker.CONSUMERS["searches"]}, 60, _fail):
        pass

    assert len(sentences(eva)) == 1


def test_ended_searches_and_old_finds_are_forgotten_in_pieces(
    make_member, make_idea, keep, work, monkeypatch
) -> None:
    eva = make_member()
    ended, lives = keep(eva, "boots"), keep(eva, "rain")
    for number in range(3):
        make_idea(title=f"Boots for rain {number}")
    work()
    searches.end(ended)
    assert searches.forget_old() is False
    assert count(SavedSearch) == 2
    ended.ended_at = clock.now() - timedelta(days=2)
    db.session.execute(
        update(FoundIdea)
        .where(FoundIdea.search_id == lives.id)
        .values(found_at=clock.now() - timedelta(days=90))
    )
    monkeypatch.setattr(searches, "AT_ONCE", 2)
    db.session.commit()

    assert searches.forget_old() is True
    assert searches.forget_old() is False
    assert count(FoundIdea) == 0
    assert sentences(eva) == [
        "There were new ideas for your search “rain”",
        "This was about a saved search that has ended.",
    ]


def test_statements_do_not_grow_with_searches_ideas_or_notices(
    browser, make_member, make_idea, make_area, keep, work, app
) -> None:
    make_area("shops")
    eva = make_member()
    me = browser(eva)

    def cost(number):
        kept.forget()
        for turn in range(number):
            keep(eva, f"boots word{number}x{turn}")
            keep(make_member(), f"boots word{number}x{turn}")
        for turn in range(number):
            make_idea(title=f"Boots word{number}x{turn}")
        with statements() as asked:
            deliveries.deliver_due({"searches": worker.CONSUMERS["searches"]}, 60, _fail)
        pages = []
        for page in ("/notices", "/notices/searches", "/search?q=boots"):
            with statements() as more:
                assert me.get(page).status_code == 200
            pages.append(len(more))
        return len(asked), pages

    cost(1)
    few = cost(2)
    many = cost(7)
    assert many == few
    assert count(FoundIdea) == 20


@pytest.mark.timeout(120)
def test_ten_thousand_searches_hold_up_nobody(app, make_member, make_idea, work) -> None:
    members = [make_member() for _ in range(20)]
    now = clock.now()
    words = [f"word{number}" for number in range(2000)]
    rows = [
        {
            "member_id": members[number % 20].id,
            "key": f"{number}",
            "question": f"{words[number % 2000]} {words[(number * 7) % 1999]}",
            "narrowed": {},
            "language": "en",
            "by_mail": True,
            "saved_at": now,
            "looked_at": now,
        }
        for number in range(10_000)
    ]
    insert_or_ignore(SavedSearch, rows)
    ideas = [make_idea(title=f"Word{number} Word{number * 7 % 1999}").id for number in range(3)]
    list(saved.finds(saved.new_ideas(ideas[:1])))
    new = saved.new_ideas(ideas)
    begun = time.process_time()
    found = list(saved.finds(new))
    taken = time.process_time() - begun

    assert {one.idea_id for one in found} == set(ideas)
    # A generous multiple of what it takes: a few hundredths of a second for each idea.
    assert taken < 5


def test_the_verb_refuses_the_twenty_first(make_member, keep) -> None:
    eva = make_member()
    for number in range(searches.MOST):
        keep(eva, f"word{number}")
    with pytest.raises(Closed):
        keep(eva, "one more")
