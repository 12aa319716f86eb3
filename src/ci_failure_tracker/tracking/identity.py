"""Identity: what an issue stands for, and its failure id, which is the same for ever."""

from __future__ import annotations

import hashlib

from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.model import ALL_JOBS, Identity
from ci_failure_tracker.rendering.markdown import plain
from ci_failure_tracker.settings import GroupBy, Matrix

_LEG = 60


def failure_id(workflow: str, job: str) -> str:
    """The MD5 of `{workflow}:{job}` in hex: a name, not a defence."""
    return hashlib.md5(f"{workflow}:{job}".encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def identify(workflow: str, job: str, group_by: GroupBy, matrix: Matrix) -> tuple[Identity, str]:
    """The identity that a job belongs to, and its leg within it."""
    base, leg = split_leg(job)
    if group_by is GroupBy.WORKFLOW:
        name, leg = ALL_JOBS, job
    elif matrix is Matrix.SEPARATE:
        name, leg = job, ""
    else:
        name = base
    return Identity(failure_id(workflow, name), workflow, name), _short_leg(leg)


def _short_leg(leg: str) -> str:
    """The leg in a length that an issue can remember; two long ones that begin alike stay two."""
    if len(leg) <= _LEG:
        return plain(leg)
    digest = hashlib.md5(leg.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:6]
    return f"{plain(leg, _LEG - 7)}~{digest}"
