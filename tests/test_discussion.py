"""Comments: written, held, found, edited, removed, counted."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update

from cocreate import clock, site, text
from cocreate.accounts.models import Member
from cocreate.database import begin_as
from cocreate.discussion import actions, queries
from cocreate.discussion.models import Comment, CommentKind, CommentWording
from cocreate.errors import Closed, Invalid, NotAllowed, NotThere
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation import queries as rulings
from cocreate.moderation.models import Reason

Make = Callable[..., Any]

WORD = "Zvěrokruh"
LONG = "Because the shop is closed when people come home from work."


@pytest.fixture
def newcomer(make_member: Make) -> Member:
    return make_member(name="Nela Nová", approved_count=0)


@pytest.fixture
def moderator(make_member: Make) -> Member:
    return make_member(role="moderator")


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def counted(idea: Idea) -> int:
    """The idea's count, after proving that it agrees with the rows."""
    assert actions.recount() == 0
    db.session.refresh(idea)
    return idea.comment_count


# --- writing --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(CommentKind))
def test_a_comment_is_written_and_found_by_its_link(
    browser: Make, make_member: Make, make_idea: Make, events_of: Make, kind: CommentKind
) -> None:
    idea = make_idea()
    version = idea.version
    person = browser(make_member())

    answer = person.submit(
        f"/ideas/{idea.id}/comments", f"/ideas/{idea.id}/comments", body=LONG, kind=kind.value
    )

    [comment] = db.session.scalars(select(Comment))
    assert answer.status_code == 303
    assert answer.location == f"/ideas/{idea.id}-{text.slug(idea.title)}#comment-{comment.id}"
    assert (comment.kind, comment.body, comment.visibility) == (kind, LONG, Visibility.PUBLIC)
    assert counted(idea) == 1
    assert idea.version > version
    assert idea.talked_at == comment.created_at
    [told] = events_of("comment.written")
    assert (told.idea_id, told.comment_id, told.data) == (idea.id, comment.id, {"held": False})
    found = browser().get(f"/ideas/{idea.id}/comments/{comment.id}")
    assert (found.status_code, found.location) == (303, answer.location)


