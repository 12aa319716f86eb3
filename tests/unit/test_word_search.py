"""Words are found alike in one pass and word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_failure_tracker.diagnosis.word_search import HAS_AUTOMATON, OnePass, WordByWord

WORDS = (b"error", b"err", b"no such", b"\xe2\x9c\x97", b"rror:", b"no")
pytestmark = pytest.mark.skipif(not HAS_AUTOMATON, reason="there is no package for one pass on this system")

pieces = st.sampled_from([*WORDS, b"e", b"r", b"\n", b" ", b"\xe2", b"such", b"ok"])
texts = st.lists(pieces, max_size=30).map(b"".join)


@given(texts)
def test_both_find_the_same_lines(text: bytes) -> None:
    expected, start = [], 0
    for line in text.split(b"\n"):
        if any(word in line for word in WORDS):
            expected.append(start + len(line))
        start += len(line) + 1
    assert list(OnePass(WORDS).line_ends(text)) == expected
    assert list(WordByWord(WORDS).line_ends(text)) == expected


@given(texts)
def test_both_find_the_same_words(line: bytes) -> None:
    expected = {word for word in WORDS if word in line}
    assert set(OnePass(WORDS).found_in(line)) == expected
    assert set(WordByWord(WORDS).found_in(line)) == expected
