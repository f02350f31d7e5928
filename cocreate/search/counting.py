"""Writing down what was looked for, so that nobody can be found in it.

Of a person a question keeps one byte, made with a key that lasts a week: enough to see
that five different people asked, far too little to tell who they were. The key is half
the portal's secret, which is not in the database, and half a row that the next week
replaces. At the fifth person the bytes go as well.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, delete, func, select, update

from cocreate import clock
from cocreate.accounts.models import Member, name_key
from cocreate.dialects import insert_or_ignore
from cocreate.extensions import db
from cocreate.search.wanted import AskedQuestion, AskedWeek, WeekKey

# A question is shown to everyone only when so many different people asked it.
PEOPLE = 5
# Weeks that are kept, this one included.
WEEKS = 13
# Different questions that are kept; while there are so many, new ones are not counted.
MOST = 5_000
# So many may go at once, when nobody asks them any more.
_BATCH = 1_000
_NAME_WORDS = 4


@dataclass(frozen=True)
class Asked:
    """What a process heard of one question; `people` are the digests of who asked."""

    key: str
    words: str
    asked: int
    in_vain: int
    clicked: int
    people: Iterable[bytes]


def this_week() -> date:
    """The Monday of this week, in UTC."""
    today = clock.now().date()
    return today - timedelta(days=today.weekday())


def add(heard: Iterable[Asked]) -> None:
    """Add up what was heard. Of questions that nobody asked before, clicks do not count."""
    # In one order, so that two processes wait and never lock each other out, and so that
    # nothing about when somebody asked can be read from the order of the rows.
    found = sorted(_impersonal(list(heard)), key=lambda one: one.key)
    if not found:
        return
    week = this_week()
    key = _week_key(week)
    _make_room([one for one in found if one.asked])
    rows = {
        row.key: row
        for row in db.session.scalars(
            select(AskedQuestion)
            .where(AskedQuestion.key.in_([one.key for one in found]))
            .order_by(AskedQuestion.key)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    found = [one for one in found if one.key in rows]
    for one in found:
        _mark(rows[one.key], one.people, key)
    numbers = [
        {
            "question": rows[one.key].id,
            "asked_now": one.asked,
            "in_vain_now": one.in_vain,
            "clicked_now": one.clicked,
        }
        for one in found
    ]
    if not numbers:
        return
    nought = {"week": week, "asked": 0, "in_vain": 0, "clicked": 0}
    insert_or_ignore(AskedWeek, [{"question_id": one["question"], **nought} for one in numbers])
    db.session.connection().execute(
        update(AskedWeek)
        .where(AskedWeek.question_id == bindparam("question"), AskedWeek.week == week)
        .values(
            asked=AskedWeek.asked + bindparam("asked_now"),
            in_vain=AskedWeek.in_vain + bindparam("in_vain_now"),
            clicked=AskedWeek.clicked + bindparam("clicked_now"),
        ),
        numbers,
    )


def forget_old() -> bool:
    """Remove weeks that are over, and questions nobody asked since; whether there is more.

    While there are too many, those asked least and longest ago go too, but for what the
    staff lets be shown.
    """
    before = this_week() - timedelta(weeks=WEEKS - 1)
    db.session.execute(delete(AskedWeek).where(AskedWeek.week < before))
    _week_key(this_week())
    asked = func.coalesce(func.sum(AskedWeek.asked), 0)
    number = db.session.scalar(select(func.count()).select_from(AskedQuestion)) or 0
    least = (
        select(AskedQuestion.id)
        .outerjoin(AskedWeek, AskedWeek.question_id == AskedQuestion.id)
        .group_by(AskedQuestion.id, AskedQuestion.shown_as)
    )
    gone = list(db.session.scalars(least.having(asked == 0).limit(_BATCH)))
    # A tenth at least stays free for what people will ask next.
    many = number - len(gone) - MOST * 9 // 10
    if many > 0 and not gone:
        order = (asked, func.max(AskedWeek.week), AskedQuestion.id)
        rest = least.where(AskedQuestion.shown_as == "").order_by(*order)
        gone = list(db.session.scalars(rest.limit(min(many, _BATCH))))
    db.session.execute(delete(AskedWeek).where(AskedWeek.question_id.in_(gone)))
    db.session.execute(delete(AskedQuestion).where(AskedQuestion.id.in_(gone)))
    return len(gone) == _BATCH


def _impersonal(heard: Sequence[Asked]) -> list[Asked]:
    """Those in which no member is called by name."""
    names = {one.key: set(_runs(name_key(one.words))) for one in heard}
    wanted = {name for some in names.values() for name in some}
    known = set(db.session.scalars(select(Member.name_key).where(Member.name_key.in_(wanted))))
    return [one for one in heard if not names[one.key] & known]


def _runs(words: str) -> Iterable[str]:
    """What of a question may be a name: all of it, or two to four words of it."""
    parts = words.split()
    yield words
    for start in range(len(parts)):
        for end in range(start + 2, min(start + _NAME_WORDS, len(parts)) + 1):
            yield " ".join(parts[start:end])


def _week_key(week: date) -> bytes:
    """The half of the key that the database keeps; with a new one, all older marks go."""
    kept = db.session.get(WeekKey, week, populate_existing=True)
    if kept is None:
        insert_or_ignore(WeekKey, [{"week": week, "body": secrets.token_bytes(16)}])
        kept = db.session.get_one(WeekKey, week, populate_existing=True)
        db.session.execute(delete(WeekKey).where(WeekKey.week != week))
        db.session.execute(
            update(AskedQuestion).where(AskedQuestion.marks != b"").values(marks=b"")
        )
    return kept.body


def _make_room(asked: Sequence[Asked]) -> None:
    """A row for each question that has none, while there is room."""
    known = set(
        db.session.scalars(
            select(AskedQuestion.key).where(AskedQuestion.key.in_([one.key for one in asked]))
        )
    )
    fresh = [one for one in asked if one.key not in known]
    if not fresh:
        return
    number = db.session.scalar(select(func.count()).select_from(AskedQuestion)) or 0
    insert_or_ignore(
        AskedQuestion,
        [
            {
                "key": one.key,
                "words": one.words,
                "marks": b"",
                "is_popular": False,
                "shown_as": "",
                "screened_at": None,
                "settled_at": None,
            }
            for one in fresh[: max(0, MOST - number)]
        ],
    )


def _mark(question: AskedQuestion, people: Iterable[bytes], key: bytes) -> None:
    """Remember one byte of each person, until there are PEOPLE of them."""
    if question.is_popular:
        return
    marks = set(question.marks)
    for who in people:
        whole = hashlib.blake2b(who + question.key.encode(), key=key, digest_size=1)
        marks.add(whole.digest()[0])
    question.is_popular = len(marks) >= PEOPLE
    # In their own order: not in that in which they came.
    question.marks = b"" if question.is_popular else bytes(sorted(marks))
