"""Flask's side: who is asking, where forms come from, headers, what templates may use."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    abort,
    current_app,
    g,
    has_request_context,
    request,
    session,
    url_for,
)
from flask_babel import format_date, format_datetime, format_timedelta
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.routing import IntegerConverter
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from cocreate import brand, clock, headers, i18n, permits, site, static, text, visitors
from cocreate.accounts import queries as accounts
from cocreate.accounts.models import Member
from cocreate.config import Settings
from cocreate.database import MAX_ID, begin_as
from cocreate.errors import Invalid, NotAllowed, Refusal
from cocreate.extensions import csrf, db, login_manager
from cocreate.i18n import LANGUAGES, direction, get_locale
from cocreate.labels import chosen, label
from cocreate.notices import queries as notices

SAFE = ("GET", "HEAD", "OPTIONS")
THEMES = ("light", "dark")
# Forms with files. What anybody else sends is as small as words are.
_TAKE_FILES = frozenset(
    {
        "backlog.answer",
        "brand.edit",
        "discussion.edit",
        "discussion.write",
        "editing.edit",
        "editing.send",
        "exchange.begin",
    }
)
# A mail program stops mails, a browser tells what it refused: neither was on a page of ours.
_NO_FORMS = ("notices.unsubscribe_at_once", "reports.take")
# Sent as forms are because it is long or nobody's business; nothing is written.
_ONLY_READ = frozenset({"editing.preview", "reports.take", "similar.by_text"})
# What these write, no visitor sees.
_UNSEEN = _ONLY_READ | {"editing.save_draft"}


class SignedIn:
    """What Flask-Login holds: a member, and the session they came by."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(
        self, member: Member, token: str, session_id: int, seen_at: datetime | None = None
    ) -> None:
        self.member = member
        self.token = token
        self.session_id = session_id
        self.seen_at = seen_at

    def get_id(self) -> str:
        return self.token


class _BoundedInt(IntegerConverter):
    """Ids in addresses; larger ones are not there rather than an error of the database."""

    def __init__(self, url_map: Any, **options: Any) -> None:
        super().__init__(url_map, **{"max": MAX_ID, **options})


def settings() -> Settings:
    """The settings this application runs with."""
    return cast("Settings", current_app.config["SETTINGS"])


def is_safe() -> bool:
    """Whether the request changes nothing."""
    return request.method in SAFE


def present() -> SignedIn | None:
    """Who is signed in, with their session; None for a visitor."""
    someone = current_user._get_current_object()
    return someone if isinstance(someone, SignedIn) else None


def actor() -> Member | None:
    """The signed-in member; None for a visitor."""
    someone = present()
    return someone.member if someone else None


def signed_in() -> Member:
    """The signed-in member, on pages that a visitor is sent away from."""
    someone = present()
    if someone is None:
        raise NotAllowed()
    return someone.member


def wants_json() -> bool:
    """Whether a script asked, and not a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == (
        "application/json"
    )


def safe_next(default: str) -> str:
    """Where to go afterwards: the `next` that was asked for if it is a page of ours."""
    target = request.values.get("next", "")
    url = urlsplit(target)
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_ours and not url.netloc and "\\" not in target else default


def hosts() -> set[str]:
    """The names under which people know the portal."""
    return {request.host, urlsplit(settings().address).netloc}


def see_other(endpoint_or_path: str, **values: Any) -> Response:
    """The answer to a form that worked: look there now."""
    path = endpoint_or_path
    return redirect(path if path.startswith("/") else url_for(path, **values), 303)


def private(page: str, status: int = 200) -> Response:
    """A page whose address proves something: nobody keeps it, and no link gives it away."""
    # "no-referrer" would hide the page's origin too, and `_guard` would refuse its own form.
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "strict-origin"}
    return Response(page, status, headers, mimetype="text/html")


class Form(FlaskForm):
    """A form whose origin and token `_guard` has checked before the view runs."""

    class Meta:
        csrf = False


def choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """What a field lets one choose, from (value, label); plain pairs are going out of use."""
    return [SelectChoice(value, words) for value, words in pairs]


def refused(form: FlaskForm, refusal: Refusal) -> int:
    """Undo what was begun and put the refusal onto the form; the status of its page."""
    db.session.rollback()
    blame(form, refusal)
    return refusal.status


def blame(form: FlaskForm, refusal: Refusal) -> None:
    """Put a refusal's words onto the field it is about, or onto the whole form."""
    if isinstance(refusal, Invalid) and refusal.field in form:
        form[refusal.field].errors = [*form[refusal.field].errors, str(refusal)]
    else:
        form.form_errors.append(str(refusal))


def idea_path(idea: Any) -> str:
    """The address of an idea, from anything with its id and title."""
    return f"/ideas/{idea.id}-{text.slug(idea.title)}"


def language() -> str:
    """The reader's language: what they chose, else what their browser asks for.

    Where nobody asks (a command, the worker) it is the portal's own.
    """
    if not has_request_context():
        return settings().language
    if "language" not in g:
        someone = actor()
        chosen = someone.language if someone else request.cookies.get("language")
        g.language = (
            chosen
            if chosen in LANGUAGES
            else request.accept_languages.best_match(LANGUAGES) or settings().language
        )
    return cast("str", g.language)


