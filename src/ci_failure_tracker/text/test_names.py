"""The words of a test's name: what is left of it in every report and log, whatever signs stand between them."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_PLACE = re.compile(r"(?<=_spec\.rb)\[[\d:]{1,40}\]")
"""RSpec writes the place of a test instead of its line if several tests begin in one."""


_DATA = re.compile(r'(with data set (?:"[^"\n]{0,200}"|#\d{1,6})) \(.*', re.DOTALL)
"""PHPUnit prints the data of a test after its name, and leaves it out in reports."""


def words(name: str) -> tuple[str, ...]:
    """The words of a name, without the signs between them and without what only some logs add to a name."""
    # `.py` stands in the path of a test, but not in the name of its module.
    return tuple(_WORD.findall(_DATA.sub(r"\1", _PLACE.sub(" ", name)).replace(".py", " ")))
