"""Which of several failures in a log is the headline."""

from __future__ import annotations

import pytest

from ci_failure_tracker.diagnosis.explain import explain, read_log

HEADER = ["##[group]Run ./check", "./check", "##[endgroup]"]
ENDING = "##[error]Process completed with exit code 1."
QUIET = [f"the {name} gizmo is polished" for name in ("ash", "blue", "coral", "dim", "ebony", "fawn", "grey", "hazel")]


def headline(*output: str, ending: str = ENDING) -> str:
    return explain(read_log(["\n".join([*HEADER, *output, ending]).encode()])).headline


PYTEST = [
    "=================================== FAILURES ===================================",
    "__________________________________ test_gizmo __________________________________",
    "    def test_gizmo():",
    ">       assert gizmo() == 8",
    "E       assert 7 == 8",
    "",
    "tests/test_gizmo.py:5: AssertionError",
]
GATE = "Coverage failure: total of 37 is less than fail-under=60"


@pytest.mark.parametrize("output", [[*PYTEST, GATE], [GATE, *PYTEST]], ids=["below", "above"])
def test_a_coverage_gate_ranks_below_a_failing_test(output: list[str]) -> None:
    assert headline(*output) == "tests/test_gizmo.py::test_gizmo: assert 7 == 8"


def test_a_coverage_gate_is_the_headline_if_nothing_else_failed() -> None:
    assert headline("tests/test_gizmo.py::test_failed_gizmo PASSED [ 88%]", GATE) == GATE


def test_a_suite_that_only_wraps_ranks_below_what_it_wraps() -> None:
    outer = ["--- FAIL: TestSuite (3.10s)", "FAIL"]
    assert headline("gizmo: fatal: cannot reach the widget shop", *QUIET, *outer) == (
        "gizmo: fatal: cannot reach the widget shop"
    )
    assert headline(*QUIET, *outer) == "--- FAIL: TestSuite (3.10s)"


def test_a_task_runner_that_gives_up_ranks_below_the_complaint_above_it() -> None:
    assert headline("(gizmo.yml): fatal: unexpected tab at line 5", "rake aborted!", "1 file is wrong") == (
        "(gizmo.yml): fatal: unexpected tab at line 5"
    )


def test_a_killed_process_is_told_by_the_line_above_the_exit_code() -> None:
    killed = "./run.sh: line 1:  2113 Killed                  python train.py"
    assert headline(*QUIET, killed, ending="##[error]Process completed with exit code 137.") == killed


@pytest.mark.parametrize(
    "before",
    [
        "tests/test_gizmo.py ........",
        "..F...x...",
        "98%|█████████▊| 175/180 [05:35<00:00,  1.87s/it]",
        "= ",
    ],
)
def test_text_of_progress_before_a_line_does_not_hide_it(before: str) -> None:
    fault = "Fatal Python error: Segmentation fault"
    unlike = [f"gizmo error: the {n} widget is not found" for n in ("left", "right")]
    assert headline(*unlike, *QUIET, f"{before}{fault}").endswith(fault)


@pytest.mark.parametrize(
    "aside",
    [
        "--------------------",
        "Total time: 3.2 s",
        'Run "frob approve" to pick a widget.',
        "info Visit https://frob.example/help for documentation about this command.",
        "See https://frob.example/errors/12",
        "Removing intermediate gizmos",
        "Uploading artifacts to the coordinator",
        "Please try again.",
        "+ ./cleanup --all",
    ],
)
def test_what_is_no_reason_is_not_the_last_word(aside: str) -> None:
    assert headline(*QUIET, "the licence header is gone", aside) == "the licence header is gone"


def test_the_last_line_is_shown_if_all_are_asides() -> None:
    assert headline("Total time: 3.2 s") == "Total time: 3.2 s"


def test_lines_of_a_list_are_not_the_last_words() -> None:
    fetched = [f"fetched: gizmo{n} in {n} ms" for n in range(30)]
    assert headline("the licence header is gone", *fetched) == "the licence header is gone"


def test_the_first_of_the_places_at_the_end_is_the_headline() -> None:
    places = ["src/gizmo.frob:635 Replace 'a' with 'b'", "src/gizmo.frob:636 Insert ';'"]
    assert headline(*QUIET, *places) == places[0]


@pytest.mark.parametrize(
    "consequence",
    ["ScriptException: The script polish failed to execute.", 'ERROR: "polish" task exited with 255.', "Tests failed!"],
)
def test_a_line_that_tells_only_that_a_task_failed_ranks_below_the_reason(consequence: str) -> None:
    assert headline("gizmo.frob:12: error: no such widget", *QUIET * 2, consequence) == (
        "gizmo.frob:12: error: no such widget"
    )


def test_advice_ranks_below_the_complaint_that_it_is_about() -> None:
    advice = "Read more about resolving conflicts: https://frob.example/conflicts"
    assert headline("- widget 'blue' is not present in the lock file.", advice) == (
        "- widget 'blue' is not present in the lock file."
    )


RUST = [
    "error[E0432]: unresolved import `widget`",
    " --> src/gizmo.rs:1:5",
    "  |",
    "1 | use widget;",
    "  |     ^^^^^^ no widget",
]


def test_in_a_log_without_steps_an_error_long_before_the_end_was_tolerated() -> None:
    tolerated = ["a.c:1:2: fatal error: gizmo.h: No such file or directory"]
    text = "\n".join([*tolerated, *QUIET * 20, *RUST, *QUIET])
    assert explain(read_log([text.encode()])).headline == f"src/gizmo.rs:1:5: {RUST[0]}"


def test_an_early_error_is_the_cause_if_the_same_tool_or_only_a_wrapper_failed_at_the_end() -> None:
    early = "a.c:1:2: fatal error: gizmo.h: No such file or directory"
    for late in (
        "b.c:3:4: fatal error: gizmo.h: No such file or directory",
        "Coverage failure: total of 1 is less than 2",
    ):
        assert explain(read_log(["\n".join([early, *QUIET * 20, late]).encode()])).headline == early


def test_the_first_of_many_failed_commands_can_hold_the_cause() -> None:
    def command(output: str) -> list[str]:
        return [
            f"travis_time:start:1\r$ ./run {output[:9]}",
            output,
            "travis_time:end:1",
            'The command "./run" exited with 1.',
        ]

    commands = [command("a.c:1:2: error: no such widget"), *(command(f"nothing was made for {n}") for n in "abcdefgh")]
    log = read_log(["\n".join(line for one in commands for line in one).encode()])
    assert explain(log).headline == "a.c:1:2: error: no such widget"


def test_the_headline_of_a_hook_is_an_error_rather_than_a_warning() -> None:
    hook = ["press..............................................Failed", "- hook id: press", "- exit code: 1", ""]
    warning = "WARN fetch: Error while fetching the press, another one is tried"
    error = "ERROR fetch: When fetching the press no press is found"
    assert headline(*hook, error, warning) == headline(*hook, warning, error) == error
