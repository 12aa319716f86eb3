"""Refs: branches, tags and the entries of merge queues, and which of them share one branch status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

TAG_EVENTS = frozenset({"push", "release", "create", "workflow_dispatch", "repository_dispatch"})
"""Events whose runs may be on a tag."""

TAGS = "refs/tags/"
"""Begins the status ref of tags, such as `refs/tags/v1.*`. A glob is no name of a branch, so no branch is called so."""

QUEUE = "gh-readonly-queue/"
"""Begins the refs of a merge queue: `gh-readonly-queue/main/pr-7-f00d` is an entry of the queue of `main`."""

_RELEASE = "release"


class RefKind(StrEnum):
    """What GitHub says of the name of a ref."""

    BRANCH = "branch"
    TAG = "tag"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class TagRun:
    """A run on the commit of a tag, as its check suite shows it; the list of runs says more.

    `number` is its number among the runs of its workflow. GraphQL cannot show its id, which has more than 32 bits.
    """

    number: int
    workflow_id: int
    event: str
    conclusion: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and the runs on its commit."""

    name: str
    runs: tuple[TagRun, ...] = ()


@dataclass(frozen=True, slots=True)
class Refs:
    """Which refs share one branch status.

    A tag and an entry of a merge queue never run again, so the next one goes on where the one before ended.

    default_branch   the name of the default branch now
    former_defaults  earlier names of the default branch
    kinds            what is known of other names
    tag_patterns     the names and globs that match tags; the tags of each have one status
    tags_by_word     whether all tags are watched, which older versions did not do
    others           those of other repositories by name, if the issues of several are in one
    """

    default_branch: str = ""
    former_defaults: frozenset[str] = frozenset()
    kinds: Mapping[str, RefKind] = field(default_factory=dict)
    tag_patterns: tuple[str, ...] = ("*",)
    tags_by_word: bool = False
    others: Mapping[str, Refs] = field(default_factory=dict)

    def of(self, repository: str) -> Refs:
        """The refs of a repository, or these if it is the one with the issues."""
        return self.others.get(repository, self)

    def status_ref(self, name: str, event: str = "") -> str:
        """The ref whose branch status holds the runs of a ref."""
        if name.startswith(TAGS):
            return name
        # An entry of a merge queue is tested once and deleted. The queue of a branch fails or passes as one.
        if name.startswith(QUEUE):
            return self.status_ref(name.removeprefix(QUEUE).rpartition("/")[0])
        if event == _RELEASE or self.kinds.get(name) is RefKind.TAG:
            # A tag is built once. With a status for each, no tag would ever close an issue that another one opened.
            return TAGS + next((each for each in self.tag_patterns if is_on(name, each)), "*")
        # A renamed default branch would look like one that went away while it failed, and its issue would be closed.
        return self.default_branch if name in self.former_defaults else name

    def is_gone(self, status_ref: str) -> bool:
        """Whether a branch was deleted; tags and the default branch go on."""
        # GitHub may not show the default branch of an empty repository. It is never gone.
        return status_ref != self.default_branch and self.kinds.get(status_ref) is RefKind.GONE


@dataclass(frozen=True, slots=True)
class Watched:
    """What the sweep that wrote an issue watched: the default branch under its name then, and tags.

    No issue is opened for tags whose newest run is not newer than `new_tags_from`, because an older version did not
    watch tags; `None` if there is no such time.
    """

    default_branch: str
    new_tags_from: datetime | None = None


def is_on(branch: str, asked: str) -> bool:
    """Whether a branch is the one that was asked for, which may be a glob."""
    return branch == asked or fnmatchcase(branch, asked)


def is_glob(name: str) -> bool:
    """Whether a name may stand for several; GitHub's own filters do not take such a name."""
    return bool(set(name) & set("*?["))


def shown_ref(status_ref: str) -> str:
    """A status ref in words: `main`, `tags`, or `tags v1.*`."""
    if not status_ref.startswith(TAGS):
        return status_ref
    pattern = status_ref.removeprefix(TAGS)
    return "tags" if pattern == "*" else f"tags {pattern}"
