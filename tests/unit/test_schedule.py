"""When a workflow should have run by itself; every due moment here was worked out by hand, with a calendar."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_failure_tracker.entry import optional_packages as extras
from ci_failure_tracker.entry.setup import prepare
from ci_failure_tracker.errors import BadYamlError, SettingsError
from ci_failure_tracker.selection.cron import GRACE, due_after, read_crons
from ci_failure_tracker.text.yaml_nodes import MOST_CHARACTERS

ROOT = Path(__file__).parents[2]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- what a file says ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "crons"),
    [
        ("on: {schedule: [{cron: '0 5 * * *'}]}", ("0 5 * * *",)),
        (
            "'on':\n  push:\n  schedule:\n    - cron: '0 5 * * 1-5'\n    - cron: '0 9 * * 6'\n",
            ("0 5 * * 1-5", "0 9 * * 6"),
        ),
        ("on:\n  schedule:\n    cron: '0 5 * * *'\n", ("0 5 * * *",)),
        ("on: {schedule: [{cron: '0 5 * * *', timezone: Europe/Berlin}]}", ("0 5 * * * (Europe/Berlin)",)),
        ("on: {schedule: [{cron: '0 5 * * *'}, {cron: '0  5 * * * '}]}", ("0 5 * * *",)),
        ("on:\n  schedule:\n    - cron: >\n        0 5 * * *\n", ("0 5 * * *",)),
        ("x: &daily [{cron: '0 5 * * *'}]\non: {schedule: *daily}", ("0 5 * * *",)),
        ("\ufeffon: {schedule: [{cron: '0 5 * * *'}]}", ("0 5 * * *",)),
        ("on: {schedule: [{cron: '@daily'}]}", ("@daily",)),
        # And without a schedule:
        ("", ()),
        ("# schedule", ()),
        ("on: schedule", ()),
        ("on: [push, schedule]", ()),
        ("on: {schedule: }", ()),
        ("on: {schedule: []}", ()),
        ("on: {schedule: [{}, [], daily, 5, ~, {cron: }, {cron: []}, {cron: {a: b}}, {timezone: UTC}]}", ()),
        ("on: {push: {schedule: [{cron: '0 5 * * *'}]}}", ()),
        ("jobs: {on: {schedule: [{cron: '0 5 * * *'}]}}", ()),
        ("true: {schedule: [{cron: '0 5 * * *'}]}", ()),
        ("[on, schedule]", ()),
    ],
)
def test_the_expressions_of_a_workflow_file_are_found(text: str, crons: tuple[str, ...]) -> None:
    assert read_crons(text) == crons


def test_an_expression_that_nobody_would_write_is_left_out() -> None:
    assert read_crons(f"on: {{schedule: [{{cron: '{'1,' * 200}1 * * * *'}}, {{cron: '0 5 * * *'}}]}}") == ("0 5 * * *",)
    many = "".join(f"    - cron: '{minute} {hour} * * *'\n" for hour in range(3) for minute in range(60))
    assert len(read_crons(f"on:\n  schedule:\n{many}")) == 50


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("on: {schedule: [", "not YAML"),
        ("on:\n\tschedule:\n", "not YAML"),
        ("on: {schedule: \x00}", "not YAML"),
        ("on: {schedule: \ud800}", "not YAML"),
        ("on: {schedule: *nowhere}", "not YAML"),
        ("on: {schedule: []}\n---\non: {}\n", "not YAML"),
        ("schedule: " + "[" * 5_000 + "]" * 5_000, "nested too deeply"),
        ("schedule: \n" + "- " * 90_000, "nested too deeply"),
        ("schedule: " + "{a: " * 40_000, "nested too deeply"),
        (f"on: {{schedule: []}}\n# {'x' * MOST_CHARACTERS}", "longer than 200,000 characters"),
    ],
    ids=range(10),
)
def test_a_file_that_cannot_be_read_says_why(text: str, why: str) -> None:
    with pytest.raises(BadYamlError, match=why):
        read_crons(text)


def doubling(line: str) -> str:
    """Thirty anchors, each of which names the one before nine times."""
    links = (line.format(f"a{n}", ", ".join([f"*a{n - 1}"] * 9), key=f"k{n}") for n in range(1, 31))
    return "k0: &a0 {x: 1}\n" + "\n".join(links)


@pytest.mark.parametrize(
    "text",
    [
        doubling("{key}: &{} [{}]") + "\non: {schedule: *a30}",
        doubling("{key}: &{} {{<<: [{}]}}") + "\non: {schedule: *a30}",
        doubling("{key}: &{} {{<<: [{}]}}") + "\non: {<<: *a30, schedule: [{<<: *a30}]}",
        "on: &a {schedule: *a}",
        "on: {schedule: &a [*a]}",
        "on: {schedule: [&a {x: 1}" + ", *a" * 40_000 + "]}",
        "on: !!python/object/apply:os._exit {schedule: [{x: !!python/object/apply:os._exit [3]}]}",
    ],
    ids=["aliases", "merge keys", "merge keys in use", "itself", "its own entry", "many", "tags"],
)
def test_a_file_that_means_harm_does_none(text: str) -> None:
    started = time.perf_counter()
    assert read_crons(text) == ()
    assert time.perf_counter() - started < 5


@given(st.text(alphabet=st.sampled_from("on:schedulcr {}[]&*a'\"0-5,/|>!%#?\n\t"), max_size=200))
def test_whatever_a_file_holds_is_read_or_refused(text: str) -> None:
    for whole in (text, f"schedule: {text}", f"on: {{schedule: {text}}}", f"on:\n  schedule:\n    - cron: {text}"):
        try:
            crons = read_crons(whole)
        except BadYamlError:
            continue
        assert all(crons)


# --- when it should have run ---------------------------------------------------------------------

THIRD = [
    # every day: 2, 3 and 4 March
    (("0 5 * * *",), "2026-03-01T05:12", "2026-03-04T05:00"),
    # 10:05, 10:10, 10:15; and with a start of its own 10:07, 10:17, 10:27
    (("*/5 * * * *",), "2026-03-01T10:02:30", "2026-03-01T10:15"),
    (("7/10 * * * *",), "2026-03-01T10:00", "2026-03-01T10:27"),
    # 1 February, March and April; and only the months that have 31 days: March, May and July
    (("0 6 1 * *",), "2026-01-01T06:10", "2026-04-01T06:00"),
    (("0 5 31 * *",), "2026-01-31T05:03", "2026-07-31T05:00"),
    # leap years: 2028, 2032, 2036
    (("0 0 29 2 *",), "2024-02-29T00:10", "2036-02-29T00:00"),
    # over the turn of the year: 1 July 2026, 1 January and 1 July 2027
    (("15 3 1 jan,Jul *",), "2026-01-01T03:20", "2027-07-01T03:15"),
    # from Thursday 5 March on: Friday, Monday, Tuesday
    (("30 22 * * MON-FRI",), "2026-03-05T22:40", "2026-03-10T22:30"),
    # Sunday is 0, and to many people 7
    (("0 0 * * 0",), "2026-03-01T00:05", "2026-03-22T00:00"),
    (("0 0 * * 7",), "2026-03-01T00:05", "2026-03-22T00:00"),
    # a day of the month and one of the week: any of both (POSIX). Fridays 6, 13 (also the 13th) and 20 March
    (("0 0 13 * FRI",), "2026-03-01T00:00", "2026-03-20T00:00"),
    # several: Wednesday 4 March 16:00, Monday 9 March 4:00, Wednesday 11 March 16:00
    (("0 4 * * 1", "0 16 * * 3"), "2026-03-02T04:05", "2026-03-11T16:00"),
    # what two of them name is one time
    (("0 0 * * *", "0 0 * * 1-3", "0 0 2 * *"), "2026-03-01T00:01", "2026-03-04T00:00"),
    # one that cannot be read beside one that can
    (("@daily", "0 6 1 * *"), "2026-01-01T06:10", "2026-04-01T06:00"),
    # a run at the very moment has been
    (("0 5 * * *",), "2026-03-01T05:00", "2026-03-04T05:00"),
    # Berlin's clocks go forward on 29 March at 2:00, so that 2:00 is 3:00: 28 and 29 March 1:00 UTC, 30 March 0:00
    (("0 2 * * * (Europe/Berlin)",), "2026-03-27T01:05", "2026-03-30T00:00"),
    # and back on 25 October at 3:00, 2:30 comes twice and counts once: 24 and 25 October 0:30 UTC, 26 October 1:30
    (("30 2 * * * (Europe/Berlin)",), "2026-10-23T00:35", "2026-10-26T01:30"),
    # midnight in Kolkata is 18:30 UTC the evening before: 1, 2 and 3 March
    (("0 0 * * * (Asia/Kolkata)",), "2026-02-28T18:31", "2026-03-03T18:30"),
    # one zone beside another: 6:00 UTC, 12:00 in New York (17:00 UTC), 6:00 UTC
    (("0 6 * * *", "0 12 * * * (America/New_York)"), "2026-03-01T00:00", "2026-03-02T06:00"),
]


@pytest.mark.parametrize(("crons", "last", "third"), THIRD, ids=[f"{one[0]} {one[1]}" for one in THIRD])
def test_it_is_due_when_the_third_time_went_by(crons: tuple[str, ...], last: str, third: str) -> None:
    due = due_after(crons, at(last))
    assert due == at(third) + GRACE
    assert due is not None
    assert due.utcoffset() == timedelta(0)


def test_how_many_times_may_go_by_can_be_said() -> None:
    assert due_after(["0 5 * * *"], at("2026-03-01T05:12"), periods=1) == at("2026-03-02T05:00") + GRACE


@pytest.mark.parametrize(
    "cron",
    [
        *("", "daily", "@daily", "0 5 * *", "0 0 5 * * *", "60 5 * * *", "0 24 * * *", "0 5 0 * *", "0 5 * 13 *"),
        *(
            "0 5 * * 8",
            "0 5 ? * *",
            "0 5 * * FUNDAY",
            "5-1 * * * *",
            "*/0 * * * *",
            "a b c d e",
            "1" * 5_000 + " 1 1 1 1",
        ),
        *("0 5 * * * Europe/Berlin", "0 5 * * * ()", "0 5 * * * (Europe/Nowhere)", "0 5 * * * (Europe)"),
        *("0 5 * * * (../../etc/passwd)", "0 5 * * * (/etc/passwd)", "0 5 * * * (\0)", f"0 5 * * * ({'x' * 500})"),
        "0 5 30 2 *",  # can be read, and never comes
    ],
    ids=lambda cron: cron[:40].replace("\0", "NUL"),
)
def test_what_cannot_be_read_is_never_due(cron: str) -> None:
    assert due_after([cron], at("2026-03-01T05:12")) is None


def test_nothing_is_never_due() -> None:
    assert due_after([], at("2026-03-01T05:12")) is None


FIELD = st.text(alphabet="0123456789*/-,LW#MONJAFEB?", min_size=1, max_size=8)
ZONE = st.sampled_from(["", " (UTC)", " (Europe/Berlin)", " (America/St_Johns)", " (Pacific/Apia)", " (Nowhere)"])


@given(st.lists(st.tuples(st.lists(FIELD, min_size=4, max_size=6), ZONE), max_size=3), st.datetimes(
    datetime(2019, 1, 1), datetime(2035, 1, 1)))  # fmt: skip  # noqa: DTZ001 - made UTC below
def test_whatever_is_written_is_due_later_or_never(parts: list[tuple[list[str], str]], last: datetime) -> None:
    last = last.replace(tzinfo=UTC)
    due = due_after([" ".join(fields) + zone for fields, zone in parts], last)
    assert due is None or due > last + GRACE


@given(st.integers(0, 59), st.integers(0, 23), st.datetimes(datetime(2019, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001
def test_each_day_is_three_days(minute: int, hour: int, last: datetime) -> None:
    last = last.replace(tzinfo=UTC)
    due = due_after([f"{minute} {hour} * * *"], last)
    assert due is not None
    assert timedelta(days=2) < due - GRACE - last <= timedelta(days=3)
    assert (due - GRACE).strftime("%H:%M:%S") == f"{hour:02}:{minute:02}:00"


# --- its packages --------------------------------------------------------------------------------


def test_the_packages_are_imported_only_to_judge_schedules() -> None:
    asked = "import sys, ci_failure_tracker.entry.action; print({'yaml', 'cronsim'} & set(sys.modules))"
    path = {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", asked], env=path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_machine_without_the_packages_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = {"token": "t", "repository": "octo-org/example"}
    assert extras.EXTRAS["schedules"].missing == ()
    prepare({**given, "schedules": "true"}, {}, tmp_path)
    there_is_not = extras.Extra("schedules", (("cronsim", "no_such_cron"),))
    monkeypatch.setitem(extras.EXTRAS, "schedules", there_is_not)
    prepare(given, {}, tmp_path)
    with pytest.raises(SettingsError, match="pip install cronsim") as caught:
        prepare({**given, "schedules": "true"}, {}, tmp_path)
    assert "needs cronsim." in str(caught.value)


def locked(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


def test_what_is_locked_for_schedules_is_the_extra_and_what_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {re.split(r"[^\w-]", need)[0].lower() for need in project["optional-dependencies"]["schedules"]}
    lock = locked(ROOT / "src" / "requirements-schedules.txt")
    assert set(lock) == named
    assert lock.items() <= locked(ROOT / "tests" / "requirements.txt").items()
    assert not set(lock) & set(locked(ROOT / "requirements.txt"))
