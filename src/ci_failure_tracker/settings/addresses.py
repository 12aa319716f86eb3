"""Addresses that messages and metrics go to. They hold passwords, so no text repeats them.

Each parser raises `BadValueError`, which says what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from ci_failure_tracker.errors import BadValueError
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.settings.parsers import listed


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail; with `tls` the connection starts with TLS, else with STARTTLS."""

    host: str = field(repr=False)
    port: int
    tls: bool
    user: Secret | None
    password: Secret | None

    @property
    def may_be_plain(self) -> bool:
        """Whether it may do without TLS: only if nothing leaves the machine and no password is sent."""
        return is_loopback(self.host) and self.user is None


def is_loopback(host: str) -> bool:
    """Whether the name of a host means this machine."""
    return host in {"localhost", "::1"} or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host, re.ASCII))


def _split(text: str, example: str) -> SplitResult:
    """The parts of an address that has a host, and a port that can exist if it has one."""
    wrong = BadValueError(f"is not an address; give one such as `{example}`")
    # Visible ASCII: other characters come from a copy that went wrong.
    if not re.fullmatch(r"[!-~]+", text):
        raise BadValueError("holds a space, a line end or another character that no address has; copy it again")
    try:
        parts = urlsplit(text)
        fit = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise wrong from None
    if not fit:
        raise wrong
    return parts


def webhook(example: str) -> Callable[[str], Secret | None]:
    """A parser of a webhook's address, which is unencrypted only on this machine."""

    def parse(text: str) -> Secret | None:
        if not text:
            return None
        parts = _split(text, example)
        local = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if parts.scheme != "https" and not local:
            raise BadValueError(f"has to begin with `https://`; give one such as `{example}`")
        # A webhook's password is in its path.
        if "@" in parts.netloc or parts.fragment:
            raise BadValueError("holds a user's name or a `#`, which no webhook has; copy it again")
        return Secret(text)

    return parse


def gateway(text: str) -> Secret | None:
    """The address of a Pushgateway, which may be unencrypted: few machines of an own network have certificates."""
    if not text:
        return None
    example = "https://push.example.com:9091"
    parts = _split(text, example)
    if parts.scheme not in {"https", "http"}:
        raise BadValueError(f"has to begin with `https://` or `http://`; give one such as `{example}`")
    # The client adds `/metrics/job/…` itself.
    if parts.query or parts.fragment or "/metrics" in parts.path:
        raise BadValueError(f"continues after the gateway's own address; give one such as `{example}`")
    return Secret(text)


_ENCODE = "continues after the host; write `/`, `?`, `#` and `@` of a password as `%2F`, `%3F`, `%23` and `%40`"


def mail_server(text: str) -> MailServer | None:
    """A mail server, and how to log in to it."""
    if not text:
        return None
    example = "smtps://mail.example.com:465"
    # A sign of a path before the last `@` belongs to a password that is not encoded.
    if re.fullmatch(r"[a-z]+://[^@]*[/?#].*@.*", text):
        raise BadValueError(_ENCODE)
    parts = _split(text, example)
    if parts.scheme not in {"smtp", "smtps"}:
        raise BadValueError(f"has to begin with `smtp://` or `smtps://`; give one such as `{example}`")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise BadValueError(_ENCODE)
    user, password = (unquote(part or "") for part in (parts.username, parts.password))
    if bool(user) != bool(password):
        raise BadValueError("has a user's name without a password, or a password without a name; give both or neither")
    # smtplib sends the login in ASCII.
    if not re.fullmatch(r"[ -~]*", user + password):
        raise BadValueError("has a user's name or a password with characters outside ASCII, which SMTP does not allow")
    tls = parts.scheme == "smtps"
    login = (Secret(user), Secret(password)) if user else (None, None)
    # 465 is for TLS from the start (RFC 8314), 587 for STARTTLS (RFC 6409).
    return MailServer(parts.hostname or "", parts.port or (465 if tls else 587), tls, *login)


# Only what needs no quotes in a header; 64 is the length of a local part in RFC 5321.
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?")
# A choice: servers refuse long lists, and a mailing list serves more people.
MOST_MAILBOXES = 50


def mailboxes(text: str) -> tuple[Secret, ...]:
    """The addresses that mail goes to."""
    boxes = listed(text)
    # The position and not the address: the log may be public.
    wrong = [place for place, box in enumerate(boxes, start=1) if not _MAILBOX.fullmatch(box)]
    if wrong:
        raise BadValueError(
            f"holds something other than an address at position {wrong[0]}; give `name@example.com` alone"
        )
    if len(boxes) > MOST_MAILBOXES:
        raise BadValueError(f"holds {len(boxes)} addresses; give {MOST_MAILBOXES} at most, or a mailing list")
    return tuple(Secret(box) for box in boxes)


def mailbox(text: str) -> Secret | None:
    """The address that mail comes from."""
    if not text:
        return None
    if not _MAILBOX.fullmatch(text):
        raise BadValueError("is not a mail address; give `name@example.com` alone")
    return Secret(text)


# --- the parts that a log may not show -----------------------------------------------------------

_LEAST_MASKED = 8
"""Shorter names are not masked: a name such as `ci` would be masked in every word of the log."""


def credentials(text: str) -> list[str]:
    """The password of an address as it is written and as it is sent; the user's name unless it is short.

    An address that cannot be used because of a character in its password holds a password all the same.
    """
    # Greedy: the last `@` ends the password, which may hold others.
    match = re.match(r"\s*[A-Za-z]+://([^:@]*):(.*)@", text)
    if match is None:
        return []
    user, password = match.groups()
    parts = [password] if len(unquote(user)) < _LEAST_MASKED else [user, password]
    return [*parts, *map(unquote, parts)]


def last_segment(text: str) -> list[str]:
    """The part of a webhook that is its password: other programs may name the address without its host."""
    segment = text.strip().partition("?")[0].rstrip("/").rpartition("/")[2]
    return [segment] if len(segment) >= _LEAST_MASKED else []
