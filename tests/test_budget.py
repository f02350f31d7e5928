"""What a first view weighs: everything a page fetches, as it comes over the wire."""

from collections import Counter
from urllib.parse import quote, urlsplit

import pytest

from cocreate.ideas.models import Stage

# A page weighs the same on every database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

# Bytes, compressed: of scripts, and of everything.
SCRIPT, WHOLE = 15_000, 50_000
NEED = "V prodejně chybí místo, kam by se dal odložit vratný kelímek, a tak končí v koši. "
PROPOSAL = "Postavte ke každé pokladně bednu na kelímky a vracejte zálohu hned na místě. "


@pytest.fixture
def pages(make_idea, make_member, make_area, make_comment):
    """The public pages by their addresses, as full as they are on a busy portal."""
    area = make_area("shops")
    eva = make_member(name="Eva Nová")
    for number in range(30):
        idea = make_idea(
            eva if number % 3 else make_member(name=f"Člověk {number}"),
            title=f"Vratné kelímky v každé prodejně, a to i u stánku číslo {number}",
            need=NEED * 3,
            proposal=PROPOSAL * 3,
            area=area,
            language="cs",
            tags=("kelímky", "obaly"),
            stage=list(Stage)[number % 5],
        )
    for number in range(5):
        make_comment(idea, body=f"{NEED} Už po {number}. bych si zvykl.")
    return [
        "/",
        "/ideas",
        f"/ideas/{idea.id}-{idea.slug}",
        "/ideas/new",
        f"/members/{quote(eva.name)}",
        "/search?q=kelimky",
        "/sign-in",
        "/join",
        "/roadmap",
        "/changelog",
        "/moderation/log",
        "/how-we-sort",
    ]


def weigh(chromium, address, path, language):
    """Bytes by kind on a first view of a page, with the icon and the manifest a browser takes."""
    # What is fetched for the page without a network comes after the page, and is no part of it.
    context = chromium.new_context(base_url=address, service_workers="block")
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()
    weights, hosts = Counter(), set()

    def count(response):
        hosts.add(urlsplit(response.url).netloc)
        assert response.status == 200, response.url
        weights[response.request.resource_type] += int(response.headers["content-length"])

    page.on("response", count)
    page.goto(path, wait_until="networkidle")
    fetched = page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    for link in page.locator("link[rel=icon], link[rel=manifest]").all():
        target = link.evaluate("({href}) => href")
        if target not in fetched:
            answer = context.request.get(target, headers={"Accept-Encoding": "br"})
            weights["other"] += int(answer.headers["content-length"])
    context.close()
    assert hosts == {urlsplit(address).netloc}
    return weights


@pytest.mark.parametrize("language", ["cs", "en"])
def test_a_first_view_stays_within_its_budget(chromium, address, pages, work, language):
    work()
    for path in pages:
        weights = weigh(chromium, address, path, language)
        shown = f"{path} in {language}: {dict(weights)}, {weights.total()} in all"
        assert {"document", "stylesheet", "script", "font"} <= weights.keys(), shown
        assert weights["script"] <= SCRIPT, shown
        assert weights.total() <= WHOLE, shown
