"""Texts of inputs read as values. Each parser raises `BadValueError`, which says what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from ci_failure_tracker.errors import BadValueError
from ci_failure_tracker.model import Outcome
from ci_failure_tracker.model.secret import Secret

COUNTABLE = (
    Outcome.FAILURE,
    Outcome.CANCELLED,
    Outcome.TIMED_OUT,
    Outcome.ACTION_REQUIRED,
    Outcome.STARTUP_FAILURE,
)
"""The outcomes that `conclusions` may name."""

TITLE_FIELDS = ("workflow", "job", "subject", "kind", "headline")
"""The fields that `title` may hold."""

_LONGEST_LABEL = 50
"""GitHub's limit of a label's name."""

# Ten years with their leap days.
_LONGEST = timedelta(days=3653)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Since:
    """A bound in time: a span back from now, a moment, or none."""

    ago: timedelta | None = None
    moment: datetime | None = None

    def start(self, now: datetime) -> datetime | None:
        """The moment before which no run is looked at, in UTC."""
        return (now - self.ago) if self.ago is not None else self.moment

    def __str__(self) -> str:
        if self.ago is not None:
            return f"{self.ago.days} days and {self.ago.seconds // 3600} hours ago"
        return self.moment.strftime("%Y-%m-%d %H:%M UTC") if self.moment else ""


def listed(text: str) -> tuple[str, ...]:
    """The parts of a text that commas or line ends separate, each once."""
    parts = (part.strip() for line in text.splitlines() for part in line.split(","))
    # A dict keeps the order: the first label has a meaning.
    return tuple(dict.fromkeys(part for part in parts if part))


def count(least: int, most: int | None = None) -> Callable[[str], int]:
    """A parser of whole numbers between two bounds."""
    bounds = f"from {least} to {most:,}" if most is not None else f"of {least} or more"

    def parse(text: str) -> int:
        # `int` refuses thousands of digits with an error of its own.
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise BadValueError(f"is {text!r}, which is not a whole number; give one {bounds}")
        number = int(text)
        if number < least or (most is not None and number > most):
            raise BadValueError(f"is {number}; give a number {bounds}")
        return number

    return parse


@dataclass(frozen=True, slots=True)
class Choice:
    """A parser of the values of an enumeration, in upper or lower case."""

    kind: type[StrEnum]

    def __call__(self, text: str) -> StrEnum:
        """The value that a text names."""
        try:
            return self.kind(text.lower())
        except ValueError:
            *others, last = (f"`{item.value}`" for item in self.kind)
            allowed = f"{', '.join(others)} or {last}"
            raise BadValueError(f"is {text!r}; give {allowed}") from None


def flag(text: str) -> bool:
    """`true` or `false`, in upper or lower case."""
    if text.lower() not in {"true", "false"}:
        raise BadValueError(f"is {text!r}; give `true` or `false`")
    return text.lower() == "true"


def repository(text: str) -> str:
    """The full name of a repository."""
    # Accounts of enterprises with managed users end in `_shortcode`.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*(_[A-Za-z0-9]+)?/[A-Za-z0-9._-]+", text, re.ASCII):
        raise BadValueError(f"is {text!r}, which is not of the form owner/name, such as `octo-org/octo-repo`")
    if text.endswith(("/.", "/..")):
        raise BadValueError(f"is {text!r}, which is not the name of a repository")
    return text


def optional_repository(text: str) -> str:
    """The full name of a repository, or nothing."""
    return repository(text) if text else ""


def events(text: str) -> tuple[str, ...]:
    """Names of events."""
    return listed(text.lower())


def conclusions(text: str) -> frozenset[Outcome]:
    """Outcomes that count as failed, at least one."""
    # Nothing to count would find no failure at all, and would say that all is well.
    names = listed(text.lower())
    unknown = [name for name in names if name not in COUNTABLE]
    if unknown or not names:
        wrong = ", ".join(repr(name) for name in unknown) or "nothing"
        raise BadValueError(f"names {wrong}; give one or more of {', '.join(COUNTABLE)}")
    return frozenset(Outcome(name) for name in names)


def duration(text: str) -> timedelta:
    """A span of time, such as `30d`; ten years at most."""
    match = re.fullmatch(r"(\d{1,5})([hdw])", text.lower(), re.ASCII)
    if not match:
        raise BadValueError(f"is {text!r}; give a number and h, d or w, such as `30d`")
    span = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if span > _LONGEST:
        raise BadValueError(f"is {text!r}, which is more than ten years")
    return span


def since(text: str) -> Since:
    """A span back from now, a date, a moment, or nothing."""
    if not text:
        return Since()
    if re.fullmatch(r"\d{1,5}[hdw]", text.lower(), re.ASCII):
        return Since(ago=duration(text))
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            # A date is a day in UTC, as everywhere in the tracker.
            moment = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        else:
            moment = datetime.fromisoformat(text)
        # A time without a zone is in UTC.
        return Since(moment=moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise BadValueError(
            f"is {text!r}; give a span back from now such as `7d`, `12h` or `2w`, or a date such as `2026-03-01`"
        ) from None


def labels(text: str) -> tuple[str, ...]:
    """Names of labels, at least one."""
    names = listed(text)
    if not names:
        raise BadValueError("is empty; the tracker finds its issues by the first label, so give at least one")
    long = [name for name in names if len(name) > _LONGEST_LABEL]
    if long:
        raise BadValueError(f"holds {long[0]!r}, which is longer than the 50 characters GitHub allows")
    return names


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """A line of `owners`: a glob of `workflow/job`, and who owns what matches, with labels for its issue."""

    glob: str
    owners: tuple[str, ...]
    labels: tuple[str, ...]


def owner_lines(text: str) -> tuple[OwnerLine, ...]:
    """Lines such as `CI/test*: @user, @org/team, label:backend`. Empty lines and lines that begin with `#` are none."""
    stripped = ((number, line.strip()) for number, line in enumerate(text.splitlines(), start=1))
    return tuple(_owner_line(number, line) for number, line in stripped if line and not line.startswith("#"))


_OWNER = re.compile(r"@[A-Za-z0-9][A-Za-z0-9_-]{0,60}(?:/[A-Za-z0-9_.-]{1,100})?", re.ASCII)
_LABEL = "label:"


def _owner_line(number: int, line: str) -> OwnerLine:
    """A line. Names may hold colons, so the first colon counts behind which are nothing but owners and labels."""
    # Names of jobs may hold everything, also what looks like an owner. So the rest of the line has to be owners as a
    # whole.
    colons = [place for place, char in enumerate(line) if char == ":"]
    for place in colons:
        glob, parts = line[:place].strip(), listed(line[place + 1 :])
        if glob and parts and all(_OWNER.fullmatch(part) or _is_label(part) for part in parts):
            labels = tuple(part.removeprefix(_LABEL).strip() for part in parts if part.startswith(_LABEL))
            return OwnerLine(glob, tuple(part for part in parts if not part.startswith(_LABEL)), labels)
    raise BadValueError(
        f"has {line[:80]!r} in line {number}; write `workflow/job: @user, @org/team, label:name`, "
        f"with labels of at most {_LONGEST_LABEL} characters"
    )


def _is_label(part: str) -> bool:
    name = part.removeprefix(_LABEL).strip()
    return part.startswith(_LABEL) and 0 < len(name) <= _LONGEST_LABEL


def title(text: str) -> str:
    """The pattern of an issue's title."""
    # A misspelt field would be in the title of every issue until somebody sees it.
    unknown = [name for name in re.findall(r"\{([^{}]*)\}", text) if name not in TITLE_FIELDS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in TITLE_FIELDS)
        raise BadValueError(f"has the unknown field {{{unknown[0]}}}; known are {known}")
    return text


def token(text: str) -> Secret:
    """A token for the API."""
    # A line end in a header would be an error of the HTTP library, which may show the token.
    if not re.fullmatch(r"[!-~]+", text):
        raise BadValueError("holds a space, a line end or another character that no token has; copy it again")
    return Secret(text)
