"""Identity: what an issue stands for, and its failure id, which never changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ci_failure_tracker.model import ALL_JOBS, Identity, IdentityKind, Outcome, in_repository
from ci_failure_tracker.settings import GroupBy, Matrix
from ci_failure_tracker.text.short_names import digest, short_leg, short_test
from ci_failure_tracker.tracking.matrix import split_leg

_NAMES_OF_RUNS_WITHOUT_JOBS = frozenset({"startup failure", "action required"})
# A title has room for about three names.
_MOST_NAMES = 3


def failure_id(workflow: str, job: str) -> str:
    """The MD5 of `{workflow}:{job}` in hex; it is a name and protects nothing."""
    # The form `workflow:job` is the one that issues of the first version have in their markers.
    return digest(f"{workflow}:{job}")


def identify(
    workflow: str, job: str, group_by: GroupBy, matrix: Matrix, kind: IdentityKind = IdentityKind.JOB
) -> tuple[Identity, str]:
    """The identity of a job, of a run without jobs or of a schedule; and its leg within the identity."""
    base, leg = split_leg(job)
    if group_by is GroupBy.WORKFLOW:
        name, leg, kind = ALL_JOBS, job, IdentityKind.WORKFLOW
    elif matrix is Matrix.SEPARATE:
        name, leg = job, ""
    else:
        name = base
    # A job may have the name of a run without jobs; their ids differ. An id that an issue has stays as it is.
    unique = name
    if kind is IdentityKind.JOB and name in _NAMES_OF_RUNS_WITHOUT_JOBS:
        unique = f"job:{name}"
    elif kind is IdentityKind.RUN and name == Outcome.NEVER_RAN.words:
        unique = f"run:{name}"
    return Identity(failure_id(workflow, unique), workflow, name, kind=kind), short_leg(leg)


SEVERAL = "several repositories"
"""Stands for the workflows of a cause in several repositories, whose names are long."""


def identify_cause(
    signature: str, jobs: Iterable[tuple[str, str]], repositories: Collection[str] = frozenset()
) -> Identity:
    """The identity of a cause, named after its workflows and jobs; its id is the MD5 of its signature."""
    workflows, names = (_listed({pair[place] for pair in jobs}) for place in (0, 1))
    workflows = SEVERAL if len(repositories) > 1 else workflows
    return Identity(digest(signature), workflows, names, signature, IdentityKind.CAUSE)


def identify_test(key: str, name: str, jobs: Iterable[tuple[str, str]], repository: str = "") -> Identity:
    """The identity of a test, which has its name and those of its workflows and jobs; `key` is what stays of the name.

    Its id is the MD5 of `test`, a line feed and the key. No name of a workflow has a line feed. If issues of several
    repositories are in one, its name and its key begin with the name of the repository.
    """
    workflows, names = (_listed({pair[place] for pair in jobs}) for place in (0, 1))
    shown = short_test(in_repository(repository, name))
    return Identity(test_id(key, repository), workflows, names, kind=IdentityKind.TEST, test=shown)


def test_id(key: str, repository: str) -> str:
    """The failure id of a test; the repository is empty if it is the one with the issues."""
    return digest(f"test\n{in_repository(repository, key)}")


def _listed(names: set[str]) -> str:
    # Names are sorted, so the title does not change with the order of the runs.
    shown = sorted(names, key=lambda name: (name.casefold(), name))
    more = f" and {len(shown) - _MOST_NAMES} more" if len(shown) > _MOST_NAMES else ""
    return ", ".join(shown[:_MOST_NAMES]) + more
