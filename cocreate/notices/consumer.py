"""Turns what happened into watches and notices. May be told everything twice, in any order.

Whoever takes part in an idea watches it. Who is told of what:

- something waits for a moderator: the moderators;
- it was let in or hidden: its author;
- a public comment on a public idea: the watchers; supporters on the page alone, since a
  lively discussion would fill the post of people who asked for the thing, not the talk;
- an answer or a move: every watcher, at once by mail if they wish.

The state of the idea and of the comment is read now, not as it was when the event was
written: what is not public any more is told to nobody but staff and its author.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, literal, select, true, update
from sqlalchemy.orm import InstrumentedAttribute

from cocreate import clock
from cocreate.accounts.models import MailChoice, Member, Role
from cocreate.deliveries import Claimed
from cocreate.dialects import insert_or_ignore, insert_selected
from cocreate.discussion.models import Comment
from cocreate.events import Delivery, Event
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.notices.models import Because, Notice, Watch
from cocreate.votes.models import Vote

# An organisation with more moderators than this has other ways to share out the work.
MOST_MODERATORS = 200


def hear(claimed: Sequence[Claimed]) -> None:
    """Write the watches and notices that follow from these events, and owe their mails."""
    heard = [one.event for one in claimed]
    ideas = {
        one.id: one
        for one in db.session.scalars(
            select(Idea).where(Idea.id.in_({event.idea_id for event in heard}))
        )
    }
    comments = {
        one.id: one
        for one in db.session.scalars(
            select(Comment).where(Comment.id.in_({event.comment_id for event in heard}))
        )
    }
    for event in heard:
        idea = ideas.get(event.idea_id or 0)
        if idea is not None:
            _HEAR[event.kind](event, idea, comments.get(event.comment_id or 0))


def _submitted(event: Event, idea: Idea, _comment: Comment | None) -> None:
    _watch_author(idea)
    if idea.visibility == Visibility.HELD:
        _tell(event, _moderators())


def _voted(event: Event, idea: Idea, _comment: Comment | None) -> None:
    _watch_voters(idea, Vote.member_id == event.actor_id)


def _commented(event: Event, idea: Idea, comment: Comment | None) -> None:
    if comment is None or comment.visibility == Visibility.WITHDRAWN:
        return
    _watch_commenters(idea, Comment.id == comment.id)
    if comment.visibility == Visibility.HELD:
        _tell(event, _moderators())
    elif comment.is_public and not event.data.get("held"):
        # One that was held and let in since is told of when its approval is heard.
        _tell_of_comment(event, idea, comment)


def _approved(event: Event, idea: Idea, _comment: Comment | None) -> None:
    _settle(event, "idea.submitted")
    if idea.is_public:
        _tell(event, Member.id == idea.author_id)


def _hidden(event: Event, idea: Idea, _comment: Comment | None) -> None:
    _settle(event, "idea.submitted")
    if idea.visibility == Visibility.HIDDEN:
        _tell(event, Member.id == idea.author_id)


def _comment_approved(event: Event, idea: Idea, comment: Comment | None) -> None:
    _settle(event, "comment.written")
    if comment is not None and comment.is_public:
        _tell(event, Member.id == comment.author_id)
        if event.data.get("first", True):
            _tell_of_comment(event, idea, comment)


def _comment_hidden(event: Event, _idea: Idea, comment: Comment | None) -> None:
    _settle(event, "comment.written")
    if comment is not None and comment.visibility == Visibility.HIDDEN:
        _tell(event, Member.id == comment.author_id)


def _answered(event: Event, idea: Idea, _comment: Comment | None) -> None:
    if not idea.is_public:
        return
    # Events come in no promised order: who supported a moment before the answer must hear
    # it even if the vote's own event is still under way.
    _watch_author(idea)
    _watch_voters(idea)
    _watch_commenters(idea, Comment.visibility == Visibility.PUBLIC)
    _tell(event, Member.id.in_(_watchers(idea)))


_HEAR: dict[str, Callable[[Event, Idea, Comment | None], None]] = {
    "idea.submitted": _submitted,
    "idea.approved": _approved,
    "idea.hidden": _hidden,
    "vote.cast": _voted,
    "comment.written": _commented,
    "comment.approved": _comment_approved,
    "comment.hidden": _comment_hidden,
    "idea.answered": _answered,
}


# --- who watches: whole groups by one statement each -------------------------------------------


def _watch_author(idea: Idea) -> None:
    row = {"member_id": idea.author_id, "idea_id": idea.id, "because": Because.PROPOSED}
    insert_or_ignore(Watch, [{**row, "created_at": clock.now()}])


def _watch_voters(idea: Idea, which: ColumnElement[bool] | None = None) -> None:
    """Let those who support the idea now watch it; only `which` of the votes if given."""
    voters = Vote.idea_id == idea.id
    _watch(idea, Vote.member_id, Because.SUPPORTED, voters if which is None else voters & which)


def _watch_commenters(idea: Idea, which: ColumnElement[bool]) -> None:
    _watch(idea, Comment.author_id, Because.COMMENTED, (Comment.idea_id == idea.id) & which)


def _watch(
    idea: Idea,
    member_id: InstrumentedAttribute[int],
    because: Because,
    which: ColumnElement[bool],
) -> None:
    """Whoever watches already, or has stopped, stays as they are."""
    word = Watch.because.type
    reason = case(
        (member_id == idea.author_id, literal(Because.PROPOSED, word)),
        else_=literal(because, word),
    )
    rows = select(
        member_id, literal(idea.id), reason, literal(clock.now(), Watch.created_at.type)
    ).where(which)
    insert_selected(Watch, ["member_id", "idea_id", "because", "created_at"], rows.distinct())


def _watchers(idea: Idea, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The ids of those who want to hear of the idea."""
    return select(Watch.member_id).where(
        Watch.idea_id == idea.id, Watch.stopped_at.is_(None), *conditions
    )


