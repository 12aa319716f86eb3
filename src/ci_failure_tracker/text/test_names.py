"""The words of a test's name: what is left of it in every report and log, whatever signs stand between them."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_PLACE = re.compile(r"(?<=_spec\.rb)\[[\d:]{1,40}\]")
"""RSpec writes the place of a test instead of its line if several tests begin in one."""


def words(name: str) -> tuple[str, ...]:
    """The words of a name, without the signs between them, the ending of a file of Python and the place in a file."""
    return tuple(_WORD.findall(_PLACE.sub(" ", name).replace(".py", " ")))
