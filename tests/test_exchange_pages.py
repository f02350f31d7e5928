"""Imports and exports on the admin's pages, and words that are claimed."""

import csv
import io
import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from cocreate import clock, worker
from cocreate.accounts.models import Member, email_key
from cocreate.deliveries import Claimed
from cocreate.dialects import insert_or_ignore
from cocreate.discussion.models import Comment
from cocreate.events import Delivery, Event
from cocreate.exchange import claiming, consumer, running, uploads
from cocreate.exchange.models import ImportRun, Origin
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility, Wording
from cocreate.notices.models import Watch
from tests.conftest import Browser

Work = Callable[[], int]
OWN = (
    '{"type": "idea", "source": "else", "external_id": "1", "title": "A bench", "author": "Eva",'
    ' "author_email": "Eva@Example.com", "need": "People stand."}\n'
    '{"type": "comment", "source": "else", "external_id": "c", "idea_external_id": "1",'
    ' "body": "Yes", "author": "Eva"}\n'
    '{"type": "comment", "source": "else", "external_id": "d", "idea_external_id": "9",'
    ' "body": "=No"}\n'
)


@pytest.fixture
def admin(browser: Callable[..., Browser], make_member: Callable[..., Member]) -> Browser:
    return browser(make_member(role="admin", name="Ada"))


def upload(who: Browser, *files: tuple[str, str | bytes]) -> TestResponse:
    """Choose these files on the page of imports and send them."""
    page = who.get("/admin/import")
    soup = BeautifulSoup(page.text, "html.parser")
    form = soup.find("form", {"enctype": "multipart/form-data"})
    assert form
    token = form.find("input", {"name": "csrf_token"})
    assert token
    chosen = [
        (io.BytesIO(said.encode() if isinstance(said, str) else said), name) for name, said in files
    ]
    data = {"csrf_token": token["value"], "files": chosen}
    return who.post("/admin/import", data, token=False, content_type="multipart/form-data")


def begun(who: Browser, *files: tuple[str, str | bytes]) -> str:
    answer = upload(who, *files)
    assert answer.status_code == 303, answer.text
    return answer.location


def text_of(page: TestResponse) -> str:
    return " ".join(BeautifulSoup(page.text, "html.parser").get_text(" ").split())


# --- looking, trying, importing --------------------------------------------------------------


def test_an_admin_looks_tries_and_imports(admin: Browser, work: Work) -> None:
    path = begun(admin, ("C:\\files\\<b>ideas</b>.jsonl", OWN))

    page = admin.get(path)
    assert "An export of this portal or of another one like it" in page.text
    assert "A bench" in page.text
    assert "<b>ideas</b>" not in page.text
    assert "Eva@Example.com" not in page.text
    assert db.session.scalar(select(Idea.id)) is None

    tried = admin.submit(page, path, do="try", language="en")
    assert (tried.status_code, tried.location) == (303, path)
    waiting = admin.get(path)
    assert waiting.headers["Refresh"] == "2"
    assert "At work" in waiting.text
    work()
    page = admin.get(path)
    assert "Refresh" not in page.headers
    assert "What would happen" in page.text
    assert "1 row was refused." in page.text
    assert db.session.scalar(select(Idea.id)) is None

    admin.submit(page, path, do="import", language="en")
    work()
    page = admin.get(path)
    assert "What was done" in page.text
    assert "The files are not kept any more." in page.text
    idea = db.session.scalars(select(Idea)).one()
    assert (idea.title, idea.comment_count) == ("A bench", 1)

    # What was refused is listed, and there as a file that no spreadsheet runs.
    assert "neither in these files nor was it imported before" in page.text
    file = admin.get(f"{path}/refused.csv", buffered=True)
    assert "attachment" in file.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(file.data.decode("utf-8-sig")))
    assert json.loads(row["content"])["body"] == "=No"
    index = admin.get("/admin/import")
    assert path in index.text
    assert "Imported" in index.text


