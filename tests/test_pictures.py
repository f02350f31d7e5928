"""Pictures on ideas, comments and answers: sent, mended, shown, hidden, and hostile ones."""

import json
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image, ImageCms
from sqlalchemy import func, select

from cocreate import clock, limits, worker
from cocreate.extensions import db
from cocreate.ideas import drafts
from cocreate.ideas.models import Idea, Visibility
from cocreate.pictures import remade
from cocreate.pictures.models import ALT_LENGTH, Picture, PictureFile
from tests import hostile
from tests.hostile import MARK, PLAIN, Upload, encoded, photo

ROOT = Path(__file__).parent.parent
# The most that one process may need, in megabytes.
MOST_MEMORY = 300
SAID = "A hook at the back of the rack"


def file(content: bytes = PLAIN["JPEG"], name: str = "hook.jpg") -> tuple[BytesIO, str]:
    return BytesIO(content), name


def pictures() -> list[Picture]:
    return list(db.session.scalars(select(Picture).order_by(Picture.id)))


@pytest.fixture
def proposed(make_area):
    """What an idea's form is filled in with."""
    make_area("shops")
    return {"title": "A hook", "need": "It fell.", "proposal": "A hook.", "area": "shops"}


# --- an idea ----------------------------------------------------------------------------------


def test_an_idea_takes_its_picture_along(browser, make_member, proposed):
    author = browser(make_member())

    answer = author.submit(
        "/ideas/new", "/ideas/new", **proposed, picture=file(), picture_alt=f" {SAID}\n"
    )

    assert answer.status_code == 303, answer.text
    page = BeautifulSoup(browser().get(answer.headers["Location"]).text, "html.parser")
    image = page.select_one(".idea-text .pictures img")
    assert image["alt"] == SAID
    assert (image["width"], image["height"], image["loading"]) == ("160", "120", "lazy")
    shown = browser().get(image.parent["href"])
    assert shown.mimetype == "image/webp"
    assert Image.open(BytesIO(shown.data)).size == (160, 120)


def test_a_large_picture_is_kept_in_two_sizes(browser, make_member, proposed):
    large = file(encoded(photo(3000, 2000), "JPEG"))

    browser(make_member()).submit(
        "/ideas/new", "/ideas/new", **proposed, picture=large, picture_alt=SAID
    )

    (one,) = pictures()
    assert (one.width, one.height, one.small_width, one.small_height) == (1280, 853, 480, 320)
    sizes = [Image.open(BytesIO(browser().get(at).data)).size for at in (one.large, one.small)]
    assert sizes == [(1280, 853), (480, 320)]
    page = browser().get(f"/ideas/{one.idea_id}-a-hook").text
    assert f'srcset="{one.small} 480w, {one.large} 1280w"' in page


def test_what_was_sent_is_there_when_the_form_comes_back(browser, make_member, proposed):
    author = browser(make_member())
    wrong = {**proposed, "title": ""}

    page = author.submit("/ideas/new", "/ideas/new", **wrong, picture=file(), picture_alt=SAID)

    assert page.status_code == 422
    (one,) = pictures()
    assert one.is_pending
    form = BeautifulSoup(page.text, "html.parser")
    assert form.find("input", {"name": f"alt-{one.id}"})["value"] == SAID
    assert form.find("img", src=one.small)
    assert author.get(one.small).status_code == 200
    assert browser().get(one.small).status_code == 404
    assert browser(make_member(role="admin")).get(one.small).status_code == 404

    assert author.submit(page, "/ideas/new", title="A hook").status_code == 303
    assert pictures()[0].idea_id
    assert browser().get(one.small).status_code == 200


def test_a_picture_says_what_it_shows_or_that_it_decorates(browser, make_member, proposed):
    author = browser(make_member())

    page = author.submit("/ideas/new", "/ideas/new", **proposed, picture=file())
    assert page.status_code == 422
    assert "Say in a few words what the picture shows" in page.text
    (one,) = pictures()
    long = author.submit(page, "/ideas/new", **{f"alt-{one.id}": "x" * (ALT_LENGTH + 1)})
    assert long.status_code == 422
    answer = author.submit(page, "/ideas/new", **{f"decorative-{one.id}": "on"})

    assert answer.status_code == 303
    assert 'alt=""' in str(
        BeautifulSoup(browser().get(answer.headers["Location"]).text, "html.parser").select_one(
            ".pictures"
        )
    )


