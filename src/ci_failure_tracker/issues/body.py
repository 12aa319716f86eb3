"""The region of the body of an issue, rendered from its state."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from jinja2 import Environment, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.issues.advice import advice
from ci_failure_tracker.issues.comments import counted_failures
from ci_failure_tracker.issues.evidence import (
    CauseView,
    cause_views,
    excerpt,
    excerpt_source,
    headline,
    log_note,
    message,
    more_log,
    other_causes,
    unknown_causes,
)
from ci_failure_tracker.issues.first_sentence import jobs_of, leg_name, shown_failure
from ci_failure_tracker.issues.intro import intro, status_sentences
from ci_failure_tracker.issues.links import (
    address,
    commit_of,
    dated_run,
    run_address,
    run_link,
    run_ref_link,
    workflow_file,
)
from ci_failure_tracker.issues.reproduce import reproducing_command
from ci_failure_tracker.issues.suspects import suspect_lines, suspects_row
from ci_failure_tracker.model import (
    ALL_JOBS,
    Cause,
    Commit,
    Evidence,
    ExcerptLine,
    FailedLeg,
    Identity,
    IdentityKind,
    LegCount,
    Occurrence,
    Outcome,
    RunRef,
    State,
)
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.markdown import code, link, short, utc
from ci_failure_tracker.text.templates import template_environment


@dataclass(frozen=True, slots=True)
class RunView:
    """A failed run for a template; every field is safe Markdown."""

    link: str
    """Link to the run: `run 1204` or `run 1204, attempt 2`."""
    job_link: str
    """Link to the log of its first failed job, or to the run if it has no jobs."""
    has_jobs: bool
    """False for a run that could not start."""
    when: str
    """When it ended."""
    branch: str
    """Code."""
    event: str
    """Code."""
    commit: str
    """Link to the commit, seven characters."""
    title: str
    """The first line of the commit's message, as code. Empty if unknown."""
    outcome: str
    """How it ended: `failure`, `timed out` and so on."""
    legs: str
    """Its failed matrix jobs, each a link, in one text. Empty without a matrix."""
    leg_names: str
    """The names of its failed matrix jobs, without links."""
    step: str
    """The failing steps, as code. Empty if unknown."""
    source: str
    """The file of its workflow, or what Dependabot worked on, as code."""


@dataclass(frozen=True, slots=True)
class LegView:
    """A matrix job for a template."""

    name: str
    """The matrix job, as code. With `group-by: workflow` the job, with `cause` and `test` workflow and job."""
    count: int
    """How many runs it failed in, a number."""
    last_seen: str
    """When it failed last."""
    red: bool
    """True if it failed when it last ran."""
    link: str
    """The name, linked to the log if it failed in the newest failed run."""


