"""Watching, reading notices, stopping mails, and the daily digest."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, update

from cocreate import clock, events, permits
from cocreate.accounts.models import MailChoice, Member
from cocreate.database import changed
from cocreate.dialects import insert_or_ignore
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.notices.models import Because, Notice, Watch

# The hour of the reader's own day from which on the daily mail may go out.
DIGEST_HOUR = 8
# Members whose digest one call puts together; the next call goes on.
DIGESTS_AT_ONCE = 100


def watch(member: Member, idea: Idea, because: Because = Because.ASKED) -> None:
    """Let the member hear what becomes of the idea, also after having stopped.

    Watching twice changes nothing. Raises NotAllowed for who has no confirmed
    address, NotThere for an idea that the member may not see.
    """
    permits.require(member, "idea.watch", idea)
    _write_watch(member, idea, because, None)


def stop_watching(member: Member, idea: Idea) -> None:
    """Tell the member no more about the idea, whatever they do there later.

    Needs no permit: it only ever makes the portal quieter. Mails that wait to be
    sent are dropped.
    """
    _write_watch(member, idea, Because.ASKED, clock.now())


def _write_watch(member: Member, idea: Idea, because: Because, stopped_at: datetime | None) -> None:
    row = {
        "member_id": member.id,
        "idea_id": idea.id,
        "because": because,
        "created_at": clock.now(),
        "stopped_at": stopped_at,
    }
    if insert_or_ignore(Watch, [row]):
        return
    # Who asks to hear wants it for that reason from now on; who stops keeps the old one.
    again = {"because": because} if stopped_at is None else {}
    db.session.execute(
        update(Watch)
        .where(Watch.member_id == member.id, Watch.idea_id == idea.id)
        .values(stopped_at=stopped_at, **again)
        .execution_options(synchronize_session=False)
    )


def mark_read(
    member: Member,
    notice: Notice | None = None,
    *,
    up_to: int | None = None,
    at: datetime | None = None,
) -> int:
    """Mark one notice as read, or all of the member's (up to the id `up_to`). Returns how many.

    `at` is the moment that stands for it, now by default; `mark_unread` finds them by
    it. What has been read on the page is not told again in the daily mail.
    """
    marked = update(Notice).where(Notice.member_id == member.id, Notice.read_at.is_(None))
    if notice is not None:
        marked = marked.where(Notice.id == notice.id)
    if up_to is not None:
        marked = marked.where(Notice.id <= up_to)
    return changed(
        db.session.execute(
            marked.values(read_at=at or clock.now(), is_for_digest=False).execution_options(
                synchronize_session=False
            )
        )
    )


def mark_unread(member: Member, at: datetime) -> int:
    """Undo `mark_read` of that very moment for the member's notices. Returns how many there are.

    A daily mail does not tell of them again: they have been seen on the page.
    """
    marked = update(Notice).where(Notice.member_id == member.id, Notice.read_at == at)
    return changed(
        db.session.execute(marked.values(read_at=None).execution_options(synchronize_session=False))
    )


def stop_mails(member: Member) -> None:
    """Send the member no notices by mail any more; the page keeps them."""
    member.mail_choice = MailChoice.NEVER
    db.session.execute(
        update(Notice)
        .where(Notice.member_id == member.id, Notice.is_for_digest)
        .values(is_for_digest=False)
        .execution_options(synchronize_session=False)
    )


def make_digests(now: datetime | None = None) -> bool:
    """Put together the daily mail of everyone whose morning has come; whether there are more.

    It goes out from DIGEST_HOUR on by the reader's own clock, once that day, and only if
    there is something they have not read: everything for whoever wants one mail a day, and
    what was found for their saved searches for whoever hears of the rest at once. One
    call serves up to DIGESTS_AT_ONCE members.
    """
    now = now or clock.now()
    members = db.session.scalars(
        select(Member)
        .where(
            Member.mail_choice != MailChoice.NEVER,
            Member.closed_at.is_(None),
            Member.email_confirmed_at.is_not(None),
            Member.id.in_(_waiting()),
            _not_yet_today(now),
        )
        .order_by(Member.id)
        .limit(DIGESTS_AT_ONCE)
        # Another worker that is at it already does these members.
        .with_for_update(skip_locked=True)
    ).all()
    for member in members:
        event_id = events.record("digest.due", None, member=member)
        db.session.execute(
            update(Notice)
            .where(Notice.member_id == member.id, Notice.is_for_digest)
            .values(is_for_digest=False, digest_id=event_id)
            .execution_options(synchronize_session=False)
        )
        events.owe(event_id, "mail", [member.id])
        member.digested_at = now
    db.session.flush()
    return len(members) == DIGESTS_AT_ONCE


def _waiting() -> Select[int]:
    """The ids of members for whom something waits; few of all, and found by an index."""
    return select(Notice.member_id).where(Notice.is_for_digest)


def _not_yet_today(now: datetime) -> ColumnElement[bool]:
    """Members in whose zone it is past DIGEST_HOUR and who had no digest since midnight."""
    zones = db.session.scalars(
        select(Member.timezone)
        .where(Member.mail_choice != MailChoice.NEVER, Member.id.in_(_waiting()))
        .distinct()
    )
    due = []
    for zone in zones:
        local = now.astimezone(_zone(zone))
        if local.hour >= DIGEST_HOUR:
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
            due.append(
                and_(
                    Member.timezone == zone,
                    or_(Member.digested_at.is_(None), Member.digested_at < midnight),
                )
            )
    return or_(false(), *due)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
