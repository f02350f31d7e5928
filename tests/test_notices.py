"""Who hears what, once each; what nobody may hear; reading, stopping and the daily mail."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from cocreate import clock, deliveries, events, worker
from cocreate.accounts.models import MailChoice
from cocreate.backlog import actions as backlog
from cocreate.dialects import insert_or_ignore
from cocreate.discussion.models import Comment
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.ideas.models import Stage, Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason
from cocreate.notices import actions, queries, tokens
from cocreate.notices.models import Because, Notice, Watch
from cocreate.notices.words import detail, headline
from cocreate.votes import actions as votes
from tests.databases import statements
from tests.mailbox import html_of, mailbox, text_of

__all__ = ["mailbox"]

WORDS = "Too close to an advertisement for another shop."


def told(kind=None):
    """{(member id, kind of event)} of all notices."""
    rows = db.session.execute(select(Notice.member_id, Notice.kind))
    return {tuple(row) for row in rows if kind in (None, row[1])}


def hearers(kind):
    return {member_id for member_id, _ in told(kind)}


def sentences(member, **more):
    return [headline(one) for one in queries.notices_of(member, **more).rows]


@pytest.fixture
def people(make_member):
    """people("ada", "bob"): members by these names."""
    return lambda *names, **values: [make_member(name=name, **values) for name in names]


@pytest.fixture
def product(make_member):
    return make_member(role="product", name="Dana")


# --- who hears what ---------------------------------------------------------------------------


def test_everyone_who_took_part_hears_the_answer_by_page_and_mail_once(
    mailbox, people, product, make_idea, make_comment, vote, work, browser
) -> None:
    author, fan, talker, reader, stranger = people("Author", "Fan", "Talker", "Reader", "Stranger")
    idea = make_idea(author, title="Water at the stop")
    vote(fan, idea)
    make_comment(idea, talker)
    make_comment(idea, talker)
    browser(reader).post(f"/ideas/{idea.id}/watch")
    work()
    mailbox.mails.clear()
    backlog.answer(product, idea, body="We did it.", stage=Stage.SHIPPED)
    work()

    assert hearers("idea.answered") == {author.id, fan.id, talker.id, reader.id}
    for one, because in (
        (author, "you proposed it"),
        (fan, "you support it"),
        (talker, "you commented on it"),
        (reader, "you asked to hear"),
    ):
        (mail,) = mailbox.to(one)
        assert mail["Subject"] == "“Water at the stop” has been delivered"
        assert f"You hear of this because {because}." in text_of(mail)
        assert sentences(one)[0] == "“Water at the stop” has been delivered"
    assert mailbox.to(stranger) == mailbox.to(product) == []


def test_each_move_has_its_own_sentence(people, product, make_idea, work) -> None:
    (author,) = people("Author", mail_choice=MailChoice.NEVER)
    idea = make_idea(author, title="Lids")
    for stage in (
        Stage.CONSIDERING,
        Stage.PLANNED,
        Stage.BUILDING,
        Stage.PARKED,
        Stage.NEW,
        Stage.DECLINED,
    ):
        backlog.answer(product, idea, body="Because of the machines in the mill.", stage=stage)
        work()
    backlog.answer(product, idea, body="One more word.", stage=Stage.DECLINED)
    work()

    assert list(reversed(sentences(author))) == [
        "“Lids” is being considered",
        "“Lids” is planned",
        "“Lids” is being built",
        "“Lids” has been put off for now",
        "“Lids” is open again",
        "“Lids” has been declined",
        "Dana answered “Lids”",
    ]


def test_who_supported_a_moment_before_the_answer_hears_it_though_the_vote_is_told_later(
    people, product, make_idea, make_comment, vote, app
) -> None:
    fan, talker = people("Fan", "Talker")
    idea = make_idea()
    vote(fan, idea)
    make_comment(idea, talker)
    backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
    earlier = Delivery.event_id.in_(
        select(events.Event.id).where(events.Event.kind != "idea.answered")
    )
    db.session.execute(
        update(Delivery).where(earlier).values(due_at=clock.now() + timedelta(hours=1))
    )
    db.session.commit()
    worker.run_until_idle(app)

    assert hearers("idea.answered") == {fan.id, talker.id, idea.author_id}


def test_a_comment_is_told_to_the_watchers_and_by_mail_to_those_in_the_talk(
    mailbox, people, make_idea, make_comment, vote, work
) -> None:
    author, fan, first, second = people("Author", "Fan", "First", "Second")
    idea = make_idea(author, title="Lids")
    vote(fan, idea)
    make_comment(idea, first)
    work()
    mailbox.mails.clear()
    comment = make_comment(idea, second, body="They fit **my** jars.")
    work()

    of_second = select(Notice.member_id).where(Notice.comment_id == comment.id)
    assert set(db.session.scalars(of_second)) == {author.id, fan.id, first.id}
    assert {one["X-Arrived-For"] for one in mailbox.mails} == {author.email, first.email}
    assert mailbox.mails[0]["Subject"] == "Second commented on “Lids”"
    assert "They fit **my** jars." in text_of(mailbox.mails[0])
    assert f"#comment-{comment.id}" in text_of(mailbox.mails[0])
    assert "<strong>my</strong>" in html_of(mailbox.mails[0])


def test_a_held_idea_is_told_to_moderators_alone_until_it_is_let_in(
    mailbox, people, make_member, make_idea, work
) -> None:
    (newcomer,) = people("Newcomer", approved_count=0)
    moderator, admin = make_member(role="moderator"), make_member(role="admin")
    make_member(role="product")
    idea = make_idea(newcomer, title="Plantedword", visibility=Visibility.HELD)
    work()

    assert told() == {(moderator.id, "idea.submitted"), (admin.id, "idea.submitted")}
    assert {one["X-Arrived-For"] for one in mailbox.mails} == {moderator.email, admin.email}
    assert "http://localhost/moderation" in text_of(mailbox.mails[0])
    assert queries.unread_count(admin) == 1

    moderation.approve(moderator, idea)
    work()

    assert hearers("idea.approved") == {newcomer.id}
    assert sentences(newcomer) == ["Your idea “Plantedword” is public now"]
    assert queries.unread_count(admin) == 0
    assert [one["Subject"] for one in mailbox.to(newcomer)] == [
        "Your idea “Plantedword” is public now"
    ]


def test_who_hid_something_and_why_only_its_author_hears(
    mailbox, people, make_member, make_idea, make_comment, vote, work
) -> None:
    author, fan, talker = people("Author", "Fan", "Talker")
    moderator = make_member(role="moderator")
    idea = make_idea(author, title="Lids")
    vote(fan, idea)
    comment = make_comment(idea, talker, body="Plantedword everywhere")
    moderation.hide(moderator, comment, Reason.SPAM, WORDS)
    work()

    assert hearers("comment.hidden") == {talker.id}
    assert hearers("comment.written") == set()
    (mail,) = mailbox.to(talker)
    assert mail["Subject"] == "A moderator hid your comment on “Lids”"
    assert "Reason: Advertising." in text_of(mail)
    assert WORDS in text_of(mail)
    assert not [one for one in mailbox.mails if "Plantedword" in text_of(one)]

    mailbox.mails.clear()
    moderation.hide(moderator, idea, Reason.UNCLEAR, WORDS)
    work()

    assert hearers("idea.hidden") == {author.id}
    assert [one["X-Arrived-For"] for one in mailbox.mails] == [author.email]
    assert "Cannot be understood: Too close" in _page_detail(author)


def _page_detail(member):
    return detail(queries.notices_of(member).rows[0])


def test_a_held_comment_is_told_to_the_watchers_once_when_it_is_let_in(
    mailbox, people, make_member, make_idea, make_comment, work
) -> None:
    author, newcomer = people("Author", "Newcomer")
    newcomer.approved_count = 0
    moderator = make_member(role="moderator")
    idea = make_idea(author, title="Lids")
    comment = make_comment(idea, newcomer, visibility=Visibility.HELD)
    work()

    assert hearers("comment.written") == {moderator.id}
    assert sentences(moderator) == ["Newcomer commented on “Lids”; a moderator reads it first"]
    assert mailbox.to(author) == []

    moderation.approve(moderator, comment)
    work()

    assert hearers("comment.approved") == {author.id, newcomer.id}
    assert sentences(author) == ["Newcomer commented on “Lids”"]
    assert sentences(newcomer) == ["Your comment on “Lids” is public now"]
    assert len(mailbox.to(author)) == len(mailbox.to(newcomer)) == 1


def test_a_comment_let_in_before_the_worker_came_is_told_once(
    people, make_member, make_idea, make_comment, work
) -> None:
    author, newcomer = people("Author", "Newcomer")
    newcomer.approved_count = 0
    moderator = make_member(role="moderator")
    comment = make_comment(make_idea(author), newcomer, visibility=Visibility.HELD)
    moderation.approve(moderator, comment)
    work()

    assert (author.id, "comment.written") not in told()
    assert (author.id, "comment.approved") in told()


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.WITHDRAWN])
def test_what_is_not_public_when_it_is_heard_goes_to_nobody_else(
    mailbox, people, product, make_idea, make_comment, vote, work, visibility
) -> None:
    author, fan, talker = people("Author", "Fan", "Talker")
    idea = make_idea(author, title="Plantedword")
    vote(fan, idea)
    make_comment(idea, talker, body="Plantedword too")
    backlog.answer(product, idea, body="Plantedword indeed", stage=Stage.PLANNED)
    idea.visibility = visibility
    work()

    assert {member_id for member_id, _ in told()} <= {author.id}
    assert {one["X-Arrived-For"] for one in mailbox.mails} <= {author.email}


def test_what_was_told_and_hidden_since_shows_no_word_of_it(
    people, product, make_idea, make_comment, vote, work, browser
) -> None:
    author, fan = people("Author", "Fan")
    idea = make_idea(author, title="Plantedword")
    vote(fan, idea)
    comment = make_comment(idea, product, body="Otherword")
    backlog.answer(product, idea, body="Thirdword", stage=Stage.PLANNED)
    work()
    assert "Plantedword" in browser(fan).get("/notices").text

    comment = db.session.get_one(Comment, comment.id)
    comment.visibility = Visibility.HIDDEN
    page = browser(fan).get("/notices")
    assert "Otherword" not in page.text
    assert "Thirdword" in page.text

    idea.visibility = Visibility.HIDDEN
    page = browser(fan).get("/notices")
    for word in ("Plantedword", "Otherword", "Thirdword"):
        assert word not in page.text
    assert "not public any more" in page.text
    (newest, *_) = queries.notices_of(fan).rows
    answer = browser(fan).post(f"/notices/{newest.id}")
    assert answer.location == "/notices"


# --- once, in any order, however many ---------------------------------------------------------


def test_hearing_everything_again_tells_nobody_twice(
    mailbox, people, product, make_idea, make_comment, vote, work
) -> None:
    author, fan = people("Author", "Fan")
    idea = make_idea(author)
    vote(fan, idea)
    make_comment(idea, fan)
    backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
    work()
    notices, sent = told(), len(mailbox.mails)

    db.session.execute(
        update(Delivery)
        .where(Delivery.consumer == "notices")
        .values(done_at=None, due_at=clock.now() - timedelta(seconds=1))
    )
    work()

    assert len(mailbox.mails) == sent
    assert told() == notices
    assert db.session.query(Notice).count() == len(notices)


@pytest.mark.parametrize("choice", list(MailChoice))
def test_statements_do_not_grow_with_the_watchers(
    make_member, make_idea, product, vote, app, choice
) -> None:
    def cost(watchers):
        idea = make_idea(make_member(mail_choice=choice))
        for _ in range(watchers):
            vote(make_member(mail_choice=choice), idea)
        _hear(app)
        backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
        db.session.commit()
        with statements() as asked:
            _hear(app)
        return len(asked)

    few = cost(2)
    assert few > 5
    assert cost(40) == few


def test_statements_do_not_grow_with_the_notices_shown(
    people, product, make_idea, make_comment, work, browser
) -> None:
    (author,) = people("Author", mail_choice=MailChoice.NEVER)
    reader = browser(author)

    def more(number):
        for _ in range(number):
            idea = make_idea(author)
            make_comment(idea)
            backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
        work()

    def cost():
        with statements() as asked:
            reader.get("/notices")
        return len(asked)

    more(1)
    few = cost()
    more(8)
    assert cost() == few


def _hear(app):
    """Let the notices alone be made."""
    db.session.commit()
    while deliveries.deliver_due({"notices": worker.CONSUMERS["notices"]}, 60, _fail):
        pass


def _fail(_consumer, _delivery, error):
    raise error


# --- watching ---------------------------------------------------------------------------------


def test_who_stopped_watching_stays_so(
    mailbox, people, product, make_idea, make_comment, vote, work, browser
) -> None:
    (fan,) = people("Fan")
    idea = make_idea()
    page = browser(fan)
    assert page.post(f"/ideas/{idea.id}/watch").status_code == 303
    assert queries.is_watching(fan, idea)
    assert page.post(f"/ideas/{idea.id}/unwatch").status_code == 303
    vote(fan, idea)
    make_comment(idea, fan)
    backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
    work()

    assert not queries.is_watching(fan, idea)
    assert fan.id not in hearers("idea.answered")
    assert mailbox.to(fan) == []

    page.post(f"/ideas/{idea.id}/watch")
    backlog.answer(product, idea, body="More.", stage=Stage.BUILDING)
    work()
    assert len(mailbox.to(fan)) == 1


def test_who_takes_part_watches_before_the_worker_has_written_it_down(
    people, make_idea, vote, work
) -> None:
    author, fan, stranger = people("Author", "Fan", "Stranger")
    idea = make_idea(author)
    vote(fan, idea)

    assert queries.is_watching(author, idea)
    assert queries.is_watching(fan, idea)
    assert not queries.is_watching(stranger, idea)


def test_own_support_does_not_hide_that_one_proposed_it(people, make_idea, work) -> None:
    (author,) = people("Author")
    idea = make_idea(author)
    votes.cast(author, idea)
    db.session.commit()
    db.session.execute(update(Delivery).values(due_at=clock.now() + timedelta(hours=1)))
    of_vote = select(events.Event.id).where(events.Event.kind == "vote.cast")
    db.session.execute(
        update(Delivery).where(Delivery.event_id.in_(of_vote)).values(due_at=clock.now())
    )
    work()

    assert db.session.scalars(select(Watch.because)).all() == [Because.PROPOSED]


def test_support_taken_back_before_it_was_heard_watches_nothing(
    people, make_idea, vote, work
) -> None:
    (fan,) = people("Fan")
    idea = make_idea()
    vote(fan, idea)
    votes.take_back(fan, idea)
    work()

    assert db.session.get(Watch, (fan.id, idea.id)) is None


def test_nobody_watches_what_they_cannot_see(people, make_idea, browser) -> None:
    (fan,) = people("Fan")
    idea = make_idea(visibility=Visibility.HELD)

    assert browser(fan).post(f"/ideas/{idea.id}/watch").status_code == 404
    assert browser(fan).post(f"/ideas/{idea.id}/unwatch").status_code == 404
    assert browser().post(f"/ideas/{idea.id}/watch").status_code == 303
    assert db.session.query(Watch).count() == 0


# --- the page ---------------------------------------------------------------------------------


def test_a_notice_is_opened_and_read_without_script(
    people, product, make_idea, work, browser
) -> None:
    author, other = people("Author", "Other")
    idea = make_idea(author, title="Lids & <jars>")
    backlog.answer(product, idea, body="Yes **indeed**.", stage=Stage.PLANNED)
    work()
    (notice,) = db.session.scalars(select(Notice)).all()
    reader = browser(author)

    page = reader.get("/notices")
    assert "“Lids &amp; &lt;jars&gt;” is planned" in page.text
    assert "Yes indeed." in page.text
    assert "1 waits to be read." in page.text
    assert browser(other).post(f"/notices/{notice.id}").status_code == 404
    answer = reader.submit(page, f"/notices/{notice.id}")
    assert answer.location == f"/ideas/{idea.id}-lids-jars"
    db.session.refresh(notice)
    assert notice.read_at is not None
    assert "You have read everything." in reader.get("/notices").text
    assert "Nothing unread" in reader.get("/notices?show=unread").text


def test_marking_all_leaves_what_came_after_the_page_was_read(
    people, product, make_idea, work, browser
) -> None:
    (author,) = people("Author")
    idea = make_idea(author)
    backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
    work()
    reader = browser(author)
    page = reader.get("/notices")
    backlog.answer(product, idea, body="Here.", stage=Stage.SHIPPED)
    work()
    reader.submit(page, "/notices/read")

    assert queries.unread_count(author) == 1
    for odd in ("-1", "9" * 30, "nonsense"):
        assert reader.post("/notices/read", {"up_to": odd}).status_code == 303


def test_many_notices_come_page_by_page(people, make_idea, work, browser, product) -> None:
    (author,) = people("Author", mail_choice=MailChoice.NEVER)
    idea = make_idea(author, title="Lids")
    for number in range(queries.PAGE_SIZE + 5):
        backlog.answer(product, idea, body=f"Word {number}.", stage=Stage.NEW)
    work()
    reader = browser(author)
    first = reader.get("/notices")
    cursor = queries.notices_of(author).next
    second = reader.get(f"/notices?after={cursor}")

    assert first.text.count('class="notice notice-unread"') == queries.PAGE_SIZE
    assert second.text.count('class="notice notice-unread"') == 5
    assert f"after={cursor}" in first.text
    for bad in ("x", "W10", "a" * 500):
        assert reader.get(f"/notices?after={bad}").status_code == 200


def test_the_bell_counts_no_further_than_it_shows(people, make_idea, product, work) -> None:
    (author,) = people("Author", mail_choice=MailChoice.NEVER)
    idea = make_idea(author)
    backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
    work()
    one = db.session.scalars(select(Notice)).one()
    rows = [
        {
            "event_id": events.record("digest.due", None),
            "member_id": author.id,
            "kind": one.kind,
            "created_at": clock.now(),
        }
        for _ in range(120)
    ]
    insert_or_ignore(Notice, rows)

    assert queries.unread_count(author) == queries.MOST_COUNTED


# --- unsubscribing ----------------------------------------------------------------------------


def test_one_click_in_a_mail_program_stops_that_idea_without_signing_in(
    mailbox, people, product, make_idea, vote, work, browser
) -> None:
    (fan,) = people("Fan")
    idea, other = make_idea(title="Lids"), make_idea(title="Jars")
    vote(fan, idea)
    vote(fan, other)
    backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
    work()
    (mail,) = mailbox.to(fan)
    address = mail["List-Unsubscribe"].strip(" <>").removeprefix("http://localhost")

    looked = browser().get(address)
    assert looked.status_code == 200
    assert "Lids" in looked.text
    assert queries.is_watching(fan, idea)

    answer = browser().post(
        address,
        {"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    for one in (idea, other):
        backlog.answer(product, one, body="Here.", stage=Stage.SHIPPED)
    work()

    assert [one["Subject"] for one in mailbox.to(fan)[1:]] == ["“Jars” has been delivered"]


def test_the_page_stops_all_mails_or_takes_the_stop_back(
    people, product, make_idea, vote, work, browser
) -> None:
    (fan,) = people("Fan")
    idea = make_idea(title="Lids")
    vote(fan, idea)
    work()
    address = f"/unsubscribe/{tokens.stop_token(fan.id, idea.id)}"

    browser().post(address, {"what": "idea"})
    assert not queries.is_watching(fan, idea)
    browser().post(address, {"what": "again"})
    assert queries.is_watching(fan, idea)
    browser().post(address, {"what": "all"})
    db.session.refresh(fan)
    assert fan.mail_choice == MailChoice.NEVER
    assert queries.is_watching(fan, idea)
    backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
    work()
    assert hearers("idea.answered") >= {fan.id}


@pytest.mark.parametrize("bad", ["x", "WzEsMV0", "WzEsMV0.x", "%00", "a" * 3000])
def test_a_link_that_is_not_ours_stops_nothing(browser, bad, people) -> None:
    (fan,) = people("Fan")
    assert browser().get(f"/unsubscribe/{bad}").status_code == 404
    assert browser().post(f"/unsubscribe/{bad}", {"what": "all"}).status_code == 404
    assert fan.mail_choice == MailChoice.AT_ONCE


def test_the_page_of_a_hidden_idea_says_no_word_of_it(people, make_idea, browser) -> None:
    (fan,) = people("Fan")
    idea = make_idea(title="Plantedword", visibility=Visibility.HIDDEN)
    address = f"/unsubscribe/{tokens.stop_token(fan.id, idea.id)}"

    assert "Plantedword" not in browser().get(address).text
    stopped = browser().post(address, {"List-Unsubscribe": "One-Click"})
    assert stopped.status_code == 200
    assert "Plantedword" not in stopped.text
    assert db.session.get_one(Watch, (fan.id, idea.id)).stopped_at is not None


# --- the daily mail ---------------------------------------------------------------------------

MORNING = datetime(2030, 1, 15, 7, 30, tzinfo=UTC)  # half past eight in Prague


@pytest.fixture
def daily(people, product, make_idea, work, mailbox):
    """daily(titles, **author): with these ideas of a daily reader answered; the reader."""

    def go(*titles, **author):
        with clock.at(MORNING - timedelta(hours=10)):
            (reader,) = people("Reader", mail_choice=MailChoice.DAILY, **author)
            for title in titles:
                idea = make_idea(reader, title=title)
                backlog.answer(product, idea, body=f"About {title}.", stage=Stage.PLANNED)
            work()
        assert mailbox.mails == []
        return reader

    return go


def digest(work, now):
    with clock.at(now):
        actions.make_digests()
        db.session.commit()
        work()


def test_the_daily_mail_tells_everything_once_after_eight(mailbox, daily, work) -> None:
    reader = daily("Lids", "Jars", "Bags")
    digest(work, MORNING - timedelta(hours=1))
    assert mailbox.mails == []

    for hours in (0, 0, 3):
        digest(work, MORNING + timedelta(hours=hours))

    (mail,) = mailbox.to(reader)
    assert mail["Subject"] == "“Bags” is planned, and 2 more"
    words = text_of(mail)
    assert words.index("“Bags” is planned") < words.index("“Jars” is") < words.index("“Lids” is")
    assert "About Jars." in words
    assert "About Jars." in html_of(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_at_most_one_daily_mail_a_day_and_none_without_news(
    mailbox, daily, work, product, make_idea
) -> None:
    reader = daily("Lids")
    digest(work, MORNING)
    with clock.at(MORNING + timedelta(hours=1)):
        backlog.answer(product, make_idea(reader, title="Later"), body="Yes.", stage=Stage.PLANNED)
        work()
    digest(work, MORNING + timedelta(hours=2))
    assert len(mailbox.to(reader)) == 1
    digest(work, MORNING + timedelta(days=1))
    digest(work, MORNING + timedelta(days=2))

    assert [one["Subject"] for one in mailbox.to(reader)] == [
        "“Lids” is planned",
        "“Later” is planned",
    ]


def test_the_morning_is_the_readers_own(mailbox, daily, work) -> None:
    reader = daily("Lids", timezone="America/New_York")
    digest(work, MORNING)
    assert mailbox.mails == []
    digest(work, MORNING + timedelta(hours=6))
    assert len(mailbox.to(reader)) == 1


def test_the_daily_mail_leaves_out_what_was_read_or_is_not_public_any_more(
    mailbox, people, product, make_idea, vote, work, browser
) -> None:
    (reader,) = people("Reader", mail_choice=MailChoice.DAILY)
    ideas = [make_idea(title=title) for title in ("Lids", "Plantedword", "Jars")]
    for idea in ideas:
        vote(reader, idea)
        backlog.answer(product, idea, body="Yes.", stage=Stage.PLANNED)
    work()
    mailbox.mails.clear()
    mine = select(Notice).where(Notice.member_id == reader.id, Notice.idea_id == ideas[0].id)
    actions.mark_read(reader, db.session.scalars(mine).one())
    ideas[1].visibility = Visibility.HIDDEN
    db.session.commit()
    digest(work, MORNING)

    (mail,) = mailbox.to(reader)
    assert mail["Subject"] == "“Jars” is planned"
    for word in ("Lids", "Plantedword"):
        assert word not in text_of(mail)
        assert word not in html_of(mail)


def test_stopping_all_mails_stops_the_daily_one_too(mailbox, daily, work, browser) -> None:
    reader = daily("Lids")
    browser().post(f"/unsubscribe/{tokens.stop_token(reader.id)}", {"what": "all"})
    digest(work, MORNING)

    assert mailbox.mails == []


def test_watching_begins_and_ends_on_the_ideas_own_page(people, make_idea, browser) -> None:
    (reader,) = people("Reader")
    idea = make_idea(title="Lids")
    person = browser(reader)

    person.submit(f"/ideas/{idea.id}-lids", f"/ideas/{idea.id}/watch")
    assert queries.is_watching(reader, idea)
    person.submit(f"/ideas/{idea.id}-lids", f"/ideas/{idea.id}/unwatch")
    assert not queries.is_watching(reader, idea)
    assert f"/ideas/{idea.id}/watch" not in browser().get(f"/ideas/{idea.id}-lids").text
