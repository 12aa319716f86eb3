"""Foreign names in a length that an issue can remember: visible, short and without secrets."""

from __future__ import annotations

import hashlib

from ci_failure_tracker.text.markdown import plain

_LEG, _BRANCH = 60, 100


def short_leg(leg: str) -> str:
    """The leg in a length that an issue can remember; two long ones that begin alike stay two."""
    return _short(leg, _LEG)


def short_branch(branch: str) -> str:
    """The same of a branch, or of what a dynamic run is about: a line of runs is known again by it."""
    return _short(branch, _BRANCH)


def _short(name: str, limit: int) -> str:
    if len(name) <= limit:
        return plain(name)
    told_apart = f"{plain(name, limit - 7)}~{digest(name)[:6]}"
    # Beside a mask the sum would be taken for a part of the secret when it is read again.
    return told_apart if plain(told_apart) == told_apart else plain(name, limit)


def digest(text: str) -> str:
    """The MD5 of a text in hex: a name, not a defence."""
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
