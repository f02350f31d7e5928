"""A page asks the database as often for thirty rows as for three."""

import pytest

from cocreate import kept
from cocreate.backlog import actions as backlog
from cocreate.discussion.models import CommentKind
from cocreate.extensions import db
from cocreate.ideas.models import Stage
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
