"""The issue's text: a title, and a body rendered from what the issue remembers."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from jinja2 import PackageLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import ALL_JOBS, Commit, FailedLeg, Identity, LegCount, Occurrence, Outcome, Point, State
from ci_failure_tracker.rendering.markdown import cell, code, counted, defused, link, short, utc

BODY_LIMIT = 65_536
"""Characters of an issue's body (GitHub answers 422 past it)."""

TITLE_LIMIT = 256


@dataclass(frozen=True, slots=True)
class RunView:
    """A failed run as a template sees it; every field is safe Markdown."""

    link: str
    job_link: str
    when: str
    branch: str
    event: str
    commit: str
    title: str
    outcome: str
    legs: str
    step: str
    source: str


@dataclass(frozen=True, slots=True)
class LegView:
    """A leg of the matrix as a template sees it."""

    name: str
    count: int
    last_seen: str


@dataclass(frozen=True, slots=True)
class IssueView:
    """What a template of an issue may use; every text in it is safe Markdown."""

    lead: str
    workflow: str
    job: str
    all_jobs: bool
    count: str
    first_seen: str
    latest: RunView
    runs: list[RunView]
    hidden_runs: int
    several_sources: bool
    legs: list[LegView]
    more_legs: bool
    failing_since: str
    last_green: str
    compare: str
    actions: list[str]
    previous: str
    failure_id: str


@dataclass(frozen=True, slots=True)
class _Size:
    """A rung of the ladder by which a body is shortened."""

    runs: int
    legs: int
    legs_of_a_run: int
    text: int


_LADDER = (_Size(10, 40, 10, 200), _Size(5, 20, 10, 120), _Size(3, 10, 5, 80), _Size(1, 0, 2, 60))


def render_title(pattern: str, identity: Identity) -> str:
    """The title of a new issue: one line, no mention in it, within GitHub's limit."""
    job = "all jobs" if identity.is_whole_workflow else identity.job
    parts = {"workflow": identity.workflow, "job": job}
    # In one pass, because a job may be called `{workflow}`.
    title = re.sub(r"\{(workflow|job)\}", lambda match: parts[match[1]], pattern)
    # Defusing makes a text longer, at most by half.
    return next(text for limit in (TITLE_LIMIT, 170) if len(text := defused(title, limit)) <= TITLE_LIMIT)


