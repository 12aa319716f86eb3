"""How requests reach GitHub: connection, pacing, retries, counting, and the meaning of errors."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from github.Auth import Token
from github.GithubException import GithubException, RateLimitExceededException
from github.Requester import Requester
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from ci_failure_tracker import __version__
from ci_failure_tracker.errors import (
    SIGN_IN,
    BadTokenError,
    GitHubError,
    MalformedError,
    MissingRightError,
    RateLimitedError,
    RefusedError,
    TokenNeededError,
    TrackerError,
    UnansweredError,
    UnreachedError,
)
from ci_failure_tracker.github.fields import FormError
from ci_failure_tracker.github.retry import Answer, Budget, RetryPolicy, TokenLimits, is_broken, is_held_back, reset_of
from ci_failure_tracker.model import MAX_REQUESTS
from ci_failure_tracker.model.secret import Secret

PUBLIC_API = "https://api.github.com"

API_VERSION = "2022-11-28"
"""Of the REST API. Without it GitHub may answer in the form of a newer version (its documentation of API versions)."""

MOST_WITHOUT_TOKEN = 40
"""Requests of a sweep without a token. GitHub answers 60 an hour to all who share the address of this machine."""

_LOGGER = logging.getLogger(__name__)

# Only these statuses change what a person has to do; all others are reported with their message.
_UNAUTHORIZED, _FORBIDDEN, _INVALID, _FAULT = 401, 403, 422, 500


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of GitHub's APIs; Enterprise Server has its own."""

    api_url: str = PUBLIC_API
    graphql_url: str = f"{PUBLIC_API}/graphql"


class MeteredRequester(Requester):
    """PyGithub's requester, but this class counts, paces and repeats every request. Several threads may use it.

    Reads are repeated, GraphQL included. A write is repeated only if GitHub asked to wait, because then it did not
    carry out the write. `IdempotentWrites` deals with a write whose answer was lost.
    """

    retry_policy: RetryPolicy
    budget: Budget
    graphql_address: str
    token: Secret
    spare: deque[Requester]

    def requestJson(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, Any], str]:  # noqa: N802 - PyGithub's name
        """Send a request, and repeat it if that may help: status, headers and body, which never hold the token.

        Raises:
            requests.RequestException: there is no answer, or a broken one.
        """
        verb, url = str(args[0]), str(args[1])
        graphql = url == self.graphql_address
        # The tracker writes nothing by GraphQL, so each such POST may be repeated.
        is_read = graphql or verb == "GET"
        for tried in range(1, self.retry_policy.tries + 1):
            self.budget.limits.wait_for_turn(self.retry_policy, writes=not is_read, graphql=graphql)
            answer, error = self.send_once(args, kwargs)
            broken = answer is not None and is_broken(answer)
            wait = self.retry_policy.wait(answer, tried, broken=broken, may_repeat=is_read)
            if wait is None or not self.budget.may_repeat(wait, self.retry_policy):
                break
            _LOGGER.debug("%s %s is tried again after %.1f s", verb, url, wait)
        if answer is None:
            raise error or AssertionError
        if self.budget.limits.anonymous:
            _check_anonymous(answer)
        if broken:
            # PyGithub would take an HTML page for an object without fields, or for a write that was done.
            raise requests.exceptions.InvalidJSONError
        return answer

    def send_once(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[int, dict[str, Any], str] | None, requests.RequestException | None]:
        """Send a request one time, and count it: its answer, or why there is none."""
        self.budget.count()
        try:
            with self._unused() as requester:
                answer = requester.requestJson(*args, **kwargs)
        except requests.RequestException as error:
            _LOGGER.debug("%s %s -> %s", args[0], args[1], type(error).__name__)
            return None, error
        if self.token:
            # A proxy or an error page may repeat the headers of the request.
            answer = (answer[0], answer[1], answer[2].replace(self.token.reveal(), str(self.token)))
        parameters = kwargs.get("parameters") or (args[2] if len(args) > 2 else None)  # noqa: PLR2004 - PyGithub's order
        _LOGGER.debug("%s %s %s -> %s", args[0], args[1], parameters or "", answer[0])
        self.budget.limits.read_headers(answer[1])
        return answer, None

    @contextmanager
    def _unused(self) -> Iterator[Requester]:
        """A requester that no other thread uses, with its connection: PyGithub's are not safe for threads."""
        try:
            requester = self.spare.pop()
        # The pool grows to the number of threads and no further.
        except IndexError:
            requester = Requester(**self.kwargs)
        try:
            yield requester
        finally:
            self.spare.append(requester)

    def for_another_sweep(self, most: int | None = None) -> MeteredRequester:
        """A requester with a budget of its own; what GitHub allows the token, and the connections, are shared."""
        other = MeteredRequester(**self.kwargs)
        other.retry_policy = self.retry_policy
        other.budget = Budget(self.budget.most if most is None else most, limits=self.budget.limits)
        other.graphql_address, other.token, other.spare = self.graphql_address, self.token, self.spare
        return other


