"""The report of a sweep of many repositories. Every output is made from it, as those of one are from a `Report`.

All it knows of a repository are its entry and the JSON report in it. So what one process swept and what the files of
several processes hold are the same to every output.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from ci_failure_tracker.model import Problem, Requests, Severity
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.repository_facts import VERBS, FailingFact, FlakyTest, RepositoryFacts, facts_of

_NEVER = datetime.min.replace(tzinfo=UTC)
_SEEN = frozenset({Look.SWEPT, Look.UNCHANGED})
"""How a repository is looked at of which it is known now how it is."""

_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
_NONE_SENT = Requests(0, None, 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """One repository and what is known of it; `facts` is `None` if it was never swept.

    `url` is its address, empty if it is not known.
    """

    entry: RepositoryEntry
    facts: RepositoryFacts | None
    url: str = ""

    @property
    def name(self) -> str:
        """Its name, as owner/name."""
        return self.entry.name

    @property
    def is_seen(self) -> bool:
        """Whether it is known how it is now: it was swept, or nothing in it is new."""
        return self.entry.look in _SEEN and self.facts is not None

    @property
    def is_screened(self) -> bool:
        """Whether it was never swept, because its newest runs pass."""
        return self.entry.look is Look.SCREENED

    @property
    def is_failing(self) -> bool:
        """Whether something fails in it, or did when it was looked at last."""
        return self.facts is not None and self.facts.is_failing

    @property
    def is_seen_in_part(self) -> bool:
        """Whether something in it could not be seen."""
        return self.is_seen and self.facts is not None and self.facts.partial

    @property
    def is_right(self) -> bool:
        """Whether it is known that nothing fails in it."""
        return self.is_seen and self.facts is not None and not (self.facts.is_failing or self.facts.partial)

    @property
    def order(self) -> tuple[object, ...]:
        """The worst first: most failing jobs, the oldest; not swept, not known, flaky, screened, the others by name."""
        facts, look = self.facts, self.entry.look
        failing, since = (facts.failure_count, facts.since or _NEVER) if facts else (0, _NEVER)
        flaky = len(facts.flaky) if facts else 0
        is_known = self.is_right or look is Look.SCREENED
        return -failing, since, look is not Look.FAILED, is_known, -flaky, self.is_right, self.name.casefold()


@dataclass(frozen=True, slots=True)
class SharedCause:
    """One cause of failures in several repositories: each failing job with its repository, the worst one first."""

    headline: str
    failures: tuple[tuple[str, FailingFact], ...]

    @property
    def repositories(self) -> tuple[str, ...]:
        """The names of the repositories."""
        return tuple(dict.fromkeys(name for name, _ in self.failures))

    @property
    def words(self) -> str:
        """`3 jobs of 2 repositories`."""
        repositories = counted(len(self.repositories), "repository", "repositories")
        return f"{counted(len(self.failures), 'job')} of {repositories}"

    @property
    def issue(self) -> tuple[str, str] | None:
        """The number and the address of the one issue of all; `None` if there is none, or each has its own."""
        issues = {(f"#{failing.issue}" if failing.issue else "", failing.issue_url) for _, failing in self.failures}
        (number, url), *others = issues
        return (number, url) if number and url and not others else None

    @property
    def since(self) -> datetime:
        """When the first of these failures began."""
        return min(failing.since for _, failing in self.failures)


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long a number of breaks lasted, in seconds. The medians of repositories cannot be put together."""

    count: int
    mean_seconds: float
    longest_seconds: float


