"""Questions about notices and watches."""

from sqlalchemy import func, select

from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.notices.models import Notice


def unread_count(member: Member) -> int:
    """How many notices the member has not read yet."""
    unread = select(func.count()).where(Notice.member_id == member.id, Notice.read_at.is_(None))
    return db.session.scalar(unread) or 0
