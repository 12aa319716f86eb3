"""Which runs a sweep lists, from the settings; and which settings mean nothing in this repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ci_failure_tracker.errors import SettingsError, UnknownWorkflowError
from ci_failure_tracker.model import Problem, Query, Run, Severity, Snapshot, Workflow
from ci_failure_tracker.selection.refs import watched_refs
from ci_failure_tracker.settings import MAX_RUNS_LIMIT, RerunKind, Settings
from ci_failure_tracker.text.short_names import short_branch

_SEPARATE_LISTINGS = 5
"""Workflows that are listed one by one; if there are more, the list of the repository is read and filtered."""

_EVERYTHING = "*"


def query_of(settings: Settings, snapshot: Snapshot, now: datetime) -> tuple[Query, tuple[Problem, ...]]:
    """The runs that the settings ask for, and the settings that mean nothing in this repository.

    Raises:
        UnknownWorkflowError: if a chosen workflow does not exist, with the nearest names.
        SettingsError: if every workflow is excluded.
    """
    chosen, problems = choose_workflows(snapshot.workflows, settings)
    watched = watched_refs(settings, snapshot.repository.default_branch)
    everything = len(chosen) == len(snapshot.workflows)
    query = Query(
        workflows=None if everything else frozenset(workflow.id for workflow in chosen),
        # The list of all runs may hold few runs of a quiet workflow, so a few workflows are listed one by one.
        listed=() if everything or len(chosen) > _SEPARATE_LISTINGS else chosen,
        branches=watched.branches,
        events=settings.event,
        created_from=settings.since.start(now),
        most=settings.max_runs,
        most_listed=MAX_RUNS_LIMIT,
        tags=watched.tags,
    )
    return query, tuple(problems)


def as_remembered(snapshot: Snapshot, query: Query, settings: Settings) -> Snapshot:
    """The snapshot with the names in its runs as a marker may hold them, and a warning if there are no runs."""
    # The runs of tags that pass are seen in their check suites alone.
    seen = bool(snapshot.runs) or any(tag.runs for tag in snapshot.tags or ())
    problems = () if seen else (_nothing_fits(query, settings),)
    runs = tuple(map(_with_short_names, snapshot.runs))
    return replace(snapshot, runs=runs, problems=(*snapshot.problems, *problems))


def _with_short_names(run: Run) -> Run:
    """The run with names that are visible, short and without secrets."""
    names = (run.branch, run.subject, run.status_ref)
    branch, subject, status_ref = map(short_branch, names)
    is_same = (branch, subject, status_ref) == names  # as in nearly every run
    return run if is_same else replace(run, branch=branch, subject=subject, status_ref=status_ref)


def choose_workflows(workflows: Sequence[Workflow], settings: Settings) -> tuple[tuple[Workflow, ...], list[Problem]]:
    """The workflows that the settings ask for, and a problem for each other name that does not exist.

    Raises:
        UnknownWorkflowError: if a chosen workflow does not exist, with the nearest names.
        SettingsError: if every workflow is excluded.
    """
    unknown, not_excluded = (
        [asked for asked in names if not any(workflow.is_called(asked) for workflow in workflows)]
        for names in (settings.workflow, settings.exclude_workflow)
    )
    if settings.repositories:
        # What is meant for many repositories need not be in each. The report of all names it once.
        problems = [unknown_here("workflow", asked) for asked in unknown]
        problems += [unknown_here("exclude-workflow", asked) for asked in not_excluded]
    elif unknown:
        raise UnknownWorkflowError("\n".join(_unknown(asked, workflows) for asked in unknown))
    else:
        advice = "Remove it from `exclude-workflow`."
        problems = [Problem(Severity.WARNING, _unknown(asked, workflows), advice) for asked in not_excluded]
    if settings.rerun is RerunKind.TRANSIENT:
        problems += _rerun_problems(workflows, settings)
    chosen = tuple(
        workflow
        for workflow in workflows
        if any(workflow.is_called(asked) for asked in settings.workflow or (_EVERYTHING,))
        and not any(workflow.is_called(asked) for asked in settings.exclude_workflow)
    )
    if workflows and not chosen and not settings.repositories:
        raise SettingsError(["`exclude-workflow` leaves no workflow to look at; remove a name from it."])
    return chosen, problems


def unknown_here(name: str, asked: str) -> Problem:
    """What one of many repositories says if it lacks a workflow that an input names."""
    return Problem(Severity.NOTICE, f"`{name}` names {asked!r}, and there is no such workflow here.")


def _rerun_problems(workflows: Sequence[Workflow], settings: Settings) -> Iterator[Problem]:
    named = settings.rerun_workflows
    if not named:
        what = "`rerun: transient` runs nothing again, because `rerun-workflows` names no workflow."
        yield Problem(Severity.NOTICE, what, "Name the workflows whose failed jobs may run again.")
    for asked in named:
        if any(workflow.is_called(asked) for workflow in workflows):
            continue
        if settings.repositories:
            yield unknown_here("rerun-workflows", asked)
        else:
            yield Problem(Severity.WARNING, _unknown(asked, workflows), "Correct it in `rerun-workflows`.")


def _unknown(asked: str, workflows: Sequence[Workflow]) -> str:
    names = {name.casefold(): name for workflow in workflows for name in (workflow.file_name, workflow.name)}
    import difflib  # noqa: PLC0415 - few sweeps need it

    nearest = difflib.get_close_matches(asked.casefold(), names, n=3, cutoff=0.5)
    intro = f"There is no workflow {asked!r} in this repository."
    if nearest:
        return f"{intro} Did you mean {', '.join(repr(names[name]) for name in nearest)}?"
    shown = ", ".join(repr(name) for name in sorted({workflow.name for workflow in workflows})[:10])
    return f"{intro} It has {shown}." if shown else f"{intro} It has none."


def _nothing_fits(query: Query, settings: Settings) -> Problem:
    filters = {
        "branch": ", ".join((*query.branches, *(["tags"] if query.tags else []))),
        "event": ", ".join(settings.event),
        "workflow": ", ".join(settings.workflow),
        "exclude-workflow": ", ".join(settings.exclude_workflow),
        "since": str(settings.since),
    }
    named = "; ".join(f"`{name}` {value}" for name, value in filters.items() if value)
    return Problem(
        Severity.NOTICE if settings.repositories else Severity.WARNING,
        f"No run fits the filters: {named}.",
        "This is normal in a new repository. Otherwise, check the filters.",
    )
