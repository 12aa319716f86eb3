"""Every log pattern against its own example, with all other patterns present."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

from ci_failure_tracker.diagnosis.examples import example_of, mistake_in_example
from ci_failure_tracker.diagnosis.keywords import candidates
from ci_failure_tracker.diagnosis.log_pattern import LogPattern
from ci_failure_tracker.diagnosis.patterns import all_patterns
from ci_failure_tracker.diagnosis.wrappers import variants
from ci_failure_tracker.text.lazy import compiled
from each import each

PATTERNS = all_patterns()
each_pattern = each(PATTERNS, lambda pattern: pattern.name)


def matches(pattern: LogPattern, text: str) -> bool:
    return compiled(pattern.start).match(text) is not None


@each_pattern
def test_a_pattern_finds_the_block_and_headline_of_its_example(pattern: LogPattern) -> None:
    assert mistake_in_example(pattern) == ""


@each_pattern
def test_each_keyword_is_in_a_starting_line_of_the_example(pattern: LogPattern) -> None:
    lines = example_of(pattern).lines
    starts = [line.lower() for line in lines if any(matches(pattern, shown) for _, shown in variants(line))]
    assert [keyword for keyword in pattern.keywords if not any(keyword in line for line in starts)] == []


@each_pattern
def test_a_pattern_is_well_formed(pattern: LogPattern) -> None:
    assert re.fullmatch(r"[a-z0-9_-]+\.[a-z0-9_]+", pattern.name)
    for keyword in pattern.keywords:
        assert keyword == keyword.lower()
        assert len(keyword.encode()) >= 3, "a short keyword marks too many lines"
    may_be_empty = {pattern.body, pattern.context_before}
    for source in (pattern.start, pattern.end, pattern.end_before, pattern.headline, pattern.fingerprint):
        assert not source or source in may_be_empty or not compiled(source).match(""), f"{source} fits an empty line"


def test_no_two_patterns_share_a_name() -> None:
    assert [name for name, times in Counter(pattern.name for pattern in PATTERNS).items() if times > 1] == []


def test_no_two_patterns_of_equal_confidence_and_priority_match_a_line() -> None:
    """If this fails, give the pattern that has to win a higher priority. Otherwise the order of the files decides."""
    tied: dict[tuple[str, ...], str] = {}
    for line in {line for pattern in PATTERNS for line in example_of(pattern).lines}:
        matching = ([pattern for pattern in candidates(line) if matches(pattern, shown)] for _, shown in variants(line))
        found = next(filter(None, matching), [])
        for _, same in groupby(found, key=lambda pattern: (pattern.rank, pattern.priority)):
            names = tuple(pattern.name for pattern in same)
            if len(names) > 1:
                tied[names] = line
    assert tied == {}
