"""Finds which of many words a text contains: in one pass, or word by word where the package for that is missing.

Words and texts are bytes in lower case. No word is empty.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import Protocol

try:
    from ahocorasick_rs import BytesAhoCorasick, Implementation
except ImportError:  # there is no wheel for musl
    HAS_AUTOMATON = False
else:
    HAS_AUTOMATON = True


class WordSearch(Protocol):
    """A search for a number of words."""

    def line_ends(self, text: bytes) -> Sequence[int]:
        """Where the lines end that contain a word, in order; the end of the text ends the last line."""

    def found_in(self, line: bytes) -> Sequence[bytes]:
        """The words that a line contains, each at least once."""


class OnePass:
    """Looks for all words at once; a gigabyte takes about three seconds, however many words there are."""

    def __init__(self, words: Sequence[bytes]) -> None:
        """Take the words. An automaton is built when it is first needed."""
        self._words = words

    @cached_property
    def _for_lines(self) -> BytesAhoCorasick:
        """It takes a few milliseconds to build, and reads twice as fast as the other."""
        return BytesAhoCorasick(self._words, implementation=Implementation.DFA)

    @cached_property
    def _for_words(self) -> BytesAhoCorasick:
        return BytesAhoCorasick(self._words)

    def line_ends(self, text: bytes) -> Sequence[int]:
        """See `WordSearch`."""
        ends = [-1]
        for _, start, _ in self._for_lines.find_matches_as_indexes(text):
            if start > ends[-1]:
                ends.append(_line_end(text, start))
        return ends[1:]

    def found_in(self, line: bytes) -> Sequence[bytes]:
        """See `WordSearch`."""
        return [self._words[place] for place, _, _ in self._for_words.find_matches_as_indexes(line, overlapping=True)]


class WordByWord:
    """Looks for one word after the other, in long texts; each takes a second for a gigabyte.

    A line is short. Of most words it does not hold the three letters that stand for the word, so it is searched for the
    others only, which is ten times as fast.
    """

    def __init__(self, words: Sequence[bytes]) -> None:
        """Take the words. They are sorted by their letters when that is first needed."""
        self._words = words

    @cached_property
    def _by_letters(self) -> dict[tuple[int, ...], list[bytes]]:
        """The words by the three letters that stand for them: of those of a word, the ones in the fewest words."""
        shared = Counter(letters for word in self._words for letters in set(_three_letters(word)))
        found: dict[tuple[int, ...], list[bytes]] = defaultdict(list)
        for word in self._words:
            # The rarer the letters, the fewer lines have to be searched for the word.
            found[min(_three_letters(word), key=shared.__getitem__, default=())].append(word)
        return found

    def line_ends(self, text: bytes) -> Sequence[int]:
        """See `WordSearch`."""
        return sorted({end for word in self._words for end in _ends_of_word(text, word)})

    def found_in(self, line: bytes) -> Sequence[bytes]:
        """See `WordSearch`."""
        by_letters = self._by_letters
        # Words of one or two letters have none that stand for them.
        candidates = [by_letters[letters] for letters in {(), *_three_letters(line)} & by_letters.keys()]
        return [word for words in candidates for word in words if word in line]


def _three_letters(text: bytes) -> Iterator[tuple[int, ...]]:
    """Each three bytes in a row."""
    return zip(text, text[1:], text[2:], strict=False)


def _ends_of_word(text: bytes, word: bytes) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        end = _line_end(text, place)
        yield end
        # One word in a line is enough, so the rest of the line is skipped.
        place = text.find(word, end)


def _line_end(text: bytes, place: int) -> int:
    end = text.find(b"\n", place)
    return len(text) if end < 0 else end


@cache
def search_for(words: tuple[bytes, ...]) -> WordSearch:
    """The search for these words, built once."""
    return OnePass(words) if HAS_AUTOMATON else WordByWord(words)
