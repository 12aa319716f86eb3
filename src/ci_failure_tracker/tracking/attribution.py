"""Who may have to do with a failure: its suspects and its owners, and whom a new issue tells; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import chain

from ci_failure_tracker.diagnosis.places import is_outside
from ci_failure_tracker.model import CommitOrigin, State, own_name
from ci_failure_tracker.settings import Notify, OwnerLine, Settings
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.tracking.codeowners import owners_of_file
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.suspects import people, with_details

MOST_OWNERS = 10
"""Owners that an issue remembers, and people that it is assigned to, as many as GitHub allows."""

_OWNER = 100
# GitHub allows 39 characters. An account of an Enterprise Managed User ends in `_SHORTCODE`, and so is longer.
_LOGIN = lazy(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", re.ASCII)
_MENTIONED = lazy(r"@[A-Za-z0-9][A-Za-z0-9_-]{0,60}(?:/[A-Za-z0-9_.-]{1,100})?", re.ASCII)
# A location ends in its line, or in its line and column.
_PLACE = lazy(r"(?::\d{1,7}){1,2}$")
_WORKFLOWS = ".github/workflows"
_OWNERS, _SUSPECTS = Notify.OWNERS.value, Notify.SUSPECTS.value


@dataclass(frozen=True, slots=True)
class Owned:
    """What a sweep read of the owners of one repository; `codeowners` and `paths` are those of the snapshot."""

    codeowners: str | None = None
    paths: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a sweep read of suspects and owners. `owned` are the repositories, of which an empty name is the one with
    the issues."""

    settings: Settings
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    origins: Mapping[str, CommitOrigin] = field(default_factory=dict)
    owned: Mapping[str, Owned] = field(default_factory=dict)

    def completed(self, state: State) -> State:
        """The state with the suspects in their order, and with owners, if a commit can have caused the failure."""
        if not state.commit_can_cause:
            return state
        state = replace(state, suspects=with_details(state, self.files, self.origins))
        owners = self._owners(state)
        return state if owners is None else replace(state, owners=owners)

    def _owners(self, state: State) -> tuple[str, ...] | None:
        """The owners that are learnt now; `None` if they are known, or if CODEOWNERS was not read."""
        # A line of `owners` in the settings comes before CODEOWNERS: it is the more exact answer.
        if line := owner_line(state, self.settings):
            return _kept(line.owners)
        read = self.owned.get(state.latest.repository, Owned())
        if state.owners is not None or read.codeowners is None or not is_explained(state, self.settings):
            return None
        there = (path for path in failing_files(state) if path in read.paths)
        changed = (suspect.file for suspect in (state.suspects.commits if state.suspects else ()) if suspect.file)
        # If no file is known to fail, the workflow file stands for the failure: it always has a path.
        path = next(chain(there, changed), _workflow_path(state))
        return _kept(owners_of_file(read.codeowners, path))

    def labels(self, state: State) -> tuple[str, ...]:
        """The labels that `owners` gives to a new issue."""
        line = owner_line(state, self.settings) if state.commit_can_cause else None
        return line.labels if line else ()

    def mentions(self, state: State) -> tuple[str, ...]:
        """Whom a new issue notifies, as `@user` or `@org/team`; never a bot."""
        match self.settings.notify:
            case Notify.OWNERS:
                names: Iterable[str] = state.owners or ()
            case Notify.SUSPECTS:
                names = (f"@{login}" for login in self._authors(state))
            case Notify.NONE:
                names = ()
        return tuple(name for name in names if _MENTIONED.fullmatch(name))[:MOST_OWNERS]

    def assignees(self, state: State) -> tuple[str, ...]:
        """Whom a new issue is assigned to: people alone, because GitHub assigns neither teams nor bots."""
        logins = (*self.settings.assignees, *self._assigned(state))
        by_key: dict[str, str] = {}
        for login in logins:
            by_key.setdefault(login.casefold(), login)
        # The cap is for owners and suspects. People whom the settings name are all assigned.
        return tuple(by_key.values())[: max(MOST_OWNERS, len(self.settings.assignees))]

    def _assigned(self, state: State) -> Iterator[str]:
        for name in self.settings.assign:
            if name.casefold() == _OWNERS:
                yield from (login for login in map(_login, state.owners or ()) if login)
            elif name.casefold() == _SUSPECTS:
                yield from self._authors(state)
            else:
                yield name.removeprefix("@")

    def _authors(self, state: State) -> tuple[str, ...]:
        suspects = state.suspects if state.commit_can_cause else None
        return tuple(login for login in people(suspects, self.origins) if _LOGIN.fullmatch(login))