@dataclass(frozen=True)
class OrganisationReport:
    """What a sweep of many repositories looked at, what is failing, and what it did.

    `issues_repository` is the repository with all issues; it is empty if each repository has its own. `told` are the
    repositories whose report is not new, so that nothing in it is news. `at` is the time of the sweep.
    """

    at: datetime
    entries: tuple[RepositoryEntry, ...]
    problems: tuple[Problem, ...] = ()
    requests: Requests = _NONE_SENT
    issues_repository: str = ""
    is_dry: bool = False
    told: frozenset[str] = frozenset()

    def with_problems(self, problems: Iterable[Problem]) -> OrganisationReport:
        """The report with more problems, each before those of the same severity."""
        ordered = sorted([*problems, *self.problems], key=lambda problem: _SEVERITIES.index(problem.severity))
        # The same problem of two parts is shown once.
        return dataclasses.replace(self, problems=tuple(dict.fromkeys(ordered)))

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Each repository, the worst first."""
        facts = [facts_of(entry.report) if entry.report else None for entry in self.entries]
        # All repositories of a sweep are on one server.
        server = next((each.server for each in facts if each and each.server), "")
        standings = [
            # A repository that was never swept has no report that holds its address.
            Standing(entry, each, (each.url if each else "") or _address(server, entry.name))
            for entry, each in zip(self.entries, facts, strict=True)
        ]
        return tuple(sorted(standings, key=lambda standing: standing.order))

    @property
    def issues_url(self) -> str:
        """The address of all issues, if they are in one repository and the server is known."""
        server = next((each.facts.server for each in self.standings if each.facts and each.facts.server), "")
        address = _address(server, self.issues_repository)
        return f"{address}/issues" if address else ""

    @cached_property
    def failing(self) -> tuple[Standing, ...]:
        """The repositories in which something fails, or did when they were looked at last."""
        return tuple(standing for standing in self.standings if standing.is_failing)

    @property
    def failure_count(self) -> int:
        """How many jobs fail that count as a failure."""
        return sum(standing.facts.failure_count for standing in self.failing if standing.facts)

    @cached_property
    def looks(self) -> Counter[Look]:
        """How many repositories were looked at in each way."""
        return Counter(entry.look for entry in self.entries)

    def leads_elsewhere(self, server: str) -> bool:
        """Whether an address in it is not on this server."""
        facts = (standing.facts for standing in self.standings if standing.facts)
        return any(address and not address.startswith(f"{server}/") for each in facts for address in each.addresses)

    @property
    def unseen(self) -> tuple[Standing, ...]:
        """The repositories of which it is not known, or only in part, how they are now; without those only screened."""
        others = (each for each in self.standings if not each.is_screened)
        return tuple(each for each in others if not each.is_seen or each.is_seen_in_part)

    @property
    def screened(self) -> tuple[Standing, ...]:
        """The repositories that were never swept, because their newest runs pass."""
        return tuple(each for each in self.standings if each.is_screened)

    @property
    def partial(self) -> bool:
        """Whether something could not be seen."""
        return bool(self.unseen or self.screened)

    @property
    def is_all_clear(self) -> bool:
        """Whether it is known that nothing fails in any repository."""
        # No repository at all is no all-clear.
        return bool(self.entries) and all(standing.is_right for standing in self.standings)

    @property
    def failed(self) -> bool:
        """Whether the tracker itself could not do all of its work."""
        of_entries = (entry.problem for entry in self.entries if entry.problem)
        of_sweeps = (problem for standing in self.standings for problem in _of_sweep(standing))
        return any(problem.severity is Severity.ERROR for problem in (*self.problems, *of_entries, *of_sweeps))

    @property
    def problems_in_repositories(self) -> tuple[tuple[Problem, tuple[str, ...]], ...]:
        """What went wrong in the sweeps of single repositories, each with their names, what is in most of them first.

        A notice of one repository is in its own report alone.
        """
        names: dict[Problem, list[str]] = defaultdict(list)
        for standing in self.standings:
            for problem in _of_sweep(standing):
                # The notices of thousands of repositories would hide what needs action.
                if problem.severity is not Severity.NOTICE:
                    names[problem].append(standing.name)
        ranked = sorted(names.items(), key=lambda each: (_SEVERITIES.index(each[0].severity), -len(each[1])))
        return tuple((problem, tuple(of)) for problem, of in ranked)

    @cached_property
    def shared_causes(self) -> tuple[SharedCause, ...]:
        """The causes of failures in two repositories or more, those in most of them first."""
        groups: dict[tuple[str, str], list[tuple[str, FailingFact]]] = defaultdict(list)
        for standing in self.failing:
            for failing in standing.facts.failing if standing.facts else ():
                if failing.cause:
                    groups[failing.cause].append((standing.name, failing))
        causes = (SharedCause(_named(key[1], group[0][1].headline), tuple(group)) for key, group in groups.items())
        # Two jobs of one repository are that repository's own matter.
        shared = [cause for cause in causes if len(cause.repositories) > 1]
        return tuple(sorted(shared, key=lambda cause: (-len(cause.repositories), cause.since, cause.headline)))

    @property
    def flaky(self) -> tuple[tuple[Standing, FlakyTest], ...]:
        """The flaky tests, those that failed most often first."""
        tests = [
            (standing, test)
            for standing in self.standings
            if standing.facts is not None
            for test in standing.facts.flaky
        ]
        return tuple(sorted(tests, key=lambda each: (-each[1].failed, each[0].name.casefold(), each[1].test)))

    @property
    def time_to_recovery(self) -> Recovery | None:
        """How long breaks lasted in all repositories; `None` if no break ended."""
        spreads = [
            spread
            for standing in self.standings
            if standing.facts and (spread := standing.facts.measures.time_to_recovery) and spread.count
        ]
        if not spreads:
            return None
        count = sum(spread.count for spread in spreads)
        # Means can be put together by their counts; medians cannot.
        mean = sum(spread.mean_seconds * spread.count for spread in spreads) / count
        return Recovery(count, mean, max(spread.longest_seconds for spread in spreads))

    @property
    def line(self) -> str:
        """The whole sweep in one line."""
        return f"{counted(len(self.entries), 'repository', 'repositories')}: {', '.join(self._parts())}"

    def _parts(self) -> list[str]:
        jobs = counted(self.failure_count, "failing job")
        if self.failing:
            parts = [f"{jobs} in {counted(len(self.failing), 'repository', 'repositories')}"]
        else:
            parts = ["nothing failing" if self.is_all_clear else "nothing seen failing"]
        counts = (
            ("only screened", self.looks[Look.SCREENED]),
            ("left for the next sweep", self.looks[Look.LEFT]),
            ("could not be swept", self.looks[Look.FAILED]),
        )
        unseen = [f"{count:,} {words}" for words, count in counts if count]
        cut = sum(standing.is_seen_in_part for standing in self.standings)
        parts += [*unseen, *([f"{cut:,} seen only in part"] if cut else [])]
        if unchanged := self.looks[Look.UNCHANGED]:
            parts.append(f"{unchanged:,} as last time")
        return [*parts, *self.written_words]

    @property
    def written_words(self) -> tuple[str, ...]:
        """How many issues were opened, updated, reopened and closed, or would be, and how many could not be written."""
        # An issue in a central repository may stand for failures in several repositories.
        statuses = {
            ("" if self.issues_repository else standing.name, id_, action): status
            for standing in self.standings
            if standing.facts and standing.entry.look is Look.SWEPT
            for id_, action, status in standing.facts.writes
        }
        counts = Counter((action, status) for (_, _, action), status in statuses.items())
        failed = sum(count for (_, status), count in counts.items() if status == "failed")
        words = [
            f"{counts[action, status]:,} {ahead}{verb}"
            for status, ahead in (("done", ""), ("planned", "to be "))
            for action, verb in VERBS.items()
            if counts[action, status]
        ]
        return (*words, f"{failed:,} could not be written") if failed else tuple(words)


def _address(server: str, name: str) -> str:
    return f"{server}/{name}" if server and name else ""


def _named(what: str, headline: str) -> str:
    """What went wrong, with the thing that it is about."""
    # Many headlines name their subject already.
    return headline or what if what in headline or not headline else f"{what}: {headline}"


def _of_sweep(standing: Standing) -> tuple[Problem, ...]:
    """What went wrong in one repository, in the sweep that this report is of."""
    # A report from before has problems of another sweep.
    return standing.facts.problems if standing.facts and standing.entry.look is Look.SWEPT else ()
