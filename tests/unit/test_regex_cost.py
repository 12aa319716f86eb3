"""The estimate of how long a regular expression can run."""

from __future__ import annotations

import re
from time import perf_counter

import pytest

from ci_failure_tracker.diagnosis.log import LONGEST_LINE
from ci_failure_tracker.diagnosis.patterns import all_patterns
from ci_failure_tracker.diagnosis.regex_cost import MOST_WAYS, ways

FAST = {
    r"gizmo: .*": "gizmo: " + "x" * LONGEST_LINE,
    r"\S+: (.*): (.*)": "x" * 1_000 + ": " + ": " * 500,
    r".*x.*y": "x" * LONGEST_LINE,
    r"(?:\w+/)+x": "a/" * 1_000,
    r"(?:\w++\s?)+:": "a " * 1_000,
    r"\d+\.\d+\.\d+\.\d+:": "1" * LONGEST_LINE,
    r"(?:[^,]*,){20}P": "a," * 1_000,
    r"(?:foo|bar|qux)+$": "foobar" * 300,
    r"(?=.*a)(?!.*b).*c": "a" * LONGEST_LINE,
    r"\s+$": " " * LONGEST_LINE + "x",
    r"(?:\b[a-z]{3}){2,200}!": "abc" * 600,
}
SLOW = [
    r"(a+)+b",
    r"(a|aa)+$",
    r"(?:\w+\s?)+:",
    r"(?:a*)*?b",
    r"(.*?,){11}P",
    r"(x+x+)+y",
    r"(?:a|b|ab)*c",
    r".*a.*b.*c.*d",
    r"(?=(a+)+b)a",
    r"(?>(a+)+b)",
    r"(?i:é+É+)+x",
    r"(a?){30}a{30}",
    r"(?:\[.{1,60}\] ?)*[^\[]",
    r"(?:(?:(?:^){999}){999}){999}x",
    r"(?:(?:(?:(?=a)){999}+){999}+){999}+x",
    r"(?>(?:(?:\b){999}){999})x",
    r"(a)?(?:(?:(?:(?(1)a)){999}){999}){999}x",
]


@pytest.mark.parametrize(("source", "line"), FAST.items(), ids=list(FAST))
def test_what_runs_fast_on_its_worst_line_is_allowed(source: str, line: str) -> None:
    start = perf_counter()
    re.match(source, line[:LONGEST_LINE])
    assert perf_counter() - start < 1
    assert ways(source) <= MOST_WAYS


@pytest.mark.parametrize("source", SLOW)
def test_what_can_run_for_long_is_not(source: str) -> None:
    assert ways(source) > MOST_WAYS


def test_a_search_begins_at_each_place_unless_it_is_anchored() -> None:
    assert ways(r".*a.*b", searched=True) > MOST_WAYS
    assert ways(r"^.*a.*b", searched=True) <= MOST_WAYS


def test_no_built_in_expression_can_run_forever() -> None:
    endless = ways(r"(a+)+b")
    for pattern in all_patterns():
        for source in (pattern.start, pattern.context_before, pattern.body, pattern.end, pattern.end_before):
            assert ways(source) < endless, pattern.name
        for source in (pattern.headline, pattern.fingerprint, pattern.facts):
            assert ways(source, searched=True) < endless, pattern.name
