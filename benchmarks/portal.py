"""A portal full of made-up ideas, written straight into the tables for speed."""

import random
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert

from cocreate import clock, text
from cocreate.accounts.models import Member, MemberSession, name_key
from cocreate.accounts.queries import token_hash
from cocreate.extensions import db
from cocreate.ideas.models import Area, Idea, IdeaTag, Stage, Tag, Visibility
from cocreate.votes.models import Vote

MEMBERS = 1_000
AREAS = 8
TAGS = 200
VOTES_PER_IDEA = 3
WORDS_PER_IDEA = 120
_BATCH = 2_000


def fill(app: Flask, ideas: int) -> None:
    """Members, areas, tags, `ideas` public ideas with tags and votes; the same every time."""
    chance = random.Random(ideas)
    words = [
        "".join(chance.choices("abdeiklmnoprstuvz", k=chance.randint(3, 9))) for _ in range(8_000)
    ]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    now = clock.now()
    with app.app_context():
        insert_all(Member, (member(number) for number in range(1, MEMBERS + 1)))
        insert_all(
            Area,
            (
                {"id": n, "key": f"area{n}", "names": {"en": f"Area {n}"}, "departments": {}}
                for n in range(1, AREAS + 1)
            ),
        )
        insert_all(Tag, ({"id": n, "name": f"tag{n}"} for n in range(1, TAGS + 1)))

        def rows() -> Iterator[dict[str, Any]]:
            for number in range(1, ideas + 1):
                said = chance.choices(words, weights, k=WORDS_PER_IDEA)
                moment = now - timedelta(minutes=5 * (ideas - number))
                body = " ".join(said[8:])
                yield {
                    "id": number,
                    "author_id": chance.randint(1, MEMBERS),
                    "area_id": chance.randint(1, AREAS),
                    "language": "en",
                    "title": " ".join(said[:8]).capitalize()[:140],
                    "need": body[: len(body) // 2],
                    "proposal": body[len(body) // 2 :],
                    "excerpt": text.excerpt(body, 220),
                    "visibility": Visibility.PUBLIC,
                    "stage": chance.choices(
                        [Stage.NEW, Stage.CONSIDERING, Stage.PLANNED], [8, 1, 1]
                    )[0],
                    "version": 1,
                    "wording": 1,
                    "vote_count": VOTES_PER_IDEA,
                    "comment_count": 0,
                    "views": chance.randint(0, 400),
                    "fair_score": chance.random(),
                    "created_at": moment,
                    "published_at": moment,
                    "talked_at": moment,
                    "stage_at": moment,
                }

        insert_all(Idea, rows())
        insert_all(
            IdeaTag,
            (
                {"idea_id": number, "tag_id": tag}
                for number in range(1, ideas + 1)
                for tag in chance.sample(range(1, TAGS + 1), 2)
            ),
        )
        insert_all(
            Vote,
            (
                {"idea_id": number, "member_id": member, "created_at": now}
                for number in range(1, ideas + 1)
                for member in chance.sample(range(1, MEMBERS + 1), VOTES_PER_IDEA)
            ),
        )


def voters(app: Flask, count: int) -> list[tuple[str, str]]:
    """(cookie, token) of `count` members who are signed in."""
    signed = []
    signer = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token")
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    now = clock.now()
    with app.app_context():
        for member_id in range(1, count + 1):
            token, raw = secrets.token_urlsafe(24), secrets.token_hex(20)
            db.session.add(
                MemberSession(
                    member_id=member_id,
                    token_hash=token_hash(token),
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )
            session = {"_user_id": token, "_fresh": True, "csrf_token": raw}
            signed.append((f"cocreate={serializer.dumps(session)}", str(signer.dumps(raw))))
        db.session.commit()
    return signed


def member(number: int) -> dict[str, Any]:
    name = f"Member {number}"
    return {
        "id": number,
        "name": name,
        "name_key": name_key(name),
        "email": f"member{number}@example.com",
        "email_key": f"member{number}@example.com",
        "email_confirmed_at": clock.now(),
        "language": "en",
        "approved_count": 10,
        "created_at": clock.now(),
    }


def insert_all(model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            db.session.execute(insert(model), batch)
            batch = []
    if batch:
        db.session.execute(insert(model), batch)
    db.session.commit()
