"""The order of the suspects, which of them is named alone, and who is behind them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from builders import START, a_state
from ci_failure_tracker.issues.suspects import only_suspect, suspect_lines, suspects_row
from ci_failure_tracker.model import (
    Cause,
    CommitOrigin,
    CommitsBetween,
    Evidence,
    ExcerptLine,
    FailureKind,
    RunRef,
    State,
    Suspect,
)
from ci_failure_tracker.tracking.suspects import needs_files, people, with_details

A, B, C = "a" * 40, "b" * 40, "c" * 40
TITLES = {A: "Write the docs", B: "Dim the lamp (#7)", C: "Count the lamps"}
URL = "https://github.example/octo-org/example"


def state_of(*hashes: str, kind: FailureKind = FailureKind.TEST, line: str = "lib/lamp.py:3", **more: bool) -> State:
    between = CommitsBetween("0" * 40, hashes[0], tuple(Suspect(sha, TITLES[sha], "ada") for sha in hashes),
                             pending=True, files_pending=True, **more)  # fmt: skip
    seen = Evidence(1, 1, 1, 1, START, "v2:0", "it broke", (ExcerptLine(1, line),), kind=kind)
    cause = Cause("v2:0", "it broke", 1, START, START, kind=kind)
    return dataclasses.replace(a_state(), suspects=between, evidence=seen, causes=(cause,))


def detailed(state: State, files: dict[str, tuple[str, ...]], **origins: CommitOrigin) -> CommitsBetween:
    known = {sha: CommitOrigin() for sha in TITLES} | {name * 40: origin for name, origin in origins.items()}
    between = with_details(state, files, known)
    assert between is not None
    return between


def order(between: CommitsBetween) -> list[str]:
    return [suspect.sha[0] for suspect in between.commits]


LAMP, DOCS = ("lib/lamp.py",), ("docs/a.md",)


def test_the_commit_that_changed_a_named_file_comes_first_and_is_the_only_suspect() -> None:
    state = state_of(A, B, C)
    between = detailed(state, {A: DOCS, B: LAMP, C: ()}, b=CommitOrigin("ada", 7, "grace"))
    assert order(between) == ["b", "a", "c"]
    assert (between.single, between.pending, between.files_pending) == (True, False, False)
    assert between.commits[0] == Suspect(B, TITLES[B], "grace", 7, "lib/lamp.py")
    assert only_suspect(dataclasses.replace(state, suspects=between)) == between.commits[0]


def test_two_commits_that_changed_a_named_file_keep_their_order_and_none_is_named_alone() -> None:
    between = detailed(state_of(A, B, C), {A: DOCS, B: LAMP, C: LAMP})
    assert (order(between), between.single) == (["b", "c", "a"], False)


def test_without_a_named_file_the_newest_comes_first_and_none_is_named_alone() -> None:
    between = detailed(state_of(A, B), {A: DOCS, B: DOCS})
    assert (order(between), between.single) == (["a", "b"], False)


def test_a_commit_is_not_the_only_suspect_if_not_all_were_looked_at() -> None:
    between = detailed(state_of(A, B, more=True), {A: DOCS, B: LAMP})
    assert (order(between), between.single, between.files_pending) == (["b", "a"], False, False)
    later = detailed(state_of(A, B), {B: LAMP})
    assert (order(later), later.single, later.files_pending) == (["b", "a"], False, True)


def test_a_merge_repeats_what_it_merges() -> None:
    state = state_of(A, B, C)
    assert state.suspects is not None
    merge = dataclasses.replace(state.suspects.commits[0], title="Merge pull request #7 from ada/dim")
    state = dataclasses.replace(
        state, suspects=dataclasses.replace(state.suspects, commits=(merge, *state.suspects.commits[1:]))
    )
    between = detailed(state, {A: LAMP, B: LAMP, C: DOCS})
    assert (order(between), between.single) == (["b", "a", "c"], True)
    alone = detailed(state, {A: LAMP, B: (), C: DOCS})
    assert (order(alone), alone.single) == (["a", "b", "c"], True)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FailureKind.DEPENDENCY, True),
        (FailureKind.CONFIGURATION, True),
        (FailureKind.TEST, False),
        (FailureKind.LINT, False),
    ],
)
def test_a_lock_file_counts_for_what_it_can_break(kind: FailureKind, expected: bool) -> None:
    between = detailed(state_of(A, B, kind=kind, line="it broke"), {A: DOCS, B: ("web/yarn.lock",)})
    assert between.single is expected
    assert (order(between)[0] == "b") is expected


def test_a_named_file_counts_more_than_a_lock_file() -> None:
    state = state_of(A, B, kind=FailureKind.DEPENDENCY)
    assert order(detailed(state, {A: ("yarn.lock",), B: LAMP})) == ["b", "a"]


def test_what_was_read_before_is_not_changed() -> None:
    state = state_of(A, B)
    known = detailed(state, {A: DOCS, B: LAMP})
    again = with_details(dataclasses.replace(state, suspects=known), {A: LAMP, B: DOCS}, {})
    assert again == known


def test_files_are_needed_when_they_can_tell_suspects_apart() -> None:
    bare = dataclasses.replace(state_of(A), evidence=None)
    assert not needs_files(bare)
    assert needs_files(dataclasses.replace(state_of(A, kind=FailureKind.DEPENDENCY), evidence=None))
    assert needs_files(state_of(A))


def test_without_a_log_the_authors_are_known_and_the_files_wait_for_it() -> None:
    state = state_of(A, B)
    before = detailed(dataclasses.replace(state, evidence=None), {}, b=CommitOrigin("ada", 7, "grace"))
    assert (before.pending, before.files_pending) == (False, True)
    assert [suspect.author for suspect in before.commits] == ["ada", "grace"]
    later = with_details(dataclasses.replace(state, suspects=before), {A: DOCS, B: LAMP}, {})
    assert later is not None
    assert (later.commits[0].author, later.single, later.files_pending) == ("grace", True, False)


def test_the_log_of_an_older_break_names_no_file() -> None:
    state = state_of(A, B)
    later = START + timedelta(days=1)
    cause = dataclasses.replace(state.causes[0], last_seen=later)
    broken = RunRef(1, 1, A, later)
    assert not needs_files(dataclasses.replace(state, first_red=broken, causes=(cause,)))


# --- people --------------------------------------------------------------------------------------


def test_the_people_are_those_of_the_commits_that_changed_a_named_file() -> None:
    between = detailed(state_of(A, B), {A: DOCS, B: LAMP})
    assert people(between, {A: CommitOrigin("ada"), B: CommitOrigin("bo", 7, "grace")}) == ("grace",)


def test_bots_and_names_without_a_login_are_nobody() -> None:
    between = detailed(state_of(A, B, C), {})
    origins = {A: CommitOrigin("bot[bot]", 7, "bot[bot]"), B: CommitOrigin(), C: CommitOrigin("ada", 8, "bot[bot]")}
    assert people(between, origins) == ("ada",)


def test_of_too_many_suspects_nobody_is_chosen() -> None:
    assert people(detailed(state_of(A, B, more=True), {A: (), B: ()}), {A: CommitOrigin("ada")}) == ()


# --- the text ------------------------------------------------------------------------------------


def test_the_row_says_which_file_the_only_suspect_changed_and_names_the_others() -> None:
    state = state_of(A, B)
    state = dataclasses.replace(state, suspects=detailed(state, {A: DOCS, B: LAMP}))
    assert suspects_row(state, "x...y", URL) == (
        f"`bbbbbbb` changed `lib/lamp.py`; [`aaaaaaa`]({URL}/commit/{A}) `Write the docs` (`ada`); all changes: x...y"
    )


def test_the_list_names_file_author_and_pull_request() -> None:
    state = state_of(A, B)
    between = detailed(state, {A: LAMP, B: LAMP}, a=CommitOrigin("ada", 12, "grace"))
    assert suspect_lines(between, URL) == [
        f"- [`aaaaaaa`]({URL}/commit/{A}) `Write the docs` (`grace`, `#12`) changed `lib/lamp.py`",
        f"- [`bbbbbbb`]({URL}/commit/{B}) `Dim the lamp` (`ada`, `#7`) changed `lib/lamp.py`",
    ]