def connect(
    token: Secret,
    endpoints: Endpoints,
    retry_policy: RetryPolicy | None = None,
    max_requests: int = MAX_REQUESTS,
    parallel: int = 1,
) -> MeteredRequester:
    """A requester for one sweep; without a token it sees what is public, and may send few requests.

    `parallel` says how many processes use the token at the same time.
    """
    # The tracker logs each request itself, and urllib3 would log the signed address of a file that it asks for again.
    logging.getLogger("github").setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    retry_policy = retry_policy or RetryPolicy()
    requester = MeteredRequester(
        auth=Token(token.reveal()) if token else None,
        base_url=endpoints.api_url.rstrip("/"),
        timeout=retry_policy.timeout,  # type: ignore[arg-type]  # requests takes parts of seconds as well
        user_agent=f"ci-failure-tracker/{__version__}",
        per_page=100,
        verify=True,
        # PyGithub's own retries would repeat a write whose answer was lost, and so make a second issue.
        retry=0,
        pool_size=None,
        # PyGithub waits by itself otherwise; `TokenLimits` paces the requests of all threads.
        seconds_between_requests=0,
        seconds_between_writes=0,
        api_version=API_VERSION,
    )
    most = max_requests if token else min(max_requests, MOST_WITHOUT_TOKEN)
    limits = TokenLimits(anonymous=not token, parallel=parallel)
    requester.retry_policy, requester.budget = retry_policy, Budget(most, limits=limits)
    requester.graphql_address, requester.token, requester.spare = endpoints.graphql_url, token, deque()
    return requester


@contextmanager
def translated(doing: str, right: str) -> Iterator[None]:
    """Turn the errors of PyGithub and requests into errors of the project.

    Args:
        doing: what the requests are for, as in "read the workflow runs".
        right: the permission they need, as in `actions: read`.

    Raises:
        UnreachedError: no request was sent.
        UnansweredError: GitHub gave no answer, or half of one. A write may have been carried out.
        MalformedError: a part of the answer has another form than GitHub describes.
        GitHubError: GitHub refused the request. The subclass says why.
    """
    try:
        yield
    except GithubException as error:
        raise _meaning(error, doing, right) from error
    # The order matters: this error is a `RequestException`, and that is an `OSError`.
    except requests.exceptions.InvalidJSONError as error:
        raise UnansweredError(f"GitHub's answer to the request to {doing} is not complete JSON.") from error
    except requests.RequestException as error:
        kind = UnreachedError if _was_not_sent(error) else UnansweredError
        raise kind(
            f"GitHub could not be reached to {doing} ({type(error).__name__}).",
            "Check the network, the proxy (HTTPS_PROXY), and that GITHUB_API_URL is right.",
        ) from error
    except OSError as error:  # requests raises it for a file of certificates that is not there
        raise UnansweredError(
            f"GitHub could not be reached to {doing} ({error}).",
            "Check that REQUESTS_CA_BUNDLE, or CURL_CA_BUNDLE, names a file with certificates that can be read.",
        ) from error
    except FormError as error:
        raise MalformedError(doing, str(error)) from error
    except (TypeError, ValueError, KeyError, AttributeError, AssertionError, RuntimeError) as error:
        # PyGithub raises these if an answer is no JSON or points to another host.
        raise UnansweredError(
            f"GitHub's answer to the request to {doing} could not be read ({type(error).__name__})."
        ) from error


def _check_anonymous(answer: Answer) -> None:
    """Check that GitHub answers without a token.

    Raises:
        TokenNeededError: it does not.
        RateLimitedError: the requests of this hour are used up.
    """
    status, headers, _ = answer
    if status == _UNAUTHORIZED:
        raise TokenNeededError
    if is_held_back(status, headers):
        raise RateLimitedError(
            "GitHub answers no more requests without a token from this address for now: it allows "
            f"60 an hour, and other programs count, too.{resets(reset_of(headers))}",
            f"{SIGN_IN}: a token has a limit of its own.",
        )


def resets(moment: int | None) -> str:
    """A sentence that says when the limit is set back, after a space; empty if that is not known."""
    return f" The limit is set back at {datetime.fromtimestamp(moment, UTC):%H:%M} UTC." if moment else ""


def _was_not_sent(error: requests.RequestException) -> bool:
    """Whether no connection was made; after any other fault GitHub may have carried out the request."""
    # requests wraps the error of urllib3, which names the cause as its `reason`.
    reason = getattr(error.args[0], "reason", None) if error.args else None
    # Only these two say that no connection was made.
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _meaning(error: GithubException, doing: str, right: str) -> TrackerError:
    if error.status == _UNAUTHORIZED:
        return BadTokenError()
    if isinstance(error, RateLimitExceededException) or is_held_back(error.status, error.headers or {}):
        return RateLimitedError(
            f"GitHub's rate limit is used up, so the tracker could not {doing}.{resets(reset_of(error.headers or {}))}",
            "Run the tracker less often, lower `max-runs`, or wait for the limit to reset (within the hour).",
        )
    message = _message(error)
    # GitHub gives the reason only in words: a right that the token lacks, or one that its owner lacks.
    if error.status == _FORBIDDEN and ("not accessible by" in message or "Must have" in message):
        return MissingRightError(doing, right)
    kind: type[GitHubError] = UnansweredError if error.status >= _FAULT else GitHubError
    if error.status == _INVALID:
        kind = RefusedError
    return kind(f"GitHub answered {error.status} to the request to {doing}: {message}")


def _message(error: GithubException) -> str:
    data = error.data
    text = data.get("message") if isinstance(data, dict) else data
    details = data.get("errors") if isinstance(data, dict) else None
    # An error page may be long, and the message is one line of the report.
    return " ".join([str(text or "no message"), json.dumps(details) if details else ""]).strip()[:500]
