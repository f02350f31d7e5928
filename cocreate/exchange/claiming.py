"""Authors who came with an import make their words their own, by a confirmed address."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from cocreate import clock, events, permits
from cocreate.accounts import leaving, names
from cocreate.accounts.models import Member, email_key
from cocreate.dialects import insert_or_ignore
from cocreate.discussion.models import Comment
from cocreate.errors import NotThere
from cocreate.exchange.models import Origin
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Wording
from cocreate.notices.models import Because, Watch


def claim(member: Member, placeholder: Member) -> bool:
    """Let what came under the placeholder's name be the member's; whether that is new.

    Ideas, comments and whatever the same author brings later change hands, the
    member hears from now on what becomes of them, and the placeholder is closed,
    which frees its name. Claiming twice changes nothing. Raises NotAllowed without a
    confirmed address, and NotThere unless it is the one the words came with.
    """
    permits.require(member, "exchange.claim")
    if not _is_open_to(member, placeholder):
        return False
    ideas = _handed_over(Idea.author_id, Idea.id, placeholder, member)
    _handed_over(Wording.editor_id, Wording.idea_id, placeholder, member)
    commented = _handed_over(Comment.author_id, Comment.idea_id, placeholder, member)
    _handed_over(Origin.member_id, Origin.member_id, placeholder, member)
    # Cards show the author's name.
    for some in _pieces(ideas):
        db.session.execute(
            update(Idea)
            .where(Idea.id.in_(some))
            .values(version=Idea.version + 1)
            .execution_options(synchronize_session=False)
        )
    _watch(member, ideas, Because.PROPOSED)
    _watch(member, commented, Because.COMMENTED)
    events.record_many("idea.claimed", sorted({*ideas, *commented}), member)
    _close(placeholder)
    return True


def refuse(member: Member, placeholder: Member) -> None:
    """These words are not the member's, whatever address they came with.

    Nobody can claim them by it any more, until an admin gives them another.
    Raises like `claim`.
    """
    permits.require(member, "exchange.claim")
    if _is_open_to(member, placeholder):
        placeholder.claim_key = None


def set_address(actor: Member, placeholder: Member, email: str) -> None:
    """Say by which address the placeholder's words can be claimed; "" for by none.

    Raises NotAllowed for anyone but an admin, NotThere for who is no placeholder,
    and Invalid("email").
    """
    permits.require(actor, "exchange.import")
    if not placeholder.is_placeholder:
        raise NotThere()
    email = email.strip()
    placeholder.claim_key = email_key(names.address(email)) if email else None


def _is_open_to(member: Member, placeholder: Member) -> bool:
    """Whether the member may claim it now; held still until the transaction ends.

    False for one that has been claimed. Raises NotThere for whatever is not theirs.
    """
    db.session.refresh(placeholder, with_for_update=True)
    if placeholder.closed_at is not None and not placeholder.is_placeholder:
        return False
    if (
        not placeholder.is_placeholder
        or placeholder.claim_key is None
        or placeholder.claim_key != member.email_key
    ):
        raise NotThere()
    return True


def _handed_over(
    column: InstrumentedAttribute[Any],
    of: InstrumentedAttribute[Any],
    placeholder: Member,
    member: Member,
) -> list[int]:
    """Put the member where the placeholder stands in `column`; each `of` there, once."""
    moved = db.session.scalars(
        update(column.class_)
        .where(column == placeholder.id)
        .values({column: member.id})
        .returning(of)
        .execution_options(synchronize_session=False)
    )
    return sorted(set(moved))


def _watch(member: Member, idea_ids: list[int], because: Because) -> None:
    """Let the member hear of these ideas, unless they have stopped."""
    now = clock.now()
    insert_or_ignore(
        Watch,
        [
            {"member_id": member.id, "idea_id": one, "because": because, "created_at": now}
            for one in idea_ids
        ],
    )


def _close(placeholder: Member) -> None:
    leaving.empty(Member.id == placeholder.id)
    db.session.execute(
        update(Member)
        .where(Member.id == placeholder.id)
        .values(is_placeholder=False)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(placeholder)


def _pieces(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]
