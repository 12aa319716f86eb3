"""Identity: what an issue stands for, and its failure id, which is the same for ever."""

from __future__ import annotations

from collections.abc import Iterable

from ci_failure_tracker.model import ALL_JOBS, Identity, IdentityKind
from ci_failure_tracker.settings import GroupBy, Matrix
from ci_failure_tracker.text.short_names import digest, short_leg
from ci_failure_tracker.tracking.matrix import split_leg

_NAMES_OF_RUNS = frozenset({"startup failure", "action required"})
_NAMED = 3


def failure_id(workflow: str, job: str) -> str:
    """The MD5 of `{workflow}:{job}` in hex: a name, not a defence."""
    return digest(f"{workflow}:{job}")


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
    return Identity(digest(signature), workflows, names, signature, IdentityKind.CAUSE)


def _listed(names: set[str]) -> str:
    shown = sorted(names, key=lambda name: (name.casefold(), name))
    more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
    return ", ".join(shown[:_NAMED]) + more
