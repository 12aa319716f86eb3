"""A sweep on a terminal: what fails, why and since when, and what was done or would be done.

The most important part is the last one, next to the prompt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.entry.terminal_text import lines
from ci_failure_tracker.issues.links import run_address, step_of
from ci_failure_tracker.issues.suspects import suspects_text
from ci_failure_tracker.model import Create, CurrentFailure, Identity, Problem, Rerun, Result, Severity, Skip
from ci_failure_tracker.report.action_words import known_words, note, result_words
from ci_failure_tracker.report.last_runs import runs_in_words
from ci_failure_tracker.report.report import Report, why
from ci_failure_tracker.text.markdown import OWN_COMMENT, cut_in_middle, is_address, log_lines, plain
from ci_failure_tracker.text.medium import Medium

_NAME, _MESSAGE, _REASON, _LONGEST_LINE = 60, 160, 300, 70_000


def show_problems(err: Console, problems: Iterable[Problem]) -> None:
    """What went wrong."""
    for problem in problems:
        style = "bold red" if problem.severity is Severity.ERROR else "yellow"
        show(err, Text(f"{problem.severity.value}: ", style=style) + Text(lines(str(problem))))


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints text and links."""

    console: Console

    def print(self, text: Text, indent: int) -> None:
        """Print a text, indented also where it is wrapped."""
        if self.console.is_terminal and text:
            show(self.console, Padding(text, (0, 0, 0, indent), expand=False))
        else:  # one line for each thing, which other programs can search
            show(self.console, Text(" " * indent) + text, soft_wrap=True)

    def link(self, text: str, url: str) -> Text:
        """A link, if the terminal can show one."""
        return Text.from_ansi(self.medium.link(text, url))

    def link_with_address(self, text: str, url: str) -> Text:
        """A link; with its address if the terminal cannot show one."""
        return self.link(text, url) + Text(f" {url}" if self.medium is _BARE and url else "")

    @property
    def medium(self) -> Medium:
        """Names are bold, and links are clickable if the terminal can do that; foreign text holds no escape."""
        can_link = self.console.is_terminal and not self.console.is_dumb_terminal
        return _CLICKABLE if can_link else _BARE


