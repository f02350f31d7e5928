"""The product team: what waits, answering and moving it, and who looks after it."""

import csv
import io
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from cocreate import clock
from cocreate.accounts.models import Member
from cocreate.backlog import actions, queries
from cocreate.backlog.models import Answer
from cocreate.errors import Closed, Invalid, NotAllowed, NotThere
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Stage, Visibility
from tests.databases import statements

REASON = "The machine that folds the bags cannot do this."


@pytest.fixture
def product(make_member):
    return make_member(role="product", name="Dana")


# --- answering --------------------------------------------------------------------------------


def test_the_team_answers_and_moves_an_idea_by_a_form(
    browser, product, make_idea, events_of
) -> None:
    idea = make_idea(title="Lids")
    version = idea.version
    dana = browser(product)

    with clock.at(clock.now() + timedelta(days=1)):
        sent = dana.submit(
            f"/ideas/{idea.id}/answer",
            f"/ideas/{idea.id}/answer",
            stage="planned",
            body="We **will**.\r\n",
        )

    (answer,) = queries.answers_of(idea)
    assert sent.status_code == 303
    assert sent.location == f"/ideas/{idea.id}-lids#answer-{answer.id}"
    assert (answer.body, answer.from_stage, answer.to_stage) == (
        "We **will**.",
        Stage.NEW,
        Stage.PLANNED,
    )
    assert answer.author.name == "Dana"
    assert idea.stage == Stage.PLANNED
    assert idea.stage_at == idea.answered_at == answer.created_at
    assert idea.version == version + 1
    (told,) = events_of("idea.answered")
    assert told.data == {"answer": answer.id, "from": "new", "to": "planned"}
    assert told.actor_id == product.id


def test_a_plain_answer_leaves_the_stage_and_the_first_one_counts(product, make_idea) -> None:
    idea = make_idea(stage=Stage.CONSIDERING)
    since = idea.stage_at
    actions.answer(product, idea, body="We are looking.", stage=Stage.CONSIDERING)
    first = idea.answered_at
    with clock.at(clock.now() + timedelta(days=3)):
        actions.answer(product, idea, body="Still looking.", stage=Stage.CONSIDERING)

    assert idea.stage_at == since
    assert idea.answered_at == first
    assert [one.is_decision for one in queries.answers_of(idea)] == [False, False]


