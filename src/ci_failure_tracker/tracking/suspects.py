"""The suspects of a break in the order of suspicion; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ci_failure_tracker.model import CommitOrigin, CommitsBetween, State, Suspect
from ci_failure_tracker.text.markdown import cut_in_middle, plain
from ci_failure_tracker.tracking.named_files import counts_manifests, manifests, named_files

_FILE, _LOGIN = 100, 39


def needs_files(state: State) -> bool:
    """Whether the files that the suspects changed can tell them apart."""
    return state.evidence is not None or counts_manifests(state.kind)


def with_details(
    state: State, files: Mapping[str, tuple[str, ...]], origins: Mapping[str, CommitOrigin]
) -> CommitsBetween | None:
    """The suspects of a state with what was read of them, those first that changed a file which the failure names."""
    between = state.suspects
    if between is None or not between.pending:
        return between
    hashes = [suspect.sha for suspect in between.commits]
    unread = any(sha not in origins or (needs_files(state) and sha not in files) for sha in hashes)
    of_suspects = {sha: files[sha] for sha in hashes if sha in files}
    chosen = _named(state, of_suspects)
    commits = [
        replace(_with_origin(suspect, origins.get(suspect.sha)), file=chosen.get(suspect.sha, ""))
        for suspect in between.commits
    ]
    accused = _accused(commits)
    commits.sort(key=lambda suspect: (suspect not in accused, not suspect.file))
    is_single = len(accused) == 1 and not between.more and not unread
    return replace(between, commits=tuple(commits), single=is_single, pending=unread)


def people(between: CommitsBetween | None, origins: Mapping[str, CommitOrigin]) -> tuple[str, ...]:
    """The logins behind the suspects, without bots: of those that changed a named file, or else of all.

    If there are more commits than were read, and none of them changed such a file, it is nobody.
    """
    if between is None:
        return ()
    with_file = [suspect for suspect in between.commits if suspect.file]
    suspects = with_file or (() if between.more else between.commits)
    logins = (_person(origins.get(suspect.sha, CommitOrigin())) for suspect in suspects)
    return tuple(dict.fromkeys(login for login in logins if login))


def _person(origin: CommitOrigin) -> str:
    """Who opened the pull request, or else the author of the commit; empty for a bot."""
    return next((login for login in (origin.opened_by, origin.author) if login and not login.endswith("[bot]")), "")


def _named(state: State, files: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """By the hash of a commit, the file that it changed and that the failure names or that can be the cause."""
    named = named_files((file for changed in files.values() for file in changed), state.evidence)
    chosen = {sha: next((file for file in named if file in changed), "") for sha, changed in files.items()}
    if not any(chosen.values()) and counts_manifests(state.kind):
        chosen = {sha: next(iter(manifests(changed)), "") for sha, changed in files.items()}
    return {sha: plain(cut_in_middle(file, _FILE), _FILE) for sha, file in chosen.items()}


def _accused(commits: Sequence[Suspect]) -> Sequence[Suspect]:
    """The commits that changed such a file; a merge only if no other did, because it repeats what it merges."""
    with_file = [suspect for suspect in commits if suspect.file]
    return [suspect for suspect in with_file if not _is_merge(suspect)] or with_file


def _is_merge(suspect: Suspect) -> bool:
    return suspect.title.startswith("Merge ")


def _with_origin(suspect: Suspect, origin: CommitOrigin | None) -> Suspect:
    if origin is None or not origin.pull_request:
        return suspect
    author = plain(origin.opened_by, _LOGIN) or suspect.author
    return replace(suspect, author=author, pull_request=origin.pull_request)
