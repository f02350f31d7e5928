"""Structured logs: one JSON object a line, with the request's id."""

import logging
import sys
import time

from flask import Flask, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter
from werkzeug.wrappers import Response

from cocreate.config import Settings


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = g.get("request_id", "") if has_request_context() else ""
        return True


def configure(settings: Settings) -> None:
    """Let the whole process log to standard error. Calling it twice changes nothing."""
    root = logging.getLogger()
    root.setLevel(settings.log_level)
    if any(isinstance(one.formatter, JsonFormatter) for one in root.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_RequestId())
    handler.setFormatter(
        JsonFormatter(
            "{asctime}{levelname}{name}{message}{request_id}",
            style="{",
            rename_fields={"asctime": "at", "levelname": "level", "name": "logger"},
        )
    )
    root.handlers[:] = [handler]


def bind(app: Flask, settings: Settings) -> None:
    """Log each request: what was asked, how it ended, how long it took. Never a body."""
    configure(settings)
    requests = logging.getLogger("cocreate.requests")

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if request.endpoint != "static":
            requests.info(
                "request",
                extra={
                    "method": request.method,
                    "path": _path(),
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - g.get("started", 0)) * 1000, 1),
                },
            )
        return response


# Paths that say nothing about anyone; of the others only the endpoint is logged,
# because links in mails carry their proof in the path.
_PLAIN_PATHS = frozenset({"ideas.show", "ideas.index", "health.livez", "health.readyz"})


def _path() -> str | None:
    """The path without its query, so that searches and tokens stay out of the logs.

    An idea's is without its title, too: that may be a draft's or wait for a moderator.
    """
    if request.endpoint not in _PLAIN_PATHS:
        return request.endpoint
    idea_id = (request.view_args or {}).get("idea_id")
    return f"/ideas/{idea_id}" if idea_id else request.path
