"""What all levels share: properties meet the same examples each time, unless HYPOTHESIS_PROFILE is `random`."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from builders import HURRIED
from ci_failure_tracker.entry import setup as surroundings
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.model.secret import Secret

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(autouse=True)
def _on_no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command prints as it does on a terminal, also if a runner runs the tests."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an edge runs within the test, nobody waits a second between writes."""

    def hurried(token: Secret, endpoints: Endpoints, max_requests: int) -> MeteredRequester:
        return connect(token, endpoints, HURRIED, max_requests)

    monkeypatch.setattr(surroundings, "connect", hurried)
