"""An issue remembers the facts of the failure that it shows, and the lines around it."""

from __future__ import annotations

import dataclasses
import json

from builders import a_diagnosis, a_run, a_state, an_issue, red, some_settings
from ci_failure_tracker.issues.marker import LIMIT, read_tracked, write_marker
from ci_failure_tracker.issues.state_codec import read_state, state_as_json
from ci_failure_tracker.model import Evidence, ExcerptLine, Failure, FailureKind, JobDiagnosis, LineRange, State
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.observations import with_diagnoses
from ci_failure_tracker.tracking.state_update import fit, updated_state


def a_failure(**given: object) -> Failure:
    known: dict[str, object] = {
        "tool": "pytest",
        "kind": FailureKind.TEST,
        "subject": "tests/test_pears.py::test_ripe",
        "location": "src/pears.py:12",
        "message": "assert 3 == 4",
        "lines": (LineRange(7, 8),),
    }
    return Failure(**{**known, **given})  # type: ignore[arg-type]


def state_with(failure: Failure, context: tuple[ExcerptLine, ...] = ()) -> State:
    seen = red(a_run(1))
    found = dataclasses.replace(a_diagnosis(), failures=(failure,), context=context)
    diagnosis = JobDiagnosis(seen.job_id or 0, found.signature, found.headline, found.outcome, diagnosis=found)
    (history,) = read_histories(with_diagnoses([seen], [diagnosis]), some_settings())
    return updated_state(None, history)


def evidence_of(state: State) -> Evidence:
    assert state.evidence is not None
    return state.evidence


def test_the_facts_and_the_context_are_read_back_from_the_marker() -> None:
    state = state_with(a_failure(), (ExcerptLine(5, "collected 3 items"),))
    tracked = read_tracked(an_issue(body=write_marker(state)))
    assert tracked is not None
    assert tracked.state == state
    evidence = evidence_of(state)
    assert (evidence.tool, evidence.kind, evidence.subject) == (
        "pytest",
        FailureKind.TEST,
        "tests/test_pears.py::test_ripe",
    )
    assert evidence.location == "src/pears.py:12"
    assert evidence.context == (ExcerptLine(5, "collected 3 items"),)


def test_a_marker_without_facts_is_read_as_before() -> None:
    data = state_as_json(state_with(a_failure()))
    for key in ("tool", "kind", "subject", "place"):
        del data["evidence"][key]
    evidence = evidence_of(read_state(json.dumps(data)))
    assert (evidence.tool, evidence.subject, evidence.kind) == ("", "", FailureKind.UNKNOWN)


def test_a_kind_of_a_newer_version_is_unknown() -> None:
    data = state_as_json(state_with(a_failure()))
    data["evidence"]["kind"] = "cosmic_ray"
    assert evidence_of(read_state(json.dumps(data))).kind is FailureKind.UNKNOWN


def test_a_long_subject_loses_its_middle() -> None:
    subject = evidence_of(state_with(a_failure(subject="a" * 300 + "::test_end"))).subject
    assert len(subject) == 200
    assert subject.endswith("::test_end")


def test_the_context_goes_before_anything_else_and_its_farthest_lines_first() -> None:
    context = tuple(ExcerptLine(number, f"{number} " + "x" * 95) for number in range(20, 60))
    state = a_state()
    for size in (1, 40, 80):
        filler = tuple(ExcerptLine(number, "y" * 100) for number in range(1, 1 + size))
        evidence = dataclasses.replace(evidence_of(state_with(a_failure())), lines=filler, context=context)
        fitted = fit(dataclasses.replace(state, evidence=evidence))
        kept = [line.number for line in evidence_of(fitted).context]
        assert len(write_marker(fitted).encode()) <= LIMIT
        assert kept == sorted(kept)
        if size == 1:
            assert kept == [*range(20, 20 + len(kept))]
            assert len(kept) > 10
        elif size == 80:
            assert kept == []
            assert evidence_of(fitted).lines
