"""What the web expects of a page: one address, found by search engines or not, in feeds, safe."""

import contextvars
import json
import re
import threading
import xml.etree.ElementTree as ET
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from bs4 import BeautifulSoup
from werkzeug.test import Client

from cocreate import clock, config, create_app, headers, reports
from cocreate.extensions import db, limiter
from cocreate.ideas.models import Visibility
from cocreate.visitors import VisitorPages

ATOM = "{http://www.w3.org/2005/Atom}"
HOST = "http://localhost"


def head(browser, path, member=None):
    answer = browser(member).get(path)
    return BeautifulSoup(answer.text, "html.parser").head


def canonical(page):
    link = page.select_one("link[rel=canonical]")
    return link["href"].removeprefix(HOST) if link else None


def is_listed(page):
    robots = page.select_one("meta[name=robots]")
    return robots is None or "noindex" not in robots["content"]


# --- one address ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    "/ /changelog /how-we-sort /ideas /ideas/new /join /moderation/log /roadmap /search"
    " /sign-in".split(),
)
def test_a_public_page_says_by_which_address_it_is_known(browser, path):
    page = head(browser, path)

    assert canonical(page) == path
    assert is_listed(page)
    assert page.select_one("meta[property='og:url']")["content"] == HOST + path


def test_what_a_newsletter_adds_to_an_address_changes_nothing(browser, make_idea):
    idea = make_idea(title="A lamp")
    for path in ("/", "/ideas", f"/ideas/{idea.id}-a-lamp"):
        page = head(browser, f"{path}?utm_source=news&fbclid=1")
        assert canonical(page) == path
        assert is_listed(page)


@pytest.mark.parametrize(
    "path",
    [
        "/ideas?sort=new",
        "/ideas?area=packs&after=x",
        "/ideas?stage=shipped",
        "/ideas?tag=light",
        "/ideas?language=cs",
        "/search?q=lamp",
        "/changelog?after=x",
        "/moderation/log?before=x",
        "/ideas/new?title=lamp",
        "/sign-in?next=/ideas",
        "/reset",
        "/confirm",
        "/join/sent",
        "/nothing-here",
        "/ideas/999999-lamp",
    ],
)
def test_what_is_no_page_of_its_own_is_not_listed(browser, path):
    page = head(browser, path)

    assert not is_listed(page)
    assert canonical(page) is None
    assert page.select_one("meta[property='og:url']") is None


def test_a_person_is_found_by_the_address_that_links_use(browser, make_member):
    eva = make_member(name="Eva Nová & syn")

    assert canonical(head(browser, f"/members/{quote(eva.name)}")) == f"/members/{quote(eva.name)}"


@pytest.mark.parametrize("visibility", [one for one in Visibility if one != Visibility.DRAFT])
def test_only_public_ideas_are_listed(browser, make_idea, make_member, visibility):
    idea = make_idea(title="A lamp", visibility=visibility)
    page = head(browser, f"/ideas/{idea.id}-a-lamp", make_member(role="admin"))

    assert is_listed(page) == (visibility == Visibility.PUBLIC)
    assert (canonical(page) is not None) == (visibility == Visibility.PUBLIC)


def test_no_page_of_a_members_own_is_listed(browser, make_member):
    for path in ("/settings", "/notices", "/admin", "/backlog", "/moderation"):
        assert not is_listed(head(browser, path, make_member(role="admin")))


