"""Saved searches: keeping one, looking at what is new, ending it and taking the end back."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import Select, delete, func, select, tuple_, update

from cocreate import clock, events, limits, permits
from cocreate.accounts.models import Member
from cocreate.database import changed
from cocreate.errors import Closed, Invalid, NotThere
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES, get_locale
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.filters import Filters
from cocreate.ideas.models import Area, Idea
from cocreate.ideas.queries import areas, listed
from cocreate.notices.models import QUESTION_LENGTH, FoundIdea, Notice, SavedSearch

# More than anyone looks after; a broad question says more than twenty narrow ones.
MOST = 20
# How long the end of a search can be taken back.
KEEP_ENDED = timedelta(days=1)
# How long it is known which ideas a search has told of; older news is no news.
KEEP_FOUND = timedelta(days=60)
# Rows that one call forgets.
AT_ONCE = 500


@dataclass(frozen=True)
class Kept:
    """A saved search as its owner's page shows it. `words` are in the current language."""

    id: int
    words: str
    number: int
    by_mail: bool
    search: SavedSearch


def narrowed(filters: Filters) -> dict[str, str]:
    """What a saved search keeps of filters: what ideas are about, not how far they got."""
    about = Filters(area=filters.area, tag=filters.tag, language=filters.language)
    return about.values()


def save(member: Member, question: str, filters: Filters, language: str) -> SavedSearch:
    """Tell the member of new ideas for `question` under `filters` from now on.

    `language` is the one they read in. The same search saved twice is one; one that
    was ended begins again. Raises NotAllowed without a confirmed address, Invalid
    where nothing is asked for, Closed where there are MOST already, and TooOften.
    """
    permits.require(member, "search.save")
    if not question and not narrowed(filters):
        raise Invalid("q", _("Write what to look for first."))
    key = _key(question, filters)
    # Two tabs may save at once: each of the two counts what the other one wrote.
    db.session.execute(select(Member.id).where(Member.id == member.id).with_for_update())
    search = db.session.scalar(_of(member).where(SavedSearch.key == key))
    if search is not None and search.ended_at is None:
        return search
    limits.check(member, "search.saved")
    _leave_room(member)
    if search is not None:
        _begin_again(search)
    else:
        search = SavedSearch(
            member_id=member.id,
            key=key,
            question=question[:QUESTION_LENGTH],
            narrowed=narrowed(filters),
            language=language,
            by_mail=True,
            saved_at=clock.now(),
            looked_at=clock.now(),
        )
        db.session.add(search)
    events.record("search.saved", member)
    return search


def end(search: SavedSearch) -> None:
    """Tell nothing more of it; mails that wait to be sent leave it out. Ending twice is no error.

    Needs no permit: it only ever makes the portal quieter.
    """
    if search.ended_at is None:
        search.ended_at = clock.now()
        _see(search)


def bring_back(search: SavedSearch) -> None:
    """Take its end back. Raises Closed where there are MOST others by now."""
    if search.ended_at is None:
        return
    owner = db.session.get_one(Member, search.member_id)
    db.session.execute(select(Member.id).where(Member.id == owner.id).with_for_update())
    _leave_room(owner)
    search.ended_at = None


def choose_mail(search: SavedSearch, *, wanted: bool) -> None:
    """Let it be told in the daily mail as well, or on the page alone."""
    search.by_mail = wanted
    if not wanted:
        _notice(search, is_for_digest=False)


def look(search: SavedSearch) -> None:
    """The member looks at what there is: nothing is new until something comes."""
    search.looked_at = clock.now()
    _see(search)


def forget_all(member: Member) -> None:
    """Remove what the member searched for: they are leaving."""
    _forget(list(db.session.scalars(select(SavedSearch.id).filter_by(member_id=member.id))))


def forget_old() -> bool:
    """Remove searches that were ended a day ago, and finds that are old; True: there are more."""
    now = clock.now()
    ended = select(SavedSearch.id).where(SavedSearch.ended_at < now - KEEP_ENDED).limit(AT_ONCE)
    ids = list(db.session.scalars(ended))
    _forget(ids)
    row = tuple_(FoundIdea.search_id, FoundIdea.idea_id)
    old = select(FoundIdea.search_id, FoundIdea.idea_id)
    old = old.where(FoundIdea.found_at < now - KEEP_FOUND).limit(AT_ONCE)
    gone = changed(
        db.session.execute(
            delete(FoundIdea).where(row.in_(old)).execution_options(synchronize_session=False)
        )
    )
    return len(ids) == AT_ONCE or gone == AT_ONCE


