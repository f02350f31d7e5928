"""Bringing in and taking out: once, in order, without loss, whoever wrote the file."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy import text as sql

from cocreate import cli, clock, events
from cocreate.accounts import actions as accounts
from cocreate.accounts.models import Member
from cocreate.backlog import actions as backlog
from cocreate.discussion import actions as discussion
from cocreate.discussion.models import Comment, CommentWording
from cocreate.exchange import files, outgoing, running
from cocreate.exchange.actions import Progress, Source
from cocreate.exchange.models import Origin
from cocreate.exchange.rows import Unreadable
from cocreate.exchange.source import name_source
from cocreate.extensions import db
from cocreate.ideas.models import Area, Idea, IdeaTag, Stage, Visibility, Wording
from cocreate.notices.models import Notice
from cocreate.votes.models import Vote
from tests import databases

Bring = Callable[..., Progress]


@pytest.fixture
def bring(app: Flask, tmp_path: Path) -> Bring:
    """bring("text of a file", ...): imports these files as the command does."""

    def run(*contents: str | bytes, is_dry: bool = False, **more: Any) -> Progress:
        found = []
        for place, content in enumerate(contents):
            path = tmp_path / f"file{place}"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            found.append(Source(path.name, path, more.get("columns")))
        return running.run(
            found,
            folder=tmp_path,
            refused=tmp_path / "refused.csv",
            source=more.get("source", ""),
            language="en",
            is_dry=is_dry,
            after_batch=more.get("after_batch", lambda _progress: None),
        )

    return run


def idea(external_id: object = "1", **values: object) -> str:
    said = {"type": "idea", "source": "elsewhere", "external_id": str(external_id)}
    return (
        json.dumps(said | {"title": f"Bench {external_id}", "need": "People stand."} | values)
        + "\n"
    )


def comment(external_id: object, **values: object) -> str:
    said = {"type": "comment", "source": "elsewhere", "external_id": str(external_id)}
    more = {"idea_external_id": "1", "body": f"Words {external_id}"}
    return json.dumps(said | more | values) + "\n"


def did(progress: Progress) -> dict[str, int]:
    return {name: number for name, number in progress.counts.items() if number}


def exported(*, with_addresses: bool = False, format: str = "jsonl") -> str:
    own = name_source("portal.example")
    db.session.commit()
    pages = outgoing.pages(own, language="en", with_addresses=with_addresses)
    whole = files.heading(format) + b"".join(files.lines(format, page) for page in pages)
    db.session.rollback()
    return whole.decode()


def everything() -> str:
    """All that a reader could see of the import, without times of the import itself."""
    db.session.rollback()
    return exported() + str(
        db.session.execute(
            select(Idea.title, Idea.comment_count, Idea.wording).order_by(Idea.title)
        ).all()
    )


def refusals(tmp_path: Path) -> list[dict[str, str]]:
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- once ------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(bring: Bring) -> None:
    file = idea(tags=["a", "b"], area="Shops", support=3, stage="planned") + comment("c1")

    first, before = bring(file), everything()
    second = bring(file)

    assert did(first) == {"idea added": 1, "comment added": 1}
    assert did(second) == {"idea unchanged": 1, "comment unchanged": 1}
    assert everything() == before


def test_what_changed_is_taken_over_and_the_earlier_wording_kept(bring: Bring) -> None:
    bring(idea(support=3, tags=["old"]) + comment("c1"))
    version = db.session.scalar(select(Idea.version)) or 0

    again = bring(
        idea(title="A longer bench", support=5, tags=["new"], area="Parks", stage="shipped")
        + comment("c1", body="Other words")
    )

    assert did(again) == {"idea updated": 1, "comment updated": 1}
    found = db.session.scalars(select(Idea)).one()
    assert (found.title, found.imported_support, found.stage) == ("A longer bench", 5, "shipped")
    assert found.version > version
    titles = db.session.scalars(select(Wording.title).order_by(Wording.number)).all()
    assert titles == ["Bench 1", "A longer bench"]
    assert db.session.scalar(select(CommentWording.body)) == "Words c1"
    assert '"tags": ["new"], "language": "en"' in exported()


def test_what_a_row_leaves_empty_stays(bring: Bring) -> None:
    bring(idea(area="Parks", tags=["t"], support=3, proposal="Put one there."))
    before = everything()

    again = bring(idea(title="Bench 1", need=None, area="", tags=[]))

    assert did(again) == {"idea unchanged": 1}
    assert everything() == before


def test_a_dry_run_says_the_same_and_writes_nothing(bring: Bring) -> None:
    file = idea(area="Parks") + idea(2) + comment("c1") + comment("c2", idea_external_id="9")

    dry = bring(file, is_dry=True)

    assert db.session.scalar(select(func.count()).select_from(Idea)) == 0
    assert db.session.scalar(select(func.count()).select_from(Area)) == 0
    db.session.rollback()
    assert did(dry) == did(bring(file))
    changed = file.replace("Bench 2", "Bench two").replace("Words c1", "Words one")
    dry = bring(changed, is_dry=True)
    assert did(dry) == did(bring(changed)) == {
        "idea updated": 1, "idea unchanged": 1, "comment updated": 1, "refused": 1
    }  # fmt: skip


def test_votes_are_never_made_up(bring: Bring) -> None:
    bring(idea(support=300, against=7))

    found = db.session.scalars(select(Idea)).one()
    assert (found.vote_count, found.imported_support, found.imported_against) == (0, 300, 7)
    assert db.session.scalar(select(func.count()).select_from(Vote)) == 0


def test_numbers_that_no_vote_can_have_are_let_go_of(bring: Bring) -> None:
    done = bring(idea(support="999999999999", against="-3"))

    assert did(done) == {"idea added": 1, "noted": 1}
    found = db.session.scalars(select(Idea)).one()
    assert (found.imported_support, found.imported_against) == (None, None)


def test_search_hears_of_every_idea_and_nobody_gets_a_notice(
    bring: Bring, work: Callable[[], int]
) -> None:
    bring(idea() + idea(2) + comment("c1"))
    work()

    kinds = db.session.execute(select(events.Event.kind, events.Event.idea_id)).all()
    assert {kind for kind, _id in kinds} == {"idea.imported"}
    assert {idea_id for _kind, idea_id in kinds} == {1, 2}
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


# --- what the portal and its people have done since ------------------------------------------


def test_a_decision_of_the_team_is_not_undone_by_a_file(
    bring: Bring, make_member: Callable[..., Member]
) -> None:
    bring(idea(stage="new"))
    found = db.session.scalars(select(Idea)).one()
    backlog.answer(make_member(role="product"), found, body="We build it.", stage=Stage.BUILDING)
    db.session.commit()

    bring(idea(stage="parked", title="Another title"))

    db.session.expire_all()
    assert (found.stage, found.title) == (Stage.BUILDING, "Another title")


def test_what_a_moderator_hid_stays_hidden(bring: Bring) -> None:
    bring(idea() + comment("c1"))
    db.session.execute(update(Idea).values(visibility=Visibility.HIDDEN))
    db.session.execute(update(Comment).values(visibility=Visibility.HIDDEN))
    db.session.commit()

    bring(idea(title="Other") + comment("c1", body="Other"))

    assert db.session.scalars(select(Idea.visibility)).all() == ["hidden"]
    assert db.session.scalars(select(Comment.visibility)).all() == ["hidden"]
    assert exported() == ""


# --- comments --------------------------------------------------------------------------------


def parents() -> dict[str, str | None]:
    """{body: the body of the comment above}"""
    rows = db.session.scalars(select(Comment)).all()
    bodies = {one.id: one.body for one in rows}
    return {one.body: bodies.get(one.parent_id or 0) for one in rows}


def test_replies_find_their_comment_wherever_it_stands(bring: Bring) -> None:
    reply = lambda one, above: comment(one, parent_external_id=above)  # noqa: E731
    file = idea() + reply("r1", "top") + reply("r2", "r1") + comment("top") + reply("r3", "r2")
    file += reply("r4", "nowhere") + reply("self", "self") + reply("x", "y") + reply("y", "x")

    done = bring(file)

    assert did(done) == {"idea added": 1, "comment added": 8}
    words = parents()
    assert words["Words r1"] == words["Words r2"] == words["Words r3"] == "Words top"
    assert words["Words top"] is words["Words r4"] is words["Words self"] is None
    # Two that reply to each other: one of them has to stand above.
    assert sorted([words["Words x"] or "", words["Words y"] or ""])[0] == ""
    before = everything()
    assert did(bring(file)) == {"idea unchanged": 1, "comment unchanged": 8}
    assert everything() == before


def test_a_reply_does_not_leave_its_idea(bring: Bring) -> None:
    file = idea() + idea(2) + comment("a")

    bring(file + comment("b", idea_external_id="2", parent_external_id="a"))

    assert parents() == {"Words a": None, "Words b": None}


def test_comments_may_come_before_their_ideas_and_in_another_file(bring: Bring) -> None:
    done = bring(comment("c1"), idea())

    assert did(done) == {"idea added": 1, "comment added": 1}


def test_counts_and_last_words_agree_after_an_import(bring: Bring) -> None:
    bring(idea(created_at="2020-01-01") + comment("c1", created_at="2020-05-01") + comment("c2"))

    found = db.session.scalars(select(Idea)).one()
    assert found.comment_count == 2
    assert found.talked_at
    assert found.talked_at.month == 5
    assert discussion.recount() == 0


# --- what is refused -------------------------------------------------------------------------


def test_every_refused_row_is_written_down_and_the_rest_goes_in(
    bring: Bring, tmp_path: Path
) -> None:
    file = idea() + "no json\n" + idea(title="") + idea() + comment("c1")
    file += comment("c1") + comment("c2", idea_external_id="8") + comment("c3", body="=1+1" * 6000)

    done = bring(file)

    assert did(done) == {"idea added": 1, "comment added": 1, "refused": 6}
    rows = refusals(tmp_path)
    assert [(one["row"], one["line"]) for one in rows] == [
        ("2", "2"), ("3", "3"), ("8", "8"), ("4", "4"), ("6", "6"), ("7", "7")
    ]  # fmt: skip
    assert "not valid JSON" in rows[0]["reason"]
    assert json.loads(rows[3]["content"])["title"] == "Bench 1"
    assert all(one["file"] == "file0" for one in rows)


def test_refused_formulas_are_no_formulas(bring: Bring, tmp_path: Path) -> None:
    bring(idea() + "=cmd()\n")

    row = refusals(tmp_path)[0]
    assert row["content"].startswith('"=cmd')


def test_a_huge_refused_row_is_still_listed(bring: Bring, tmp_path: Path) -> None:
    bring(idea(need="'" * 5_000_000))

    (row,) = running.refused_rows(tmp_path / "refused.csv", 9)
    assert "at most 20000" in row["reason"]


def test_an_unreadable_file_stops_before_anything_is_written(bring: Bring) -> None:
    with pytest.raises(Unreadable, match=r"file1: .*compressed"):
        bring(idea(), b"\x1f\x8b\x08\x00")

    assert db.session.scalar(select(func.count()).select_from(Idea)) == 0


def test_two_imports_do_not_run_at_once(bring: Bring) -> None:
    def again(_progress: Progress) -> None:
        with pytest.raises(running.Taken, match="Another import is running"):
            bring(idea(2))

    assert did(bring(idea(), after_batch=again)) == {"idea added": 1}


# --- authors ---------------------------------------------------------------------------------


def placeholders() -> list[tuple[str, str | None]]:
    rows = select(Member.name, Member.claim_key).where(Member.is_placeholder).order_by(Member.id)
    return [(name, key) for name, key in db.session.execute(rows)]


def test_one_name_is_one_author_unless_addresses_tell_them_apart(bring: Bring) -> None:
    file = idea(1, author="Jan") + idea(2, author="JAN ", author_email="Jan@A.example")
    file += idea(3, author="Jan", author_email="jan@b.example") + idea(4, author="Jan")
    file += idea(5, author="Jan", source="other") + idea(6) + idea(7, author_email="x@y.example")

    bring(file)

    found = placeholders()
    assert found[0] == ("Jan", "jan@a.example")
    assert found[1] == ("Jan (elsewhere)", "jan@b.example")
    assert found[2] == ("Jan (other)", None)
    # Nobody's words are never anybody's to claim.
    assert ("Anonymous", None) in found
    assert len(found) == 5
    assert [one for one in found if one[1] == "x@y.example"]
    by_author = select(Idea.author_id).where(Idea.title.in_(["Bench 1", "Bench 2", "Bench 4"]))
    assert len(set(db.session.scalars(by_author))) == 1
    assert did(bring(file)) == {"idea unchanged": 7}
    assert placeholders() == found


def test_names_that_are_taken_or_cannot_be_one_still_find_a_place(
    bring: Bring, make_member: Callable[..., Member]
) -> None:
    make_member(name="Eva")

    odd = ["Eva", "admin", "a#b", "...", "x" * 200, "Eva (elsewhere)", "\u3164"]
    done = bring("".join(idea(place, author=name) for place, name in enumerate(odd)))

    assert did(done)["idea added"] == len(odd)
    assert len({name for name, _key in placeholders()}) == len(odd)


def test_nobody_can_sign_in_as_a_placeholder(bring: Bring, browser: Callable[..., Any]) -> None:
    bring(idea(author="Eva", author_email="eva@example.com"))

    page = browser().get("/members/Eva")
    assert page.status_code == 200
    assert "eva@example.com" not in page.text
    member = db.session.scalars(select(Member)).one()
    assert (member.email, member.password_hash, member.is_open) == (None, None, False)


# --- areas and tags --------------------------------------------------------------------------


def test_areas_are_found_by_any_of_their_names_and_made_where_missing(
    bring: Bring, make_area: Callable[..., Area]
) -> None:
    shops = make_area("shops", position=4)

    bring(
        idea(1, area="SHOPS") + idea(2, area="Parks") + idea(3, area="parks") + idea(4, area="🚗")
    )

    ids = db.session.scalars(select(Idea.area_id).order_by(Idea.title)).all()
    assert ids[0] == shops.id
    assert ids[1] == ids[2] not in (None, shops.id)
    assert len(set(ids)) == 3
    assert db.session.scalars(select(Area.position).order_by(Area.id)).all() == [4, 5, 6]


def test_a_column_of_endless_areas_does_not_flood_the_portal(bring: Bring) -> None:
    done = bring("".join(idea(one, area=f"Area {one}") for one in range(80)))

    assert did(done) == {"idea added": 80}
    assert db.session.scalar(select(func.count()).select_from(Area)) == 60


def test_tags_fit_whatever_their_letters_become(bring: Bring) -> None:
    bring(idea(tags=["İ" * 40, "Big", "big", "#one", "a, b", *"cdefghijkl"]))

    assert db.session.scalar(select(func.count()).select_from(IdeaTag)) == 8


# --- there and back --------------------------------------------------------------------------


@pytest.fixture
def lively(
    bring: Bring,
    make_member: Callable[..., Member],
    make_idea: Callable[..., Idea],
    make_comment: Callable[..., Comment],
    vote: Callable[[Member, Idea], None],
) -> None:
    """A portal with words of its own and from elsewhere, some of them not public."""
    eva, adam = make_member(name="Eva"), make_member(name="Adam")
    bring(
        idea(author="Eva", author_email="eva@elsewhere.example", support=10, area="Čas & sníh")
        + idea(2, author="Jan", title="=SUM(A1)", proposal="@both\n\n- a\n- b", tags=["x", "y z"])
        + idea(3)
        + comment("late", parent_external_id="top")
        + comment("top", author="Eva", kind="question")
    )
    first, second = db.session.scalars(select(Idea).order_by(Idea.id).limit(2))
    vote(eva, first)
    vote(adam, first)
    native = make_idea(author=eva, title="Žluťoučký kůň", need="a\n\nb \x85\ufeff c", tags=("š",))
    vote(adam, native)
    make_idea(visibility=Visibility.HELD)
    make_idea(visibility=Visibility.HIDDEN)
    top = make_comment(native, author=adam, body="+1 from me")
    make_comment(native, author=eva, body="Why?", kind="question", parent=top)
    gone = make_comment(native, visibility=Visibility.PUBLIC)
    make_comment(native, author=adam, body="To what is gone", parent=gone)
    discussion.remove(db.session.get_one(Member, gone.author_id), gone)
    make_comment(second, author=adam, body="On what came from elsewhere")
    from_there = db.session.scalars(select(Comment).where(Comment.body == "Words top")).one()
    make_comment(first, author=adam, body="A reply to it", parent=from_there)
    leaver = make_member(name="Leaver")
    make_comment(native, author=leaver, body="My last words")
    accounts.close(leaver)
    db.session.commit()


@pytest.mark.usefixtures("lively")
@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_an_export_goes_through_an_empty_portal_and_is_the_same(
    app: Flask, bring: Bring, format: str
) -> None:
    before = exported(format=format, with_addresses=True)
    assert before.count("elsewhere") > 10

    db.session.remove()
    databases.empty(db.engine)
    done = bring(before)

    assert "refused" not in did(done)
    assert did(done)["idea added"] == 4
    assert did(done)["comment added"] == 8
    after = exported(format=format, with_addresses=True)
    assert after == before
    assert hashlib.sha256(after.encode()).digest() == hashlib.sha256(before.encode()).digest()


@pytest.mark.usefixtures("lively")
@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_an_own_export_changes_nothing_where_it_was_written(
    bring: Bring, vote: Callable[[Member, Idea], None], make_member: Callable[..., Member],
    format: str,
) -> None:  # fmt: skip
    file, before = exported(format=format), everything()
    numbers = _numbers()

    done = bring(file)

    assert did(done) == {"idea unchanged": 4, "comment unchanged": 8}
    assert everything() == before
    assert _numbers() == numbers
    # Votes that were given since are votes, and not support from elsewhere.
    first = db.session.scalars(select(Idea).order_by(Idea.id)).first()
    assert first
    vote(make_member(), first)
    assert did(bring(file)) == {"idea unchanged": 4, "comment unchanged": 8}


def _numbers() -> list[int]:
    db.session.rollback()
    tables = ("members", "ideas", "comments", "origins", "wordings", "events", "areas", "tags")
    return [db.session.scalar(sql(f"SELECT count(*) FROM {one}")) or 0 for one in tables]


@pytest.mark.usefixtures("lively")
def test_an_export_holds_what_is_public_and_no_address() -> None:
    whole = exported()

    assert "@" not in whole.replace("@both", "")
    assert "eva@elsewhere.example" in exported(with_addresses=True)
    for line in map(json.loads, whole.splitlines()):
        assert line["source"] in ("elsewhere",) or line["source"].startswith("portal.example-")
    assert "Leaver" not in whole
    assert "Idea number" not in whole
    by_title = {one.get("title"): one for one in map(json.loads, whole.splitlines())}
    assert by_title["Bench 1"]["support"] == 12
    assert by_title["Žluťoučký kůň"]["support"] == 1
    assert by_title["Bench 3"]["support"] is None
    assert by_title["Bench 3"]["author"] == ""


@pytest.mark.usefixtures("lively")
def test_no_cell_of_an_export_runs_as_a_formula() -> None:
    cells = [cell for row in csv.reader(io.StringIO(exported(format="csv"))) for cell in row]

    assert "'=SUM(A1)" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_what_this_portal_does_not_have_is_not_brought_in_as_its_own(bring: Bring) -> None:
    own = name_source("portal.example")
    db.session.commit()

    done = bring(idea(77, source=own) + comment("77", source=own))

    assert did(done) == {"refused": 2}


def test_comments_from_elsewhere_find_the_ideas_of_this_portal(
    bring: Bring, make_idea: Callable[..., Idea]
) -> None:
    native = make_idea()
    own = name_source("portal.example")
    db.session.commit()

    done = bring(comment("c1", idea_source=own, idea_external_id=str(native.id)))

    assert did(done) == {"comment added": 1}
    assert db.session.scalars(select(Comment.idea_id)).all() == [native.id]


# --- the commands ----------------------------------------------------------------------------


@pytest.fixture
def command(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """command("import", ...): the command line over the test's database."""
    settings = app.config["SETTINGS"]
    monkeypatch.setenv("COCREATE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("COCREATE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COCREATE_LANGUAGE", "en")
    monkeypatch.setenv("COCREATE_LOG_LEVEL", "ERROR")

    def run(*words: object) -> Any:
        db.session.commit()
        return CliRunner().invoke(cli.main, [str(one) for one in words])

    return run


def test_the_command_brings_in_and_takes_out(command: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "ideas.csv"
    file.write_text("Subject;Popis;Hlasy\nBench;People stand;3\n;nothing;1\n")

    unknown = command("import", file)
    dry = command("import", file, "--dry-run", "--map", "title=Subject", "--map", "need=popis")
    done = command(
        "import", file, "--map", "title=subject", "--map", "support=Hlasy", "--language", "cs",
        "--source", "box", "--refused", tmp_path / "no.csv",
    )  # fmt: skip
    out = command("export", tmp_path / "out")

    assert (unknown.exit_code, dry.exit_code, done.exit_code, out.exit_code) == (1, 0, 0, 0)
    assert "Say which column holds the title" in unknown.output
    assert "nothing was written" in dry.output
    assert "ideas: 1 added, 0 updated, 0 unchanged" in done.output
    assert f"refused: 1, each with its reason in {tmp_path / 'no.csv'}" in done.output
    assert "There is no title." in (tmp_path / "no.csv").read_text()
    written = (tmp_path / "out" / "export.jsonl").read_bytes()
    assert hashlib.sha256(written).hexdigest() in out.output
    row = json.loads(written)
    assert (row["source"], row["title"], row["support"], row["language"]) == (
        "box",
        "Bench",
        3,
        "cs",
    )
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "export.csv",
        "export.jsonl",
    ]


def test_the_command_says_what_is_wrong(command: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")

    assert command("import").exit_code == 2
    assert "does not exist" in command("import", tmp_path / "gone.csv").output
    assert "is not FIELD=COLUMN" in command("import", tmp_path / "empty", "--map", "x").output
    empty = command("import", tmp_path / "empty")
    assert empty.exit_code == 1
    assert "empty: This file is empty." in empty.output


def test_an_export_that_breaks_off_leaves_the_older_file(
    command: Callable[..., Any], bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(idea())
    command("export", tmp_path / "out")
    before = (tmp_path / "out" / "export.csv").read_bytes()
    bring(idea(2))

    def full(*_all: object) -> bytes:
        raise OSError(28, "No space left on device", "export.csv")

    monkeypatch.setattr(files, "lines", full)
    broken = command("export", tmp_path / "out")

    assert broken.exit_code == 1
    assert "No space left" in broken.output
    assert (tmp_path / "out" / "export.csv").read_bytes() == before
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_origins_say_what_came_of_each_row(bring: Bring) -> None:
    bring(idea() + comment("c1"))

    kinds = db.session.scalars(select(Origin.kind).order_by(Origin.kind)).all()
    assert kinds == ["comment", "idea", "member"]
    assert all(one <= clock.now() for one in db.session.scalars(select(Origin.imported_at)))


# --- whatever a file says --------------------------------------------------------------------

_hard = st.text(max_size=30) | st.sampled_from(
    ["", " ", "a\x85b", "İ" * 45, "=1+1", "'=x", "\ufeff", "@all", "<b>x</b>", "ﬁ", "x" * 300, "-"]
)
_few = st.sampled_from(["1", "2", "3", "a", "A", " 1"])
_said = st.fixed_dictionaries(
    {"type": st.sampled_from(["idea", "comment", "comment", "other"])},
    optional={
        "source": st.sampled_from(["s", "t", ""]) | _hard,
        "external_id": _few | _hard,
        "idea_external_id": _few,
        "idea_source": st.sampled_from(["s", "t"]),
        "parent_external_id": _few,
        "title": _hard,
        "need": _hard,
        "body": _hard,
        "author": st.sampled_from(["Eva", "eva", "admin", "a#b", "Eva (s)"]) | _hard,
        "author_email": st.sampled_from(["a@x.cz", "b@x.cz", "none"]),
        "author_id": st.sampled_from(["s 1", "s 2", "odd"]) | _hard,
        "area": st.sampled_from(["Shops", "SHOPS", "shops!", "🚗"]) | _hard,
        "tags": st.lists(_hard, max_size=12) | _hard,
        "language": st.sampled_from(["cs", "English", "xx", "?"]),
        "created_at": st.sampled_from(["2020-01-01", "1.2.2021", "8 days ago", "9999-01-01", 1e18]),
        "stage": st.sampled_from(["planned", "Archive", "?"]),
        "support": st.integers(-5, 2**40) | _hard,
        "against": st.none() | st.integers(0, 9),
        "kind": st.sampled_from(["question", "námitka", "?"]),
    },
)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(_said, min_size=1, max_size=25))
def test_whatever_a_file_says_it_is_written_once_and_comes_out_whole(
    app: Flask, bring: Bring, rows: list[dict[str, object]]
) -> None:
    db.session.remove()
    databases.empty(db.engine)
    file = idea("0", source="z") + "".join(json.dumps(row) + "\n" for row in rows)

    first = did(bring(file))
    before = everything()
    second = did(bring(file))

    added = {f"{kind} added": f"{kind} unchanged" for kind in ("idea", "comment")}
    assert second == {added.get(name, name): number for name, number in first.items()}
    assert everything() == before
    assert discussion.recount() == 0
    for format in ("jsonl", "csv"):
        written = exported(format=format, with_addresses=True)
        if not written.removeprefix("\ufeff").count("\n") > (format == "csv"):
            continue
        assert not did(bring(written)).keys() & {"idea added", "idea updated", "comment updated"}
        db.session.remove()
        databases.empty(db.engine)
        assert "refused" not in did(bring(written))
        assert exported(format=format, with_addresses=True) == written
