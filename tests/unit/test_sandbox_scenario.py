"""Scenarios: what a short line grows into, and what a wrong line is told."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox import Run, Sandbox, ScenarioError

DEMO = Path(__file__).parents[1] / "sandbox" / "scenarios" / "parcel-tracker" / "scenario.yaml"
REPLAY = Path(__file__).parents[3] / "shared" / "replay"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

WORKFLOWS = """
now: 2026-03-02T09:00:00Z
workflows:
  - name: CI
    first_number: 40
    jobs:
      - {name: lint}
      - {name: test, matrix: {python: ["3.12", "3.13"], os: [windows-latest]}, steps: [Install, Run tests, Upload]}
  - {name: Docs}
"""


def scenario(runs: str = "", more: str = "") -> Sandbox:
    return Sandbox.from_yaml(f"{WORKFLOWS}\nruns:\n{runs}\n{more}")


def only_run(line: str) -> Run:
    [run] = scenario(f"  - {line}").runs
    return run


def verdicts(run: Run) -> dict[str, str | None]:
    return {job.name: job.conclusion for job in run.last.jobs}


def test_a_green_run_is_one_short_line() -> None:
    run = only_run("{workflow: CI}")
    assert (run.status, run.conclusion, run.branch, run.event) == ("completed", "success", "main", "push")
    assert (run.number, run.created_at, run.last.updated_at) == (40, NOW, NOW + timedelta(minutes=3))
    assert set(verdicts(run).values()) == {"success"}


def test_a_matrix_has_a_job_for_each_leg_on_its_own_runner() -> None:
    jobs = only_run("{workflow: CI}").last.jobs
    assert [job.name for job in jobs] == ["lint", "test (3.12, windows-latest)", "test (3.13, windows-latest)"]
    assert [job.runner for job in jobs] == ["ubuntu-latest", "windows-latest", "windows-latest"]


def test_a_run_says_only_which_job_differs() -> None:
    run = only_run('{workflow: CI, jobs: [{name: "test (3.13, windows-latest)", conclusion: failure}]}')
    assert verdicts(run)["test (3.13, windows-latest)"] == "failure"
    assert list(verdicts(run).values()).count("success") == 2
    assert run.conclusion == "failure"


def test_a_job_named_without_its_matrix_means_every_leg() -> None:
    run = only_run("{workflow: CI, jobs: [{name: test, conclusion: cancelled}]}")
    assert list(verdicts(run).values()) == ["success", "cancelled", "cancelled"]
    assert run.conclusion == "cancelled"


def test_the_failed_step_is_red_and_the_ones_after_it_are_skipped() -> None:
    run = only_run("{workflow: CI, jobs: [{name: test, conclusion: failure, step: Run tests}]}")
    steps = {step.name: step.conclusion for step in run.last.jobs[1].steps}
    assert (steps["Install"], steps["Run tests"], steps["Upload"]) == ("success", "failure", "skipped")
    assert steps["Complete job"] == "success"
    numbers = [step.number for step in run.last.jobs[1].steps]
    assert numbers == sorted(set(numbers))


def test_a_job_is_never_longer_than_its_run() -> None:
    run = only_run("{workflow: CI, took: 90s}")
    for job in run.last.jobs:
        assert job.completed_at is not None
        assert run.created_at <= job.started_at < job.completed_at <= run.last.updated_at
        assert job.steps[-1].completed_at is not None
        assert job.steps[-1].completed_at <= job.completed_at


@pytest.mark.parametrize("conclusion", ["startup_failure", "action_required"])
def test_a_run_that_never_started_has_no_jobs(conclusion: str) -> None:
    run = only_run(f"{{workflow: CI, conclusion: {conclusion}}}")
    assert (run.conclusion, run.last.jobs) == (conclusion, ())


def test_a_conclusion_without_jobs_is_that_of_every_job() -> None:
    assert set(verdicts(only_run("{workflow: CI, conclusion: cancelled}")).values()) == {"cancelled"}
    assert verdicts(only_run("{workflow: Docs, conclusion: failure}")) == {"build": "failure"}


def test_a_run_that_goes_on_has_no_conclusion_anywhere() -> None:
    run = only_run("{workflow: CI, status: in_progress}")
    assert (run.status, run.conclusion, set(verdicts(run).values())) == ("in_progress", None, {None})


def test_attempts_follow_each_other_and_the_last_one_counts() -> None:
    run = only_run("{workflow: CI, attempts: [{jobs: [{name: lint, conclusion: failure}]}, {}]}")
    first, second = run.attempts
    assert (first.conclusion, second.conclusion, run.conclusion) == ("failure", "success", "success")
    assert second.started_at > first.updated_at
    assert {job.id for job in first.jobs}.isdisjoint(job.id for job in second.jobs)


def test_runs_are_numbered_by_time_and_not_by_line() -> None:
    box = scenario("  - {workflow: CI, at: 1h ago}\n  - {workflow: CI, at: 3h ago}\n  - {workflow: Docs, at: 2h ago}")
    assert [(run.workflow.name, run.number) for run in box.runs] == [("CI", 41), ("Docs", 1), ("CI", 40)]
    ids = [run.id for run in box.runs]
    assert ids == sorted(ids, reverse=True)


def test_the_same_scenario_has_the_same_numbers() -> None:
    first, second = (scenario("  - {workflow: CI}") for _ in range(2))
    assert first.runs == second.runs


def test_a_run_without_a_commit_has_one_of_its_own() -> None:
    box = scenario("  - {workflow: CI, at: 1h ago}\n  - {workflow: CI, at: 2h ago}")
    assert len({run.commit.sha for run in box.runs}) == 2


def test_a_named_commit_is_shared() -> None:
    commits = "commits: {lamp: {title: Mend the lamp, author: ada}}"
    box = scenario("  - {workflow: CI, commit: lamp}\n  - {workflow: Docs, commit: lamp}", commits)
    assert {(run.commit.message, run.commit.author, run.title) for run in box.runs} == {
        ("Mend the lamp", "ada", "Mend the lamp")
    }
    assert len({run.commit.sha for run in box.runs}) == 1


@pytest.mark.parametrize(
    ("runs", "problem"),
    [
        ("  - {workflow: CL}", r"runs\[0\].workflow: there is no workflow 'CL'; did you mean 'CI'"),
        ("  - {workflow: CI, brnch: x}", r"runs\[0\]: unknown key 'brnch'; did you mean 'branch'"),
        ("  - {workflow: CI, conclusion: red}", r"conclusion: must be one of success, failure, "),
        ("  - {workflow: CI, conclusion: failure}", r"jobs: say which job failed; the workflow has 3"),
        ("  - {workflow: CI, took: long}", r"took: must be a length of time such as 45s"),
        ("  - {workflow: CI, at: soon}", r"at: must be a time such as 2026-11-20T09:00:00Z"),
        ("  - {workflow: CI, commit: lmp}", r"there is no commit 'lmp' under `commits`"),
        ("  - {workflow: CI, jobs: [{name: tst}]}", r"the workflow has no job 'tst'; did you mean"),
        ("  - {workflow: CI, jobs: [{name: test, step: Run test}]}", r"has no step 'Run test'; did you mean"),
        ("  - {workflow: CI, jobs: [{name: test, log: no.txt}]}", r"log: there is no file .*no.txt"),
        ("  - {workflow: CI, attempts: [{}], jobs: []}", r"jobs: is said in each of the `attempts`"),
        ("  - {event: push}", r"runs\[0\].workflow: is missing"),
        ("  - CI", r"runs\[0\]: a mapping is wanted here, not 'CI'"),
    ],
)
def test_a_mistake_is_told_with_its_place(runs: str, problem: str) -> None:
    with pytest.raises(ScenarioError, match=problem):
        scenario(runs)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "the scenario is not YAML"),
        ("runz: []", "scenario: unknown key 'runz'; did you mean 'runs'"),
        ("repository: {full_name: lamp}", "full_name: must be owner/name, not 'lamp'"),
        ("tokens: {t: {issues: all}}", "tokens.t.issues: must be one of none, read, write, not 'all'"),
        (
            "workflows: [{name: CI, jobs: [{name: t, matrix: {py: [3.10]}}]}]",
            "matrix.py: must be a list of texts; quote 3.1",
        ),
        ("issues: [{title: a, number: 1}, {title: b, number: 1}]", "there are two issues 1"),
    ],
)
def test_a_mistake_at_the_top_is_told_as_well(text: str, problem: str) -> None:
    with pytest.raises(ScenarioError, match=problem):
        Sandbox.from_yaml(text)


def test_the_demo_tells_its_story() -> None:
    box = Sandbox.from_scenario(DEMO)
    main = [run for run in box.runs if run.branch == "main" and run.event == "push" and not run.fork]
    ci = [run for run in main if run.workflow.name == "CI"]
    assert [run.conclusion for run in ci[:5]] == ["failure", "failure", "failure", "failure", "success"]
    assert (len(ci[4].attempts), ci[4].attempts[0].conclusion) == (2, "failure")
    docs = [run.conclusion for run in box.runs if run.workflow.name == "Docs"]
    assert docs[:5] == ["success", "success", "success", "failure", "failure"]
    assert {"timed_out", "cancelled"} <= {job.conclusion for run in box.runs for job in run.last.jobs}
    assert {run.name for run in box.runs if run.event == "dynamic"}.isdisjoint({"Dependabot Updates"})
    assert sum(run.conclusion == "startup_failure" for run in box.runs) == 2
    assert [run.branch for run in box.runs if run.fork] == ["main", "main"]
    assert all(run.created_at < box.now for run in box.runs)


def test_the_logs_of_the_demo_lie_where_their_jobs_do() -> None:
    box = Sandbox.from_scenario(DEMO)
    written = [job for run in box.runs for attempt in run.attempts for job in attempt.jobs if job.log.path]
    assert len({job.log.path for job in written}) == 8
    for job in written:
        text = job.log.read().decode("utf-8-sig")
        assert f"Complete job name: {job.name}" in text


def test_a_superseded_run_was_still_going_on_when_the_next_one_started() -> None:
    box = Sandbox.from_scenario(DEMO)
    ci = [run for run in reversed(box.runs) if run.workflow.name == "CI" and run.event == "push"]
    [(old, new)] = [(a, b) for a, b in itertools.pairwise(ci) if a.conclusion == "cancelled"]
    assert old.created_at < new.created_at <= old.last.updated_at


def test_a_replay_is_loaded_whole() -> None:
    if not REPLAY.is_dir():
        pytest.skip(f"there is no recorded history at {REPLAY}")
    box = Sandbox.from_replay(REPLAY)
    jobs = [job for run in box.runs for job in run.last.jobs]
    assert (len(box.runs), len(jobs)) == (100, 159)
    assert sum(job.log.kind == "text" for job in jobs) == 145
    updates = [run for run in box.runs if run.workflow.name == "Dependabot Updates"]
    assert (len(updates), len({run.workflow.id for run in updates})) == (19, 1)


def test_a_folder_that_is_no_replay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"there is no .*runs.json"):
        Sandbox.from_replay(tmp_path)


def test_the_scenario_of_the_readme_is_one(tmp_path: Path) -> None:
    readme = (DEMO.parents[2] / "README.md").read_text("utf-8")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "test.txt").write_text("it is dark\n")
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(readme.partition("```yaml\n")[2].partition("```")[0])
    box = Sandbox.from_scenario(scenario)
    assert [run.conclusion for run in box.runs] == ["success", "failure", *["success"] * 4]
    assert [(issue.title, issue.state) for issue in box.issues] == [("Old", "closed")]
