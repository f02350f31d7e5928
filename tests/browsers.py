"""A real Chromium at the real portal, for what script does.

`visit(member)` is a page of a browser in which the member is signed in; `visit()`
is a visitor's. Whatever a page reports, a fault in a script or something that its
content policy refused, fails the test at its end.
"""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from cocreate.extensions import db

# Milliseconds after which waiting for the page has gone wrong.
PATIENCE = 10_000
# In every document, however soon the next one takes its place.
_HEAR = """
addEventListener("securitypolicyviolation", (report) =>
  tellTest(`${report.violatedDirective}: ${report.blockedURI} ${report.sample}`));
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser; without one these tests are skipped, except where all must run."""
    # The one without windows first: the same pages in five sixths of the time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium for the tests of scripts")
        pytest.skip("needs Chromium")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the portal answers, over the network, for as long as the test runs."""
    # One line for each request would bury what a failing test has to say.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # What was asked last is answered before the next test has the portal.
    server.daemon_threads = False
    # Ending waits for the next look whether it shall.
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture
def visit(
    chromium: Chromium, address: str, browser: Callable[..., Any]
) -> Iterator[Callable[..., Page]]:
    """visit(member, **context): a page, with nothing open yet; paths are the portal's."""
    opened: list[tuple[Page, list[str]]] = []

    def open_page(member: Any = None, **options: Any) -> Page:
        context = chromium.new_context(base_url=address, locale="en-GB", **options)
        context.set_default_timeout(PATIENCE)
        if member is not None:
            cookie = browser(member).client.get_cookie("cocreate")
            assert cookie is not None
            context.add_cookies([{"name": "cocreate", "value": cookie.value, "url": address}])
        # What the test wrote must be there for the server's threads.
        db.session.commit()
        faults: list[str] = []
        context.expose_binding("tellTest", lambda _source, report: faults.append(report))
        context.add_init_script(_HEAR)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: faults.append(message.text) if _is_fault(message) else None,
        )
        opened.append((page, faults))
        return page

    yield open_page
    reports = []
    for page, faults in opened:
        if not page.is_closed():
            # What a page said last has arrived once it answers.
            page.evaluate("0")
        reports += faults
        page.context.close()
    assert reports == []


def _is_fault(message: Any) -> bool:
    """A refused request is the portal's answer, and pages show it; all else is a fault."""
    told = (
        "Failed to load resource",
        # By a test that wants none.
        "Service Worker registration blocked by Playwright",
    )
    return message.type in ("error", "warning") and not any(one in message.text for one in told)
