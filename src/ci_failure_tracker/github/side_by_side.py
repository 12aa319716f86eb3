"""Reads that do not wait for one another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Thread
from typing import TypeVar, overload

from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.github.retry import Budget

AT_ONCE = 4
"""Requests at the same time. GitHub allows 100 and asks for few ("Best practices for using the REST API")."""

_T = TypeVar("_T")
_A = TypeVar("_A")
_B = TypeVar("_B")
_C = TypeVar("_C")
_Given = TypeVar("_Given")


def side_by_side(tasks: Sequence[Callable[[], _T]]) -> Iterator[_T]:
    """The results of tasks in their order, whichever ends first; four of them run at the same time.

    If a task raises an error, that is raised here when it is its turn, and no other task begins. The threads are
    daemons: a program that is stopped does not wait for an answer.
    """
    futures = [Future[_T]() for _ in tasks]
    waiting = deque(zip(tasks, futures, strict=True))
    # Not an executor of the standard library: its threads keep a program from ending while they wait for GitHub.
    threads = [Thread(target=_work, args=(waiting,), daemon=True) for _ in tasks[:AT_ONCE]]
    for thread in threads:
        thread.start()
    try:
        for future in futures:
            yield future.result()
    except Exception:
        waiting.clear()
        for thread in threads:
            thread.join()  # what was begun is counted before the sweep goes on
        raise
    finally:
        waiting.clear()


def _work(waiting: deque[tuple[Callable[[], _T], Future[_T]]]) -> None:
    while True:
        try:
            task, future = waiting.popleft()
        except IndexError:
            return
        try:
            future.set_result(task())
        except BaseException as error:  # it belongs to the thread that asks for the result
            future.set_exception(error)


@overload
def together(first: Callable[[], _A], second: Callable[[], _B], /) -> tuple[_A, _B]: ...
@overload
def together(first: Callable[[], _A], second: Callable[[], _B], third: Callable[[], _C], /) -> tuple[_A, _B, _C]: ...
def together(*tasks: Callable[[], object]) -> tuple[object, ...]:
    """The results of a few tasks that run side by side."""
    return tuple(side_by_side(tasks))


def each_of(
    given: Sequence[_Given], read: Callable[[_Given], _T], budget: Budget, kept: float
) -> Iterator[tuple[_Given, _T | TrackerError]]:
    """What reading each of these gives, in their order: the result, or the error.

    They are read in groups of four, each as a whole. So whoever stops to iterate after an error has sent few requests
    more, and it is known before a group whether the budget is enough for it. If it is not, the last error says so.
    """
    for place in range(0, len(given), AT_ONCE):
        group = given[place : place + AT_ONCE]
        # Reserved before the threads start, so that no two of them count on the same last request.
        room = budget.reserve(len(group), kept)
        results = list(side_by_side([or_error(partial(read, one)) for one in group[:room]]))
        yield from zip(group[:room], results, strict=True)
        if room < len(group):
            yield group[room], budget.spent_error()
            return


def or_error(task: Callable[[], _T]) -> Callable[[], _T | TrackerError]:
    """The task with its error as a result."""

    def attempt() -> _T | TrackerError:
        try:
            return task()
        except TrackerError as error:
            return error

    return attempt