def test_both_languages_share_one_address(browser):
    for language in ("cs", "en"):
        answer = browser().get("/ideas", headers={"Accept-Language": language})
        page = BeautifulSoup(answer.text, "html.parser")
        assert page.html["lang"] == language
        assert canonical(page) == "/ideas"
        assert not page.select("link[hreflang]")
        land = page.select_one("meta[property='og:locale']")["content"]
        assert land == {"cs": "cs_CZ", "en": "en_US"}[language]
        assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/ideas/", "/ideas"),
        ("/ideas/?area=a&b=%C4%8D", "/ideas?area=a&b=%C4%8D"),
        ("/roadmap//", "/roadmap"),
        ("/members/Eva%20Nov%C3%A1/", None),
        ("/moderation/log/", "/moderation/log"),
        ("/nothing/", None),
        ("/feeds/ideas.atom/", "/feeds/ideas.atom"),
    ],
)
def test_a_slash_too_many_leads_to_the_page(browser, path, place):
    answer = browser().get(path)
    if place is None:
        assert answer.status_code == 404
    else:
        assert answer.status_code in (301, 308)
        while answer.status_code in (301, 308):
            assert answer.headers["Location"].removeprefix(HOST).startswith("/")
            last = answer.headers["Location"].removeprefix(HOST)
            answer = browser().get(last)
        assert last == place
        assert answer.status_code == 200


def test_pages_about_an_idea_bear_its_title(browser, make_member, make_idea, make_comment):
    author = make_member()
    idea = make_idea(author, title="A lamp")
    comment = make_comment(idea, author)
    about = ["/edit", "/withdraw", "/history", "/like"]
    said = [f"/comments/{comment.id}/{one}" for one in ("edit", "history", "remove")]
    replies = f"/ideas/{idea.id}/comments/{comment.id}?replies="
    for path in [*(f"/ideas/{idea.id}{one}" for one in about), *said, replies]:
        answer = browser(author).get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        page = BeautifulSoup(answer.text, "html.parser")
        assert "A lamp" in page.title.text, path
        assert len(page.select("meta[name=robots]")) <= 1, path


@pytest.mark.parametrize("path", ["/keys", "/ideas/{}/like", "/nothing/here"])
def test_what_is_a_page_or_json_says_that_it_depends_on_what_was_asked(browser, make_idea, path):
    path = path.format(make_idea().id)
    page, told = browser().get(path), browser().get(path, headers={"Accept": "application/json"})

    assert (page.mimetype, told.mimetype) == ("text/html", "application/json")
    for answer in (page, told):
        assert "Accept" in [one.strip() for one in answer.headers["Vary"].split(",")]


def test_a_query_in_plain_letters_goes_along(browser):
    typed = {"QUERY_STRING": "q=žába".encode().decode("latin-1")}

    answer = browser().get("/search/", environ_overrides=typed)

    assert answer.headers["Location"] == "/search?q=%C5%BE%C3%A1ba"


def test_a_nul_in_an_address_leads_nowhere(app, browser, make_member):
    admin = browser(make_member(role="admin"))
    taking = [rule for rule in app.url_map.iter_rules() if re.search(r"<(?!int:)", rule.rule)]
    assert len(taking) > 9
    for rule in taking:
        path = re.sub(r"<[^>]+>", "a%00", re.sub(r"<int:\w+>", "1", rule.rule))
        for method in rule.methods & {"GET", "POST"}:
            answer = admin.get(path) if method == "GET" else admin.post(path)
            assert answer.status_code == 404, (method, path)


@pytest.mark.parametrize("path", ["//example.com/", "/%2Fexample.com/", "/\\example.com/", "///"])
def test_no_slash_leads_to_another_host(browser, path):
    place = browser().client.get(path).headers.get("Location", "/").removeprefix(HOST)

    assert re.match(r"/(?![/\\])", place)


def test_a_form_sent_to_a_slash_too_many_is_not_sent_on(browser):
    assert browser().post("/sign-in/", {"email": "a@example.com"}).status_code == 404


def test_old_addresses_of_an_idea_lead_to_it_with_their_query(browser, make_idea):
    idea = make_idea(title="A lamp")
    for old in (f"/ideas/{idea.id}", f"/ideas/{idea.id}-", f"/ideas/{idea.id}-a-lantern"):
        answer = browser().get(f"{old}?comments=x")
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"/ideas/{idea.id}-a-lamp?comments=x"


def test_password_managers_are_led_to_the_form(browser):
    answer = browser().get("/.well-known/change-password")

    assert answer.headers["Location"] == "/settings/password"


