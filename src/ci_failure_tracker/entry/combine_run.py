"""Does what `combine` is asked for: reads the reports, puts them together, and brings the result out."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ci_failure_tracker.entry import optional_packages
from ci_failure_tracker.entry.delivery import deliver
from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.entry.kept_report import last_report, read_kept
from ci_failure_tracker.entry.organisation_text import show_organisation
from ci_failure_tracker.entry.setup import now
from ci_failure_tracker.entry.terminal_text import inert_json
from ci_failure_tracker.errors import DONE, FAILED, SettingsError
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.organisation.combine import combine, read_matrix
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_summary import render_organisation_summary
from ci_failure_tracker.settings import Settings, read_settings
from ci_failure_tracker.text.markdown import plain

_MOST_FILES = 10_000
_NAME = "report.json"


@dataclass(frozen=True)
class Asked:
    """What the options ask for; `texts` are the inputs for reports and messages by their names."""

    reports: tuple[str, ...]
    matrix: str | None
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
    shards = read_matrix(asked.matrix) if asked.matrix is not None else ()
    problems: list[Problem] = []
    reports = [report for path in _files(asked.reports, problems) if (report := _read(path, problems))]
    last, of_last = last_report(asked.last_report or "", Path.cwd())
    report = combine(reports, shards, last, now()).with_problems([*problems, *of_last])
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
    settings = read_settings({**texts, "repository": "none/none"}, needs_token=False)
    if mistakes := [*optional_packages.mistakes(settings)]:
        raise SettingsError(mistakes)
    return settings


# --- files ---------------------------------------------------------------------------------------


def _files(given: Sequence[str], problems: list[Problem]) -> list[Path]:
    """The files that the arguments name, each once; what names none is a problem."""
    found: dict[Path, None] = {}
    for text in given:
        # A shell that finds nothing for a glob passes it on. `Path.glob` takes no absolute one.
        paths = [text] if Path(text).exists() else sorted(glob.glob(text))  # noqa: PTH207
        files = [file for path in paths for file in _in(Path(path))]
        if not files:
            problems.append(_unread(text, "there is no report"))
        found |= dict.fromkeys(files[:_MOST_FILES])
    return list(found)


def _in(path: Path) -> Iterator[Path]:
    """The file itself, or each `report.json` in a folder and in the folders in it."""
    if path.is_dir():
        yield from sorted(path.rglob(_NAME))
    else:
        yield path


def _read(path: Path, problems: list[Problem]) -> OrganisationReport | None:
    """The report in a file; if it cannot be read, this is a problem, and the others stand."""
    report, server = read_kept(path), os.environ.get("GITHUB_SERVER_URL", "").rstrip("/")
    if not isinstance(report, str) and server and report.leads_elsewhere(server):
        # Whoever made it, nobody should follow such a link from a page that the tracker made.
        report = f"an address in it is not on {server}"
    if isinstance(report, str):
        problems.append(_unread(str(path), report))
        return None
    return report


def _unread(path: str, why: str) -> Problem:
    what = f"The report {path!r} could not be read: {why}."
    return Problem(Severity.ERROR, what, "See whether the job that makes it ended. What the others found stands.")


def _write_summary(text: str) -> None:
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
