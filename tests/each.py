"""One test for many small values, which take longer to report one by one than to try."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

_T = TypeVar("_T")


def each(values: Iterable[_T], label: Callable[[_T], str]) -> Callable[[Callable[[_T], None]], Callable[[], None]]:
    """Try a test with all values; it fails with the labels of those for which it does, and why."""

    def decorate(test: Callable[[_T], None]) -> Callable[[], None]:
        def try_all() -> None:
            failed: dict[str, str] = {}
            for value in values:
                try:
                    test(value)
                except AssertionError as error:
                    failed[label(value)] = str(error)
            # pytest explains only the asserts of test modules.
            assert not failed, "\n".join(f"{name}: {why}" for name, why in failed.items())

        try_all.__name__, try_all.__doc__ = test.__name__, test.__doc__
        return try_all

    return decorate