def test_programs_that_read_no_page_find_the_picture(browser):
    answer = browser().get("/favicon.ico")

    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.data.startswith(b"<svg")


def test_robots_may_read_every_page_that_is_listed(browser):
    lines = browser().get("/robots.txt").text.splitlines()
    closed = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")]
    assert "/settings" in closed
    for place in ET.fromstring(browser().get("/sitemaps/pages.xml").data).itertext():
        path = place.strip().removeprefix(HOST)
        assert not [one for one in closed if path.startswith(one)], path


# --- feeds ------------------------------------------------------------------------------------


def feeds(page):
    return [
        (one["href"], one["title"])
        for one in page.select("link[rel=alternate][type='application/atom+xml']")
    ]


def titles(answer):
    assert answer.status_code == 200
    assert answer.content_type.startswith("application/atom+xml")
    entries = ET.fromstring(answer.data).iter(f"{ATOM}entry")
    return [entry.findtext(f"{ATOM}title") for entry in entries]


@pytest.mark.parametrize(
    "path", ["/", "/ideas", "/ideas?tag=light", "/search", "/search?q=lamp&tag=light", "/changelog"]
)
def test_a_page_names_its_own_feed_first_and_each_once(browser, make_idea, path):
    make_idea(title="A lamp", tags=("light",))
    named = feeds(head(browser, path))

    first = {
        "/ideas?tag=light": "/feeds/ideas.atom?sort=new&tag=light",
        "/search?q=lamp&tag=light": "/feeds/search.atom?tag=light&q=lamp",
        "/changelog": "/feeds/changelog.atom",
    }
    assert named[0][0] == first.get(path, "/feeds/ideas.atom")
    assert len({href for href, _ in named}) == len({title for _, title in named}) == len(named)
    for href, _ in named:
        titles(browser().get(href))


def test_an_idea_names_its_feed(browser, make_idea):
    idea = make_idea(title="A lamp")

    named = feeds(head(browser, f"/ideas/{idea.id}-a-lamp"))

    assert named[0][0] == f"/feeds/ideas/{idea.id}.atom"


def test_a_search_can_be_followed_newest_first(browser, make_idea, work):
    now = clock.now()
    for number, title in enumerate(["Lamp, lamp, lamp", "A bench", "One lamp"]):
        make_idea(title=title, published_at=now + timedelta(minutes=number))
    work()

    answer = browser().get("/feeds/search.atom?q=lamp&sort=top")

    assert titles(answer) == ["One lamp", "Lamp, lamp, lamp"]
    root = ET.fromstring(answer.data)
    assert root.findtext(f"{ATOM}id") == f"{HOST}/feeds/search.atom?q=lamp"
    assert root.find(f"{ATOM}link[@rel='alternate']").get("href") == f"{HOST}/search?q=lamp"
    assert "lamp" in root.findtext(f"{ATOM}title")


def test_a_followed_search_keeps_its_filters(browser, make_idea, make_area, work):
    make_idea(title="A lamp", area=make_area("shops"), tags=("light",))
    make_idea(title="A green lamp", area=make_area("app"), language="cs")
    work()

    for query, found in (
        ("area=shops", ["A lamp"]),
        ("tag=light", ["A lamp"]),
        ("language=cs", ["A green lamp"]),
        ("tag=nobody", []),
        ("stage=shipped", []),
    ):
        assert titles(browser().get(f"/feeds/search.atom?q=lamp&{query}")) == found


@pytest.mark.parametrize("visibility", [one for one in Visibility if one != Visibility.PUBLIC])
@pytest.mark.parametrize("role", [None, "author", "admin"])
def test_a_followed_search_shows_nobody_what_is_not_public(
    browser, make_idea, make_member, work, visibility, role
):
    author = make_member()
    idea = make_idea(author, title="Velvet kettle", need="Velvet words")
    work()
    # The index has not heard yet.
    idea.visibility = visibility
    db.session.commit()
    reader = author if role == "author" else (make_member(role=role) if role else None)

    answer = browser(reader).get("/feeds/search.atom?q=velvet")

    assert titles(answer) == []
    assert "ettle" not in answer.text


