"""Whether something was said about an idea since its page was opened."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from cocreate import polled, web
from cocreate.backlog.models import Answer
from cocreate.discussion.models import Comment
from cocreate.discussion.queries import shown
from cocreate.errors import NotThere
from cocreate.extensions import db
from cocreate.i18n import gettext as _
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import visible

bp = Blueprint("news", __name__)


@bp.get("/ideas/<int:idea_id>/news")
def news(idea_id: int) -> ResponseReturnValue:
    """The newest answer and comment, in one statement; for a script on the idea's page."""
    answers = select(func.max(Answer.id)).where(Answer.idea_id == Idea.id)
    comments = select(func.max(Comment.id)).where(Comment.idea_id == Idea.id, shown(None))
    newest = db.session.execute(
        select(answers.scalar_subquery(), comments.scalar_subquery()).where(
            Idea.id == idea_id, visible(web.actor())
        )
    ).one_or_none()
    if newest is None:
        raise NotThere()
    answer, comment = (one or 0 for one in newest)
    return polled.answer(
        {"answer": answer, "comment": comment},
        {
            "answer": (
                _("The team answered."),
                _("Show it"),
                f"/ideas/{idea_id}#answer-{answer}",
            ),
            "comment": (
                _("There are new comments."),
                _("Show them"),
                f"/ideas/{idea_id}/comments/{comment}",
            ),
        },
    )
