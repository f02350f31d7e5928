"""Imported comments: written in batches, each with its idea and what it replies to."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from cocreate import clock, events
from cocreate.discussion import actions as discussion
from cocreate.discussion.models import Comment, CommentKind, CommentWording
from cocreate.exchange.authors import author_of, placeholders
from cocreate.exchange.ideas import Ideas, Key, origins
from cocreate.exchange.models import Origin
from cocreate.exchange.rows import Accepted, CommentRow, Refused, digest
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Idea, Visibility


class Comments:
    """The comments of one import. `ideas` has been through all the files before."""

    def __init__(self, ideas: Ideas, *, own_source: str, is_dry: bool) -> None:
        self._ideas = ideas
        self._own_source = own_source
        self._is_dry = is_dry
        self._seen: set[Key] = set()
        # Replies that came before what they reply to.
        self._waiting: list[Accepted] = []

    def write(self, batch: Sequence[Accepted], counts: Counter[str]) -> list[Refused]:
        """Write what is new or has changed; what cannot be taken comes back refused."""
        refused = []
        fresh = []
        for one in batch:
            key = (one.row.source, one.row.external_id)
            if key in self._seen:
                reason = _("Another row before it has the same id: %(id)s.", id=key[1])
                refused.append(Refused(one.number, reason, one.raw))
            else:
                self._seen.add(key)
                fresh.append(one)
        return refused + self._write(fresh, counts, may_wait=True)

    def write_waiting(self, counts: Counter[str]) -> list[Refused]:
        """Write the replies that waited, at last as comments of their own."""
        refused = []
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            refused += self._write(waiting, counts, may_wait=True)
            if len(self._waiting) == len(waiting):
                # What they reply to is in none of the files; their words are kept.
                waiting, self._waiting = self._waiting, []
                refused += self._write(waiting, counts, may_wait=False)
        return refused

    def _write(
        self, batch: Sequence[Accepted], counts: Counter[str], *, may_wait: bool
    ) -> list[Refused]:
        refused: list[Refused] = []
        rows = [(one, one.row) for one in batch if isinstance(one.row, CommentRow)]
        if not rows:
            return refused
        known = origins("comment", [(row.source, row.external_id) for _one, row in rows])
        ideas = origins("idea", [(row.source, row.idea_external_id) for _one, row in rows])
        parents = self._parents([row for _one, row in rows])
        own = self._own(row.external_id for _one, row in rows if row.source == self._own_source)
        new: list[tuple[CommentRow, int, int | None]] = []
        changed: list[tuple[Origin, CommentRow]] = []
        for one, row in rows:
            key = (row.source, row.external_id)
            idea_key = (row.source, row.idea_external_id)
            if row.source == self._own_source:
                if row.external_id in own:
                    counts["comment unchanged"] += 1
                else:
                    reason = _(
                        "It says it is this portal's own, and this portal has no such comment."
                    )
                    refused.append(Refused(one.number, reason, one.raw))
            elif key in known:
                if known[key].digest == digest(row):
                    counts["comment unchanged"] += 1
                else:
                    changed.append((known[key], row))
            elif idea_key not in ideas and idea_key not in self._ideas.seen:
                reason = _(
                    "The idea it belongs to (%(id)s) is neither in these files nor was it"
                    " imported before.",
                    id=row.idea_external_id,
                )
                refused.append(Refused(one.number, reason, one.raw))
            elif self._is_dry:
                counts["comment added"] += 1
            elif idea_key not in ideas:
                reason = _("The idea it belongs to (%(id)s) was refused.", id=row.idea_external_id)
                refused.append(Refused(one.number, reason, one.raw))
            else:
                parent_key = (row.source, row.parent_external_id or "")
                if row.parent_external_id and may_wait and parent_key not in parents:
                    self._waiting.append(one)
                    continue
                new.append((row, ideas[idea_key].idea_id or 0, parents.get(parent_key)))
        counts["comment added"] += len(new)
        counts["comment updated"] += len(changed)
        if not self._is_dry and (new or changed):
            touched = self._add(new) | self._update(changed)
            discussion.recount(touched)
            events.record_many("idea.imported", sorted(touched))
        return refused

    def _parents(self, rows: Sequence[CommentRow]) -> dict[Key, int]:
        """The comment that each reply goes under: what it replies to, or the one above that."""
        keys = [(row.source, row.parent_external_id) for row in rows if row.parent_external_id]
        found = origins("comment", keys)
        ids = {one.comment_id for one in found.values()}
        above = {
            comment_id: parent_id or comment_id
            for comment_id, parent_id in db.session.execute(
                select(Comment.id, Comment.parent_id).where(Comment.id.in_(ids))
            ).tuples()
        }
        return {key: above[one.comment_id or 0] for key, one in found.items()}

    def _own(self, external_ids: Any) -> set[str]:
        ids = [int(one) for one in external_ids if one.isdecimal() and len(one) < 10]
        if not ids:
            return set()
        found = db.session.scalars(select(Comment.id).where(Comment.id.in_(ids)))
        return {str(one) for one in found}

    def _add(self, new: Sequence[tuple[CommentRow, int, int | None]]) -> set[int]:
        if not new:
            return set()
        authors = placeholders([row for row, _idea, _parent in new])
        now = clock.now()
        begun = self._begun({idea_id for _row, idea_id, _parent in new})
        ids = db.session.scalars(
            insert(Comment).returning(Comment.id, sort_by_parameter_order=True),
            [
                {
                    "idea_id": idea_id,
                    "parent_id": parent_id,
                    "author_id": authors[author_of(row)],
                    "kind": row.kind or CommentKind.ADDITION,
                    "body": row.body,
                    "visibility": Visibility.PUBLIC,
                    # A comment whose time nobody knows is not older than its idea.
                    "created_at": row.created_at or begun[idea_id],
                }
                for row, idea_id, parent_id in new
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
                for (row, _idea, _parent), comment_id in zip(new, ids, strict=True)
            ],
        )
        return {idea_id for _row, idea_id, _parent in new}

    def _begun(self, idea_ids: set[int]) -> dict[int, datetime]:
        rows = db.session.execute(select(Idea.id, Idea.created_at).where(Idea.id.in_(idea_ids)))
        return dict(rows.tuples().all())

    def _update(self, changed: Sequence[tuple[Origin, CommentRow]]) -> set[int]:
        if not changed:
            return set()
        now = clock.now()
        ids = [origin.comment_id for origin, _row in changed]
        comments = {
            one.id: one for one in db.session.scalars(select(Comment).where(Comment.id.in_(ids)))
        }
        touched = set()
        for origin, row in changed:
            comment = comments[origin.comment_id or 0]
            if comment.body != row.body:
                db.session.add(
                    CommentWording(
                        comment_id=comment.id,
                        number=comment.wording,
                        body=comment.body,
                        created_at=comment.edited_at or comment.created_at,
                    )
                )
                comment.body, comment.edited_at = row.body, now
                comment.wording += 1
            comment.kind = row.kind or comment.kind
            origin.digest, origin.imported_at = digest(row), now
            touched.add(comment.idea_id)
        db.session.flush()
        return touched