@pytest.mark.parametrize("question", ["", "%20", "the", "%00%01", "a" * 5000, "%F0%9F%92%A1", '"('])
def test_any_question_is_a_feed(browser, question):
    assert titles(browser().get(f"/feeds/search.atom?q={question}")) == []


# --- page security ----------------------------------------------------------------------------


def policy(answer):
    pairs = (one.strip().split(" ") for one in answer.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in pairs}


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/static/none", "/livez", "/feeds/ideas.atom", "/settings"]
)
def test_every_answer_is_strict_with_the_browser(browser, path):
    answer = browser().get(path)

    rules = policy(answer)
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == ["'self'"]
    assert rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    assert rules["require-trusted-types-for"] == ["'script'"]
    assert rules["trusted-types"] == ["cocreate"]
    whole = answer.headers["Content-Security-Policy"]
    for weak in ("unsafe", "*", "http:", "https:", "data:", "nonce"):
        assert weak not in whole
    assert rules["report-uri"] == ["/csp-report"]
    assert answer.headers["Reporting-Endpoints"] == f'{rules["report-to"][0]}="/csp-report"'
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Origin-Agent-Cluster": "?1",
    }.items():
        assert answer.headers[name] == value
    never = answer.headers["Permissions-Policy"]
    for name in ("camera", "geolocation", "microphone", "payment", "usb"):
        assert f"{name}=()" in never
    # Over plain HTTP it would be ignored, and lock out who tries the portal on their own machine.
    assert "Strict-Transport-Security" not in answer.headers


def test_over_https_the_browser_is_told_to_stay_there(tmp_path):
    app = create_app(
        config.read(
            {"COCREATE_DATA_DIR": str(tmp_path), "COCREATE_BASE_URL": "https://ideas.example.com"}
        )
    )

    answer = app.test_client().get("/livez")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_hold_no_script_and_no_style_of_their_own(browser, make_idea):
    idea = make_idea(title="A lamp")
    for path in ("/", "/ideas", f"/ideas/{idea.id}-a-lamp", "/offline", "/nothing"):
        page = BeautifulSoup(browser().get(path).text, "html.parser")
        assert not page.select("style, [style], script:not([src])")
        assert not [
            one for one in page.find_all(True) if any(a.startswith("on") for a in one.attrs)
        ]


OLD = {
    "csp-report": {
        "document-uri": "http://localhost/reset/very-secret-token?mail=eva@example.com",
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/steal.js?who=eva@example.com",
        "source-file": "http://localhost/static/0123456789/js/app.js",
        "line-number": 7,
        "script-sample": "what somebody typed",
    }
}
NEW = {
    "type": "csp-violation",
    "url": "http://localhost/reset/very-secret-token",
    "body": {
        "documentURL": "http://localhost/reset/very-secret-token?mail=eva@example.com",
        "effectiveDirective": "script-src-elem",
        "blockedURL": "https://evil.example/steal.js?who=eva@example.com",
        "sourceFile": "http://localhost/static/0123456789/js/app.js",
        "lineNumber": 7,
        "sample": "what somebody typed",
    },
}


@pytest.fixture
def report(browser, monkeypatch):
    """report(what): the answer to it, and what was written down."""

    def send(what, kind="application/csp-report", **more):
        written = []
        monkeypatch.setattr(
            reports.log, "warning", lambda words, extra: written.append((words, extra))
        )
        data = what if isinstance(what, bytes) else json.dumps(what).encode()
        answer = browser().post("/csp-report", data=data, content_type=kind, headers=more)
        return answer, written

    return send