def test_several_pictures_but_not_too_many(browser, make_member, proposed):
    author = browser(make_member())
    three = {
        "picture": file(),
        "picture-2": file(PLAIN["PNG"]),
        "picture-3": file(PLAIN["GIF"]),
        "picture_alt": "One",
        "picture_alt-2": "Two",
        "picture_alt-3": "Three",
    }
    answer = author.submit("/ideas/new", "/ideas/new", **proposed, **three)
    assert answer.status_code == 303
    edit = f"{re.match('/ideas/[0-9]+', answer.headers['Location'])[0]}/edit"

    page = author.submit(edit, edit, picture=file(PLAIN["WEBP"]), picture_alt="Four")

    assert page.status_code == 422
    assert "At most 3 pictures fit here" in page.text
    first, _second, _third, fourth = pictures()
    assert fourth.is_pending
    first_address = first.small
    answer = author.submit(page, edit, **{f"remove-{first.id}": "on"})
    assert answer.status_code == 303
    assert [one.alt for one in pictures()] == ["Two", "Three", "Four"]
    assert browser().get(first_address).status_code == 404


def test_an_edit_of_pictures_is_another_wording(browser, make_member, make_idea):
    member = make_member()
    idea = make_idea(member)
    author, edit = browser(member), f"/ideas/{idea.id}/edit"

    author.submit(edit, edit, picture=file(), picture_alt=SAID)
    assert db.session.get(Idea, idea.id).wording == 2
    (one,) = pictures()
    author.submit(edit, edit, **{f"alt-{one.id}": "Something else"})
    assert db.session.get(Idea, idea.id).wording == 3
    same = author.submit(edit, edit)
    assert "Nothing has changed." in author.get(same.headers["Location"]).text

    assert db.session.get(Idea, idea.id).wording == 3
    history = browser().get(f"/ideas/{idea.id}/history").text
    assert "the language or the pictures changed" in history


def test_a_draft_keeps_its_pictures(browser, make_member, proposed):
    author = browser(make_member())

    answer = author.submit("/ideas/new", "/ideas/new", **proposed, picture=file(), do="draft")
    page = author.get(answer.headers["Location"])
    (one,) = pictures()

    assert one.idea_id
    assert f'name="alt-{one.id}"' in page.text
    assert browser(make_member(role="admin")).get(one.small).status_code == 404
    sent = author.submit(page, "/ideas/new", **{f"alt-{one.id}": SAID})
    assert sent.status_code == 303
    assert browser().get(one.small).status_code == 200


def test_the_script_saves_drafts_beside_pictures(browser, make_member, proposed):
    author = browser(make_member())
    page = author.submit("/ideas/new", "/ideas/new", **{**proposed, "area": ""}, picture=file())
    (one,) = pictures()
    values = {"key": _key(page.text), "seen": "0", "language": "en"}

    # As a script sends a form with a file: its name alone, and no file.
    sent = {
        **proposed,
        **values,
        "picture": "[object File]",
        f"alt-{one.id}": "Half a",
        f"remove-{one.id}": "on",
    }
    saved = author.post("/ideas/drafts", sent, headers={"Accept": "application/json"})

    assert saved.status_code == 200, saved.text
    (one,) = pictures()
    assert (one.idea_id, one.alt) == (saved.json["id"], "Half a")
    again = author.post(
        "/ideas/new", {**proposed, **values, "seen": str(saved.json["seen"]), f"alt-{one.id}": SAID}
    )
    assert again.status_code == 303, again.text
    assert pictures()[0].alt == SAID
    assert author.post("/ideas/preview", proposed).status_code == 200


def _key(text: str) -> str:
    return str(BeautifulSoup(text, "html.parser").find("input", {"name": "key"})["value"])


def test_the_same_form_twice_is_one_idea_with_one_picture(browser, make_member, proposed):
    author = browser(make_member())
    page = author.submit("/ideas/new", "/ideas/new", **{**proposed, "title": ""}, picture=file())
    (one,) = pictures()
    done = {"title": "A hook", f"alt-{one.id}": SAID}

    first = author.submit(page, "/ideas/new", **done)
    second = author.submit(page, "/ideas/new", **done)

    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert len(pictures()) == 1