_TEMPLATE_FAULTS = (TemplateError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What a template may raise while it is rendered; a recursive macro ends as RecursionError."""


class IssueWriter:
    """Renders the region of a body that the tracker writes, by the built-in template or the user's own."""

    def __init__(self, repository_url: str, template: str = "") -> None:
        """Compile the template.

        Raises:
            SettingsError: where the user's template is no template, or uses what does not exist.
        """
        self._url = repository_url
        environment = ImmutableSandboxedEnvironment(
            loader=PackageLoader("ci_failure_tracker.rendering"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["cell"] = cell
        try:
            self._template = environment.from_string(template) if template else environment.get_template("issue.md.j2")
        except TemplateError as mistake:
            raise _bad_template(mistake) from mistake

    def regions(self, state: State) -> Iterator[str]:
        """The region at full length, then ever shorter."""
        for size in _LADDER:
            try:
                yield self._template.render(issue=_view(state, self._url, size))
            except _TEMPLATE_FAULTS as mistake:
                raise _bad_template(mistake) from mistake


def check_template(template: str) -> None:
    """Try a template on an invented failure, so that its mistakes show before anything is asked of GitHub.

    Raises:
        SettingsError: where it cannot be rendered.
    """
    if template:
        writer = IssueWriter("https://github.com/octo-org/octo-repo", template)
        for state in (_EXAMPLE, _BARE_EXAMPLE):
            list(writer.regions(state))


_EXAMPLE_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_EXAMPLE_POINT = Point(1, 1, "0" * 40, _EXAMPLE_TIME)
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
    last_green=_EXAMPLE_POINT,
    first_red=dataclasses.replace(_EXAMPLE_POINT, sha="1" * 40),
    previous=1,
)


_BARE_EXAMPLE = dataclasses.replace(
    _EXAMPLE,
    identity=Identity("0" * 32, "CI", ALL_JOBS),
    legs=(),
    occurrences=(dataclasses.replace(_EXAMPLE.latest, attempt=2, commit=Commit("1" * 40, ""), legs=()),),
    last_green=None,
    first_red=None,
    green_again=_EXAMPLE_POINT,
    previous=None,
)


def _bad_template(mistake: Exception) -> SettingsError:
    line = getattr(mistake, "lineno", None)
    where = f" in line {line}" if line else ""
    told = re.sub(
        r"'ci_failure_tracker[\w.]*\.(\w+) object' has no attribute '(\w+)'", r"\1 has no field `\2`", str(mistake)
    )
    return SettingsError(
        [
            f"`issue-template` cannot be rendered{where}: {told.rstrip('.')}. "
            "It is a Jinja2 template over `issue`; docs/CI_FAILURE_TRACKING.md lists its fields."
        ]
    )


# --- the view ------------------------------------------------------------------------------------


def _view(state: State, url: str, size: _Size) -> IssueView:
    runs = state.occurrences[::-1][: size.runs]
    legs = [one for one in state.legs if one.leg]
    return IssueView(
        lead=_lead(state, url, size),
        workflow=code(state.identity.workflow, size.text),
        job=code(state.identity.job, size.text),
        all_jobs=state.identity.is_whole_workflow,
        count=counted(state.count, "failed run"),
        first_seen=utc(state.first_seen),
        latest=_run_view(state.latest, url, size),
        runs=[_run_view(one, url, size) for one in runs],
        several_sources=len({one.source for one in runs}) > 1,
        hidden_runs=state.count - len(runs),
        legs=[LegView(code(one.leg, size.text), one.count, utc(one.last_seen)) for one in legs[: size.legs]],
        more_legs=state.legs_cut or len(legs) > size.legs,
        failing_since=_point(state.first_red, url),
        last_green=_point(state.last_green, url),
        compare=_compare(state, url),
        actions=list(_actions(state, url)),
        previous=f"#{state.previous}" if state.previous else "",
        failure_id=state.identity.id,
    )


def _lead(state: State, url: str, size: _Size) -> str:
    """What is wrong, in one sentence."""
    workflow, job = code(state.identity.workflow, size.text), code(state.identity.job, size.text)
    subject, verb = f"Job {job} of workflow {workflow}", "is failing"
    if state.identity.is_whole_workflow:
        subject = f"Workflow {workflow}"
    elif state.identity.job == state.latest.outcome.words:
        subject, verb = f"Workflow {workflow}", _WITHOUT_A_JOB.get(state.latest.outcome, verb)
    count = f"{counted(state.count, 'failed run')} since {utc(state.first_seen)}"
    if state.gone:
        return f"{subject} is no longer in its workflow. Before that, {count}."
    if state.green_again is not None:
        return f"{subject} is green again: {_point(state.green_again, url)}. Before that, {count}."
    return f"{subject} {verb}: {count}."


_WITHOUT_A_JOB = {
    Outcome.STARTUP_FAILURE: "cannot start",
    Outcome.ACTION_REQUIRED: "waits for an approval",
}


def _run_view(one: Occurrence, url: str, size: _Size) -> RunView:
    run = f"{url}/actions/runs/{one.run_id}"
    attempt = f", attempt {one.attempt}" if one.attempt > 1 else ""
    steps = dict.fromkeys(leg.step for leg in one.legs if leg.step)
    return RunView(
        link=link(f"run {one.number}{attempt}", f"{run}/attempts/{one.attempt}" if attempt else run),
        job_link=_job_link(one, url),
        when=utc(one.ended_at),
        branch=code(one.branch, size.text),
        event=code(one.event, size.text),
        commit=_commit(one.commit.sha, url),
        title=code(one.commit.title, size.text) if one.commit.title else "",
        outcome=one.outcome.words,
        legs=_leg_links(one, url, size),
        step=", ".join(code(step, size.text) for step in list(steps)[:3]),
        source=code(one.source, size.text) if one.source else "",
    )


def _job_url(one: Occurrence, url: str, leg: FailedLeg | None = None) -> str:
    run = f"{url}/actions/runs/{one.run_id}"
    leg = leg or next(iter(one.legs), None)
    return f"{run}/job/{leg.job_id}" if leg and leg.job_id else run


def _job_link(one: Occurrence, url: str) -> str:
    has_log = bool(one.legs and one.legs[0].job_id)
    return link("log of the failed job" if has_log else "run page", _job_url(one, url))


def _leg_links(one: Occurrence, url: str, size: _Size) -> str:
    named = [leg for leg in one.legs if leg.leg]
    shown = [link(code(leg.leg, size.text), _job_url(one, url, leg)) for leg in named[: size.legs_of_a_run]]
    hidden = len(named) - len(shown) + one.hidden_legs
    return ", ".join(shown) + (f" and {hidden} more" if hidden else "")


def _commit(sha: str, url: str) -> str:
    return link(f"`{short(sha)}`", f"{url}/commit/{sha}")


def _point(point: Point | None, url: str) -> str:
    if point is None:
        return ""
    run = link(f"run {point.number}", f"{url}/actions/runs/{point.run_id}")
    return f"{_commit(point.sha, url)} ({run}, {utc(point.at)})"


def _compare(state: State, url: str) -> str:
    green, red = state.last_green, state.first_red
    # What Dependabot meets is not in the commits between.
    if green is None or red is None or green.sha == red.sha or state.latest.event == "dynamic":
        return ""
    return link(f"`{short(green.sha)}...{short(red.sha)}`", f"{url}/compare/{green.sha}...{red.sha}")


# --- what to do ----------------------------------------------------------------------------------


def _actions(state: State, url: str) -> Iterator[str]:
    latest = state.latest
    log = _job_link(latest, url)
    step = next((leg.step for leg in latest.legs if leg.step), None)
    at_step = f" at the step {code(step, 80)}" if step else ""
    yield _FIRST_ACTION[latest.outcome].format(log=log, at_step=at_step)
    if compare := _compare(state, url):
        yield f"Look for the cause in the commits between the last green run and the first red one: {compare}."
    elif state.last_green and state.first_red and state.last_green.sha == state.first_red.sha:
        yield "The same commit was green and red: suspect the job itself, its environment or chance."
    if latest.outcome in {Outcome.FAILURE, Outcome.TIMED_OUT}:
        yield "Re-run the failed jobs once: a green re-run of the same commit means that the job is flaky."


_FIRST_ACTION = {
    Outcome.FAILURE: "Open the {log}{at_step} and read the first error.",
    Outcome.TIMED_OUT: "Open the {log}{at_step} and find what took so long; raise `timeout-minutes` only if it must.",
    Outcome.CANCELLED: "Open the {log}{at_step} and find out who or what cancelled it.",
    Outcome.ACTION_REQUIRED: "Open the {log}: it waits for somebody to approve it or to turn it down.",
    Outcome.STARTUP_FAILURE: "Open the {log}: GitHub could not start the workflow, and says there what is wrong "
    "with its file or with what the file refers to.",
}
