"""A portal with one of everything, for tests that walk all of it.

What people write carries a mark, so the portal's own words can be told from it.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator

from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule

from cocreate import clock, site
from cocreate.accounts import actions as accounts
from cocreate.accounts import proofs
from cocreate.accounts.models import Member
from cocreate.backlog import actions as backlog
from cocreate.discussion import actions as discussion
from cocreate.discussion.models import Comment as Said
from cocreate.discussion.models import CommentKind
from cocreate.exchange.models import ImportRun
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas import drafts, texts
from cocreate.ideas.filters import Filters
from cocreate.ideas.models import Area, Idea, Stage, Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason
from cocreate.notices import actions as notices
from cocreate.notices import searches as saved
from cocreate.notices import telling, tokens
from cocreate.notices.telling import Find
from cocreate.search import counting, tending
from cocreate.search.wanted import AskedQuestion
from cocreate.votes import actions as votes

# What people write carries it; the portal's own words never do.
MARK = "Qq"
SECRET = "three words long"
# What is kept, fed to programs or only leads on is no page.
NO_PAGE = re.compile(
    r"""
    /brand\.css|/brand/<key>-<size>\.png|/admin/brand/preview\.css|/admin/activity\.csv
    |/backlog/waiting\.csv|/static/.*|/feeds/.*|/sitemap.*|/robots\.txt|/livez|/readyz
    |/favicon\.ico|/\.well-known/.*|/manifest\.webmanifest|/service-worker\.js
    |/icons/.*|/pictures/.*|/share\.png|/ideas/<int:idea_id>/card\.png
    |/search/suggest|/search/similar|/places|/notices/news|/ideas/<int:idea_id>/news
    |/backlog\.csv|/admin/export/export\.<format>
    |/admin/mail/<name>/file|/admin/import/<int:run_id>/refused\.csv
    |/ideas/<int:idea_id>-(<slug>)?|/ideas/<int:idea_id>/(un)?vote
    |/moderation/<any\(ideas,\ comments\):things>/<int:thing_id>/approve
    """,
    re.VERBOSE,
)

# Everybody there is.
PEOPLE = (
    "visitor", "unconfirmed", "author", "newcomer", "moderator", "product", "admin",
)  # fmt: skip
# Who looks at the pages whose address begins so; the first that fits. Others are for everybody.
READERS = {
    r"/admin/searches": ("admin", "product", "author"),
    r"/admin": ("admin", "moderator"),
    r"/backlog": ("product", "moderator"),
    r"/moderation/log": ("visitor", "moderator"),
    r"/moderation": ("moderator", "author"),
    r"/styleguide": ("moderator", "product"),
    r"/settings": ("author", "unconfirmed"),
    r"/notices": ("author", "moderator"),
    r"/comments": ("author", "visitor"),
    r"/(confirm|reset|unsubscribe)": ("visitor", "author"),
    r"/ideas/\d+/comments/": ("visitor", "author", "moderator"),
    r"/ideas/\d+/": ("author", "product"),
    r"/ideas/\d+-": ("visitor", "author", "moderator", "product"),
}
# What is sent so that it is refused, and what the page says then: who sends it, where, what.
REFUSED: list[tuple[str, str, dict[str, str]]] = [
    ("visitor", "/join", {}),
    ("visitor", "/join", {"name": "@", "email": "x", "password": "short"}),
    ("visitor", "/sign-in", {}),
    ("visitor", "/sign-in", {"email": "a@example.com", "password": "not this one"}),
    ("visitor", "/reset", {}),
    ("visitor", "/confirm", {}),
    ("visitor", "/ideas/new", {"title": MARK}),
    ("author", "/ideas/new", {}),
    ("author", "/ideas/new", {"title": f"{MARK} a lamp", "do": "preview"}),
    ("author", "/settings", {"name": ""}),
    ("author", "/settings/address", {}),
    ("author", "/settings/password", {"new_password": "short"}),
    ("author", "/settings/close", {"password": "not this one"}),
    ("author", "/ideas/{talked}/comments", {}),
    ("author", "/ideas/{talked}/comments", {"body": f"{MARK} no", "kind": "objection"}),
    ("author", "/ideas/{talked}/edit", {"title": "", "need": ""}),
    ("moderator", "/moderation/ideas/{talked}/hide", {}),
    ("product", "/ideas/{talked}/answer", {"stage": "declined", "seen": "new"}),
    ("admin", "/admin/settings", {"name": "", "hold_first": "-1"}),
    ("admin", "/admin/areas", {}),
    ("admin", "/admin/import", {}),
    ("product", "/admin/searches/synonyms", {}),
    ("product", "/admin/searches/synonyms", {"asked": "a b c d", "means": f"{MARK} lamp"}),
    ("product", "/admin/searches/redirects", {"question": f"{MARK} bulb", "to": "999999"}),
]


def readers_of(address: str) -> Iterable[str]:
    """Who of `Portal.readers` looks at that page."""
    return next((few for start, few in READERS.items() if re.match(start, address)), PEOPLE)


class Portal:
    """One of everything, written by members whose words carry the mark."""

    def __init__(self, app: Flask, make_member: Callable[..., Member]) -> None:
        self.author = make_member(name=f"{MARK} Eva", about=f"{MARK} walks.")
        self.newcomer = make_member(name=f"{MARK} Nora", approved_count=0)
        self.unconfirmed = make_member(name=f"{MARK} Bob", email_confirmed_at=None)
        self.staff = {
            role: make_member(role=role, name=f"{MARK} {role}")
            for role in ("moderator", "product", "admin")
        }
        rules = [f"{MARK} be kind."]
        site.change(house_rules={"en": rules, "cs": rules})
        self.things()
        self.sayings()
        self.kept()
        self.ends()
        self.searches()
        db.session.commit()

    def idea(self, author: Member, title: str) -> Idea:
        need, proposal = f"{MARK} it is dark.", f"{MARK} hang up a lamp."
        return ideas.submit(
            author, title=f"{MARK} {title}", need=need, proposal=proposal, area=self.areas[0],
            tags=[MARK], language="en",
        )  # fmt: skip

    def things(self) -> None:
        self.areas = [
            Area(key=key, names={"en": f"{MARK} {key}"}, departments={"en": MARK}, position=number)
            for number, key in enumerate(("app", "shops"))
        ]
        self.areas[1].closed_at = clock.now()
        db.session.add_all(self.areas)
        db.session.flush()
        product = self.staff["product"]
        self.talked = self.idea(self.author, "lamp")
        self.talked.imported_support, self.talked.imported_against = 7, 2
        for stage in Stage:
            if stage not in (Stage.NEW, Stage.MERGED):
                one = self.idea(self.author, stage.value)
                backlog.own(product, one, product)
                if stage != Stage.CONSIDERING:
                    backlog.answer(product, one, body=f"{MARK} why.", stage=Stage.CONSIDERING)
                backlog.answer(product, one, body=f"{MARK} here is why we say so.", stage=stage)
        late = self.idea(self.newcomer, "late")
        moderation.approve(self.staff["moderator"], late)
        late.answer_by = clock.now().replace(year=2020)
        ideas.withdraw(self.author, self.idea(self.author, "withdrawn"))
        hidden = self.idea(self.author, "hidden")
        moderation.hide(self.staff["moderator"], hidden, Reason.SPAM, f"{MARK} is sold there.")
        assert self.idea(self.newcomer, "held").visibility == Visibility.HELD
        written = texts.read(title="", need=MARK, proposal="", area=None, tags=[], language="en")
        drafts.save(self.author, written, key=drafts.new_key(), seen=0)

    def sayings(self) -> None:
        idea, moderator = self.talked, self.staff["moderator"]
        for kind in CommentKind:
            discussion.write(self.author, idea, body=f"{MARK} {kind} " * 9, kind=kind)
        first = db.session.scalars(select(Said)).first()
        discussion.write(self.staff["product"], idea, body=f"{MARK} indeed.", parent=first)
        edited, hidden, removed = (
            discussion.write(self.author, idea, body=f"{MARK} {what}") for what in "abc"
        )
        discussion.edit(self.author, edited, body=f"{MARK}{MARK}", wording=edited.wording)
        moderation.hide(moderator, hidden, Reason.ABUSIVE, f"{MARK} is not fair.")
        discussion.remove(self.author, removed)
        let_in = discussion.write(self.newcomer, idea, body=f"{MARK} let in")
        moderation.undo(moderator, moderation.approve(moderator, let_in))
        discussion.write(self.newcomer, idea, body=f"{MARK} held")
        votes.cast(self.staff["admin"], idea)
        notices.watch(moderator, idea)

    def kept(self) -> None:
        """Saved searches, with and without mails, and what was found for them."""
        self.saved = saved.save(self.author, f"{MARK} rope", Filters(area=self.areas[0]), "en")
        other = saved.save(self.author, f"{MARK} ladder", Filters(tag=MARK), "en")
        saved.choose_mail(other, wanted=False)
        told = ideas.submit(
            self.staff["product"], title=f"{MARK} rope", need=MARK, proposal=MARK,
            area=self.areas[0], tags=[], language="en",
        )  # fmt: skip
        telling.tell([Find(self.saved.id, told.id)])

    def ends(self) -> None:
        """Links that prove something, and an import that somebody began."""
        self.links = {
            "confirm": proofs.confirm_token(self.unconfirmed, self.unconfirmed.email or ""),
            "reset": proofs.reset_token(self.author),
            "unsubscribe": tokens.stop_token(self.author.id, self.talked.id),
            "unsubscribe search": tokens.stop_token(self.author.id, search_id=self.saved.id),
        }
        self.author.new_email = "eva.new@example.com"

    def searches(self) -> None:
        """What people looked for, and what the staff made of it."""
        few, many = [b"1"], [bytes([number]) for number in range(40)]
        counting.add(
            counting.Asked(f"{MARK} {word}".lower(), f"{MARK} {word}", 1200, times, 1, people)
            for word, times, people in (("rope", 7, few), ("lamps", 0, many), ("ladder", 0, many))
        )
        moderator, popular = self.staff["moderator"], db.session.scalars(
            select(AskedQuestion).where(AskedQuestion.is_popular)
        ).all()  # fmt: skip
        tending.let_through(moderator, popular[0], f"{MARK} lamps")
        for number, language in enumerate(("", "en")):
            tending.add_synonym(
                moderator, words=f"{MARK} torch", means=f"{MARK} lamp", language=language,
                is_both_ways=bool(number),
            )  # fmt: skip
        idea_id = str(self.talked.id)
        for word, to in (("bulb", idea_id), ("light", f"#{MARK}"), ("phone", f"{MARK} app")):
            tending.add_redirect(moderator, words=f"{MARK} {word}", to=to)

    def speak(self, language: str) -> None:
        """Everybody reads in that language from now on."""
        db.session.execute(update(Member).values(language=language))
        db.session.commit()

    def ask_for_mails(self) -> None:
        """Everything about accounts that is told by mail."""
        author, email = self.author, self.author.email or ""
        accounts.join(f"{MARK} New", "new@example.com", SECRET, author.language)
        accounts.join(f"{MARK} Again", email, SECRET, author.language)
        accounts.ask_confirmation(self.unconfirmed.email or "")
        accounts.ask_reset(email)
        accounts.ask_address(author, "eva.other@example.com")
        accounts.set_password(author, SECRET)
        accounts.change_address(self.staff["admin"], "admin.other@example.com")
        db.session.commit()

    def readers(self) -> dict[str, Member | None]:
        """Who looks at the pages; the staff by their roles."""
        return {
            "visitor": None, "unconfirmed": self.unconfirmed, "author": self.author,
            "newcomer": self.newcomer, **self.staff,
        }  # fmt: skip

    def pages(self, app: Flask) -> list[Rule]:
        """The routes that lead to something to look at."""
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        return [rule for rule in rules if not NO_PAGE.fullmatch(rule.rule)]

    def addresses(self, app: Flask) -> Iterator[str]:
        """Every page there is, about every thing there is."""
        for rule in self.pages(app):
            yield from self.filled(app, rule)
        yield from (
            "/ideas?sort=new&stage=planned", "/ideas?tag=qq-none", "/ideas?area=app&language=cs",
            "/search?q=qq", "/search?q=xyzzyq", "/search?q=qq&stage=shipped&tag=qq-none",
            "/search?q=qq&since=year&sort=top", "/search?answered=1&mine=1",
            "/search?q=qq+stage:nowhere&since=ever", "/search?q=qq&after=every-gQ",
            "/admin/searches?show=unopened&weeks=1",
            "/backlog?owner=me", "/backlog/board?stage=new", "/notices?show=unread",
            "/admin/members?q=nobody", "/admin/members?role=admin", "/nothing/here",
            "/join?next=/ideas", "/changelog?before=2020-01-01_1",
        )  # fmt: skip

    def filled(self, app: Flask, rule: Rule) -> Iterator[str]:
        people = [self.author.name, self.newcomer.name, self.staff["product"].name]
        idea_ids = db.session.scalars(select(Idea.id)).all()
        comment_ids = db.session.scalars(select(Said.id)).all()
        about_comment = "comment_id" in rule.arguments
        values = {
            "idea_id": [self.talked.id] if about_comment else idea_ids,
            "comment_id": comment_ids,
            "area_id": [one.id for one in self.areas],
            "question_id": db.session.scalars(select(AskedQuestion.id)).all(),
            "run_id": db.session.scalars(select(ImportRun.id)).all(),
            "things": ["ideas", "comments"],
            "thing_id": sorted({*idea_ids, *comment_ids}),
            "token": list(self.links.values()),
            "number": [1],
            "name": people if rule.rule.startswith("/members") else [],
        }
        place = app.url_map.bind("localhost")
        few = [[(name, value) for value in values[name]] for name in sorted(rule.arguments)]
        for chosen in itertools.product(*few):
            yield place.build(rule.endpoint, dict(chosen))
