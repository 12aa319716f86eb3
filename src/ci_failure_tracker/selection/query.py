"""Which runs a sweep lists: the settings as GitHub's own words, and what is wrong with them here."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase

from ci_failure_tracker.errors import SettingsError, UnknownWorkflowError
from ci_failure_tracker.model import Problem, Query, Run, Severity, Snapshot, Workflow
from ci_failure_tracker.settings import MAX_RUNS_LIMIT, Settings
from ci_failure_tracker.text.short_names import short_branch

_SEPARATE_LISTINGS = 5
"""Up to so many workflows are listed one by one; beyond, the repository's list is read and sifted."""

_EVERYTHING = "*"


def query_of(settings: Settings, seen: Snapshot, now: datetime) -> tuple[Query, tuple[Problem, ...]]:
    """The runs that the settings ask for in this repository, and what in them has no meaning here.

    Raises:
        UnknownWorkflowError: where a workflow that is asked for does not exist, with the nearest names.
        SettingsError: where every workflow is left out.
    """
    chosen, problems = choose_workflows(seen.workflows, settings)
    everything = len(chosen) == len(seen.workflows)
    query = Query(
        workflows=None if everything else frozenset(one.id for one in chosen),
        # A quiet workflow would drown in the list of all runs, so a few are listed each by itself.
        listed=() if everything or len(chosen) > _SEPARATE_LISTINGS else chosen,
        branches=settings.branch or (seen.repository.default_branch,),
        events=settings.event,
        created_from=settings.since.start(now),
        most=settings.max_runs,
        most_listed=MAX_RUNS_LIMIT,
    )
    return query, tuple(problems)


def as_remembered(seen: Snapshot, query: Query, settings: Settings) -> Snapshot:
    """The runs with their foreign names as an issue's marker may hold them, and a warning where there are none."""
    problems = () if seen.runs else (_nothing_fits(query, settings),)
    return replace(seen, runs=tuple(map(_with_short_names, seen.runs)), problems=(*seen.problems, *problems))


def _with_short_names(run: Run) -> Run:
    """Visible, short and without secrets."""
    return replace(run, branch=short_branch(run.branch), subject=short_branch(run.subject))


def choose_workflows(known: Sequence[Workflow], settings: Settings) -> tuple[tuple[Workflow, ...], list[Problem]]:
    """The workflows that the settings ask for.

    Raises:
        UnknownWorkflowError: where one that is asked for does not exist, with the nearest names.
    """
    unknown = [asked for asked in settings.workflow if not any(_is_called(one, asked) for one in known)]
    if unknown:
        raise UnknownWorkflowError("\n".join(_unknown(asked, known) for asked in unknown))
    problems = [
        Problem(Severity.WARNING, _unknown(asked, known), "`exclude-workflow` has nothing to leave out there.")
        for asked in settings.exclude_workflow
        if not any(_is_called(workflow, asked) for workflow in known)
    ]
    chosen = tuple(
        workflow
        for workflow in known
        if any(_is_called(workflow, asked) for asked in settings.workflow or (_EVERYTHING,))
        and not any(_is_called(workflow, asked) for asked in settings.exclude_workflow)
    )
    if known and not chosen:
        raise SettingsError(["`exclude-workflow` leaves no workflow to look at; take a name away from it."])
    return chosen, problems


def _is_called(workflow: Workflow, asked: str) -> bool:
    names = (workflow.name, workflow.file_name, workflow.path)
    # Equal before alike: a name may hold the signs of a glob.
    return asked in names or any(fnmatchcase(name.casefold(), asked.casefold()) for name in names)


def _unknown(asked: str, known: Sequence[Workflow]) -> str:
    names = {name.casefold(): name for one in known for name in (one.file_name, one.name)}
    nearest = difflib.get_close_matches(asked.casefold(), names, n=3, cutoff=0.5)
    lead = f"There is no workflow {asked!r} in this repository."
    if nearest:
        return f"{lead} Did you mean {', '.join(repr(names[name]) for name in nearest)}?"
    shown = ", ".join(repr(name) for name in sorted({one.name for one in known})[:10])
    return f"{lead} It has {shown}." if shown else f"{lead} It has none."


def _nothing_fits(query: Query, settings: Settings) -> Problem:
    given = {
        "branch": ", ".join(query.branches),
        "event": ", ".join(settings.event),
        "workflow": ", ".join(settings.workflow),
        "exclude-workflow": ", ".join(settings.exclude_workflow),
        "since": str(settings.since),
    }
    named = "; ".join(f"`{name}` {value}" for name, value in given.items() if value)
    return Problem(
        Severity.WARNING, f"No run fits the filters: {named}.", "That is right for a new repository; else check them."
    )