def theme() -> str:
    """What the reader chose, "light" or "dark"; "" leaves it to their device."""
    someone = None if g.get("is_down") else actor()
    chosen = someone.theme if someone else request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def timezone() -> str:
    someone = actor() if has_request_context() else None
    return someone.timezone if someone else clock.ZONE


def when(moment: datetime | None) -> Markup:
    """An instant as people say it ("2 days ago"), the exact one on hover."""
    if moment is None:
        return Markup("")
    exact = format_datetime(moment, "long")
    if abs((clock.now() - moment).total_seconds()) < 60 * 60 * 24 * 30:
        words = format_timedelta(moment - clock.now(), add_direction=True)
    else:
        words = format_date(moment, "medium")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(timespec="seconds"), exact, words
    )


def day(moment: datetime | date | None) -> Markup:
    """A calendar day; that of an instant is the one in the reader's zone."""
    if moment is None:
        return Markup("")
    # Whole, so that the script can tell a visitor the day that it was where they are.
    exact = {"timespec": "minutes"} if isinstance(moment, datetime) else {}
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(**exact), format_date(moment, "medium")
    )


def token_field() -> Markup:
    """What guards a signed-in person's form; nothing for visitors, whose pages carry no cookie."""
    if g.get("is_down") or present() is None:
        return Markup("")
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def bind(app: Flask) -> None:
    """Hang all of this onto the application."""
    app.url_map.converters["int"] = _BoundedInt
    i18n.bind(app.jinja_env)
    app.jinja_env.filters.update(
        label=label, when=when, day=day, markdown=text.markdown, excerpt=text.excerpt
    )
    app.jinja_env.globals.update(
        asset=static.asset,
        chosen=chosen,
        direction=direction,
        idea_path=idea_path,
        timezone=timezone,
        token_field=token_field,
    )
    app.add_url_rule("/static/<path:filename>", "static", static.send)
    app.before_request(_begin)
    app.before_request(_guard)
    app.after_request(_finish)
    app.context_processor(_context)
    login_manager.user_loader(_load)


def _begin() -> None:
    begin_as(reader=is_safe() or request.endpoint in _ONLY_READ)
    if request.endpoint in _UNSEEN:
        request.environ[visitors.CHANGES_NOTHING] = True
    g.request_id = secrets.token_hex(8)
    if "\0" in request.path:
        # No name and no key holds it, and PostgreSQL refuses to look for one that does.
        abort(404)
    is_plain = request.mimetype == "application/x-www-form-urlencoded"
    if is_plain or request.endpoint not in _TAKE_FILES:
        # By itself that limit holds for forms with files alone.
        request.max_content_length = request.max_form_memory_size


def _guard() -> None:
    """Forms are taken from our own pages only.

    Browsers say where a form was; those of visitors are guarded by that alone,
    so that public pages carry no cookie and no token and can be kept. Who is
    signed in proves it with a token too.
    """
    if is_safe() or request.endpoint in _NO_FORMS:
        return
    fetch_site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    if fetch_site not in ("", "same-origin", "none") or (
        origin and urlsplit(origin).netloc not in hosts()
    ):
        abort(403)
    if present():
        csrf.protect()


def _load(token: str) -> SignedIn | None:
    found = accounts.session_of(token)
    return SignedIn(found[0], token, found[1].id, found[1].seen_at) if found else None


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    headers.secure(response, settings().address)
    if "Cache-Control" not in response.headers:
        personal = g.get("_login_user") is None or present() is not None
        response.headers["Cache-Control"] = "private, no-store" if personal else "no-cache"
        response.vary.update(("Accept", "Cookie", "Accept-Language"))
        if not personal and response.status_code in (200, 304) and is_safe():
            _let_keep(response)
    headers.pack(response, request)
    return response


def _let_keep(response: Response) -> None:
    """Let a visitor's page be kept whole, unless it gives this visitor something of their own."""
    if not session and not session.modified and "Set-Cookie" not in response.headers:
        request.environ[visitors.MARK] = g.get("heard", _nobody_counts)


def _nobody_counts(_environ: dict[str, Any]) -> None:
    """Most pages do not count who reads them."""


def _context() -> dict[str, Any]:
    if g.get("is_down"):
        viewer, portal, unread = None, site.Site(), 0
        g.language = request.accept_languages.best_match(LANGUAGES) or settings().language
    else:
        viewer, portal = actor(), site.load()
        unread = notices.unread_count(viewer) if viewer else 0
    chosen = language()
    return {
        "brand": brand.face(portal),
        "viewer": viewer,
        "lang": chosen,
        "theme": theme(),
        "languages": LANGUAGES,
        "site": {
            "name": portal.name,
            "tagline": portal.words("tagline", chosen),
            "mission": portal.words("mission", chosen),
            "house_rules": portal.words("house_rules", chosen),
        },
        "unread": unread,
        "may": lambda permit, thing=None: permits.may(viewer, permit, thing),
        "base_url": settings().address,
        "locale": str(get_locale()),
    }