def test_who_is_signed_out_keeps_the_words_and_hears_about_the_picture(browser, make_area):
    make_area("shops")

    page = browser().post("/ideas/new", {"title": "A hook", "picture": file(), "alt-7": "x"})

    assert page.status_code == 401
    assert "A hook" in page.text
    assert "could not be kept this time" in page.text
    assert '<input type="hidden" name="alt-7" value="x">' in page.text
    assert pictures() == []


def test_only_who_has_a_confirmed_address_sends_pictures(browser, make_member, proposed):
    browser(make_member(email_confirmed_at=None)).post(
        "/ideas/new", {**proposed, "picture": file()}
    )

    assert pictures() == []


def test_a_form_takes_only_the_pictures_of_its_own_member(browser, make_member, proposed):
    thief = browser(make_member())
    browser(make_member()).submit("/ideas/new", "/ideas/new", picture=file(), picture_alt=SAID)
    (one,) = pictures()

    page = thief.submit(
        "/ideas/new",
        "/ideas/new",
        **proposed,
        **{f"alt-{one.id}": "Mine", f"remove-{one.id}": "on"},
    )

    assert page.status_code == 422
    assert "not kept any more" in page.text
    (kept,) = pictures()
    assert (kept.is_pending, kept.alt) == (True, SAID)


# --- comments and answers ---------------------------------------------------------------------


def test_a_comment_has_a_picture_of_its_own(browser, make_member, make_idea):
    idea, member = make_idea(), make_member()
    path, author = f"/ideas/{idea.id}/comments", browser(member)

    page = author.submit(path, path, picture=file(), picture_alt=SAID)
    assert page.status_code == 422
    answer = author.submit(page, path, body="Like this one.")
    assert answer.status_code == 303

    (one,) = pictures()
    comment_id = one.comment_id
    assert comment_id
    shown = BeautifulSoup(browser().get(f"/ideas/{idea.id}-{idea.slug}").text, "html.parser")
    assert shown.select_one(f"#comment-{comment_id} .pictures img")["alt"] == SAID
    assert not shown.select(".idea-text .pictures")
    edit = f"/comments/{comment_id}/edit"
    new = author.submit(
        edit, edit, **{f"remove-{one.id}": "on"}, picture=file(PLAIN["PNG"]), picture_alt="Two"
    )
    assert new.status_code == 303
    assert [other.alt for other in pictures()] == ["Two"]
    assert browser().get(f"/comments/{comment_id}/history").status_code == 200

    author.submit(f"/comments/{comment_id}/remove", f"/comments/{comment_id}/remove")
    for reader in (browser(), author, browser(make_member(role="admin"))):
        assert reader.get(pictures()[0].small).status_code == 404


def test_an_answer_of_the_team_has_pictures(browser, make_member, make_idea):
    idea, team = make_idea(), browser(make_member(role="product"))
    path = f"/ideas/{idea.id}/answer"

    page = team.submit(path, path, picture=file(), picture_alt=SAID, **{"picture-2": file()})
    assert page.status_code == 422
    _first, second = pictures()
    answer = team.submit(page, path, body="This one it will be.", **{f"alt-{second.id}": "Two"})
    assert answer.status_code == 303, answer.text

    shown = BeautifulSoup(browser().get(f"/ideas/{idea.id}-{idea.slug}").text, "html.parser")
    assert [one["alt"] for one in shown.select(".answer .pictures img")] == [SAID, "Two"]
    assert team.get(path).status_code == 200


def test_no_two_things_on_a_page_have_the_same_id(browser, make_member, make_idea):
    idea = make_idea()

    page = browser(make_member(role="product")).get(f"/ideas/{idea.id}-{idea.slug}")

    ids = [tag["id"] for tag in BeautifulSoup(page.text, "html.parser").find_all(id=True)]
    assert len(ids) == len(set(ids))


# --- who sees them ----------------------------------------------------------------------------


