"""The steps in a log, as the CI service marks them, and the steps in which the job failed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ci_failure_tracker.diagnosis.keywords import STRUCTURE
from ci_failure_tracker.diagnosis.log import Log, depth
from ci_failure_tracker.text.lazy import lazy

if TYPE_CHECKING:
    from ci_failure_tracker.model import Step

_LONGEST_HEADER = 200
"""Lines of a header at most. It shows command, shell and environment, from `##[group]Run` to `##[endgroup]`."""

_LONGEST_COMMAND = 12
"""Lines of a header at most that show what ran."""

_LONGEST_SETUP = 100
"""Lines that the runner prints about itself at the beginning, at most."""

_SETTING = lazy(r"shell: |env:$|##\[endgroup\]")
_TRAVIS_COMMAND = lazy(r'The command ".{0,1800}" (?:failed and )?exited with (\d+)')
_AFTER = lazy(
    r"(?:Post job cleanup\.|Cleaning up orphan processes|Print service container logs: |Stop and remove container: )"
)
_MARK = lazy(r"##\[(?:group|endgroup|section)\]|travis_(?:fold|time):")
_TIMESTAMP = lazy(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of a step, `start` and `end` included. `body` is the first line after its header.

    `failed` is true if it ends like a failed step.
    """

    start: int
    body: int
    end: int
    failed: bool = False


def command_lines(log: Log, step: Section) -> range:
    """The lines of a step's header that show what ran and its inputs, without shell and environment."""
    end = min(step.body, step.start + _LONGEST_COMMAND)
    return range(step.start, next((place for place in range(step.start, end) if _SETTING.match(log[place])), end))


def job_name(log: Log) -> Iterator[int]:
    """The line in which the runner of GitHub names the job, if the log begins with the runner's own lines."""
    numbers = range(log.first, log.first + _LONGEST_SETUP - 1)
    return (number for number in numbers if log[number].startswith("Complete job name: "))


def is_mark(text: str) -> bool:
    """Whether a line only divides the log. Nobody needs to see it."""
    return _MARK.match(text) is not None


def last_indented(log: Log, first: int, last: int, indentation: int) -> int:
    """The last of the lines from `first` on that are indented more, without a gap; `first - 1` if there is none."""
    for number in range(first, last + 1):
        if not log[number] or is_mark(log[number]) or depth(log[number]) <= indentation:
            return number - 1
    return max(last, first - 1)


def sections(log: Log) -> tuple[Section, ...]:
    """The steps of a log in order. A log without marks is one step."""
    marks = [(number, log[number]) for number in log.marked(STRUCTURE)]
    # Any text can contain `travis_`, so the marks of GitHub are looked for first.
    if any(text.startswith("##[") for _, text in marks):
        return tuple(_of_actions(log, marks))
    if any("travis_" in log.raw(number) for number, _ in marks):
        return tuple(_of_travis(log, marks))
    return (whole_log(log, failed=True),)


def _of_actions(log: Log, marks: Iterable[tuple[int, str]]) -> Iterator[Section]:
    starts, header_ends, errors = [log.first], {log.first: log.first}, []
    in_header = False
    for number, text in marks:
        if text.startswith("##[group]Run ") or _AFTER.match(text):
            in_header = text.startswith("##[")
            starts.append(number)
            header_ends[number] = number + 1
        elif text.startswith("##[endgroup]") and in_header and number - starts[-1] < _LONGEST_HEADER:
            header_ends[starts[-1]] = number + 1
            in_header = False
        elif text.startswith("##[error]"):
            errors.append(number)
    for start, following in zip(starts, [*starts[1:], log.last + 1], strict=True):
        place = bisect_left(errors, following)
        last = errors[place - 1] if place else 0
        # An error in the middle of a step is an annotation of a tool. The runner writes its own one at the end.
        failed = last >= start and _is_last(log, last, following)
        yield Section(start, header_ends[start], following - 1, failed)


def _is_last(log: Log, error: int, following: int) -> bool:
    """Whether only empty lines and marks are between an error and the next step."""
    rest = (log[number] for number in range(error + 1, min(following, error + _LONGEST_HEADER)))
    return all(not text or text.startswith("##[") for text in rest)


def _of_travis(log: Log, marks: Iterable[tuple[int, str]]) -> Iterator[Section]:
    """Every timed command with the line after it that tells how it ended. An untimed command has this line too."""
    start, end = log.first, 0
    for number, text in marks:
        raw = log.raw(number)
        command = _TRAVIS_COMMAND.match(text)
        if command or "travis_time:start" in raw:
            if command or end:
                yield Section(start, start, number if command else end, bool(command and command[1] != "0"))
            start, end = number + 1, 0
        elif "travis_time:end" in raw:
            end = number
    yield Section(start, start, log.last)


def failing_sections(log: Log, parts: tuple[Section, ...], step: Step | None = None) -> tuple[Section, ...]:
    """The steps to look at: the step that failed according to GitHub, or the steps that end like a failed one.

    If neither is known, these are all steps that contain an error, or the whole log.
    """
    in_time = _in_time(log, parts, step)
    failed = tuple(part for part in in_time or parts if part.failed)
    # Each next choice looks at more lines and so risks more noise.
    return failed or in_time or _with_errors(log, parts) or (whole_log(log),)


def whole_log(log: Log, *, failed: bool = False) -> Section:
    """All lines of a log as one step."""
    return Section(log.first, log.first, log.last, failed)


def _with_errors(log: Log, parts: Iterable[Section]) -> tuple[Section, ...]:
    errors = _errors(log)
    return tuple(part for part in parts if bisect_left(errors, part.start) < bisect_right(errors, part.end))


def has_errors(log: Log) -> bool:
    """Whether the runner wrote an error into the log, as it does in the log of each job that failed."""
    return bool(_errors(log))


def _errors(log: Log) -> list[int]:
    return [number for number in log.marked(STRUCTURE) if log[number].startswith("##[error]")]


def _in_time(log: Log, parts: Iterable[Section], step: Step | None) -> tuple[Section, ...]:
    """The sections that started while the step ran. The step of a composite action has several."""
    if not (step and step.started_at and step.completed_at):
        return ()
    first, last = (moment.strftime("%Y-%m-%dT%H:%M:%S") for moment in (step.started_at, step.completed_at))
    # What stands before the first step is the runner's own, whatever its time.
    found = [(_moment(log, part.start), part) for part in parts if part.start > log.first]
    found = [(moment, part) for moment, part in found if first <= moment <= last]
    # The next step can start in the second in which this one ends.
    sure = tuple(part for moment, part in found if moment < last or moment == first)
    return sure if any(part.failed for part in sure) else tuple(part for _, part in found)


def _moment(log: Log, number: int) -> str:
    match = _TIMESTAMP.match(log.raw(number).removeprefix("\ufeff"))
    return match[1] if match else ""
