"""Brings a report out of GitHub: to the channels that are on, and into files. What a sweep did stands if this fails.

The sender of a channel is loaded only if the channel is on, and what writes files only if a folder is named.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.settings import CHANNELS, Channel, Sent, Settings

if TYPE_CHECKING:
    from ci_failure_tracker.report.organisation import OrganisationReport
    from ci_failure_tracker.report.report import Report

AnyReport = TypeVar("AnyReport", "Report", "OrganisationReport")
"""The report of one repository, or that of many."""


@dataclass(frozen=True, slots=True)
class Delivery(Generic[AnyReport]):
    """The report with the problems of its delivery; the path of its file; the text for the output `slack-payload`."""

    report: AnyReport
    path: str = ""
    payload: str = ""


def deliver(
    report: AnyReport, settings: Settings, workspace: Path, *, is_dry: bool, channels: Sequence[Channel] = CHANNELS
) -> Delivery[AnyReport]:
    """Bring the report wherever the settings say. A dry run sends nothing, but leaves its files."""
    report = dataclasses.replace(report, is_dry=is_dry)
    sent = [] if is_dry else [_sent(channel, report, settings) for channel in channels if channel.is_on(settings)]
    report = report.with_problems(problem for result in sent for problem in result.problems)
    payload = "".join(result.payload for result in sent)
    if not settings.report_dir:
        return Delivery(report, payload=payload)
    from ci_failure_tracker.entry.report_files import write_report  # noqa: PLC0415 - few sweeps need it

    # The files come last, so that they hold every problem.
    report, path = write_report(report, settings.report_dir, workspace)
    return Delivery(report, path, payload)


def _sent(channel: Channel, report: Report | OrganisationReport, settings: Settings) -> Sent:
    try:
        return _sender(channel)(report, settings)
    except Exception as error:  # the other channels and the files still get the report
        what = f"{channel.failure}: {type(error).__name__}."
        return Sent((Problem(Severity.ERROR, what, "This is a bug: please report it."),))


def _sender(channel: Channel) -> Callable[[Report | OrganisationReport, Settings], Sent]:
    module, _, name = channel.sender.partition(":")
    sender: Callable[[Report | OrganisationReport, Settings], Sent] = getattr(import_module(module), name)
    return sender