def test_a_hidden_idea_hides_its_picture_at_once(browser, make_member, proposed):
    author = browser(make_member())
    author.submit("/ideas/new", "/ideas/new", **proposed, picture=file(), picture_alt=SAID)
    (one,) = pictures()
    seen = browser().get(one.small)
    assert seen.headers["Cache-Control"] == "public, max-age=600"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Content-Security-Policy"].startswith("default-src 'none'")
    tag = {"If-None-Match": seen.headers["ETag"]}
    again = browser().get(one.small, headers=tag)
    assert (again.status_code, again.data) == (304, b"")

    db.session.get(Idea, one.idea_id).visibility = Visibility.HIDDEN
    db.session.commit()

    assert browser().get(one.small, headers=tag).status_code == 404
    for reader in (author, browser(make_member(role="moderator"))):
        kept = reader.get(one.small, headers=tag)
        assert kept.status_code == 200
        assert kept.headers["Cache-Control"] == "private, no-store"


def test_a_moderator_sees_the_picture_they_decide_about(browser, make_member, proposed):
    author = browser(make_member(approved_count=0))
    author.submit("/ideas/new", "/ideas/new", **proposed, picture=file(), picture_alt=SAID)
    (one,) = pictures()
    assert browser().get(one.small).status_code == 404

    moderator = browser(make_member(role="moderator"))

    for page in ("/moderation", f"/moderation/ideas/{one.idea_id}"):
        assert one.small in moderator.get(page).text
    assert moderator.get(one.small).status_code == 200


def test_only_an_address_that_says_the_content_leads_to_it(browser, make_member, proposed):
    browser(make_member()).submit(
        "/ideas/new", "/ideas/new", **proposed, picture=file(), picture_alt=SAID
    )
    (one,) = pictures()

    for path in (f"/pictures/{one.id}/{'0' * 24}-160.webp", one.small.replace("-160", "-161")):
        assert browser().get(path).status_code == 404


# --- limits and tidying -----------------------------------------------------------------------


def test_nobody_sends_pictures_without_end(browser, make_member, proposed, monkeypatch):
    monkeypatch.setitem(limits.OFTEN, "picture.sent", (1, timedelta(hours=1)))
    author = browser(make_member())

    page = author.submit(
        "/ideas/new", "/ideas/new", **proposed, picture=file(), **{"picture-2": file()}
    )

    assert page.status_code == 422
    assert "Take a short break" in page.text
    assert len(pictures()) == 1


def test_what_nobody_sent_again_goes_after_a_day(app, browser, make_member, proposed):
    author = browser(make_member())
    author.submit("/ideas/new", "/ideas/new", **proposed, picture=file(), picture_alt=SAID)
    author.submit("/ideas/new", "/ideas/new", picture=file(PLAIN["PNG"]))
    kept, pending = pictures()
    for one in (kept, pending):
        one.created_at = clock.now() - timedelta(hours=25)
    db.session.commit()

    worker.run_chores(app, {})

    assert [one.id for one in pictures()] == [kept.id]
    files = set(db.session.scalars(select(PictureFile.picture_id)))
    assert files == {kept.id}


def test_who_leaves_and_what_is_thrown_away_leave_no_pictures(browser, make_member, proposed):
    member = make_member()
    author = browser(member)
    answer = author.submit("/ideas/new", "/ideas/new", **proposed, picture=file(), do="draft")
    assert answer.status_code == 303

    drafts.discard_all(member)
    db.session.commit()

    assert pictures() == []
    assert not db.session.scalar(select(func.count()).select_from(PictureFile))


def test_a_file_beyond_the_limit_is_refused_on_the_form(browser, make_member, proposed):
    author = browser(make_member())

    page = author.submit(
        "/ideas/new", "/ideas/new", **proposed, picture=file(PLAIN["JPEG"] + bytes(11 << 20))
    )

    assert page.status_code == 422
    assert "larger than 10 MB" in page.text
    assert "It fell." in page.text


def test_forms_without_pictures_take_no_files(browser, make_member, make_idea):
    idea = make_idea()

    answer = browser(make_member()).post(
        f"/ideas/{idea.id}/vote", {"picture": file(bytes(3 << 20))}
    )

    assert answer.status_code == 413


# --- what comes out ---------------------------------------------------------------------------


def chunks(webp: bytes) -> list[bytes]:
    """The names of a WebP's parts; fails where there is anything behind them."""
    assert (webp[:4], webp[8:12]) == (b"RIFF", b"WEBP")
    assert struct.unpack_from("<I", webp, 4)[0] == len(webp) - 8
    names, at = [], 12
    while at < len(webp):
        names.append(webp[at : at + 4])
        length = struct.unpack_from("<I", webp, at + 4)[0]
        at += 8 + length + length % 2
    assert at == len(webp)
    return names