@pytest.mark.parametrize(
    ("what", "kind"),
    [(OLD, "application/csp-report"), ([NEW], "application/reports+json")],
)
def test_what_a_browser_refused_is_written_down_without_anything_private(report, what, kind):
    answer, written = report(what, kind, **{"Sec-Fetch-Site": "same-origin"})

    assert (answer.status_code, answer.data) == (204, b"")
    [(_, told)] = written
    assert told == {
        "directive": "script-src-elem",
        "blocked": "https://evil.example",
        "page": "sign_in.reset",
        "source": "js/app.js",
        "at_line": 7,
    }


def test_what_is_inline_has_a_word_for_it(report):
    _, written = report({"csp-report": {"blocked-uri": "inline", "document-uri": "about"}})

    assert written[0][1]["blocked"] == "inline"


@pytest.mark.parametrize(
    "what",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 5000,
        b"null",
        b"1e999",
        b"[]",
        b'"csp-report"',
        b'{"csp-report": 1}',
        b'[{"type": "csp-violation", "body": []}]',
        b'[{"type": "deprecation", "body": {}}]',
    ],
)
def test_what_is_no_report_is_refused(report, what):
    answer, written = report(what)

    assert answer.status_code == 400
    assert written == []


@pytest.mark.parametrize(
    "value",
    [None, 5, [], {}, "http://[", "x" * 2000, "\x00\n", "http://a b/", "javascript:alert(1)", "é"],
)
def test_whatever_a_report_holds_one_line_of_known_words_is_written(report, value):
    what = {"csp-report": dict.fromkeys(OLD["csp-report"], value)}

    answer, written = report(what)

    assert answer.status_code == 204
    told = written[0][1]
    assert re.fullmatch(r"[ -~]{0,140}", " ".join(map(str, told.values())))


def test_reports_are_bounded(report):
    answer, written = report([NEW] * 20)
    assert answer.status_code == 204
    assert len(written) == reports.MOST

    answer, written = report(b"[" + b" " * reports.LARGEST + b"]")
    assert answer.status_code == 413
    assert written == []


def test_a_flood_of_reports_is_refused(report):
    limiter.reset()
    limiter.enabled = True
    try:
        # All in one minute, however long it takes.
        with time_machine.travel(clock.now(), tick=False):
            got = [report(OLD)[0].status_code for _ in range(40)]
    finally:
        limiter.enabled = False
        limiter.reset()

    assert got == [204] * 30 + [429] * 10


def test_reports_leave_kept_pages_alone(app, make_idea):
    idea = make_idea(title="Warm benches")
    db.session.commit()
    pages = Client(VisitorPages(app.wsgi_app, 60), use_cookies=False)

    def go(verb, path, **more):
        return contextvars.Context().run(lambda: verb(path, **more))

    first = go(pages.get, "/ideas")
    idea.title = "Cold benches"
    idea.version += 1
    db.session.commit()

    assert go(pages.post, "/csp-report", json=OLD).status_code == 204
    assert go(pages.get, "/ideas").data == first.data
    go(pages.post, "/sign-in")
    assert "Cold benches" in go(pages.get, "/ideas").text


def test_a_browser_reports_what_it_refuses(app, address, chromium, monkeypatch):
    written, told = [], threading.Event()
    name = "Content-Security-Policy"
    # The newer way of telling waits for a minute and for HTTPS.
    older = headers._HEADERS[name].removesuffix("; report-to csp")
    assert older != headers._HEADERS[name]
    monkeypatch.setitem(headers._HEADERS, name, older)

    def warn(_words, extra):
        written.append(extra)
        told.set()

    monkeypatch.setattr(reports.log, "warning", warn)
    page = chromium.new_page(base_url=address)
    page.goto("/how-we-sort")
    page.evaluate(
        "document.body.append(Object.assign(new Image(), {src: 'http://evil.example/a'}))"
    )
    # Browsers send them in their own time.
    for _ in range(100):
        if told.is_set():
            break
        page.wait_for_timeout(100)
    page.close()

    assert written[:1] == [
        {
            "directive": "img-src",
            "blocked": "http://evil.example",
            "page": "ideas.how_we_sort",
            "source": "",
            "at_line": written[0]["at_line"] if written else 0,
        }
    ]
