"""A real mail server for the tests: it takes what is sent, or refuses it as it is told.

A pytest plugin: `mailbox` is the server, and the portal sends through it.
"""

import dataclasses
import socket
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from flask import Flask

from cocreate.notices import post


class Mailbox:
    """What arrived, in order; and whom to refuse with which answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        # The same as they came over the wire.
        self.raw: list[str] = []
        self.conversations = 0
        # {address: "550 no such person"}
        self.refuses: dict[str, str] = {}
        # Answers to give to whole mails, one after the other, before any is taken.
        self.answers: list[str] = []
        self.is_open = True
        self.signed_in: list[tuple[bytes, bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._server = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            auth_require_tls=False,
            authenticator=self._authenticate,
            decode_data=False,
            enable_SMTPUTF8=True,
        )

    def open(self) -> None:
        self._server.start()

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self._server.stop()

    def to(self, someone: Any) -> list[EmailMessage]:
        """The mails that arrived for a member or at an address."""
        address = getattr(someone, "email", someone)
        return [one for one in self.mails if one["X-Arrived-For"] == address]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.conversations += 1
        session.host_name = hostname
        return answers

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        mail = BytesParser(policy=policy.default).parsebytes(envelope.content)
        mail["X-Arrived-For"] = envelope.rcpt_tos[0]
        self.mails.append(mail)
        self.raw.append(envelope.content.decode("ascii"))
        return "250 taken"

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.signed_in.append((data.login, data.password))
        return AuthResult(success=data.password == b"s:e/cret")


def text_of(mail: EmailMessage) -> str:
    """The plain words of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """A mail server on a free port, which the portal sends by during the test."""
    settings = app.config["SETTINGS"]
    server = Mailbox()
    server.open()
    post.bind(dataclasses.replace(settings, smtp_url=f"smtp://127.0.0.1:{server.port}"))
    try:
        yield server
    finally:
        post.bind(settings)
        server.close()
