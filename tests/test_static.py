"""Static files: packed once, named by their version, kept for a year; and pages packed too."""

import contextvars
import gzip
import re
from pathlib import Path

import brotli
import pytest
from bs4 import BeautifulSoup
from werkzeug.test import Client

from cocreate import packing, static
from cocreate.extensions import db
from cocreate.visitors import VisitorPages

ROOT = Path(__file__).parent.parent / "static"
SHEET = "css/base.css"
UNPACKED = {"br": brotli.decompress, "gzip": gzip.decompress}
YEAR = "public, max-age=31536000, immutable"


def fetch(browser, path, accepts="", **more):
    return browser().get(path, headers={"Accept-Encoding": accepts, **more})


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0", "gzip"),
        ("gzip;q=0.1", "gzip"),
        ("*", "br"),
        ("deflate", ""),
        ("identity", ""),
        ("", ""),
        ("br;q=nonsense, \x00", ""),
    ],
)
def test_a_file_comes_in_the_smallest_form_that_the_browser_takes(browser, accepts, encoding):
    answer = fetch(browser, static.asset(SHEET), accepts)

    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding", "") == encoding
    whole = (ROOT / SHEET).read_bytes()
    assert UNPACKED.get(encoding, bytes)(answer.data) == whole
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.content_length == len(answer.data)


def test_every_text_is_packed_and_nothing_else():
    for name, file in static.files().items():
        is_text = name.rpartition(".")[2] in ("css", "js", "svg", "txt")
        assert (set(file.forms) > {""}) == is_text, name
        assert all(len(form) < len(file.forms[""]) for one, form in file.forms.items() if one)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (SHEET, "text/css; charset=utf-8"),
        ("js/app.js", "text/javascript; charset=utf-8"),
        ("icons.svg", "image/svg+xml"),
        ("fonts/figtree-latin.woff2", "font/woff2"),
        ("touch-icon.png", "image/png"),
    ],
)
def test_a_file_says_what_it_is(browser, name, kind):
    answer = fetch(browser, static.asset(name))

    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_a_versioned_address_is_kept_for_a_year(browser):
    assert fetch(browser, static.asset(SHEET)).headers["Cache-Control"] == YEAR


def test_an_address_of_another_release_gets_todays_file_and_is_not_kept(browser):
    for path in (f"/static/0123456789/{SHEET}", f"/static/{SHEET}"):
        answer = fetch(browser, path)
        assert answer.data == (ROOT / SHEET).read_bytes()
        assert answer.headers["Cache-Control"] == "public, no-cache"


