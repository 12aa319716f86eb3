"""A sweep of many repositories on a terminal. As with one, the most important part is the last one."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.entry.sweep_text import Printer, show_problems
from ci_failure_tracker.entry.terminal_text import inert_json
from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.model.words import counted, some_of
from ci_failure_tracker.report.organisation import OrganisationReport, SharedCause, Standing
from ci_failure_tracker.report.organisation_json import organisation_as_json
from ci_failure_tracker.report.organisation_words import look_words, problem_words, reason, state_words
from ci_failure_tracker.report.repository_facts import FailingFact
from ci_failure_tracker.text.markdown import cut_in_middle, plain, utc

_JOBS, _ROWS, _QUIET = 5, 100, 20
"""Jobs of a repository, entries of a list, and entries of a list in which nothing fails, that are shown."""

_MESSAGE, _REASON = 160, 300

_T = TypeVar("_T")


def show_organisation(report: OrganisationReport, out: Console, err: Console, *, as_json: bool) -> None:
    """The report goes to stdout; what went wrong, the line and the number of requests go to stderr."""
    if as_json:
        text = json.dumps(organisation_as_json(report), indent=2, ensure_ascii=True)
        sys.stdout.write(f"{inert_json(text)}\n")
    else:
        OrganisationText(out).report(report)
    show_problems(err, report.problems)
    show(err, Text(plain(report.line, 1_000), style="bold"))
    show(err, Text(str(report.requests), style="dim"))


@dataclass(frozen=True, slots=True)
class OrganisationText:
    """Prints a report of many repositories."""

    console: Console

    def report(self, report: OrganisationReport) -> None:
        """All of a report."""
        printer = Printer(self.console)
        right = [standing for standing in report.standings if standing.is_right]
        for standing in _first(printer, "Nothing failing", right, _QUIET):
            printer.print(_name(printer, standing) + Text(f": {look_words(standing)}"), 2)
        for standing in _first(printer, "Only screened: the newest runs pass", report.screened, _QUIET):
            printer.print(_name(printer, standing), 2)
        for standing in _first(printer, "Not swept, or only in part", report.unseen):
            why = f". {plain(reason(standing), _REASON)}" if reason(standing) else ""
            printer.print(_name(printer, standing) + Text(f": {look_words(standing)}{why}"), 2)
        for problem, names in _first(printer, "Problems in repositories", report.problems_in_repositories):
            words = plain(problem_words(problem), _REASON)
            printer.print(Text(f"{problem.severity.value}: {some_of(names)}: {words}"), 2)
        # Reversed, so that the worst stands last, next to the prompt.
        for standing in reversed(_first(printer, "Failing", report.failing)):
            _failing(printer, standing)
        for cause in reversed(_first(printer, "Causes in several repositories", report.shared_causes)):
            _cause(printer, cause)
        printer.print(Text(), 0)


def _first(printer: Printer, title: str, things: Sequence[_T], most: int = _ROWS) -> Sequence[_T]:
    """The first things of a list below its heading, which says how many there are."""
    if things:
        shown = f", the first {most}" if len(things) > most else ""
        printer.print(Text(f"\n{title} ({len(things):,}{shown})", style="bold"), 0)
    return things[:most]


def _name(printer: Printer, standing: Standing, style: str = "") -> Text:
    name = printer.link(standing.name, standing.url)
    name.stylize(style)
    return name


def _failing(printer: Printer, standing: Standing) -> None:
    failing = standing.facts.failing if standing.facts else ()
    look = "" if standing.entry.look is Look.SWEPT else f", {look_words(standing)}"
    printer.print(_name(printer, standing, "bold red") + Text(f": {state_words(standing)}{look}"), 2)
    for each in failing[:_JOBS]:
        _failing_job(printer, each)
    if (more := len(failing) - _JOBS) > 0:
        printer.print(Text(f"and {counted(more, 'more job')}"), 4)


def _failing_job(printer: Printer, failing: FailingFact) -> None:
    printer.print(Text(plain(failing.sentence, _REASON)), 4)
    if failing.message:
        printer.print(Text(cut_in_middle(failing.message, _MESSAGE), style="red"), 4)
    run = printer.link(f"run {failing.run}", failing.run_url)
    issue = printer.link_with_address(f"#{failing.issue}", failing.issue_url) + Text(", ") if failing.issue else Text()
    printer.print(Text.assemble(issue, "latest failure: ", run, style="dim"), 4)


def _cause(printer: Printer, cause: SharedCause) -> None:
    printer.print(Text(cut_in_middle(plain(cause.headline, 1_000), _MESSAGE), style="red"), 2)
    printer.print(Text(f"{cause.words} since {utc(cause.since)}: {some_of(cause.repositories)}"), 4)
    if cause.issue:
        printer.print(printer.link_with_address(*cause.issue), 4)
