"""Sending the files of pictures to whoever may see what they belong to."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from cocreate import web
from cocreate.accounts.models import Member
from cocreate.discussion import queries as discussion
from cocreate.errors import NotThere
from cocreate.ideas import queries as ideas
from cocreate.pictures import queries
from cocreate.pictures.models import Picture

bp = Blueprint("pictures", __name__)

# Seconds. Short, because what is public can be hidden a moment later; who asks again is
# answered without the bytes.
KEPT_FOR = 600
# Opened by itself it is a picture and nothing else, whatever a browser may take it for.
_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@bp.get("/pictures/<int:picture_id>/<digest>-<int:width>.webp")
def show(picture_id: int, digest: str, width: int) -> ResponseReturnValue:
    """One file of a picture; what it belongs to says who may see it, each time."""
    picture = queries.picture(picture_id)
    if picture is None or picture.digest != digest:
        raise NotThere()
    is_public = _is_public(picture, web.actor())
    answer = Response(mimetype="image/webp")
    if is_public:
        answer.set_etag(f"{digest}-{width}")
        answer.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    else:
        answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Content-Disposition"] = f'inline; filename="picture-{picture_id}-{width}.webp"'
    if not (is_public and request.if_none_match.contains(f"{digest}-{width}")):
        content = queries.content(picture_id, width)
        if content is None:
            raise NotThere()
        answer.set_data(content)
    return answer.make_conditional(request)


def _is_public(picture: Picture, actor: Member | None) -> bool:
    """Whether everyone may see it. Raises NotThere unless `actor` may."""
    if picture.idea_id is None:
        if actor is None or actor.id != picture.member_id:
            raise NotThere()
        return False
    if picture.comment_id is not None:
        comment, idea = discussion.visible_comment(picture.comment_id, actor)
        return comment.is_public and idea.is_public
    return ideas.visible_idea(picture.idea_id, actor).is_public
