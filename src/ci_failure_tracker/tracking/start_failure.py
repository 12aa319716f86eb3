"""Why a workflow could not start: which files say it, and what they say; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ci_failure_tracker.diagnosis.workflow_file import local_paths, mistakes
from ci_failure_tracker.model import (
    Decision,
    DecisionKind,
    Outcome,
    StartFailure,
    State,
    WorkflowMistake,
    in_repository,
)
from ci_failure_tracker.text.markdown import plain

MOST_WORKFLOWS = 5
"""Workflows of which a sweep reads the files."""

_LONGEST_NAME = 100
_FOLDER = ".github/workflows/"

FilesAt = Mapping[tuple[str, str], str | None]
"""The text of files by commit and path; `None` for a file that the commit does not have."""


def files_of_starts(decisions: Iterable[Decision], files_at: FilesAt) -> tuple[tuple[str, str], ...]:
    """The files that may say why workflows could not start: their own, then those that these refer to.

    A file is read only for a failure that no issue holds yet, so a sweep without news reads none. The commit of each
    begins with its repository, if that is not the one with the issues.
    """
    new = (decision.after for decision in decisions if _is_new(decision))
    places = {place: state.latest.repository for state in new if (place := _place(state))}
    some = list(places.items())[:MOST_WORKFLOWS]
    return tuple(
        dict.fromkeys(
            (in_repository(repository, sha), path)
            for place, repository in some
            for sha, path in _with_local_paths(place, files_at)
        )
    )


def _is_new(decision: Decision) -> bool:
    if decision.kind is DecisionKind.CLOSE or decision.after.latest.outcome is not Outcome.STARTUP_FAILURE:
        return False
    return decision.before is None or decision.before.latest.key != decision.after.latest.key


def _place(state: State) -> tuple[str, str] | None:
    """The commit and the path of the file that could not start."""
    latest = state.latest
    is_file = latest.source.endswith((".yml", ".yaml")) and "/" not in latest.source
    return (latest.commit.sha, f"{_FOLDER}{latest.source}") if is_file and latest.commit.sha else None


def _with_local_paths(place: tuple[str, str], files_at: FilesAt) -> Iterator[tuple[str, str]]:
    yield place
    yield from ((place[0], path) for path in local_paths(files_at.get(place) or ""))


def start_failure(state: State, files_at: FilesAt) -> StartFailure | None:
    """What is wrong in the file of a workflow that could not start; what an issue knows of the commit stays."""
    place = _place(state) if state.latest.outcome is Outcome.STARTUP_FAILURE else None
    if place is None:
        return None
    sha, text = place[0], files_at.get(place)
    if text is None:
        return state.start_failure
    present = {path: found is not None for (commit, path), found in files_at.items() if commit == sha}
    found = mistakes(text, present)
    return StartFailure(sha, tuple(map(_safe, found))) if found else None


def _safe(mistake: WorkflowMistake) -> WorkflowMistake:
    """The mistake with names that are short and hold no secret: a marker keeps them."""
    return replace(mistake, names=tuple(plain(name, _LONGEST_NAME) for name in mistake.names))
