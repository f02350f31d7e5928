"""Members, and the places they are signed in at."""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cocreate import clock
from cocreate.database import Base, word

NAME_LENGTH = 80
EMAIL_LENGTH = 254

# Signs that show as nothing though they count as letters or marks.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")


class Role(StrEnum):
    """What a member is here for. All but `member` are staff; admin may do what they may."""

    MEMBER = "member"
    MODERATOR = "moderator"
    PRODUCT = "product"
    ADMIN = "admin"


class MailChoice(StrEnum):
    """When a member wants notices by mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


def name_key(name: str) -> str:
    """What makes two display names the same: as people read them, they are.

    Letters' case and width, the coding of accents, spaces and unseen signs do not count.
    """
    seen = "".join(
        letter
        for letter in _UNSEEN.sub("", unicodedata.normalize("NFKC", name))
        if unicodedata.category(letter) != "Cf"
    )
    return unicodedata.normalize("NFKC", " ".join(seen.casefold().split()))


def email_key(email: str) -> str:
    """What makes two addresses the same: their letters' case does not."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


class Member(Base):
    """Someone with an account.

    A placeholder stands for an author who came with an import: nobody can sign
    in as one, until the person claims it by a confirmed address.
    """

    __tablename__ = "members"
    __table_args__ = (Index("ix_members_claim_key", "claim_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(String(NAME_LENGTH * 2), unique=True)
    about: Mapped[str] = mapped_column(String(500), default="")
    email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))
    email_key: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH * 2), unique=True)
    email_confirmed_at: Mapped[datetime | None]
    # An address asked for but not confirmed yet; mails go to the old one until then.
    new_email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(word(Role), default=Role.MEMBER)
    language: Mapped[str] = mapped_column(String(5), default="cs")
    theme: Mapped[str] = mapped_column(String(10), default="system")
    timezone: Mapped[str] = mapped_column(String(40), default=clock.ZONE)
    mail_choice: Mapped[MailChoice] = mapped_column(word(MailChoice), default=MailChoice.AT_ONCE)
    # Whether single keys do something on pages; they may be in the way of other tools.
    has_keys: Mapped[bool] = mapped_column(default=True)
    # When the last daily digest was put together.
    digested_at: Mapped[datetime | None]
    # How many ideas and comments moderators let in; enough of them and nothing is held.
    approved_count: Mapped[int] = mapped_column(default=0)
    is_placeholder: Mapped[bool] = mapped_column(default=False)
    # The address by which a placeholder can be claimed, as email_key() gives it.
    claim_key: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH * 2))
    created_at: Mapped[datetime]
    # When the account was closed; its words stay, under its name.
    closed_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether the account can be used at all."""
        return self.closed_at is None and not self.is_placeholder

    @property
    def is_known(self) -> bool:
        """Whether others may hear of the account: not before its address is confirmed."""
        return (
            self.email_confirmed_at is not None or self.is_placeholder or self.closed_at is not None
        )

    @property
    def is_staff(self) -> bool:
        return self.role != Role.MEMBER


class MemberSession(Base):
    """One place where a member is signed in. Its row is the session: no row, no session."""

    __tablename__ = "member_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    # SHA-256 of the token in the cookie, in hexadecimal; the token itself is kept nowhere.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # What the browser says it is, cut short; only its owner sees it.
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
