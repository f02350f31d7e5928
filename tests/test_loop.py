"""The portal's loop, walked by people without JavaScript: pages, forms, links and mails only."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from cocreate import clock
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.notices import actions
from tests.mailbox import html_of, mailbox, text_of

__all__ = ["mailbox"]

PASSWORD = "seven wet boots in a row"


def link_in(mail, part: str) -> str:
    """The path of the first link in a mail whose address holds `part`."""
    found = [one for one in re.findall(r"https?://\S+", text_of(mail)) if part in one]
    assert found, text_of(mail)
    url = urlsplit(found[0].rstrip(".)>"))
    return url.path + (f"?{url.query}" if url.query else "")


@pytest.fixture
def person(browser, mailbox, work):
    """person(name, email): joins, confirms the address by the link in the mail, signs in."""

    def arrive(name: str, email: str):
        someone = browser()
        joined = someone.submit("/join", "/join", name=name, email=email, password=PASSWORD)
        assert joined.status_code in (200, 303)
        work()
        link = link_in(mailbox.to(email)[-1], "/confirm/")
        confirmed = someone.submit(link, link)
        assert confirmed.status_code in (200, 303)
        signed = someone.submit("/sign-in", "/sign-in", email=email, password=PASSWORD)
        assert signed.status_code == 303, signed.text
        return someone

    return arrive


def follow(someone, answer):
    """The page that a form's answer leads to."""
    assert answer.status_code == 303, answer.text
    return someone.get(answer.headers["Location"].split("#")[0])


def test_from_joining_to_the_mail_that_says_delivered(
    app, browser, person, make_member, make_area, mailbox, work
):
    area = make_area("shops")
    moderator = browser(make_member(role="moderator", name="Radka"))
    product = browser(make_member(role="product", name="Katerina"))

    # Somebody joins and proposes; what a newcomer writes is read by a moderator first.
    bara = person("Bara", "bara@example.com")
    sent = bara.submit(
        "/ideas/new",
        "/ideas/new",
        title="A hook for wet umbrellas",
        need="On rainy days I hold a dripping umbrella through the whole shop.",
        proposal="A rail with **hooks** by the door of each shop.",
        area=area.key,
        tags="rain, umbrella",
    )
    held = follow(bara, sent)
    path = held.request.path
    assert "A hook for wet umbrellas" in held.text
    idea = db.session.query(Idea).one()
    assert idea.visibility == Visibility.HELD
    assert browser().get(path).status_code == 404
    assert "umbrellas" not in browser().get("/ideas").text

    # The moderator lets it in, and the author hears of it.
    work()
    assert "A hook for wet umbrellas" in moderator.get("/moderation").text
    decided = moderator.submit("/moderation", f"/moderation/ideas/{idea.id}/approve")
    assert decided.status_code == 303
    work()
    assert "umbrellas" in str(mailbox.to("bara@example.com")[-1]["Subject"])
    assert "A hook for wet umbrellas" in browser().get("/ideas").text
    assert "A hook for wet umbrellas" in browser().get("/search?q=umbrellas").text

    # Others support it and talk about it; a newcomer's comment waits as well.
    tom = person("Tom", "tom@example.com")
    assert tom.submit(path, f"/ideas/{idea.id}/vote").status_code == 303
    eva = person("Eva", "eva@example.com")
    said = eva.submit(
        path,
        f"/ideas/{idea.id}/comments",
        kind="experience",
        body="In Brno they gave me a plastic bag for mine, and I slipped on the drops.",
    )
    assert said.status_code == 303
    assert "slipped on the drops" not in browser().get(path).text
    work()
    comment_form = re.search(r"/moderation/comments/\d+/approve", moderator.get("/moderation").text)
    assert comment_form is not None
    assert moderator.submit("/moderation", comment_form[0]).status_code == 303
    assert "slipped on the drops" in browser().get(path).text

    # The product team answers twice: planned, then delivered.
    work()
    for stage, words in (
        (Stage.PLANNED, "We try it in Brno first."),
        (Stage.SHIPPED, "Every shop has a rail with twelve hooks since Monday."),
    ):
        mailbox.mails.clear()
        answered = product.submit(path, f"/ideas/{idea.id}/answer", stage=stage.value, body=words)
        assert answered.status_code == 303, answered.text
        work()

    # Everyone who took part hears, once, in text and HTML, with the team's words.
    for address in ("bara@example.com", "tom@example.com", "eva@example.com"):
        mails = mailbox.to(address)
        assert len(mails) == 1, address
        assert "elivered" in str(mails[0]["Subject"]) + text_of(mails[0])
        assert "twelve hooks since Monday" in text_of(mails[0])
        assert "twelve hooks since Monday" in html_of(mails[0])
        assert mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page = browser().get(link_in(mailbox.to("tom@example.com")[0], "/ideas/"))
    while page.status_code in (301, 303):
        page = browser().get(page.headers["Location"])
    assert "twelve hooks since Monday" in page.text
    assert "Katerina" in page.text
    assert "twelve hooks since Monday" in browser().get("/changelog").text
    assert "A hook for wet umbrellas" in tom.get("/notices").text

    # What is decided takes no more votes; one click in the mail ends the mails.
    token = re.search(r'name="csrf_token" value="([^"]+)"', tom.get(path).text)[1]
    late = tom.post(f"/ideas/{idea.id}/unvote", {"csrf_token": token}, token=False)
    assert late.status_code == 409
    header = str(mailbox.to("tom@example.com")[0]["List-Unsubscribe"])
    leave = urlsplit(re.search(r"<(https?://[^>]+)>", header)[1])
    gone = browser().post(
        leave.path,
        {"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"},
    )
    assert gone.status_code == 200
    mailbox.mails.clear()
    more = product.submit(
        path, f"/ideas/{idea.id}/answer", stage=Stage.SHIPPED.value, body="Prague has them too."
    )
    assert more.status_code == 303
    work()
    assert not mailbox.to("tom@example.com")
    assert mailbox.to("eva@example.com")
    assert db.session.get(Idea, idea.id).vote_count == 2