def test_the_house_rules_stand_beside_the_form(
    browser: Make, make_member: Make, make_idea: Make
) -> None:
    site.change(house_rules={"en": ["Be kind to one another."], "cs": ["Buďte na sebe hodní."]})
    page = browser(make_member()).get(f"/ideas/{make_idea().id}/comments")

    assert "Be kind to one another." in soup(page).select_one("form .house-rules").text


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"body": "", "kind": "question"}, "at least a few words"),
        ({"body": " \n\t ", "kind": "question"}, "at least a few words"),
        ({"body": "\x00\u202e", "kind": "addition"}, "at least a few words"),
        ({"body": "I do not like it.", "kind": "objection"}, "Say why you object, in at least 40"),
        ({"body": "x" * 20_001, "kind": "addition"}, "Shorten this to 20000"),
        ({"body": "Fine words.", "kind": "rant"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_taken_comes_back_as_typed(
    browser: Make, make_member: Make, make_idea: Make, typed: dict[str, str], complaint: str
) -> None:
    idea = make_idea(title="A bench in the shade")

    answer = browser(make_member()).post(f"/ideas/{idea.id}/comments", typed)

    assert answer.status_code == 422
    assert complaint in answer.text
    assert "A bench in the shade" in answer.text
    if typed["body"].isprintable():
        assert soup(answer).select_one("textarea[name=body]").text.strip() == typed["body"]
    chosen = soup(answer).select_one("input[name=kind][checked]")
    assert (chosen["value"] if chosen else "rant") == typed["kind"]
    assert counted(idea) == 0


def test_the_hint_says_that_an_objection_gives_its_reason(
    browser: Make, make_member: Make, make_idea: Make
) -> None:
    page = browser(make_member()).get(f"/ideas/{make_idea().id}/comments")

    assert "An objection gives its reason, in at least 40 characters." in page.text


def test_a_second_click_writes_nothing_new(
    browser: Make, make_member: Make, make_idea: Make
) -> None:
    idea, person = make_idea(), browser(make_member())

    first = person.post(f"/ideas/{idea.id}/comments", {"body": "Only once.", "kind": "addition"})
    second = person.post(
        f"/ideas/{idea.id}/comments", {"body": " Only once.\r\n", "kind": "addition"}
    )

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert counted(idea) == 1
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 1


def test_the_same_words_count_again_later_elsewhere_and_after_removal(
    make_member: Make, make_idea: Make
) -> None:
    author, idea = make_member(), make_idea()
    first = actions.write(author, idea, body="Me too.")
    actions.remove(author, first)
    again = actions.write(author, idea, body="Me too.")
    elsewhere = actions.write(author, make_idea(), body="Me too.")
    someone = actions.write(make_member(), idea, body="Me too.")
    with clock.at(clock.now() + timedelta(minutes=3)):
        later = actions.write(author, idea, body="Me too.")

    assert len({one.id for one in (first, again, elsewhere, someone, later)}) == 5
    assert counted(idea) == 3


def test_many_clicks_at_once_write_one_comment(
    app: Flask, make_member: Make, make_idea: Make
) -> None:
    member_id, idea_id = make_member().id, make_idea().id
    others = [make_member().id for _ in range(4)]
    db.session.commit()
    db.session.remove()
    people = [member_id] * 6 + others
    ready, failed = threading.Barrier(len(people)), []

    def click(who: int) -> None:
        with app.app_context():
            begin_as(reader=False)
            ready.wait()
            try:
                idea = db.session.get_one(Idea, idea_id)
                actions.write(db.session.get_one(Member, who), idea, body="At once.")
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - shown by the assertion
                failed.append(error)
            db.session.remove()

    threads = [threading.Thread(target=click, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert counted(db.session.get_one(Idea, idea_id)) == 5


@pytest.mark.parametrize(
    ("who", "visibility", "status"),
    [
        ("visitor", Visibility.PUBLIC, "sign in"),
        ("unconfirmed", Visibility.PUBLIC, 403),
        ("member", Visibility.PUBLIC, 303),
        ("member", Visibility.HELD, 404),
        ("member", Visibility.HIDDEN, 404),
        ("member", Visibility.WITHDRAWN, 404),
        ("member", Visibility.DRAFT, 404),
        ("author", Visibility.PUBLIC, 303),
        ("author", Visibility.HELD, 403),
        ("author", Visibility.HIDDEN, 403),
        ("author", Visibility.WITHDRAWN, 403),
        ("author", Visibility.DRAFT, 403),
        ("product", Visibility.HELD, 303),
        ("moderator", Visibility.HELD, 303),
        ("moderator", Visibility.HIDDEN, 403),
        ("moderator", Visibility.WITHDRAWN, 403),
        ("admin", Visibility.DRAFT, 404),
    ],
)
def test_who_may_comment_on_what(
    browser: Make,
    make_member: Make,
    make_idea: Make,
    who: str,
    visibility: Visibility,
    status: int | str,
) -> None:
    author = make_member()
    people = {
        "visitor": lambda: None,
        "unconfirmed": lambda: make_member(email_confirmed_at=None),
        "member": make_member,
        "author": lambda: author,
    }
    someone = people.get(who, lambda: make_member(role=who))()
    idea = make_idea(author, visibility=visibility)

    answer = browser(someone).post(f"/ideas/{idea.id}/comments", {"body": LONG})

    if status == "sign in":
        assert answer.location.startswith("/sign-in?next=")
    else:
        assert answer.status_code == status
    assert (counted(idea) == 1) == (status == 303)


def test_decided_ideas_are_still_talked_about(
    browser: Make, make_member: Make, make_idea: Make
) -> None:
    idea = make_idea(stage=Stage.SHIPPED)

    answer = browser(make_member()).post(f"/ideas/{idea.id}/comments", {"body": "Thank you."})

    assert answer.status_code == 303
    assert counted(idea) == 1


def test_too_many_at_once_keep_what_was_typed(
    browser: Make, make_member: Make, make_idea: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(actions.limits.OFTEN, "comment.written", (1, timedelta(hours=1)))
    idea, person = make_idea(), browser(make_member())
    person.post(f"/ideas/{idea.id}/comments", {"body": "One."})

    answer = person.post(f"/ideas/{idea.id}/comments", {"body": "Two of them."})

    assert answer.status_code == 429
    assert "Two of them." in soup(answer).select_one("textarea[name=body]").text
    assert counted(idea) == 1


@given(body=st.text(max_size=300))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_body_is_taken_whole_or_refused(make_member: Make, make_idea: Make, body: str) -> None:
    author, idea = make_member(), make_idea()
    if not text.clean(body):
        with pytest.raises(Invalid):
            actions.write(author, idea, body=body)
        return
    comment = actions.write(author, idea, body=body)
    db.session.commit()
    db.session.refresh(comment)
    assert comment.body == text.clean(body)
    [said] = queries.thread(idea, None).rows
    assert said.body == comment.body
    assert "<script" not in text.markdown(said.body)


@given(body=st.text(alphabet="<>&\"'`[]()*_!#\\ \n\r\tažx:/=\u202e\x00", max_size=200))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_typed_body_gets_an_answer(
    browser: Make, make_member: Make, make_idea: Make, body: str
) -> None:
    idea = make_idea()
    answer = browser(make_member()).post(f"/ideas/{idea.id}/comments", {"body": body})

    assert answer.status_code == (303 if text.clean(body) else 422)


# --- replies --------------------------------------------------------------------------------


def test_a_reply_to_a_reply_goes_under_the_comment_above(
    browser: Make, make_member: Make, make_idea: Make, make_comment: Make
) -> None:
    idea = make_idea()
    top = make_comment(idea)
    reply = make_comment(idea, parent=top)
    person = browser(make_member())

    page = person.get(f"/ideas/{idea.id}/comments?parent={reply.id}")
    assert reply.body in page.text
    person.submit(page, f"/ideas/{idea.id}/comments", body="Below the first.")

    newest = db.session.scalars(select(Comment).order_by(Comment.id.desc())).first()
    assert newest.parent_id == top.id
    [one] = queries.thread(idea, None).rows
    assert [said.body for said in one.replies] == [reply.body, "Below the first."]


@pytest.mark.parametrize("parent", ["0", "999999", "-1", "x", "٣", "9" * 40, "1.5"])
def test_words_survive_a_comment_that_is_gone(
    browser: Make, make_member: Make, make_idea: Make, parent: str
) -> None:
    idea, person = make_idea(), browser(make_member())

    answer = person.post(f"/ideas/{idea.id}/comments", {"body": "My words.", "parent": parent})

    assert answer.status_code == 409
    assert "not there any more" in answer.text
    assert soup(answer).select_one("textarea[name=body]").text.strip() == "My words."
    assert person.submit(answer, f"/ideas/{idea.id}/comments").status_code == 303
    assert counted(idea) == 1


def test_no_reply_to_what_is_elsewhere_or_not_public(
    make_member: Make, make_idea: Make, make_comment: Make, newcomer: Member, moderator: Member
) -> None:
    idea = make_idea()
    elsewhere = make_comment(make_idea())
    held = actions.write(newcomer, idea, body="Still held.")

    with pytest.raises(NotThere):
        actions.write(make_member(), idea, body="Hm.", parent=elsewhere)
    with pytest.raises(NotThere):
        actions.write(make_member(), idea, body="Hm.", parent=held)
    with pytest.raises(Closed):
        actions.write(moderator, idea, body="Hm.", parent=held)


# --- held, hidden, removed: who reads what --------------------------------------------------


def bodies(idea: Idea, actor: Member | None) -> list[str]:
    return [one.body for top in queries.thread(idea, actor).rows for one in (top, *top.replies)]


def test_a_new_members_comment_is_held_and_says_so(
    browser: Make, make_idea: Make, make_member: Make, newcomer: Member, moderator: Member
) -> None:
    idea, person = make_idea(), browser(newcomer)

    answer = person.submit(
        f"/ideas/{idea.id}/comments", f"/ideas/{idea.id}/comments", body=f"{WORD} it is."
    )

    [comment] = db.session.scalars(select(Comment))
    assert comment.visibility == Visibility.HELD
    assert counted(idea) == 0
    assert "A moderator reads the first comments" in person.get("/moderation/log").text
    assert bodies(idea, newcomer) == bodies(idea, moderator) == [f"{WORD} it is."]
    link = f"/ideas/{idea.id}/comments/{comment.id}"
    assert person.get(link).location == answer.location
    for other in (None, make_member(), make_member(role="product")):
        assert bodies(idea, other) == []
        assert browser(other).get(link).status_code == 404
        assert browser(other).get(f"/comments/{comment.id}/history").status_code == 404
        assert WORD not in browser(other).get("/moderation/log").text


def test_the_ideas_page_shows_the_discussion_to_each_as_they_may(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make, newcomer: Member
) -> None:
    idea = make_idea()
    top = make_comment(idea, body="A public comment.", kind="question")
    reply = make_comment(idea, parent=top, body="A public reply.")
    held = actions.write(newcomer, idea, body=f"{WORD} is held.")
    db.session.commit()
    path = f"/ideas/{idea.id}-{text.slug(idea.title)}"

    visitor, author, reader = (
        browser(one).get(path) for one in (None, newcomer, make_member(role="moderator"))
    )

    for page in (visitor, author, reader):
        assert page.status_code == 200
        assert soup(page).select_one(f".thread > li > #comment-{top.id}")
        assert soup(page).select_one(f".replies #comment-{reply.id}")
    assert WORD not in visitor.text
    assert "Sign in to say something" in visitor.text
    assert "Only you and the moderators see this" in author.text
    assert f'href="/comments/{held.id}/edit"' in author.text
    assert f'href="/comments/{top.id}/edit"' not in author.text
    assert f"/moderation/comments/{held.id}" in reader.text
    assert f"/moderation/comments/{held.id}" not in author.text
    # The form on this page works without any script.
    answer = browser(make_member()).submit(path, f"/ideas/{idea.id}/comments", body="And mine.")
    target, anchor = answer.location.split("#")
    assert soup(browser().get(target)).find(id=anchor)


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.WITHDRAWN])
def test_what_is_not_public_appears_on_no_page_of_others(
    browser: Make,
    make_idea: Make,
    make_comment: Make,
    make_member: Make,
    visibility: Visibility,
) -> None:
    author = make_member(name="Olga Otevřená")
    idea = make_idea()
    top = make_comment(idea, author, body=f"{WORD} mezzanine at the top", visibility=visibility)
    public = make_comment(idea)
    reply = make_comment(
        idea, author, body=f"{WORD} mezzanine below", parent=public, visibility=visibility
    )
    actions.recount()
    paths = [
        f"/ideas/{idea.id}-{text.slug(idea.title)}",
        f"/ideas/{idea.id}/comments/{public.id}?replies=",
        "/moderation/log",
        "/members/Olga%20Otev%C5%99en%C3%A1",
        "/ideas",
        "/ideas?sort=talked",
        "/",
        "/search?q=mezzanine",
        "/feeds/ideas.atom",
    ]
    gone = [
        f"/ideas/{idea.id}/comments/{top.id}",
        f"/ideas/{idea.id}/comments/{top.id}?replies=",
        f"/ideas/{idea.id}/comments/{reply.id}",
        f"/comments/{top.id}/history",
    ]
    for other in (None, make_member(), make_member(role="product")):
        person = browser(other)
        for path in paths:
            page = person.get(path)
            assert WORD not in page.text, path
        for path in gone:
            assert person.get(path).status_code == 404, path
        if other:
            for path in (f"/comments/{top.id}/edit", f"/comments/{top.id}/remove"):
                assert person.get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("visibility", "words"),
    [
        (Visibility.HIDDEN, "Hidden by a moderator: Advertising"),
        (Visibility.WITHDRAWN, "Removed by its author"),
    ],
)
def test_a_place_is_kept_where_others_replied(
    browser: Make,
    make_idea: Make,
    make_comment: Make,
    make_member: Make,
    moderator: Member,
    visibility: Visibility,
    words: str,
) -> None:
    author = make_member(name="Gita Zmizelá")
    idea = make_idea()
    alone = make_comment(idea, author, body=f"{WORD} alone")
    top = make_comment(idea, author, body=f"{WORD} with replies")
    reply = make_comment(idea, parent=top, body="A reply that stays.")
    for comment in (alone, top):
        if visibility == Visibility.HIDDEN:
            moderation.hide(moderator, comment, Reason.SPAM, "It advertises something.")
        else:
            actions.remove(author, comment)
    db.session.commit()

    [place] = queries.thread(idea, None).rows

    assert (place.id, place.body, place.author, place.author_id) == (top.id, "", "", 0)
    assert [one.id for one in place.replies] == [reply.id]
    page = browser().get(f"/ideas/{idea.id}/comments/{top.id}?replies=")
    assert words in page.text
    assert "A reply that stays." in page.text
    assert WORD not in page.text
    assert "Gita" not in page.text
    # Its own link leads nowhere, since there is nothing to read.
    assert browser().get(f"/ideas/{idea.id}/comments/{top.id}").status_code == 404
    assert counted(idea) == 1
    # Without replies nothing is left of it, for the author of a removed one neither.
    actions.remove(db.session.get_one(Member, reply.author_id), reply)
    assert queries.thread(idea, None).rows == []
    if visibility == Visibility.WITHDRAWN:
        assert queries.thread(idea, author).rows == []
        assert queries.thread(idea, moderator).rows == []


def test_why_it_was_hidden_is_read_once_for_the_page(
    make_idea: Make, make_comment: Make, moderator: Member
) -> None:
    idea = make_idea()
    top = make_comment(idea)
    make_comment(idea, parent=top)
    moderation.hide(moderator, top, Reason.SPAM, "It advertises something.")
    moderation.approve(moderator, top)
    moderation.hide(moderator, top, Reason.ABUSIVE, "It insults somebody.")

    assert rulings.reasons(queries.thread(idea, None).rows) == {top.id: Reason.ABUSIVE}


# --- the thread, page by page ---------------------------------------------------------------


def test_the_thread_is_walked_page_by_page_the_oldest_first(
    browser: Make, make_idea: Make, make_member: Make, app: Flask
) -> None:
    idea, author = make_idea(), make_member()
    now = clock.now()
    tops = fill(idea, author, now, 47)
    # Imports bring old comments late: the time decides, not the id.
    old = Comment(
        idea_id=idea.id,
        author_id=author.id,
        kind=CommentKind.ADDITION,
        body="The oldest.",
        visibility=Visibility.PUBLIC,
        created_at=now - timedelta(days=9),
    )
    db.session.add(old)
    db.session.commit()
    actions.recount()

    cursor, seen, pages = None, [], 0
    while True:
        page = queries.thread(idea, None, cursor)
        seen += [one.id for one in page.rows]
        pages += 1
        if not (cursor := page.next):
            break

    assert seen == [old.id, *tops]
    assert pages == 3
    assert [one.id for one in queries.thread(idea, None, "nonsense").rows] == seen[:20]
    # Each comment's link leads to the page on which it stands.
    for number in (0, 19, 20, 39, 40, 47):
        link = browser().get(f"/ideas/{idea.id}/comments/{seen[number]}").location
        found = re.search(r"comments=([^#&]+)", link)
        shown = queries.thread(idea, None, found[1] if found else None)
        assert [one.id for one in shown.rows] == seen[number // 20 * 20 :][:20]
        assert link.endswith(f"#comment-{seen[number]}")


def fill(
    idea: Idea, author: Member, start: Any, number: int, parent: int | None = None
) -> list[int]:
    """So many public comments, one a second; their ids."""
    rows = [
        Comment(
            idea_id=idea.id,
            parent_id=parent,
            author_id=author.id,
            kind=CommentKind.ADDITION,
            body=f"Number {one}.",
            visibility=Visibility.PUBLIC,
            created_at=start + timedelta(seconds=one),
        )
        for one in range(number)
    ]
    db.session.add_all(rows)
    db.session.commit()
    return [one.id for one in rows]


def test_many_replies_have_pages_of_their_own(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make
) -> None:
    idea, author = make_idea(), make_member()
    top = make_comment(idea)
    other = make_comment(idea)
    ids = fill(idea, author, clock.now(), 120, top.id)
    fill(idea, author, clock.now(), 3, other.id)
    actions.recount()

    first, second = queries.thread(idea, None).rows
    person = browser()
    path = f"/ideas/{idea.id}/comments/{top.id}?replies={first.more_replies}"
    seen = [one.id for one in first.replies]
    while path:
        page = person.get(path)
        assert page.status_code == 200
        seen += [int(one["id"][8:]) for one in soup(page).select(".replies .comment")]
        more = soup(page).select_one(".more a")
        path = str(more["href"]) if more else ""

    assert len(first.replies) == 50
    assert seen == ids
    assert (len(second.replies), second.more_replies) == (3, None)
    # The link of a later reply leads to the page of replies on which it stands.
    for number in (0, 49, 50, 99, 100, 119):
        link = person.get(f"/ideas/{idea.id}/comments/{ids[number]}").location
        assert link.endswith(f"#comment-{ids[number]}")
        if number < 50:
            assert "replies=" not in link
        else:
            shown = soup(person.get(link.split("#")[0]))
            assert shown.select_one(f"#comment-{ids[number]}") is not None


def test_the_thread_takes_two_statements_however_long(
    make_idea: Make, make_member: Make, make_comment: Make, newcomer: Member
) -> None:
    idea, author = make_idea(), make_member()
    make_comment(idea)

    def statements() -> int:
        assert idea.id
        assert newcomer.id
        seen: list[str] = []

        def note(_c: Any, _u: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            for one in queries.thread(idea, newcomer).rows:
                assert one.author
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    site.load()
    few = statements()
    for top in fill(idea, author, clock.now(), 25):
        fill(idea, author, clock.now(), 4, top)

    assert few == statements() == 2


# --- editing --------------------------------------------------------------------------------


def test_an_edit_keeps_how_it_read(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make, events_of: Make
) -> None:
    author = make_member()
    comment = make_comment(make_idea(), author, body="The shop closes at six.")
    person = browser(author)

    answer = person.submit(
        f"/comments/{comment.id}/edit",
        f"/comments/{comment.id}/edit",
        body="The shop closes at eight.",
    )

    assert answer.status_code == 303
    assert answer.location.endswith(f"#comment-{comment.id}")
    assert (comment.body, comment.wording) == ("The shop closes at eight.", 2)
    assert comment.edited_at is not None
    assert len(events_of("comment.edited")) == 1
    history = soup(browser().get(f"/comments/{comment.id}/history"))
    assert "six." in history.select_one("del").text
    assert "eight." in history.select_one("ins").text
    assert "The shop closes at six." in history.text


def test_the_same_words_are_no_edit(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make
) -> None:
    author = make_member()
    comment = make_comment(make_idea(), author, body="As it is.")

    browser(author).submit(f"/comments/{comment.id}/edit", f"/comments/{comment.id}/edit")

    assert (comment.wording, comment.edited_at) == (1, None)


def test_an_edit_from_an_older_page_overwrites_nothing_unseen(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make
) -> None:
    author = make_member()
    comment = make_comment(make_idea(), author, body="First.")
    person, path = browser(author), f"/comments/{comment.id}/edit"
    old_page = person.get(path)
    person.submit(path, path, body="From the other tab.")

    answer = person.submit(old_page, path, body="From this tab.")

    assert answer.status_code == 422
    assert "edited meanwhile" in answer.text
    assert "From the other tab." in answer.text
    assert soup(answer).select_one("textarea[name=body]").text.strip() == "From this tab."
    assert comment.body == "From the other tab."
    # Having seen it, saving again is meant.
    assert person.submit(answer, path).status_code == 303
    assert (comment.body, comment.wording) == ("From this tab.", 3)
    assert db.session.scalar(select(func.count()).select_from(CommentWording)) == 2


@pytest.mark.parametrize("wording", ["", "0", "x", "-1", "9" * 30, "٣"])
def test_an_edit_with_a_broken_number_is_refused_kindly(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make, wording: str
) -> None:
    author = make_member()
    comment = make_comment(make_idea(), author, body="First.")

    answer = browser(author).post(
        f"/comments/{comment.id}/edit", {"body": "Second.", "wording": wording}
    )

    assert answer.status_code == 422
    assert "Second." in answer.text
    assert comment.body == "First."


def test_the_time_for_edits_ends(browser: Make, make_idea: Make, make_member: Make) -> None:
    author = make_member()
    with clock.at(clock.now() - timedelta(minutes=31)):
        comment = actions.write(author, make_idea(), body="Half an hour ago.")
    db.session.commit()
    person, path = browser(author), f"/comments/{comment.id}/edit"

    assert person.get(path).status_code == 409
    answer = person.post(path, {"body": "Too late words.", "wording": "1"})

    assert answer.status_code == 409
    assert "30 minutes" in answer.text
    assert "Too late words." in answer.text
    assert comment.body == "Half an hour ago."


def test_what_a_moderator_read_is_what_everyone_reads(
    make_idea: Make, newcomer: Member, moderator: Member
) -> None:
    comment = actions.write(newcomer, make_idea(), body="A kind word.")
    actions.edit(newcomer, comment, body="A kinder word.", wording=1)
    moderation.approve(moderator, comment)
    db.session.commit()

    with pytest.raises(Closed, match="let this comment in as it stands"):
        actions.edit(newcomer, comment, body="Buy my watches.", wording=2)
    db.session.execute(update(Member).values(approved_count=5))
    db.session.expire_all()
    actions.edit(newcomer, comment, body="A word among friends.", wording=2)


def test_an_objection_stays_one_that_gives_its_reason(make_idea: Make, make_member: Make) -> None:
    author = make_member()
    comment = actions.write(author, make_idea(), body=LONG, kind=CommentKind.OBJECTION)

    with pytest.raises(Invalid):
        actions.edit(author, comment, body="No.", wording=1)


@pytest.mark.parametrize("who", ["visitor", "member", "moderator", "admin"])
@pytest.mark.parametrize("verb", ["edit", "remove"])
def test_nobody_touches_the_words_of_another(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make, who: str, verb: str
) -> None:
    comment = make_comment(make_idea(), body="Mine.")
    person = browser(make_member(role=who) if who != "visitor" else None)

    for answer in (
        person.get(f"/comments/{comment.id}/{verb}"),
        person.post(f"/comments/{comment.id}/{verb}", {"body": "Yours.", "wording": "1"}),
    ):
        assert answer.status_code == (303 if who == "visitor" else 403)
    assert (comment.body, comment.visibility) == ("Mine.", Visibility.PUBLIC)


def test_a_long_history_is_read_page_by_page(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make
) -> None:
    author = make_member()
    comment = make_comment(make_idea(), author, body="Wording 1 of it.")
    for number in range(1, 25):
        actions.edit(author, comment, body=f"Wording {number + 1} of it.", wording=number)
    db.session.commit()

    path, seen = f"/comments/{comment.id}/history", []
    while path:
        page = soup(browser().get(path))
        seen += [int(head.text.split()[-1]) for head in page.select(".card-head h2")]
        for card in page.select(".card"):
            number = int(card.h2.text.split()[-1])
            assert f"{number}" in (card.ins or card).text
            assert (card.select_one("del") is None) == (number == 1)
        more = page.select_one(".more a")
        path = str(more["href"]) if more else ""

    assert seen == list(range(25, 0, -1))
    for odd in ("0", "-5", "x", "9" * 30, ""):
        answer = browser().get(f"/comments/{comment.id}/history?before={odd}")
        assert answer.status_code == 200


# --- removing -------------------------------------------------------------------------------


def test_removing_ones_own_comment(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make, events_of: Make
) -> None:
    author, idea = make_member(), make_idea()
    comment = make_comment(idea, author, body=f"{WORD} was here.")
    person, path = browser(author), f"/comments/{comment.id}/remove"

    page = person.get(path)
    assert WORD in page.text
    first, second = person.submit(page, path), person.submit(page, path)

    assert (first.status_code, second.status_code) == (303, 303)
    assert comment.visibility == Visibility.WITHDRAWN
    assert counted(idea) == 0
    assert idea.talked_at == idea.published_at
    assert len(events_of("comment.removed")) == 1
    assert person.get(f"/ideas/{idea.id}/comments/{comment.id}").status_code == 404
    assert person.get(f"/comments/{comment.id}/history").status_code == 404


def test_removing_what_was_held_counts_nothing(make_idea: Make, newcomer: Member) -> None:
    idea = make_idea()
    comment = actions.write(newcomer, idea, body="Held so far.")
    actions.remove(newcomer, comment)

    assert counted(idea) == 0


def test_what_a_moderator_hid_stays_on_record(
    make_idea: Make, make_member: Make, make_comment: Make, moderator: Member
) -> None:
    author = make_member()
    comment = make_comment(make_idea(), author)
    moderation.hide(moderator, comment, Reason.ABUSIVE, "It insults somebody.")

    with pytest.raises(Closed):
        actions.remove(author, comment)
    with pytest.raises(Closed):
        actions.edit(author, comment, body="Something else.", wording=1)


def test_comments_of_a_hidden_idea_are_out_of_reach(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make
) -> None:
    author, idea = make_member(), make_idea()
    comment = make_comment(idea, author)
    idea.visibility = Visibility.HIDDEN
    db.session.commit()
    person = browser(author)

    for path in (
        f"/ideas/{idea.id}/comments/{comment.id}",
        f"/comments/{comment.id}/history",
        f"/comments/{comment.id}/edit",
        f"/comments/{comment.id}/remove",
    ):
        assert person.get(path).status_code == 404


# --- counting -------------------------------------------------------------------------------


def test_a_wrong_count_is_found_and_mended(make_idea: Make, make_comment: Make) -> None:
    idea, other = make_idea(), make_idea()
    last = make_comment(idea)
    make_comment(other)
    db.session.execute(
        update(Idea).where(Idea.id == idea.id).values(comment_count=7, talked_at=None)
    )
    version = db.session.scalar(select(Idea.version).where(Idea.id == idea.id))

    assert actions.recount() == 1
    db.session.expire_all()
    assert (idea.comment_count, idea.talked_at) == (1, last.created_at)
    assert idea.version > version
    assert actions.recount() == 0


def test_the_verbs_ask_who_it_is(make_idea: Make, make_member: Make, make_comment: Make) -> None:
    comment = make_comment(make_idea())
    stranger = make_member()

    with pytest.raises(NotAllowed):
        actions.edit(stranger, comment, body="Other words.", wording=1)
    with pytest.raises(NotAllowed):
        actions.remove(stranger, comment)
