"""Does what `combine` is asked for: reads the reports, puts them together, and brings the result out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ci_failure_tracker.entry import optional_packages
from ci_failure_tracker.entry.combined import combined
from ci_failure_tracker.entry.delivery import deliver
from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.entry.organisation_text import show_organisation
from ci_failure_tracker.entry.setup import now
from ci_failure_tracker.entry.terminal_text import inert_json
from ci_failure_tracker.errors import DONE, FAILED, SettingsError
from ci_failure_tracker.report.organisation_summary import render_organisation_summary
from ci_failure_tracker.settings import Settings, read_settings
from ci_failure_tracker.text.markdown import plain


@dataclass(frozen=True)
class Asked:
    """What the options ask for; `texts` are the inputs for reports and messages by their names."""

    reports: tuple[str, ...]
    expected: str | None
    last_report: str | None
    texts: Mapping[str, str]


def run(asked: Asked, form: str, err: Console) -> int:
    """Do it, print what came of it, and return the exit code.

    Raises:
        SettingsError: the options cannot be used.
    """
    settings = _settings(asked.texts)
    if form == "json" and settings.slack_payload:
        raise SettingsError(["--format json and --slack-payload both print JSON; give one of them."])
    report = combined(asked.reports, asked.expected, asked.last_report or "", Path.cwd(), now())
    # `combine` has no dry run: it writes nothing to GitHub.
    delivered = deliver(report, settings, Path.cwd(), is_dry=False)
    _write_summary(render_organisation_summary(delivered.report))
    show_organisation(delivered.report, Console(highlight=False), err, as_json=form == "json")
    if delivered.path:
        show(err, Text(plain(f"The report: {delivered.path}", 1_000)))
    if delivered.payload:
        sys.stdout.write(f"{inert_json(delivered.payload)}\n")
    return FAILED if delivered.report.failed else DONE


def _settings(texts: Mapping[str, str]) -> Settings:
    """The inputs for reports and messages. GitHub is not asked, so neither token nor repository is needed."""
    # `read_settings` asks for a repository; no request uses this one.
    settings = read_settings({**texts, "repository": "none/none"}, needs_token=False)
    if mistakes := [*optional_packages.mistakes(settings)]:
        raise SettingsError(mistakes)
    return settings


def _write_summary(text: str) -> None:
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
