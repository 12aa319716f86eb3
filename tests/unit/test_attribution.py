"""Who owns what fails, and whom a new issue notifies and is assigned to."""

from __future__ import annotations

import dataclasses
import json

import pytest

from builders import START, a_state, some_settings
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.issues.marker import write_marker
from ci_failure_tracker.issues.state_codec import read_state, state_as_json
from ci_failure_tracker.model import (
    Cause,
    CommitOrigin,
    CommitsBetween,
    Evidence,
    FailedLeg,
    FailureKind,
    Identity,
    IdentityKind,
    LegCount,
    LogUnavailable,
    State,
    Suspect,
)
from ci_failure_tracker.tracking.attribution import Attribution, Owned, failing_files

SHA, OTHER = "a" * 40, "b" * 40
RULES = "* @octo-org/all\n/lib/ @ada @octo-org/lamps\n/.github/ @ops\n"


def state_of(location: str = "", subject: str = "", kind: FailureKind = FailureKind.TEST, file: str = "") -> State:
    seen = Evidence(1, 1, 1, 1, START, "v2:0", "it broke", (), kind=kind, location=location, subject=subject)
    cause = Cause("v2:0", "it broke", 1, START, START, kind=kind)
    between = CommitsBetween("0" * 40, SHA, (Suspect(SHA, "Dim it", "ada", 0, file),), single=bool(file))
    return dataclasses.replace(a_state(), evidence=seen, causes=(cause,), suspects=between, owners=None)


def attribution(codeowners: str | None = RULES, *paths: str, **given: str) -> Attribution:
    return Attribution(some_settings(**given), owned={"": Owned(codeowners, frozenset(paths))})


def owners_of(state: State, *paths: str, codeowners: str | None = RULES, **given: str) -> tuple[str, ...] | None:
    return attribution(codeowners, *paths, **given).completed(state).owners


# --- CODEOWNERS ----------------------------------------------------------------------------------


def test_the_file_in_which_it_fails_has_owners_if_it_is_there() -> None:
    state = state_of("lib/lamp.py:3", "tests/test_lamp.py::test_dark")
    assert failing_files(state) == ("lib/lamp.py", "tests/test_lamp.py")
    assert owners_of(state, "lib/lamp.py") == ("@ada", "@octo-org/lamps")
    assert owners_of(state, "tests/test_lamp.py") == ("@octo-org/all",)


def test_else_the_file_that_a_suspect_changed_has_owners_and_else_the_file_of_the_workflow() -> None:
    assert owners_of(state_of("lamp.py:3", file="lib/lamp.py")) == ("@ada", "@octo-org/lamps")
    assert owners_of(state_of("lamp.py:3")) == ("@ops",)


@pytest.mark.parametrize(
    "location", ["/usr/lib/x.py:3", "../x.py:3", "node_modules/x/y.js:3", "a b.py:3", "lamp", "~/x.py"]
)
def test_no_file_outside_of_the_repository_is_asked_for(location: str) -> None:
    assert failing_files(state_of(location)) == ()


def test_owners_wait_for_a_log_that_is_not_read_yet() -> None:
    state = dataclasses.replace(state_of(), evidence=None)
    assert owners_of(state) is None
    assert owners_of(state, logs="false") == ("@ops",)
    leg = dataclasses.replace(state.latest.legs[0], log_unavailable=LogUnavailable.GONE)
    gone = dataclasses.replace(state.latest, legs=(leg,))
    assert owners_of(dataclasses.replace(state, occurrences=(gone,))) == ("@ops",)


def test_owners_are_looked_up_once_and_wait_until_the_file_was_read() -> None:
    state = state_of("lib/lamp.py:3")
    assert owners_of(state, codeowners=None) is None
    assert owners_of(state, codeowners="") == ()
    known = dataclasses.replace(state, owners=("@grace",))
    assert owners_of(known, "lib/lamp.py") == ("@grace",)


