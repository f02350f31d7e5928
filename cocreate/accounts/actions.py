"""What happens to accounts: joining, proving an address, passwords, profiles, roles, leaving.

Events of accounts name the account as actor and as member. A request about an
address that nobody has is recorded too, with neither: it must cost as much as
any other, and there is nobody to mail.
"""

from functools import cache
from zoneinfo import available_timezones

from sqlalchemy.exc import IntegrityError

from cocreate import clock, events, limits, permits, text
from cocreate.accounts import names, passwords, queries
from cocreate.accounts.leaving import empty
from cocreate.accounts.leaving import forget_unconfirmed as forget_unconfirmed
from cocreate.accounts.models import MailChoice, Member, Role, email_key, name_key
from cocreate.accounts.proofs import CONFIRM_FOR
from cocreate.accounts.sessions import end_all_sessions as end_all_sessions
from cocreate.accounts.sessions import end_session as end_session
from cocreate.accounts.sessions import start_session as start_session
from cocreate.errors import Closed, Invalid
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _

ABOUT_LENGTH = 500
THEMES = ("system", "light", "dark")
# Mails of one kind that anyone may have sent to an account within an hour.
MAILS_AN_HOUR = 5

_TAKEN = _("This name is taken already. Choose another.")


def join(name: str, email: str, password: str, language: str) -> Member:
    """Open an account that can be used once its address is confirmed.

    Answers the same for an address that has an account: its owner gets a mail,
    and the name is held by an account without an address, so that even asking
    for the same name again tells nobody anything. Raises Invalid("name" |
    "email" | "password").
    """
    name, email = names.chosen(name), names.address(email)
    passwords.check(password, name, email)
    # Before the first statement, so that nobody waits for the database meanwhile.
    password_hash = passwords.hashed(password)
    empty(
        queries.is_pending(),
        Member.created_at < clock.now() - CONFIRM_FOR,
        (Member.name_key == name_key(name)) | (Member.email_key == email_key(email)),
    )
    # Somebody else may join with the same name or address at the same moment.
    for _attempt in range(3):
        namesake, owner = queries.holders(name, email)
        if namesake is not None:
            break
        member = Member(
            name=name,
            name_key=name_key(name),
            email=None if owner else email,
            email_key=None if owner else email_key(email),
            password_hash=None if owner else password_hash,
            language=language if language in LANGUAGES else next(iter(LANGUAGES)),
            created_at=clock.now(),
        )
        if _is_new(member):
            _ask_for_mail("member.address_known" if owner else "member.joined", owner or member)
            return member
    raise Invalid("name", _TAKEN)


def _is_new(member: Member) -> bool:
    """Whether no unique key refused the member."""
    try:
        with db.session.begin_nested():
            db.session.add(member)
    except IntegrityError:
        return False
    return True


def _ask_for_mail(kind: str, member: Member | None) -> None:
    """Owe the account a mail, unless it got many; costs the same if there is no account."""
    too_many = queries.asked_lately(member.id if member else 0, kind) >= MAILS_AN_HOUR
    whom = None if too_many else member
    events.record(kind, whom, member=whom)


def ask_confirmation(email: str) -> None:
    """Send the link that confirms an address once more. Says nothing about who has it."""
    member = queries.by_email(email)
    is_confirmed = member is not None and member.email_confirmed_at is not None
    _ask_for_mail("member.address_known" if is_confirmed else "member.confirmation_asked", member)


def confirm(member: Member, email: str) -> None:
    """The member has shown that `email` is theirs. Twice changes nothing.

    Raises Closed where another account has confirmed it in the meantime.
    """
    if email == member.new_email:
        change_address(member, email)
    elif member.email_confirmed_at is None:
        member.email_confirmed_at = clock.now()
        events.record("member.confirmed", member, member=member)


def ask_reset(email: str) -> None:
    """Send a link for a new password to whoever has this address. Says nothing about who."""
    _ask_for_mail("member.reset_asked", queries.by_email(email))


def reset_password(member: Member, new: str) -> None:
    """A new password for who followed the link in the mail, which confirms the address too."""
    set_password(member, new)
    if member.email:
        confirm(member, member.email)


def set_password(
    member: Member, new: str, *, keep: int | None = None, field: str = "password"
) -> None:
    """A new password. Ends every session but the one with id `keep`. Raises Invalid(field)."""
    passwords.check(new, member.name, member.email, field=field)
    member.password_hash = passwords.hashed(new)
    end_all_sessions(member, keep)
    events.record("member.password_changed", member, member=member)


def ask_address(member: Member, new: str) -> None:
    """Ask to move the account to another address; a link sent there confirms it.

    Whether somebody has the address is not looked at: their mail would tell them,
    an answer here would tell anyone. Raises Invalid("email") and TooOften.
    """
    limits.check(member, "member.address_asked")
    new = names.address(new)
    if email_key(new) == member.email_key:
        raise Invalid("email", _("This is your address already."))
    member.new_email = new
    # The old address hears of it first: whoever took over the account cannot prevent that.
    if member.email:
        events.record("member.address_leaving", member, member=member)
    events.record("member.address_asked", member, member=member)


