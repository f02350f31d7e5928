"""Pages for visitors, kept whole for a moment and answered before Flask is asked.

A visitor's page is the same for everyone who asks in the same language. Under a
rush on one page it is made once in that moment, not once for each of them.
Whatever is sent in (a vote, a ruling) empties what this process keeps; other
processes show the older page for that moment at most.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from cocreate import packing
from cocreate.kept import Kept

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

MOST_PAGES = 512
LARGEST_PAGE = 256 * 1024
# Set by `web` on a request whose answer may be kept; called for each reader who gets it so.
MARK = "cocreate.keeps"
# Set by `web` on a request that sends something in and yet leaves visitors' pages as they are.
CHANGES_NOTHING = "cocreate.changes_nothing"


@dataclass(frozen=True)
class _Page:
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    heard: Callable[[Environ], None]


class VisitorPages:
    """WSGI around the application that keeps visitors' pages for `seconds`."""

    def __init__(self, wsgi: Wsgi, seconds: float) -> None:
        self._wsgi = wsgi
        self._pages: Kept[_Page] = Kept(MOST_PAGES, seconds)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            try:
                return self._wsgi(environ, start_response)
            finally:
                if environ["REQUEST_METHOD"] != "HEAD" and CHANGES_NOTHING not in environ:
                    self._pages.forget()
        key = _key(environ)
        page = self._pages.get(key) if key else None
        if page is not None:
            page.heard(environ)
            start_response(page.status, page.headers)
            return [page.body]
        return self._ask(key, environ, start_response)

    def _ask(
        self, key: tuple[str, ...] | None, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        begun: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            begun[:] = [status, headers]
            return start_response(status, headers, *error)

        answer = self._wsgi(environ, start)
        heard = environ.get(MARK)
        if key is None or heard is None:
            return answer
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        if len(body) <= LARGEST_PAGE:
            headers = [one for one in begun[1] if one[0] != "X-Request-Id"]
            self._pages.keep(key, _Page(begun[0], headers, body, heard))
        return [body]


def _key(environ: Environ) -> tuple[str, ...] | None:
    """What a visitor's page depends on; None for someone who may be signed in."""
    language = theme = ""
    if cookie := environ.get("HTTP_COOKIE", ""):
        try:
            cookies = SimpleCookie(cookie)
        except CookieError:
            return None
        if "cocreate" in cookies:
            return None
        language = cookies["language"].value if "language" in cookies else ""
        chosen = cookies["theme"].value if "theme" in cookies else ""
        theme = chosen if chosen in ("light", "dark") else ""
    return (
        environ.get("HTTP_HOST", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_ACCEPT", ""),
        environ.get("HTTP_ACCEPT_LANGUAGE", ""),
        packing.chosen(environ.get("HTTP_ACCEPT_ENCODING", "")),
        environ.get("HTTP_IF_NONE_MATCH", "") + environ.get("HTTP_IF_MODIFIED_SINCE", ""),
        language,
        theme,
    )
