"""Sends the mails that are owed: at least once, each try with the same Message-ID.

A mail is written when it is sent, from what is true then. The transaction is closed before
the mail server is spoken to, and each mail is marked as soon as the server has taken it, so
that what comes between repeats one mail at most. What the server refuses for good (5xx about
the person or the mail) fails at once, for the admin to see; everything else is tried again.
"""

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import update

from cocreate import clock
from cocreate.accounts.models import Member
from cocreate.deliveries import Claimed
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES, force_locale
from cocreate.notices import account_letters, news_letters, post
from cocreate.notices.letters import compose


def hear(claimed: Sequence[Claimed]) -> None:
    """Send the mail of each delivery, or drop it where there is nothing to tell any more.

    Raises the first failure after having tried them all; what went out stays marked.
    """
    mails = [(one.id, mail) for one in claimed if (mail := _mail(one)) is not None]
    db.session.commit()
    failures = []
    with post.opened() as send:
        for place, (delivery_id, mail) in enumerate(mails):
            try:
                send(mail)
            except (post.NotSent, post.Refused) as failure:
                failures.append(failure)
            else:
                _mark_sent(delivery_id, [one for one, _ in mails[place + 1 :]])
    if failures:
        raise failures[0]


def _mail(one: Claimed) -> EmailMessage | None:
    """The mail of a delivery as it reads now; None if there is nobody or nothing to tell."""
    event = one.event
    member = db.session.get(Member, one.member_id or event.member_id or 0)
    if member is None:
        return None
    language = member.language if member.language in LANGUAGES else post.settings().language
    with force_locale(language):
        if event.kind.startswith("member."):
            to = account_letters.recipient(event, member)
            letter = account_letters.letter(event, member) if to else None
        else:
            to = member.email if member.email_confirmed_at else None
            letter = news_letters.letter(event, member) if to else None
        if not to or letter is None:
            return None
        # Begins with a time, so that written mails lie in order; never changes between tries.
        name = f"{event.created_at:%Y%m%dT%H%M%S}.{event.id:09d}.{one.id}"
        return compose(letter, to, member, language, name)


def _mark_sent(delivery_id: int, waiting: Sequence[int]) -> None:
    """The mail has been taken. Those behind it get their time anew, or another worker
    might think them forgotten while a slow server keeps this one waiting."""
    now = clock.now()
    lease = timedelta(seconds=post.settings().lease)
    db.session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(done_at=now, due_at=None, error="")
        .execution_options(synchronize_session=False)
    )
    if waiting:
        db.session.execute(
            update(Delivery)
            .where(Delivery.id.in_(waiting), Delivery.due_at.is_not(None))
            .values(due_at=now + lease)
            .execution_options(synchronize_session=False)
        )
    db.session.commit()
