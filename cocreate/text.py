"""Text: Markdown to safe HTML, excerpts, slugs."""

import re
import unicodedata
from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from slugify import slugify

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable(
    ["linkify", "strikethrough", "table"]
)
# The addresses' pages own h1 and h2; what people write starts below.
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}
_TAGS = set(
    "p br hr em strong s a ul ol li blockquote code pre h3 h4 h5 h6"
    " table thead tbody tr th td".split()
)
_SCHEMES = {"http", "https", "mailto"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean(value: str) -> str:
    """`value` in NFC with plain line ends and without control characters, trimmed.

    Marks that turn the direction of what follows go too: they let a text look
    like another one.
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _BIDI.sub("", _CONTROL.sub("", value))).strip()


def one_line(value: str) -> str:
    """`clean`, on a single line: titles, names, tags."""
    return " ".join(clean(value).split())


@lru_cache(maxsize=2048)
def markdown(source: str) -> Markup:
    """What people wrote in Markdown, as HTML that is safe to show.

    No pictures, no raw HTML; headings start at h3; links say `nofollow ugc`.
    """
    for token in (tokens := _markdown.parse(source)):
        if token.type in ("heading_open", "heading_close"):
            token.tag = _HEADINGS[token.tag]
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return Markup(  # noqa: S704 - nh3 has just made it safe
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes=_SCHEMES,
            link_rel="nofollow ugc noopener",
        )
    )


def plain(source: str) -> str:
    """The words of a Markdown text, without its marks, on one line."""
    bare = nh3.clean(_markdown.render(source), tags=set())
    return " ".join(unescape(bare).split())


@lru_cache(maxsize=2048)
def excerpt(source: str, length: int = 200) -> str:
    """The first `length` characters or fewer of a Markdown text, cut at a word."""
    # Long texts are cut before they are parsed: a card must not pay for a book.
    words = plain(source[: length * 4])
    if len(words) <= length:
        return words
    return words[:length].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def slug(title: str) -> str:
    """The readable part of an address, at most 60 characters; `idea` if nothing is left."""
    return slugify(title, max_length=60, word_boundary=True) or "idea"
