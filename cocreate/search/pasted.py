"""An idea's number or address, pasted into the box: whoever does that wants to go there."""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import select

from cocreate import text
from cocreate.accounts.models import Member
from cocreate.database import MAX_ID
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.ideas.queries import visible

_NUMBER = re.compile(r"#?([0-9]{1,10})")
_PLACE = re.compile(r"/ideas/([0-9]{1,10})(?:-[^/]*)?(/comments/[0-9]{1,10})?/?")
_FRAGMENT = re.compile(r"(?:comment|answer)-[0-9]{1,10}")


def place(question: str, hosts: Collection[str], actor: Member | None) -> str | None:
    """The path of the idea whose number or address the whole question is, for `actor`.

    `hosts` are the portal's own names. None for anything else, and for an idea that the
    actor may not see: then it is looked for as words.
    """
    if number := _NUMBER.fullmatch(question):
        return _path(int(number[1]), "", actor)
    url = ours(question, hosts)
    found = url and _PLACE.fullmatch(url.path)
    if not url or not found:
        return None
    if found[2]:
        # Where a comment stands in a long discussion, its own address knows.
        return f"/ideas/{int(found[1])}{found[2]}" if _path(int(found[1]), "", actor) else None
    fragment = f"#{url.fragment}" if _FRAGMENT.fullmatch(url.fragment) else ""
    return _path(int(found[1]), fragment, actor)


def number(typed: str, hosts: Collection[str]) -> int | None:
    """The number of the idea whose number or address this is; None for anything else."""
    url = ours(typed, hosts)
    found = _NUMBER.fullmatch(typed) or (url and _PLACE.fullmatch(url.path))
    return int(found[1]) if found and int(found[1]) <= MAX_ID else None


def ours(typed: str, hosts: Collection[str]) -> SplitResult | None:
    """What was typed as an address of the portal; None for one elsewhere."""
    try:
        url = urlsplit(typed)
    except ValueError:
        return None
    return url if (not url.scheme and not url.netloc) or url.netloc in hosts else None


def _path(idea_id: int, fragment: str, actor: Member | None) -> str | None:
    if idea_id > MAX_ID:
        return None
    seen = Idea.visibility != Visibility.DRAFT
    title = db.session.scalar(select(Idea.title).where(Idea.id == idea_id, seen, visible(actor)))
    return None if title is None else f"/ideas/{idea_id}-{text.slug(title)}{fragment}"
