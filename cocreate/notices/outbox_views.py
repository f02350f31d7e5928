"""The mails that were written as files, for the admin to look at."""

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import permits, web
from cocreate.notices import outbox, post

bp = Blueprint("outbox", __name__)


@bp.get("/admin/mail")
@login_required
def index() -> ResponseReturnValue:
    """The newest written mails."""
    permits.require(web.signed_in(), "admin.see")
    return render_template(
        "notices/outbox.html",
        mails=outbox.written(),
        is_sending=bool(post.settings().smtp_url),
        folder=post.folder(),
        most=outbox.MOST_SHOWN,
    )


@bp.get("/admin/mail/<name>")
@login_required
def show(name: str) -> ResponseReturnValue:
    """One of them, as plain text."""
    permits.require(web.signed_in(), "admin.see")
    return render_template("notices/outbox_mail.html", mail=outbox.read(name))


@bp.get("/admin/mail/<name>/file")
@login_required
def download(name: str) -> ResponseReturnValue:
    """The file itself, which any mail program opens; never shown inside the portal."""
    permits.require(web.signed_in(), "admin.see")
    return send_file(
        outbox.path_of(name), mimetype="message/rfc822", as_attachment=True, download_name=name
    )
