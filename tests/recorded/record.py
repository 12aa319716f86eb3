"""Record the cassettes anew: `make cassettes`.

With GITHUB_TOKEN and CASSETTE_REPOSITORY (a scratch repository of yours with at least one failed run and an open
issue with the label `ci-failure`) the answers are GitHub's own: one issue is opened there, edited, and closed. Without
them they are the sandbox's, and the address is written as GitHub's, so that a cassette looks the same from either
source.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import vcr

from builders import HURRIED, Quiet, a_state
from ci_failure_tracker.github import artifacts
from ci_failure_tracker.github.client import PUBLIC_API, Endpoints, MeteredRequester, connect
from ci_failure_tracker.github.commits import CommitQueries
from ci_failure_tracker.github.issues import IssueQueries
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.repositories import RepositoryQueries
from ci_failure_tracker.model import (
    Close,
    Closer,
    Create,
    Identity,
    Reopen,
    ReportRequests,
    Rerun,
    Result,
    Run,
    RunList,
    RunReports,
    Update,
)
from ci_failure_tracker.model.repositories import RepositoryLists
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.reports.archive import artifact_reader
from sandbox import Sandbox
from sweeping import writer_of

CASSETTES = Path(__file__).parent / "cassettes"
SCENARIO = Path(__file__).parent / "scenario.yaml"
ABOUT = CASSETTES / "about.json"

LOG_ADDRESS = "https://logs.example/job.txt"
ARTIFACT_ADDRESS = "https://artifacts.example/reports.zip"
LABELS = ("ci-failure", "github-actions", "automated")
IDENTITY = Identity("0" * 32, "CI", "test")
TITLE = "[CI Failure] CI - test"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)

_KEPT_HEADERS = frozenset(
    {"content-type", "link", "content-range", "location", "x-ratelimit-limit", "x-ratelimit-remaining"}
)


@dataclass(frozen=True)
class Source:
    """Where the answers come from."""

    api_url: str
    repository: str
    token: str

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints(self.api_url, f"{self.api_url}/graphql")


def read_everything(source: Source) -> Queries:
    """Every read the tracker makes, at least once."""
    requester = connect(Secret(source.token), source.endpoints)
    queries = Queries(requester, source.endpoints, source.repository)
    queries.repository()
    workflows = queries.workflows()
    runs = list(queries.runs(None, "main", None, None))
    failed = next(run for run in runs if run.conclusion == "failure")
    job = next(job for job in queries.jobs(failed) if job.conclusion == "failure")
    queries.jobs_of_many([failed])
    list(queries.job_log(job.id))
    queries.annotations(job.id)
    read_reports(requester, queries, failed)
    list(queries.runs(workflows[0], None, failed.event, datetime(2020, 1, 1, tzinfo=UTC)))
    queries.first_runs(RunList(10, workflows[0].id, "main", failed.event, "completed", SINCE))
    queries.first_runs(RunList(100, branch="main", status="timed_out"))
    queries.run(failed.id)
    queries.newest_runs(workflows)
    queries.run_changes([failed.node_id])
    still_open = queries.issues("ci-failure", "open")
    issues = IssueQueries(requester, queries)
    issues.open_by(queries.viewer())
    issues.closed("ci-failure", SINCE)
    issues.recently_closed("ci-failure", SINCE)
    issues.issue(still_open[0].number)
    issues.closed_long_ago("ci-failure", [IDENTITY.id])
    queries.closers([still_open[0].number], "main")
    newest, oldest = runs[0].commit.sha, runs[-1]
    queries.contain([(Closer(oldest.commit.sha, oldest.created_at, "main"), newest)])
    queries.tags_and_known_issues()
    queries.viewer_and_known_issues()
    queries.authorships([still_open[0].number])
    queries.permission("octo-org")
    queries.ref_kinds(["main", "v1.0.0", "no-such-ref"])
    queries.heads(["main", "no-such-ref"])
    list(queries.runs(None, "v1.0.0", None, None))
    list(queries.runs(None, None, "release", None))
    list(queries.runs(workflows[0], "main", None, None))
    queries.commits_between([(run.commit.sha, runs[0].commit.sha) for run in runs[-1:]])
    commits = CommitQueries(requester, queries)
    commits.files(next(run for run in runs if run.conclusion == "failure" and not run.from_fork).commit.sha)
    commits.origins([run.commit.sha for run in runs])
    commits.codeowners(["README.md", "no/such/file"])
    read_lists(requester, source)
    return queries


def read_lists(requester: MeteredRequester, source: Source) -> tuple[RepositoryLists, RepositoryLists]:
    """The repositories of the owner, and those that are asked for by name."""
    queries, (owner, _, _) = RepositoryQueries(requester, source.endpoints), source.repository.partition("/")
    return queries.of_owners([owner, "no-such-owner-1"]), queries.named([source.repository, f"{owner}/no-such-name"])


def read_reports(requester: MeteredRequester, queries: Queries, run: Run) -> tuple[RunReports, ...]:
    """The test reports of a run."""
    requests = ReportRequests((run,), ("*",), artifact_reader(["**/junit*.xml"]))
    return artifacts.read_reports(artifacts.ArtifactQueries(requester, queries), requests, Quiet()).reports


def write_everything(source: Source) -> tuple[Result, ...]:
    """Every write the tracker makes: a re-run, labels, an issue, its body, a comment, its closing and reopening."""
    requester = connect(Secret(source.token), source.endpoints, HURRIED)
    writer = writer_of(requester, GitHubReader(requester, source.endpoints, source.repository, Quiet()))
    state = a_state(IDENTITY)
    queries = Queries(requester, source.endpoints, source.repository)
    failed = next(run for run in queries.runs(None, "main", None, None) if run.conclusion == "failure")
    reruns = writer.run_again([Rerun(IDENTITY, "recorded", failed.id, failed.number, ("test",))])
    (created,) = writer.apply([Create(IDENTITY, "recorded", TITLE, "one\n", LABELS, (), state)])
    number = created.number or 0
    return (
        *reruns,
        created,
        *writer.apply(
            [
                Update(IDENTITY, "", number, "two\n", state, "It turned flaky.", ("flaky",)),
                Close(IDENTITY, "", number, "three\n", state, "It is green again.", state_reason="completed"),
                Reopen(IDENTITY, "", number, "four\n", state),
                Close(IDENTITY, "", number, "five\n", state, state_reason="not_planned"),
            ]
        ),
    )


# --- the recorder --------------------------------------------------------------------------------


def recorder(origin: str = PUBLIC_API, mode: str = "none") -> vcr.VCR:
    """A recorder that keeps no secret and writes every address as GitHub's own."""

    host, public_host = (url.partition("://")[2] for url in (origin, PUBLIC_API))

    def request(record: Any) -> Any:
        record.uri = address(record.uri)
        return record

    def address(url: str) -> str:
        # Logs and artifacts lie on other hosts, under signed addresses that are nobody's business.
        there = url.replace(origin, PUBLIC_API)
        if there.startswith(f"{PUBLIC_API}/") and "/_logs/" not in there and "/_artifacts/" not in there:
            return there
        return ARTIFACT_ADDRESS if "artifacts" in there else LOG_ADDRESS

    def response(record: dict[str, Any]) -> dict[str, Any]:
        body = record["body"]["string"].replace(origin.encode(), PUBLIC_API.encode())
        for ours in (host, host.partition(":")[0]):
            body = body.replace(ours.encode(), public_host.encode())
        record["body"]["string"] = body
        kept = {name: values for name, values in record["headers"].items() if name.lower() in _KEPT_HEADERS}
        for name, values in kept.items():
            in_place = address if name.lower() == "location" else lambda value: value.replace(origin, PUBLIC_API)
            kept[name] = [in_place(value) for value in values]
        record["headers"] = kept
        return record

    return vcr.VCR(
        cassette_library_dir=str(CASSETTES),
        record_mode=mode,
        match_on=("method", "scheme", "host", "port", "path", "query", "body"),
        filter_headers=["authorization", "user-agent", "accept-encoding", "connection"],
        before_record_request=request,
        before_record_response=response,
        decode_compressed_response=True,
    )