@dataclass(frozen=True, slots=True)
class IssueView:
    """What a template of an issue may use; every text is safe Markdown."""

    lead: str
    """The first sentences: what fails, or that it passes again."""
    standing: list[str]
    """What else to know at once, a list of sentences."""
    silent: bool
    """True for a missed schedule."""
    headline: str
    """The line that says what failed, as code. Empty if no cause is known."""
    message: str
    """The same without what `lead` names. Empty if a short `excerpt` has it."""
    excerpt: str
    """The lines of the log, as a code block. Empty if there are none but the headline."""
    excerpt_source: str
    """Which lines of which log, with a link. Empty without lines."""
    more_log: str
    """The excerpt with the lines around it, as a code block. May be empty."""
    log_note: str
    """What the missing log of the newest failed run means. Empty if its cause is known."""
    reproduce: str
    """The command that repeats the failed test, as code. Empty if unknown."""
    workflow: str
    """Name, as code."""
    job: str
    """Name, as code; `*` for a whole workflow."""
    all_jobs: bool
    """True for a whole workflow."""
    one_cause: bool
    """True if `legs` holds jobs: the issue is about a cause, a test or merged issues."""
    count: str
    """`4 failed runs` or `at least 4 failed runs`."""
    first_seen: str
    """When the first counted run started."""
    latest: RunView
    """The newest failed run, see below."""
    latest_source: str
    """Its `source`, if that tells anything. Else empty."""
    runs: list[RunView]
    """The newest failed runs, newest first, ten at most."""
    hidden_runs: int
    """How many more were counted, a number."""
    several_sources: bool
    """True if the runs come from several workflow files or Dependabot subjects."""
    legs: list[LegView]
    """The matrix jobs that ever failed, 40 at most. Empty without a matrix."""
    more_legs: bool
    """True if more matrix jobs failed."""
    causes: list[CauseView]
    """Why it failed, newest first, ten at most."""
    other_causes: int
    """How many failed jobs had other causes, a number."""
    unknown_causes: int
    """How many failed jobs have no log, or one that was not read, a number."""
    failing: bool
    """True if it fails now."""
    failing_since: str
    """Commit, run and time of the first failing run. Empty if unknown."""
    last_green: str
    """The same of the last passing run. Empty if unknown."""
    break_row: str
    """Both in one text."""
    compare: str
    """Link to the commits between them. Empty if unknown, or if no commit can be the cause."""
    suspects: list[str]
    """These commits, a list of Markdown list items. Empty if unknown."""
    suspects_row: str
    """`compare` and up to three suspects, in one text. Empty if unknown."""
    owner: str
    """The owners, as code. Empty if unknown."""
    kept: str
    """What the issue tracks, and since when it counts."""
    actions: list[str]
    """What to do, a list of sentences."""
    related: str
    """`#12, #15`: issues of the jobs that share a cause. Else empty."""
    previous: str
    """`#12`, the older issue that this one follows. Else empty."""
    failure_id: str
    """The MD5, 32 characters."""


@dataclass(frozen=True, slots=True)
class _Size:
    """The limits of one step in which a body gets shorter."""

    runs: int
    legs: int
    legs_of_a_run: int
    text: int
    lines: int
    causes: int
    suspects: int
    context: bool = False


# Each step gives up what a reader misses least: first the lines around the excerpt, then old runs and matrix jobs. The
# last step has room beside tens of thousands of characters that people wrote.
_LADDER = (
    _Size(10, 40, 10, 200, 100, 10, 11, context=True),
    _Size(10, 40, 10, 200, 100, 10, 11),
    _Size(5, 20, 10, 120, 30, 5, 5),
    _Size(3, 10, 5, 80, 10, 3, 3),
    _Size(1, 0, 2, 60, 0, 1, 0),
)