def _kept(owners: Sequence[str]) -> tuple[str, ...]:
    return tuple(plain(owner, _OWNER) for owner in owners[:MOST_OWNERS])


def _login(owner: str) -> str:
    """The login of an owner; empty for a team and an address."""
    login = owner.removeprefix("@")
    return login if owner.startswith("@") and _LOGIN.fullmatch(login) else ""


def owner_line(state: State, settings: Settings) -> OwnerLine | None:
    """The last line of `owners` that fits the workflow and the job, or one of the jobs that an issue stands for."""
    names = {name.casefold() for name in _names(state)} if settings.owners else ()
    fitting = (line for line in reversed(settings.owners) if any(_fits(name, line.glob) for name in names))
    return next(fitting, None)


def _names(state: State) -> Iterator[str]:
    """The workflow, and the workflow with each job, by the names and by the file of the workflow.

    A job of a matrix has the name that GitHub shows, and the one that all jobs of the matrix share.
    """
    for name, job in _jobs(state):
        for workflow in dict.fromkeys((name, own_name(state.latest.repository, name))):
            yield from (workflow, f"{workflow}/{job}", f"{workflow}/{split_leg(job)[0]}")


def _jobs(state: State) -> Iterator[tuple[str, str]]:
    """Each failing job with its workflow."""
    identity, legs = state.identity, [leg.leg for leg in state.latest.legs if leg.leg]
    if identity.spans_jobs and state.legs:
        yield from ((workflow, job) for workflow, _, job in (leg.leg.partition(" / ") for leg in state.legs))
        return
    jobs = (state.job, *(legs if identity.is_whole_workflow else (f"{state.job} ({leg})" for leg in legs)))
    workflows = (identity.workflow, *([] if identity.spans_jobs else [state.latest.source]))
    yield from ((workflow, job) for workflow in workflows if workflow for job in jobs)


def _fits(name: str, glob: str) -> bool:
    # The names are case-folded already.
    glob = glob.casefold()
    return name == glob or fnmatchcase(name, glob)


def is_explained(state: State, settings: Settings) -> bool:
    """Whether it is known where the latest break fails, or at least that no log will tell it."""
    legs = state.latest.legs
    is_read = all(leg.signature or leg.log_unavailable or leg.job_id is None for leg in legs)
    return not settings.logs or state.evidence_of_break is not None or is_read


def failing_files(state: State) -> tuple[str, ...]:
    """The paths at which the file may be in which it fails, the likeliest first."""
    evidence = state.evidence_of_break
    named = (evidence.location, evidence.subject.partition("::")[0]) if evidence is not None else ()
    paths = (_PLACE.sub("", name) for name in named if name)
    return tuple(dict.fromkeys(path for path in paths if _is_path(path)))


_PATH = lazy(r"[^\s:*?\"<>|\\]{1,300}")


def _is_path(path: str) -> bool:
    # A test's name or a host may look like a path; only a path in the repository can have an owner.
    is_inside = not path.startswith(("/", "~", "-", "../")) and "/../" not in path and not is_outside(path)
    return is_inside and ("." in path or "/" in path) and _PATH.fullmatch(path) is not None


def _workflow_path(state: State) -> str:
    return f"{_WORKFLOWS}/{state.latest.source}"