@pytest.mark.parametrize(
    ("stage", "body", "field"),
    [
        ("declined", "No.", "body"),
        ("declined", " " * 40, "body"),
        ("declined", "\u200b\n" * 3, "body"),
        ("new", "", "body"),
        ("new", " \n ", "body"),
        ("planned", "x" * 10_001, "body"),
        ("merged", "A long enough reason for this.", "stage"),
        ("nonsense", "A long enough reason for this.", "stage"),
        ("", "A long enough reason for this.", "stage"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(
    browser, product, make_idea, stage, body, field
) -> None:
    idea = make_idea(title="Lids")

    sent = browser(product).post(
        f"/ideas/{idea.id}/answer", {"seen": "new", "stage": stage, "body": body}
    )

    assert sent.status_code == 422
    assert f'id="answer-{field}-error"' in sent.text
    if len(body.strip()) > 3:
        assert body.strip()[:40] in sent.text
    assert db.session.query(Answer).count() == 0
    assert idea.stage == Stage.NEW


def test_a_no_needs_words_and_a_move_does_not(product, make_idea) -> None:
    idea = make_idea()
    with pytest.raises(Invalid):
        actions.answer(product, idea, body="Too dear.", stage=Stage.DECLINED)
    actions.answer(product, idea, body="", stage=Stage.PLANNED)
    actions.answer(product, idea, body=REASON, stage=Stage.DECLINED)
    # What stands declined already has its reason; a further word may be short.
    actions.answer(product, idea, body="Sorry.", stage=Stage.DECLINED)

    assert idea.stage == Stage.DECLINED
    assert idea.is_decided


def test_of_two_who_decide_one_is_told_and_keeps_the_words(
    browser, make_member, product, make_idea
) -> None:
    idea = make_idea(title="Lids")
    second = browser(make_member(role="product"))
    page = second.get(f"/ideas/{idea.id}/answer")
    browser(product).post(
        f"/ideas/{idea.id}/answer", {"seen": "new", "stage": "planned", "body": "Yes."}
    )

    sent = second.submit(page, f"/ideas/{idea.id}/answer", stage="declined", body=REASON)

    assert sent.status_code == 409
    assert "moved this idea in the meantime" in sent.text
    assert REASON in sent.text
    assert idea.stage == Stage.PLANNED
    # Who still means it, knowing what happened, sends the same form once more.
    again = second.submit(sent, f"/ideas/{idea.id}/answer")
    assert again.status_code == 303
    db.session.refresh(idea)
    assert idea.stage == Stage.DECLINED
    assert [one.to_stage for one in queries.answers_of(idea)] == [Stage.PLANNED, Stage.DECLINED]


def test_of_many_who_decide_at_the_same_moment_one_wins(app, make_member, make_idea) -> None:
    idea_id = make_idea().id
    team = [make_member(role="product").id for _ in range(6)]
    stages = [Stage.PLANNED, Stage.CONSIDERING, Stage.BUILDING] * 2
    together = threading.Barrier(len(team))
    outcomes = []

    def decide(member_id, stage):
        with app.app_context():
            together.wait()
            try:
                idea = db.session.get_one(Idea, idea_id)
                member = db.session.get_one(Member, member_id)
                actions.answer(member, idea, body="", stage=stage, seen=Stage.NEW)
                db.session.commit()
                outcomes.append("won")
            except actions.Moved:
                db.session.rollback()
                outcomes.append("told")
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=decide, args=pair) for pair in zip(team, stages, strict=True)
    ]
    # The test itself must not stand in their way.
    db.session.commit()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    db.session.rollback()

    assert sorted(outcomes) == ["told"] * 5 + ["won"]
    assert db.session.query(Answer).count() == 1


@pytest.mark.parametrize(
    "visibility",
    [Visibility.DRAFT, Visibility.HELD, Visibility.HIDDEN, Visibility.WITHDRAWN],
)
def test_only_public_ideas_are_answered(browser, product, make_idea, visibility) -> None:
    idea = make_idea(visibility=visibility)
    with pytest.raises((NotAllowed, NotThere)):
        actions.answer(product, idea, body="Yes.", stage=Stage.PLANNED)

    path = f"/ideas/{idea.id}/answer"
    expected = 404 if visibility == Visibility.DRAFT else 403
    assert browser(product).get(path).status_code == expected
    assert browser(product).post(path, {"stage": "planned"}).status_code == expected
    assert db.session.query(Answer).count() == 0


def test_a_joined_idea_is_not_answered(browser, product, make_idea) -> None:
    idea = make_idea(stage=Stage.MERGED)
    with pytest.raises(Closed):
        actions.answer(product, idea, body="Yes.", stage=Stage.PLANNED)

    sent = browser(product).post(
        f"/ideas/{idea.id}/answer", {"seen": "merged", "stage": "planned", "body": "Yes."}
    )
    assert sent.status_code == 409


@pytest.mark.parametrize("role", ["member", "moderator", None])
def test_nobody_but_the_team_answers_or_looks_after(browser, make_member, make_idea, role) -> None:
    idea = make_idea()
    person = browser(make_member(role=role)) if role else browser()
    for path in ("answer", "own"):
        sent = person.post(f"/ideas/{idea.id}/{path}", {"stage": "planned", "body": "Yes."})
        assert sent.status_code == (403 if role else 303)
    assert idea.stage == Stage.NEW
    assert idea.owner_id is None


def test_who_looks_after_an_idea(browser, product, make_member, make_idea, events_of) -> None:
    idea = make_idea()
    dana = browser(product)
    admin, member = make_member(role="admin"), make_member()

    dana.post(f"/ideas/{idea.id}/own", {"owner": product.id})
    dana.post(f"/ideas/{idea.id}/own", {"owner": product.id})
    assert idea.owner_id == product.id
    assert len(events_of("idea.owned")) == 1
    dana.post(f"/ideas/{idea.id}/own", {"owner": admin.id})
    assert idea.owner_id == admin.id
    assert dana.post(f"/ideas/{idea.id}/own", {"owner": member.id}).status_code == 422
    assert idea.owner_id == admin.id
    dana.post(f"/ideas/{idea.id}/own", {"owner": ""})
    assert idea.owner_id is None
    dana.post(f"/ideas/{idea.id}/own", {"owner": "99999999999999999999"})
    assert idea.owner_id is None


# --- the inbox --------------------------------------------------------------------------------


def titles(page):
    return [row.title for row in page.rows]


def test_the_inbox_begins_with_newcomers_then_the_promised_day(
    make_member, make_idea, product
) -> None:
    regular, newcomer = make_member(), make_member()
    now = clock.now()
    make_idea(regular, title="regular's first", answer_by=now + timedelta(days=9))
    make_idea(regular, title="late", answer_by=now - timedelta(days=1))
    make_idea(regular, title="soon", answer_by=now + timedelta(days=1))
    make_idea(regular, title="imported", answer_by=None)
    make_idea(newcomer, title="newcomer's first", answer_by=now + timedelta(days=20))
    make_idea(regular, title="delivered", stage=Stage.SHIPPED)
    make_idea(regular, title="held", visibility=Visibility.HELD)
    answered = make_idea(regular, title="answered")
    actions.answer(product, answered, body="Yes.", stage=Stage.PLANNED)

    assert titles(queries.inbox(queries.Inbox())) == [
        "regular's first",
        "newcomer's first",
        "late",
        "soon",
        "imported",
    ]
    assert queries.counts() == (5, 1)


def test_the_inbox_reads_page_by_page_and_skips_nothing(make_member, make_idea) -> None:
    regular = make_member()
    now = clock.now()
    for number in range(7):
        make_idea(regular, title=f"n{number}", answer_by=now + timedelta(days=number % 3))
    for number in range(3):
        make_idea(title=f"f{number}", answer_by=now)
    make_idea(regular, title="none", answer_by=None)
    whole = titles(queries.inbox(queries.Inbox()))
    found, place = [], None
    while True:
        page = queries.inbox(queries.Inbox(), place, size=2)
        found += titles(page)
        place = page.next
        if place is None:
            break

    assert found == whole
    assert len(set(found)) == 11


def test_the_inbox_is_narrowed_by_its_address(
    browser, make_idea, make_area, make_member, product
) -> None:
    shops, app_area = make_area("shops"), make_area("app")
    make_idea(title="Lamps", area=shops, owner_id=product.id)
    make_idea(title="Buttons", area=app_area, stage=Stage.CONSIDERING)
    dana = browser(product)

    for query, shown in (
        ("", {"Lamps", "Buttons"}),
        ("area=shops", {"Lamps"}),
        ("stage=considering", {"Buttons"}),
        ("owner=me", {"Lamps"}),
        ("owner=nobody", {"Buttons"}),
        (f"owner={product.id}", {"Lamps"}),
        ("area=shops&stage=considering", set()),
        ("area=nowhere&stage=nonsense&owner=x&after=%00", {"Lamps", "Buttons"}),
    ):
        page = dana.get(f"/backlog?{query}")
        assert page.status_code == 200
        assert {one for one in ("Lamps", "Buttons") if f">{one}</a>" in page.text} == shown, query


def test_the_inbox_says_what_is_late_and_leads_on(browser, make_idea, product) -> None:
    with clock.at(clock.now() - timedelta(days=60)):
        idea = make_idea(title="Lamps")
    dana = browser(product)
    page = dana.get("/backlog")

    assert "overdue" in page.text
    assert "For 1 the promised day has passed." in page.text
    assert "First idea" in page.text
    assert dana.submit(page, f"/ideas/{idea.id}/own").status_code == 303
    assert idea.owner_id == product.id


def test_the_table_is_safe_against_formulas_and_says_no_address(
    browser, make_idea, make_member, product
) -> None:
    author = make_member(name="=cmd|' /C calc'!A0", email="hidden@example.com")
    idea = make_idea(author, title="=1+1", answer_by=clock.now() - timedelta(days=1))
    make_idea(author, title='+420 comma, "quote"\u2028line')

    sent = browser(product).get("/backlog.csv")
    rows = list(csv.DictReader(io.StringIO(sent.data.decode("utf-8-sig"))))

    assert sent.content_type == "text/csv; charset=utf-8"
    assert [row["title"] for row in rows] == ["'=1+1", '\'+420 comma, "quote"line']
    assert rows[0]["author"].startswith("'=cmd")
    assert rows[0]["address"] == f"http://localhost/ideas/{idea.id}-1-1"
    assert (rows[0]["late"], rows[1]["late"]) == ("yes", "")
    assert (rows[0]["newcomer"], rows[1]["newcomer"]) == ("yes", "")
    assert rows[0]["votes"] == "0"
    assert "hidden@example.com" not in sent.text


def test_the_table_holds_the_whole_inbox(browser, make_member, make_idea, product) -> None:
    for number in range(queries.PAGE_SIZE + 3):
        make_idea(title=f"n{number}")

    sent = browser(product).get("/backlog.csv")

    assert len(list(csv.DictReader(io.StringIO(sent.data.decode("utf-8-sig"))))) == 28
    assert browser(make_member(role="moderator")).get("/backlog.csv").status_code == 200


@pytest.mark.parametrize("path", ["/backlog", "/backlog/board", "/backlog.csv"])
def test_the_backlog_is_the_staffs(browser, make_member, make_idea, path) -> None:
    make_idea(visibility=Visibility.HELD, title="Plantedword")
    assert browser(make_member()).get(path).status_code == 403
    assert browser().get(path).status_code == 303
    for role in ("moderator", "product", "admin"):
        page = browser(make_member(role=role)).get(path)
        assert page.status_code == 200
        assert "Plantedword" not in page.text


def test_moderators_look_on_without_buttons(browser, make_idea, make_member, product) -> None:
    idea = make_idea(title="Lamps")
    for path in ("/backlog", "/backlog/board"):
        page = browser(make_member(role="moderator")).get(path)
        assert "Lamps" in page.text
        assert f"/ideas/{idea.id}/answer" not in page.text
        assert f"/ideas/{idea.id}/own" not in page.text
        assert f"/ideas/{idea.id}/answer" in browser(product).get(path).text


# --- the board --------------------------------------------------------------------------------


def test_the_board_moves_ideas_by_plain_forms(browser, make_idea, product) -> None:
    idea = make_idea(title="Lamps")
    dana = browser(product)
    page = dana.get("/backlog/board")

    sent = dana.submit(page, f"/ideas/{idea.id}/answer", stage="building")

    assert sent.location == "/backlog/board"
    assert idea.stage == Stage.BUILDING
    # The page that stood open meanwhile moves nothing a second time.
    late = dana.submit(page, f"/ideas/{idea.id}/answer", stage="shipped")
    assert late.status_code == 409
    assert idea.stage == Stage.BUILDING
    # From there the way back to the board is kept.
    assert dana.submit(late, f"/ideas/{idea.id}/answer").location == "/backlog/board"


def test_declining_from_the_board_asks_for_the_reason(browser, make_idea, product) -> None:
    idea = make_idea()
    dana = browser(product)
    page = dana.get(f"/ideas/{idea.id}/answer?stage=declined&next=/backlog/board")
    assert '<option selected value="declined">' in page.text

    sent = dana.submit(page, f"/ideas/{idea.id}/answer", body=REASON)

    assert sent.location == "/backlog/board"
    assert idea.stage == Stage.DECLINED
    assert "Everyone who took part hears of it." in dana.get(sent.location).text


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_the_way_back_leads_nowhere_else(browser, make_idea, product, target) -> None:
    idea = make_idea(title="Lamps")
    sent = browser(product).post(
        f"/ideas/{idea.id}/answer", {"stage": "planned", "body": "Yes.", "next": target}
    )
    assert sent.location.startswith(f"/ideas/{idea.id}-lamps#answer-")


def test_a_lane_shows_its_newest_and_leads_to_the_rest(browser, make_idea, product) -> None:
    for number in range(queries.LANE_SIZE + 4):
        with clock.at(clock.now() - timedelta(hours=100 - number)):
            make_idea(title=f"Idea n{number}", stage=Stage.PLANNED)
    newest = f"Idea n{queries.LANE_SIZE + 3}"
    lanes = {lane.stage: lane for lane in queries.board()}

    assert lanes[Stage.PLANNED].rows[0].title == newest
    assert len(lanes[Stage.PLANNED].rows) == queries.LANE_SIZE
    assert [len(lane.rows) for stage, lane in lanes.items() if stage != Stage.PLANNED] == [0] * 6
    dana = browser(product)
    page = dana.get("/backlog/board")
    assert "15+" in page.text
    rest = dana.get(f"/backlog/board?stage=planned&after={lanes[Stage.PLANNED].next}")
    assert [f"Idea n{n}<" in rest.text for n in range(19)] == [True] * 4 + [False] * 15
    assert dana.get("/backlog/board?stage=nonsense&after=x").status_code == 200


@pytest.mark.parametrize("path", ["/backlog", "/backlog/board"])
def test_statements_do_not_grow_with_the_rows(browser, make_idea, product, path) -> None:
    dana = browser(product)

    def cost():
        with statements() as asked:
            assert dana.get(path).status_code == 200
        return len(asked)

    make_idea()
    few = cost()
    for _ in range(12):
        make_idea(owner_id=product.id)
    assert cost() == few


def test_answers_show_who_said_what_and_where_it_moved(app, make_idea, product, browser) -> None:
    idea = make_idea(title="Lamps")
    actions.answer(product, idea, body="We **will** <b>do</b> it.", stage=Stage.PLANNED)
    page = browser(product).get(f"/ideas/{idea.id}/answer")
    (answer,) = db.session.scalars(select(Answer)).all()

    assert f'id="answer-{answer.id}"' in page.text
    assert "<strong>will</strong>" in page.text
    assert "<b>do</b>" not in page.text
    assert "Dana" in page.text
    assert "The team decided" in page.text


def test_a_promised_day_that_has_passed_is_called_late(browser, make_idea) -> None:
    idea = make_idea(title="Lamps")
    fan, path = browser(), f"/ideas/{idea.id}-lamps"
    assert "An answer is promised by" in fan.get(path).text

    idea.answer_by = clock.now() - timedelta(days=1)
    db.session.commit()

    page = fan.get(path).text
    assert "An answer was promised by" in page
    assert "An answer is promised by" not in page


def test_the_team_answers_on_the_ideas_own_page(browser, make_member, make_idea, product) -> None:
    idea = make_idea(title="Lamps")
    dana, fan = browser(product), browser(make_member())
    path = f"/ideas/{idea.id}-lamps"
    assert f"/ideas/{idea.id}/answer" not in fan.get(path).text
    assert "An answer is promised by" in fan.get(path).text

    assert dana.submit(path, f"/ideas/{idea.id}/own").status_code == 303
    assert idea.owner_id == product.id
    sent = dana.submit(path, f"/ideas/{idea.id}/answer", stage="planned", body="Yes, in May.")

    assert sent.status_code == 303
    page = fan.get(path).text
    assert "Yes, in May." in page
    assert f'id="{sent.location.partition("#")[2]}"' in page
