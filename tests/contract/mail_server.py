"""A mail server on this machine: real SMTP by aiosmtpd, with TLS, STARTTLS and passwords.

It refuses what the protocol forbids: lines over 998 bytes, wrong line ends, and bytes outside of ASCII that the client
has not announced.
"""

from __future__ import annotations

import ssl
from asyncio.base_events import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "bot@mail.example", "hunter2/p@ss"
LONGEST_LINE = 998


@dataclass
class Mails:
    """A server, and the mails that it took."""

    port: int = 0
    refuse: frozenset[str] = frozenset()
    """The recipients that it refuses."""
    goodbye: str = "221 Bye"
    got: list[Envelope] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)
    """The user who sent each mail."""
    encrypted: list[bool] = field(default_factory=list)
    """Whether each mail came over TLS."""

    def read(self, place: int = -1) -> EmailMessage:
        """A mail as a mail program reads it."""
        content = self.got[place].content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        return mail


class Certificate:
    """A certificate for this machine, by an authority that only `SSL_CERT_FILE` names."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.authority)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(self._context)

    def trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(self.authority))

    @property
    def context(self) -> ssl.SSLContext:
        return self._context


@contextmanager
def mails(
    *,
    tls: Certificate | None = None,
    starttls: Certificate | None = None,
    login: bool = False,
    strange: bool = False,
    refuse: frozenset[str] = frozenset(),
) -> Iterator[Mails]:
    """A mail server. It is unencrypted unless it gets a certificate for TLS or STARTTLS."""
    taken = Mails(refuse=refuse)
    controller = _Controller(
        _Handler(taken),
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls.context if tls else None,
        tls_context=starttls.context if starttls else None,
        require_starttls=starttls is not None,
        auth_required=login,
        auth_require_tls=starttls is not None,
        authenticator=_authenticate if login else None,
        auth_exclude_mechanism=["LOGIN", "PLAIN"] if strange else ["XOAUTH2"],
    )
    controller.start()
    try:
        taken.port = controller.port
        yield taken
    finally:
        controller.stop()


class _Controller(Controller):
    """Takes a free port, and keeps its number."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object) -> AuthResult:
    well = isinstance(given, LoginPassword) and given == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=well, handled=False, auth_data=USER if well else None)


class _Handler:
    def __init__(self, taken: Mails) -> None:
        self._taken = taken

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self._taken.refuse:
            return f"550 no mailbox here of the name {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        wrong = _wrong(envelope)
        if wrong:
            return f"554 {wrong}"
        self._taken.got.append(envelope)
        self._taken.logins.append(session.auth_data)
        assert server.transport is not None
        self._taken.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"

    async def auth_XOAUTH2(self, _server: SMTP, _arguments: list[str]) -> AuthResult:  # noqa: N802 - as above
        return AuthResult(success=False)

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - as above
        return self._taken.goodbye


def _wrong(envelope: Envelope) -> str:
    content = envelope.content
    assert isinstance(content, bytes)
    if any(len(line) > LONGEST_LINE for line in content.split(b"\r\n")):
        return "a line is too long"
    if b"\n" in content.replace(b"\r\n", b"") or b"\r" in content.replace(b"\r\n", b""):
        return "a line has no end"
    if not content.isascii() and "BODY=8BITMIME" not in envelope.mail_options:
        return "bytes of eight bits without BODY=8BITMIME"
    return ""
