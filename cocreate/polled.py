"""Tiny answers for scripts that ask now and then whether there is something new."""

from collections.abc import Mapping

from flask import jsonify, request
from werkzeug.wrappers import Response

from cocreate import web
from cocreate.i18n import gettext


def answer(found: Mapping[str, int], told: Mapping[str, tuple[str, str, str]]) -> Response:
    """The newest of each kind by its id, and for each: words, the name of a link, its address.

    Nothing but "as before" goes back to a browser that has this already.
    """
    names = ("words", "show", "address")
    kinds = {
        kind: {"id": newest, **dict(zip(names, told[kind], strict=True))}
        for kind, newest in found.items()
    }
    response = jsonify(found=kinds, close=gettext("Close"))
    response.set_etag("-".join((web.language(), *map(str, found.values()))))
    return response.make_conditional(request)
