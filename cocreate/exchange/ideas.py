"""Imported ideas: written in batches, found again by where they came from."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import joinedload

from cocreate import clock, events, text
from cocreate.backlog.models import Answer
from cocreate.discussion import actions as discussion
from cocreate.exchange import authors
from cocreate.exchange import tags as tagging
from cocreate.exchange.areas import Areas
from cocreate.exchange.authors import author_of
from cocreate.exchange.models import Origin
from cocreate.exchange.rows import Accepted, IdeaRow, Refused, digest
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas import texts
from cocreate.ideas.models import Idea, IdeaTag, Stage, Visibility, Wording

# How an imported row is found again: the source, and its id there.
Key = tuple[str, str]


class Ideas:
    """The ideas of one import."""

    def __init__(self, *, language: str, own_source: str, is_dry: bool) -> None:
        self._language = language
        self._own_source = own_source
        self._is_dry = is_dry
        self._areas = Areas(language)
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
        own = own_ideas(key for key in rows if key[0] == self._own_source)
        new: list[IdeaRow] = []
        changed: list[tuple[Origin, IdeaRow]] = []
        for key, (one, row) in rows.items():
            if key[0] == self._own_source:
                if key in own:
                    counts["idea unchanged"] += 1
                else:
                    reason = _("It says it is this portal's own, and this portal has no such idea.")
                    refused.append(Refused(one.number, reason, one.raw))
            elif key not in known:
                new.append(row)
            elif known[key].digest == digest(row):
                counts["idea unchanged"] += 1
            else:
                changed.append((known[key], row))
        updated = self._update(changed)
        counts["idea added"] += len(new)
        counts["idea updated"] += len(updated)
        counts["idea unchanged"] += len(changed) - len(updated)
        if not self._is_dry:
            events.record_many("idea.imported", [*self._add(new), *updated])
        return refused

    def _add(self, rows: Sequence[IdeaRow]) -> list[int]:
        if not rows:
            return []
        people = authors.members(rows)
        now = clock.now()
        values = [self._values(row, people[author_of(row)], now) for row in rows]
        ids = list(
            db.session.scalars(
                insert(Idea).returning(Idea.id, sort_by_parameter_order=True), values
            )
        )
        db.session.execute(
            insert(Wording),
            [
                {
                    "idea_id": idea_id,
                    "number": 1,
                    "editor_id": people[author_of(row)],
                    "title": row.title,
                    "need": row.need,
                    "proposal": row.proposal,
                    "created_at": row.created_at or now,
                }
                for idea_id, row in zip(ids, rows, strict=True)
            ],
        )
        tagging.add(dict(zip(ids, map(tagging.of_row, rows), strict=True)))
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
            "area_id": self._areas.made(row.area),
            "language": row.language or self._language,
            "title": row.title,
            "need": row.need,
            "proposal": row.proposal,
            "excerpt": _excerpt(row.need, row.proposal),
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

    def _update(self, changed: Sequence[tuple[Origin, IdeaRow]]) -> list[int]:
        """Let known ideas say what their rows say now; the ids of those that said another thing.

        What a row leaves empty stays as it is: a column may be missing this time.
        """
        if not changed:
            return []
        ids = [origin.idea_id or 0 for origin, _row in changed]
        loaded = (joinedload(Idea.author), joinedload(Idea.area))
        ideas = {
            one.id: one
            for one in db.session.scalars(select(Idea).where(Idea.id.in_(ids)).options(*loaded))
        }
        answered = set(db.session.scalars(select(Answer.idea_id).where(Answer.idea_id.in_(ids))))
        tags = tagging.of_ideas(ids)
        rows = [row for _origin, row in changed]
        people = authors.known(rows) if self._is_dry else authors.members(_renamed(changed, ideas))
        updated, tagged = [], {}
        now = clock.now()
        for origin, row in changed:
            idea = ideas[origin.idea_id or 0]
            new = self._news(idea, row, is_answered=idea.id in answered)
            if "author" in new and people.get(author_of(row)) == idea.author_id:
                del new["author"]
            if (
                row.tags
                and idea.author.is_placeholder
                and set(tagging.of_row(row)) != tags[idea.id]
            ):
                tagged[idea.id] = tagging.of_row(row)
            if not new and idea.id not in tagged:
                continue
            updated.append(idea.id)
            if not self._is_dry:
                self._apply(idea, row, new, people, now)
                origin.digest, origin.imported_at = digest(row), now
        if not self._is_dry:
            if tagged:
                db.session.execute(delete(IdeaTag).where(IdeaTag.idea_id.in_(tagged)))
                tagging.add(tagged)
            db.session.flush()
            if updated:
                discussion.recount(updated)
        return updated

    def _news(self, idea: Idea, row: IdeaRow, *, is_answered: bool) -> dict[str, Any]:
        """What of the row is something else than the idea says by now, by the idea's columns."""
        said: dict[str, Any] = {
            "imported_support": _support(row, idea),
            "imported_against": row.against,
        }
        # What the team has decided here is not undone by a file.
        if not is_answered:
            said["stage"] = row.stage
        # Nor are the words of an author who has claimed them.
        if idea.author.is_placeholder:
            said |= {
                "title": row.title,
                "need": row.need,
                "proposal": row.proposal,
                "language": row.language,
                "published_at": row.created_at,
            }
        new = {
            column: value
            for column, value in said.items()
            if value not in (None, "") and value != getattr(idea, column)
        }
        if idea.author.is_placeholder:
            if row.author and row.author != idea.author.name:
                new["author"] = row.author
            if row.area and not self._areas.is_called(idea.area_id, row.area):
                new["area"] = row.area
        return new

    def _apply(
        self,
        idea: Idea,
        row: IdeaRow,
        new: dict[str, Any],
        people: dict[authors.Author, int],
        now: datetime,
    ) -> None:
        if "author" in new:
            idea.author_id = people[author_of(row)]
        if "area" in new:
            idea.area_id = self._areas.made(row.area)
        if "published_at" in new:
            idea.created_at = new["published_at"]
        for column in new.keys() - {"author", "area"}:
            setattr(idea, column, new[column])
        if new.keys() & {"title", "need", "proposal"}:
            idea.excerpt = _excerpt(idea.need, idea.proposal)
            idea.wording += 1
            db.session.add(
                Wording(
                    idea_id=idea.id,
                    number=idea.wording,
                    editor_id=idea.author_id,
                    title=idea.title,
                    need=idea.need,
                    proposal=idea.proposal,
                    created_at=now,
                )
            )
        idea.version += 1
        idea.is_score_due = True


