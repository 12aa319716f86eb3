"""Which lines of a log are routine, and so tell nothing about its failure.

A line is routine if a passing run of the same job printed it too, or if it is one of many lines of one form that stand
together, such as the names of passing tests or of downloaded packages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import islice, pairwise

from ci_failure_tracker.diagnosis.encoding import with_escapes
from ci_failure_tracker.diagnosis.job_logs import text_blocks
from ci_failure_tracker.diagnosis.log import Log, clean
from ci_failure_tracker.diagnosis.words import begins_with_place, is_frame, is_progress, score
from ci_failure_tracker.text.lazy import lazy

MOST = 200_000
"""Different lines that are remembered. Later ones count as new."""

_TOGETHER = 10
"""Lines on either side in which others of the same form are looked for."""

_MANY = 4
"""So many lines of one form are a list."""

FAR = 2_000
"""Lines in which new ones are looked for from the end of a step, at most."""

_STEP_BEGINS = lazy(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\S{0,12} (##\[group\]Run .*|Post job cleanup\.)")
_STAMP = lazy(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_VARIES = lazy(r"\d(?:[\w.,:+-]{0,100}\w)?|(?<![^\W_])(?=[a-f]{1,40}\d)[0-9a-f]{7,64}(?![^\W_])")
_WORD = lazy(r"[^\W\d_]+[:,]?|\[[^\W\d_]+\]")


class RoutineLines:
    """The lines of a passing run, as hashes of what is left of a line without numbers and identifiers.

    It also knows how long each step took.
    """

    def __init__(self, hashes: frozenset[int] = frozenset(), step_seconds: Mapping[int, int] | None = None) -> None:
        """Take the hashes, and the seconds of each step by the hash of its first line."""
        self._hashes = hashes
        self._step_seconds = step_seconds or {}

    def seconds_of_step(self, first_line: str) -> int | None:
        """How many seconds the step with this first line took; `None` if the passing run has no such step, or two."""
        return self._step_seconds.get(_hashed(first_line)) if self._step_seconds else None

    def __contains__(self, text: str) -> bool:
        """Whether the passing run printed a line like this one. `text` is as `clean` gives it."""
        return bool(self._hashes) and _hashed(text) in self._hashes

    def __len__(self) -> int:
        """How many different lines these are: none if there was no passing run."""
        return len(self._hashes)


NOTHING_ROUTINE = RoutineLines()


def routine_lines(chunks: Iterable[bytes]) -> RoutineLines:
    """Reduce the log of a passing run to what tells its lines from new ones, in bounded memory."""
    hashes: set[int] = set()
    steps = _StepTimes()
    for block in text_blocks(chunks):
        lines = with_escapes(block).decode("utf-8", "replace").split("\n")
        steps.read(lines)
        # The limit bounds the memory. A line beyond it counts as new, so that it is shown rather than hidden.
        if len(hashes) < MOST:
            hashes.update(_hashed(clean(line)) for line in lines)
    return RoutineLines(frozenset(hashes), steps.seconds())


class _StepTimes:
    """When the steps of a log began, as the timestamps of GitHub's log say."""

    def __init__(self) -> None:
        self._begun: list[tuple[int, str]] = []
        self._last = ""

    def read(self, lines: Sequence[str]) -> None:
        """Take the next lines of the log."""
        stamps = (stamp[0] for line in reversed(lines) if (stamp := _STAMP.match(line)))
        self._last = next(stamps, self._last)
        for line in lines:
            may_begin = "##[group]Run " in line or "Post job cleanup." in line
            if may_begin and (begun := _STEP_BEGINS.match(line.removeprefix("\ufeff"))):
                self._begun.append((_hashed(clean(line)), begun[1]))

    def seconds(self) -> Mapping[int, int]:
        """The seconds of each step by the hash of its first line, without the steps whose first line occurs twice.

        A step of no time is left out, too: the clock may have gone back.
        """
        firsts = [first for first, _ in self._begun]
        times = [_moment(at) for at in (*(at for _, at in self._begun), self._last)]
        seconds = (int((end - start).total_seconds()) if start and end else 0 for start, end in pairwise(times))
        # Two steps with one first line cannot be told apart, and one of them may be the fast one.
        return {
            first: took for first, took in zip(firsts, seconds, strict=False) if took > 0 and firsts.count(first) == 1
        }


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:  # a program may print what is no time
        return None


def _hashed(text: str) -> int:
    return int.from_bytes(blake2b(_masked(text).encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _masked(text: str) -> str:
    """A line without what differs between two passing runs. A count of zero stays: it is not like another count."""
    return _VARIES.sub(lambda found: "0" if found[0] == "0" else "1", " ".join(text.split()))


class Routine:
    """Which lines of a log are routine."""

    def __init__(self, log: Log, passing: RoutineLines = NOTHING_ROUTINE) -> None:
        """Take the log, and what a passing run printed."""
        self.log = log
        self._passing = passing
        self._known: dict[int, bool] = {}
        self._passed: dict[int, bool] = {}

    def is_routine(self, number: int) -> bool:
        """Whether a line tells nothing about the failure."""
        if number not in self._known:
            self._known[number] = self.passed(number) or is_progress(self.log[number]) or self._is_listed(number)
        return self._known[number]

    def count_new(self, first: int, last: int, most: int) -> int:
        """How many lines from `first` to `last` no passing run printed; counting ends at `most`."""
        if not self._passing:
            return min(last - first + 1, most)
        new = (number for number in range(first, min(last, first + FAR) + 1) if not self.passed(number))
        return sum(1 for _ in islice(new, most))

    def passed(self, number: int) -> bool:
        """Whether a passing run printed a line like this one."""
        if not self._passing:
            return False
        if number not in self._passed:
            self._passed[number] = self.log[number] in self._passing
        return self._passed[number]

    def _is_listed(self, number: int) -> bool:
        text = self.log[number]
        if begins_with_place(text) or is_frame(text) or score(self.log.raw(number), text) > 0:
            return False
        form = _form(text)
        # Lists are recognised by their neighbours alone, so that this works without a passing run, too.
        near = range(max(1, number - _TOGETHER), number + _TOGETHER + 1)
        return bool(form) and sum(_form(self.log[place]) == form for place in near) >= _MANY


def _form(text: str) -> tuple[str, ...]:
    """The first words of a line, without what is no word. It is empty if there is no word at the beginning."""
    words = text.split(maxsplit=3)[:3]
    form = tuple(word.lower() if _WORD.fullmatch(word) else "" for word in words)
    return form if any(form[:2]) and len(words) > 1 else ()
