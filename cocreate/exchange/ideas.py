"""Imported ideas: written in batches, found again by where they came from."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from cocreate import clock, events, text
from cocreate.backlog.models import Answer
from cocreate.exchange.authors import author_of, placeholders
from cocreate.exchange.models import Origin
from cocreate.exchange.rows import Accepted, IdeaRow, Refused, digest
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas import texts
from cocreate.ideas.models import (
    MOST_TAGS,
    TAG_LENGTH,
    Area,
    Idea,
    IdeaTag,
    Stage,
    Tag,
    Visibility,
    Wording,
)
from cocreate.ideas.tags import set_tags, tag_names

# How an imported row is found again.
Key = tuple[str, str]


class Ideas:
    """The ideas of one import."""

    def __init__(self, *, language: str, own_source: str, is_dry: bool) -> None:
        self._language = language
        self._own_source = own_source
        self._is_dry = is_dry
        self._areas: dict[str, int] = {}
        # What this run has dealt with; a dry run's comments look here for their ideas.
        self.seen: set[Key] = set()

    def write(self, batch: Sequence[Accepted], counts: Counter[str]) -> list[Refused]:
        """Write what is new or has changed; what cannot be taken comes back refused."""
        refused = []
        rows: dict[Key, tuple[Accepted, IdeaRow]] = {}
        for one in batch:
            row = one.row
            assert isinstance(row, IdeaRow)
            key = (row.source, row.external_id)
            if key in self.seen:
                reason = _("Another row before it has the same id: %(id)s.", id=row.external_id)
                refused.append(Refused(one.number, reason, one.raw))
                continue
            self.seen.add(key)
            rows[key] = (one, row)
        known = origins("idea", rows)
        own = own_ideas(row.external_id for _one, row in rows.values() if self._is_own(row))
        new: list[IdeaRow] = []
        changed: list[tuple[int, IdeaRow]] = []
        for key, (one, row) in rows.items():
            if self._is_own(row):
                if row.external_id in own:
                    counts["idea unchanged"] += 1
                else:
                    reason = _("It says it is this portal's own, and this portal has no such idea.")
                    refused.append(Refused(one.number, reason, one.raw))
            elif key not in known:
                new.append(row)
            elif known[key].digest == digest(row):
                counts["idea unchanged"] += 1
            else:
                changed.append((known[key].idea_id or 0, row))
        counts["idea added"] += len(new)
        counts["idea updated"] += len(changed)
        if not self._is_dry and (new or changed):
            touched = self._add(new) + self._update(changed, known)
            events.record_many("idea.imported", touched)
        return refused

    def _is_own(self, row: IdeaRow) -> bool:
        return row.source == self._own_source

    def _add(self, rows: Sequence[IdeaRow]) -> list[int]:
        if not rows:
            return []
        authors = placeholders(rows)
        now = clock.now()
        ids = list(
            db.session.scalars(
                insert(Idea).returning(Idea.id, sort_by_parameter_order=True),
                [self._values(row, authors[author_of(row)], now) for row in rows],
            )
        )
        db.session.execute(
            insert(Wording),
            [
                {
                    "idea_id": idea_id,
                    "number": 1,
                    "editor_id": authors[author_of(row)],
                    "title": row.title,
                    "need": row.need,
                    "proposal": row.proposal,
                    "created_at": row.created_at or now,
                }
                for idea_id, row in zip(ids, rows, strict=True)
            ],
        )
        _tag(zip(ids, rows, strict=True))
        db.session.execute(
            insert(Origin),
            [
                {
                    "source": row.source,
                    "kind": "idea",
                    "external_id": row.external_id,
                    "idea_id": idea_id,
                    "digest": digest(row),
                    "imported_at": now,
                }
                for idea_id, row in zip(ids, rows, strict=True)
            ],
        )
        return ids

    def _values(self, row: IdeaRow, author_id: int, now: datetime) -> dict[str, Any]:
        moment = row.created_at or now
        return {
            "author_id": author_id,
            "area_id": self._area(row.area),
            "language": row.language or self._language,
            "title": row.title,
            "need": row.need,
            "proposal": row.proposal,
            "excerpt": text.excerpt(f"{row.need}\n\n{row.proposal}", texts.EXCERPT_LENGTH),
            "visibility": Visibility.PUBLIC,
            "stage": row.stage or Stage.NEW,
            "wording": 1,
            "imported_support": row.support,
            "imported_against": row.against,
            "created_at": moment,
            "published_at": moment,
            "talked_at": moment,
            "stage_at": moment,
        }

    def _area(self, name: str) -> int | None:
        """The area with this name in any language, made where there is none."""
        if not name:
            return None
        if not self._areas:
            for area in db.session.scalars(select(Area)):
                self._areas |= {one.casefold(): area.id for one in (*area.names.values(), area.key)}
        if name.casefold() not in self._areas:
            key = text.slug(name)[:40]
            if key in self._areas:
                # Two names that differ only in signs are one area.
                self._areas[name.casefold()] = self._areas[key]
            else:
                area = Area(key=key, names={self._language: name}, departments={})
                area.position = len(self._areas)
                db.session.add(area)
                db.session.flush()
                self._areas |= {name.casefold(): area.id, key: area.id}
        return self._areas[name.casefold()]

    def _update(
        self, changed: Sequence[tuple[int, IdeaRow]], known: dict[Key, Origin]
    ) -> list[int]:
        if not changed:
            return []
        authors = placeholders([row for _id, row in changed])
        ids = [idea_id for idea_id, _row in changed]
        ideas = {one.id: one for one in db.session.scalars(select(Idea).where(Idea.id.in_(ids)))}
        answered = set(db.session.scalars(select(Answer.idea_id).where(Answer.idea_id.in_(ids))))
        for idea_id, row in changed:
            idea = ideas[idea_id]
            words = (idea.title, idea.need, idea.proposal)
            idea.title, idea.need, idea.proposal = row.title, row.need, row.proposal
            idea.excerpt = text.excerpt(f"{row.need}\n\n{row.proposal}", texts.EXCERPT_LENGTH)
            idea.area_id = self._area(row.area)
            idea.language = row.language or idea.language
            idea.imported_support, idea.imported_against = row.support, row.against
            # What the team has decided here is not undone by a file.
            if row.stage and idea_id not in answered:
                idea.stage = row.stage
            idea.version += 1
            idea.is_score_due = True
            if words != (row.title, row.need, row.proposal):
                texts.keep_wording(authors[author_of(row)], idea, clock.now())
            set_tags(idea, _fitting(row))
            origin = known[(row.source, row.external_id)]
            origin.digest, origin.imported_at = digest(row), clock.now()
        db.session.flush()
        return ids


def origins(kind: str, keys: Sequence[Key] | dict[Key, Any]) -> dict[Key, Origin]:
    """What of `keys` was imported before."""
    found = db.session.scalars(
        select(Origin).where(
            Origin.kind == kind,
            Origin.source.in_({source for source, _id in keys}),
            Origin.external_id.in_({external_id for _source, external_id in keys}),
        )
    )
    return {(one.source, one.external_id): one for one in found}


def own_ideas(external_ids: Any) -> set[str]:
    """Those of the ids that are ideas of this portal."""
    ids = [int(one) for one in external_ids if one.isdecimal() and len(one) < 10]
    if not ids:
        return set()
    return {str(one) for one in db.session.scalars(select(Idea.id).where(Idea.id.in_(ids)))}


def _fitting(row: IdeaRow) -> tuple[str, ...]:
    """As many of the row's tags as an idea may carry."""
    return tag_names(tag for tag in row.tags[:MOST_TAGS] if len(tag) <= TAG_LENGTH)


def _tag(pairs: Any) -> None:
    wanted = [(idea_id, name) for idea_id, row in pairs for name in _fitting(row)]
    if not wanted:
        return
    names = sorted({name for _id, name in wanted})
    events.insert_or_ignore(Tag, [{"name": name} for name in names])
    ids = {
        name: tag_id
        for tag_id, name in db.session.execute(
            select(Tag.id, Tag.name).where(Tag.name.in_(names))
        ).tuples()
    }
    db.session.execute(
        insert(IdeaTag), [{"idea_id": idea_id, "tag_id": ids[name]} for idea_id, name in wanted]
    )
