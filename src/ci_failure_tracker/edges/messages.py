"""The messages of a sweep; what makes and sends them is loaded only where one is asked for."""

from __future__ import annotations

import dataclasses

from ci_failure_tracker.model import Gravity, Problem
from ci_failure_tracker.reporting.report import Report
from ci_failure_tracker.settings import Settings


def tell(report: Report, settings: Settings) -> tuple[Report, str]:
    """Send what is to be sent; the report with what went wrong, and the text of the output `slack-payload`."""
    payload = ""
    if settings.slack_payload:
        report, payload = _payload(report)
    if settings.slack_webhook_url or settings.discord_webhook_url or settings.smtp_url:
        from ci_failure_tracker.notify.send import send  # noqa: PLC0415 - see above

        report = send(report, settings)
    return report, payload


def _payload(report: Report) -> tuple[Report, str]:
    from ci_failure_tracker.notify.news import make_news  # noqa: PLC0415 - see above
    from ci_failure_tracker.notify.slack import slack_payload  # noqa: PLC0415 - see above

    try:
        return report, slack_payload(make_news(report))
    except Exception as error:  # what the sweep did stands, whatever becomes of its message
        what = f"The output `slack-payload` could not be made: {type(error).__name__}."
        problem = Problem(Gravity.ERROR, what, "This is a bug: please report it.")
        return dataclasses.replace(report, problems=(problem, *report.problems)), ""