@dataclass(frozen=True, slots=True)
class SweepText:
    """Prints a sweep. `url` is the address of the repository."""

    console: Console
    url: str

    def report(self, report: Report) -> None:
        """All of a report."""
        self._last_runs(report)
        self._results("Not failing", report.not_failing)
        self._results("Covered by another issue", report.covered)
        for title, results in (
            ("Closed for another reason", report.closed_otherwise),
            ("Recovered", report.recovered),
            ("Re-run", report.reruns),
        ):
            self._results(title, results)
        for title, failures in (
            ("Still failing", report.still_failing),
            ("Failing again", report.again),
            ("New failures", report.new),
        ):
            self._failures(report, title, failures, report.results_of_failing)
        self._known(report)
        self._known_issues(report)
        self._print(Text(), 0)

    def failing(self, report: Report) -> None:
        """Only what is failing now, whatever is done about it."""
        tracked = {key: result for key, result in report.results_of_failing.items() if result.number}
        self._failures(report, "Failing", report.failing, tracked)
        self._known(report)
        self._print(Text(), 0)

    def written(self, report: Report) -> None:
        """Only what was written, for a person who has seen the plan."""
        self._results("Done", report.written)
        self._known_issues(report)

    def issues(self, results: Iterable[Result]) -> None:
        """The issues as they are written: title, labels and text, without the hidden lines of the tracker."""
        for result in results:
            action = result.action
            # Neither writes a text.
            if isinstance(action, Skip | Rerun):
                continue
            title = action.title if isinstance(action, Create) else ""
            self._print(self._head(result, title or _names(action.identity)), 0)
            if action.labels:
                self._print(Text(plain(f"labels: {', '.join(action.labels)}", _REASON), style="dim"), 0)
            self._source(action.body)
            if not isinstance(action, Create) and action.comment:
                self._print(Text("comment:", style="dim"), 0)
                self._source(action.comment)

    # --- parts -----------------------------------------------------------------------------------

    def _failures(
        self, report: Report, title: str, failures: Sequence[CurrentFailure], results: Mapping[str, Result]
    ) -> None:
        self._heading(title, len(failures))
        for place, failing in enumerate(failures):
            if place:
                self._print(Text(), 0)
            self._failure(report, failing, results.get(failing.identity.id))

    def _known(self, report: Report) -> None:
        """What fails and is counted in known issues, or ignored by them."""
        self._heading("Counted in known issues", len(report.known))
        for each in report.known:
            words = "ignored, " if each.is_ignored else ""
            head = Text(_names(each.identity), style="bold") + Text(
                f": {words}{plain(each.rule.name, _NAME).replace('`', '')}, "
            )
            link = self._link(f"run {each.match.run_number}", run_address(each.match, self.url))
            self._print(head + link, 2)

    def _known_issues(self, report: Report) -> None:
        """What becomes of the text of known issues."""
        self._heading("Updates of known issues", len(report.known_results))
        for result in report.known_results:
            link = self._link(f"#{result.write.number}", f"{self.url}/issues/{result.write.number}")
            self._print(link + Text(f": {known_words(result)}"), 2)

    def _heading(self, title: str, count: int) -> None:
        if count:
            self._print(Text(f"\n{title} ({count})", style="bold"), 0)

    def _last_runs(self, report: Report) -> None:
        if report.statistics.workflows:
            self._print(Text("Last runs", style="bold"), 0)
        for workflow in report.statistics.workflows:
            self._print(Text(f"{plain(workflow.workflow, _NAME)}: {runs_in_words(workflow.runs)}"), 2)

    def _results(self, title: str, results: Sequence[Result]) -> None:
        self._heading(title, len(results))
        for result in results:
            self._result(result)

    def _result(self, result: Result) -> None:
        head = self._head(result, _names(result.action.identity), bold=False)
        self._print(head + Text(f": {plain(result.action.reason, _REASON)}"), 2)

    def _head(self, result: Result, names: str, *, bold: bool = True) -> Text:
        """What was done, the issue, and what it is about: `closed #3 CI › lint`."""
        words = result_words(result)
        done = "" if words == "left" else f"{words} "
        head = Text(done) + self._issue(result, after=" ")
        return head + Text(names, style="bold" if bold else "")

    def _failure(self, report: Report, failing: CurrentFailure, result: Result | None) -> None:
        """What fails since when, why, and the commits that may have caused it."""
        self._print(Text(_names(failing.identity), style="bold red"), 2)
        sentences = (report.sentence(failing, self._medium, _NAME), report.since(failing, self._medium))
        self._print(Text.from_ansi(" ".join(filter(None, sentences))), 4)
        if message := why(failing):
            self._print(Text(cut_in_middle(plain(message, 1_000), _MESSAGE), style="red"), 4)
        # Without a message, the failed step is the most that is known.
        elif (step := plain(step_of(failing.state.latest), _NAME)) and step not in sentences[0]:
            self._print(Text(f"The step {step} failed.", style="red"), 4)
        if suspects := suspects_text(failing.state, self.url, self._medium):
            self._print(Text.from_ansi(f"Suspects: {suspects}"), 4)
        if owners := failing.state.owners:
            names = ", ".join(plain(owner, _NAME) for owner in owners)
            self._print(Text(f"{'Owners' if len(owners) > 1 else 'Owner'}: {names}"), 4)
        self._print(self._links(failing, result), 4)

    def _links(self, failing: CurrentFailure, result: Result | None) -> Text:
        run = self._link(f"run {failing.run_number}", run_address(failing, self.url))
        issue = self._issue(result, after=", ") if result else Text()
        told = Text(f". {plain(note(result), _REASON).replace('`', '')}".rstrip(". ") + ".")
        return Text.assemble(issue, "latest failure: ", run, told, style="dim")

    def _issue(self, result: Result, after: str) -> Text:
        if not result.number:
            return Text()
        issue = self._printer.link_with_address(f"#{result.number}", f"{self.url}/issues/{result.number}")
        return issue + Text(after)

    def _link(self, text: str, url: str) -> Text:
        return self._printer.link(text, url)

    @property
    def _printer(self) -> Printer:
        return Printer(self.console)

    @property
    def _medium(self) -> Medium:
        return self._printer.medium

    def _source(self, text: str) -> None:
        shown = [line for line in text.splitlines() if not line.startswith(OWN_COMMENT)]
        # Not wrapped, so that what is copied is what is written.
        show(self.console, Text("\n".join(["", *log_lines(shown, _LONGEST_LINE), ""])), soft_wrap=True)

    def _print(self, text: Text, indent: int) -> None:
        self._printer.print(text, indent)


def _names(identity: Identity) -> str:
    return f"{plain(identity.workflow, _NAME)} › {plain(identity.part, _NAME)}"


def _bold(text: str, limit: int) -> str:
    return f"\x1b[1m{plain(text, limit)}\x1b[22m"


# OSC 8, the escape for links in terminals.
def _click(text: str, url: str) -> str:
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if is_address(url) else text


_CLICKABLE = Medium(_bold, _click, plain)
_BARE = Medium(plain, lambda text, _: text, plain)
