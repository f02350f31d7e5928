"""Mails about an account: confirming an address, a new password, warnings to its owner.

Links that prove something are made here, when the mail goes out, and kept nowhere.
"""

from collections.abc import Callable

from cocreate import site
from cocreate.accounts import proofs
from cocreate.accounts.models import Member
from cocreate.events import Event
from cocreate.i18n import gettext, ngettext
from cocreate.notices.letters import Letter, url


def recipient(event: Event, member: Member) -> str | None:
    """Where a mail about the account goes; None: nowhere, since it is of no use any more."""
    if not member.is_open:
        return None
    if event.kind == "member.address_asked":
        return member.new_email
    if event.kind == "member.address_leaving":
        # Once the account has moved, this would tell the new address instead.
        return member.email if member.new_email else None
    if event.kind in ("member.joined", "member.confirmation_asked"):
        return member.email if member.email_confirmed_at is None else None
    return member.email


def letter(event: Event, member: Member) -> Letter:
    """What the account's owner is told of the event, in the current language."""
    return _LETTERS[event.kind](member)


def _joined(member: Member) -> Letter:
    portal = site.load().name
    return Letter(
        subject=gettext("Welcome to %(portal)s: confirm your address", portal=portal),
        heading=gettext("Welcome, it is good to have you here"),
        lines=[
            gettext(
                "One step is left: confirm that this address is yours. Then you can propose"
                " ideas, support them and talk about them."
            )
        ],
        action=(gettext("Confirm my address"), _confirm(member, member.email or "")),
        closing=[
            _days_good(),
            gettext("If it was not you who joined, do nothing; the account stays unused."),
        ],
    )


def _confirmation_asked(member: Member) -> Letter:
    return Letter(
        subject=gettext("Confirm your address"),
        heading=gettext("Confirm your address"),
        lines=[gettext("Here is the link you asked for once more.")],
        action=(gettext("Confirm my address"), _confirm(member, member.email or "")),
        closing=[_days_good()],
    )


def _reset_asked(member: Member) -> Letter:
    hours = int(proofs.RESET_FOR.total_seconds() // 3600)
    return Letter(
        subject=gettext("Choose a new password"),
        heading=gettext("Choose a new password"),
        lines=[
            gettext("Somebody, hopefully you, asked to choose a new password for your account.")
        ],
        action=(
            gettext("Choose a new password"),
            url(f"/reset/{proofs.reset_token(member)}"),
        ),
        closing=[
            ngettext(
                "The link works once, for %(num)s hour.",
                "The link works once, for %(num)s hours.",
                hours,
            ),
            gettext("If it was not you, do nothing; your password stays as it is."),
        ],
    )


def _address_asked(member: Member) -> Letter:
    return Letter(
        subject=gettext("Confirm your new address"),
        heading=gettext("Is this your new address?"),
        lines=[
            gettext(
                "You asked to use this address for your account from now on. Confirm it, and"
                " what we write to you will come here."
            )
        ],
        action=(gettext("Confirm my new address"), _confirm(member, member.new_email or "")),
        closing=[
            _days_good(),
            gettext("If it was not you who asked, do nothing."),
        ],
    )


def _address_leaving(_member: Member) -> Letter:
    return Letter(
        subject=gettext("Your address is about to change"),
        heading=gettext("Is your account to move to another address?"),
        lines=[
            gettext(
                "Somebody who knows your password asked for it. Once the new address is"
                " confirmed, nothing will come here any more."
            )
        ],
        closing=[
            gettext(
                "If it was not you, choose a new password right away, and the link sent there"
                " is dead: %(link)s",
                link=url("/reset"),
            )
        ],
    )


def _address_changed(_member: Member) -> Letter:
    return Letter(
        subject=gettext("Your address has been changed"),
        heading=gettext("Your address has been changed"),
        lines=[gettext("From now on we write to you here, and you sign in with this address.")],
        action=(gettext("Look at my settings"), url("/settings")),
    )


def _address_known(member: Member) -> Letter:
    if member.email_confirmed_at is None:
        return _joined_before(member)
    return Letter(
        subject=gettext("You have an account already"),
        heading=gettext("You have an account already"),
        lines=[
            gettext(
                "Somebody, hopefully you, used this address to join or to confirm it. It"
                " belongs to your account, so there is nothing to confirm: just sign in."
            )
        ],
        action=(gettext("Sign in"), url("/sign-in")),
        closing=[
            gettext("Forgotten the password? Choose a new one here: %(link)s", link=url("/reset")),
            gettext("If it was not you, do nothing; nobody has learned anything about you."),
        ],
    )


def _joined_before(member: Member) -> Letter:
    # Whoever joined first may be somebody else, who knows the password of then: a link that
    # only confirmed the address would hand it to them. This one sets another password, too.
    return Letter(
        subject=gettext("One step is left to your account"),
        heading=gettext("One step is left to your account"),
        lines=[
            gettext(
                "This address was used to join before, but nobody has confirmed it. Choose a"
                " password, and the account is yours."
            )
        ],
        action=(gettext("Choose a password"), url(f"/reset/{proofs.reset_token(member)}")),
        closing=[
            ngettext(
                "The link works once, for %(num)s hour.",
                "The link works once, for %(num)s hours.",
                int(proofs.RESET_FOR.total_seconds() // 3600),
            ),
            gettext("If it was not you who joined, do nothing; the account stays unused."),
        ],
    )


def _password_changed(_member: Member) -> Letter:
    return Letter(
        subject=gettext("Your password has been changed"),
        heading=gettext("Your password has been changed"),
        lines=[gettext("You have been signed out everywhere else.")],
        closing=[
            gettext("If it was not you, choose a new one right away: %(link)s", link=url("/reset"))
        ],
    )


_LETTERS: dict[str, Callable[[Member], Letter]] = {
    "member.joined": _joined,
    "member.confirmation_asked": _confirmation_asked,
    "member.reset_asked": _reset_asked,
    "member.address_leaving": _address_leaving,
    "member.address_asked": _address_asked,
    "member.address_changed": _address_changed,
    "member.address_known": _address_known,
    "member.password_changed": _password_changed,
}


def _confirm(member: Member, email: str) -> str:
    return url(f"/confirm/{proofs.confirm_token(member, email)}")


def _days_good() -> str:
    return ngettext(
        "The link works for %(num)s day.",
        "The link works for %(num)s days.",
        proofs.CONFIRM_FOR.days,
    )
