"""Downloads a file that a signed address names, without credentials and within an absolute time."""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

import requests
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.util import Retry

from ci_failure_tracker import __version__
from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github.retry import RetryPolicy


@contextmanager
def anonymous_download(
    address: str, retry_policy: RetryPolicy, what: str = "log", headers: Mapping[str, str] | None = None
) -> Iterator[requests.Response]:
    """A file at an address that GitHub signed, mostly on another host; its body is not read yet.

    The whole download, with its headers, redirects and further tries, ends `whole_log` seconds after the start. `what`
    names the file in the error.

    Raises:
        GitHubError: the time is over; this may happen after some pieces of the body.
    """
    deadline = monotonic() + retry_policy.whole_log
    timeout = min(retry_policy.timeout, retry_policy.whole_log)
    try:
        with (
            _Anonymous(retry_policy, deadline) as session,
            session.get(address, stream=True, timeout=timeout, headers=headers) as answer,
        ):
            yield answer
    except requests.RequestException as error:
        # An error before the deadline has a reason of its own, which says more.
        if monotonic() < deadline:
            raise
        seconds = f"{retry_policy.whole_log:g} seconds"
        raise GitHubError(f"The {what} was not there as a whole after {seconds}.") from error


class _Anonymous(requests.Session):
    """A session that sends no credentials, neither the token nor those of a `.netrc` file."""

    def __init__(self, retry_policy: RetryPolicy, deadline: float) -> None:
        super().__init__()
        # Without an `auth`, requests takes the password of a `.netrc` file, and would send it to the store.
        self.auth = lambda request: request
        self.headers["User-Agent"] = f"ci-failure-tracker/{__version__}"
        retry = _retry_until(deadline)(
            total=retry_policy.tries - 1,
            backoff_factor=retry_policy.backoff,
            allowed_methods={"GET"},
            status_forcelist=[429, *range(500, 600)],
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        for scheme in ("https://", "http://"):
            self.mount(scheme, _BoundedAdapter(deadline, max_retries=retry))

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Send no credentials after a redirect either."""


# --- the deadline --------------------------------------------------------------------------------


def _retry_until(deadline: float) -> type[Retry]:
    """The kind of `Retry` that ends at the deadline; it makes copies of itself, so the deadline is in the class."""

    class RetryUntil(Retry):
        def is_exhausted(self) -> bool:
            return monotonic() >= deadline or super().is_exhausted()

    return RetryUntil


class _BoundedAdapter(requests.adapters.HTTPAdapter):
    """An adapter whose connections read nothing after the deadline, with and without a proxy."""

    def __init__(self, deadline: float, max_retries: Retry) -> None:
        self._deadline = deadline
        super().__init__(max_retries=max_retries)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        """The pool of connections to a host."""
        pool: HTTPConnectionPool = super().get_connection_with_tls_context(*args, **kwargs)
        response_class = _response_until(self._deadline)
        pool.ConnectionCls = type("Bounded", (pool.ConnectionCls,), {"response_class": response_class})
        return pool


def _response_until(deadline: float) -> type[http.client.HTTPResponse]:
    class ResponseUntil(http.client.HTTPResponse):
        """A response that stops at the deadline: all it reads, headers included, comes through `fp`."""

        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp = io.BufferedReader(_ReadUntil(self.fp.detach(), sock, deadline))

    return ResponseUntil


class _ReadUntil(io.RawIOBase):
    """Reads from a socket until the deadline.

    The timeout of a socket bounds the wait for the next bytes only. So it is set anew before each wait.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._deadline = deadline
        self._timeout = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - the type of a buffer has a name since Python 3.12
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the time for the download is over")
        self._sock.settimeout(left if self._timeout is None else min(left, self._timeout))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
