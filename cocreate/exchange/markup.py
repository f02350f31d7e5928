"""HTML from elsewhere as plain Markdown."""

import html
import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup
from markdownify import MarkdownConverter

# Their text is no one's words.
_DROPPED = ("script", "style", "template", "noscript", "head", "title", "svg", "math")
_SOME_DROPPED = re.compile("<(?:" + "|".join(_DROPPED) + ")", re.I)
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_LINK = re.compile(r"\](?=:|\(\s*<?(?!https?://|mailto:))", re.I)
_STARTS = re.compile(
    r"\s*<(?:p|div|span|ul|ol|h[1-6]|br|table|blockquote|strong|b|em|i|a)\b[^>]*>", re.I
)
_BREAKS = re.compile(r"<br\s*/?>|</p>|</div>|</li>", re.I)
_ANY_TAG = re.compile(r"<[^<>]*>")
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_SCHEME = re.compile(r"(?:https?://|mailto:)[^\s<>()\[\]\\\"`]+", re.I)
_EMPTY_LINES = re.compile(r"\n{3,}")


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML rather than Markdown in which a tag strayed.

    Lines mean nothing in HTML and everything in Markdown, so a text with tags
    and line breaks of its own counts as HTML only if it begins with a tag.
    """
    if "<" not in text:
        return False
    return bool(
        (_STARTS.match(text) and "</" in text)
        or (_BREAKS.search(text) and "\n" not in text.strip())
    )


def unescape(text: str) -> str:
    """`text` with its whole entities (&amp; but not &amp) as the characters they stand for."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def defuse(text: str) -> str:
    """Markdown in which nothing is an HTML tag, nor a link but to web and mail addresses.

    Entities, not backslashes: a backslash before them cannot undo them.
    """
    return _LINK.sub("&#93;", _TAG.sub("&lt;", text))


def html_to_markdown(source: str) -> str:
    """The words of an HTML text with their emphasis, lists, headings and links, as Markdown.

    No tag is left in it, and no link but to web and mail addresses: pictures and
    embedded players become links, scripts go. Broken HTML gives what can be
    read of it; this never fails.
    """
    if "<" not in source:
        return defuse(unescape(source))
    # Only whole tags reach the parser: it takes a very long time over those that never end.
    source = _NO_TAG.sub("&lt;", _DECLARATION.sub("", _without_comments(source)))
    try:
        soup = BeautifulSoup(source, "html.parser")
        # Looking through all tags takes as long as parsing them.
        if _SOME_DROPPED.search(source):
            for tag in soup(_DROPPED):
                tag.decompose()
        text = _converter.convert_soup(soup)
    except (ParserRejectedMarkup, RecursionError, ValueError, AssertionError):
        # Nesting deeper than the stack: the words remain.
        text = unescape(_ANY_TAG.sub(" ", source))
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return defuse(_EMPTY_LINES.sub("\n\n", lines).strip())


def _without_comments(source: str) -> str:
    """HTML without its comments; one that never ends is none."""
    kept = []
    at = 0
    while (start := source.find("<!--", at)) >= 0 and (end := source.find("-->", start)) >= 0:
        kept.append(source[at:start])
        at = end + 3
    return "".join(kept) + source[at:]


class _Converter(MarkdownConverter):
    """markdownify, with our view of what is worth keeping."""

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        # The portal keeps line breaks as they are typed.
        return (" " if "_inline" in parent_tags else "\n") + text

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _link(el.get("href"), text)

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _link(el.get("src"), str(el.get("alt") or ""))

    def convert_embed(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " ".join(filter(None, (_link(el.get("src"), ""), text)))

    convert_video = convert_audio = convert_source = convert_iframe = convert_embed

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        # No fence: nothing in the text can close what was not opened.
        return f"\n\n{text}\n\n"


def _link(target: Any, text: str) -> str:
    """A Markdown link if the target is a web or mail address, else only its text."""
    address = str(target or "").strip()
    said = " ".join(text.split())
    if not _SCHEME.fullmatch(address):
        return said
    if not said or said == address:
        return address.removeprefix("mailto:")
    return f"[{said}]({address})"


_converter = _Converter(
    heading_style="atx", bullets="-", escape_asterisks=False, escape_underscores=False
)
