"""What browsers report of the content policy: written down, without anything private."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from cocreate import headers
from cocreate.extensions import limiter
from cocreate.limits import FLOODS

bp = Blueprint("reports", __name__)

log = logging.getLogger("cocreate.reports")

# Bytes. A report has a dozen short fields; browsers send a few of them together.
LARGEST = 16 * 1024
MOST = 10
_NO_STORE = {"Cache-Control": "no-store"}
_WORD = re.compile(r"[a-z][a-z-]{0,40}")


@bp.post(headers.REPORTS)
@limiter.limit(FLOODS["report"])
def take() -> ResponseReturnValue:
    """Write down what was refused and where: 204, or 400 for what is no report.

    Anyone can send anything here. So nothing is kept that somebody may have written: of
    addresses the host or the endpoint, of scripts the file of ours and the line.
    """
    request.max_content_length = LARGEST
    try:
        reports = list(_read(json.loads(request.get_data())))
    except (ValueError, RecursionError):
        reports = []
    for report in reports[:MOST]:
        log.warning("the content policy refused something", extra=report)
    return "", 204 if reports else 400, _NO_STORE


def _read(sent: Any) -> Iterator[dict[str, Any]]:
    """The reports in what a browser sent, in either of the two ways browsers have."""
    for one in sent if isinstance(sent, list) else [sent]:
        if not isinstance(one, dict):
            continue
        old = one.get("csp-report")
        if isinstance(old, dict):
            yield _told(old, "effective-directive blocked-uri document-uri source-file line-number")
        elif one.get("type") == "csp-violation" and isinstance(one.get("body"), dict):
            names = "effectiveDirective blockedURL documentURL sourceFile lineNumber"
            yield _told(one["body"], names)


def _told(report: dict[str, Any], names: str) -> dict[str, Any]:
    directive, blocked, page, source, line = (report.get(name) for name in names.split())
    return {
        "directive": _word(directive),
        "blocked": _host(blocked),
        "page": _endpoint(page),
        "source": _file(source),
        "at_line": line if type(line) is int and 0 <= line < 1_000_000 else 0,
    }


def _word(value: object) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _host(value: object) -> str:
    """Where it would have come from; or the word that browsers have for what is inline."""
    if not isinstance(value, str):
        return ""
    try:
        url = urlsplit(value[:500])
        host = url.hostname or ""
    except ValueError:
        return ""
    if not host:
        return _word(value) or _word(url.scheme)
    return f"{url.scheme}://{host}" if re.fullmatch(r"[a-z0-9.:-]{1,100}", host) else ""


def _endpoint(value: object) -> str:
    """The page by the name that the program has for it: its address may be a secret."""
    adapter = current_app.create_url_adapter(request)
    if not isinstance(value, str) or adapter is None:
        return ""
    try:
        return str(adapter.match(urlsplit(value[:2000]).path or "/", "GET")[0])
    except (HTTPException, RequestRedirect, ValueError):
        return ""


def _file(value: object) -> str:
    """Which script of ours; of others nothing."""
    found = re.search(r"/static/[0-9a-f]{10}/(js/[a-z_-]{1,40}\.js)\Z", str(value)[:500])
    return found[1] if found else ""