def test_what_has_not_changed_is_not_sent_again(browser):
    path = static.asset(SHEET)
    tags = {one: fetch(browser, path, one).headers["ETag"] for one in ("br", "gzip", "")}
    assert len(set(tags.values())) == 3

    for encoding, tag in tags.items():
        again = fetch(browser, path, encoding, **{"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == YEAR


@pytest.mark.parametrize(
    "name",
    [
        "../setup.cfg",
        "..%2fsetup.cfg",
        "/etc/passwd",
        "css",
        "css/",
        "css/none.css",
        "0123456789/../../setup.cfg",
        "0123456789/0123456789/css/base.css",
        "fonts/.hidden",
        "%00",
    ],
)
def test_nothing_but_the_files_is_there(browser, name):
    assert fetch(browser, f"/static/{name}").status_code in (308, 404)


def test_the_version_changes_with_any_file(tmp_path, monkeypatch):
    (tmp_path / "static" / "js").mkdir(parents=True)
    script = tmp_path / "static" / "js" / "one.js"
    monkeypatch.setattr(static, "_FILES", tmp_path / "static")
    monkeypatch.setattr(static, "_PACKED", tmp_path / "packed")
    versions = set()
    try:
        for words in ("let a", "let b"):
            script.write_text(words)
            static.files.cache_clear()
            static.version.cache_clear()
            versions.add(static.version())
    finally:
        static.files.cache_clear()
        static.version.cache_clear()

    assert len(versions) == 2


def test_files_are_packed_at_build_and_only_read_afterwards(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(static, "_PACKED", tmp_path / "packed")
    (tmp_path / "packed").mkdir()
    gone = tmp_path / "packed" / "0000.br"
    gone.write_bytes(b"of an earlier release")
    static.files.cache_clear()
    try:
        static.build()
        before = static.files()
        assert not gone.exists()
        assert list((tmp_path / "packed").glob("*.br"))

        static.files.cache_clear()
        monkeypatch.setattr(packing, "packed", None)
        assert static.files() == before
    finally:
        static.files.cache_clear()
    assert "static files" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_only_costs_a_moment(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    body = (ROOT / SHEET).read_bytes()
    monkeypatch.setattr(static, "_PACKED", tmp_path / "absent")
    monkeypatch.setattr(Path, "mkdir", refuse)

    assert brotli.decompress(static._form(body, "x", "br")) == body


def refuse(*_args, **_more):
    raise PermissionError


def test_what_files_name_in_one_another_is_there_and_has_the_same_version():
    for name, file in static.files().items():
        words = file.forms[""].decode("utf-8", "ignore")
        if name.endswith(".js"):
            named = re.findall(r"""(?:from|import\()\s*"([^"]+)\"""", words)
            assert all(one.startswith("./") for one in named), name
        elif name.endswith(".css"):
            named = re.findall(r"""url\("?([^")]+)"?\)""", words)
        else:
            continue
        for one in named:
            target = (ROOT / name).parent / one.partition("#")[0]
            assert target.is_file(), f"{name} names {one}"
            assert "?" not in one, f"{name} names {one}"


def test_pages_name_files_by_their_version_alone(browser):
    soup = BeautifulSoup(browser().get("/").text, "html.parser")
    named = [
        value
        for tag in soup.find_all(True)
        for value in (tag.get("href"), tag.get("src"))
        if value and "/static/" in value
    ]
    assert len(named) > 5
    for one in named:
        assert one.startswith(f"/static/{static.version()}/"), one
        assert fetch(browser, one.partition("#")[0]).status_code == 200


# --- pages ------------------------------------------------------------------------------------


def test_a_visitors_page_is_packed(browser, make_idea):
    make_idea(title="Warm benches")
    whole = browser().get("/ideas")
    for encoding, unpack in UNPACKED.items():
        answer = fetch(browser, "/ideas", encoding)
        assert answer.headers["Content-Encoding"] == encoding
        assert answer.headers["Content-Length"] == str(len(answer.data))
        assert unpack(answer.data) == whole.data
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert len(answer.data) * 3 < len(whole.data)


def test_feeds_and_maps_are_packed_and_keep_their_tags(browser, make_idea):
    make_idea(title="Warm benches", need="It is cold. " * 200)
    answer = fetch(browser, "/feeds/ideas.atom", "br")
    assert answer.headers["Content-Encoding"] == "br"
    tag = answer.headers["ETag"]
    assert tag.startswith("W/")

    again = fetch(browser, "/feeds/ideas.atom", "br", **{"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("site", "is_packed"),
    [
        ("same-origin", True),
        ("none", True),
        ("cross-site", False),
        ("same-site", False),
        ("", False),
    ],
)
def test_a_members_page_is_packed_only_when_no_stranger_asked(
    browser, make_member, site, is_packed
):
    headers = {"Accept-Encoding": "br", **({"Sec-Fetch-Site": site} if site else {})}

    answer = browser(make_member()).get("/settings", headers=headers)

    assert answer.status_code == 200
    assert ("Content-Encoding" in answer.headers) == is_packed


def test_what_is_short_stays_as_it_is(browser):
    answer = fetch(browser, "/livez", "br")

    assert "Content-Encoding" not in answer.headers
    assert answer.json == {"alive": True}


def test_kept_pages_are_told_apart_by_what_the_browser_takes(app, make_idea):
    make_idea(title="Warm benches")
    db.session.commit()
    pages = VisitorPages(app.wsgi_app, 60)

    def go(accepts):
        client = Client(pages, use_cookies=False)
        headers = {"Accept-Encoding": accepts} if accepts else {}
        return contextvars.Context().run(lambda: client.get("/ideas", headers=headers))

    for _ in range(2):
        assert b"Warm benches" in go("").data
        assert b"Warm benches" in brotli.decompress(go("br, gzip").data)
        assert b"Warm benches" in gzip.decompress(go("gzip").data)
