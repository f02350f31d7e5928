"""A page asks the database as often for thirty rows as for three."""

import re

import pytest

from cocreate import kept
from cocreate.backlog import actions as backlog
from cocreate.discussion.models import CommentKind
from cocreate.exchange import outgoing
from cocreate.extensions import db
from cocreate.ideas.models import Stage
from cocreate.search import actions, similar, training
from tests.databases import statements

PAGES = [
    "/",
    "/ideas",
    "/ideas?sort=top",
    "/ideas?sort=new&tag=light",
    "/ideas?sort=talked&area={area}&stage=new&language=en",
    "/roadmap",
    "/changelog",
    "/feeds/ideas.atom",
    "/feeds/changelog.atom",
    "/feeds/ideas/{idea}.atom",
    "/ideas/{idea}-the-first",
    "/sitemap.xml",
    "/sitemaps/ideas-1.xml",
]


@pytest.fixture
def grow(make_idea, make_member, make_area, make_comment, vote):
    """grow(n): n more ideas of every kind with votes and answers, n comments on the first."""
    area, team = make_area("shops"), make_member(role="product")
    first = make_idea(title="The first", area=area)

    def more(number: int) -> None:
        for turn in range(number):
            author, fan = make_member(), make_member()
            idea = make_idea(author, area=area, tags=("light", f"tag{turn}"))
            vote(fan, idea)
            comment = make_comment(first, author, kind=CommentKind.QUESTION)
            make_comment(first, fan, parent=comment)
            backlog.answer(team, first, body=f"Word {turn}.", stage=Stage.CONSIDERING)
            for stage in (Stage.PLANNED, Stage.BUILDING, Stage.SHIPPED):
                other = make_idea(author, area=area)
                backlog.answer(team, other, body="It comes.", stage=stage)
        db.session.commit()

    more.first, more.area = first, area
    return more


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [None, "member", "moderator", "product"])
def test_statements_do_not_grow_with_the_rows(browser, make_member, grow, page, role):
    reader = browser(make_member(role=role) if role else None)
    address = page.format(idea=grow.first.id, area=grow.area.key)

    def asked() -> list[str]:
        # Without what earlier pages left in memory: the most that a page can ask.
        kept.forget()
        db.session.commit()
        with statements() as found:
            assert reader.get(address).status_code == 200
        return found

    grow(3)
    few = asked()
    grow(10)
    many = asked()

    assert len(many) == len(few), "\n\n".join(many)
    assert len(many) < 20


def test_a_list_that_was_shown_before_asks_less(browser, grow):
    grow(3)
    visitor = browser()
    with statements() as first:
        visitor.get("/ideas")
    with statements() as second:
        visitor.get("/ideas")

    # The site's settings, the areas, the rows.
    assert len(second) <= 3, "\n\n".join(second)
    assert len(second) < len(first)


# Everything that has one state, put in order or looked through: what grows with the portal.
WALK = re.compile(r"(ideas|comments) USING (COVERING )?INDEX \w+ \(visibility=\?\)$")
FEW = [
    "/search?q=light",
    "/search?q=light&sort=new",
    "/search?q=light&sort=top&area={area}&stage=new&tag=light&language=en&answered=1",
    "/search?q=lihgt",
    "/ideas/{idea}-the-first",
    "/sitemaps/ideas-1.xml",
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_few_are_not_looked_for_among_all(browser, grow, work):
    """Whose ids are known is read by them, and a walk by ids goes on from where it was."""
    visitor = browser()
    grow(3)
    with statements() as found:
        work()
        for page in FEW:
            answer = visitor.get(page.format(idea=grow.first.id, area=grow.area.key))
            assert answer.status_code == 200
        assert similar.similar(None, "The first", "Light")
        actions.compare()
        training.walk_on(training.begun())
        list(outgoing.pages("here", language="en"))

    # Counting all has to look at all; learning does, at night.
    reads = [one for one in dict.fromkeys(found) if re.match(r"(SELECT|WITH) (?!count\()", one)]
    assert sum("likely" in one for one in reads) > 8
    asked = db.session.connection().exec_driver_sql
    for one in reads:
        plan = asked(f"EXPLAIN QUERY PLAN {one}", (None,) * one.count("?")).all()
        assert not [step.detail for step in plan if WALK.search(step.detail)], one
