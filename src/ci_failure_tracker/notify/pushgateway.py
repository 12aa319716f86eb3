"""The metrics to a Prometheus Pushgateway."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit

from prometheus_client import push_to_gateway
from prometheus_client.exposition import basic_auth_handler, default_handler

from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.prometheus import registry_of
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.settings import Sent, Settings

# Seconds: a sweep does not wait longer for its figures.
_TIMEOUT = 10.0
_JOB = "ci-failure-tracker"


def push_metrics(report: Report | OrganisationReport, settings: Settings) -> Sent:
    """Put the metrics of the report into the gateway that the settings name."""
    return Sent(push(report, settings.pushgateway_url)) if settings.pushgateway_url else Sent()


def push(report: Report | OrganisationReport, address: Secret) -> tuple[Problem, ...]:
    """Replace the metrics of the last sweep of this repository, or of many; return the problem, if there is one.

    The problem names no part of the address but the host, because the other parts may be credentials.
    """
    gateway, handler = _way_to(address)
    try:
        # PUT, which replaces: metrics of a workflow that is gone must not stay.
        push_to_gateway(
            gateway,
            job=_JOB,
            registry=registry_of(report),
            # A label of the group would replace the repositories of many.
            grouping_key={"repository": report.repository.full_name} if isinstance(report, Report) else {},
            timeout=_TIMEOUT,
            handler=handler,
        )
    except (OSError, ValueError, HTTPException) as error:
        host = urlsplit(address.reveal()).hostname
        what = f"The metrics could not be pushed to {host} ({_reason(error)})."
        advice = "See whether `pushgateway-url` is right, and whether this runner can reach it."
        return (Problem(Severity.ERROR, what, advice),)
    return ()


def _way_to(address: Secret) -> tuple[str, Callable[..., Callable[[], None]]]:
    """The address without a name and a password, and the handler of the client that sends them."""
    parts = urlsplit(address.reveal())
    # From the right: a password may hold an @.
    credentials, _, host = parts.netloc.rpartition("@")
    # urllib takes a name and a password in an address for a part of the host.
    gateway = parts._replace(netloc=host).geturl()
    if not credentials:
        return gateway, default_handler
    name, _, password = credentials.partition(":")
    return gateway, partial(basic_auth_handler, username=unquote(name), password=unquote(password))


def _reason(error: Exception) -> str:
    if isinstance(error, HTTPError):
        return f"HTTP {error.code}"
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, ssl.SSLError):
        return "its certificate could not be verified, or it speaks no TLS on this port"
    # The texts of other errors may repeat the address.
    return cause.strerror if isinstance(cause, OSError) and cause.strerror else type(cause).__name__
