"""One message to a webhook, over HTTP.

What is said of a message that did not arrive never holds the webhook's address, which is a password: the errors of
the libraries repeat it, so only their kind is told.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from ci_failure_tracker import __version__
from ci_failure_tracker.secret import Secret

TIMEOUT = 10.0
LONGEST_WAIT = 30.0
FIRST_WAIT = 1.0
_TOO_MANY, _FAULT, _REDIRECT = 429, 500, 300
_MOST_READ = 8_192


class NotSentError(Exception):
    """A message did not arrive, or nobody knows whether it did; the text is ours and holds nothing that is secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook said: the status, and the beginning of the text."""

    status: int
    text: str

    @property
    def well(self) -> bool:
        """Whether the message was taken."""
        return self.status < _REDIRECT

    @property
    def code(self) -> int | None:
        """The number of an error that is told in JSON."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):  # the second where brackets are nested a thousand deep
            return None
        code = found.get("code") if isinstance(found, dict) else None
        return code if isinstance(code, int) and not isinstance(code, bool) else None


class Webhook:
    """Sends messages to one address; the session knows nothing of a `.netrc`, and follows no redirect."""

    def __init__(self, address: Secret, timeout: float = TIMEOUT) -> None:
        self._address = address
        self._timeout = timeout
        self._session = requests.Session()
        self._session.auth = lambda request: request
        self._session.headers["User-Agent"] = f"ci-failure-tracker/{__version__}"

    def post(self, message: Mapping[str, Any], **query: str) -> Answer:
        """Send a message, a second time only where the first was surely answered with "later" or with a fault.

        Raises:
            NotSentError: where there was no answer. The message may have arrived, so it is not sent again.
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
                allow_redirects=False,
                stream=True,
            ) as response:
                return Answer(response.status_code, _beginning(response)), _wait(response)
        except Exception as error:  # what the libraries raise repeats the address
            raise NotSentError(_words(error, self._timeout)) from None


def _beginning(response: requests.Response) -> str:
    """The first characters of an answer; nothing where it breaks off, for what happened is known by its status."""
    try:
        read: bytes = response.raw.read(_MOST_READ, decode_content=True)
    except Exception:
        return ""
    return read.decode("utf-8", "replace")


def _wait(response: requests.Response) -> float | None:
    """How long to wait before the second try; none where there is to be no second one."""
    if response.status_code >= _FAULT:
        return FIRST_WAIT
    if response.status_code != _TOO_MANY:
        return None
    try:
        seconds = float(response.headers.get("Retry-After", FIRST_WAIT))
    except ValueError:
        return None
    return seconds if 0 <= seconds <= LONGEST_WAIT else None


_NEVER_THERE = ("Failed to establish a new connection", "Failed to resolve")
"""How urllib3 says that nothing was sent."""


_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (requests.ConnectTimeout, "no connection within {} seconds"),
    (requests.exceptions.SSLError, "its certificate could not be verified"),
    (requests.exceptions.ProxyError, "the proxy did not let it through"),
    (requests.Timeout, "no answer within {} seconds, so whether it arrived is not known"),
    (requests.ConnectionError, "the connection broke off, so whether it arrived is not known"),
)
"""Each kind of error before those that it is one of."""


def _words(error: Exception, timeout: float) -> str:
    if type(error) is requests.ConnectionError and any(sign in str(error) for sign in _NEVER_THERE):
        return "no connection to its host"
    words = next((words for kind, words in _KINDS if isinstance(error, kind)), type(error).__name__)
    return words.format(f"{timeout:g}")
