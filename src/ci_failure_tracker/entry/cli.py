"""The command `sweep`: its options, and what it shows on the terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click
from click.shell_completion import CompletionItem
from rich.console import Console
from rich.prompt import Confirm
from rich.text import Text

from ci_failure_tracker import __version__
from ci_failure_tracker.entry.backtest import backtest_command
from ci_failure_tracker.entry.bars import Bars
from ci_failure_tracker.entry.combine import combine_command
from ci_failure_tracker.entry.delivery import Delivery, deliver
from ci_failure_tracker.entry.discover import discover_command
from ci_failure_tracker.entry.explain import explain_command
from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.entry.guarded import guarded
from ci_failure_tracker.entry.help_text import HeadedOption, HelpfulCommand, HelpfulGroup, input_option
from ci_failure_tracker.entry.running import run
from ci_failure_tracker.entry.setup import Connection, now, prepare
from ci_failure_tracker.entry.sources import host_of, repository_here, token_of
from ci_failure_tracker.entry.sweep_text import SweepText, show_problems
from ci_failure_tracker.entry.terminal_text import inert_json
from ci_failure_tracker.errors import DONE, FAILED, FAILING, SettingsError
from ci_failure_tracker.github.writer import DryRunWriter
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.settings import inputs
from ci_failure_tracker.settings.declaration import Input, InputGroup
from ci_failure_tracker.sweep import carry_out, make_plan
from ci_failure_tracker.text.markdown import plain

if TYPE_CHECKING:
    from ci_failure_tracker.entry.many import Many
    from ci_failure_tracker.report.organisation import OrganisationReport

_T = TypeVar("_T")


def main() -> NoReturn:
    """Run the command that the arguments name."""
    run(program, sys.argv[1:], "ci-failure-tracker")


@click.group(
    cls=HelpfulGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    examples=(
        ("Show what is broken in a repository; a public one needs no token", "ci-failure-tracker check OWNER/NAME"),
        (
            "Show what is broken and what would be written; nothing is written",
            "ci-failure-tracker sweep --repo OWNER/NAME",
        ),
        ("Explain why a job failed", "gh run view RUN --log-failed | ci-failure-tracker explain -"),
    ),
)
@click.version_option(__version__)
def program() -> None:
    """Keep one GitHub issue for each thing that is broken in a repository's workflows.

    GITHUB_TOKEN holds the token. For GitHub Enterprise Server, GITHUB_API_URL and GITHUB_GRAPHQL_URL hold its
    addresses.
    """


_SPECIAL: dict[str, tuple[list[str], str]] = {
    "repository": (["--repo", "--repository", "repository"], "$GITHUB_REPOSITORY"),
    "token": (["--token"], "$GITHUB_TOKEN, which is safer: other processes can see options"),
}
"""The names and the default of options that differ from those of the input."""


def _is_of_check(declared: Input) -> bool:
    # `check` takes the repository as an argument, as `gh repo view` does.
    return declared.name != "repository" and declared.group in _GROUPS_OF_CHECK


_GROUPS_OF_CHECK = frozenset(
    {InputGroup.ACCESS, InputGroup.MANY, InputGroup.WATCHED, InputGroup.LIMITS, InputGroup.LOGS}
)

_ACCESS_OF_CHECK = (
    "Token for GitHub's API. It needs `actions: read` and `issues: read`.  [default: $GITHUB_TOKEN, $GH_TOKEN or that "
    "of `gh`]"
)
"""`check` writes nothing, so its token needs less, and is looked for in more places."""

_run_option = partial(click.option, cls=HeadedOption, heading=InputGroup.RUN)


_Command = Callable[..., None]


def _options(command: _Command, *, of_check: bool = False) -> _Command:
    """Add every input as an option, in the order of the documentation; `of_check` leaves out what only writes."""
    # Each option is put in front of those before it, so the last input comes first.
    for declared in reversed([one for one in inputs() if not one.only_action and (not of_check or _is_of_check(one))]):
        names, default = _SPECIAL.get(declared.name, ([f"--{declared.name}"], declared.default))
        text = declared.help
        # A flag, because `--dry-run true` is not what a person types.
        if declared.name == "dry-run":
            flag = partial(click.option, cls=HeadedOption, heading=declared.group, is_flag=True)
            command = flag(*names, help=f"{text} This is the default.")(command)
        else:
            text += f"  [default: {default}]" if default else ""
            text = _ACCESS_OF_CHECK if of_check and declared.name == "token" else text
            # `declared` changes with the loop, so the function is bound to its value now.
            completed = partial(_completed, declared)
            command = input_option(declared, *names, text=text, shell_complete=completed)(command)
    return command


def _completed(declared: Input, _context: object, _option: object, begun: str) -> list[CompletionItem]:
    """What a shell offers for a value that a person has begun to type."""
    if kind := {"FILE": "file", "FOLDER": "dir"}.get(declared.metavar):
        return [CompletionItem(begun, type=kind)]
    return [CompletionItem(value) for value in declared.choices if value.startswith(begun)]


@program.command(
    "check",
    cls=HelpfulCommand,
    examples=(
        ("What is broken in the repository of this clone", "ci-failure-tracker check"),
        ("What is broken in another repository", "ci-failure-tracker check OWNER/NAME"),
        ("Only one workflow, on all branches", "ci-failure-tracker check --workflow CI --branch '*'"),
        ("In a script: is something broken?", "ci-failure-tracker check --exit-code"),
    ),
)
@click.argument("repository", required=False, metavar="[OWNER/NAME]")
@partial(_options, of_check=True)
@_run_option(
    "--exit-code",
    is_flag=True,
    help="Exit with 3 if something is failing, and with 1 if nothing is but not everything was looked at.",
)
def check_command(exit_code: bool, **given: str | None) -> None:
    """Show what is broken now, why, since when, and whom to ask. Nothing is written.

    Without OWNER/NAME it is the repository from which the current folder was cloned. The token is that of GITHUB_TOKEN,
    GH_TOKEN or `gh auth login`. Without a token, a public repository is looked at as anybody sees it: no logs, and
    40 requests at most.
    """
    terminal = _Terminal("text", show_issues=False)

    def looked() -> Report | OrganisationReport:
        if given.get("repository") and given.get("repositories"):
            raise SettingsError(["OWNER/NAME and --repositories both say what to look at; give one of them."])
        # Before the token is looked for, because that and the first requests take a while.
        given["repository"] = repository = _repository(given)
        terminal.begin("many repositories" if given.get("repositories") else repository)
        connection = _connection(given, is_check=True)
        if connection.settings.is_of_many:
            return _sweep_many(connection, terminal, execute=False, yes=False)
        return _sweep(connection, terminal, execute=False, yes=False)

    report = terminal.guarded(looked)
    if isinstance(report, Report):
        terminal.show_check(report)
    else:
        terminal.show_many(report, executed=None)
    # Without `--exit-code`, a failing repository is what a person asked about, and no error.
    sys.exit(_code_of_check(report) if exit_code else _code(report))


def _code(report: Report | OrganisationReport) -> int:
    return FAILED if report.failed else DONE


def _code_of_check(report: Report | OrganisationReport) -> int:
    """The exit code that says whether something is failing, as far as that is known."""
    is_failing = report.is_failing if isinstance(report, Report) else bool(report.failing)
    if is_failing:
        # A failure that is seen stands, whatever could not be read besides.
        return FAILING
    return FAILED if report.failed or report.partial else DONE


@program.command(
    "sweep",
    cls=HelpfulCommand,
    examples=(
        ("Show the plan; nothing is written", "ci-failure-tracker sweep --repo OWNER/NAME"),
        ("Watch two workflows on one branch", "ci-failure-tracker sweep --workflow 'CI, Release' --branch main"),
        ("Show the plan, ask, and write the issues", "ci-failure-tracker sweep --execute"),
        ("For scripts: JSON on stdout, messages on stderr", "ci-failure-tracker sweep --format json"),
    ),
)
@_options
@_run_option("--execute", is_flag=True, help="Write to GitHub after showing the plan and asking.")
@_run_option("--yes", is_flag=True, help="Do not ask before writing. For scripts.")
@_run_option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Print the report as text or as JSON.",
)
@_run_option(
    "--show", "show_issues", is_flag=True, help="Print the issues as they would be written: title, labels and text."
)
def sweep_command(dry_run: bool, execute: bool, yes: bool, form: str, show_issues: bool, **given: str | None) -> None:
    """Show what is broken and what would be written about it. With --execute, write the issues."""
    terminal = _Terminal(form, show_issues=show_issues)

    def swept() -> Delivery[Report] | Delivery[OrganisationReport]:
        _check_options(dry_run=dry_run, execute=execute, yes=yes, show_as_json=show_issues and form == "json")
        connection = _connection(given)
        if form == "json" and connection.settings.slack_payload:
            raise SettingsError(["--format json and --slack-payload both print JSON; give one of them."])
        if connection.settings.is_of_many:
            if show_issues:
                raise SettingsError(["--show prints the issues of one repository, and there may be many."])
            many = _sweep_many(connection, terminal, execute=execute, yes=yes)
            return deliver(many, connection.settings, Path.cwd(), is_dry=many.is_dry)
        report = _sweep(connection, terminal, execute=execute, yes=yes)
        return deliver(report, connection.settings, Path.cwd(), is_dry=report.held_back or not execute)

    delivered = terminal.guarded(swept)
    if isinstance(delivered.report, Report):
        terminal.show_report(delivered.report, executed=execute)
    else:
        terminal.show_many(delivered.report, executed=execute)
    terminal.show_path(delivered.path)
    if delivered.payload:
        sys.stdout.write(f"{inert_json(delivered.payload)}\n")
    sys.exit(_code(delivered.report))


def _check_options(*, dry_run: bool, execute: bool, yes: bool, show_as_json: bool) -> None:
    """Raise an error if options contradict each other."""
    if dry_run and execute:
        raise SettingsError(["--dry-run and --execute exclude each other; give one of them."])
    if yes and not execute:
        raise SettingsError(["--yes needs --execute: it confirms what --execute asks."])
    if show_as_json:
        raise SettingsError(["--show prints text and --format json prints JSON; give one of them."])


@program.command("action")
def action_command() -> None:
    """Run as a step of GitHub Actions (inputs from INPUT_*)."""
    from ci_failure_tracker.entry import action  # noqa: PLC0415 - the command does without the toolkit

    sys.exit(action.main())


program.add_command(explain_command)
program.add_command(backtest_command)
program.add_command(discover_command)
program.add_command(combine_command)


def _connection(given: dict[str, str | None], *, is_check: bool = False) -> Connection:
    # Only what a person gave: all else has the default of its input.
    texts = {name.replace("_", "-"): value for name, value in given.items() if value is not None}
    texts["repository"] = _repository(given)
    if "token" not in texts:
        texts["token"] = token_of(os.environ, host_of(os.environ))
    return prepare(texts, os.environ, Path.cwd(), is_check=is_check)


def _repository(given: dict[str, str | None]) -> str:
    """The repository that is given, or that of the environment or of the clone; empty without any."""
    named = given.get("repository")
    return repository_here(os.environ, Path.cwd()) if named is None else named


def _sweep(connection: Connection, terminal: _Terminal, *, execute: bool, yes: bool) -> Report:
    """Sweep; with `execute`, write what is planned, unless a person refuses the plan."""
    if execute and not yes:
        # Asked before the sweep, which may take minutes, and not after it.
        terminal.check_interactive()
    settings, at = connection.settings, now()
    with terminal.progress() as progress:
        github = connection.github(progress)
        plan = make_plan(github, settings, connection.template, at)
        # A dry run comes first, because a person agrees to the texts that will be written.
        if not (execute and yes):
            report = carry_out(plan, github, DryRunWriter(), settings, at)
            # Without `--execute`, or with nothing held back, there is nothing to ask.
            if not (execute and report.held_back):
                return report
            progress.pause()
            terminal.show_plan(report)
            if not terminal.agrees():
                return report
        return carry_out(plan, github, connection.writer(github, progress), settings, at)


def _sweep_many(connection: Connection, terminal: _Terminal, *, execute: bool, yes: bool) -> OrganisationReport:
    """Sweep many repositories; with `execute`, write what is planned for all of them, unless a person refuses it."""
    from ci_failure_tracker.entry.many import choose_many, plan_lines, refused  # noqa: PLC0415 - a sweep of one does without

    if execute and not yes:
        terminal.check_interactive()
    # A repository with a plan that was not carried out is not as a sweep has left it.
    connection = replace(connection, settings=replace(connection.settings, dry_run=not execute))
    # By the name of the repository: its write, which waits until a person has seen all plans.
    planned: dict[str, Callable[[], Report]] = {}

    def sweep_one(one: Connection) -> Report:
        settings, at = one.settings, now()
        github = one.github(_UNSEEN)
        plan = make_plan(github, settings, one.template, at)
        write = partial(carry_out, plan, github, one.writer(github, _UNSEEN), settings, at)
        if execute and yes:
            return write()
        report = carry_out(plan, github, DryRunWriter(), settings, at)
        if execute and report.held_back:
            planned[settings.repository] = write
        return report

    with terminal.progress() as progress:
        many = choose_many(connection, Path.cwd(), progress, began := now())
        progress.phase("Sweep the repositories", many.to_sweep)
        if connection.settings.issues_repository:
            # Central issues have one plan for all repositories.
            return _sweep_central(many, terminal, progress, execute=execute, yes=yes)
        report = many.sweep(sweep_one, lambda _: progress.advance(), began)
        if planned:
            progress.pause()
            terminal.show_plans(plan_lines(report))
            if terminal.agrees():
                progress.phase("Write the issues", len(planned))
                return many.carry_out(report, planned, lambda _: progress.advance())
            return refused(report, planned)
        return replace(report, is_dry=not execute)


def _sweep_central(many: Many, terminal: _Terminal, progress: Bars, *, execute: bool, yes: bool) -> OrganisationReport:
    """The same with central issues, which one plan is about."""
    from ci_failure_tracker.entry.many import refused  # noqa: PLC0415 - a sweep of one does without

    at = now()
    plan, writer = many.plan_central(_UNSEEN, at)
    if execute and yes:
        return many.report_of(plan.carry_out(writer), at)
    planned = plan.carry_out(DryRunWriter())
    report = replace(many.report_of(planned, at), is_dry=not execute)
    if not (execute and planned.report.held_back):
        return report
    progress.pause()
    terminal.show_plans([planned.report.line])
    if terminal.agrees():
        return many.report_of(plan.carry_out(writer), at)
    return refused(report, [entry.name for entry in report.entries])


class _Unseen:
    """The progress of one of many sweeps."""

    def phase(self, name: str, steps: int | None = None) -> None:
        """Show nothing."""

    def advance(self) -> None:
        """Show nothing."""


_UNSEEN = _Unseen()


# --- the terminal --------------------------------------------------------------------------------


class _Terminal:
    """The output of the command: the report goes to stdout, everything else to stderr."""

    def __init__(self, form: str, *, show_issues: bool) -> None:
        self._json, self._show_issues = form == "json", show_issues
        self._plan: Report | None = None
        self._out = Console(highlight=False)
        self._err = Console(stderr=True, highlight=False)

    def progress(self) -> Bars:
        return Bars(self._err)

    def begin(self, repository: str) -> None:
        """Show at once what is looked at."""
        if repository:
            show(self._err, Text(plain(f"Looking at {repository}", 200)))

    def check_interactive(self) -> None:
        """Raise an error if there is no terminal to ask on."""
        # stdin may be a terminal while stderr goes to a file, where nobody sees the question.
        if not (sys.stdin.isatty() and self._err.is_terminal):
            raise SettingsError(
                ["--execute asks before it writes, and there is no terminal to ask on; add --yes to write without."]
            )

    def agrees(self) -> bool:
        # Enter alone writes nothing.
        return Confirm.ask("Write this to GitHub?", console=self._err, default=False)

    def guarded(self, do: Callable[[], _T]) -> _T:
        """What `do` returns; if it fails, the reason is shown and the program ends."""
        return guarded(do, self._err)

    def show_plans(self, plans: Iterable[str]) -> None:
        """What would be written in each repository, before a person is asked."""
        # With `--format json`, stdout holds one JSON document and nothing else.
        console = self._err if self._json else self._out
        if plans := list(plans):
            show(console, Text(f"Would be written ({len(plans):,})", style="bold"))
        for line in plans:
            show(console, Text(f"  {plain(line, 1_000)}"))

    def show_many(self, report: OrganisationReport, *, executed: bool | None) -> None:
        """The report of many repositories; `executed` is `None` if nothing was to be written."""
        from ci_failure_tracker.entry.many import plan_lines  # noqa: PLC0415 - as where it is made
        from ci_failure_tracker.entry.organisation_text import show_organisation  # noqa: PLC0415

        if executed is False and not self._json:
            self.show_plans(plan_lines(report))
        show_organisation(report, self._out, self._err, as_json=self._json)
        if report.is_dry and executed is not None:
            self._err.print("Nothing was written." if executed else "This was a dry run; --execute does it.")

    def show_check(self, report: Report) -> None:
        """What is failing now, and nothing about issues that would be written."""
        SweepText(self._out, report.repository.url).failing(report)
        show_problems(self._err, report.problems)
        show(self._err, Text(plain(report.failing_line, 1_000), style="bold"))
        self._err.print(Text(str(report.requests), style="dim"))

    def show_plan(self, report: Report) -> None:
        """Show what would be written before a person is asked; nothing of it is shown again later."""
        self._show(self._err if self._json else self._out, report)
        self._plan = report

    def show_path(self, path: str) -> None:
        if path:
            show(self._err, Text(plain(f"The report: {path}", 1_000)))

    def show_report(self, report: Report, *, executed: bool) -> None:
        if self._json:
            sys.stdout.write(inert_json(json.dumps(report_as_json(report), indent=2, ensure_ascii=True)) + "\n")
        # A person who saw the plan gets only what became of it.
        elif self._plan is None:
            self._show(self._out, report)
        elif not report.held_back:
            SweepText(self._out, report.repository.url).written(report)
        show_problems(self._err, report.problems)
        show(self._err, Text(plain(report.line, 1_000), style="bold"))
        self._err.print(Text(str(report.requests), style="dim"))
        if report.held_back:
            self._err.print("Nothing was written." if executed else "This was a dry run; --execute does it.")

    def _show(self, console: Console, report: Report) -> None:
        text = SweepText(console, report.repository.url)
        text.report(report)
        if self._show_issues:
            text.issues(report.results)
