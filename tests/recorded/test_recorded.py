"""The real client over recorded answers: what GitHub sends arrives in our types, and no request is made twice.

A request that is not in the cassette fails, so these also hold the exact set of requests.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ci_failure_tracker.github.client import PUBLIC_API, connect
from ci_failure_tracker.github.commits import CommitQueries
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Permission, RefKind, Rerun, WriteStatus
from ci_failure_tracker.model.secret import Secret
from recorded.record import (
    ARTIFACT_ADDRESS,
    CASSETTES,
    LABELS,
    LOG_ADDRESS,
    Source,
    read_about,
    read_everything,
    read_lists,
    read_reports,
    recorder,
    write_everything,
)

SOURCE = Source(PUBLIC_API, read_about()["repository"], "a-token-of-no-worth")


def answers(cassette: str, path: str) -> list[Any]:
    """What GitHub answered to the requests whose path ends so."""
    recorded = yaml.safe_load((CASSETTES / cassette).read_text(encoding="utf-8"))["interactions"]
    return [
        json.loads(one["response"]["body"]["string"])
        for one in recorded
        if one["request"]["uri"].partition("?")[0].endswith(path)
    ]


def new_queries() -> Queries:
    return Queries(connect(Secret(SOURCE.token), SOURCE.endpoints), SOURCE.endpoints, SOURCE.repository)


def test_every_query_is_sent_once() -> None:
    with recorder().use_cassette("reads.yaml") as cassette:
        queries = read_everything(SOURCE)
    assert cassette.all_played
    assert queries.budget.made == len(cassette) - 2  # the stores of logs and artifacts are not GitHub's API


def test_a_log_comes_from_another_host_that_gets_no_token() -> None:
    recorded = yaml.safe_load((CASSETTES / "reads.yaml").read_text(encoding="utf-8"))["interactions"]
    (store,) = [one for one in recorded if one["request"]["uri"] == LOG_ADDRESS]
    (redirect,) = [one for one in recorded if one["request"]["uri"].endswith("/logs")]
    assert redirect["response"]["status"]["code"] == 302
    job_id = int(redirect["request"]["uri"].split("/")[-2])
    with recorder().use_cassette("reads.yaml", allow_playback_repeats=True):
        text = b"".join(new_queries().job_log(job_id))
    body = store["response"]["body"]["string"]
    assert text == (body if isinstance(body, bytes) else body.encode())


def test_an_artifact_comes_in_a_range_from_another_host_that_gets_no_token() -> None:
    recorded = yaml.safe_load((CASSETTES / "reads.yaml").read_text(encoding="utf-8"))["interactions"]
    (store,) = [one for one in recorded if one["request"]["uri"] == ARTIFACT_ADDRESS]
    assert store["response"]["status"]["code"] == 206
    (artifact,) = answers("reads.yaml", "/artifacts")[0]["artifacts"]
    assert store["request"]["headers"]["Range"] == [f"bytes=0-{artifact['size_in_bytes'] - 1}"]
    with recorder().use_cassette("reads.yaml", allow_playback_repeats=True):
        requester = connect(Secret(SOURCE.token), SOURCE.endpoints)
        queries = Queries(requester, SOURCE.endpoints, SOURCE.repository)
        failed = next(run for run in queries.runs(None, "main", None, None) if run.conclusion == "failure")
        ((read,),) = (of_run.artifacts for of_run in read_reports(requester, queries, failed))
    assert read.artifact.name == artifact["name"]
    assert [(test.name, test.message) for test in read.results] == [("test_dates.py::test_leap", "assert 28 == 29")]


def test_annotations_have_their_path_and_line() -> None:
    (answer,) = answers("reads.yaml", "/annotations")
    job_id = next(
        int(one["request"]["uri"].split("/")[-2])
        for one in yaml.safe_load((CASSETTES / "reads.yaml").read_text(encoding="utf-8"))["interactions"]
        if "/annotations" in one["request"]["uri"]
    )
    with recorder().use_cassette("reads.yaml", allow_playback_repeats=True):
        annotations = new_queries().annotations(job_id)
    assert [(item.level, item.message, item.path, item.line) for item in annotations] == [
        (one["annotation_level"], one["message"], one["path"], one["start_line"]) for one in answer
    ]


def test_a_run_has_the_name_of_its_workflow_instead_of_its_own() -> None:
    (listed, *_) = answers("reads.yaml", "/actions/runs")
    names = {one["id"]: one["name"] for one in answers("reads.yaml", "/actions/workflows")[0]["workflows"]}
    with recorder().use_cassette("reads.yaml", allow_playback_repeats=True):
        queries = new_queries()
        queries.repository()
        queries.workflows()
        runs = list(queries.runs(None, "main", None, None))
    assert [run.id for run in runs] == [one["id"] for one in listed["workflow_runs"]]
    for run, one in zip(runs, listed["workflow_runs"], strict=True):
        assert run.workflow.name == names[one["workflow_id"]]
        assert (run.number, run.attempt, run.conclusion) == (one["run_number"], one["run_attempt"], one["conclusion"])
        assert run.created_at.isoformat().replace("+00:00", "Z") == one["created_at"]
        assert run.from_fork == (
            one["head_repository"] is None or one["head_repository"]["id"] != one["repository"]["id"]
        )


def test_every_write_is_sent_once_and_is_done() -> None:
    with recorder().use_cassette("writes.yaml") as cassette:
        results = write_everything(SOURCE)
    assert cassette.all_played
    assert [result.status for result in results] == [WriteStatus.DONE] * 6
    issues = [result for result in results if not isinstance(result.action, Rerun)]
    assert {result.number for result in issues} == {answers("writes.yaml", "/issues")[0]["number"]}
    assert all(result.url for result in issues)


def test_the_issue_is_created_once_with_all_its_labels() -> None:
    with recorder().use_cassette("writes.yaml"):
        write_everything(SOURCE)  # the cassette plays only to a request with the very same body
    recorded = yaml.safe_load((CASSETTES / "writes.yaml").read_text(encoding="utf-8"))["interactions"]
    posted = [one["request"] for one in recorded if one["request"]["uri"].endswith("/issues")]
    assert len(posted) == 1
    assert json.loads(posted[0]["body"])["labels"] == list(LABELS)


@pytest.mark.parametrize("cassette", sorted(CASSETTES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_cassette_keeps_no_token_and_no_local_address(cassette: Path) -> None:
    text = cassette.read_text(encoding="utf-8").casefold()
    for secret in ("authorization", "sandbox-token", "ghp_", "ghs_", "github_pat_", "127.0.0.1"):
        assert secret not in text


def test_tags_come_with_the_runs_on_their_commits() -> None:
    with recorder().use_cassette("reads.yaml", allow_playback_repeats=True):
        queries = new_queries()
        (run,) = queries.runs(None, "v1.0.0", None, None)
        tags, known = queries.tags_and_known_issues()
        assert isinstance(tags, tuple)
        (tag,) = tags
        kinds = queries.ref_kinds(["main", "v1.0.0", "no-such-ref"])
    assert tag.name == "v1.0.0"
    assert known is not None
    assert [(each.workflow_id, each.number, each.event, each.conclusion, each.created_at) for each in tag.runs] == [
        (run.workflow.id, run.number, run.event, run.conclusion, run.created_at)
    ]
    assert kinds == {"main": RefKind.BRANCH, "v1.0.0": RefKind.TAG, "no-such-ref": RefKind.GONE}


def test_a_commit_comes_with_its_files_and_where_it_is_from() -> None:
    with recorder().use_cassette("reads.yaml", allow_playback_repeats=True):
        queries = new_queries()
        runs = list(queries.runs(None, "main", None, None))
        failed = next(run for run in runs if run.conclusion == "failure" and not run.from_fork).commit.sha
        commits = CommitQueries(connect(Secret(SOURCE.token), SOURCE.endpoints), queries)
        files = commits.files(failed)
        origins, seen = commits.origins([run.commit.sha for run in runs])
        text, there = commits.codeowners(["README.md", "no/such/file"])
    (answer,) = answers("reads.yaml", f"/commits/{failed}")
    assert files == tuple(one["filename"] for one in answer["files"])
    assert seen
    assert {origin.author for origin in origins.values()} <= {answer["author"]["login"], ""}
    if read_about()["source"] != "GitHub":
        assert origins[failed].pull_request == 7
        assert (text, there) == ("* @octo-org\n", frozenset({"README.md"}))


def test_failed_jobs_run_again_by_one_request_after_a_look_at_the_run() -> None:
    with recorder().use_cassette("writes.yaml"):
        write_everything(SOURCE)
    recorded = yaml.safe_load((CASSETTES / "writes.yaml").read_text(encoding="utf-8"))["interactions"]
    methods = [one["request"]["method"] for one in recorded if "/actions/runs/" in one["request"]["uri"]]
    addresses = [one["request"]["uri"] for one in recorded if "/actions/runs/" in one["request"]["uri"]]
    assert methods == ["GET", "POST"]
    assert addresses[1] == f"{addresses[0]}/rerun-failed-jobs"


def test_the_newest_commit_of_a_branch_is_that_of_its_newest_run() -> None:
    with recorder().use_cassette("reads.yaml", allow_playback_repeats=True):
        queries = new_queries()
        newest = next(iter(queries.runs(None, "main", None, None)))
        heads = queries.heads(["main", "no-such-ref"])
    assert heads == {"main": newest.commit.sha, "no-such-ref": ""}


def test_a_known_issue_comes_with_who_wrote_it_and_the_login_of_the_token_with_the_known_issues() -> None:
    with recorder().use_cassette("reads.yaml", allow_playback_repeats=True):
        queries = new_queries()
        queries.repository()
        _, known = queries.tags_and_known_issues()
        viewer, same = queries.viewer_and_known_issues()
        still_open = queries.issues("ci-failure", "open")
        written = queries.authorships([still_open[0].number])
        may_write = queries.permission("octo-org")
    assert viewer
    assert known == same
    assert written[still_open[0].number].author.login == still_open[0].author
    assert may_write in Permission
    if read_about()["source"] != "GitHub":
        assert isinstance(known, tuple)
        (rule,) = known
        assert rule.authorship.author.login == "octo-org"
        assert rule.authorship.editor is None
        assert "ci-failure" in rule.issue.body
        assert may_write is Permission.WRITE


def test_an_owner_and_a_name_that_are_not_there_are_none() -> None:
    owner = SOURCE.repository.partition("/")[0]
    with recorder().use_cassette("reads.yaml", allow_playback_repeats=True):
        of_owners, named = read_lists(connect(Secret(SOURCE.token), SOURCE.endpoints), SOURCE)
    found = named.by_name[SOURCE.repository.lower()]
    assert found in (of_owners.by_owner[owner.lower()] or ())
    assert of_owners.by_owner["no-such-owner-1"] is None
    assert named.by_name[f"{owner}/no-such-name".lower()] is None
    assert not of_owners.problems
    assert not named.problems
