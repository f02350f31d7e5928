"""How ideas read before, and what each edit changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from cocreate import permits
from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Wording
from cocreate.paging import Page, page_of, read_cursor
from cocreate.text_diff import Piece, words_diff

CHANGES_A_PAGE = 10
# Characters of unchanged text that are shown on either side of a change.
_CONTEXT = 120


@dataclass(frozen=True)
class Change:
    """One wording against the one before it. A field that reads the same is empty."""

    number: int
    editor: str
    at: datetime
    # Nothing to compare with: the first wording that the viewer may see.
    is_first: bool
    title: Sequence[Piece]
    need: Sequence[Piece]
    proposal: Sequence[Piece]


def history(idea: Idea, viewer: Member | None, cursor: str | None = None) -> Page[Change]:
    """The idea's wordings, the newest first.

    The author and the staff see them all; everyone else those since it became
    public: what was mended while it waited was never public.
    """
    place = read_cursor(cursor, int)
    rows = db.session.execute(
        select(Wording, Member.name)
        .join(Member, Member.id == Wording.editor_id)
        .where(
            Wording.idea_id == idea.id,
            Wording.number >= _first_seen(idea, viewer),
            *([Wording.number < place[0]] if place else []),
        )
        .order_by(Wording.number.desc())
        .limit(CHANGES_A_PAGE + 1)
    )
    found = rows.all()
    # The last one has none before it; what was never edited has no wordings at all.
    older = [*(wording for wording, _ in found[1:]), None][: len(found)]
    changes = [
        _change(wording, before, name) for (wording, name), before in zip(found, older, strict=True)
    ]
    return page_of(changes, CHANGES_A_PAGE, lambda change: (change.number,))


def _first_seen(idea: Idea, viewer: Member | None) -> int:
    if permits.author(viewer, idea) or permits.staff(viewer, idea):
        return 1
    as_published = select(func.max(Wording.number)).where(
        Wording.idea_id == idea.id, Wording.created_at <= idea.published_at
    )
    return db.session.scalar(as_published) or 1


def _change(wording: Wording, before: Wording | None, editor: str) -> Change:
    def pieces(field: str) -> list[Piece]:
        new = getattr(wording, field)
        old = getattr(before, field) if before else new
        if before and old == new:
            return []
        return gist(words_diff(old, new)) if before else [("same", new)]

    return Change(
        number=wording.number,
        editor=editor,
        at=wording.created_at,
        is_first=before is None,
        title=pieces("title"),
        need=pieces("need"),
        proposal=pieces("proposal"),
    )


def gist(pieces: Sequence[Piece]) -> list[Piece]:
    """The same, with what stayed cut down to a few words around each change."""
    return [(what, _around(words) if what == "same" else words) for what, words in pieces]


def _around(words: str) -> str:
    if len(words) <= 3 * _CONTEXT:
        return words
    before = words[:_CONTEXT].rsplit(maxsplit=1)[0]
    return f"{before} … {words[-_CONTEXT:].split(maxsplit=1)[-1]}"
