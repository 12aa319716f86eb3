"""Reading one mapping of a scenario: typed, and with errors that say where and how to mend it."""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

_SPAN = re.compile(r"(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?")


class ScenarioError(ValueError):
    """A scenario that does not say what it means."""


class Fields:
    """The entries of one mapping. Each is asked for by name; `done()` refuses what nobody asked for."""

    def __init__(self, value: object, where: str) -> None:
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise ScenarioError(f"{where}: a mapping is wanted here, not {value!r}")
        self.where = where
        self._entries: dict[str, object] = {str(key): entry for key, entry in value.items()}
        self._asked: list[str] = []

    def __contains__(self, key: str) -> bool:
        return self._entries.get(key) is not None

    def raw(self, key: str) -> object:
        """The entry as it was written, or None."""
        self._asked.append(key)
        return self._entries.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if value is None:
            raise self.error(key, "is missing")
        if not isinstance(value, str):
            raise self.error(key, f"must be a text, not {value!r} (quote it)")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text, or None."""
        return None if self.raw(key) is None else self.text(key)

    def number(self, key: str, default: int) -> int:
        """A whole number."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(key, f"must be a whole number, not {value!r}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(key, f"must be true or false, not {value!r}")
        return value

    def choice(self, key: str, options: Sequence[str], default: str) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value not in options:
            raise self.error(key, f"must be one of {', '.join(options)}, not {value!r}")
        return value

    def moment(self, key: str, default: datetime, now: datetime) -> datetime:
        """A point in time: `2026-11-20T09:00:00Z`, a date, or `3h ago`."""
        value = self.raw(key)
        if value is None:
            return default
        found = _moment(value, now)
        if found is None:
            raise self.error(key, f"must be a time such as 2026-11-20T09:00:00Z or '3h ago', not {value!r}")
        return found

    def span(self, key: str, default: timedelta) -> timedelta:
        """A length of time: `45s`, `6m`, `1h5m`, or seconds."""
        value = self.raw(key)
        if value is None:
            return default
        found = _span(value)
        if found is None:
            raise self.error(key, f"must be a length of time such as 45s, 6m or 1h5m, not {value!r}")
        return found

    def entries(self, key: str) -> list[object]:
        """A list; nothing is an empty one."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(key, f"must be a list, not {value!r}")
        return value

    def mappings(self, key: str) -> list["Fields"]:
        """A list of mappings."""
        return [Fields(entry, f"{self.where}.{key}[{index}]") for index, entry in enumerate(self.entries(key))]

    def names(self, key: str) -> list[str]:
        """A list of texts."""
        found = self.entries(key)
        wrong = [entry for entry in found if not isinstance(entry, str)]
        if wrong:
            raise self.error(key, f"must be a list of texts; quote {wrong[0]!r}")
        return [str(entry) for entry in found]

    def inner(self, key: str) -> "Fields":
        """A mapping in the mapping; nothing is an empty one."""
        return Fields(self.raw(key), f"{self.where}.{key}")

    def without(self, *keys: str) -> "Fields":
        """The same mapping without some entries, of which nothing was asked yet."""
        return Fields({key: entry for key, entry in self._entries.items() if key not in keys}, self.where)

    def items(self) -> list[tuple[str, object]]:
        """Every entry, for a mapping whose keys are names."""
        self._asked.extend(self._entries)
        return list(self._entries.items())

    def done(self) -> None:
        """Refuse the keys nobody asked for, with the nearest name that means something."""
        for key in self._entries:
            if key not in self._asked:
                raise ScenarioError(f"{self.where}: unknown key {key!r}{nearest(key, self._asked)}")

    def error(self, key: str, problem: str) -> ScenarioError:
        """The error for one entry."""
        return ScenarioError(f"{self.where}.{key}: {problem}")


def nearest(word: str, known: Sequence[str]) -> str:
    """A hint at the end of an error: the likeliest name, or all there are."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(sorted(set(known)))}" if known else ""


def _span(value: object) -> timedelta | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return timedelta(seconds=value)
    found = _SPAN.fullmatch(value) if isinstance(value, str) and value else None
    if found is None:
        return None
    return timedelta(**{unit: int(amount) for unit, amount in found.groupdict(default="0").items()})


def _moment(value: object, now: datetime) -> datetime | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    if not isinstance(value, str):
        return None
    if value.endswith(" ago"):
        span = _span(value.removesuffix(" ago").replace(" ", ""))
        return None if span is None else now - span
    return _written_moment(value)


def _written_moment(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
