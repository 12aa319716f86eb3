"""The keys of a story's steps, and of runs that repeat: what they do and what a mistake says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from sandbox import Sandbox, ScenarioError
from sandbox.fields import Fields
from sandbox.play import play, read_story
from sandbox.steps import take_step

README = Path(__file__).parents[1] / "sandbox" / "README.md"
WORKFLOWS = [{"name": "CI", "jobs": [{"name": "test"}]}, {"name": "Docs", "jobs": [{"name": "build"}]}]
NOW = "2026-03-10T09:00:00Z"
HISTORY = {"now": NOW, "workflows": WORKFLOWS}
FAILED = {"workflow": "CI", "at": "2026-03-09T10:00:00Z", "conclusion": "failure"}


def a_box(*runs: dict[str, object], **more: object) -> Sandbox:
    return Sandbox.from_mapping({**HISTORY, "runs": list(runs), **more})


def take(box: Sandbox, **happens: object) -> None:
    step = Fields(happens, "then[0]")
    take_step(box, step)
    step.done()


# --- runs that repeat ----------------------------------------------------------------------------

REPEATED: dict[str, object] = {"workflow": "CI", "at": "2026-03-01T10:00:00Z", "every": "90m", "times": 3}
FIRST = datetime(2026, 3, 1, 10, tzinfo=UTC)


def starts(box: Sandbox) -> list[datetime]:
    return sorted(run.created_at for run in box.runs)


def test_a_repeated_run_starts_at_equal_distances() -> None:
    box = a_box(REPEATED)
    assert starts(box) == [FIRST, FIRST + timedelta(minutes=90), FIRST + timedelta(minutes=180)]
    assert [run.last.started_at for run in reversed(box.runs)] == starts(box)
    assert [run.number for run in reversed(box.runs)] == [1, 2, 3]


def test_a_run_repeats_in_a_step_as_in_a_history() -> None:
    box = a_box()
    take(box, runs=[REPEATED])
    assert starts(box) == starts(a_box(REPEATED))


def test_repeated_runs_of_two_workflows_mix_by_time() -> None:
    box = a_box(REPEATED, {**REPEATED, "workflow": "Docs", "at": "2026-03-01T10:01:00Z"})
    assert [run.workflow.name for run in reversed(box.runs)] == ["CI", "Docs"] * 3


def test_each_repeated_run_is_on_a_commit_of_its_own() -> None:
    titled = {**REPEATED, "commit": {"title": "Try again"}}
    for box in (a_box(REPEATED), a_box(titled)):
        assert len({run.commit.sha for run in box.runs}) == 3


def test_repeated_runs_share_the_commit_they_name() -> None:
    box = a_box({**REPEATED, "commit": "only"}, commits={"only": {"title": "The only commit"}})
    assert {run.commit.message for run in box.runs} == {"The only commit"}
    assert len({run.commit.sha for run in box.runs}) == 1


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"every": None}, "scenario.runs[0].times: needs `every`, and `every` needs `times`"),
        ({"times": None}, "scenario.runs[0].times: needs `every`, and `every` needs `times`"),
        ({"times": 0}, "scenario.runs[0].times: must be 1 or more, and `every` longer than nothing"),
        ({"every": "0s"}, "scenario.runs[0].times: must be 1 or more, and `every` longer than nothing"),
        ({"number": 7}, "scenario.runs[0].number: cannot be that of several runs; leave it out, or leave `times` out"),
        ({"evry": "1d"}, "scenario.runs[0]: unknown key 'evry'"),
    ],
)
def test_a_mistake_in_a_repeated_run_is_named(change: dict[str, object], mistake: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        a_box({**REPEATED, **change})
    assert str(caught.value).startswith(mistake)


# --- steps ---------------------------------------------------------------------------------------


def test_nobody_sweeps_after_a_step_that_says_so() -> None:
    story = {
        "history": HISTORY,
        "then": [{"sweep": False, "now": "2026-03-11T09:00:00Z", "runs": [FAILED]}, {"now": "2026-03-12T09:00:00Z"}],
    }
    first, second = play(read_story(story))
    assert (first.after, len(second.after)) == ({}, 1)


def test_a_fault_waits_for_the_next_sweep_and_ends_with_it() -> None:
    fault = {"kind": "status", "path": "/actions/workflows", "times": None}
    story = {"history": {**HISTORY, "runs": [FAILED]}, "then": [{"sweep": False, "faults": [fault]}, {}, {}]}
    _, faulty, well = play(read_story(story))
    assert 500 in {request.status for request in faulty.requests}
    assert 500 not in {request.status for request in well.requests}


def test_a_sweep_that_cannot_go_on_is_a_record_with_its_reason() -> None:
    story = {"settings": {"close-after": "many"}, "history": HISTORY}
    [record] = play(read_story(story))
    assert record.report is None
    assert "`close-after` is 'many'" in record.failure


def test_the_settings_of_a_step_hold_for_its_sweep_alone() -> None:
    docs = {"workflow": "Docs", "at": "2026-03-09T10:00:00Z", "conclusion": "failure"}
    story = {
        "history": {**HISTORY, "runs": [FAILED, docs]},
        "settings": {"workflow": "CI", "dry-run": True},
        "then": [{"settings": {"workflow": "Docs"}}, {}],
    }
    reports = [record.report for record in play(read_story(story))]
    swept = [[result.action.identity.workflow for result in report.results] for report in reports if report]
    assert swept == [["CI"], ["Docs"], ["CI"]]


def test_a_dry_run_writes_nothing() -> None:
    story = {"settings": {"dry-run": True}, "history": {**HISTORY, "runs": [FAILED]}}
    [record] = play(read_story(story))
    assert record.report
    assert (record.report.line, record.after) == ("octo-org/example: 1 failing, 1 to be opened", {})


def test_words_for_readers_are_passed_over() -> None:
    story = {"name": "a", "why": "because", "expect": {"open": 1}, "show": ["body"], "history": HISTORY}
    assert (read_story(story).name, read_story(story).history) == ("a", HISTORY)


def test_the_story_of_the_readme_is_one() -> None:
    readme = README.read_text("utf-8").partition("a *story*")[2]
    first, second = play(read_story(yaml.safe_load(readme.partition("```yaml\n")[2].partition("```")[0])))
    assert [issue.state for record in (first, second) for issue in record.after.values()] == ["open", "closed"]
    assert second.before[1].labels[-1] == "triaged"


@pytest.mark.parametrize(
    ("step", "mistake"),
    [
        ({"run": []}, "then[0]: unknown key 'run'; did you mean 'runs'?"),
        ({"runs": [{"workflow": "CY"}]}, "then[0].runs[0].workflow: there is no workflow 'CY'; did you mean 'CI'?"),
        ({"close": [{"issue": 3}]}, "then[0].close[0].issue: there is no issue 3 at this point"),
        ({"close": [{"issue": 1, "reson": "x"}]}, "then[0].close[0]: unknown key 'reson'; did you mean 'reason'?"),
        ({"edit": [{"issue": 1, "lable": ["x"]}]}, "then[0].edit[0]: unknown key 'lable'; did you mean 'label'?"),
        ({"faults": [{"kind": "stratus"}]}, "then[0].faults[0].kind: must be one of status, html"),
        ({"faults": [{"kind": "status", "pth": "x"}]}, "then[0].faults[0]: unknown key 'pth'; did you mean 'path'?"),
        ({"repository": {"nam": "a/b"}}, "then[0].repository: unknown key 'nam'; did you mean 'name'?"),
        ({"repository": {"name": "b"}}, "then[0].repository.name: must be owner/name, not 'b'"),
        ({"rerun": [{"workflow": "CI", "number": 9}]}, "there is no run 9 of the workflow 'CI'"),
        ({"workflow": [{"name": "Dogs"}]}, "there is no workflow 'Dogs'; did you mean 'Docs'?"),
        ({"remove_workflow": ["Dogs"]}, "there is no workflow 'Dogs'; did you mean 'Docs'?"),
        ({"sweep": "no"}, "then[0].sweep: must be true or false, not 'no'"),
    ],
)
def test_a_mistake_in_a_step_is_named_with_a_hint(step: dict[str, object], mistake: str) -> None:
    history = {**HISTORY, "runs": [FAILED], "issues": [{"title": "The lamp is dark"}]}
    with pytest.raises(ScenarioError) as caught:
        list(play(read_story({"settings": {"dry-run": True}, "history": history, "then": [step]})))
    assert str(caught.value).startswith(mistake)
