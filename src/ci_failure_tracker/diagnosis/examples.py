"""The example of a log pattern, in which its author has marked what the pattern has to find."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ci_failure_tracker.diagnosis.blocks import find_blocks
from ci_failure_tracker.diagnosis.log import read_log
from ci_failure_tracker.diagnosis.log_pattern import LogPattern
from ci_failure_tracker.diagnosis.structure import whole_log

_MARKED = re.compile(r"(?:[>! ] .*|[>! ]?)")


@dataclass(frozen=True, slots=True)
class Example:
    """The lines of an example. `headlines` and `block` hold the numbers of the marked lines, from 1 on."""

    lines: tuple[str, ...]
    headlines: frozenset[int]
    block: frozenset[int]


def example_of(pattern: LogPattern) -> Example:
    """Read an example.

    Raises:
        ValueError: a line does not begin with the two characters that say what it is.
    """
    lines = pattern.example.strip("\n").split("\n")
    for line in lines:
        if not _MARKED.fullmatch(line):
            raise ValueError(f"its line {line!r} does not begin with '! ', '> ' or two spaces")
    headlines = frozenset(number for number, line in enumerate(lines, 1) if line.startswith("!"))
    others = frozenset(number for number, line in enumerate(lines, 1) if line.startswith(">"))
    return Example(tuple(line[2:] for line in lines), headlines, headlines | others)


def mistake_in_example(pattern: LogPattern) -> str:
    """What the pattern finds in its example in place of the marked lines; empty if it finds these."""
    try:
        example = example_of(pattern)
    except ValueError as error:
        return str(error)
    if not example.headlines:
        return "no line is marked as the headline. Begin it with '! '."
    log = read_log(["\n".join(example.lines).encode()])
    found = find_blocks(log, whole_log(log))
    blocks = [block for block in found if block.pattern == pattern.name]
    blank = {number for number, line in enumerate(example.lines, 1) if not line.strip()}
    lines = {number for block in blocks for number in block.lines} - blank
    headlines = {block.headline for block in blocks}
    if lines == example.block - blank and headlines == example.headlines:
        return ""
    others = sorted({block.pattern for block in found} - {pattern.name})
    beside = f" Other patterns find lines in it: {', '.join(others)}." if others else ""
    return (
        f"marked are {_listed(example.block)} and the headline in {_listed(example.headlines)}, but the pattern finds "
        f"{_listed(lines)} and the headline in {_listed(headlines)}.{beside}"
    )


def _listed(numbers: frozenset[int] | set[int]) -> str:
    return f"line {', '.join(map(str, sorted(numbers)))}" if numbers else "no line"
