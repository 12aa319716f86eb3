"""An invented organisation: as many repositories as are asked for, of which some fail, and some are to be left out."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

from sandbox import identifiers, scenario
from sandbox.fields import Fields
from sandbox.history import History
from sandbox.host import Host
from sandbox.site import Site
from sandbox.state import Account, Repository, State, Token

APP_TOKEN = "app-token"
FINE_GRAINED_TOKEN = "fine-grained-token"
CLASSIC_TOKEN = "classic-token"
JOB_TOKEN = "job-token"
SHARED_CAUSE = "packages.northwind.example"
"""The host that all logs of the shared cause name, and no other log."""

_NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_PERSON = "ada"
_ISSUES = "ci-failures"
_NOUNS = ("anchor", "beacon", "cargo", "depot", "ferry", "harbor", "keel", "ledger", "mast", "pier", "quay", "sail")
_PARTS = ("api", "client", "core", "docs", "jobs", "store", "tools", "web")
_TOPICS = ("service", "library", "website")
_LARGEST_LIMIT = 12_500

Kind = Literal["ordinary", "without permissions", "archived", "fork"]
Cause = Literal["none", "own", "shared"]


@dataclass(frozen=True)
class Member:
    """A repository of the organisation. `cause` says why its newest runs fail."""

    place: int
    full_name: str
    kind: Kind
    cause: Cause
    private: bool

    @property
    def name(self) -> str:
        """The name without the owner."""
        return self.full_name.partition("/")[2]

    @property
    def failing_test(self) -> str:
        """The test that fails for a cause of its own; no other repository has one of this name."""
        return f"tests/test_{self.name.replace('-', '_')}.py::test_arrives"


@dataclass(frozen=True)
class Organisation:
    """What the organisation is like. The same values make the same repositories.

    `failing` is a share of all repositories: so many ordinary ones fail, `one_cause` of them with one cause, and the
    others each with a cause of its own. The private ones are among the last. What is archived, a fork or without
    permissions fails as well, so that it shows if nobody leaves it out. Without permissions is a public repository
    that the tokens were not given. Beside these there is a private repository for issues, without runs.
    """

    repositories: int = 12
    failing: float = 0.1
    one_cause: int = 0
    without_permissions: int = 0
    archived: int = 0
    forks: int = 0
    private: int = 0
    runs: int = 8
    seed: int = 0
    login: str = "northwind-labs"
    now: datetime = _NOW

    @property
    def issues_repository(self) -> str:
        """The repository for the issues of all."""
        return f"{self.login}/{_ISSUES}"

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The repositories, by name."""
        many: dict[Kind, int] = {
            "without permissions": self.without_permissions,
            "archived": self.archived,
            "fork": self.forks,
        }
        kinds = [kind for kind, count in many.items() for _ in range(count)]
        ordinary, failing = self.repositories - len(kinds), round(self.failing * self.repositories)
        if not self.one_cause <= failing <= ordinary or self.one_cause + self.private > ordinary:
            raise ValueError(f"{ordinary} ordinary repositories are too few, or {failing} failing ones are")
        order = random.Random(self.seed).sample(range(self.repositories), self.repositories)  # noqa: S311 - no secret
        found = [self._member(place, kind, "own") for place, kind in zip(order, kinds, strict=False)]
        for rank, place in enumerate(order[len(kinds) :]):
            cause: Cause = "shared" if rank < self.one_cause else "own" if rank < failing else "none"
            found.append(self._member(place, "ordinary", cause, private=0 <= rank - self.one_cause < self.private))
        return tuple(sorted(found, key=lambda member: member.place))

    def _member(self, place: int, kind: Kind, cause: Cause, *, private: bool = False) -> Member:
        return Member(place, f"{self.login}/{_name(place)}", kind, cause, private)

    def site(self) -> Site:
        """A server with the organisation. A repository is made when somebody first asks for what is in it."""
        host = Host()
        host.accounts[_PERSON] = Account(_PERSON, association="MEMBER", name="Ada Holm")
        for token in self._tokens():
            host.tokens[token.value] = token
            host.account(token.login)
        for member in self.members:
            host.declare(self._repository(member), self.now, partial(self._fill, member))
        host.declare(_repository(self.issues_repository, private=True), self.now, History)
        return Site(host)

    def _tokens(self) -> list[Token]:
        given = [member.full_name for member in self.members if member.kind != "without permissions"]
        given.append(self.issues_repository)
        # GitHub gives an App 50 requests more for each repository after the twentieth.
        limit = min(5000 + 50 * max(0, len(given) - 20), _LARGEST_LIMIT)
        app = f"{self.login}-tracker[bot]"
        return [
            Token(APP_TOKEN, app, rate_limit=limit, graphql_limit=limit, repositories=tuple(given)),
            Token(FINE_GRAINED_TOKEN, _PERSON, rate_limit=5000, repositories=tuple(given)),
            Token(CLASSIC_TOKEN, _PERSON, rate_limit=5000, repositories=(f"{self.login}/*",)),
            Token(JOB_TOKEN, "github-actions[bot]", repositories=(self.issues_repository,)),
        ]

    def _repository(self, member: Member) -> Repository:
        return _repository(
            member.full_name,
            private=member.private,
            archived=member.kind == "archived",
            fork=member.kind == "fork",
            topics=(_TOPICS[member.place % len(_TOPICS)],),
            pushed_at=self._newest(member),
        )

    def _newest(self, member: Member) -> datetime:
        """When the newest run of a repository began: within the last hours."""
        return self.now - timedelta(minutes=30 + 7 * (member.place % 60))

    def _fill(self, member: Member, state: State) -> History:
        return scenario.fill(Fields(self._contents(member), member.full_name), state, Path())

    def _contents(self, member: Member) -> Mapping[str, object]:
        """The workflows and runs of a repository. If it fails, its two newest runs do.

        Without permissions only the newest one does: which of several logs GitHub refuses first is chance.
        """
        newest, once = self._newest(member), member.kind == "without permissions"
        distance, failed = timedelta(hours=11), 0 if member.cause == "none" else 1 if once else 2
        change = {"title": f"Change the {member.name}", "author": _PERSON}
        passing = {"workflow": "CI", "commit": change, "took": "4m"}
        runs = [{**passing, "at": newest - place * distance} for place in range(failed, self.runs)]
        runs += [{**passing, "at": newest - place * distance, "jobs": [_failed(member)]} for place in range(failed)]
        if member.place % 3 == 0:
            tag = f"v1.{member.place % 9}.0"
            runs.append({**passing, "at": newest - self.runs * distance, "branch": tag, "event": "push"})
        return {"workflows": [{"name": "CI", "jobs": [{"name": "build"}, {"name": "test"}]}], "runs": runs}