def test_a_table_of_no_known_shape_is_mapped(admin: Browser, work: Work) -> None:
    ideas = "Nr;Nadpis;Popis;Kdo\n1;Lavička;Chybí u stanice.;Eva\n2;Koš;;Adam\n"
    comments = "Napad;Text;Kdo\n1;Ano, chybí.;Adam\n"
    path = begun(admin, ("napady.csv", ideas.encode("cp1250")), ("komentare.csv", comments))

    page = admin.get(path)
    soup = BeautifulSoup(page.text, "html.parser")
    title = soup.find("select", {"name": "1-title"})
    assert title
    assert title.find("option", selected=True)["value"] == "Nadpis"
    # The second is taken for ideas; whoever knows better says so by a link.
    if not soup.find("input", {"name": "2-holds", "value": "comments"}):
        page = admin.get(f"{path}?2-holds=comments")
    chosen = {
        "1-author": "Kdo", "1-external_id": "Nr", "1-need": "Popis", "2-author": "Kdo",
        "2-body": "Text", "2-idea_external_id": "Napad", "language": "cs", "do": "import",
    }  # fmt: skip
    answer = admin.submit(page, path, **chosen)
    assert answer.status_code == 303
    work()

    found = db.session.scalars(select(Idea).order_by(Idea.id)).all()
    assert [(one.title, one.language) for one in found] == [("Lavička", "cs"), ("Koš", "cs")]
    assert db.session.scalars(select(Comment.body)).all() == ["Ano, chybí."]


def test_a_mapping_that_does_not_fit_is_said_and_kept(admin: Browser, work: Work) -> None:
    path = begun(admin, ("table.csv", "a,b\n1,2\n"))

    answer = admin.submit(path, path, **{"1-title": "", "1-need": "b", "source": "box"})

    assert answer.status_code == 422
    assert "Say which column holds the title" in answer.text
    soup = BeautifulSoup(answer.text, "html.parser")
    box = soup.find("select", {"name": "1-need"})
    assert box
    assert box.find("option", selected=True)["value"] == "b"
    assert soup.find("input", {"name": "source"})["value"] == "box"
    answer = admin.submit(path, path, **{"1-title": "gone"})
    assert answer.status_code == 422
    work()
    assert db.session.scalar(select(Idea.id)) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04xxxx", "spreadsheet workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a text file"),
        (b"[{]", "starts like JSON but is not valid"),
    ],
)
def test_a_file_that_is_none_says_so(
    admin: Browser, work: Work, content: bytes, words: str
) -> None:
    path = begun(admin, ("odd.csv", content))

    page = admin.get(path)
    assert page.status_code == 200
    assert words in page.text
    admin.submit(page, path, do="import")
    work()
    page = admin.get(path)
    assert "The import broke off" in page.text
    assert words in page.text


def test_bad_uploads_are_refused_in_words(admin: Browser) -> None:
    assert "Choose at least one file." in upload(admin).text
    many = [(f"{number}.csv", "a\n1\n") for number in range(21)]
    answer = upload(admin, *many)
    assert answer.status_code == 422
    assert "at most 20 files" in answer.text
    assert db.session.scalar(select(ImportRun.id)) is None


def test_files_can_be_removed_and_old_ones_go_by_themselves(admin: Browser) -> None:
    path = begun(admin, ("one.jsonl", OWN))
    run = db.session.get_one(ImportRun, int(path.rsplit("/", 1)[1]))
    assert uploads.are_there(run)

    answer = admin.submit(path, f"{path}/discard")

    assert answer.status_code == 303
    assert not uploads.are_there(run)
    assert admin.post(path, {"do": "import"}).status_code == 409

    old = db.session.get_one(ImportRun, int(begun(admin, ("two.jsonl", OWN)).rsplit("/", 1)[1]))
    file = uploads.sources(old)[0].path
    os.utime(file, (time.time() - 8 * 86400,) * 2)
    begun(admin, ("three.jsonl", OWN))
    assert not file.exists()


def test_an_import_is_asked_for_once(admin: Browser, work: Work) -> None:
    path = begun(admin, ("one.jsonl", OWN))

    first, second = (admin.post(path, {"do": "import"}) for _click in range(2))

    assert (first.status_code, second.status_code) == (303, 409)
    work()
    assert admin.post(path, {"do": "import"}).status_code == 409
    assert len(db.session.scalars(select(Idea)).all()) == 1