def forget_asked_address(member: Member) -> None:
    """Stay with the address one has; the link to the new one is dead."""
    member.new_email = None


def change_address(member: Member, new: str) -> None:
    """Move the account to an address that is known to be the member's.

    Raises Closed where another account has confirmed it.
    """
    words = _("This address belongs to another account. Sign in with it instead.")
    other = queries.by_email(new)
    if other is not None and other.id != member.id:
        if other.email_confirmed_at is not None:
            raise Closed(words)
        empty(Member.id == other.id, queries.is_pending())
    try:
        with db.session.begin_nested():
            member.email, member.email_key = new, email_key(new)
            member.email_confirmed_at, member.new_email = clock.now(), None
    except IntegrityError as error:
        raise Closed(words) from error
    events.record("member.address_changed", member, member=member)


@cache
def timezones() -> list[str]:
    """The time zones that a member can choose: those named after a place, and UTC."""
    places = (
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
    )
    named = {one for one in available_timezones() if one.startswith((*places, "Pacific"))}
    return [*sorted(named), "UTC"]


def change_profile(
    member: Member,
    *,
    name: str,
    about: str,
    language: str,
    theme: str,
    timezone: str,
    mail_choice: MailChoice,
    has_keys: bool,
) -> None:
    """What others see of the member, and how the portal looks to them.

    Raises Invalid with the field that cannot be taken.
    """
    about = text.clean(about)
    if len(about) > ABOUT_LENGTH:
        raise Invalid("about", _("Shorten this to %(most)s characters.", most=ABOUT_LENGTH))
    for field, is_known in (
        ("language", language in LANGUAGES),
        ("theme", theme in THEMES),
        ("timezone", timezone in timezones()),
    ):
        if not is_known:
            raise Invalid(field, _("Choose one from the list."))
    rename(member, name)
    member.about, member.language, member.theme = about, language, theme
    member.timezone, member.mail_choice, member.has_keys = timezone, mail_choice, has_keys


def rename(member: Member, name: str) -> None:
    """Another name, also on all that the member wrote. Raises Invalid("name")."""
    if text.one_line(name) == member.name:
        return
    name = names.chosen(name)
    holder = queries.by_name(name)
    if holder is not None and holder.id != member.id:
        raise Invalid("name", _TAKEN)
    try:
        with db.session.begin_nested():
            member.name, member.name_key = name, name_key(name)
    except IntegrityError as error:
        raise Invalid("name", _TAKEN) from error
    # The old name is not kept: who drops one may have good reasons.
    events.record("member.renamed", member, member=member)


def speak(member: Member, language: str) -> None:
    """Show the portal and write mails in `language`; one that we do not speak changes nothing."""
    if language in LANGUAGES:
        member.language = language


def light(member: Member, theme: str) -> None:
    """Show the portal light, dark or as the device has it; another word changes nothing."""
    if theme in THEMES:
        member.theme = theme


def make_staff(actor: Member | None, member: Member, role: Role) -> None:
    """Give a role, or take it back with Role.MEMBER; without an actor from the command line.

    Raises NotAllowed for anyone but an admin, and Closed for an account that
    nobody can use and for the last admin.
    """
    if actor is not None:
        permits.require(actor, "admin.see")
    if member.role == role:
        return
    if not member.is_open or member.email_confirmed_at is None:
        raise Closed(_("Only someone who has confirmed their address can be given a role."))
    _leave_an_admin(member)
    was, member.role = member.role, role
    events.record("member.role_changed", actor, member=member, role=role.value, was=was.value)


def _leave_an_admin(member: Member) -> None:
    """Raises Closed when nobody but `member` is an admin."""
    if member.role == Role.ADMIN and queries.admin_ids() == [member.id]:
        raise Closed(_("This is the last administrator. Make someone else one first."))


def ensure_member(
    name: str,
    email: str | None = None,
    *,
    password: str | None = None,
    role: Role = Role.MEMBER,
    language: str = "cs",
) -> Member:
    """The confirmed member with this address (or name), made where there is none yet.

    For the command line and the demo: no mail goes out. Of one who is there
    already, only the role is set. Raises Invalid for a name or address that is taken
    or cannot be one; the password is not checked.
    """
    name, email = text.one_line(name), names.address(email) if email else None
    member = queries.by_email(email) if email else queries.by_name(name)
    if member is None:
        member = Member(
            name=name,
            name_key=name_key(name),
            email=email,
            email_key=email_key(email) if email else None,
            email_confirmed_at=clock.now(),
            password_hash=passwords.hashed(password) if password else None,
            language=language,
            created_at=clock.now(),
        )
        if not _is_new(member):
            raise Invalid("name", _TAKEN)
        events.record("member.confirmed", member, member=member)
    make_staff(None, member, role)
    return member


def close(member: Member) -> None:
    """Leave: what was written stays under the name of a former member, the person goes.

    Name, address, password and everything told about oneself are removed, every
    session is ended; votes stay counted. Drafts are the ideas' own business.
    Raises Closed for the last admin.
    """
    _leave_an_admin(member)
    events.record("member.closed", member, member=member)
    end_all_sessions(member)
    empty(Member.id == member.id)
    db.session.refresh(member)
