"""Branches, tags and commits. They follow from the runs and pushes of a scenario.

A commit contains all older commits of its branch. A tag lies on the default branch: its commit contains the older
commits there and those of older tags. An entry of a merge queue contains the older commits of the branch that it joins.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sandbox.state import Commit, Issue, Pushed, Run, State

_VERSION = re.compile(r"\d+(?:\.\d+)+$")
_QUEUE_ENTRY = re.compile(r"gh-readonly-queue/(.+)/[^/]+")
_SHORTEST_SHA = 7

Status = Literal["identical", "ahead", "behind", "diverged"]


@dataclass(frozen=True)
class GitRef:
    """A branch or a tag, and the commit it points to; `name` is `heads/main` or `tags/v1.0`."""

    name: str
    commit: Commit


@dataclass(frozen=True)
class Comparison:
    """How far a head is from a base: the commits that only one of them has, the newest first."""

    base: Commit
    head: Commit
    common: Commit
    ahead: tuple[Commit, ...]
    behind: tuple[Commit, ...]

    @property
    def status(self) -> Status:
        """The word by which GitHub compares two commits."""
        if self.ahead:
            return "diverged" if self.behind else "ahead"
        return "behind" if self.behind else "identical"


def is_tag(run: Run) -> bool:
    """Is the run's ref a tag? It is if the ref ends in a version of two numbers or more, or belongs to a release."""
    ref = run.branch or ""
    return run.event == "release" or ("/" not in ref and bool(_VERSION.search(ref)))


def refs(state: State) -> list[GitRef]:
    """The branches and tags that are there, each at its newest commit, by name.

    A branch with a merge queue is there, although no run may be on it.
    """
    tags = _tags(state)
    newest: dict[str, Commit] = {}
    for name, commit in _placed(state):
        if name not in newest or commit.at > newest[name].at:
            newest[name] = commit
    default = state.repository.default_branch
    former = [newest[name] for name in state.former_default_branches if name in newest]
    if former and default not in newest:
        newest[default] = max(former, key=lambda commit: commit.at)
    for name, commit in [*newest.items()]:
        if entry := _QUEUE_ENTRY.fullmatch(name):
            newest.setdefault(entry[1], commit)
    there = {name: commit for name, commit in newest.items() if name not in state.deleted_refs}
    return sorted(
        (GitRef(f"{'tags' if name in tags else 'heads'}/{name}", commit) for name, commit in there.items()),
        key=lambda ref: ref.name,
    )


def find_ref(state: State, name: str) -> GitRef | None:
    """The ref of a name such as `main`, `heads/main` or `refs/tags/v1.0`."""
    short = name.removeprefix("refs/")
    wanted = (short, f"heads/{name}", f"tags/{name}")
    return next((ref for ref in refs(state) if ref.name in wanted), None)


def find_commit(state: State, revision: str) -> Commit | None:
    """The commit that a sha, the beginning of one, `HEAD`, a branch or a tag stands for."""
    ref = find_ref(state, state.repository.default_branch if revision == "HEAD" else revision)
    if ref:
        return ref.commit
    if len(revision) < _SHORTEST_SHA:
        return None
    return next((commit for _, commit in _placed(state) if commit.sha.startswith(revision)), None)


def history(state: State, sha: str) -> list[Commit] | None:
    """A commit and all that it contains, the newest first; None where there is no such commit."""
    placed = list(_placed(state))
    names = [name for name, commit in placed if commit.sha == sha]
    if not names:
        return None
    default = state.repository.default_branch
    line = _line(state, default if default in names else names[0])
    found = {commit.sha: commit for name, commit in placed if name in line or commit.sha == sha}
    ordered = sorted(found.values(), key=lambda commit: commit.at, reverse=True)
    return ordered[next(place for place, commit in enumerate(ordered) if commit.sha == sha) :]


def changed_files(state: State) -> set[str]:
    """The files that the commits changed; each is still there."""
    return {name for _, commit in _placed(state) for name in commit.files}


def compare(state: State, base: str, head: str) -> Comparison | None:
    """How a head differs from a base, both as `find_commit` reads them; None where they share no commit."""
    first, second = find_commit(state, base), find_commit(state, head)
    if first is None or second is None:
        return None
    old, new = history(state, first.sha) or [], history(state, second.sha) or []
    in_old, in_new = {one.sha for one in old}, {one.sha for one in new}
    common = next((one for one in new if one.sha in in_old), None)
    if common is None:
        return None
    ahead = tuple(one for one in new if one.sha not in in_old)
    behind = tuple(one for one in old if one.sha not in in_new)
    return Comparison(first, second, common, ahead, behind)


def closer_of(state: State, issue: Issue, at: datetime) -> Commit | None:
    """The newest commit of the default branch that says `(fixes #N)` and has not closed the issue before."""
    used = {closing.closer.sha for closing in issue.closings if closing.closer}
    line = _line(state, state.repository.default_branch)
    found = {
        commit.sha: commit
        for name, commit in _placed(state)
        if name in line and commit.at <= at and commit.sha not in used
        if f"(fixes #{issue.number})" in commit.message.partition("\n")[0].lower()
    }
    return max(found.values(), key=lambda commit: commit.at, default=None)


def rename_default_branch(state: State, name: str) -> None:
    """Make another branch the default. One that has no commits yet is the old one under a new name."""
    old = state.repository.default_branch
    if name == old:
        return
    if all(ref.name != f"heads/{name}" for ref in refs(state)):
        state.former_default_branches.append(old)
        state.deleted_refs.add(old)
    state.deleted_refs.discard(name)
    state.change_repository(default_branch=name)


def keep_commits(state: State, before: datetime) -> None:
    """Keep the refs and commits of runs that are about to be deleted."""
    gone = [run for run in reversed(state.runs) if run.created_at < before]
    state.pushed += [Pushed(run.branch, run.commit, is_tag(run)) for run in gone if run.branch and not run.fork]


def _placed(state: State) -> Iterator[tuple[str, Commit]]:
    """Each commit with a ref that holds it; a fork's refs are not the repository's."""
    for run in state.runs:
        if not run.fork and run.branch:
            yield run.branch, run.commit
    for pushed in state.pushed:
        yield pushed.branch, pushed.commit


def _tags(state: State) -> set[str]:
    of_runs = {run.branch for run in state.runs if run.branch and not run.fork and is_tag(run)}
    return of_runs | {pushed.branch for pushed in state.pushed if pushed.tag}


def _line(state: State, ref: str) -> set[str]:
    """The refs whose commits a commit of this ref may contain."""
    tags, default = _tags(state), state.repository.default_branch
    main = {default, *state.former_default_branches}
    if ref in tags:
        return tags | main
    if ref in main:
        return main
    entry = _QUEUE_ENTRY.fullmatch(ref)
    return {ref, *(_line(state, entry[1]) if entry else ())}
