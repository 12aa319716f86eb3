"""A recorded history: how the repository stood at a moment, what sweeps of it do, and what its copy may not hold."""

from __future__ import annotations

import dataclasses
import os
from datetime import timedelta
from pathlib import Path

import pytest

from builders import START, Quiet, a_run, some_settings
from ci_failure_tracker.backtest.anonymise import Masks
from ci_failure_tracker.backtest.as_of import RecordedRepository, jobs_at, timeline_of
from ci_failure_tracker.backtest.figures import Figures, figures_of, wrong_closings
from ci_failure_tracker.backtest.history import people_of, read_history
from ci_failure_tracker.backtest.record import MOST_OF_A_LOG, newest_bytes, record, safe_log
from ci_failure_tracker.backtest.sweeps import Backtest, IssueHistory, moments, sweep_history
from ci_failure_tracker.entry.history_folder import HistoryFolder
from ci_failure_tracker.errors import HistoryError, LogAbsentError
from ci_failure_tracker.model import Annotation, Job, Repository
from histories import DAY, NAMES, a_history, at_each_day, recorded

MINUTE = timedelta(minutes=1)


def swept(folder: HistoryFolder, **settings: str) -> Backtest:
    repository = RecordedRepository(folder.history(), folder)
    sweeps = tuple(at_each_day(1, 18))
    return sweep_history(repository, some_settings(**settings), sweeps, Quiet())


# --- as it stood at a moment ---------------------------------------------------------------------


def test_a_run_does_not_exist_before_it_was_created_and_goes_on_until_it_ended() -> None:
    run = a_run(1)
    timeline = timeline_of(run, None)
    assert timeline.at(run.created_at - MINUTE) is None
    going_on = timeline.at(run.updated_at - MINUTE)
    assert going_on is not None
    assert (going_on.status, going_on.conclusion, going_on.updated_at) == ("in_progress", None, run.created_at)
    assert timeline.at(run.updated_at) == run


def test_a_run_is_at_an_earlier_attempt_before_it_was_run_again() -> None:
    history, jobs, _ = a_history()
    run = next(run for run in history.runs if run.attempt == 2)
    timeline = timeline_of(run, jobs[run.id])
    before, during = timeline.at(run.started_at - MINUTE), timeline.at(run.started_at)
    assert before is not None
    assert during is not None
    assert (before.attempt, before.conclusion) == (1, "failure")
    assert [job.attempt for job in jobs_at(jobs[run.id], before, run.started_at - MINUTE)] == [1]
    assert (during.attempt, during.conclusion) == (2, None)
    assert timeline.at(run.updated_at) == run


def test_a_run_whose_earlier_attempts_are_not_known_says_nothing_before_its_newest_one_ends() -> None:
    run = a_run(1, "success", attempt=2, started_at=START + DAY, updated_at=START + DAY + MINUTE)
    shown = timeline_of(run, None).at(START + DAY)
    assert shown is not None
    assert (shown.attempt, shown.conclusion) == (1, None)


def test_a_run_that_never_ended_is_shown_as_it_was_recorded() -> None:
    run = a_run(1, None, status="queued")
    assert timeline_of(run, None).at(START + DAY) == run


def test_a_job_that_has_not_ended_has_no_conclusion() -> None:
    run = a_run(1)
    job = Job(1, "test", "failure", started_at=run.created_at, completed_at=run.updated_at)
    (shown,) = jobs_at([job], run, run.created_at + MINUTE)
    assert (shown.conclusion, shown.status, shown.completed_at) == (None, "in_progress", None)


def test_the_last_sweep_is_at_the_end() -> None:
    assert list(moments(START, START + 2 * DAY, DAY)) == [START + DAY, START + 2 * DAY]
    assert list(moments(START, START + 1.5 * DAY, DAY)) == [START + DAY, START + 1.5 * DAY]


# --- sweeps --------------------------------------------------------------------------------------


def test_the_sweeps_open_update_and_close_the_issue_of_a_break(tmp_path: Path) -> None:
    backtest = swept(recorded(tmp_path))
    (issue, flaky) = backtest.issues
    assert "build" in issue.title
    assert issue.spans == [(START + 3.5 * DAY, START + 8.5 * DAY)]
    assert "night" in flaky.title
    figures = figures_of(backtest)
    assert (figures.sweeps, figures.opened, figures.closed, figures.wrong) == (18, 2, 1, 0)
    assert (figures.days_median, figures.days_most, figures.open_at_end) == (4.0, 5.0, 1)
    assert figures.notifications == figures.opened + figures.closed + figures.reopened + figures.comments


def test_another_setting_gives_other_figures(tmp_path: Path) -> None:
    issue = swept(recorded(tmp_path), close_after="3").issues[0]
    assert issue.closed_at == START + 9.5 * DAY


