"""Reads the test reports in the artifacts of runs: a list of each run, and a few ranges of each artifact."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from threading import Lock
from typing import IO

from requests import Response

from ci_failure_tracker.errors import (
    ArtifactAbsentError,
    GitHubError,
    MissingRightError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnexplainedLogError,
)
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.client import MeteredRequester, translated
from ci_failure_tracker.github.download import anonymous_download
from ci_failure_tracker.github.fields import LeftOut, each, left_out_problems
from ci_failure_tracker.github.pages import first_page
from ci_failure_tracker.github.queries import Queries, redirect_of
from ci_failure_tracker.github.retry import Budget
from ci_failure_tracker.github.side_by_side import AT_ONCE, each_of, side_by_side
from ci_failure_tracker.model import (
    Artifact,
    ArtifactReports,
    Problem,
    ReadArtifact,
    ReportRequests,
    Run,
    RunReports,
    Severity,
)
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import counted, some_of

# A matrix uploads a report for each job, and each artifact costs two requests or more.
MOST_OF_A_RUN = 20
"""Artifacts of one run that are opened."""

MOST_BYTES = 200_000_000
"""Bytes of artifacts that one sweep reads."""

MOST_TESTS = 150_000
"""Tests in reports that one sweep keeps."""

MOST_WHOLE = 50_000_000
"""Bytes of an artifact that is read as a whole, because the store sends no ranges."""

KEPT = 0.1
"""The part of a sweep's requests that is kept for the issues."""

_GIVE_UP_AFTER = 3
"""So many errors in a row end the reading of artifacts."""

