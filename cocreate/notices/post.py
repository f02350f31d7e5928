"""How mails leave: by a mail server, or as files where none is set."""

import os
import secrets
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from cocreate.config import Settings
from cocreate.deliveries import GivenUp

Send = Callable[[EmailMessage], None]

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
# Seconds during which a server that did not answer is not asked again, so that ten mails
# do not wait for it ten times.
AWAY_FOR = 10.0

_settings: list[Settings] = []
_away_until = 0.0


class NotSent(Exception):
    """This try did not work; a later one may. The words name no address."""


class Refused(GivenUp):
    """The server will not take this mail, now or later. The words name no address."""


def bind(settings: Settings) -> None:
    """Send by these settings from now on."""
    global _away_until
    _settings[:] = [settings]
    _away_until = 0.0


def settings() -> Settings:
    """The settings that mails are written and sent by."""
    return _settings[0]


def folder() -> Path:
    """Where mails are written while no mail server is set."""
    return settings().data / "mail"


@contextmanager
def opened() -> Iterator[Send]:
    """A way to send: one conversation with the server, begun with the first mail.

    Sending raises NotSent or Refused.
    """
    if not settings().smtp_url:
        yield _write
        return
    talk = _Conversation(settings())
    try:
        yield talk.send
    finally:
        talk.end()


class _Conversation:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> None:
        to = str(mail["To"].addresses[0].addr_spec)
        server = self._server or self._begin()
        try:
            server.send_message(mail, self._settings.sender, [to])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _refusal(code, words, to) from None
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error, to) from None
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(str(error)) from None
        except smtplib.SMTPResponseException as error:
            # The sender was refused, or the server is closing: the settings may be mended.
            self.end()
            raise NotSent(_said(error.smtp_code, error.smtp_error, to)) from None
        except (smtplib.SMTPException, OSError) as error:
            self.end()
            raise NotSent(f"{type(error).__name__}: the conversation broke off") from None

    def end(self) -> None:
        """Take leave, if there is still somebody to take leave of."""
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()

    def _begin(self) -> smtplib.SMTP:
        global _away_until
        if time.monotonic() < _away_until:
            raise NotSent("the mail server did not answer a moment ago")
        try:
            self._server = _connected(urlsplit(self._settings.smtp_url), self._settings)
        except (smtplib.SMTPException, OSError) as error:
            _away_until = time.monotonic() + AWAY_FOR
            why = f"{type(error).__name__}: {error}"
            raise NotSent(f"the mail server could not be reached: {why}") from None
        return self._server


def _connected(url: SplitResult, settings: Settings) -> smtplib.SMTP:
    host, port = url.hostname or "localhost", url.port or PORTS[url.scheme]
    safe = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=settings.smtp_timeout, context=safe)
    else:
        server = smtplib.SMTP(host, port, timeout=settings.smtp_timeout)
    try:
        if url.scheme == "smtp+starttls":
            server.starttls(context=safe)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _refusal(code: int, words: bytes | str, to: str) -> Exception:
    # 5xx about this mail or this person is said for good; 4xx means "later".
    kind = Refused if code >= 500 else NotSent
    return kind(_said(code, words, to))


def _said(code: int, words: bytes | str, to: str) -> str:
    """The server's answer, without the address that it may repeat."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}".replace(to, "(address)")[:500]


def _write(mail: EmailMessage) -> None:
    """The same mail again replaces its file; one that is being written is never seen."""
    where = folder()
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = mail["Message-ID"].strip("<>").split("@")[0]
    unfinished = where / f".{name}.{secrets.token_hex(4)}"
    try:
        with os.fdopen(
            os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        ) as file:
            file.write(bytes(mail))
        unfinished.replace(where / f"{name}.eml")
    finally:
        unfinished.unlink(missing_ok=True)