# --- who is told ------------------------------------------------------------------------------


def _moderators() -> ColumnElement[bool]:
    return Member.id.in_(
        select(Member.id)
        .where(Member.role.in_((Role.MODERATOR, Role.ADMIN)), Member.closed_at.is_(None))
        .order_by(Member.id)
        .limit(MOST_MODERATORS)
    )


def _tell_of_comment(event: Event, idea: Idea, comment: Comment) -> None:
    others = Member.id != comment.author_id
    if idea.is_public:
        talkers = Member.id.in_(_watchers(idea, Watch.because != Because.SUPPORTED))
        _tell(event, Member.id.in_(_watchers(idea)) & others, talkers)
    elif idea.visibility == Visibility.HELD:
        # The staff asks the author something before letting the idea in.
        _tell(event, (Member.id == idea.author_id) & others)


def _tell(
    event: Event, whom: ColumnElement[bool], by_mail: ColumnElement[bool] | None = None
) -> None:
    """Write a notice for each member of `whom` but the actor, once however often told.

    Those among `by_mail` (all, if not given) get it by mail as well, at once or with the
    next digest as they choose. The number of statements does not depend on how many they are.
    """
    by_mail = true() if by_mail is None else by_mail
    now = literal(clock.now(), Notice.created_at.type)
    told = [
        literal(event.id),
        Member.id,
        literal(event.kind),
        literal(event.idea_id, Notice.idea_id.type),
        literal(event.comment_id, Notice.comment_id.type),
        now,
        and_(Member.mail_choice == MailChoice.DAILY, by_mail),
    ]
    can_read = and_(Member.closed_at.is_(None), Member.is_placeholder.is_(False))
    rows = select(*told).where(whom, can_read)
    if event.actor_id is not None:
        rows = rows.where(Member.id != event.actor_id)
    columns = "event_id member_id kind idea_id comment_id created_at is_for_digest".split()
    insert_selected(Notice, columns, rows)
    due = literal(clock.now(), Delivery.due_at.type)
    owed: list[Any] = [literal(event.id), literal("mail"), Notice.member_id, due]
    mailed = (
        select(*owed, literal(0), literal(""))
        .join(Member, Member.id == Notice.member_id)
        .where(
            Notice.event_id == event.id,
            Member.mail_choice == MailChoice.AT_ONCE,
            Member.email_confirmed_at.is_not(None),
            whom,
            by_mail,
        )
    )
    # One statement for however many: `events.owe` takes ids one by one.
    insert_selected(Delivery, "event_id consumer member_id due_at tries error".split(), mailed)


def _settle(event: Event, kind: str) -> None:
    """What moderators were asked to read has been decided: it need not be read any more."""
    asked = select(Event.id).where(
        Event.idea_id == event.idea_id,
        Event.kind == kind,
        Event.comment_id.is_not_distinct_from(event.comment_id),
    )
    db.session.execute(
        update(Notice)
        .where(Notice.event_id.in_(asked), Notice.read_at.is_(None))
        .values(read_at=clock.now(), is_for_digest=False)
        .execution_options(synchronize_session=False)
    )
