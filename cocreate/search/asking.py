"""How often something is looked for, finds nothing, and leads to a result: without persons.

Counted in this process and written by a thread of its own a few seconds later, as views
are: a page that is looked at writes nothing. A process that is killed loses what it
counted in the last PAUSE seconds; one that ends writes it first.

Who asks comes in as a digest that nobody can read without the portal's secret. It stays
in memory for MINUTES, so that nobody counts twice for coming back; what is written of it
is one byte, told of in `counting`.
"""

import hashlib
import ipaddress
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.exc import SQLAlchemyError

from cocreate import kept, robots, text
from cocreate.kept import Kept
from cocreate.later import Application, Later, committed
from cocreate.search import counting
from cocreate.search.folding import fold

log = logging.getLogger("cocreate.asking")

# Seconds from the first question that is not written yet until all of them are.
PAUSE = 4.0
# Within which the same person asking the same again is still looking for it.
MINUTES = 10
# Different questions in one go; what comes on top is not counted.
_MOST = 500
# Signs, words and signs of a word; what is longer was pasted, and may be anything.
LONGEST = 80
_MOST_WORDS = 8
_LONGEST_WORD = 30
# From so many on it may be somebody's number: of a phone, a card, an account, an order.
_DIGITS = 6
_PERSONAL = re.compile(r"@|://|\bwww\.|\bauth?or:", re.IGNORECASE)


@dataclass
class _Heard:
    words: str
    asked: int = 0
    in_vain: int = 0
    clicked: int = 0
    people: set[bytes] = field(default_factory=set)


_heard: dict[str, _Heard] = {}
_lock = Lock()
# What each person did lately; whoever is not among the last few thousand counts again.
_lately: Kept[bool] = Kept(4_096, MINUTES * 60)
kept.when_forgetting(_heard.clear)


def heard(
    app: Application,
    question: str,
    found: bool,
    member_id: int | None,
    secret: str,
    environ: Mapping[str, Any],
) -> None:
    """Count a question that a request asked, if a person did, by opening a page."""
    if robots.is_person(environ) and environ.get("HTTP_SEC_FETCH_MODE", "navigate") == "navigate":
        ask(app, question, digest(member_id, environ, secret), found=found)


def opened(
    app: Application, member_id: int | None, secret: str, environ: Mapping[str, Any]
) -> None:
    """Count that a person came to an idea from a search, as their browser says."""
    try:
        came = urlsplit(environ.get("HTTP_REFERER", ""))
    except ValueError:
        return
    if came.path != "/search" or came.netloc != environ.get("HTTP_HOST", ""):
        return
    asked = parse_qs(came.query).get("q")
    if asked and robots.is_person(environ):
        click(app, asked[0], digest(member_id, environ, secret))


def digest(member_id: int | None, environ: Mapping[str, Any], secret: str) -> bytes:
    """Who asks, as somebody whom only this portal can tell from somebody else.

    A visitor is where they come from: several in one house are one, never the other way
    round.
    """
    who = f"member {member_id}" if member_id else f"at {_house(environ.get('REMOTE_ADDR', ''))}"
    key = hashlib.sha256(secret.encode()).digest()
    return hashlib.blake2b(who.encode(), key=key, digest_size=16).digest()


def _house(address: str) -> str:
    """The network that somebody has at home: one address, or the 64 bits that all share."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def key_of(question: str) -> str:
    """As what a question is counted; "" for one that is not, because it may be personal."""
    words = fold_words(question)
    is_long = len(words) > LONGEST or words.count(" ") >= _MOST_WORDS
    if is_long or any(len(word) > _LONGEST_WORD for word in words.split()):
        return ""
    if _PERSONAL.search(words) or sum(sign.isdigit() for sign in words) >= _DIGITS:
        return ""
    return words if any(sign.isalnum() for sign in words) else ""


def fold_words(words: str) -> str:
    """Several words without accents, in small letters and with one space between."""
    return " ".join(folded for word in words.split() if (folded := fold(word)))


def ask(app: Application, question: str, who: bytes, *, found: bool) -> None:
    """Somebody asked, and ideas were `found`, or none."""
    key = key_of(question)
    if not key or not _is_first(who, "ask", key):
        return
    with _lock:
        if one := _place(key, question):
            one.asked += 1
            one.in_vain += not found
            one.people.add(who)
    _writing.soon(app)


def click(app: Application, question: str, who: bytes) -> None:
    """Somebody opened one of the results of a question."""
    key = key_of(question)
    if not key or not _is_first(who, "click", key):
        return
    with _lock:
        if one := _place(key, question):
            one.clicked += 1
    _writing.soon(app)


def _is_first(who: bytes, *what: str) -> bool:
    place = (who, *what)
    return _lately.get(place) is None and _lately.keep(place, value=True)


def _place(key: str, question: str) -> _Heard | None:
    """Where a question is counted; the caller holds the lock."""
    if key not in _heard and len(_heard) < _MOST:
        _heard[key] = _Heard(text.one_line(question).lower()[:LONGEST])
    return _heard.get(key)


def write(app: Application) -> None:
    """Write what was counted so far; what the database does not take is lost."""
    with _lock:
        taken = dict(_heard)
        _heard.clear()
    if not taken:
        return
    try:
        with committed(app):
            counting.add(
                counting.Asked(key, one.words, one.asked, one.in_vain, one.clicked, one.people)
                for key, one in taken.items()
            )
    except SQLAlchemyError:
        log.warning("what was looked for is not counted", exc_info=True)


_writing = Later(PAUSE, write)