def test_a_decline_tells_its_reason_to_everyone_who_took_part(
    browser, make_member, make_idea, vote, mailbox, work
):
    author, fan = make_member(), make_member()
    idea = make_idea(author, title="Free coffee in every shop")
    vote(fan, idea)
    product = browser(make_member(role="product"))
    path = f"/ideas/{idea.id}-free-coffee-in-every-shop"

    wordless = product.submit(path, f"/ideas/{idea.id}/answer", stage="declined", body="")
    assert wordless.status_code == 422
    assert (
        product.submit(
            path,
            f"/ideas/{idea.id}/answer",
            stage="declined",
            body="A machine in each shop costs more than the repairs we would rather keep cheap.",
        ).status_code
        == 303
    )
    work()

    for member in (author, fan):
        (mail,) = mailbox.to(member)
        assert "we would rather keep cheap" in " ".join(text_of(mail).replace("\n> ", " ").split())


@pytest.mark.parametrize(
    ("language", "question", "title", "save", "subject", "end"),
    [
        (
            "en",
            "wet umbrellas",
            "A rail for wet umbrellas by the door",
            "Save this search",
            "1 new idea for your search “wet umbrellas”",
            "End this search",
        ),
        (
            "cs",
            "mokre destniky",
            "Kam s mokrým deštníkem u vchodu",
            "Uložit hledání",
            "1 nový nápad k vašemu hledání „mokre destniky“",
            "Ukončit toto hledání",
        ),
    ],
)
def test_a_saved_search_tells_of_a_new_idea_until_a_click_ends_it(
    browser, make_member, make_idea, mailbox, work, language, question, title, save, subject, end
):
    def plain(words):
        return str(words).replace("\xa0", " ")

    morning = clock.now().replace(hour=9)
    reader = make_member(language=language)
    eva = browser(reader)
    results = eva.get(f"/search?q={question}")
    assert save in plain(results.text)
    assert eva.submit(results, "/notices/searches").status_code == 303

    # What waits for a moderator is nobody's news; once it is let in, it is.
    idea = make_idea(title=title, language=language, visibility=Visibility.HELD, published_at=None)
    work()
    actions.make_digests(morning + timedelta(days=1))
    work()
    assert not mailbox.to(reader)
    moderator = browser(make_member(role="moderator"))
    assert (
        moderator.submit("/moderation", f"/moderation/ideas/{idea.id}/approve").status_code == 303
    )
    work()
    notices = eva.get("/notices")
    assert subject in plain(notices.text)
    opened = re.search(r'action="(/notices/\d+)"', notices.text)[1]
    assert title.split()[-1] in follow(eva, eva.submit(notices, opened)).text

    # Another one comes, and the daily mail tells of it.
    make_idea(title=f"{title} 2", language=language)
    work()
    actions.make_digests(morning + timedelta(days=2))
    work()
    (mail,) = mailbox.to(reader)
    assert plain(mail["Subject"]) == subject
    assert f"{title} 2" in text_of(mail)
    assert end in plain(text_of(mail))
    gone = browser().post(
        urlsplit(str(mail["List-Unsubscribe"]).strip("<>")).path,
        {"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"},
    )
    assert gone.status_code == 200
    make_idea(title=f"{title} 3", language=language)
    work()
    actions.make_digests(morning + timedelta(days=3))
    work()
    assert len(mailbox.to(reader)) == 1
    assert save in plain(eva.get(f"/search?q={question}").text)
