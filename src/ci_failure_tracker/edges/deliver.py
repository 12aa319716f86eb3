"""What becomes of a report outside of GitHub: messages, metrics, files. The sweep's work stands whatever fails here.

What makes and sends these is loaded only where it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
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
    payload = ""
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
    from ci_failure_tracker.notify.send import send  # noqa: PLC0415 - see above

    try:
        return report.having(send(report, settings))
    except Exception as error:  # what the sweep did stands, whatever becomes of its messages
        wrong = f"The messages could not be made: {type(error).__name__}."
        return report.having([Problem(Gravity.ERROR, wrong, "This is a bug: please report it.")])


def _push(report: Report, settings: Settings) -> Report:
    if not settings.pushgateway_url:
        return report
    from ci_failure_tracker.edges.metrics import push  # noqa: PLC0415 - see above

    return report.having(push(report, settings.pushgateway_url))


def _payload(report: Report, settings: Settings) -> tuple[Report, str]:
    if not settings.slack_payload:
        return report, ""
    from ci_failure_tracker.notify.news import make_news  # noqa: PLC0415 - see above
    from ci_failure_tracker.notify.slack import slack_payload  # noqa: PLC0415 - see above

    return _tried(report, "The output `slack-payload`", lambda: slack_payload(make_news(report)))


def _tried(report: Report, what: str, make: Callable[[], str]) -> tuple[Report, str]:
    try:
        return report, make()
    except Exception as error:  # what the sweep did stands, whatever becomes of its message
        wrong = f"{what} could not be made: {type(error).__name__}."
        return report.having([Problem(Gravity.ERROR, wrong, "This is a bug: please report it.")]), ""
