"""Hostile questions: none is an error, and none costs more than a bounded number of looks.

Ten thousand are read and looked for on each engine, and a thousand are whole requests,
half of them on each. Costs are counted, in statements and in keys that are looked up, and
not timed: a slow machine changes neither.
"""

import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from cocreate.extensions import db
from cocreate.ideas.filters import Filters
from cocreate.search import engines, queries
from cocreate.search.asked import Asked
from tests.databases import statements
from tests.odd_questions import hostile_questions

Make = Callable[..., Any]

# Sixteen words at most, each a key in two languages, and those with a hyphen a third as a whole.
MOST_KEYS = 64
# For what stands behind tag:, area: and author: one each; PostgreSQL is asked for the words too.
LOOKS = {"sqlite": 3, "postgresql": 20}
# A whole page of results, and one that leads on from nothing found.
STATEMENTS = {"sqlite": 30, "postgresql": 90}


def keys(asked: Asked) -> set[str]:
    return {key for part in (*asked.parts, *asked.without) for key in part.keys}


def portal(make_idea: Make, make_comment: Make, work: Make) -> None:
    for title in (
        "Paper bags, káva & <script>",
        "NOT a title: * ? ~",
        "日本語 поиск a b c",
        "C++ % _",
    ):
        make_comment(make_idea(title=title, tags=("káva", "c++", "new")), body="x y č 1 e-mail")
    work()


def test_ten_thousand_hostile_questions_cost_what_others_cost(
    make_idea: Make, make_comment: Make, work: Make
) -> None:
    portal(make_idea, make_comment, work)
    kind = db.engine.dialect.name
    engine = engines.here()
    chance = random.Random(20_240_607)

    for question in hostile_questions(10_000, 20_240_607):
        with statements() as told:
            sought = queries.read(queries.read_question(question), Filters())
            if sought.asked and not sought.narrow.is_empty:
                every = chance.random() < 0.5
                only = sought.narrow.only
                engine.search(sought.asked, every=every, only=only, limit=queries.CANDIDATES)
        assert len(keys(sought.asked)) <= MOST_KEYS, question
        assert len(told) <= LOOKS[kind], "\n\n".join([question, *told])
    assert engine.is_usable()


def test_five_hundred_hostile_requests_are_answered_for_a_bounded_cost(
    browser: Make, make_idea: Make, make_comment: Make, work: Make
) -> None:
    portal(make_idea, make_comment, work)
    kind = db.engine.dialect.name
    seed = len(kind)
    chance = random.Random(seed)
    visitor = browser()
    most = 0

    for number, asked in enumerate(hostile_questions(500, seed)):
        words = quote(asked.encode(errors="replace"))
        address = chance.choice(
            [
                f"/search?q={words}",
                f"/search?q={words}&sort=new&since=week",
                f"/search?q={words}&sort=top&tag={words}",
                f"/search?q=paper&after=every-{words}&area={words}&language={words}",
                f"/search?q=paper&after={words}&sort=new",
                f"/search/suggest?q={words}",
                f"/feeds/search.atom?q={words}&answered={words}",
            ]
        )
        with statements() as told:
            answer = visitor.get(address)
        assert answer.status_code in (200, 303), (number, address)
        most = max(most, len(told))
        assert len(told) <= STATEMENTS[kind], "\n\n".join([address, *told])
    # The bound says something: it is not far above what is needed.
    assert most > STATEMENTS[kind] / 3, most
    assert visitor.get("/search?q=%ff%fe&q=2&tag=%00&since=%ff&after=%ff").status_code == 200