def test_a_history_without_jobs_of_passing_runs_closes_nothing_and_says_what_is_missing(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    history = folder.history()
    for run in history.runs:
        if run.conclusion == "success":
            (tmp_path / "jobs" / f"{run.id}.json").unlink()
    repository = RecordedRepository(history, folder)
    backtest = sweep_history(repository, some_settings(), tuple(at_each_day(1, 12)), Quiet())
    assert repository.without_jobs
    assert figures_of(backtest).opened == 1


@pytest.mark.parametrize(("days", "wrong"), [(1, 1), (7, 1), (7.1, 0)])
def test_a_closing_is_wrong_if_the_issue_is_reopened_within_a_week(days: float, wrong: int) -> None:
    closed = START + DAY
    issue = IssueHistory(1, "a", "", [(START, closed), (closed + days * DAY, None)])
    assert len(wrong_closings(issue, [issue])) == wrong


@pytest.mark.parametrize(("identity", "wrong"), [("a", 1), ("b", 0)])
def test_a_closing_is_wrong_if_a_new_issue_is_opened_for_the_same_thing(identity: str, wrong: int) -> None:
    issue = IssueHistory(1, "a", "", [(START, START + DAY)])
    later = IssueHistory(2, identity, "", [(START + 3 * DAY, None)])
    assert len(wrong_closings(issue, [issue, later])) == wrong


def test_a_closing_as_a_duplicate_is_not_wrong() -> None:
    issue = IssueHistory(1, "a", "", [(START, START + DAY), (START + 2 * DAY, None)], {START + DAY})
    assert wrong_closings(issue, [issue]) == ()


def test_without_issues_there_are_no_days() -> None:
    assert figures_of(Backtest((), (START,))) == Figures(1, 0, 0, 0, 0, 0, 0, None, None, 0, 0)


# --- recordings ----------------------------------------------------------------------------------


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    history, jobs, logs = a_history()
    folder = recorded(tmp_path)
    read = folder.history()
    assert read.runs == history.runs
    assert (read.repository, read.people) == (history.repository, history.people)
    assert [(one.id, one.name, one.path) for one in read.workflows] == [
        (one.id, one.name, one.path) for one in history.workflows
    ]
    assert {run.id: folder.jobs(run) for run in read.runs} == jobs
    assert {job_id: b"".join(folder.log(job_id)).decode() for job_id in logs} == logs


def test_the_jobs_of_an_earlier_attempt_are_not_those_of_a_run(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    run = folder.history().runs[0]
    assert folder.jobs(dataclasses.replace(run, attempt=run.attempt + 1)) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"jobs": [{"id": "x"}]}'])
def test_jobs_that_cannot_be_read_are_not_known(tmp_path: Path, text: str) -> None:
    folder = recorded(tmp_path)
    run = folder.history().runs[0]
    (tmp_path / "jobs" / f"{run.id}.json").write_text(text, "utf-8")
    assert folder.jobs(run) is None


def test_a_copy_holds_no_secret(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "raw")
    secret = "ghp_" + "x1Y2" * 9
    history = folder.history()
    job = next(job for run in history.runs for job in folder.jobs(run) or () if job.conclusion == "failure")
    folder.keep_log(job.id, f"{b''.join(folder.log(job.id)).decode()}push with {secret}\n")
    copy = HistoryFolder(tmp_path / "copy")
    record(history, folder, copy, Quiet(), anonymise=False)
    assert secret not in everything(copy.folder)
    assert "push with ***" in everything(copy.folder)
    assert figures_of(swept(copy)) == figures_of(swept(folder))


@pytest.mark.parametrize(
    "line",
    [
        "\x1b[36mpassword\x1b[0m=\x1b[33mopen-sesame-1\x1b[0m",
        '\x1b[34m"api_key"\x1b[0m: \x1b[32m"open-sesame-1"\x1b[0m',
        "pass\u200bword=open-sesame-1",
        "export PASSWORD=open-sesame-1\r",
    ],
)
def test_colours_and_invisible_characters_hide_no_secret_from_a_copy(line: str) -> None:
    safe = safe_log(f"before\t\x1b[31mred\x1b[0m\r\n{line}\nafter".encode())
    assert "sesame" not in safe
    assert safe.startswith("before\t\x1b[31mred\x1b[0m\r\n")
    assert safe.endswith("\nafter")


def test_a_masked_copy_holds_no_name_and_gives_the_same_figures(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "raw")
    assert all(name.lower() in everything(folder.folder) for name in map(str.lower, NAMES))
    copy = HistoryFolder(tmp_path / "copy")
    record(folder.history(), folder, copy, Quiet(), anonymise=True)
    assert [name for name in NAMES if name.lower() in everything(copy.folder)] == []
    assert figures_of(swept(copy)) == figures_of(swept(folder))


def everything(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.*"))).lower()


@pytest.mark.parametrize(
    ("branch", "shape"),
    [("main", "main"), ("release/1.2", "release/1.2"), ("v2.x", "v2.x"), ("fix/fuel", "fix/branch-")],
)
def test_a_mask_keeps_the_shape_of_a_branch(branch: str, shape: str) -> None:
    history, _, _ = a_history()
    history = dataclasses.replace(history, runs=(a_run(1, branch=branch),))
    (run,) = Masks(history).history(history).runs
    assert run.branch.startswith(shape)
    assert "fuel" not in run.branch


def named(name: str) -> Masks:
    history, _, _ = a_history()
    return Masks(dataclasses.replace(history, repository=Repository(f"acme/{name}", "", "main", False, True)))


@pytest.mark.parametrize("written", ["moon-lander2", "moon_lander2", "moon-lander", "MoonLander", "moon_lander"])
def test_a_repository_is_masked_without_its_number_too(written: str) -> None:
    assert "moon" not in named("moon-lander2").text(f"> {written}@1.0.0 test").lower()


def test_a_name_that_is_a_word_without_its_number_hides_no_other_word() -> None:
    assert named("rocket2").text("rocket: not found; rocket2") != "rocket: not found; rocket2"
    assert named("rocket2").text("rocket: not found") == "rocket: not found"


def test_words_that_begin_like_the_name_of_the_repository_stay_and_are_told() -> None:
    masks = named("moon-lander-app")
    text = masks.text("moon-lander-app needs Moon-Lander-server and moon_lander_db; a moon-base does not")
    assert "Moon-Lander-server" in text
    assert masks.alike == {"moon-lander-server", "moon_lander_db"}
    short = named("moon-app")
    short.text("moon-base")
    assert short.alike == set()


def test_a_mask_keeps_the_hosts_and_words_that_every_project_has() -> None:
    history, _, _ = a_history()
    text = "git clone https://github.com/x/y; npm ERR! https://registry.npmjs.org/z; /home/runner/work; npm@10.9.2"
    assert Masks(history).text(text) == text


def test_a_home_folder_is_masked_as_a_word_and_not_within_words() -> None:
    history, _, _ = a_history()
    text = Masks(history).text("/home/gravity/src; user gravity; antigravity; gravity_fold:start; /home/build/x")
    assert text.split("; ")[2:] == ["antigravity", "gravity_fold:start", "/home/build/x"]
    assert "gravity" not in " ".join(text.split("; ")[:2])


def test_two_hosts_get_two_masks_without_digits() -> None:
    history, _, _ = a_history()
    first, second = Masks(history).text("https://a.corp-one.test https://b.corp-one.test").split()
    assert first != second
    assert not any(sign.isdigit() for sign in first + second)


@pytest.mark.parametrize(
    "text",
    [
        "acme%2Drockets%2Fmoon%2dlander",
        "\x1b[1mAcme-\x1b[0mRockets/\x1b[36mMoon\x1b[0m-lander",
        "ACME_ROCKETS_KEY, AcmeRockets.Core, acme.rockets",
        "moonlander, MOON_LANDER, moon lander",
        "Wernher%20Blaun, Wernher+Blaun, wernher.blaun, WernherBlaun",
        "wernher%40rockets.test",
        "deploy-secret%2Forbit, secret_orbit",
        "\N{LATIN SMALL LETTER LONG S}ecret-orbit secret-orbit",
        "git@ghe.rockets.example:team/code.git",
        r"C:\\Users\\blaunw\\code",
    ],
)
def test_a_name_is_masked_however_it_is_written(text: str) -> None:
    history, _, _ = a_history()
    masked = Masks(history).text(text).lower()
    parts = ("acme", "rockets", "moon", "lander", "wernher", "blaun", "orbit")
    assert [part for part in parts if part in masked] == []


@pytest.mark.parametrize("before", ["Author: ", "commit:  ", "Signed-off-by: ", "    Co-authored-by: "])
def test_a_name_before_an_address_is_masked_also_where_it_stands_alone(before: str) -> None:
    history, _, _ = a_history()
    masked = Masks(history).text(f"{before}Klara van Osten <kvo@users.noreply.github.com>\nrejected by Klara van Osten")
    assert "Klara" not in masked
    assert "Osten" not in masked


def test_a_name_that_only_an_annotation_holds_is_masked_in_every_log(tmp_path: Path) -> None:
    history, jobs, _ = a_history()
    folder = recorded(tmp_path / "raw")
    run = history.runs[-1]
    told = Annotation("failure", "see /home/kvosten/notes", "", "", None)
    folder.keep_jobs(run, [dataclasses.replace(job, annotations=(told,)) for job in jobs[run.id]])
    log_of = next(job.id for one in history.runs for job in jobs[one.id] if job.conclusion == "failure")
    folder.keep_log(log_of, "ask kvosten\n")
    copy = HistoryFolder(tmp_path / "copy")
    record(folder.history(), folder, copy, Quiet(), anonymise=True)
    assert "kvosten" not in everything(copy.folder)


def test_the_people_of_a_run_are_its_actors_and_authors() -> None:
    run = {
        "actor": {"login": "ada"},
        "triggering_actor": None,
        "head_commit": {"author": {"name": "Ada L.", "email": "ada@example.com"}, "committer": 5},
    }
    assert list(people_of(run)) == ["ada", "Ada L.", "ada@example.com"]


# --- forms ---------------------------------------------------------------------------------------

RAW_RUN = {
    "id": 5, "name": "Build all", "head_branch": "trunk", "head_sha": "a" * 40, "run_number": 1, "event": "schedule",
    "path": ".github/workflows/b.yml", "status": "completed", "conclusion": "failure", "workflow_id": 3,
    "run_attempt": 1, "created_at": "2026-03-01T00:00:00Z", "updated_at": "2026-03-01T00:10:00Z",
    "head_commit": {"message": "Change"}, "head_repository": {"id": 9},
    "repository": {"id": 9, "full_name": "octo-org/example", "html_url": "https://github.com/octo-org/example"},
}  # fmt: skip


def test_a_list_of_runs_alone_is_a_history() -> None:
    history = read_history({"workflow_runs": [RAW_RUN]})
    assert (history.repository.full_name, history.repository.default_branch) == ("octo-org/example", "trunk")
    assert [workflow.name for workflow in history.workflows] == ["Build all"]
    assert history.until == START + timedelta(minutes=10)


def test_runs_with_names_of_their_own_do_not_name_the_workflow() -> None:
    other = {**RAW_RUN, "id": 6, "name": "Build all for Ada"}
    assert [workflow.name for workflow in read_history({"workflow_runs": [RAW_RUN, other]}).workflows] == ["b.yml"]


@pytest.mark.parametrize("runs", [{}, {"workflow_runs": []}, {"workflow_runs": [{"id": 1}]}, {"workflow_runs": [3]}])
def test_another_form_is_an_error_that_says_so(runs: dict[str, object]) -> None:
    with pytest.raises(HistoryError, match="cannot be read"):
        read_history(runs)


def test_a_folder_without_a_history_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"holds no recorded history.*--record"):
        HistoryFolder(tmp_path).history()


# --- folders that somebody else made --------------------------------------------------------------


ABOUT = {
    "full_name": "octo-org/example",
    "default_branch": "main",
    "recorded_from": "2026-03-01T00:00:00Z",
    "recorded_to": "2026-03-08T00:00:00Z",
}


def test_a_history_without_runs_is_a_history_if_the_rest_is_recorded() -> None:
    assert read_history({"workflow_runs": []}, None, ABOUT).runs == ()
    for missing in ("default_branch", "recorded_from", "recorded_to"):
        with pytest.raises(HistoryError, match="holds no run"):
            read_history({"workflow_runs": []}, None, {key: ABOUT[key] for key in ABOUT if key != missing})


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_history_that_ends_where_no_time_can_be_counted_from_is_refused(end: str) -> None:
    with pytest.raises(HistoryError, match="ends in the year"):
        read_history({"workflow_runs": [RAW_RUN]}, None, {**ABOUT, "recorded_to": end})


def test_people_of_another_form_are_no_error() -> None:
    history = read_history({"workflow_runs": [RAW_RUN]}, None, {**ABOUT, "people": [["ada"], {"a": 1}, "ada"]})
    assert "ada" in history.people


def test_only_the_attempts_that_are_recorded_take_time() -> None:
    run = a_run(1, attempt=10**12)
    assert timeline_of(run, ()).at(run.updated_at) == run


def test_a_run_with_too_long_a_number_has_no_jobs(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    assert folder.jobs(dataclasses.replace(a_run(), id=10**300)) is None
    assert not folder.has_log(10**300)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_log_that_never_ends_is_no_log(tmp_path: Path, kind: str) -> None:
    folder = recorded(tmp_path)
    log = tmp_path / "logs" / "77.txt"
    if kind == "pipe":
        os.mkfifo(log)
    else:
        log.symlink_to("/dev/zero")
    with pytest.raises(LogAbsentError):
        list(folder.log(77))


def test_only_the_end_of_a_very_long_log_is_copied() -> None:
    assert newest_bytes(iter([b"a" * MOST_OF_A_LOG] * 3 + [b"the end"]))[-9:] == b"aathe end"
    assert len(newest_bytes(iter([b"a" * MOST_OF_A_LOG] * 3))) == MOST_OF_A_LOG
