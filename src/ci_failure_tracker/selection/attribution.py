"""What has to be read to tell the suspects of a new break apart, and to find its owners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ci_failure_tracker.model import DecisionKind, Needs, State, in_repository
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.attribution import failing_files, is_explained, owner_line
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.suspects import needs_files

MOST_FILES = 60
"""Commits whose files one sweep reads, one request for each; the next sweep goes on."""

_DETAILS = ("commit_files", "commit_origins")
_MOST_ORIGINS, _MOST_PATHS = 100, 40
"""Commits, and paths, that one request asks about."""


def needs_of_attribution(findings: Findings, settings: Settings) -> Needs:
    """The files and origins of the suspects of new breaks, and CODEOWNERS if no line of `owners` fits."""
    snapshot = findings.snapshot
    # Once a sweep: what is left over then waits for the next one.
    is_read = any(isinstance(key, tuple) and key[0] in _DETAILS for key in snapshot.asked)
    states = [decision.after for decision in findings.decisions.made if decision.kind is not DecisionKind.CLOSE]
    states = [state for state in states if state.commit_can_cause]
    to_own = [state for state in states if _needs_owners(state, settings)]
    # Without the commits, the token may not see the files, either.
    shown = [state for state in to_own if not snapshot.part(state.latest.repository).hidden_commits]
    owners = Needs(codeowners=tuple(dict.fromkeys(state.latest.repository for state in shown))).without(snapshot.asked)
    # With central issues, one sweep reads several repositories, and each gets its share.
    many = max(1, len(snapshot.parts))
    paths = _paths(state for state in to_own if state.latest.repository in owners.codeowners)
    return Needs(
        commit_files=() if is_read else _first(_commits(filter(needs_files, states)), MOST_FILES),
        commit_origins=() if is_read else _first(_commits(filter(_needs_origins, states)), many * _MOST_ORIGINS),
        codeowners=owners.codeowners,
        paths=_first(paths, many * _MOST_PATHS),
    )


def _paths(states: Iterable[State]) -> Iterator[str]:
    return (in_repository(state.latest.repository, path) for state in states for path in failing_files(state))


def _needs_origins(state: State) -> bool:
    return state.suspects is not None and state.suspects.pending


def _commits(states: Iterable[State]) -> Iterator[str]:
    for state in states:
        for suspect in state.suspects.commits if state.suspects else ():
            yield in_repository(state.repository_of_break, suspect.sha)


def _needs_owners(state: State, settings: Settings) -> bool:
    """Whether CODEOWNERS has to say who owns what fails."""
    is_failing = any(status.red for status in state.branch_statuses)
    is_asked = state.owners is None and is_failing and is_explained(state, settings)
    return is_asked and owner_line(state, settings) is None


def _first(keys: Iterable[str], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))[:most]
