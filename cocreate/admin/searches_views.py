"""What people look for and do not find, and what the staff does about it."""

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import permits, undo, web
from cocreate.accounts.models import Member
from cocreate.admin.searches_forms import RedirectForm, SynonymForm, TagForm
from cocreate.errors import Closed, Invalid, NotThere
from cocreate.extensions import db
from cocreate.i18n import gettext
from cocreate.search import counted, counting, synonyms, tending
from cocreate.search.counted import Kind
from cocreate.search.wanted import AskedQuestion, Redirect, Synonym

bp = Blueprint("searches_admin", __name__)

# Weeks that can be looked at, this one included.
PERIODS = (1, 4, counting.WEEKS)


def _staff() -> Member:
    actor = web.signed_in()
    permits.require(actor, "search.tend")
    return actor


@bp.get("/admin/searches")
@login_required
def index() -> ResponseReturnValue:
    """Searches that found nothing, or whose results nobody opened."""
    _staff()
    kind = Kind(word) if (word := request.args.get("show", "")) in set(Kind) else Kind.IN_VAIN
    asked = request.args.get("weeks", "")
    weeks = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
    after = request.args.get("after")
    return render_template(
        "admin/searches.html",
        found=counted.searches(kind, weeks, after),
        after=after,
        kind=kind,
        kinds=Kind,
        weeks=weeks,
        periods=PERIODS,
    )


@bp.get("/admin/searches/<int:question_id>")
@login_required
def show(question_id: int) -> ResponseReturnValue:
    """One search, and what can be done about it."""
    _staff()
    return _question_page(_question(question_id))


@bp.post("/admin/searches/<int:question_id>/synonym")
@login_required
def make_synonym(question_id: int) -> ResponseReturnValue:
    """From now on the search finds what other words find."""
    actor, question, form = _staff(), _question(question_id), SynonymForm()
    try:
        _add_synonym(actor, form)
        tending.settle(actor, question)
    except (Invalid, Closed) as refusal:
        return _question_page(question, synonym=form, status=web.refused(form, refusal))
    return _done(
        web.safe_next("/admin/searches"), gettext("The synonym works from the next search on.")
    )


@bp.post("/admin/searches/<int:question_id>/redirect")
@login_required
def make_redirect(question_id: int) -> ResponseReturnValue:
    """From now on the search leads straight to a place."""
    actor, question, form = _staff(), _question(question_id), RedirectForm()
    try:
        _add_redirect(actor, form)
        tending.settle(actor, question)
    except (Invalid, Closed) as refusal:
        return _question_page(question, leading=form, status=web.refused(form, refusal))
    return _done(
        web.safe_next("/admin/searches"), gettext("The redirect works from the next search on.")
    )


@bp.post("/admin/searches/<int:question_id>/tag")
@login_required
def make_tag(question_id: int) -> ResponseReturnValue:
    """From now on the search finds some ideas by a tag."""
    actor, question, form = _staff(), _question(question_id), TagForm()
    name, ideas = form.tag.data or "", form.ideas.data or ""
    try:
        tag = tending.tag(actor, question, name=name, ideas=ideas, hosts=web.hosts())
    except Invalid as refusal:
        return _question_page(question, tagging=form, status=web.refused(form, refusal))
    return _done(
        web.safe_next("/admin/searches"), gettext("The ideas have the tag #%(tag)s now.", tag=tag)
    )


@bp.post("/admin/searches/<int:question_id>/dismiss")
@login_required
def dismiss(question_id: int) -> ResponseReturnValue:
    """Nothing is to be done about it."""
    actor, question = _staff(), _question(question_id)
    tending.settle(actor, question)
    back = web.safe_next("/admin/searches")
    undo.offer(
        gettext("“%(words)s” is off the list.", words=question.words),
        f"/admin/searches/{question_id}/restore",
        next=back,
    )
    return _done(back)


@bp.post("/admin/searches/<int:question_id>/restore")
@login_required
def restore(question_id: int) -> ResponseReturnValue:
    """Back onto the list."""
    tending.unsettle(_staff(), _question(question_id))
    return _done(web.safe_next("/admin/searches"), gettext("It is back on the list."))


@bp.get("/admin/searches/popular")
@login_required
def popular() -> ResponseReturnValue:
    """What many different people look for, and whether everyone may see that."""
    _staff()
    return _popular_page()


@bp.post("/admin/searches/<int:question_id>/popular")
@login_required
def screen(question_id: int) -> ResponseReturnValue:
    """Show it to everyone, in these words, or do not."""
    actor, question = _staff(), _question(question_id)
    words, back = request.form.get("words", ""), web.safe_next("/admin/searches/popular")
    if request.form.get("do") == "hide":
        tending.keep_back(actor, question)
        return _done(back, gettext("It is not shown to everyone."))
    try:
        tending.let_through(actor, question, words)
    except (Invalid, Closed) as refusal:
        db.session.rollback()
        return _popular_page(question_id, words, str(refusal)), refusal.status
    return _done(back, gettext("Everyone can see it now."))


