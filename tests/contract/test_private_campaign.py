"""A private repository and a public one with the issues of all: nothing of the first reaches the second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from ci_failure_tracker.errors import PrivateError
from contract.organisation_scenario import BUOY, DESK, LAMP, MAST, WORDS, Stage, an_organisation, texts_of
from contract.test_fault_campaign import EVERY, FAULTS
from sandbox import Fault

SHARED = 60
"""Of so many requests each fault strikes one in the usual tests."""

LOST = object()
VALUES = {"lost": LOST, "null": None, "a text": "false", "a number": 0}
WHERE = {
    "everywhere": "",
    "the lists": "^/graphql$",
    "the private one": f"^/repos/{MAST}$",
    "the one with the issues": f"^/repos/{DESK}$",
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Until now all issues were in a private repository."""
    site = an_organisation()
    with site.serve() as server:
        yield Stage(site, server, tmp_path_factory.mktemp("reports"), {"issues-repository": DESK})


def make(stage: Stage, name: str, *, private: bool) -> None:
    stage.boxes[name].state.change_repository(private=private)


def is_untouched(stage: Stage) -> bool:
    """Whether nothing was written about the private repository."""
    shown = "\n".join(text for name in (BUOY, LAMP) for text in texts_of(stage.boxes[name]))
    return stage.issues()[MAST] == stage.before[MAST] and WORDS[MAST] not in shown


@pytest.mark.parametrize("fault", FAULTS if EVERY else [*FAULTS][1::5])
def test_nothing_is_written_under_any_fault(stage: Stage, fault: str) -> None:
    start = 5 * [*FAULTS].index(fault)
    cases = range(stage.requests) if EVERY else range(start, stage.requests, SHARED)
    for after in cases:
        stage.clean()
        make(stage, DESK, private=False)
        stage.site.inject(replace(FAULTS[fault], after=after))
        assert stage.look_or_fail() is None
        assert stage.issues() == stage.before, f"{fault} at request {after + 1}"
    print(f"\n{fault}, public issues of a private repository: {len(cases)} cases, 0 written", end="")


@pytest.mark.parametrize(("where", "value"), [*product(WHERE, VALUES)] if EVERY else [*zip(WHERE, VALUES, strict=True)])
def test_nothing_is_written_if_it_is_not_clear_what_is_private(stage: Stage, where: str, value: str) -> None:
    stage.clean()
    make(stage, DESK, private=False)
    change = unclear(VALUES[value])
    stage.site.inject(Fault("malformed", path=WHERE[where], times=None, change=change))
    stage.look_or_fail()
    assert is_untouched(stage)


@pytest.mark.parametrize(("where", "value"), [*product(WHERE, VALUES)] if EVERY else [("everywhere", "lost")])
def test_what_is_not_known_of_the_repository_with_the_issues_counts_as_public(
    stage: Stage, where: str, value: str
) -> None:
    stage.clean()
    stage.site.inject(Fault("malformed", path=WHERE[where], times=None, change=unclear(VALUES[value])))
    report = stage.look_or_fail()
    assert report is None or stage.issues() == stage.expected or is_untouched(stage)
    stage.site.clear_faults()
    stage.look()
    assert stage.issues() == stage.expected


def unclear(value: object) -> Callable[[Any], Any]:
    """Changes each field that says whether a repository is private."""

    def changed(answer: Any) -> Any:
        if isinstance(answer, list):
            return [changed(one) for one in answer]
        if not isinstance(answer, dict):
            return answer
        fields = {name: changed(one) for name, one in answer.items()}
        for name in fields.keys() & {"private", "isPrivate", "visibility"}:
            fields[name] = value
        return {name: one for name, one in fields.items() if one is not LOST}

    return changed


@pytest.mark.parametrize("name", [MAST, DESK])
def test_what_changes_after_the_list_was_read_counts(stage: Stage, name: str) -> None:
    """The private one is made private then, or the one with the issues is made public then."""
    stage.clean()
    make(stage, MAST, private=name != MAST)
    make(stage, DESK, private=name == DESK)
    with pytest.raises(PrivateError):
        stage.look(lambda: make(stage, name, private=name == MAST))
    assert stage.issues() == stage.before


def test_nothing_is_written_if_the_repository_with_the_issues_is_made_public_before_a_person_agrees(
    stage: Stage,
) -> None:
    stage.clean()
    with pytest.raises(PrivateError):
        stage.look(planned=lambda: make(stage, DESK, private=False))
    assert stage.issues() == stage.before


def test_the_error_names_no_private_repository_and_no_report_is_left(stage: Stage) -> None:
    stage.clean()
    make(stage, DESK, private=False)
    before = (stage.folder / "report.json").read_text("utf-8")
    with pytest.raises(PrivateError) as raised:
        stage.look()
    assert MAST not in str(raised.value)
    assert (stage.folder / "report.json").read_text("utf-8") == before


def test_a_single_private_repository_is_refused_as_well(stage: Stage) -> None:
    stage.clean()
    make(stage, DESK, private=False)
    alone = {"repository": MAST, "repositories": "", "exclude-repositories": "", "last-report": ""}
    stage.more = {**stage.more, **alone}
    try:
        with pytest.raises(PrivateError):
            stage.look()
    finally:
        stage.more = {"issues-repository": DESK}
    assert stage.issues() == stage.before


def test_it_is_written_if_it_is_allowed(stage: Stage) -> None:
    stage.clean()
    make(stage, DESK, private=False)
    stage.more = {**stage.more, "allow-public": "true"}
    try:
        stage.look()
    finally:
        stage.more = {"issues-repository": DESK}
    assert stage.issues() == stage.expected