def _name(place: int) -> str:
    """A name of words, such as `anchor-api` or `keel-core-bell`, of which no two places have the same."""
    words, place = [_NOUNS[place % len(_NOUNS)]], place // len(_NOUNS)
    words, place = [*words, _PARTS[place % len(_PARTS)]], place // len(_PARTS)
    while place:
        words, place = [*words, _NOUNS[place % len(_NOUNS)]], place // len(_NOUNS)
    return "-".join(words)


def _repository(full_name: str, *, private: bool, **more: object) -> Repository:
    number = identifiers.number("repository", full_name, start=100_000_000, span=900_000_000)
    return Repository(full_name, number, private=private, **more)  # type: ignore[arg-type]


def _failed(member: Member) -> Mapping[str, object]:
    if member.cause == "shared":
        lines = [
            "##[group]Run npm ci",
            "npm ci",
            "##[endgroup]",
            "npm error code ENOTFOUND",
            "npm error syscall getaddrinfo",
            f"npm error network request to https://{SHARED_CAUSE}/left-pad failed, reason: "
            f"getaddrinfo ENOTFOUND {SHARED_CAUSE}",
            "##[error]Process completed with exit code 1.",
        ]
        return {"name": "build", "conclusion": "failure", "log": _log(lines)}
    file, _, test = member.failing_test.partition("::")
    lines = [
        "##[group]Run pytest",
        "pytest",
        "##[endgroup]",
        "=================================== FAILURES ===================================",
        f"_________________________________ {test} _________________________________",
        "",
        f"    def {test}():",
        f">       assert parcels_of('{member.name}') == 4",
        f"E       AssertionError: assert {member.place + 5} == 4",
        "",
        f"{file}:7: AssertionError",
        "=========================== short test summary info ============================",
        f"FAILED {member.failing_test} - AssertionError: assert {member.place + 5} == 4",
        "============================== 1 failed in 0.52s ===============================",
        "##[error]Process completed with exit code 1.",
    ]
    return {"name": "test", "conclusion": "failure", "log": _log(lines)}


def _log(lines: list[str]) -> str:
    return "".join(f"2026-03-02T08:00:{place:02}.0000000Z {line}\n" for place, line in enumerate(lines))
