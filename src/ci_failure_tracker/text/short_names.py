"""Foreign names short enough for a marker: visible and without secrets."""

from __future__ import annotations

import hashlib

from ci_failure_tracker.text.markdown import plain

_LEG, _BRANCH, _TEST = 60, 100, 200


def short_leg(leg: str) -> str:
    """The name of a matrix job in at most 60 characters. Two long names with one beginning stay different."""
    return _short(leg, _LEG)


def leg_of_cause(workflow: str, job: str | None) -> str:
    """The name of a job in the issue of a cause, which may break jobs of several workflows."""
    return short_leg(f"{workflow} / {job or ''}")


def short_test(name: str) -> str:
    """The name of a test in at most 200 characters, so that a title has room for it."""
    return _short(name, _TEST)


def short_branch(branch: str) -> str:
    """The branch, or the subject of a dynamic run, in at most 100 characters. It identifies a branch status."""
    return _short(branch, _BRANCH)


def _short(name: str, limit: int) -> str:
    if len(name) <= limit:
        return plain(name)
    # Six digits of the digest keep names with one beginning apart.
    with_digest = f"{plain(name, limit - 7)}~{digest(name)[:6]}"
    # After a mask the digest would look like a part of the secret, and a later call would remove it.
    return with_digest if plain(with_digest) == with_digest else plain(name, limit)


def digest(text: str) -> str:
    """The MD5 of a text in hex. It serves as a name and protects nothing."""
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