def test_a_picture_stands_upright_and_says_nothing_of_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (50.0, 5.0, 11.0)
    image = Image.new("RGB", (800, 400), "blue")
    image.paste("red", (0, 0, 400, 400))

    (large,) = remade.remake(encoded(image, "JPEG", exif=exif, quality=95))

    assert (large.width, large.height) == (400, 800)
    shown = Image.open(BytesIO(large.content)).convert("RGB")
    top, bottom = shown.getpixel((200, 100)), shown.getpixel((200, 700))
    assert top[0] > 200 > 60 > top[2]
    assert bottom[2] > 200 > 60 > bottom[0]


def test_colours_are_those_that_the_profile_means():
    wide = ImageCms.createProfile("LAB")
    lab = ImageCms.profileToProfile(
        Image.new("RGB", (50, 50), (200, 60, 20)),
        ImageCms.createProfile("sRGB"),
        wide,
        outputMode="LAB",
    )
    assert lab is not None
    (one,) = remade.remake(encoded(Image.new("RGB", (50, 50), (200, 60, 20)), "PNG"))

    red, green, blue = Image.open(BytesIO(one.content)).convert("RGB").getpixel((25, 25))
    assert max(abs(red - 200), abs(green - 60), abs(blue - 20)) < 8


def test_clear_parts_stay_clear():
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 50, 100))

    (one,) = remade.remake(encoded(image, "PNG"))

    shown = Image.open(BytesIO(one.content))
    assert shown.mode == "RGBA"
    assert shown.getpixel((90, 50))[3] < 5 < 250 < shown.getpixel((10, 50))[3]


@pytest.fixture(scope="session")
def hostile_files(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Upload, Path]]:
    """The hostile files, on the disk."""
    folder = tmp_path_factory.mktemp("hostile")
    found = []
    for number, one in enumerate(hostile.uploads()):
        path = folder / str(number)
        path.write_bytes(one.content)
        found.append((one, path))
    return found


@pytest.mark.timeout(900)
def test_two_hundred_hostile_files(browser, make_member, make_idea, app, hostile_files):
    assert len(hostile_files) >= 200
    # What the database is matters little here: the other one gets every fifth of them.
    step = 1 if db.engine.dialect.name == "sqlite" else 5
    sent = hostile_files[::step]
    idea, sender = make_idea(), browser(make_member())
    settings = app.config["SETTINGS"]
    told = {
        "settings": {
            "COCREATE_DATABASE_URL": settings.database,
            "COCREATE_DATA_DIR": str(settings.data),
            "COCREATE_SECRET_KEY": settings.secret_key,
            "COCREATE_BASE_URL": "http://localhost",
            "COCREATE_LIMITS": "no",
            "COCREATE_LANGUAGE": "en",
            "COCREATE_LOG_LEVEL": "ERROR",
        },
        "cookie": sender.client.get_cookie("cocreate").value,
        "token": sender._token,
        "page": f"/ideas/{idea.id}-{idea.slug}",
        "action": f"/ideas/{idea.id}/comments",
        "uploads": [{"path": str(path), "name": one.name, "type": one.type} for one, path in sent],
    }
    db.session.commit()

    # A shell in between: what this process needed of memory would count as its child's.
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -m tests.hostile_client; exit $?'],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        cwd=ROOT,
    )

    assert done.returncode == 0, done.stderr
    answers, before, most, most_of_children = json.loads(done.stdout)
    odd = [
        (one.what, answer)
        for (one, _path), answer in zip(sent, answers, strict=True)
        if answer[0] != 422 or (one.fate and answer[1] != (one.fate == "taken"))
    ]
    assert not odd
    assert max(most, most_of_children) < MOST_MEMORY, (before, most, most_of_children)
    taken = 0
    for content in _contents():
        taken += 1
        assert set(chunks(content)) <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
        assert MARK not in content
        Image.open(BytesIO(content)).load()
    assert taken >= sum(answer[1] for answer in answers) > 10


def _contents() -> Iterator[bytes]:
    yield from db.session.scalars(select(PictureFile.content))
