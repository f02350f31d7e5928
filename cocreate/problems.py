"""Refusals and faults, as pages for people and as JSON for scripts."""

from urllib.parse import urlencode

from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect

from cocreate import web
from cocreate.errors import Refusal
from cocreate.extensions import db, login_manager
from cocreate.i18n import gettext


def bind(app: Flask) -> None:
    """Let the application answer with these."""
    app.register_error_handler(Refusal, _refuse)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(PoolTimeout, _database_error)
    app.register_error_handler(Exception, _crash)
    login_manager.unauthorized_handler(_ask_to_sign_in)


def _ask_to_sign_in() -> ResponseReturnValue:
    if web.wants_json():
        return _problem(401, gettext("Sign in first"), gettext("Sign in, then try again."))
    return redirect(f"/sign-in?{urlencode({'next': request.full_path.rstrip('?')})}", 303)


def _problem(status: int, title: str, words: str) -> ResponseReturnValue:
    """A refusal or a fault, as a page or as JSON."""
    request_id = g.get("request_id", "")
    if web.wants_json():
        return jsonify(error=title, words=words, request_id=request_id), status
    page = render_template(
        "errors/error.html", code=status, title=title, words=words, request_id=request_id
    )
    return page, status


def _refuse(refusal: Refusal) -> ResponseReturnValue:
    db.session.rollback()
    return _problem(refusal.status, str(refusal.title), str(refusal.words or ""))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    cause = getattr(error, "original_exception", None)
    if cause is not None:
        # Raised while another answer was being made: a page of errors asks the database too.
        is_down = isinstance(cause, OperationalError | PoolTimeout)
        return _database_error(cause) if is_down else _crash(cause)
    db.session.rollback()
    if error.response is not None or (error.code or 500) < 400:
        return error
    status = error.code or 500
    titles = {
        400: gettext("The form came in incomplete"),
        403: gettext("This is not yours to do"),
        404: gettext("There is nothing here"),
        405: gettext("This address does something else"),
        413: gettext("That is too large"),
        429: gettext("That was a lot at once"),
    }
    words = {
        400: gettext("Go back, load the page again and send it once more."),
        403: gettext("The form came from another place, or the page stood open for too long."),
        404: gettext("The address may be mistyped, or what stood here may not be public."),
        413: gettext("Shorten it or make the file smaller, then send it again."),
        429: gettext("Take a short break, then try again."),
    }
    answer = current_app.make_response(
        _problem(status, titles.get(status, error.name), words.get(status, ""))
    )
    if error.code == 405 and getattr(error, "valid_methods", None):
        answer.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return answer


def _database_error(error: Exception) -> ResponseReturnValue:
    current_app.logger.warning("database did not answer", exc_info=error)
    g.is_down = True
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()
    answer = current_app.make_response(
        _problem(
            503,
            gettext("We will be right back"),
            gettext("The portal is very busy or being looked after. Try again in a moment."),
        )
    )
    answer.headers["Retry-After"] = "5"
    return answer


def _crash(error: Exception) -> ResponseReturnValue:
    if current_app.testing:
        raise error
    current_app.logger.exception("a request failed")
    g.is_down = True
    db.session.remove()
    return _problem(
        500,
        gettext("Something broke on our side"),
        gettext("It was written down. If it happens again, tell us the number below."),
    )
