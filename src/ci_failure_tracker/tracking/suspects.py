"""The suspects of a break in the order of suspicion; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ci_failure_tracker.model import CommitOrigin, CommitsBetween, State, Suspect
from ci_failure_tracker.text.markdown import cut_in_middle, plain
from ci_failure_tracker.tracking.named_files import counts_manifests, manifests, named_files

_FILE, _LOGIN = 100, 39


def needs_files(state: State) -> bool:
    """Whether the files that the suspects changed can tell them apart now; without a log they may do so later."""
    is_pending = state.suspects is not None and state.suspects.files_pending
    return is_pending and (state.evidence_of_break is not None or counts_manifests(state.kind))


def with_details(
    state: State, files: Mapping[str, tuple[str, ...]], origins: Mapping[str, CommitOrigin]
) -> CommitsBetween | None:
    """The suspects of a state with what was read of them, those first that changed a file which the failure names."""
    between = state.suspects
    if between is not None and between.pending:
        commits = tuple(_with_origin(suspect, origins.get(suspect.sha)) for suspect in between.commits)
        between = replace(between, commits=commits, pending=any(suspect.sha not in origins for suspect in commits))
    return _by_files(between, state, files) if between is not None and needs_files(state) else between


def _by_files(between: CommitsBetween, state: State, files: Mapping[str, tuple[str, ...]]) -> CommitsBetween:
    read = {suspect.sha: files[suspect.sha] for suspect in between.commits if suspect.sha in files}
    chosen, is_pending = _named(state, read), len(read) < len(between.commits)
    commits = [replace(suspect, file=chosen.get(suspect.sha, "")) for suspect in between.commits]
    accused = _accused(commits)
    commits.sort(key=lambda suspect: (suspect not in accused, not suspect.file))
    is_single = len(accused) == 1 and not between.more and not is_pending
    return replace(between, commits=tuple(commits), single=is_single, files_pending=is_pending)


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
    named = named_files((file for changed in files.values() for file in changed), state.evidence_of_break)
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
