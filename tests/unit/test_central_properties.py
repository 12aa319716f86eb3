"""Whatever happens in several repositories, a sweep of all of them knows what a sweep of each would know."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import some_settings
from central import House, assertion, outage, sweep_alone
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.issues.state_codec import state_as_json
from ci_failure_tracker.model import Issue, State

JOBS = ("lint", "test")
NAMES = ("assam", "ceylon", "oolong")
_SIGNATURE = re.compile(r"v2:[0-9a-f]{16}")
_LEFT_OUT = ("id", "reach", "open", "back", "watched", "titled", "failures", "kinds")
"""What says how a sweep read, and what holds a hash of names or is in the order of hashes."""

a_run_of_jobs = st.lists(st.sampled_from(["", "", "first", "second", "outage"]), min_size=2, max_size=2)
steps = st.lists(st.lists(st.lists(a_run_of_jobs, max_size=3), min_size=3, max_size=3), min_size=1, max_size=4)


def log_of(name: str, job: str, what: str) -> str:
    """No two jobs fail of one cause."""
    if not what:
        return ""
    if what == "outage":
        return outage(f"{job}.{name}.example")
    return assertion(f"tests/test_{name}_{job}.py::test_{what}", f"AssertionError: assert {what}")


def known(name: str, state: State) -> str:
    """What an issue remembers, without what differs if it is in another repository."""
    data = {key: value for key, value in state_as_json(state).items() if key not in _LEFT_OUT}
    text = json.dumps(data, sort_keys=True).replace(f"tea-house/{name}: ", "")
    text = re.sub(rf', "repository": "tea-house/{name}"|"repository": "tea-house/{name}", ', "", text)
    return _SIGNATURE.sub("v2", text.replace(f', "tea-house/{name}"]', "]"))


def kept(name: str, issues: dict[int, Issue], *, central: bool) -> list[tuple[bool, str | None, str]]:
    found = []
    for issue in issues.values():
        tracked = read_tracked(issue)
        assert tracked is not None
        assert tracked.state is not None, tracked.defect
        if not central or tracked.state.latest.repository == f"tea-house/{name}":
            found.append((issue.open, issue.state_reason, known(name, tracked.state)))
    return sorted(found, key=str)


@given(steps, st.sampled_from(["1", "2"]))
@settings(max_examples=6)
def test_what_one_sweep_of_all_tracks_is_what_a_sweep_of_each_tracks(
    happens: list[list[list[list[str]]]], close_after: str
) -> None:
    house = House(settings=some_settings(close_after=close_after, max_new_issues="100"))
    made = [house.add(name) for name in NAMES]
    alone: dict[str, dict[int, Issue]] = {name: {} for name in NAMES}
    for step in happens:
        for one, name, runs in zip(made, NAMES, step, strict=True):
            of_step = [{job: log_of(name, job, what) for job, what in zip(JOBS, run, strict=True)} for run in runs]
            house.happens(one, *of_step)
        at = house.now
        house.sweep(at)
        for one, name in zip(made, NAMES, strict=True):
            sweep_alone(house, one, alone[name], at)
    for name in NAMES:
        assert kept(name, house.issues, central=True) == kept(name, alone[name], central=False)
    before = dict(house.issues)
    house.sweep(house.now + timedelta(minutes=5))
    assert house.issues == before
