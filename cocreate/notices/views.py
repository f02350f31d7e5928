"""Notices, watching, unsubscribing."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import clock, permits, polled, text, undo, web
from cocreate.accounts.models import Member
from cocreate.database import MAX_ID
from cocreate.errors import NotThere
from cocreate.extensions import db
from cocreate.i18n import gettext as _
from cocreate.i18n import ngettext
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import visible_idea
from cocreate.notices import actions, queries, searches, tokens
from cocreate.notices.models import SavedSearch
from cocreate.notices.tokens import Stop
from cocreate.notices.words import News, detail, headline

bp = Blueprint("notices", __name__)
bp.add_app_template_filter(headline, "headline")
bp.add_app_template_filter(detail, "news_detail")


@bp.get("/notices")
@login_required
def index() -> ResponseReturnValue:
    """What happened with the ideas one takes part in, newest first."""
    member = web.signed_in()
    only_unread = request.args.get("show") == "unread"
    page = queries.notices_of(member, request.args.get("after"), unread=only_unread)
    return render_template("notices/index.html", page=page, only_unread=only_unread)


@bp.get("/notices/news")
@login_required
def news() -> ResponseReturnValue:
    """Whether there are new ones, for a script on the page that lists them."""
    found = {"notice": queries.newest(web.signed_in())}
    return polled.answer(
        found, {"notice": (_("There are new notices."), _("Show them"), "/notices")}
    )


@bp.post("/notices/read")
@login_required
def read_all() -> ResponseReturnValue:
    """Mark everything that was on the page, and what is older, as read."""
    up_to = request.form.get("up_to", MAX_ID, type=int)
    at = clock.now()
    number = actions.mark_read(web.signed_in(), up_to=max(0, min(up_to, MAX_ID)), at=at)
    db.session.commit()
    if number:
        words = ngettext("%(num)s marked as read.", "%(num)s marked as read.", number)
        undo.offer(words, "/notices/unread", at=at.isoformat())
    return web.see_other("/notices")


@bp.post("/notices/unread")
@login_required
def unread_again() -> ResponseReturnValue:
    """Take back that all were marked as read, for those that were so marked `at` that moment."""
    with suppress(ValueError):
        at = datetime.fromisoformat(request.form.get("at", ""))
        if at.tzinfo is not None:
            actions.mark_unread(web.signed_in(), at)
            db.session.commit()
    return web.see_other("/notices")


@bp.post("/notices/<int:notice_id>")
@login_required
def open_one(notice_id: int) -> ResponseReturnValue:
    """Mark a notice as read, and go to what it is about."""
    member = web.signed_in()
    notice = queries.notice_of(member, notice_id)
    news = queries.news_of(notice.event_id, member)
    actions.mark_read(member, notice)
    if news is not None and news.finds is not None:
        searches.look(searches.own(member, news.finds.search_id))
    db.session.commit()
    return web.see_other(_place(news))


@bp.post("/ideas/<int:idea_id>/watch")
@login_required
def watch(idea_id: int) -> ResponseReturnValue:
    """Hear what becomes of an idea."""
    member = web.signed_in()
    idea = visible_idea(idea_id, member)
    actions.watch(member, idea)
    words = _("You hear what becomes of “%(title)s”.", title=idea.title)
    db.session.commit()
    flash(words, "good")
    return web.see_other(web.safe_next(web.idea_path(idea)))


@bp.post("/ideas/<int:idea_id>/unwatch")
@login_required
def unwatch(idea_id: int) -> ResponseReturnValue:
    """Hear no more of an idea."""
    member = web.signed_in()
    idea = visible_idea(idea_id, member)
    actions.stop_watching(member, idea)
    back = web.safe_next(web.idea_path(idea))
    words = _("You hear no more of “%(title)s”.", title=idea.title)
    # Who may not watch it any more is not offered to.
    can_return = permits.may(member, "idea.watch", idea)
    db.session.commit()
    if can_return:
        undo.offer(words, f"/ideas/{idea_id}/watch", next=back)
    return web.see_other(back)


@bp.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> ResponseReturnValue:
    """What a link in a mail can stop; looking at it stops nothing, since robots look too."""
    return _stop_page(token, _read(token), "")


@bp.post("/unsubscribe/<token>")
def unsubscribe_at_once(token: str) -> ResponseReturnValue:
    """Stop what the link says: by a button of the page, or by one click in a mail program.

    Needs neither a session nor a form's token; the link itself is the proof (RFC 8058).
    """
    about = _read(token)
    done = _stop(about, request.form.get("what", ""))
    db.session.commit()
    return _stop_page(token, about, done)


@dataclass(frozen=True)
class _About:
    """What a link is about: whose mails, and of which idea or search, where these are there."""

    stop: Stop
    member: Member
    idea: Idea | None
    search: SavedSearch | None


def _read(token: str) -> _About:
    """What the link is about. Raises NotThere for a link that is not ours."""
    stop = tokens.read_stop(token)
    member = db.session.get(Member, stop.member_id) if stop else None
    if stop is None or member is None:
        raise NotThere()
    idea = db.session.get(Idea, stop.idea_id) if stop.idea_id else None
    search = searches.one_of(member, stop.search_id) if stop.search_id else None
    return _About(stop, member, idea, search)


def _stop(about: _About, what: str) -> str:
    """Do what a button says, or what the link is for; what has been done."""
    if what == "all" or not (about.stop.idea_id or about.stop.search_id):
        actions.stop_mails(about.member)
        return "all"
    if about.stop.search_id:
        if what == "again" and about.search is not None:
            searches.bring_back(about.search)
            return "search again"
        if about.search is not None:
            searches.end(about.search)
        return "search"
    if what == "again" and about.idea is not None:
        actions.watch(about.member, about.idea)
        return "again"
    if about.idea is not None:
        actions.stop_watching(about.member, about.idea)
    return "idea"


def _stop_page(token: str, about: _About, done: str) -> ResponseReturnValue:
    idea = about.idea
    if idea is not None and not permits.may(about.member, "idea.see", idea):
        idea = None
    search = about.search
    return render_template(
        "notices/unsubscribe.html",
        token=token,
        idea=idea,
        search=searches.words_of([search])[search.id] if search else None,
        done=done,
    )


def _place(news: News | None) -> str:
    if news is not None and news.finds is not None:
        return news.finds.address
    if news is None or news.title is None or news.idea_id is None:
        return "/notices"
    if news.is_waiting and permits.may(web.actor(), "idea.moderate"):
        return "/moderation"
    path = f"/ideas/{news.idea_id}-{text.slug(news.title)}"
    return f"{path}#comment-{news.comment_id}" if news.comment_id else path
