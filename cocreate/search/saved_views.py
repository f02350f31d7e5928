"""A member's saved searches: keeping one, looking at what is new, ending it."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import permits, undo, web
from cocreate.accounts.models import Member
from cocreate.errors import Closed, Invalid
from cocreate.extensions import db
from cocreate.i18n import gettext as _
from cocreate.ideas import filters as ideas_filters
from cocreate.ideas.filters import Filters
from cocreate.notices import searches
from cocreate.notices.models import SavedSearch
from cocreate.search import questions
from cocreate.search.queries import read_question
from cocreate.search.questions import Kind

bp = Blueprint("searches", __name__)

PAGE = "/notices/searches"


@bp.app_template_global("saved_search")
def _saved(member: Member, question: str, filters: Filters) -> SavedSearch | None:
    """The member's saved search for what a page of results shows."""
    return searches.saved_as(member, _plain(question), filters)


@bp.app_template_global("what_is_saved")
def _what(question: str, filters: Filters) -> dict[str, str]:
    """What of a question and its filters a saved search keeps, as a form sends it."""
    return {"q": _plain(question), **searches.narrowed(filters)}


@bp.get(PAGE)
@login_required
def index() -> ResponseReturnValue:
    member = web.signed_in()
    page = searches.searches_of(member)
    return render_template("search/saved.html", searches=page, most=searches.MOST)


@bp.post(PAGE)
@login_required
def save() -> ResponseReturnValue:
    """Keep the search of a page of results."""
    question = _plain(read_question(request.form.get("q", "")))
    filters = ideas_filters.read(request.form)
    back = filters.address("/search", q=question)
    try:
        search = searches.save(web.signed_in(), question, filters, web.language())
    except (Invalid, Closed) as refusal:
        db.session.rollback()
        flash(str(refusal), "warn")
        return web.see_other(PAGE if isinstance(refusal, Closed) else back)
    db.session.commit()
    words = searches.words_of([search])[search.id]
    flash(_("You hear of new ideas for “%(words)s” from now on.", words=words), "good")
    return web.see_other(web.safe_next(back))


@bp.post(f"{PAGE}/<int:search_id>")
@login_required
def look(search_id: int) -> ResponseReturnValue:
    """Go to what a search finds, the newest first."""
    search = searches.own(web.signed_in(), search_id)
    searches.look(search)
    place = searches.address(search)
    db.session.commit()
    return web.see_other(place)


@bp.post(f"{PAGE}/<int:search_id>/mail")
@login_required
def choose_mail(search_id: int) -> ResponseReturnValue:
    search = searches.own(web.signed_in(), search_id)
    searches.choose_mail(search, wanted=request.form.get("wanted") == "yes")
    db.session.commit()
    return web.see_other(f"{PAGE}#search-{search_id}")


@bp.post(f"{PAGE}/<int:search_id>/end")
@login_required
def end(search_id: int) -> ResponseReturnValue:
    member = web.signed_in()
    search = searches.own(member, search_id)
    searches.end(search)
    words = searches.words_of([search])[search.id]
    back = web.safe_next(PAGE)
    db.session.commit()
    said = _("You hear no more of new ideas for “%(words)s”.", words=words)
    if permits.may(member, "search.save"):
        undo.offer(said, f"{PAGE}/{search_id}/again", next=back)
    else:
        flash(said, "good")
    return web.see_other(back)


@bp.post(f"{PAGE}/<int:search_id>/again")
@login_required
def bring_back(search_id: int) -> ResponseReturnValue:
    """Take the end of a search back."""
    member = web.signed_in()
    search = searches.own(member, search_id)
    permits.require(member, "search.save")
    searches.bring_back(search)
    db.session.commit()
    return web.see_other(web.safe_next(PAGE))


def _plain(question: str) -> str:
    """The question in the one form that means the same: two ways to type it are one search.

    A stage goes, as it does from the filters: a new idea is in none but the first.
    """
    return questions.read(question).without(Kind.STAGE)
