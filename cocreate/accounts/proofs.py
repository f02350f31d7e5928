"""Links in mails that prove something: signed, dated, and good for one use.

A link carries the member's id and a fingerprint of everything that its use
would change. Once it has been used, or the password or address has changed in
the meantime, the fingerprint is another one and the link is dead; so nothing
has to be kept to make it work only once.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from cocreate import clock
from cocreate.accounts.models import Member
from cocreate.extensions import db

CONFIRM_FOR = timedelta(days=3)
RESET_FOR = timedelta(hours=1)

_CONFIRM = "cocreate.confirm"
_RESET = "cocreate.reset"
_secret: list[str] = []


def bind(secret_key: str) -> None:
    """Sign with this key from now on; what was signed with another is refused."""
    _secret[:] = [secret_key]


def confirm_token(member: Member, email: str) -> str:
    """The end of a link by which `member` shows that `email` is theirs: the one they joined
    with, or the new one they asked for. Works for CONFIRM_FOR."""
    return _signed(_CONFIRM, member, email)


def read_confirm(token: str) -> tuple[Member, str] | None:
    """(the member, the address that the link proves); None for a link that is of no use."""
    found = _read(_CONFIRM, token, CONFIRM_FOR)
    if found is None:
        return None
    member, said = found
    for email in (member.new_email, member.email):
        if email and hmac.compare_digest(said, _fingerprint(_CONFIRM, member, email)):
            return member, email
    return None


def reset_token(member: Member) -> str:
    """The end of a link by which `member` chooses a new password. Works for RESET_FOR."""
    return _signed(_RESET, member, member.email or "")


def read_reset(token: str) -> Member | None:
    """Whose password the link lets one choose anew; None for a link that is of no use."""
    found = _read(_RESET, token, RESET_FOR)
    if found is None or not found[0].email:
        return None
    member, said = found
    is_fresh = hmac.compare_digest(said, _fingerprint(_RESET, member, member.email or ""))
    return member if is_fresh else None


class _Signer(TimestampSigner):
    """Dates by the portal's clock."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())

    def timestamp_to_datetime(self, ts: int) -> datetime:
        return datetime.fromtimestamp(ts, tz=UTC)


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret[0], salt=purpose, signer=_Signer)


def _signed(purpose: str, member: Member, email: str) -> str:
    return str(_serializer(purpose).dumps([member.id, _fingerprint(purpose, member, email)]))


def _read(purpose: str, token: str, good_for: timedelta) -> tuple[Member, str] | None:
    """The member and the fingerprint in a link that is signed by us and not too old."""
    try:
        values = _serializer(purpose).loads(token, max_age=int(good_for.total_seconds()))
    except BadData:
        return None
    member = db.session.get(Member, values[0])
    return (member, values[1]) if member and member.is_open else None


def _fingerprint(purpose: str, member: Member, email: str) -> str:
    """What must still be as it was; keyed, since the address and the hash are nobody's business."""
    parts = (
        purpose,
        str(member.id),
        email,
        member.password_hash or "",
        member.email or "",
        member.new_email or "",
        member.email_confirmed_at.isoformat() if member.email_confirmed_at else "",
    )
    said = "\0".join(parts).encode()
    return hmac.new(_secret[0].encode(), said, hashlib.sha256).hexdigest()[:32]