@pytest.mark.parametrize("kind", [FailureKind.INFRASTRUCTURE, FailureKind.PERMISSION, FailureKind.CANCELLED])
def test_what_no_commit_causes_has_neither_owners_nor_labels_nor_people(kind: FailureKind) -> None:
    state = state_of("lib/lamp.py:3", kind=kind)
    given = {"owners": "CI: @ada, label:lamps", "notify": "suspects", "assign": "suspects, owners"}
    who = dataclasses.replace(attribution(RULES, "lib/lamp.py", **given), origins={SHA: CommitOrigin("ada")})
    completed = who.completed(state)
    assert completed.owners is None
    assert (who.labels(completed), who.mentions(completed), who.assignees(completed)) == ((), (), ())


# --- the input -----------------------------------------------------------------------------------


@pytest.mark.parametrize("glob", ["CI/test", "ci/TEST*", "CI", "C*", "CI/*", "ci.yml", "ci.yml/test", "*/test"])
def test_a_line_of_owners_comes_before_codeowners(glob: str) -> None:
    assert owners_of(state_of("lib/lamp.py:3"), "lib/lamp.py", owners=f"{glob}: @bo") == ("@bo",)


@pytest.mark.parametrize("glob", ["CI/tes", "test", "CI/build", "Nightly", "release.yml"])
def test_a_line_of_owners_that_does_not_fit_leaves_it_to_codeowners(glob: str) -> None:
    assert owners_of(state_of(), owners=f"{glob}: @bo") == ("@ops",)


def test_the_last_line_that_fits_counts() -> None:
    lines = "CI: @ada\n# a comment\n\nCI/test: @octo-org/core, @bo, label:good first issue\nCI/docs: @grace"
    who = attribution(owners=lines)
    assert who.completed(state_of()).owners == ("@octo-org/core", "@bo")
    assert who.labels(state_of()) == ("good first issue",)


def test_a_line_may_give_a_label_alone() -> None:
    who = attribution(owners="CI: label:lamps")
    assert (who.completed(state_of()).owners, who.labels(state_of())) == ((), ("lamps",))


def test_names_may_hold_colons() -> None:
    state = dataclasses.replace(state_of(), identity=Identity("0" * 32, "Build: docs", "deploy: live"))
    assert owners_of(state, owners="Build: docs/deploy: live: @ada") == ("@ada",)


def test_an_issue_of_several_jobs_has_the_owners_of_one_of_them() -> None:
    identity = Identity("0" * 32, "CI", "test", "v2:0", kind=IdentityKind.CAUSE)
    legs = (LegCount("CI / test", 1, START), LegCount("Nightly / soak", 1, START))
    state = dataclasses.replace(state_of(), identity=identity, legs=legs)
    assert owners_of(state, owners="Nightly/soak: @ada") == ("@ada",)


def of_legs(state: State, *names: str) -> State:
    """The state with these jobs of its newest failure."""
    latest = dataclasses.replace(
        state.latest, legs=tuple(FailedLeg(name, n, None) for n, name in enumerate(names, start=1))
    )
    return dataclasses.replace(state, occurrences=(*state.occurrences[:-1], latest))


@pytest.mark.parametrize(("line", "fits"), [("CI/test (windows*", True), ("CI/test", True), ("CI/test (linux)", False)])
def test_a_line_may_name_a_job_of_a_matrix(line: str, fits: bool) -> None:
    state = of_legs(state_of(), "3.12, macos", "windows")
    assert owners_of(state, owners=f"CI: @ada\n{line}: @bo") == (("@bo",) if fits else ("@ada",))


@pytest.mark.parametrize("line", ["ci/lint", "CI/test", "CI/test (linux)", "ci.yml/lint", "CI/*"])
def test_an_issue_of_a_workflow_has_the_owners_of_a_job_that_fails(line: str) -> None:
    whole = Identity("0" * 32, "CI", "*", kind=IdentityKind.WORKFLOW)
    state = of_legs(dataclasses.replace(state_of(), identity=whole), "lint", "test (linux)")
    assert owners_of(state, owners=f"{line}: @bo\nCI/docs: @ada") == ("@bo",)


