"""Imported comments: written in batches, each with its idea and what it replies to.

They are written in the order of their file, whatever of it was written before:
a run that was cut off and begins again leaves the same behind as one that was not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import joinedload

from cocreate import clock, events
from cocreate.discussion import actions as discussion
from cocreate.discussion.models import Comment, CommentKind
from cocreate.exchange import authors, own
from cocreate.exchange.authors import author_of
from cocreate.exchange.ideas import Ideas, Key, origins, own_ideas
from cocreate.exchange.models import Origin
from cocreate.exchange.rows import CommentRow, Refused, RowNumber, digest
from cocreate.exchange.spool import Spool
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Idea, Visibility


class Brought(NamedTuple):
    """A comment as it came."""

    file: str
    number: RowNumber
    row: CommentRow
    # None for one inside of an idea.
    raw: object

    def refused(self, reason: Any) -> Refused:
        raw = own.record(self.row) if self.raw is None else self.raw
        return Refused(self.number, reason, raw)


class _Place(NamedTuple):
    """Where a comment stands: its id, its idea, and the comment above it or its own id."""

    id: int
    idea_id: int
    top: int


class Comments:
    """The comments of one import. Before they are written, `ideas` goes through all the files."""

    def __init__(self, ideas: Ideas, *, own_source: str, is_dry: bool) -> None:
        self._ideas = ideas
        self._own_source = own_source
        self._is_dry = is_dry
        self._brought: Spool[Brought] = Spool()
        # In the order of the files.
        self._seen: dict[Key, None] = {}
        # Replies that come before what they reply to.
        self._early: list[tuple[Key, Key]] = []

    def put(self, one: Brought) -> Refused | None:
        """Keep a comment until the ideas are written. Refused if another has the same id."""
        key = (one.row.source, one.row.external_id)
        if key in self._seen:
            return one.refused(_("Another row before it has the same id: %(id)s.", id=key[1]))
        self._seen[key] = None
        above = one.row.parent_key
        if above and above not in self._seen:
            self._early.append((key, above))
        self._brought.put(one)
        return None

    def write(
        self, size: int, counts: Counter[str]
    ) -> Iterator[tuple[float, list[tuple[str, Refused]]]]:
        """Write what is new or has changed, `size` at a time.

        After each batch it says (how much is done, up to 1; what was refused and of
        which file).
        """
        with self._brought as brought:
            items = iter(brought)
            while batch := list(islice(items, size)):
                done = batch[-1][1]
                yield done, self._write([one for one, _done in batch], counts)
            early = [pair for pair in self._early if pair[1] in self._seen]
            for start in range(0, len(early), size):
                self._place(early[start : start + size])
                yield 1.0, []

    def _write(self, batch: Sequence[Brought], counts: Counter[str]) -> list[tuple[str, Refused]]:
        known = origins("comment", {(one.row.source, one.row.external_id) for one in batch})
        ideas = self._idea_ids({one.row.idea_key for one in batch})
        own_ones = self._own(
            (one.row.source, one.row.external_id)
            for one in batch
            if one.row.source == self._own_source
        )
        refused: list[tuple[str, Refused]] = []
        new: list[tuple[CommentRow, int]] = []
        changed: list[tuple[Origin, CommentRow]] = []
        for one in batch:
            row = one.row
            key = (row.source, row.external_id)
            reason = None
            if key[0] == self._own_source:
                if key in own_ones:
                    counts["comment unchanged"] += 1
                else:
                    reason = _(
                        "It says it is this portal's own, and this portal has no such comment."
                    )
            elif key in known:
                if known[key].digest == digest(row):
                    counts["comment unchanged"] += 1
                else:
                    changed.append((known[key], row))
            elif row.idea_key in ideas:
                new.append((row, ideas[row.idea_key]))
            elif row.idea_key not in self._ideas.seen:
                reason = _(
                    "The idea it belongs to (%(id)s) is neither in these files nor was it"
                    " imported before.",
                    id=row.idea_external_id,
                )
            elif self._is_dry:
                counts["comment added"] += 1
            else:
                reason = _("The idea it belongs to (%(id)s) was refused.", id=row.idea_external_id)
            if reason:
                refused.append((one.file, one.refused(reason)))
        updated = self._update(changed)
        counts["comment added"] += len(new)
        counts["comment updated"] += len(updated)
        counts["comment unchanged"] += len(changed) - len(updated)
        touched = set(updated.values()) | {idea_id for _row, idea_id in new}
        if touched and not self._is_dry:
            self._add(new)
            discussion.recount(touched)
            events.record_many("idea.imported", sorted(touched))
        return refused

    def _idea_ids(self, keys: set[Key]) -> dict[Key, int]:
        """The ideas that are there, imported ones and this portal's own."""
        found = {key: one.idea_id or 0 for key, one in origins("idea", keys).items()}
        return found | own_ideas(key for key in keys if key[0] == self._own_source)

    def _own(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Those of the keys that are comments of this portal itself, with their ids."""
        ids = {int(key[1]): key for key in keys if key[1].isdecimal() and len(key[1]) < 10}
        if not ids:
            return {}
        found = db.session.scalars(select(Comment.id).where(Comment.id.in_(ids)))
        return {ids[one]: one for one in found}

    def _add(self, new: Sequence[tuple[CommentRow, int]]) -> None:
        if not new:
            return
        people = authors.members([row for row, _idea in new])
        now = clock.now()
        begun = self._begun({idea_id for _row, idea_id in new})
        ids = db.session.scalars(
            insert(Comment).returning(Comment.id, sort_by_parameter_order=True),
            [
                {
                    "idea_id": idea_id,
                    "author_id": people[author_of(row)],
                    "kind": row.kind or CommentKind.ADDITION,
                    "body": row.body,
                    "visibility": Visibility.PUBLIC,
                    # A comment whose time nobody knows is not older than its idea.
                    "created_at": row.created_at or begun[idea_id],
                }
                for row, idea_id in new
            ],
        ).all()
        db.session.execute(
            insert(Origin),
            [
                {
                    "source": row.source,
                    "kind": "comment",
                    "external_id": row.external_id,
                    "comment_id": comment_id,
                    "digest": digest(row),
                    "imported_at": now,
                }
                for (row, _idea), comment_id in zip(new, ids, strict=True)
            ],
        )
        replies = [(row.source, row.external_id, row.parent_key) for row, _idea in new]
        self._place([((source, one), above) for source, one, above in replies if above])

    def _begun(self, idea_ids: set[int]) -> dict[int, datetime]:
        rows = db.session.execute(select(Idea.id, Idea.created_at).where(Idea.id.in_(idea_ids)))
        return dict(rows.all())

    def _place(self, replies: Sequence[tuple[Key, Key]]) -> None:
        """Put replies, given as (their key, that of what they reply to), below those.

        What replies to a reply goes to the comment above it; what replies to nothing
        that is there, or to something about another idea, stands by itself.
        """
        if self._is_dry or not replies:
            return
        places = self._places({key for pair in replies for key in pair})
        moved = []
        for key, above in replies:
            place, over = places.get(key), places.get(above)
            if place is None or over is None or over.idea_id != place.idea_id:
                continue
            if place.top == place.id and over.top != place.id:
                places[key] = place._replace(top=over.top)
                moved.append({"id": place.id, "parent_id": over.top})
        # What has replies of its own takes them along, so that they stay one level deep.
        if moved:
            db.session.execute(update(Comment), moved)
            tops = {one["id"]: one["parent_id"] for one in moved}
            below = db.session.execute(
                select(Comment.id, Comment.parent_id).where(Comment.parent_id.in_(tops))
            )
            deeper = [{"id": one, "parent_id": tops[above]} for one, above in below if above]
            if deeper:
                db.session.execute(update(Comment), deeper)

    def _places(self, keys: set[Key]) -> dict[Key, _Place]:
        """Where these comments stand, imported ones and this portal's own."""
        ids = {key: one.comment_id or 0 for key, one in origins("comment", keys).items()}
        ids |= self._own(key for key in keys if key[0] == self._own_source)
        rows = db.session.execute(
            select(Comment.id, Comment.idea_id, Comment.parent_id).where(
                Comment.id.in_(ids.values())
            )
        )
        by_id = {one: _Place(one, idea_id, above or one) for one, idea_id, above in rows}
        return {key: by_id[one] for key, one in ids.items()}

    def _update(self, changed: Sequence[tuple[Origin, CommentRow]]) -> dict[int, int]:
        """Let known comments say what their rows say now: {id: idea's id} of those that did not.

        What a row leaves empty stays, and so do the words of an author who has claimed them.
        """
        if not changed:
            return {}
        found = db.session.scalars(
            select(Comment)
            .where(Comment.id.in_([origin.comment_id for origin, _row in changed]))
            .options(joinedload(Comment.author))
        )
        comments = {one.id: one for one in found}
        open_ones = [
            (origin, row, comment)
            for origin, row in changed
            if (comment := comments[origin.comment_id or 0]).author.is_placeholder
        ]
        renamed = [row for _o, row, one in open_ones if row.author not in ("", one.author.name)]
        people = authors.known(renamed) if self._is_dry else authors.members(renamed)
        updated = {}
        now = clock.now()
        for origin, row, comment in open_ones:
            said = {
                "body": row.body,
                "kind": row.kind or comment.kind,
                "created_at": row.created_at or comment.created_at,
            }
            if row.author not in ("", comment.author.name):
                said["author_id"] = people.get(author_of(row), 0)
            new = {name: value for name, value in said.items() if value != getattr(comment, name)}
            if not new:
                continue
            updated[comment.id] = comment.idea_id
            if not self._is_dry:
                _apply(comment, new, now)
                origin.digest, origin.imported_at = digest(row), now
        if not self._is_dry:
            db.session.flush()
        return updated


def _apply(comment: Comment, new: dict[str, Any], now: datetime) -> None:
    if "body" in new:
        discussion.reword(comment, new.pop("body"), now)
    for name, value in new.items():
        setattr(comment, name, value)