@bp.route("/admin/searches/synonyms", methods=["GET", "POST"])
@login_required
def all_synonyms() -> ResponseReturnValue:
    """Every synonym, and a form for one more."""
    actor = _staff()
    if request.method == "GET":
        return _synonyms_page(_synonym_form(), 200)
    form = SynonymForm()
    try:
        _add_synonym(actor, form)
    except (Invalid, Closed) as refusal:
        return _synonyms_page(form, web.refused(form, refusal))
    words = gettext("The synonym works from the next search on.")
    return _done("/admin/searches/synonyms", words)


@bp.post("/admin/searches/synonyms/<int:synonym_id>/remove")
@login_required
def remove_synonym(synonym_id: int) -> ResponseReturnValue:
    """These words find only themselves again."""
    actor, synonym = _staff(), _there(Synonym, synonym_id)
    undo.offer(
        gettext("“%(words)s” finds only itself now.", words=synonym.words),
        "/admin/searches/synonyms",
        asked=synonym.words,
        means=synonym.means,
        language=synonym.language,
        **({"both": "y"} if synonym.is_both_ways else {}),
    )
    tending.remove_synonym(actor, synonym)
    return _done("/admin/searches/synonyms")


@bp.route("/admin/searches/redirects", methods=["GET", "POST"])
@login_required
def all_redirects() -> ResponseReturnValue:
    """Every question that leads straight to a place, and a form for one more."""
    actor, form = _staff(), RedirectForm()
    if request.method == "GET":
        return _redirects_page(form, 200)
    try:
        _add_redirect(actor, form)
    except (Invalid, Closed) as refusal:
        return _redirects_page(form, web.refused(form, refusal))
    words = gettext("The redirect works from the next search on.")
    return _done("/admin/searches/redirects", words)


@bp.post("/admin/searches/redirects/<int:redirect_id>/remove")
@login_required
def remove_redirect(redirect_id: int) -> ResponseReturnValue:
    """Who asks this sees what is found for it again."""
    actor, redirect = _staff(), _there(Redirect, redirect_id)
    words = gettext("“%(words)s” leads to its results now.", words=redirect.words)
    place = counted.redirect_of(redirect.words)
    tending.remove_redirect(actor, redirect)
    if place is None:
        # What it led to is gone, so nothing can lead there again.
        return _done("/admin/searches/redirects", words)
    undo.offer(words, "/admin/searches/redirects", question=redirect.words, to=place.address)
    return _done("/admin/searches/redirects")


def _synonym_form(words: str = "") -> SynonymForm:
    """A form with what is likely."""
    return SynonymForm(None, asked=words, language=web.language(), both=True)


def _add_synonym(actor: Member, form: SynonymForm) -> None:
    tending.add_synonym(
        actor,
        words=form.asked.data or "",
        means=form.means.data or "",
        language=form.language.data or "",
        is_both_ways=bool(form.both.data),
    )


def _add_redirect(actor: Member, form: RedirectForm) -> None:
    words, to = form.question.data or "", form.to.data or ""
    tending.add_redirect(actor, words=words, to=to, hosts=web.hosts())


def _there(model: type[Any], row_id: int) -> Any:
    found = db.session.get(model, row_id)
    if found is None:
        raise NotThere()
    return found


def _question(question_id: int) -> AskedQuestion:
    found: AskedQuestion = _there(AskedQuestion, question_id)
    return found


def _done(path: str, words: str = "") -> ResponseReturnValue:
    db.session.commit()
    # This process answers the next question; others look by themselves.
    synonyms.forget()
    if words:
        flash(words, "good")
    return web.see_other(path)


def _question_page(
    question: AskedQuestion,
    *,
    synonym: SynonymForm | None = None,
    leading: RedirectForm | None = None,
    tagging: TagForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The form that was refused keeps what was typed; the others begin anew."""
    page = render_template(
        "admin/search.html",
        question=question,
        back=web.safe_next("/admin/searches"),
        numbers=counted.numbers(question),
        weeks=counting.WEEKS,
        synonym=synonym or _synonym_form(question.words),
        leading=leading or RedirectForm(None, question=question.words),
        tagging=tagging or TagForm(None, tag=question.words),
    )
    return page, status


def _popular_page(blamed: int = 0, words: str = "", why: str = "") -> str:
    """A page of them; a wording that was refused is on the same one."""
    after = request.values.get("after", "")
    return render_template(
        "admin/searches_popular.html",
        found=counted.screened(after),
        after=after,
        people=counting.PEOPLE,
        blamed=blamed,
        words=words,
        why=why,
    )


def _synonyms_page(form: SynonymForm, status: int) -> ResponseReturnValue:
    found = counted.synonyms(request.args.get("after"))
    return render_template("admin/searches_synonyms.html", found=found, form=form), status


def _redirects_page(form: RedirectForm, status: int) -> ResponseReturnValue:
    found = counted.redirects(request.args.get("after"))
    page = render_template("admin/searches_redirects.html", found=found, form=form)
    return page, status
