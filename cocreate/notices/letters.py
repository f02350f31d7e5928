"""What a mail is made of, and how it becomes one: text and HTML, in its reader's language."""

import textwrap
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from cocreate import brand, clock, site, text
from cocreate.accounts.models import Member
from cocreate.i18n import direction, gettext, ngettext
from cocreate.notices import post

_SUBJECT_LENGTH = 180


@dataclass(frozen=True)
class Item:
    """One line of a digest: what happened, the first words of it, where it stands.

    `parts` are (words, address) of what it is made of; `stop` is how it alone is ended.
    """

    words: str
    detail: str
    link: str
    parts: tuple[tuple[str, str], ...] = ()
    stop: tuple[str, str] | None = None


@dataclass(frozen=True)
class Letter:
    """A mail before it is one. All words are in the language that is current while it is
    made; `quote` is Markdown, everything else plain text."""

    subject: str
    heading: str
    lines: list[str] = field(default_factory=list)
    quote: str = ""
    quoted: str = ""
    items: list[Item] = field(default_factory=list)
    # (words, address) of the one button.
    action: tuple[str, str] | None = None
    closing: list[str] = field(default_factory=list)
    # (words, address) by which such mails are stopped; None: these cannot be.
    stop: tuple[str, str] | None = None
    # The idea it is about: mail programs show mails about one idea as one conversation.
    idea_id: int | None = None


class _Whole(EmailPolicy):
    """Leaves addresses in headers in one piece.

    A long one would be coded like a foreign word, and mail programs would find no
    button to unsubscribe by.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header as it is sent."""
        if name == "List-Unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Whole(linesep=SMTP.linesep)


def url(path: str) -> str:
    """The whole address of a page of the portal."""
    return post.settings().address + path


def idea_url(idea_id: int, title: str, anchor: str = "") -> str:
    """The whole address of an idea's page, or of a place on it."""
    return url(f"/ideas/{idea_id}-{text.slug(title)}") + (f"#{anchor}" if anchor else "")


def compose(letter: Letter, to: str, reader: Member, language: str, name: str) -> EmailMessage:
    """The mail to `to`; `name` is what its Message-ID begins with, the same at each try.

    Whatever people wrote is put on one line before it becomes a header.
    """
    portal = site.load()
    host = urlsplit(post.settings().address).hostname or "localhost"
    # Letters beyond ASCII before the @ are sent as they are, or the address is another one.
    mail = EmailMessage(policy=_POLICY.clone(utf8=not to.rpartition("@")[0].isascii()))
    mail["Subject"] = textwrap.shorten(
        text.one_line(letter.subject), _SUBJECT_LENGTH, placeholder="…"
    )
    mail["From"] = Address(text.one_line(portal.name), addr_spec=post.settings().sender)
    mail["To"] = _address(to)
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{name}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    if letter.idea_id is not None:
        mail["References"] = f"<idea-{letter.idea_id}@{host}>"
    if letter.stop is not None:
        mail["List-Unsubscribe"] = f"<{letter.stop[1]}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    context = {
        "letter": letter,
        "reader": reader,
        "lang": language,
        "dir": direction(language),
        "portal": portal.name,
        "colours": brand.colours(),
        "home": url("/"),
        "settings": url("/settings"),
    }
    words = _templates.get_template("mail/letter.txt").render(context)
    mail.set_content(words, cte="quoted-printable")
    html = _templates.get_template("mail/letter.html").render(context)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    # Setting the content clears whatever says something about it.
    mail["Content-Language"] = language
    return mail


def _address(email: str) -> Address:
    """The address as mail servers of any age take it: a domain beyond ASCII is coded."""
    local, _, domain = email.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode()
    return Address(username=local, domain=domain)


def _absolute(source: str) -> Markup:
    """Markdown as HTML whose links lead to the portal also from outside it."""
    html = str(text.markdown(source)).replace('href="/', f'href="{url("/")}')
    return Markup(html)  # noqa: S704 - made safe by text.markdown


def _quoted(source: str) -> str:
    """Markdown as it was typed, marked as a quotation line by line."""
    lines = [
        part
        for line in source.splitlines()
        for part in (textwrap.wrap(line, 70, break_long_words=False) or [""])
    ]
    return "\n".join(f"> {line}".rstrip() for line in lines)


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates"),
    autoescape=select_autoescape(("html",)),
    extensions=["jinja2.ext.i18n"],
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
_templates.filters.update(markdown=_absolute, quoted=_quoted)
