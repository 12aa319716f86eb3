"""The commits of a break: from the runs, if GitHub does not show them, and in the form that an issue remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ci_failure_tracker.model import CommitsBetween, Run, Suspect
from ci_failure_tracker.text.markdown import plain

MOST_COMMITS = 10
"""Commits that an issue names; the comparison on GitHub has them all."""

# 39 characters is the longest login that GitHub allows.
_TITLE, _AUTHOR = 92, 39


def commits_of_runs(green: str, red: str, runs: Sequence[Run]) -> CommitsBetween:
    """The commits of the runs between two commits, on the branch of the failing one; a push may hold more commits.

    GitHub does not show commits of a private repository without `contents: read`, and not on an old Enterprise Server.
    """
    ordered = sorted(runs, key=lambda run: run.order, reverse=True)
    last = next((run for run in ordered if run.commit.sha == red), None)
    # Without the failing run the range has no end, so it names no commit.
    if last is None:
        return CommitsBetween(green, red, more=True)
    branch = [run for run in ordered if run.branch == last.branch and run.order <= last.order]
    # If the passing run is no longer listed, all listed runs of the branch are in the range.
    before = next((place for place, run in enumerate(branch) if run.commit.sha == green), len(branch))
    suspects = {run.commit.sha: Suspect(run.commit.sha, run.commit.title, "") for run in branch[:before]}
    return CommitsBetween(green, red, tuple(suspects.values()), more=True)


def shortened_commits(commits: CommitsBetween) -> CommitsBetween:
    """The commits in the form in which an issue remembers them: short, of visible characters, without secrets."""
    suspects = tuple(
        Suspect(suspect.sha, plain(suspect.title, _TITLE), plain(suspect.author, _AUTHOR))
        for suspect in commits.commits[:MOST_COMMITS]
    )
    return replace(commits, commits=suspects, more=commits.more or len(commits.commits) > MOST_COMMITS)
