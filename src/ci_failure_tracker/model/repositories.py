"""Repositories as GitHub lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ci_failure_tracker.model.problems import Problem

MOST_REPOSITORIES = 5_000
"""Repositories of one owner that are listed, and of all owners that are chosen."""

MOST_SHARDS = 256
"""Jobs of a matrix, by GitHub's limit."""


@dataclass(frozen=True, slots=True)
class ListedRepository:
    """What a list says of a repository; `full_name` is its present name."""

    full_name: str
    archived: bool = False
    fork: bool = False
    private: bool = False
    has_issues: bool = True
    topics: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The full name for comparing: GitHub takes upper and lower case for the same."""
        return self.full_name.lower()


@dataclass(frozen=True, slots=True)
class RepositoryLists:
    """What GitHub shows of owners and of repositories that were asked for; all keys are in lower case.

    by_owner  the repositories of each owner; `None` if GitHub knows no such owner
    by_name   the repository under each name that was asked for, also a former one; `None` if GitHub shows none
    given     the repositories that an App gave to the token; `None` if the token is not an App's or it is not known

    An owner or a name that could not be read is missing, and a problem says why.
    """

    by_owner: Mapping[str, tuple[ListedRepository, ...] | None] = field(default_factory=dict)
    by_name: Mapping[str, ListedRepository | None] = field(default_factory=dict)
    given: frozenset[str] | None = None
    problems: tuple[Problem, ...] = ()
