"""Four repositories of one organisation in which one sweep does everything, and what their issues say in the end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from builders import Quiet
from ci_failure_tracker.entry.many import choose_many
from ci_failure_tracker.entry.setup import Connection, prepare
from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.github.client import connect
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_json import organisation_as_json
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.sweep import sweep
from contract.faults_scenario import PATIENT, Said, issues_of
from sandbox import Sandbox, Server, Site
from sandbox.state import Repository

OWNER = "octo-org"
LAMP, BUOY, MAST, TIDE, DESK = (f"{OWNER}/{name}" for name in ("lamp", "buoy", "mast", "tide", "desk"))
NAMES = (BUOY, LAMP, MAST, TIDE)
"""The repositories that are swept. `DESK` may hold their issues."""

PRIVATE = MAST
WORDS = {LAMP: "wickerwork", BUOY: "bellringer", MAST: "crowsnest", TIDE: "springtide"}
"""A word in the logs and commits of one repository, which nothing of another one holds."""

TOKEN = "app-token"
NOW = datetime.fromisoformat("2026-03-10T12:00:00Z")
_MIDDAY = NOW - timedelta(days=1)

Change = Callable[[], None]
Issues = Mapping[str, tuple[Said, ...]]


def an_organisation() -> Site:
    """Four repositories. On the first day a job fails in each of three, and each gets an issue."""
    repositories = [*map(_repository, NAMES), {"repository": {"full_name": DESK, "private": True}}]
    token = {"login": "keeper[bot]", "repositories": [f"{OWNER}/*"], "rate_limit": 10**6, "graphql_limit": 10**6}
    return Site.from_mapping({"now": _MIDDAY.isoformat(), "tokens": {TOKEN: token}, "repositories": repositories})


def _repository(name: str) -> Mapping[str, object]:
    first = {"workflow": "CI", "at": "2026-03-08T10:00:00Z", "commit": {"title": f"Begin with {WORDS[name]}"}}
    jobs = [_failed(name, "lint", "is not tidy")] if name != TIDE else []
    return {
        "repository": {"full_name": name, "private": name == PRIVATE},
        "workflows": [{"name": "CI", "jobs": [{"name": "lint"}, {"name": "unit"}]}],
        "runs": [first, {**first, "at": "2026-03-09T10:00:00Z", "jobs": jobs}],
    }


def _failed(name: str, job: str, what: str) -> Mapping[str, object]:
    return {"name": job, "conclusion": "failure", "log": f"error: {WORDS[name]} {what}\n"}


def go_on(site: Site) -> None:
    """The second day: one passes again, in one another job fails too, one fails after its issue was closed."""
    jobs = {
        BUOY: [],
        LAMP: [_failed(LAMP, "lint", "is still not tidy"), _failed(LAMP, "unit", "does not hold")],
        MAST: [_failed(MAST, "lint", "is not tidy")],
    }
    box, issue = next(
        (site[name], issue) for name in (MAST, DESK) for issue in site[name].issues if WORDS[MAST] in str(issue.body)
    )
    box.close_issue(issue.number, "completed", at=_MIDDAY + timedelta(minutes=5))
    for name, failed in jobs.items():
        run = {"workflow": "CI", "commit": {"title": f"Go on with {WORDS[name]}"}, "jobs": failed}
        site[name].add_run({**run, "at": "2026-03-10T09:00:00Z"})


def _sweep_one(connection: Connection, at: datetime) -> Report:
    github = connection.github(Quiet())
    return sweep(github, connection.writer(github, Quiet()), connection.settings, connection.template, at)


@dataclass
class Stage:
    """The organisation as each case finds it, and what it has to come to. `boxes` has the first name of each."""

    site: Site
    server: Server
    folder: Path
    more: Mapping[str, str] = field(default_factory=dict)
    boxes: Mapping[str, Sandbox] = field(init=False)
    repositories: Mapping[str, Repository] = field(init=False)
    before: Issues = field(init=False)
    expected: Issues = field(init=False)
    requests: int = field(init=False)

    def __post_init__(self) -> None:
        self.boxes = {name: self.site[name] for name in (*NAMES, DESK)}
        self.look(at=_MIDDAY)
        go_on(self.site)
        self.repositories = {name: box.state.repository for name, box in self.boxes.items()}
        self._kept = {name: box.keep() for name, box in self.boxes.items()}
        self._report = self._file.read_text("utf-8")
        self.before = self.issues()
        self.server.clear_requests()
        self.look()
        self.requests = len(self.server.requests)
        self.look()
        self.expected = self.issues()

    @property
    def inputs(self) -> Mapping[str, str]:
        """The inputs of each sweep; `more` are those of this organisation alone."""
        return {
            "token": TOKEN,
            "repositories": f"org:{OWNER}",
            "exclude-repositories": DESK,
            "last-report": self._file.name,
            "close-after": "1",
            **self.more,
        }

    @property
    def _file(self) -> Path:
        return self.folder / "report.json"

    def clean(self) -> None:
        """Come back to the beginning."""
        self.site.clear_faults()
        self.site.renew_limits()
        self.server.clear_requests()
        self._file.write_text(self._report, "utf-8")
        for name, kept in self._kept.items():
            self.boxes[name].come_back_to(kept)
            self.boxes[name].state.repository = self.repositories[name]

    @property
    def is_central(self) -> bool:
        """Whether all issues are in one repository."""
        return "issues-repository" in self.more

    def issues(self) -> Issues:
        """The issues about each repository: its own, or those of all that hold its word."""
        if not self.is_central:
            return {name: issues_of(self.boxes[name], self.server) for name in NAMES}
        said = issues_of(self.boxes[DESK], self.server)
        return {name: tuple(one for one in said if WORDS[name] in one.body) for name in NAMES}

    def mixed(self) -> list[tuple[str, str]]:
        """The repositories whose issues hold the name or the words of another one, and which."""
        return [
            (name, other)
            for name in NAMES
            for other in NAMES
            if other != name
            for text in ("".join(texts_of(self.boxes[name])),)
            if f"{other}/" in text or WORDS[other] in text
        ]

    def look(
        self, meanwhile: Change = lambda: None, at: datetime = NOW, planned: Change = lambda: None
    ) -> OrganisationReport:
        """One sweep of all.

        `meanwhile` happens when it is known which repositories there are, `planned` when it is known what to write into
        the central repository.
        """
        many = choose_many(self._connection(), self.folder, Quiet(), at)
        meanwhile()
        if many.connection.settings.issues_repository:
            plan, writer = many.plan_central(Quiet(), at)
            planned()
            report = many.report_of(plan.carry_out(writer), at)
        else:
            report = many.sweep(lambda one: _sweep_one(one, at), lambda _: None, at)
        self._file.write_text(json.dumps(organisation_as_json(report)), "utf-8")
        return report

    def look_or_fail(self) -> OrganisationReport | None:
        """The same; an error of the project's own ends it, and then the last report stays."""
        try:
            return self.look()
        except TrackerError:
            return None

    def _connection(self) -> Connection:
        addresses = {"GITHUB_API_URL": self.server.api_url, "GITHUB_GRAPHQL_URL": self.server.graphql_url}
        made = prepare(self.inputs, addresses, self.folder)
        return replace(made, requester=connect(made.settings.token, made.endpoints, PATIENT))


def texts_of(box: Sandbox) -> Iterator[str]:
    """All that the issues of a repository say."""
    for issue in box.issues:
        yield issue.title
        yield issue.body or ""
        yield from (comment.body for comment in issue.comments)


@contextmanager
def ended_threads() -> Iterator[None]:
    """Wait at the end for the threads that began in the block."""
    before = set(threading.enumerate())
    try:
        yield
    finally:
        while not before.issuperset(threading.enumerate()):
            time.sleep(0.002)
