"""Merged and split causes as people see them: issues of jobs, workflows, causes, tests and umbrellas, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from sandbox.story import told

MIRROR = "npm error 404 Not Found - GET https://mirror.example/left-pad\n"
HOST = "fatal: unable to access 'https://git.example/x.git/': Could not resolve host: git.example\n"
UP = "FAILED tests/test_way.py::test_up - KeyError: 'up'\n"
DST = "FAILED tests/test_eta.py::test_dst - assert 5 == 4\n"


def run(at: str, workflow: str = "CI", **logs: str) -> dict[str, object]:
    """A run in which each of these jobs ended; a log that is not empty is that of a failure."""
    jobs = [{"name": name, **({"conclusion": "failure", "log": log} if log else {})} for name, log in logs.items()]
    return {"workflow": workflow, "at": f"2026-03-{at}:00Z", "jobs": jobs}


def edit(issue: int, *lines: str, login: str = "ada", remove: str = "") -> dict[str, object]:
    block = "\n".join(["\n```ci-failure", *lines, "```\n"]) if lines else " "
    return {"issue": issue, "login": login, "add": block, **({"remove": remove} if remove else {})}


def step(at: str, *runs: dict[str, object], **more: object) -> dict[str, object]:
    return {"now": f"2026-03-{at}:00Z", **({"runs": list(runs)} if runs else {}), **more}


class Played:
    """What a story led to."""

    def __init__(self, first: list[dict[str, object]], then: list[dict[str, object]], **settings: object) -> None:
        names = {str(one["workflow"]): [{"name": job["name"]} for job in one["jobs"]] for one in first}  # type: ignore[attr-defined]
        passed = [{"workflow": name, "at": "2026-03-08T08:00:00Z"} for name in names]
        history = {
            "now": "2026-03-10T09:00:00Z",
            "accounts": [{"login": "ada", "association": "MEMBER"}, {"login": "tom", "permission": "read"}],
            "workflows": [{"name": name, "jobs": jobs} for name, jobs in names.items()],
            "runs": [*passed, *first],
        }
        document = {"settings": {"close-after": 1, **settings}, "history": history, "then": then}
        self._told: dict[str, Any] = told(yaml.safe_load(json.dumps({"name": "story", **document})))

    @property
    def open(self) -> list[int]:
        return [issue["number"] for issue in self._told["issues"] if issue["open"]]

    def comments(self, number: int) -> int:
        return len(next(issue["comments"] for issue in self._told["issues"] if issue["number"] == number))

    def body(self, number: int) -> str:
        return str(next(issue["body"] for issue in self._told["issues"] if issue["number"] == number))

    def actions(self, sweep: int) -> list[tuple[str, int | None]]:
        """What a sweep did, counted from 1, without the skips."""
        actions = self._told["sweeps"][sweep - 1]["actions"]
        return [(each["action"], each["issue"]) for each in actions if each["action"] != "skip"]

    def reasons(self, sweep: int) -> str:
        return "\n".join(each["reason"] for each in self._told["sweeps"][sweep - 1]["actions"])

    def problems(self, sweep: int) -> str:
        return "\n".join(self._told["sweeps"][sweep - 1]["problems"])

    def fails(self, sweep: int) -> bool:
        return bool(self._told["sweeps"][sweep - 1]["has_failures"] == "true")


def test_jobs_of_one_name_in_two_workflows_are_counted_together() -> None:
    first = [run("10T08:00", test="Error: torn\n"), run("10T08:10", "Nightly", test="Error: no wind\n", other="")]
    played = Played(
        first,
        [
            step("10T10:00", edit=[edit(2, "same as #1")]),
            step("10T11:00", run("10T10:30", test="")),
            step("10T12:00", run("10T11:30", test="")),
            step("10T13:00", run("10T12:30", "Nightly", test="Error: no wind\n", other="")),
            step("10T14:00", run("10T13:30", "Nightly", test="", other="")),
        ],
    )
    assert played.actions(2) == [("update", 1), ("close", 2)]
    assert "#2 says `same as #1`" in played.reasons(2)
    # The job of the other workflow keeps it open, however often its own passes.
    assert all(("close", 1) not in played.actions(sweep) for sweep in (3, 4, 5))
    assert played.fails(4)
    assert played.actions(6) == [("close", 1)]


@pytest.mark.parametrize(
    ("group_by", "logs", "later"),
    [
        ("cause", {"a": MIRROR, "b": HOST, "c": ""}, {"a": "", "b": "", "c": HOST}),
        ("test", {"a": DST, "b": UP}, {"a": "", "b": UP}),
        ("job", {"a": DST, "b": UP}, {"a": "", "b": UP}),
    ],
)
def test_what_fails_again_opens_the_issue_that_counts_it(
    group_by: str, logs: dict[str, str], later: dict[str, str]
) -> None:
    passing = dict.fromkeys(logs, "")
    played = Played(
        [run("10T08:00", **logs)],
        [
            step("10T10:00", edit=[edit(2, "same as #1")]),
            step("10T11:00"),
            step("10T12:00", run("10T11:30", **later)),
            step("10T13:00", run("10T12:30", **passing)),
            step("10T14:00", run("10T13:30", **later)),
            step("10T15:00", run("10T14:30", **later), edit=[edit(2, remove="same as #1")]),
        ],
        **{"group-by": group_by},
    )
    assert played.actions(2) == [("update", 1), ("close", 2)]
    assert played.actions(3) == []
    assert played.actions(4) == [("update", 1)]
    assert played.fails(4)
    assert played.actions(5) == [("close", 1)]
    assert played.actions(6) == [("reopen", 1)]
    assert ("reopen", 2) in played.actions(7)
    assert played.comments(2) == 2


@pytest.mark.parametrize(("reason", "opened"), [("completed", [3]), ("not_planned", [])])
def test_a_merged_failure_follows_the_rules_of_the_issue_that_counts_it(reason: str, opened: list[int]) -> None:
    logs = {"a": "Error: aa\n", "b": "Error: bb\n"}
    played = Played(
        [run("10T08:00", **logs)],
        [
            step("10T10:00", edit=[edit(2, "same as #1")]),
            step("10T11:00", close=[{"issue": 1, "reason": reason}]),
            step("14T12:00", run("14T11:30", **logs)),
        ],
        **{"reopen-within": "1d"},
    )
    assert played.open == opened


def test_workflows_are_merged_with_all_their_jobs() -> None:
    first = [run("10T08:00", test="Error: torn\n"), run("10T08:10", "Nightly", test="Error: no wind\n", other="")]
    played = Played(
        first,
        [
            step("10T10:00", edit=[edit(2, "Same as: #1")]),
            step("10T11:00", run("10T10:30", test=""), run("10T10:40", "Nightly", test="", other="Error: no wind\n")),
            step("10T12:00", run("10T11:40", "Nightly", test="", other="")),
        ],
        **{"group-by": "workflow"},
    )
    assert played.actions(2) == [("update", 1), ("close", 2)]
    assert played.fails(3)
    assert played.actions(4) == [("close", 1)]


def test_lines_lead_on_from_issue_to_issue() -> None:
    logs = {"a": "Error: aa\n", "b": "Error: bb\n", "c": "Error: cc\n"}
    played = Played(
        [run("10T08:00", **logs)],
        [
            step("10T10:00", edit=[edit(3, "same as #2")]),
            step("10T11:00", edit=[edit(2, "same as #1")]),
            step("10T12:00"),
            step("10T13:00", run("10T12:30", a="", b="", c="Error: cc\n")),
        ],
    )
    assert played.actions(3) == [("update", 1), ("close", 2)]
    assert played.actions(4) == []
    assert "Still failing: `CI / c`" in played.body(1)
    assert played.open == [1]


def test_lines_in_a_circle_count_for_none() -> None:
    played = Played(
        [run("10T08:00", a="Error: aa\n", b="Error: bb\n")],
        [step("10T10:00", edit=[edit(1, "same as #2"), edit(2, "same as #1")])],
    )
    assert played.open == [1, 2]
    assert "lead in a circle" in played.problems(2)


@pytest.mark.parametrize(
    "change",
    [
        {"edit": [edit(2, login="tom")]},
        {"edit": [edit(2, remove="same as #1")]},
        {"close": [{"issue": 1, "reason": "completed"}], "edit": [edit(2, remove="same as #1")]},
    ],
    ids=["a stranger edits it", "the line goes", "the other issue is closed, too"],
)
def test_without_the_line_what_fails_has_its_own_issue_again(change: dict[str, object]) -> None:
    logs = {"a": "Error: aa\n", "b": "Error: bb\n"}
    played = Played(
        [run("10T08:00", **logs)],
        [
            step("10T10:00", edit=[edit(2, "same as #1")]),
            step("10T11:00", **change),
            step("10T12:00", run("10T11:30", **logs)),
        ],
    )
    assert 2 in played.open
    assert played.fails(4)


@pytest.mark.parametrize(("group_by", "second"), [("job", "Error: no wind\n"), ("cause", HOST), ("workflow", HOST)])
def test_until_it_is_known_how_it_goes_on_what_was_merged_counts_where_it_was(group_by: str, second: str) -> None:
    first = [run("10T08:00", a=MIRROR), run("10T08:10", "Nightly", d=second)]
    played = Played(
        first,
        [
            step("10T10:00", edit=[edit(2, "same as #1")]),
            step("10T11:00", run("10T10:30", a=""), edit=[edit(2, remove="same as #1")]),
            step("10T12:00"),
            step("10T13:00", run("10T12:30", "Nightly", d="")),
        ],
        **{"group-by": group_by},
    )
    assert played.actions(3) == [("update", 1)]
    assert played.actions(4) == []
    assert played.fails(4)
    assert played.actions(5) == [("close", 1)]
    assert not played.fails(5)


def test_what_a_person_opens_again_stays_open() -> None:
    played = Played(
        [run("10T08:00", a="Error: aa\n", b="Error: bb\n")],
        [
            step("10T10:00", edit=[edit(2, "same as #1")]),
            step("10T11:00", reopen=[{"issue": 2}]),
            step("10T12:00"),
        ],
    )
    assert played.open == [1, 2]
    assert "A person opened the issue again" in played.problems(3)
    assert played.actions(4) == []


def test_what_a_person_keeps_open_counts_for_itself_and_is_merged_again_when_the_block_is_edited() -> None:
    kept = Played(
        [run("10T08:00", a="Error: aa\n", b="Error: bb\n")],
        [step("10T10:00", edit=[{**edit(2, "same as #1"), "label": ["keep-open"]}])],
    )
    assert kept.open == [1, 2]
    assert "`keep-open` keeps the issue open" in kept.problems(2)
    again = Played(
        [run("10T08:00", a="Error: aa\n", b="Error: bb\n")],
        [
            step("10T10:00", edit=[edit(2, "same as #1")]),
            step("10T11:00", reopen=[{"issue": 2}]),
            step("10T12:00", edit=[edit(2, "# It is.", "same as #1", remove="```ci-failure\nsame as #1\n```")]),
        ],
    )
    assert ("close", 2) in again.actions(4)


def test_an_umbrella_takes_the_cause_of_a_job_and_another_umbrella() -> None:
    three = {"a": MIRROR, "b": MIRROR, "c": MIRROR}
    job = Played(
        [run("10T08:00", **three, d=HOST)],
        [
            step("10T10:00", edit=[edit(2, "same as #1")]),
            step("10T11:00", run("10T10:30", a="", b="", c="", d=HOST)),
            step("10T12:00", run("10T11:30", a="", b="", c="", d=DST)),
            step("10T13:00"),
        ],
    )
    assert job.actions(2) == [("update", 1), ("close", 2)]
    assert ("update", 1) in job.actions(3)
    # Another cause is not what the line is about.
    assert ("reopen", 2) in job.actions(4)
    assert job.actions(5) == []
    umbrella = Played(
        [run("10T08:00", **three, d=HOST, e=HOST, f=HOST)],
        [step("10T10:00", edit=[edit(2, "same as #1")]), step("10T11:00")],
    )
    assert umbrella.actions(2) == [("update", 1), ("close", 2)]
    assert umbrella.actions(3) == []


@pytest.mark.parametrize("group_by", ["job", "workflow"])
def test_a_cause_that_is_split_off_has_its_own_issue_and_still_fails(group_by: str) -> None:
    played = Played(
        [run("09T08:00", a=DST), run("10T08:00", a=HOST)],
        [
            step("10T10:00", edit=[edit(1, "not this")]),
            step("10T11:00"),
            step("10T12:00", run("10T11:30", a=DST)),
            step("10T13:00", run("10T12:30", a=HOST)),
            step("10T14:00", run("10T13:30", a=""), run("10T13:40", a="")),
        ],
        **{"group-by": group_by},
    )
    assert played.actions(2) == [("create", 2), ("update", 1)]
    assert played.fails(2)
    assert "because a person wrote `not this`: `fatal: unable to access" in played.body(1)
    assert played.actions(3) == []
    assert ("update", 1) in played.actions(4)
    assert ("update", 2) in played.actions(5)
    assert played.fails(5)
    assert sorted(played.actions(6)) == [("close", 1), ("close", 2)]


def test_more_than_three_lines_are_a_mistake() -> None:
    played = Played([run("09T08:00", a=DST)], [step("10T10:00", edit=[edit(1, *["not this"] * 4)])])
    assert "`not this` stands in more than 3 lines. Leave 3: the others do nothing." in played.problems(2)


def test_without_the_line_the_issue_of_a_cause_that_was_split_off_goes_on() -> None:
    played = Played(
        [run("09T08:00", a=DST), run("10T08:00", a=HOST)],
        [
            step("10T10:00", edit=[edit(1, "not this")]),
            step("10T11:00", edit=[edit(1, remove="not this")]),
            step("10T12:00", run("10T11:30", a=HOST)),
        ],
    )
    assert played.actions(4) == [("update", 2), ("close", 1)]
    assert played.open == [2]


def test_what_differs_from_the_cause_of_an_issue_is_split_off_although_most_is_alike() -> None:
    tests = [f"FAILED tests/test_a.py::test_{number} - assert 5 == 4\n" for number in range(5)]
    some, more = "".join(tests[1:]), "".join(tests)
    played = Played(
        [run("09T08:00", a=some), run("10T08:00", a=more)],
        [
            step("10T10:00", edit=[edit(1, "not this")]),
            step("10T12:00", run("10T11:30", a=more)),
            step("10T13:00", run("10T12:30", a=some)),
        ],
        **{"group-by": "cause"},
    )
    assert played.actions(3) == [("create", 2), ("update", 1)]
    assert ("update", 1) in played.actions(4)
    assert len(played.open) == 2


def test_a_line_means_the_cause_that_was_the_newest_when_it_was_written() -> None:
    played = Played(
        [run("10T08:00", a="##[error]Process completed with exit code 1.\n")],
        [step("10T10:00", edit=[edit(1, "not this")]), step("10T11:00", run("10T10:30", a=HOST))],
    )
    assert "finds no cause that it could split off" in played.problems(2)
    assert played.open == [1]
    assert "`not this`:" not in played.body(1)


def test_not_this_has_no_meaning_in_the_issue_of_a_test() -> None:
    played = Played(
        [run("10T08:00", a=DST)],
        [step("10T10:00", edit=[edit(1, "not this")])],
        **{"group-by": "test"},
    )
    assert played.open == [1]
    assert "`not this` has no meaning here" in played.problems(2)


def test_an_untrusted_line_does_nothing() -> None:
    played = Played(
        [run("10T08:00", a=DST, b=HOST)],
        [step("10T10:00", edit=[edit(1, "not this", login="tom"), edit(2, "same as #1", login="tom")])],
    )
    assert played.actions(2) == []
    assert played.open == [1, 2]
    assert played.problems(2).count("tom may not write to the repository") == 2
