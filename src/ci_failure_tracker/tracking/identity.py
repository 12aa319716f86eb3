"""Identity: what an issue stands for, and its failure id, which is the same for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.model import ALL_JOBS, Identity, IdentityKind
from ci_failure_tracker.rendering.markdown import plain
from ci_failure_tracker.settings import GroupBy, Matrix

_LEG, _BRANCH = 60, 100
_NAMES_OF_RUNS = frozenset({"startup failure", "action required"})
_NAMED = 3


def failure_id(workflow: str, job: str) -> str:
    """The MD5 of `{workflow}:{job}` in hex: a name, not a defence."""
    return _md5(f"{workflow}:{job}")


@lru_cache(maxsize=4096)  # a sweep asks it of every job of every run, and they are few by name
def identify(
    workflow: str, job: str, group_by: GroupBy, matrix: Matrix, kind: IdentityKind = IdentityKind.JOB
) -> tuple[Identity, str]:
    """The identity that a job belongs to, or a run without jobs, or a schedule; and its leg within it."""
    base, leg = split_leg(job)
    if group_by is GroupBy.WORKFLOW:
        name, leg, kind = ALL_JOBS, job, IdentityKind.WORKFLOW
    elif matrix is Matrix.SEPARATE:
        name, leg = job, ""
    else:
        name = base
    # A job may be called as a run without jobs is: it has an id of its own.
    named = f"job:{name}" if kind is IdentityKind.JOB and name in _NAMES_OF_RUNS else name
    return Identity(failure_id(workflow, named), workflow, name, kind=kind), short_leg(leg)


def identify_cause(signature: str, jobs: Iterable[tuple[str, str]]) -> Identity:
    """The identity of a cause, named after the workflows and jobs it shows in; its id is the MD5 of its signature."""
    workflows, names = (_listed({pair[place] for pair in jobs}) for place in (0, 1))
    return Identity(_md5(signature), workflows, names, signature, IdentityKind.CAUSE)


def _listed(names: set[str]) -> str:
    shown = sorted(names, key=lambda name: (name.casefold(), name))
    more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
    return ", ".join(shown[:_NAMED]) + more


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


@lru_cache(maxsize=4096)
def short_leg(leg: str) -> str:
    """The leg in a length that an issue can remember; two long ones that begin alike stay two."""
    return _short(leg, _LEG)


@lru_cache(maxsize=4096)
def short_branch(branch: str) -> str:
    """The same of a branch, or of what a dynamic run is about: a line of runs is known again by it."""
    return _short(branch, _BRANCH)


def _short(name: str, limit: int) -> str:
    if len(name) <= limit:
        return plain(name)
    told_apart = f"{plain(name, limit - 7)}~{_md5(name)[:6]}"
    # Beside a mask the sum would be taken for a part of the secret when it is read again.
    return told_apart if plain(told_apart) == told_apart else plain(name, limit)
