"""Accounts that end: their rows stay, since much points at them, but no person is left in them."""

from typing import Any

from sqlalchemy import String, case, cast, literal, select, update

from cocreate import clock
from cocreate.accounts import queries
from cocreate.accounts.models import Member, Role, name_key
from cocreate.accounts.proofs import CONFIRM_FOR
from cocreate.database import changed
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES, force_locale, gettext

# Accounts that one call empties.
AT_ONCE = 500


def forget_unconfirmed() -> bool:
    """Empty accounts whose address was not confirmed while the link worked; True: there are more.

    Their names and addresses are free again for whoever joins with them.
    """
    stale = Member.created_at < clock.now() - CONFIRM_FOR
    return empty(queries.is_pending(), stale) == AT_ONCE


def empty(*conditions: Any) -> int:
    """Take all that tells of a person out of the accounts under `conditions`, and close them.

    At most AT_ONCE of them; returns how many.
    """
    former = {}
    for code in LANGUAGES:
        with force_locale(code):
            # "#" is in no name that people choose, so these are always free.
            former[code] = gettext("Former member") + " #"
    number = cast(Member.id, String)
    default = next(iter(former.values()))
    known_as = case(former, value=Member.language, else_=default)
    keys = {code: name_key(words) for code, words in former.items()}
    key = case(keys, value=Member.language, else_=name_key(default))
    ids = select(Member.id).where(*conditions).limit(AT_ONCE)
    return changed(
        db.session.execute(
            update(Member)
            .where(Member.id.in_(ids))
            .values(
                name=known_as.concat(number),
                name_key=key.concat(number),
                about=literal(""),
                email=None,
                email_key=None,
                email_confirmed_at=None,
                new_email=None,
                password_hash=None,
                claim_key=None,
                role=Role.MEMBER,
                closed_at=clock.now(),
            )
            .execution_options(synchronize_session=False)
        )
    )
