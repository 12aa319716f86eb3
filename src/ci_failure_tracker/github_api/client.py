"""How requests reach GitHub: construction, pacing, retries, counting, and what an error means."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from github.Auth import Token
from github.GithubException import GithubException, RateLimitExceededException
from github.GithubRetry import GithubRetry
from github.Repository import Repository
from github.Requester import Requester
from urllib3.util import Retry

from ci_failure_tracker import __version__
from ci_failure_tracker.errors import (
    BadTokenError,
    GitHubError,
    MissingRightError,
    RateLimitedError,
    TrackerError,
)
from ci_failure_tracker.settings import Secret

PUBLIC_API = "https://api.github.com"

_LOGGER = logging.getLogger(__name__)
_TIMEOUT = 30
_READ_RETRIES = 3
_BACKOFF = 0.5
"""Seconds; the wait before each further try is twice as long."""

_LONGEST_WAIT = 90
"""Seconds that a rate limit may hold a sweep up before it gives up; a job's minutes cost money."""

_UNAUTHORIZED, _FORBIDDEN = 401, 403
_TOO_MANY = (403, 429)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where GitHub is; Enterprise Server has its own."""

    api_url: str = PUBLIC_API
    graphql_url: str = f"{PUBLIC_API}/graphql"


class MeteredRequester(Requester):
    """PyGithub's requester, which also counts what it sends and remembers what is left."""

    requests_made = 0
    requests_left: int | None = None

    def requestJson(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, Any], str]:  # noqa: N802 - PyGithub's name
        """Send one request, as PyGithub does."""
        self.requests_made += 1
        answer = super().requestJson(*args, **kwargs)
        asked = kwargs.get("parameters") or (args[2] if len(args) > 2 else None)  # noqa: PLR2004 - PyGithub's order
        _LOGGER.debug("%s %s %s -> %s", args[0], args[1], asked or "", answer[0])
        left = answer[1].get("x-ratelimit-remaining", "")
        # GraphQL has a budget of its own.
        if str(left).isdigit() and answer[1].get("x-ratelimit-resource", "core") == "core":
            self.requests_left = int(left)
        return answer


def connect(token: Secret, endpoints: Endpoints, seconds_between_writes: float = 1.0) -> MeteredRequester:
    """A requester for one sweep.

    Only reads are retried: a write whose answer was lost may have been done, and doing it again would make a
    second issue. GitHub asks for a second between writes ("Best practices for using the REST API").
    """
    # PyGithub tells stderr of every retry; what came of them is in our own words.
    logging.getLogger("github").setLevel(logging.WARNING)
    return MeteredRequester(
        auth=Token(token.reveal()),
        base_url=endpoints.api_url.rstrip("/"),
        timeout=_TIMEOUT,
        user_agent=f"ci-failure-tracker/{__version__}",
        per_page=100,
        verify=True,
        retry=GithubRetry(
            total=_READ_RETRIES,
            backoff_factor=_BACKOFF,
            allowed_methods={"GET"},
            status_forcelist=[429, *range(500, 600)],
            raise_on_status=False,  # the last answer says more than "too many answers"
            retry_after_max=_LONGEST_WAIT,
            max_rate_limit_wait=_LONGEST_WAIT,
        ),
        pool_size=None,
        seconds_between_requests=0,
        seconds_between_writes=seconds_between_writes,
    )


def unread_repository(requester: MeteredRequester, name: str) -> Repository:
    """A repository by its name, to list from and to write to; nothing is asked of GitHub for it."""
    return Repository(requester, {}, {"url": f"{requester.base_url}/repos/{name}"}, completed=True)


class _Anonymous(requests.Session):
    """A session that shows nobody credentials, neither the token nor what a `.netrc` file holds."""

    def __init__(self) -> None:
        super().__init__()
        self.auth = lambda request: request
        self.headers["User-Agent"] = f"ci-failure-tracker/{__version__}"
        retry = Retry(
            total=_READ_RETRIES,
            backoff_factor=_BACKOFF,
            allowed_methods={"GET"},
            status_forcelist=[429, *range(500, 600)],
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        for scheme in ("https://", "http://"):
            self.mount(scheme, requests.adapters.HTTPAdapter(max_retries=retry))

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Nothing for the next host either."""


@contextmanager
def anonymous_download(address: str) -> Iterator[requests.Response]:
    """A file that GitHub gave a signed address for, mostly on another host; its body is not read yet."""
    with _Anonymous() as session, session.get(address, stream=True, timeout=_TIMEOUT) as answer:
        yield answer


@contextmanager
def translated(doing: str, right: str) -> Iterator[None]:
    """Turn what PyGithub and requests raise into the project's own errors.

    Args:
        doing: what the requests are for, as in "read the workflow runs".
        right: the permission they need, as in `actions: read`.
    """
    try:
        yield
    except GithubException as error:
        raise _meaning(error, doing, right) from error
    except requests.RequestException as error:
        raise GitHubError(
            f"GitHub could not be reached to {doing} ({type(error).__name__}).",
            "Check the network, the proxy (HTTPS_PROXY), and that GITHUB_API_URL is right.",
        ) from error
    except (TypeError, ValueError, KeyError, AssertionError, RuntimeError) as error:
        # What PyGithub raises on an answer that is cut short, is no JSON or points to another host.
        raise GitHubError(
            f"GitHub's answer to the request to {doing} could not be read ({type(error).__name__})."
        ) from error


def _meaning(error: GithubException, doing: str, right: str) -> TrackerError:
    if error.status == _UNAUTHORIZED:
        return BadTokenError()
    if isinstance(error, RateLimitExceededException) or is_held_back(error):
        return RateLimitedError(
            f"GitHub's rate limit is used up, so it was not possible to {doing}.",
            "Run the tracker less often, lower `max-runs`, or wait for the limit to reset (within the hour).",
        )
    message = _message(error)
    if error.status == _FORBIDDEN and ("not accessible by" in message or "Must have" in message):
        return MissingRightError(doing, right)
    return GitHubError(f"GitHub answered {error.status} to the request to {doing}: {message}")


def is_held_back(error: GithubException) -> bool:
    """Whether GitHub asks to wait; after retries the body is gone, and only the headers still say so."""
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return error.status in _TOO_MANY and (
        error.status == _TOO_MANY[-1] or headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers
    )


def _message(error: GithubException) -> str:
    data = error.data
    text = data.get("message") if isinstance(data, dict) else data
    details = data.get("errors") if isinstance(data, dict) else None
    return " ".join([str(text or "no message"), json.dumps(details) if details else ""]).strip()[:500]
