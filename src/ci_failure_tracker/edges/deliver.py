"""What becomes of a report outside of GitHub: messages, metrics, files. The sweep's work stands whatever fails here.

What makes and sends these is loaded only where it is asked for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ci_failure_tracker.edges.files import write_report
from ci_failure_tracker.model import Gravity, Problem
from ci_failure_tracker.reporting.report import Report
from ci_failure_tracker.settings import Settings


@dataclass(frozen=True, slots=True)
class Delivered:
    """The report with what went wrong on the way; where its file lies; the message for a step that tells Slack."""

    report: Report
    path: str = ""
    payload: str = ""


def deliver(report: Report, settings: Settings, workspace: Path, *, is_dry: bool) -> Delivered:
    """Bring the report wherever the settings say. A dry run tells nobody, but leaves its files."""
    payload, report = "", dataclasses.replace(report, is_dry=is_dry)
    if not is_dry:
        report = _send(report, settings)
        report = _push(report, settings)
        report, payload = _payload(report, settings)
    # Last, so that the files hold every problem that there was.
    report, path = write_report(report, settings.report_dir, workspace)
    return Delivered(report, path, payload)


def _send(report: Report, settings: Settings) -> Report:
    if not (settings.slack_webhook_url or settings.discord_webhook_url or settings.smtp_url):
        return report
    with _guarded("The messages could not be made") as problems:
        from ci_failure_tracker.notify.send import send  # noqa: PLC0415 - see above

        problems.extend(send(report, settings))
    return report.having(problems)


def _push(report: Report, settings: Settings) -> Report:
    if not settings.pushgateway_url:
        return report
    with _guarded("The metrics could not be pushed") as problems:
        from ci_failure_tracker.edges.metrics import push  # noqa: PLC0415 - see above

        problems.extend(push(report, settings.pushgateway_url))
    return report.having(problems)


def _payload(report: Report, settings: Settings) -> tuple[Report, str]:
    payload = ""
    if settings.slack_payload:
        with _guarded("The output `slack-payload` could not be made") as problems:
            from ci_failure_tracker.notify.news import make_news  # noqa: PLC0415 - see above
            from ci_failure_tracker.notify.slack import slack_payload  # noqa: PLC0415 - see above

            payload = slack_payload(make_news(report))
        report = report.having(problems)
    return report, payload


@contextmanager
def _guarded(what: str) -> Iterator[list[Problem]]:
    """What goes wrong within as a problem: the sweep's work stands, whatever becomes of its report."""
    problems: list[Problem] = []
    try:
        yield problems
    except Exception as error:
        problems.append(Problem(Gravity.ERROR, f"{what}: {type(error).__name__}.", "This is a bug: please report it."))