def read_about() -> dict[str, str]:
    """Where the cassettes that lie here came from."""
    return dict(json.loads(ABOUT.read_text(encoding="utf-8")))


@contextmanager
def _source() -> Iterator[tuple[Source, str]]:
    token, repository = os.environ.get("GITHUB_TOKEN"), os.environ.get("CASSETTE_REPOSITORY")
    if token and repository:
        yield Source(PUBLIC_API, repository, token), "GitHub"
        return
    with Sandbox.from_scenario(SCENARIO).serve() as server:
        yield Source(server.api_url, "octo-org/example", "sandbox-token"), "the sandbox"


def main() -> int:
    """Record both cassettes."""
    CASSETTES.mkdir(exist_ok=True)
    for old in CASSETTES.glob("*.yaml"):
        old.unlink()
    with _source() as (source, kind):
        with recorder(source.api_url, "once").use_cassette("reads.yaml"):
            read_everything(source)
        with recorder(source.api_url, "once").use_cassette("writes.yaml"):
            results = write_everything(source)
        if kind == "GitHub":
            _tidy(source, results[1].number or 0)
    ABOUT.write_text(json.dumps({"source": kind, "repository": source.repository}, indent=2) + "\n", encoding="utf-8")
    return 0


def _tidy(source: Source, number: int) -> None:
    """Close the issue that the recording opened in the scratch repository."""
    requester = connect(Secret(source.token), source.endpoints)
    requester.requestJsonAndCheck(
        "PATCH", f"/repos/{source.repository}/issues/{number}", input={"state": "closed", "state_reason": "not_planned"}
    )


if __name__ == "__main__":
    sys.exit(main())