_RIGHT = "actions: read"
_PIECE = 1 << 16
_WHOLE, _PART, _OUTSIDE = 200, 206, 416
_ABSENT = (404, 410)
_RANGE = re.compile(r"bytes (?:(\d{1,18})-\d{1,18}|\*)/(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Listed:
    """Artifacts of a run; `total` is how many it has, `malformed` are those that could not be understood."""

    artifacts: tuple[Artifact, ...]
    total: int
    malformed: tuple[LeftOut, ...]


class ArtifactQueries:
    """Sends the queries about the artifacts of a repository."""

    def __init__(self, requester: MeteredRequester, queries: Queries) -> None:
        """Send no request yet."""
        self._requester = requester
        self._queries = queries

    @property
    def budget(self) -> Budget:
        """The requests that this sweep has sent and may send."""
        return self._queries.budget

    def of_run(self, run: Run) -> _Listed:
        """The newest hundred artifacts of a run."""
        with translated("list the artifacts of a run", _RIGHT):
            page = first_page(self._requester, f"{self._queries.address}/actions/runs/{run.id}/artifacts", "artifacts")
            left_out: list[LeftOut] = []
            artifacts = tuple(each(page.items, "artifact", answers.artifact, left_out))
            return _Listed(artifacts, page.total or len(artifacts), tuple(left_out))

    def address(self, artifact: Artifact) -> str:
        """Where an artifact lies: GitHub signs an address on another host, which must not get the token.

        Raises:
            ArtifactAbsentError: it was deleted, or its time is over.
        """
        with translated("read an artifact", _RIGHT):
            address = f"{self._queries.address}/actions/artifacts/{artifact.id}/zip"
            # The redirect is not followed here: the next request must go without the token.
            status, headers, text = self._requester.requestJson("GET", address)
            if status in _ABSENT:
                raise ArtifactAbsentError
            return redirect_of(self._requester, status, headers, text)

    @contextmanager
    def store(self, address: str, start: int, length: int) -> Iterator[Response]:
        """The answer of the store to the request for `length` bytes from `start` on.

        Raises:
            ArtifactAbsentError: the artifact was deleted, or its time is over.
            GitHubError: the store refuses, or a proxy answers in its place.
        """
        # A store that packs its answer would send other bytes than those of the file.
        headers = {"Range": f"bytes={start}-{start + length - 1}", "Accept-Encoding": "identity"}
        errors = translated("read an artifact", _RIGHT)
        with errors, anonymous_download(address, self._requester.retry_policy, "artifact", headers) as answer:
            if answer.status_code in _ABSENT:
                raise ArtifactAbsentError
            if answer.status_code not in (_WHOLE, _PART, _OUTSIDE):
                raise GitHubError(f"The store of GitHub's artifacts answered {answer.status_code}.")
            # A proxy may send its own page with status 200, and a test report is never HTML.
            if "html" in answer.headers.get("content-type", ""):
                raise GitHubError("A page came in place of the artifact, as from a proxy.")
            yield answer


class _OverBudgetError(TrackerError):
    """The sweep has read as much as it may."""

    def __init__(self) -> None:
        most = f"{MOST_BYTES // 1_000_000} MB of artifacts, and {MOST_TESTS:,} tests of them,"
        super().__init__(f"A sweep reads {most} at most.")


class _Amounts:
    """How many bytes a sweep has read, and how many tests it keeps, in several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._bytes = self._tests = 0

    def add(self, *, size: int = 0, tests: int = 0) -> None:
        with self._lock:
            self._bytes += size
            self._tests += tests
            if self._bytes > MOST_BYTES or self._tests > MOST_TESTS:
                raise _OverBudgetError


class _File:
    """An artifact as a file of which ranges are read. A store that sends no ranges sends it once, to a file on disk."""

    def __init__(self, queries: ArtifactQueries, artifact: Artifact, amounts: _Amounts) -> None:
        self._queries = queries
        self._address = queries.address(artifact)
        self._amounts = amounts
        self._whole: IO[bytes] | None = None
        self.size = artifact.size

    def close(self) -> None:
        """Remove the file on disk, if there is one."""
        if self._whole is not None:
            self._whole.close()

    def read(self, start: int, length: int) -> bytes:
        """So many bytes; fewer if the file is shorter than it was said to be, which `size` then tells."""
        if length <= 0:
            return b""
        if self._whole is None:
            with self._queries.store(self._address, start, length) as answer:
                if answer.status_code != _WHOLE:
                    return self._part(answer, start, length)
                self._take_whole(answer)
        return self._of_whole(start, length)

    def _part(self, answer: Response, start: int, length: int) -> bytes:
        found = _RANGE.fullmatch(answer.headers.get("content-range", "").strip())
        if found is None:
            raise GitHubError("The store of GitHub's artifacts does not say which bytes it sends.")
        self.size = int(found[2])
        # An artifact can be shorter than the list says, for example if it is empty.
        if answer.status_code == _OUTSIDE:
            return b""
        if found[1] is None or int(found[1]) != start:
            raise GitHubError("The store of GitHub's artifacts sent other bytes than those that were asked for.")
        return b"".join(self._pieces(answer, length))[:length]

    def _take_whole(self, answer: Response) -> None:
        # On disk, because several artifacts of this size are read at the same time.
        self._whole = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        for piece in self._pieces(answer, MOST_WHOLE + 1):
            self._whole.write(piece)
        self.size = self._whole.tell()
        if self.size > MOST_WHOLE:
            most = f"{MOST_WHOLE // 1_000_000} MB"
            raise GitHubError(f"The store sends no parts of it, and as a whole it is larger than {most}.")

    def _pieces(self, answer: Response, most: int) -> Iterator[bytes]:
        """The body in pieces, hardly more than was asked for."""
        left = most
        for piece in answer.iter_content(_PIECE):
            self._amounts.add(size=len(piece))
            yield piece
            left -= len(piece)
            if left <= 0:
                return

    def _of_whole(self, start: int, length: int) -> bytes:
        if self._whole is None:
            return b""
        self._whole.seek(start)
        return self._whole.read(length)


# --- the reports of runs -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportsResult:
    """What the reports of runs say."""

    reports: tuple[RunReports, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """An artifact that may hold reports, and what came of it; neither reports nor an error means that it waits."""

    run: Run
    artifact: Artifact
    reports: ArtifactReports | None = None
    error: TrackerError | None = None

    @property
    def name(self) -> str:
        return f"{self.artifact.name} of run {self.run.number} of {self.run.workflow.name}"


def read_reports(queries: ArtifactQueries, requests: ReportRequests, progress: Progress) -> ReportsResult:
    """Read the test reports of runs. What cannot be read becomes a problem in the result, once for each cause."""
    progress.phase("Read the test reports of failed runs", len(requests.runs))
    reader = _ReportReader(queries, requests.read)
    found: list[_Found] = []
    problems: list[Problem] = []
    for run, listed in each_of(requests.runs, queries.of_run, queries.budget, KEPT):
        progress.advance()
        if isinstance(listed, TrackerError):
            problems.append(_unlisted(run, listed))
            # The same error would come for every other run.
            if not _is_of_one_run(listed):
                break
            continue
        chosen = [artifact for artifact in listed.artifacts if _is_wanted(artifact, requests.artifacts)]
        found += [_Found(run, artifact) for artifact in chosen[:MOST_OF_A_RUN]]
        problems += _left_out(run, listed, chosen)
    results = list(side_by_side([partial(reader.read, one) for one in found]))
    by_run: dict[int, list[ArtifactReports]] = {}
    for result in results:
        if result.reports is not None:
            by_run.setdefault(result.run.id, []).append(result.reports)
    reports = tuple(RunReports(run_id, tuple(of_run)) for run_id, of_run in by_run.items())
    return ReportsResult(reports, (*dict.fromkeys(problems), *_problems(results, reader)))


class _ReportReader:
    """Reads the artifacts of one sweep in several threads."""

    def __init__(self, queries: ArtifactQueries, read: ReadArtifact) -> None:
        self._queries = queries
        self._read = read
        self._lock = Lock()
        self._errors_in_a_row = 0
        self._amounts = _Amounts()
        self.refused: TrackerError | None = None

    def read(self, found: _Found) -> _Found:
        """Read one artifact. It raises no error: whatever goes wrong with one, the others are read."""
        if found.artifact.expired:
            return _Found(found.run, found.artifact, error=ArtifactAbsentError())
        if self.refused is not None:
            return found
        try:
            # As many threads pass this check at the same time, each with a request.
            self._queries.budget.check(AT_ONCE, KEPT)
            reports = self._reports(found.artifact)
        except (_OverBudgetError, RequestsSpentError) as spent:
            self.refused = spent
            return found
        except TrackerError as error:
            self._count_error(error)
            return _Found(found.run, found.artifact, error=error)
        except Exception as error:  # anybody may write into an artifact, and one must not end the sweep
            return _Found(found.run, found.artifact, error=UnexplainedLogError(error, "the artifact"))
        self._errors_in_a_row = 0
        return _Found(found.run, found.artifact, reports)

    def _reports(self, artifact: Artifact) -> ArtifactReports:
        file = _File(self._queries, artifact, self._amounts)
        try:
            reports = self._read(artifact, file)
            self._amounts.add(tests=len(reports.results))
            return reports
        finally:
            file.close()

    def _count_error(self, error: TrackerError) -> None:
        if isinstance(error, ArtifactAbsentError):
            return  # it says nothing about GitHub
        with self._lock:
            self._errors_in_a_row += 1
            if isinstance(error, RateLimitedError | MissingRightError) or self._errors_in_a_row >= _GIVE_UP_AFTER:
                self.refused = error


def _is_wanted(artifact: Artifact, globs: Sequence[str]) -> bool:
    name = artifact.name.casefold()
    return any(name == glob.casefold() or fnmatchcase(name, glob.casefold()) for glob in globs)


def _is_of_one_run(error: TrackerError) -> bool:
    return not isinstance(error, RateLimitedError | MissingRightError | RequestsSpentError)


def _unlisted(run: Run, error: TrackerError) -> Problem:
    whose = f"run {run.number} of {run.workflow.name}" if _is_of_one_run(error) else "failed runs"
    severity = error.severity if isinstance(error, RequestsSpentError) else Severity.WARNING
    return Problem(severity, f"The test reports of {whose} were not read. {error.what}", error.advice)


def _left_out(run: Run, listed: _Listed, chosen: Sequence[Artifact]) -> Iterator[Problem]:
    name = f"run {run.number} of {run.workflow.name}"
    for problem in left_out_problems(listed.malformed):
        yield replace(problem, severity=Severity.WARNING, advice="")
    seen = len(listed.artifacts) + len(listed.malformed)
    if listed.total > seen:
        what = f"Of the {listed.total:,} artifacts of {name}, the newest {seen} were looked at for test reports."
        yield Problem(Severity.NOTICE, what, "")
    if len(chosen) > MOST_OF_A_RUN:
        what = f"Of the {len(chosen)} artifacts of {name} that may hold test reports, {MOST_OF_A_RUN} were opened."
        yield Problem(Severity.NOTICE, what, "Name those that do in `test-artifacts`.")


def _problems(results: Sequence[_Found], reader: _ReportReader) -> Iterator[Problem]:
    failed = [(result.name, result.error) for result in results if result.error is not None]
    for what, advice in dict.fromkeys((error.what, error.advice) for _, error in failed):
        names = [name for name, error in failed if error.what == what]
        absent = all(isinstance(error, ArtifactAbsentError) for _, error in failed if error.what == what)
        severity = Severity.NOTICE if absent else Severity.WARNING
        yield Problem(severity, f"An artifact was not read: {some_of(names)}. {what}", advice)
    waiting = [result.name for result in results if result.reports is None and result.error is None]
    if waiting and reader.refused is not None:
        were = "was" if len(waiting) == 1 else "were"
        severity = reader.refused.severity if isinstance(reader.refused, RequestsSpentError) else Severity.WARNING
        what = f"{reader.refused.what} {counted(len(waiting), 'artifact')} {were} not read: {some_of(waiting)}."
        yield Problem(severity, what, reader.refused.advice)
    read = [result for result in results if result.reports is not None]
    notes = [f"{note} (in {one.name})" for one in read if one.reports is not None for note in one.reports.notes]
    if notes:
        yield Problem(Severity.NOTICE, f"Test reports were not read as a whole: {some_of(notes)}.", "")
    if read and not any(one.reports is not None and (one.reports.results or one.reports.notes) for one in read):
        hold = "holds" if len(read) == 1 else "hold"
        what = f"{counted(len(read), 'artifact')} of failed runs {hold} no file that fits `test-reports`."
        yield Problem(Severity.NOTICE, what, "Correct `test-reports`, or name the artifacts in `test-artifacts`.")