# --- questions --------------------------------------------------------------------------------


def saved_as(member: Member, question: str, filters: Filters) -> SavedSearch | None:
    """The member's saved search for the same; None where it is none."""
    same = _of(member).where(SavedSearch.key == _key(question, filters))
    return db.session.scalar(same.where(SavedSearch.ended_at.is_(None)))


def one_of(member: Member, search_id: int) -> SavedSearch | None:
    """One of the member's searches, ended or not; None for what is not theirs or forgotten."""
    return db.session.scalar(_of(member).where(SavedSearch.id == search_id))


def own(member: Member, search_id: int) -> SavedSearch:
    """The same. Raises NotThere for what is not theirs or forgotten."""
    search = one_of(member, search_id)
    if search is None:
        raise NotThere()
    return search


def searches_of(member: Member) -> list[Kept]:
    """The member's saved searches, the newest first, with the number of ideas not looked at."""
    new = (
        select(FoundIdea.search_id, func.count().label("number"))
        .join(SavedSearch, SavedSearch.id == FoundIdea.search_id)
        .join(Idea, Idea.id == FoundIdea.idea_id)
        .where(
            SavedSearch.member_id == member.id, FoundIdea.found_at > SavedSearch.looked_at, listed()
        )
        .group_by(FoundIdea.search_id)
        .subquery()
    )
    rows = db.session.execute(
        select(SavedSearch, func.coalesce(new.c.number, 0))
        .outerjoin(new, new.c.search_id == SavedSearch.id)
        .where(SavedSearch.member_id == member.id, SavedSearch.ended_at.is_(None))
        .order_by(SavedSearch.id.desc())
    ).all()
    called = words_of([search for search, _ in rows])
    return [
        Kept(search.id, called[search.id], number, search.by_mail, search)
        for search, number in rows
    ]


def words_of(searches: Iterable[SavedSearch]) -> dict[int, str]:
    """What each search is called in the current language, by its id."""
    searches = list(searches)
    named = any("area" in one.narrowed for one in searches)
    known = {one.key: one for one in areas()} if named else {}
    return {one.id: words(one.question, one.narrowed, known) for one in searches}


def words(question: str, about: Mapping[str, str], known: Mapping[str, Area]) -> str:
    """A question and what it is narrowed to, in words; `known` are the areas by their keys."""
    said = []
    if key := about.get("area"):
        said.append(known[key].name_in(str(get_locale())) if key in known else key)
    if tag := about.get("tag"):
        said.append(f"#{tag}")
    if code := about.get("language"):
        said.append(LANGUAGES.get(code, code))
    if not question:
        return ", ".join(said)
    return f"{question} ({', '.join(said)})" if said else question


def address(search: SavedSearch) -> str:
    """Where its ideas are, the newest first."""
    asked = {"q": search.question} if search.question else {}
    return "/search?" + urlencode({**search.narrowed, "sort": "new", **asked})


# --- the rest ---------------------------------------------------------------------------------


def _of(member: Member) -> Select[SavedSearch]:
    return select(SavedSearch).where(SavedSearch.member_id == member.id)


def _key(question: str, filters: Filters) -> str:
    same = json.dumps([question.casefold(), sorted(narrowed(filters).items())])
    return hashlib.sha256(same.encode()).hexdigest()


def _leave_room(member: Member) -> None:
    kept = select(func.count()).where(
        SavedSearch.member_id == member.id, SavedSearch.ended_at.is_(None)
    )
    if (db.session.scalar(kept) or 0) >= MOST:
        raise Closed(
            _("You keep %(most)s saved searches already. End one of them first.", most=MOST)
        )


def _begin_again(search: SavedSearch) -> None:
    search.ended_at = None
    search.saved_at = search.looked_at = clock.now()


def _see(search: SavedSearch) -> None:
    """Its notice has been seen and is told in no mail."""
    _notice(search, is_for_digest=False, read_at=clock.now())


def _notice(search: SavedSearch, **values: object) -> None:
    db.session.execute(
        update(Notice)
        .where(
            Notice.event_id == search.event_id,
            Notice.member_id == search.member_id,
            Notice.read_at.is_(None),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _forget(search_ids: Sequence[int]) -> None:
    for model, column in ((FoundIdea, FoundIdea.search_id), (SavedSearch, SavedSearch.id)):
        db.session.execute(
            delete(model).where(column.in_(search_ids)).execution_options(synchronize_session=False)
        )
