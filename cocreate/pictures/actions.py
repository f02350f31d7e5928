"""Keeping pictures, and letting them belong to something."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, select

from cocreate import clock, events, limits, permits, text
from cocreate.accounts.models import Member
from cocreate.errors import Invalid
from cocreate.extensions import db
from cocreate.i18n import gettext, ngettext
from cocreate.i18n import lazy_gettext as _
from cocreate.pictures import queries
from cocreate.pictures.models import ALT_LENGTH, DIGEST_LENGTH, Picture, PictureFile
from cocreate.pictures.queries import Place
from cocreate.pictures.remade import File

# Pictures at most; words say it, pictures help.
MOST_IDEA = 3
MOST_COMMENT = 1
MOST_ANSWER = 2
# A form that failed is mended within the day, or not at all.
PENDING_FOR = timedelta(days=1)
AT_ONCE = 500


@dataclass(frozen=True)
class Said:
    """What is said of a picture to those who do not see it."""

    alt: str = ""
    is_decorative: bool = False


@dataclass(frozen=True)
class Wish:
    """What a form wants of pictures: these with these words, and without those, by their ids."""

    kept: Mapping[int, Said] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()


def require_allowed(actor: Member) -> None:
    """Raises NotAllowed or TooOften for who may not send a picture now."""
    permits.require(actor, "picture.send")
    limits.check(actor, "picture.sent")


def keep(actor: Member, files: Sequence[File], said: Said) -> Picture:
    """Keep a picture, the largest file first; it is pending until a form with it is taken.

    Raises NotAllowed and TooOften.
    """
    require_allowed(actor)
    large, small = files[0], files[-1]
    digest = hashlib.sha256(b"".join(one.content for one in files)).hexdigest()
    picture = Picture(
        member_id=actor.id,
        alt=text.one_line(said.alt)[:ALT_LENGTH],
        is_decorative=said.is_decorative,
        width=large.width,
        height=large.height,
        small_width=small.width,
        digest=digest[:DIGEST_LENGTH],
        created_at=clock.now(),
    )
    db.session.add(picture)
    db.session.flush()
    db.session.add_all(
        PictureFile(picture_id=picture.id, width=width, content=content)
        for width, content in {one.width: one.content for one in files}.items()
    )
    events.record("picture.sent", actor)
    return picture


def put(
    actor: Member, wish: Wish | None, place: Place, *, most: int, is_whole: bool = True
) -> bool:
    """Let pictures belong to `place` as the form wished; whether anything changed.

    Whoever calls has made sure that the actor may change what is there. Ids that
    are neither there nor pending and the actor's are passed over. `is_whole`: each
    picture has to say what it shows, which a draft's need not yet. Raises
    Invalid("picture") for too many and Invalid("alt-<id>") for one without words.
    """
    if wish is None:
        return False
    found = queries.of_form(actor.id, {*wish.kept, *wish.removed}, place)
    changed = False
    for picture in found:
        if picture.id in wish.removed:
            db.session.delete(picture)
            changed = True
        elif picture.id in wish.kept:
            changed |= _say(picture, wish.kept[picture.id])
    left = [one for one in found if one.id not in wish.removed]
    if len(left) > most:
        raise Invalid("picture", too_many(most))
    if is_whole:
        for picture in left:
            if not picture.is_described:
                raise Invalid(f"alt-{picture.id}", not_described())
    for picture in left:
        if picture.is_pending:
            picture.idea_id = place.idea_id
            picture.comment_id, picture.answer_id = place.comment_id, place.answer_id
            changed = True
    db.session.flush()
    return changed


def too_many(most: int) -> str:
    """Words for who sends more pictures than there may be."""
    return ngettext(
        "At most %(num)s picture fits here. Tick those to remove, then send it again.",
        "At most %(num)s pictures fit here. Tick those to remove, then send it again.",
        most,
    )


def not_described() -> str:
    """Words for who sends a picture without saying what it shows."""
    return gettext(
        "Say in a few words what the picture shows, for those who cannot see it; or tick that it"
        " only decorates."
    )


def _say(picture: Picture, said: Said) -> bool:
    alt = "" if said.is_decorative else text.one_line(said.alt)
    if len(alt) > ALT_LENGTH:
        raise Invalid(
            f"alt-{picture.id}",
            _("Shorten this to %(most)s characters or fewer.", most=ALT_LENGTH),
        )
    if (picture.alt, picture.is_decorative) == (alt, said.is_decorative):
        return False
    picture.alt, picture.is_decorative = alt, said.is_decorative
    return True


def forget_pending() -> bool:
    """Delete pictures whose form was not sent again within PENDING_FOR; True: there are more."""
    old = select(Picture.id).where(
        Picture.idea_id.is_(None), Picture.created_at < clock.now() - PENDING_FOR
    )
    ids = list(db.session.scalars(old.limit(AT_ONCE)))
    db.session.execute(delete(Picture).where(Picture.id.in_(ids), Picture.idea_id.is_(None)))
    return len(ids) == AT_ONCE


def forget_pending_of(member: Member) -> None:
    """Delete the member's pictures that belong to nothing: they close their account."""
    db.session.execute(
        delete(Picture).where(Picture.member_id == member.id, Picture.idea_id.is_(None))
    )
