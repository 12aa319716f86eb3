"""What an issue remembers after another one was merged into it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from builders import START, a_state, an_issue
from ci_failure_tracker.issues.marker import read_tracked, write_marker
from ci_failure_tracker.model import (
    BranchStatus,
    Cause,
    FailedLeg,
    Identity,
    IdentityKind,
    LegCount,
    Merged,
    Occurrence,
    RedLeg,
    RunRef,
    SplitCause,
    State,
)
from ci_failure_tracker.tracking.corrections import own_workflow_ids, without_ended
from ci_failure_tracker.tracking.merged_state import merge_states
from ci_failure_tracker.tracking.state_update import fit

BUILD = Identity("b" * 32, "CI", "build")
LINT = Identity("1" * 32, "CI", "lint")
NIGHT = Identity("2" * 32, "Nightly", "build")


def state(identity: Identity, *runs: int, workflow_id: int = 1, red: bool = True, leg: str = "") -> State:
    """An issue whose job failed in these runs."""
    first = a_state(identity)
    past = tuple(_past(first.latest, run, leg) for run in runs)
    newest = RunRef(runs[-1], runs[-1], "c" * 40, past[-1].started_at)
    legs = (RedLeg(leg, "push", runs[-1], 1, newest.at),) if red else ()
    recent = tuple((run, False) for run in runs)
    return dataclasses.replace(
        first,
        count=len(runs),
        occurrences=past,
        legs=(LegCount(leg, len(runs), past[-1].ended_at),),
        branch_statuses=(BranchStatus(workflow_id, "main", "", legs, newest, recent=recent),),
        causes=(Cause(f"v2:{identity.job}", f"{identity.job} broke", len(runs), START, past[-1].ended_at),),
        evidence=None,
    )


def _past(like: Occurrence, run: int, leg: str) -> Occurrence:
    at = START + timedelta(hours=run)
    return dataclasses.replace(
        like, run_id=run, number=run, started_at=at, ended_at=at, legs=(FailedLeg(leg, run * 10, None),)
    )


def test_what_fails_in_either_fails_in_both_together() -> None:
    merged = merge_states(state(BUILD, 1, red=False), state(LINT, 2, leg="3.12"))
    (status,) = merged.branch_statuses
    assert [leg.leg for leg in status.red] == ["CI / lint (3.12)"]
    assert status.last_red.run_id == 2
    assert status.recent == ((1, False), (2, False))
    assert [count.leg for count in merged.legs] == ["", "CI / lint (3.12)"]


def test_a_run_in_which_both_failed_counts_once() -> None:
    merged = merge_states(state(BUILD, 1, 2), state(LINT, 2, 3))
    assert merged.count == 3
    assert [past.run_id for past in merged.occurrences] == [1, 2, 3]
    assert [leg.leg for leg in merged.occurrences[1].legs] == ["", "CI / lint"]
    assert {cause.headline for cause in merged.causes} == {"build broke", "lint broke"}


def test_a_run_is_a_pass_only_if_it_is_one_for_both() -> None:
    passing = dataclasses.replace(state(BUILD, 1).branch_statuses[0], recent=((1, False), (2, True)), red=())
    merged = merge_states(dataclasses.replace(state(BUILD, 1), branch_statuses=(passing,)), state(LINT, 2))
    assert merged.branch_statuses[0].recent == ((1, False), (2, False))


def test_workflows_of_another_issue_are_not_its_own() -> None:
    merged = merge_states(state(BUILD, 1), state(NIGHT, 2, workflow_id=2))
    merged = dataclasses.replace(merged, merged=(Merged(7, NIGHT, workflows=(2,)),))
    assert {status.workflow_id for status in merged.branch_statuses} == {1, 2}
    assert own_workflow_ids(merged) == {1}


def test_what_was_merged_before_keeps_its_names() -> None:
    lint = merge_states(state(LINT, 1), state(NIGHT, 2, workflow_id=2))
    lint = dataclasses.replace(lint, merged=(Merged(7, NIGHT, workflows=(2,)),))
    merged = merge_states(state(BUILD, 3), lint)
    assert [count.leg for count in merged.legs] == ["", "CI / lint", "Nightly / build"]


def test_an_ended_merge_is_kept_as_long_as_something_of_it_fails() -> None:
    ended, on = Merged(7, LINT, on=False), Merged(8, NIGHT)
    failing = dataclasses.replace(merge_states(state(BUILD, 1), state(LINT, 2)), merged=(ended, on))
    assert without_ended(failing, failing.merged) == failing
    passing = dataclasses.replace(state(BUILD, 1), merged=(ended, on))
    assert without_ended(passing, passing.merged).merged == (on,)


def test_the_longest_names_leave_nothing_out_of_what_was_merged() -> None:
    long = Identity("4" * 32, "界" * 100, "界" * 100)
    entries = tuple(Merged(number, long) for number in range(4))
    causes = tuple(Cause(f"v2:{number}", "界" * 200, 1, START, START) for number in range(10))
    full = dataclasses.replace(state(long, 1, 2), merged=entries, split=(SplitCause("0badc0de", "界" * 80),) * 3)
    fitted = fit(dataclasses.replace(full, causes=causes, present_job="界" * 100))
    assert (fitted.merged, fitted.split) == (full.merged, full.split)
    assert fit(fitted) == fitted


def test_the_marker_holds_what_was_merged_and_split() -> None:
    cause = Identity("3" * 32, "CI", "a, b", "v2:x", IdentityKind.CAUSE)
    entries = (Merged(7, LINT, on=False), Merged(8, NIGHT, workflows=(2, 3)), Merged(9, cause, causes=("0badc0de",)))
    written = dataclasses.replace(state(BUILD, 1), merged=entries, split=(SplitCause("0badc0de", "no <wind> @ada"),))
    tracked = read_tracked(an_issue(body=write_marker(written)))
    assert tracked is not None
    assert tracked.state == written
    assert '"merged"' not in write_marker(state(BUILD, 1))