def test_only_admins_import_and_export(
    browser: Callable[..., Browser], make_member: Callable[..., Member], admin: Browser
) -> None:
    path = begun(admin, ("one.jsonl", OWN))
    for role in ("member", "moderator", "product"):
        who = browser(make_member(role=role))
        for place in ("/admin/import", path, f"{path}/refused.csv", "/admin/import/authors",
                      "/admin/export", "/admin/export/export.csv"):  # fmt: skip
            assert who.get(place).status_code == 403
        assert who.post(path, {"do": "import"}).status_code == 403
        assert who.post("/admin/import", {}).status_code == 403
    assert browser().get("/admin/import").status_code == 303


# --- the worker ------------------------------------------------------------------------------


def claimed(delivery: Delivery) -> Claimed:
    event = db.session.get_one(Event, delivery.event_id)
    return Claimed(delivery.id, event, 0, delivery.tries)


def asked(admin: Browser) -> Delivery:
    """An import that was asked for; its delivery."""
    rows = [
        {"type": "idea", "source": "s", "external_id": str(one), "title": f"Idea {one}"}
        for one in range(600)
    ]
    path = begun(admin, ("many.jsonl", "".join(json.dumps(one) + "\n" for one in rows)))
    admin.post(path, {"do": "import"})
    found = db.session.scalars(select(Delivery).where(Delivery.consumer == "exchange")).one()
    # SQLite lets one transaction write at a time, and the worker is the next.
    db.session.commit()
    return found