def test_a_line_names_all_jobs_of_a_matrix_in_an_issue_of_a_cause() -> None:
    identity = Identity("0" * 32, "CI", "test", "v2:0", kind=IdentityKind.CAUSE)
    legs = (LegCount("CI / docs", 1, START), LegCount("CI / test (windows)", 1, START))
    state = dataclasses.replace(state_of(), identity=identity, legs=legs)
    assert owners_of(state, owners="CI: @ada\nCI/test: @bo") == ("@bo",)


@pytest.mark.parametrize(
    "line",
    [
        "CI/test @ada",
        "CI: ada",
        "CI:",
        ": @ada",
        "CI: @ada bo",
        "CI: @-",
        "CI: label:",
        f"CI: label:{'x' * 51}",
        "CI: @a/b/c",
    ],
)
def test_a_bad_line_is_named_with_its_number(line: str) -> None:
    with pytest.raises(SettingsError, match=r"`owners` has .* in line 2; write `workflow/job: @user, @org/team"):
        some_settings(owners=f"CI: @ada\n{line}")


# --- notify and assign ---------------------------------------------------------------------------


def people(state: State, **given: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    who = dataclasses.replace(
        attribution(**given), origins={SHA: CommitOrigin("ada", 7, "grace"), OTHER: CommitOrigin("bo[bot]")}
    )
    return who.mentions(state), who.assignees(state)


def test_by_default_nobody_is_told() -> None:
    state = dataclasses.replace(state_of(), owners=("@ada",))
    assert people(state) == ((), ())
    assert people(state, assignees="zed") == ((), ("zed",))


def test_owners_are_mentioned_and_of_them_people_are_assigned() -> None:
    state = dataclasses.replace(state_of(), owners=("@ada", "@octo-org/core", "docs@lamp.example"))
    assert people(state, notify="owners", assign="owners, @zed") == (("@ada", "@octo-org/core"), ("ada", "zed"))


def test_suspects_are_mentioned_and_assigned_without_bots_and_once() -> None:
    state = state_of()
    assert state.suspects is not None
    both = (*state.suspects.commits, Suspect(OTHER, "Bump it", "bo[bot]"))
    state = dataclasses.replace(state, suspects=dataclasses.replace(state.suspects, commits=both))
    given = {"notify": "suspects", "assign": "Suspects", "assignees": "Grace"}
    assert people(state, **given) == (("@grace",), ("Grace",))


def test_no_more_are_assigned_than_github_allows() -> None:
    assert len(people(state_of(), assign=",".join(f"u{number}" for number in range(15)))[1]) == 10


# --- what an issue remembers ---------------------------------------------------------------------


def through_marker(state: State) -> State:
    return read_state(write_marker(state).removeprefix("<!-- ci-failure-tracker ").removesuffix(" -->"))


@pytest.mark.parametrize("owners", [None, (), ("@ada", "@octo-org/core")])
def test_owners_and_suspects_survive_in_the_marker(owners: tuple[str, ...] | None) -> None:
    commits = (Suspect(SHA, "Dim it", "grace", 7, "lib/lamp.py"), Suspect(OTHER, "Docs", "ada"))
    between = CommitsBetween("0" * 40, SHA, commits, single=True, pending=True, files_pending=True)
    state = dataclasses.replace(state_of(), owners=owners, suspects=between)
    assert through_marker(state) == state


def test_an_older_version_reads_the_suspects_and_an_older_marker_looks_nothing_up() -> None:
    state = dataclasses.replace(state_of(file="lib/lamp.py"), owners=("@ada",))
    data = state_as_json(state)
    # An older version takes exactly three values for a commit.
    assert data["suspects"]["commits"] == [[SHA, "Dim it", "ada"]]
    for key in ("details", "single"):
        del data["suspects"][key]
    del data["owners"]
    older = read_state(json.dumps(data))
    assert older.owners == ()
    assert older.suspects == CommitsBetween("0" * 40, SHA, (Suspect(SHA, "Dim it", "ada"),))
