"""The commits of a break where GitHub does not show them: those of the runs looked at stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ci_failure_tracker.model import CommitsBetween, Run, Suspect
from ci_failure_tracker.text.markdown import plain

KEPT = 10
"""Commits that an issue names; the comparison on GitHub has them all."""

_TITLE, _AUTHOR = 92, 39


def commits_of_runs(green: str, red: str, runs: Sequence[Run]) -> CommitsBetween:
    """The commits of the runs between the two, on the branch of the red one; a push may bring more than its run shows.

    GitHub does not show commits of a private repository without `contents: read`, and not on an old Enterprise Server.
    """
    ordered = sorted(runs, key=lambda run: run.order, reverse=True)
    last = next((run for run in ordered if run.commit.sha == red), None)
    if last is None:
        return CommitsBetween(green, red, more=True)
    branch = [run for run in ordered if run.branch == last.branch and run.order <= last.order]
    before = next((place for place, run in enumerate(branch) if run.commit.sha == green), len(branch))
    commits = {run.commit.sha: Suspect(run.commit.sha, run.commit.title, "") for run in branch[:before]}
    return CommitsBetween(green, red, tuple(commits.values()), more=True)


def kept(between: CommitsBetween) -> CommitsBetween:
    """The commits in the form in which an issue remembers them: short, of visible characters, without secrets."""
    commits = tuple(
        Suspect(one.sha, plain(one.title, _TITLE), plain(one.author, _AUTHOR)) for one in between.commits[:KEPT]
    )
    return replace(between, commits=commits, more=between.more or len(between.commits) > KEPT)
