"""Reads the file with the log patterns of a user."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ci_failure_tracker.diagnosis.examples import mistake_in_example
from ci_failure_tracker.diagnosis.keywords import use_patterns
from ci_failure_tracker.diagnosis.log_pattern import LogPattern
from ci_failure_tracker.diagnosis.patterns import all_patterns
from ci_failure_tracker.diagnosis.user_patterns import parse_patterns
from ci_failure_tracker.errors import SettingsError

_LONGEST = 500_000
"""Bytes of the file."""


def read_patterns(given: str, folder: Path) -> tuple[tuple[LogPattern, ...], str]:
    """The patterns of the file with this path, which may be relative to the folder, and its text.

    Raises:
        SettingsError: it holds every mistake.
    """
    try:
        with (folder / given).open("rb") as file:
            # One byte more than allowed shows that the file is too long, without reading all of it.
            data = file.read(_LONGEST + 1)
        # Windows editors write a byte-order mark and CRLF.
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise SettingsError([f"{given} is not text in UTF-8. Save it as UTF-8."]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise SettingsError(
            [
                f"The file of patterns {given!r} cannot be read ({reason}). "
                "In a workflow it is relative to the workspace, which `actions/checkout` fills."
            ]
        ) from None
    if len(data) > _LONGEST:
        raise SettingsError([f"{given} is longer than {_LONGEST:,} bytes. Leave the patterns that you need."])
    return parse_patterns(given, text), text


def check_patterns(given: str, folder: Path) -> tuple[LogPattern, ...]:
    """The patterns of the file, if each finds what its example marks.

    Raises:
        SettingsError: it holds every mistake.
    """
    patterns, _ = read_patterns(given, folder)
    # An example is tested with all patterns in use, because another one may match its line first.
    use_patterns(patterns)
    times = Counter(pattern.name for pattern in all_patterns())
    mistakes = []
    for pattern in patterns:
        who = f"{given}, pattern `{pattern.name}`"
        if times[pattern.name] > 1:
            mistakes.append(f"{who}: `name` is that of a built-in pattern. Choose another.")
        elif pattern.example and (mistake := mistake_in_example(pattern)):
            mistakes.append(f"{who}: `example`: {mistake}")
    if mistakes:
        raise SettingsError(mistakes)
    return patterns