def origins(kind: str, keys: Collection[Key]) -> dict[Key, Origin]:
    """What of `keys` was imported before."""
    if not keys:
        return {}
    found = db.session.scalars(
        select(Origin).where(
            Origin.source.in_({source for source, _id in keys}),
            Origin.kind == kind,
            Origin.external_id.in_({external_id for _source, external_id in keys}),
        )
    )
    return {(one.source, one.external_id): one for one in found}


def own_ideas(keys: Iterable[Key]) -> dict[Key, int]:
    """Those of the keys that are public ideas of this portal itself, with their ids."""
    ids = {int(key[1]): key for key in keys if key[1].isdecimal() and len(key[1]) < 10}
    if not ids:
        return {}
    found = select(Idea.id).where(Idea.id.in_(ids), Idea.visibility != Visibility.DRAFT)
    return {ids[one]: one for one in db.session.scalars(found)}


def _excerpt(need: str, proposal: str) -> str:
    return text.excerpt(f"{need}\n\n{proposal}", texts.EXCERPT_LENGTH)


def _support(row: IdeaRow, idea: Idea) -> int | None:
    """The support to keep from now on.

    An export counts the votes given here as well. Whatever those explain is
    nothing new: counted again, each of them would count twice.
    """
    before = idea.imported_support
    if row.author_id is None or row.support is None:
        return row.support
    return before if 0 <= row.support - (before or 0) <= idea.vote_count else row.support


def _renamed(changed: Sequence[tuple[Origin, IdeaRow]], ideas: dict[int, Idea]) -> list[IdeaRow]:
    """The rows that name another author than their ideas do."""
    return [
        row
        for origin, row in changed
        if (author := ideas[origin.idea_id or 0].author).is_placeholder
        and row.author
        and row.author != author.name
    ]
