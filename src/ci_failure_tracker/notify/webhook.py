"""One message to a webhook, over HTTP.

No error holds the address of the webhook, which is a password. The errors of the libraries repeat it, so only their
kind is given.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from ci_failure_tracker import __version__
from ci_failure_tracker.model.secret import Secret

# Seconds for the connection, and for each part of the answer.
TIMEOUT = 10.0
# Seconds. A job that waits longer costs more than the message is worth.
LONGEST_WAIT = 30.0
# Seconds before the second try, if the answer names none.
FIRST_WAIT = 1.0
_TOO_MANY, _FAULT, _REDIRECT = 429, 500, 300
# Bytes. The word or the code that says what happened stands at the beginning.
_MOST_READ = 8_192


class NotSentError(Exception):
    """A message did not arrive, or it is not known whether it did. The text holds no secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a webhook: the status, and the beginning of the text."""

    status: int
    text: str

    @property
    def well(self) -> bool:
        """Whether the message was taken."""
        # A redirect is not followed, so what it answers was not taken.
        return self.status < _REDIRECT

    @property
    def code(self) -> int | None:
        """The number of the error, if the text is JSON that has one."""
        try:
            content = json.loads(self.text)
        except (ValueError, RecursionError):  # brackets nested a thousand deep raise the second
            return None
        code = content.get("code") if isinstance(content, dict) else None
        return code if isinstance(code, int) and not isinstance(code, bool) else None


class Webhook:
    """Sends messages to one address. Its session reads no `.netrc` and follows no redirect."""

    def __init__(self, address: Secret, timeout: float = TIMEOUT) -> None:
        self._address = address
        self._timeout = timeout
        self._session = requests.Session()
        # `requests` looks into `.netrc` unless the session has an `auth`.
        self._session.auth = lambda request: request
        self._session.headers["User-Agent"] = f"ci-failure-tracker/{__version__}"

    def post(self, message: Mapping[str, Any], **query: str) -> Answer:
        """Send a message. Send it a second time only if the answer was "later" or a fault of the server.

        Raises:
            NotSentError: if there was no answer. The message may have arrived, so it is not sent again.
        """
        answer, wait = self._once(message, query)
        if wait is not None:
            time.sleep(wait)
            answer, _ = self._once(message, query)
        return answer

    def _once(self, message: Mapping[str, Any], query: Mapping[str, str]) -> tuple[Answer, float | None]:
        try:
            with self._session.post(
                self._address.reveal(),
                params=query,
                json=message,
                timeout=self._timeout,
                # A redirect could lead the message, and the secret in its address, elsewhere.
                allow_redirects=False,
                # The body is read by `_beginning` alone, because a server may send without end.
                stream=True,
            ) as response:
                return Answer(response.status_code, _beginning(response)), _wait(response)
        except Exception as error:  # errors of the libraries repeat the address
            raise NotSentError(_words(error, self._timeout)) from None


def _beginning(response: requests.Response) -> str:
    """The first characters of an answer; empty if it breaks off, because the status alone says what happened."""
    try:
        read: bytes = response.raw.read(_MOST_READ, decode_content=True)
    except Exception:
        return ""
    return read.decode("utf-8", "replace")


def _wait(response: requests.Response) -> float | None:
    """Seconds to wait before the second try; `None` if there is no second try."""
    if response.status_code >= _FAULT:
        # A fault often passes within a second.
        return FIRST_WAIT
    if response.status_code != _TOO_MANY:
        return None
    try:
        seconds = float(response.headers.get("Retry-After", FIRST_WAIT))
    # A date, which neither Slack nor Discord sends.
    except ValueError:
        return None
    return seconds if 0 <= seconds <= LONGEST_WAIT else None


_NEVER_THERE = ("Failed to establish a new connection", "Failed to resolve")
"""The words with which urllib3 says that nothing was sent."""


_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (requests.ConnectTimeout, "no connection within {} seconds"),
    (requests.exceptions.SSLError, "its certificate could not be verified"),
    (requests.exceptions.ProxyError, "the proxy did not let it through"),
    (requests.Timeout, "no answer within {} seconds, so whether it arrived is not known"),
    (requests.ConnectionError, "the connection broke off, so whether it arrived is not known"),
)
"""The words for each kind of error. A class comes before its base classes."""


def _words(error: Exception, timeout: float) -> str:
    if type(error) is requests.ConnectionError and any(sign in str(error) for sign in _NEVER_THERE):
        return "no connection to its host"
    words = next((words for kind, words in _KINDS if isinstance(error, kind)), type(error).__name__)
    return words.format(f"{timeout:g}")
