"""Several repositories in memory whose issues are in a central one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from builders import START, some_settings
from ci_failure_tracker.diagnosis.signature import signature
from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github.retry import TokenLimits
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import (
    Annotation,
    Commit,
    Diagnose,
    Issue,
    Job,
    JobDiagnosis,
    LogRequest,
    Repository,
    Run,
    Snapshot,
    State,
    Step,
    Workflow,
)
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.model.repositories import ListedRepository
from ci_failure_tracker.organisation.central import Central, CentralSweep, CentralWriter, plan_central
from ci_failure_tracker.organisation.screening import Screened
from ci_failure_tracker.organisation.sweep_all import Chosen
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.sweep import sweep
from memory_github import ForgetfulGitHub, MemoryWriter
from sweeping import TEMPLATE

CENTRAL = "tea-house/failures"
SERVER = "https://github.example"
PASSES = ""


def outage(host: str = "packages.tea.example") -> str:
    """The log of a job that cannot reach a host."""
    return "\n".join(
        [
            "##[group]Run npm ci",
            "npm ci",
            "##[endgroup]",
            "npm error code ENOTFOUND",
            "npm error syscall getaddrinfo",
            f"npm error network request to https://{host}/kettle failed, reason: getaddrinfo ENOTFOUND {host}",
            "##[error]Process completed with exit code 1.",
        ]
    )


def assertion(test: str, message: str = "AssertionError: assert 5 == 4") -> str:
    """The log of a job in which one test of pytest fails."""
    file, _, name = test.partition("::")
    return "\n".join(
        [
            "##[group]Run pytest",
            "pytest",
            "##[endgroup]",
            "=================================== FAILURES ===================================",
            f"_________________________________ {name} _________________________________",
            "",
            f"    def {name}():",
            ">       assert cups() == 4",
            f"E       {message}",
            "",
            f"{file}:7: AssertionError",
            "=========================== short test summary info ============================",
            f"FAILED {test} - {message}",
            "============================== 1 failed in 0.52s ===============================",
            "##[error]Process completed with exit code 1.",
        ]
    )


@dataclass(frozen=True)
class _Log:
    text: str

    def log(self) -> Iterator[bytes]:
        lines = self.text.split("\n")
        yield "".join(f"2026-03-01T00:00:{place:02}.0000000Z {line}\n" for place, line in enumerate(lines)).encode()

    def passing_log(self, job_id: int) -> Iterator[bytes]:  # noqa: ARG002 - all are alike
        yield b""

    def annotations(self) -> tuple[Annotation, ...]:
        return ()


@dataclass
class Made:
    """A repository whose workflow `CI` ran once an hour. `runs` hold the logs of its jobs; an empty one passed."""

    name: str
    place: int
    runs: Sequence[Mapping[str, str]]
    private: bool | None = False
    broken: bool = False
    branch: str = "main"

    @property
    def repository(self) -> Repository:
        url = f"{SERVER}/{self.name}"
        return Repository(self.name, url, self.branch, archived=False, has_issues=True, private=self.private)

    @property
    def workflow(self) -> Workflow:
        return Workflow(100 + self.place, "CI", ".github/workflows/ci.yml", node_id=f"W_{self.place}")

    def run(self, number: int) -> Run:
        begin = START + timedelta(hours=number, minutes=self.place % 45, seconds=self.place)
        conclusion = "failure" if any(self.runs[number - 1].values()) else "success"
        commit = Commit(f"{self.place * 1_000 + number:040x}", f"Change {number} of {self.name}")
        return Run(
            id=self.place * 1_000 + number,
            number=number,
            attempt=1,
            workflow=self.workflow,
            event="push",
            branch=self.branch,
            commit=commit,
            status="completed",
            conclusion=conclusion,
            created_at=begin,
            started_at=begin,
            updated_at=begin + timedelta(minutes=10),
            from_fork=False,
        )

    def jobs(self, run: Run) -> list[Job]:
        return [
            Job(
                id=run.id * 10 + place,
                name=name,
                conclusion="failure" if log else "success",
                steps=(Step(1, "Run it", "failure" if log else "success"),),
                completed_at=run.updated_at,
                started_at=run.started_at,
            )
            for place, (name, log) in enumerate(self.runs[run.number - 1].items())
        ]

    def log_of(self, job_id: int) -> str:
        run_id, place = divmod(job_id, 10)
        return list(self.runs[run_id % 1_000 - 1].values())[place]


@dataclass
class OneGitHub(ForgetfulGitHub):
    """The same as a sweep reads it, with logs, and without checkpoints, which central issues do not have.

    With `by_message`, a signature is that of the message alone.
    """

    made: Made | None = None
    by_message: bool = False

    def begin(self, label: str) -> Snapshot:
        if self.made and self.made.broken:
            raise GitHubError(f"{self.made.name} does not answer.", "The next sweep asks again.")
        return super().begin(label)

    def diagnosis_of(self, wanted: LogRequest, diagnose: Diagnose) -> JobDiagnosis | None:
        read = diagnose(wanted, _Log(self.made.log_of(wanted.job_id))) if self.made else None
        return _by_message(read) if read and self.by_message else read


def _by_message(read: JobDiagnosis) -> JobDiagnosis:
    """What a tool gives whose log names the cause by its message alone."""
    assert read.diagnosis is not None
    by_message = signature([read.diagnosis.failures[0].message])
    diagnosis = replace(read.diagnosis, signature=by_message, signatures=(by_message,))
    return replace(read, signature=by_message, diagnosis=diagnosis)


@dataclass
class House:
    """Repositories with central issues, and how they are swept.

    In those that are `unchanged` nothing is new since the last sweep, whose entries these are.
    """

    made: list[Made] = field(default_factory=list)
    issues: dict[int, Issue] = field(default_factory=dict)
    private: bool | None = True
    allow_public: bool = False
    settings: Settings = field(default_factory=lambda: some_settings(close_after="2", max_new_issues="100"))
    left: set[str] = field(default_factory=set)
    unchanged: dict[str, RepositoryEntry] = field(default_factory=dict)
    by_message: bool = False

    def add(self, name: str, *runs: Mapping[str, str], private: bool | None = False) -> Made:
        made = Made(f"tea-house/{name}", len(self.made) + 1, list(runs), private)
        self.made.append(made)
        return made

    def happens(self, made: Made, *runs: Mapping[str, str]) -> None:
        made.runs = [*made.runs, *runs]

    @property
    def now(self) -> datetime:
        return START + timedelta(hours=2 + max(len(made.runs) for made in self.made))

    def github(self, made: Made, issues: dict[int, Issue]) -> OneGitHub:
        runs = [made.run(number) for number in range(1, len(made.runs) + 1)]
        return OneGitHub(
            runs, made.jobs, issues, made.repository, (made.workflow,), made=made, by_message=self.by_message
        )

    def sweep(self, now: datetime | None = None) -> CentralSweep:
        """One sweep of all."""
        at = now or self.now
        by_name = {made.name: made for made in self.made}
        central = replace(self.made[0].repository, full_name=CENTRAL, url=f"{SERVER}/{CENTRAL}", private=self.private)
        writer = MemoryWriter(self.issues, at, url=central.url)
        chosen = [
            Chosen(
                ListedRepository(made.name, private=made.private is not False),
                last := self.unchanged.get(made.name),
                Screened(Look.UNCHANGED, "", last.kept) if last else None,
            )
            for made in self.made
        ]
        plan = plan_central(
            [one for one in chosen if one.repository.full_name not in self.left],
            lambda name: self.github(by_name[name], {}),
            Central(OneGitHub([], lambda _run: (), self.issues, central), TEMPLATE, self.allow_public),
            TokenLimits(),
            self.settings,
            at,
        )
        return plan.carry_out(CentralWriter(writer, lambda _name: writer))

    def open(self) -> list[Issue]:
        return [issue for issue in self.issues.values() if issue.open]

    def titles(self) -> list[str]:
        return sorted(issue.title for issue in self.open())

    def state(self, part: str) -> State:
        """What the only issue remembers whose title holds this."""
        (issue,) = (issue for issue in self.issues.values() if part in issue.title)
        tracked = read_tracked(issue)
        assert tracked is not None
        assert tracked.state is not None, tracked.defect
        return tracked.state


def looks(swept: CentralSweep) -> dict[str, Look]:
    return {entry.name.removeprefix("tea-house/"): entry.look for entry in swept.entries}


def sweep_alone(house: House, made: Made, issues: dict[int, Issue], at: datetime) -> None:
    """A sweep of one of the repositories with issues of its own."""
    writer = MemoryWriter(issues, at, url=made.repository.url)
    sweep(house.github(made, issues), writer, house.settings, TEMPLATE, at)


def identities(issues: Iterable[Issue]) -> dict[str, State]:
    """What open issues remember, by workflow and job or cause."""
    tracked = (read_tracked(issue) for issue in issues if issue.open)
    states = [each.state for each in tracked if each and each.state]
    return {f"{state.identity.workflow} - {state.identity.part}": state for state in states}
