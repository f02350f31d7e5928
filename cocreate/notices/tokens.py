"""Links by which mails are stopped without signing in: signed, good for ever."""

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from cocreate.notices import post

_SALT = "cocreate.unsubscribe"


@dataclass(frozen=True)
class Stop:
    """Whose mails a link stops: those about one idea or one saved search, or else all."""

    member_id: int
    idea_id: int | None = None
    search_id: int | None = None


def stop_token(member_id: int, idea_id: int | None = None, *, search_id: int | None = None) -> str:
    """The end of an address that stops mails. An old mail's link must still work, so no date."""
    about = [search_id] if search_id else []
    return str(_signer().dumps([member_id, idea_id or 0, *about]))


def read_stop(token: str) -> Stop | None:
    """What the link stops; None for one that is not ours."""
    try:
        member_id, idea_id, *about = _signer().loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return Stop(int(member_id), int(idea_id) or None, int(about[0]) if about else None)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(post.settings().secret_key, salt=_SALT)