def test_a_worker_that_dies_at_it_is_followed_by_another(
    app: Flask, admin: Browser, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = asked(admin)
    died = RuntimeError("killed")
    steps = []

    def dies(*_arguments: object, **_more: object) -> None:
        steps.append(1)
        if len(steps) == 2:
            raise died

    monkeypatch.setattr(consumer, "_counts", lambda progress: dies() or {"done": 1, "size": 9})
    worker.run_once(app)

    db.session.expire_all()
    run = db.session.scalars(select(ImportRun)).one()
    # The first batch is in, and progress is known; it comes due again.
    assert len(db.session.scalars(select(Idea.id)).all()) == 250
    assert run.is_asked
    assert "broke off" in run.error
    assert delivery.due_at
    page = admin.get(f"/admin/import/{run.id}")
    assert "It is tried again in a while." in page.text
    monkeypatch.undo()
    db.session.execute(update(Delivery).values(due_at=clock.now()))
    db.session.commit()
    work()
    assert len(db.session.scalars(select(Idea.id)).all()) == 600
    assert db.session.scalars(select(ImportRun)).one().counts["idea unchanged"] == 250
    assert not db.session.scalars(select(ImportRun)).one().error


def test_while_it_works_no_other_worker_takes_it(
    app: Flask, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery_id = asked(admin).id
    db.session.commit()
    held: list[timedelta] = []
    change = consumer._change

    def look(run_id: int, **values: Any) -> None:
        change(run_id, **values)
        if "counts" in values and "finished_at" not in values:
            db.session.flush()
            due = db.session.scalar(select(Delivery.due_at).where(Delivery.id == delivery_id))
            held.append(due - clock.now())

    monkeypatch.setattr(consumer, "_change", look)
    worker.run_once(app)

    # Held back for longer than a batch takes, and not for so long that a death goes unnoticed.
    assert len(held) >= 3
    assert all(timedelta(seconds=15) < one < timedelta(seconds=61) for one in held[1:])


def test_a_worker_that_finds_an_import_at_work_comes_again(
    app: Flask, admin: Browser, work: Work
) -> None:
    delivery = asked(admin)
    with running.alone(uploads.data_folder()):
        worker.run_once(app)
        db.session.expire_all()
        assert delivery.done_at is None
        assert delivery.tries == 0
    db.session.execute(update(Delivery).values(due_at=clock.now()))
    db.session.commit()
    work()
    assert len(db.session.scalars(select(Idea.id)).all()) == 600


def test_told_twice_it_imports_once(admin: Browser, work: Work) -> None:
    delivery = asked(admin)
    work()
    before = db.session.scalars(select(ImportRun)).one().finished_at

    db.session.expire_all()
    consumer.hear([claimed(delivery)])
    db.session.commit()

    db.session.expire_all()
    assert db.session.scalars(select(ImportRun)).one().finished_at == before


def test_files_that_are_gone_end_the_import_in_words(admin: Browser, work: Work) -> None:
    asked(admin)
    run = db.session.scalars(select(ImportRun)).one()
    uploads.remove(run)

    work()

    page = admin.get(f"/admin/import/{run.id}")
    assert "could not be opened" in page.text


# --- export ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_an_admin_takes_everything_out(
    admin: Browser, make_idea: Callable[..., Idea], format: str
) -> None:
    make_idea(title="For all to see")
    make_idea(title="Not for all", visibility=Visibility.HELD)

    page = admin.get("/admin/export")
    assert f"/admin/export/export.{format}" in page.text
    answer = admin.get(f"/admin/export/export.{format}", buffered=True)

    assert answer.status_code == 200
    assert f"export.{format}" in answer.headers["Content-Disposition"]
    assert "For all to see" in answer.text
    assert "Not for all" not in answer.text
    assert "@" not in answer.text
    again = admin.get(f"/admin/export/export.{format}", buffered=True)
    assert again.data == answer.data
    assert admin.get("/admin/export/export.xml").status_code == 404


# --- claims ----------------------------------------------------------------------------------


@pytest.fixture
def imported(admin: Browser, work: Work) -> Member:
    """The placeholder Eva with an idea and a comment, to be claimed by eva@example.com."""
    path = begun(admin, ("ideas.jsonl", OWN))
    admin.post(path, {"do": "import"})
    work()
    return db.session.scalars(select(Member).where(Member.name == "Eva")).one()


def test_an_author_claims_their_words(
    imported: Member,
    browser: Callable[..., Browser],
    make_member: Callable[..., Member],
    work: Work,
    events_of: Callable[[str], list[Event]],
) -> None:
    eva = make_member(name="Eva Nová", email="eva@EXAMPLE.com")
    here = browser(eva)
    version = db.session.scalar(select(Idea.version)) or 0

    assert "Yours from elsewhere" in here.get("/settings").text
    assert "/settings/claims" in here.get("/members/Eva").text
    page = here.get("/settings/claims")
    assert "1 idea" in page.text
    assert "1 comment" in page.text
    claim = f"/settings/claims/{imported.id}/claim"
    first = here.submit(page, claim)
    second = here.post(claim)
    work()

    assert (first.status_code, second.status_code) == (303, 303)
    idea = db.session.scalars(select(Idea)).one()
    assert idea.author_id == eva.id
    assert idea.version > version
    assert db.session.scalars(select(Comment.author_id)).all() == [eva.id]
    assert db.session.scalars(select(Wording.editor_id)).all() == [eva.id]
    watches = db.session.execute(select(Watch.member_id, Watch.because)).all()
    assert [tuple(one) for one in watches] == [(eva.id, "proposed")]
    assert len(events_of("idea.claimed")) == 1
    assert events_of("idea.claimed")[0].actor_id == eva.id
    assert (
        "Nothing that was brought here carries your address." in here.get("/settings/claims").text
    )
    assert "Yours from elsewhere" not in here.get("/settings").text
    assert (
        "Eva Nová" in here.get(f"/ideas/{idea.id}").text or here.get(f"/ideas/{idea.id}").location
    )
    # The name is free again, and the placeholder is nobody any more.
    assert here.get("/members/Eva").status_code == 404
    db.session.refresh(imported)
    assert (imported.is_placeholder, imported.claim_key) == (False, None)
    assert imported.closed_at


def test_what_the_same_author_brings_later_is_theirs_and_stays(
    imported: Member, admin: Browser, make_member: Callable[..., Member], work: Work
) -> None:
    eva = make_member(name="Eva Nová", email="eva@example.com")
    claiming.claim(eva, imported)
    db.session.commit()
    more = OWN.replace("A bench", "Another title").replace('"9"', '"1"')
    more = more.replace('"body": "=No"', '"body": "More", "author": "Eva"')

    path = begun(admin, ("ideas.jsonl", more))
    admin.post(path, {"do": "import"})
    work()

    assert set(db.session.scalars(select(Comment.author_id))) == {eva.id}
    # What someone has claimed is theirs to change.
    assert db.session.scalars(select(Idea.title)).all() == ["A bench"]
    members = db.session.scalars(select(Origin.member_id).where(Origin.kind == "member")).all()
    assert set(members) == {eva.id}


def test_nobody_else_can_claim(
    imported: Member, browser: Callable[..., Browser], make_member: Callable[..., Member]
) -> None:
    others = [
        make_member(email="other@example.com"),
        make_member(email="eva@example.com", email_confirmed_at=None),
        make_member(role="admin"),
    ]
    for member in others:
        who = browser(member)
        page = who.get("/settings/claims")
        assert "These are mine" not in page.text
        for verb in ("claim", "refuse"):
            answer = who.post(f"/settings/claims/{imported.id}/{verb}")
            assert answer.status_code == (403 if member.email_confirmed_at is None else 404)
        assert "/settings/claims" not in who.get("/members/Eva").text
        assert "eva@example.com" not in who.get("/members/Eva").text.replace(member.email or "", "")
    db.session.refresh(imported)
    assert imported.claim_key == "eva@example.com"
    for target in (others[0].id, 999_999):
        who = browser(others[0])
        assert who.post(f"/settings/claims/{target}/claim").status_code == 404


def test_not_mine_takes_the_offer_away(
    imported: Member, browser: Callable[..., Browser], make_member: Callable[..., Member]
) -> None:
    here = browser(make_member(email="eva@example.com"))

    answer = here.submit("/settings/claims", f"/settings/claims/{imported.id}/refuse")

    assert answer.status_code == 303
    assert "These are mine" not in here.get("/settings/claims").text
    db.session.refresh(imported)
    assert imported.is_placeholder
    assert imported.claim_key is None


def test_an_admin_says_by_which_address(
    imported: Member, admin: Browser, browser: Callable[..., Browser],
    make_member: Callable[..., Member],
) -> None:  # fmt: skip
    page = admin.get("/admin/import/authors?q=ev")
    assert "eva@example.com" in page.text
    target = f"/admin/import/authors/{imported.id}"

    bad = admin.submit(page, target, email="not an address")
    assert bad.status_code == 422
    assert "not an address" in bad.text
    good = admin.submit(page, target, email="New@Example.com")
    assert good.status_code == 303

    db.session.refresh(imported)
    assert imported.claim_key == email_key("new@example.com")
    member = make_member(email="new@example.com")
    assert "These are mine" in browser(member).get("/settings/claims").text
    assert admin.post(f"/admin/import/authors/{member.id}", {"email": "a@b.cz"}).status_code == 404
    assert admin.submit(page, target, email="").status_code == 303
    db.session.refresh(imported)
    assert imported.claim_key is None
    assert "No such author" in admin.get("/admin/import/authors?q=nobody").text


def test_who_stopped_watching_is_not_made_to_watch(
    imported: Member, make_member: Callable[..., Member]
) -> None:
    eva = make_member(email="eva@example.com")
    idea_id = db.session.scalar(select(Idea.id))
    row = {"member_id": eva.id, "idea_id": idea_id, "because": "asked"}
    stopped = clock.now()
    insert_or_ignore(Watch, [{**row, "created_at": stopped, "stopped_at": stopped}])

    assert claiming.claim(eva, imported)
    db.session.commit()

    assert db.session.scalars(select(Watch.stopped_at)).one() is not None
    assert not claiming.claim(eva, imported)


def test_names_of_files_are_shown_plain() -> None:
    assert uploads.shown_name("../../etc/passwd", 1) == "passwd"
    assert uploads.shown_name("a\nb\0.csv", 1) == "ab.csv" or uploads.shown_name("a\nb", 1) == "a b"
    assert uploads.shown_name("..\\..\\x" + "y" * 300, 2) == "y" * 100
    assert uploads.shown_name("/", 3) == "3"


def test_uploaded_files_lie_under_numbers(admin: Browser) -> None:
    path = begun(admin, ("../../evil.csv", "a\n1\n"))
    run = db.session.get_one(ImportRun, int(path.rsplit("/", 1)[1]))

    assert [one.name for one in Path(uploads.folder_of(run)).iterdir()] == ["1"]
