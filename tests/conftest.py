"""What all levels share: properties meet the same examples each time, unless HYPOTHESIS_PROFILE is `random`."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import settings

from builders import HURRIED
from ci_failure_tracker.entry import action, cli
from ci_failure_tracker.entry import setup as surroundings
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.model.secret import Secret
from sandbox import Sandbox, Server

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not in what was collected: that is a tenth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _on_no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command prints as it does on a terminal, also if a runner runs the tests."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an edge runs within the test, nobody waits a second between writes."""

    def hurried(token: Secret, endpoints: Endpoints, max_requests: int, parallel: int) -> MeteredRequester:
        return connect(token, endpoints, HURRIED, max_requests, parallel)

    monkeypatch.setattr(surroundings, "connect", hurried)


@pytest.fixture(autouse=True)
def _not_long_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """The history of a local GitHub has fixed dates. For the edges it is always 60 days ago, and so not retired."""
    served: list[Sandbox] = []
    serve = Sandbox.serve

    @contextmanager
    def noted(box: Sandbox, *given: object, **options: object) -> Iterator[Server]:
        served.append(box)
        with serve(box, *given, **options) as server:  # type: ignore[arg-type]  # as the caller gives them
            yield server

    def now() -> datetime:
        ends = [run.last.updated_at for box in served[-1:] for run in box.state.runs]
        return max(ends) + timedelta(days=60) if ends else surroundings.now()

    monkeypatch.setattr(Sandbox, "serve", noted)
    for edge in (action, cli):
        monkeypatch.setattr(edge, "now", now)
