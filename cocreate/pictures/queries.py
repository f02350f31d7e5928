"""Questions about pictures. Who may see one is for the thing it belongs to to say."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, or_, select

from cocreate.extensions import db
from cocreate.pictures.models import Picture, PictureFile


@dataclass(frozen=True)
class Place:
    """What a picture belongs to: an idea itself, or a comment or an answer of it."""

    idea_id: int
    comment_id: int | None = None
    answer_id: int | None = None

    def condition(self) -> ColumnElement[bool]:
        """That a picture belongs to it."""
        return and_(
            Picture.idea_id == self.idea_id,
            Picture.comment_id == self.comment_id,
            Picture.answer_id == self.answer_id,
        )


@dataclass(frozen=True)
class Shown:
    """The pictures on a page: the idea's own, and those of its comments and answers by id."""

    idea: list[Picture] = field(default_factory=list)
    comments: dict[int, list[Picture]] = field(default_factory=dict)
    answers: dict[int, list[Picture]] = field(default_factory=dict)


def of_page(
    idea_id: int, comment_ids: Collection[int] = (), answer_ids: Collection[int] = ()
) -> Shown:
    """The pictures of an idea and of these of its comments and answers, in one statement.

    Whoever asks has made sure that the reader may see what they belong to.
    """
    rows = db.session.scalars(
        select(Picture)
        .where(
            Picture.idea_id == idea_id,
            or_(
                and_(Picture.comment_id.is_(None), Picture.answer_id.is_(None)),
                Picture.comment_id.in_(comment_ids),
                Picture.answer_id.in_(answer_ids),
            ),
        )
        .order_by(Picture.id)
    )
    found = Shown()
    for one in rows:
        if one.comment_id:
            found.comments.setdefault(one.comment_id, []).append(one)
        elif one.answer_id:
            found.answers.setdefault(one.answer_id, []).append(one)
        else:
            found.idea.append(one)
    return found


def of_cases(
    idea_ids: Collection[int], comment_ids: Collection[int]
) -> dict[tuple[str, int], list[Picture]]:
    """The pictures of ideas themselves and of comments, by ("idea" | "comment", id)."""
    rows = db.session.scalars(
        select(Picture)
        .where(
            or_(
                and_(
                    Picture.idea_id.in_(idea_ids),
                    Picture.comment_id.is_(None),
                    Picture.answer_id.is_(None),
                ),
                Picture.comment_id.in_(comment_ids),
            )
        )
        .order_by(Picture.id)
    )
    found: dict[tuple[str, int], list[Picture]] = {}
    for one in rows:
        key = ("comment", one.comment_id) if one.comment_id else ("idea", one.idea_id or 0)
        found.setdefault(key, []).append(one)
    return found


def of_form(member_id: int, ids: Iterable[int], place: Place | None) -> list[Picture]:
    """What a form is about: the pictures of `place`, and of `ids` the member's pending ones."""
    pending = and_(
        Picture.id.in_(list(ids)), Picture.idea_id.is_(None), Picture.member_id == member_id
    )
    rows = select(Picture).where(or_(pending, place.condition()) if place else pending)
    return list(db.session.scalars(rows.order_by(Picture.id)))


def picture(picture_id: int) -> Picture | None:
    """The picture without its bytes; None where there is none."""
    return db.session.get(Picture, picture_id)


def content(picture_id: int, width: int) -> bytes | None:
    """The file of that width; None where there is none."""
    return db.session.scalar(
        select(PictureFile.content).where(
            PictureFile.picture_id == picture_id, PictureFile.width == width
        )
    )