_TEMPLATE_ERRORS = (TemplateError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""The errors that a template may raise. RuntimeError includes RecursionError, which a recursive macro raises."""


class IssueTemplate:
    """Renders the region of a body, with the built-in template or the user's own."""

    def __init__(self, text: str = "") -> None:
        """Compile the text; an empty text stands for the built-in template.

        Raises:
            SettingsError: if the user's text is no template.
        """
        # The built-in template needs no sandbox, which checks each access and so costs time.
        kind = ImmutableSandboxedEnvironment if text else Environment
        environment = template_environment("ci_failure_tracker.issues", kind=kind)
        try:
            self._template: Template = (
                environment.from_string(text) if text else environment.get_template("issue.md.j2")
            )
        except TemplateError as mistake:
            raise _bad_template(mistake) from mistake

    def regions(self, state: State, url: str, close_after: int) -> Iterator[str]:
        """The region at full length, then shorter and shorter.

        Args:
            state: the state of the issue.
            url: the address of the repository.
            close_after: the number of passing runs that close an issue.

        Raises:
            SettingsError: if the user's template uses a field that does not exist.
        """
        for size in _LADDER:
            try:
                view = _view(state, url, size, close_after)
                yield self._template.render(issue=view, once=_LinkedOnce(view))
            except _TEMPLATE_ERRORS as mistake:
                raise _bad_template(mistake) from mistake


class _LinkedOnce:
    """Keeps the first link to each page, and takes later ones away."""

    def __init__(self, view: IssueView) -> None:
        """Take the links of the open part: its first sentences and its table."""
        # Only these: what is folded may link to a page once more, because the reader does not see the first link there.
        shown = (view.lead, *view.standing, view.latest.link, view.latest.job_link, view.break_row, view.suspects_row)
        self._pages = {page for text in shown for page in _PAGE.findall(text)}

    def __call__(self, linked: str) -> str:
        """A field that is one link, or its text alone if the page was linked before."""
        match = _LINK.fullmatch(linked)
        if match is None:
            return linked
        is_new = match["page"] not in self._pages
        self._pages.add(match["page"])
        return linked if is_new else match["text"]


_PAGE = lazy(r"\]\((https?://[^\s()]+)\)")
_LINK = lazy(r"\[(?P<text>.*)\]\((?P<page>https?://[^\s()]+)\)")


def read_template(text: str) -> IssueTemplate:
    """The user's template, tried on two invented failures, so that mistakes show before any request to GitHub.

    Raises:
        SettingsError: if it cannot be rendered.
    """
    template = IssueTemplate(text)
    if text:
        # The second example has no optional part, so that a template which takes one for granted fails at once.
        for state in (_EXAMPLE, _BARE_EXAMPLE):
            list(template.regions(state, "https://github.com/octo-org/octo-repo", 2))
    return template


_EXAMPLE_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_EXAMPLE_RUN = RunRef(1, 1, "0" * 40, _EXAMPLE_TIME)
_EXAMPLE = State(
    identity=Identity("0" * 32, "CI", "test"),
    count=1,
    first_seen=_EXAMPLE_TIME,
    last_seen=_EXAMPLE_TIME,
    legs=(LegCount("3.13", 1, _EXAMPLE_TIME),),
    occurrences=(
        Occurrence(
            run_id=2,
            attempt=1,
            number=2,
            event="push",
            branch="main",
            commit=Commit("1" * 40, "Change something"),
            started_at=_EXAMPLE_TIME,
            ended_at=_EXAMPLE_TIME,
            outcome=Outcome.FAILURE,
            legs=(FailedLeg("3.13", 3, "Run tests"),),
            source="ci.yml",
        ),
    ),
    last_green=_EXAMPLE_RUN,
    first_red=dataclasses.replace(_EXAMPLE_RUN, sha="1" * 40),
    previous=1,
    causes=(Cause("v1:0", "AssertionError: 1 != 2", 1, _EXAMPLE_TIME, _EXAMPLE_TIME),),
    evidence=Evidence(
        run_id=2,
        attempt=1,
        number=2,
        job_id=3,
        ended_at=_EXAMPLE_TIME,
        signature="v1:0",
        headline="AssertionError: 1 != 2",
        lines=(ExcerptLine(7, "AssertionError: 1 != 2"),),
        step=2,
    ),
)


_BARE_EXAMPLE = dataclasses.replace(
    _EXAMPLE,
    identity=Identity("0" * 32, "CI", ALL_JOBS, kind=IdentityKind.WORKFLOW),
    legs=(),
    occurrences=(dataclasses.replace(_EXAMPLE.latest, attempt=2, commit=Commit("1" * 40, ""), legs=()),),
    last_green=None,
    first_red=None,
    green_again=_EXAMPLE_RUN,
    previous=None,
    causes=(),
    evidence=None,
)


def _bad_template(mistake: Exception) -> SettingsError:
    line = getattr(mistake, "lineno", None)
    where = f" in line {line}" if line else ""
    # Jinja names the class of the program, which the author of a template does not know.
    words = re.sub(
        r"'ci_failure_tracker[\w.]*\.(\w+) object' has no attribute '(\w+)'", r"\1 has no field `\2`", str(mistake)
    )
    return SettingsError(
        [
            f"`issue-template` cannot be rendered{where}: {words.rstrip('.')}. "
            "It is a Jinja2 template over `issue`; docs/template.md lists its fields."
        ]
    )


# --- the view ------------------------------------------------------------------------------------


def _view(state: State, url: str, size: _Size, close_after: int) -> IssueView:
    shown = state.occurrences[::-1][: size.runs]
    suspects = state.suspects if state.commit_can_cause else None
    runs = [_run_view(_with_names(run, state), url, size) for run in shown]
    legs = [leg for leg in state.legs if leg_name(state, leg.leg)]
    # A matrix job that passes again stays in the table, but not among those that fail.
    red = {leg.leg for branch in state.branch_statuses for leg in branch.red}
    lines = excerpt(state, size.lines)
    causes = cause_views(state, size.causes, size.text)
    several_sources = len({run.source for run in shown}) > 1
    compare, evidence = _compare(state, url), shown_failure(state)
    is_failing = any(branch.red for branch in state.branch_statuses) or not state.branch_statuses
    # A job that passes again needs nothing, unless it is likely to fail again.
    needs_advice = state.closed is None and (is_failing or state.flaky is not None)
    return IssueView(
        lead=intro(state, url, size.text),
        standing=list(status_sentences(state, url, close_after)),
        silent=state.latest.outcome is Outcome.MISSED_SCHEDULE,
        headline=headline(state, size.text),
        message=message(state, size.text, size.lines),
        excerpt=lines,
        excerpt_source=excerpt_source(state, url, size.lines),
        more_log=more_log(state.evidence) if size.context else "",
        log_note=log_note(state, url),
        reproduce=reproducing_command(evidence) if evidence else "",
        workflow=code(state.identity.workflow, size.text),
        job=code(state.job, size.text),
        all_jobs=state.identity.is_whole_workflow,
        one_cause=state.identity.spans_jobs or bool(state.merged),
        count=counted_failures(state),
        first_seen=utc(state.first_seen),
        latest=runs[0],
        latest_source=_latest_source(state, runs[0], several_sources=several_sources),
        runs=runs,
        several_sources=several_sources,
        hidden_runs=state.count - len(runs),
        legs=[_leg_view(state, url, leg, size, red=leg.leg in red) for leg in legs[: size.legs]],
        more_legs=state.legs_cut or len(legs) > size.legs,
        causes=causes,
        other_causes=other_causes(state, causes),
        unknown_causes=unknown_causes(state),
        failing=is_failing,
        failing_since=run_ref_link(state.first_red, url),
        last_green=run_ref_link(state.last_green, url),
        break_row=_break_row(state, url),
        compare=compare,
        suspects=suspect_lines(suspects, url, state.repository_of_break)[: size.suspects] if suspects else [],
        suspects_row=suspects_row(state, compare, url),
        owner=_owner(state),
        kept=_kept(state, size.text),
        actions=list(advice(state, has_suspects=bool(compare))) if needs_advice else [],
        related=", ".join(f"#{number}" for number in state.related),
        previous=f"#{state.previous}" if state.previous else "",
        failure_id=state.identity.id,
    )


def _latest_source(state: State, latest: RunView, *, several_sources: bool) -> str:
    """Where the newest failure is, if the issue does not say it elsewhere: its repository, or the workflow's file."""
    if len(state.repositories) > 1:
        return code(state.latest.repository, 200)
    return latest.source if several_sources or not workflow_file(state.latest) else ""


def _run_view(occurrence: Occurrence, url: str, size: _Size) -> RunView:
    # The jobs of a matrix mostly fail in one step, which is named once.
    steps = dict.fromkeys(leg.step for leg in occurrence.legs if leg.step)
    title, source = occurrence.commit.title, occurrence.source
    return RunView(
        link=run_link(occurrence, url),
        job_link=_job_link(occurrence, url),
        has_jobs=any(leg.job_id for leg in occurrence.legs),
        when=utc(occurrence.ended_at),
        branch=code(occurrence.branch, size.text),
        event=code(occurrence.event, size.text),
        commit=commit_of(occurrence, url),
        title=code(title, size.text) if title else "",
        outcome=occurrence.outcome.words,
        legs=_leg_links(occurrence, url, size),
        leg_names=_leg_names(occurrence, size),
        step=", ".join(code(step, size.text) for step in list(steps)[:3]),
        source=code(source, size.text) if source else "",
    )


def _with_names(occurrence: Occurrence, state: State) -> Occurrence:
    legs = tuple(dataclasses.replace(leg, leg=leg_name(state, leg.leg)) for leg in occurrence.legs)
    return dataclasses.replace(occurrence, legs=legs)


def _job_url(occurrence: Occurrence, url: str, leg: FailedLeg) -> str:
    run = run_address(occurrence, url)
    return f"{run}/job/{leg.job_id}" if leg.job_id else run


def _job_link(occurrence: Occurrence, url: str) -> str:
    leg = next(iter(occurrence.legs), FailedLeg("", None, None))
    if occurrence.never_ran is not None:
        return link("page of the job", _job_url(occurrence, url, leg))
    return link("log of the failed job" if leg.job_id else "run page", _job_url(occurrence, url, leg))


def _leg_links(occurrence: Occurrence, url: str, size: _Size) -> str:
    named = [leg for leg in occurrence.legs if leg.leg]
    shown = [link(code(leg.leg, size.text), _job_url(occurrence, url, leg)) for leg in named[: size.legs_of_a_run]]
    hidden = len(named) - len(shown) + occurrence.hidden_legs
    return ", ".join(shown) + (f" and {hidden} more" if hidden else "")


def _leg_names(occurrence: Occurrence, size: _Size) -> str:
    named = [code(leg.leg, size.text) for leg in occurrence.legs if leg.leg]
    hidden = len(named[size.legs_of_a_run :]) + occurrence.hidden_legs
    return ", ".join(named[: size.legs_of_a_run]) + (f" and {hidden} more" if hidden else "")


def _leg_view(state: State, url: str, count: LegCount, size: _Size, *, red: bool) -> LegView:
    """A matrix job, linked to its log if it failed in the newest failed run."""
    name = code(leg_name(state, count.leg), size.text)
    failed = next((leg for leg in state.latest.legs if leg.leg == count.leg), None)
    linked = link(name, _job_url(state.latest, url, failed)) if failed and failed.job_id else name
    return LegView(name, count.count, utc(count.last_seen), red, linked)


def _break_row(state: State, url: str) -> str:
    """The first failing run of the present break, and the passing run before it."""
    first, passing = state.first_red, state.last_green
    if len(state.repositories) > 1:  # each of them has a break of its own
        return utc(state.first_seen)
    if first is None:
        since = utc(state.first_seen)
    elif first.run_id == state.latest.run_id:
        since = "the same run"
    else:
        since = dated_run(first, url)
    if passing is None:
        return f"{since}; no earlier passing run is known"
    return f"{since}; last passing: {dated_run(passing, url)}"


def _kept(state: State, text: int) -> str:
    """What the issue stands for, and what it counts."""
    subject, _ = jobs_of(state, text)
    file = workflow_file(state.latest) if len(state.repositories) == 1 else ""
    # An issue that was reopened has older failures than the present break.
    is_older = state.first_seen < state.broken_since
    since = f" It has counted {counted_failures(state)} since {utc(state.first_seen)}." if is_older else ""
    return f"This issue tracks {subject[:1].lower()}{subject[1:]}{f' ({file})' if file else ''}.{since}"


def _compare(state: State, url: str) -> str:
    green, red = state.last_green, state.first_red
    # With one commit there is nothing to compare: the job is flaky, or something outside broke it.
    if green is None or red is None or green.sha == red.sha or not state.commit_can_cause:
        return ""
    where = address(url, red.repository)
    return link(f"`{short(green.sha)}...{short(red.sha)}`", f"{where}/compare/{green.sha}...{red.sha}")


def _owner(state: State) -> str:
    """The owners as code, which notifies nobody; empty if a commit cannot have caused it."""
    owners = (state.owners or ()) if state.commit_can_cause else ()
    return ", ".join(code(owner) for owner in owners)
