"""Git, and steps that expect no changes."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# git: merge, push, clone, submodules.

_GIT = (
    LogPattern(
        name="git.conflict",
        keywords=("automatic merge failed",),
        start="Automatic merge failed; fix conflicts",
        context_before=r"CONFLICT \(",
        max_context=20,
        headline="^CONFLICT",
        fingerprint="^CONFLICT",
        example="""
  Auto-merging pears.txt
! CONFLICT (content): Merge conflict in pears.txt
> CONFLICT (modify/delete): plums.txt deleted in HEAD and modified in ripe.
> Automatic merge failed; fix conflicts and then commit the result.
""",
    ),
    LogPattern(
        name="git.not_applied",
        keywords=("could not apply",),
        start="error: could not apply ",
        context_before=r"CONFLICT \(",
        max_context=20,
        headline="^CONFLICT",
        fingerprint="^CONFLICT",
        example="""
! CONFLICT (content): Merge conflict in pears.txt
> error: could not apply df9f917... ripe pears
  hint: Resolve all conflicts manually
""",
    ),
    LogPattern(
        name="git.rejected",
        keywords=("failed to push some refs",),
        start="error: failed to push some refs to ",
        context_before=r"To \S|\s!\s{1,3}\[|remote: |error: src refspec",
        max_context=14,
        body="hint: ",
        max_lines=8,
        headline=r"\[(?:remote )?rejected\]|remote: error: |src refspec",
        fingerprint=r"\[(?:remote )?rejected\]|src refspec",
        example="""
> To https://git.example.com/acme/orchard.git
!  ! [rejected]        ripe -> ripe (non-fast-forward)
> error: failed to push some refs to 'https://git.example.com/acme/orchard.git'
> hint: Updates were rejected because the tip of your current branch is behind
  done
""",
    ),
    LogPattern(
        name="git.declined",
        keywords=("remote: error: ",),
        start="remote: error: ",
        body=r"remote: |To \S|\s!\s{1,3}\[|error: failed to push",
        max_lines=16,
        example="""
! remote: error: GH006: Protected branch update failed for refs/heads/ripe.
> remote: error: At least 1 approving review is required by reviewers with write access.
> To https://git.example.com/acme/orchard.git
>  ! [remote rejected] ripe -> ripe (protected branch hook declined)
> error: failed to push some refs to 'https://git.example.com/acme/orchard.git'
  done
""",
    ),
    LogPattern(
        name="git.repository",
        keywords=("fatal: ",),
        start="fatal: (?:repository '.{1,400}' (?:not found|does not exist)|'.{1,300}' does not appear to be a git "
        "repository)",
        example="! fatal: repository 'https://git.example.com/acme/orchard/' not found",
    ),
    LogPattern(
        name="git.ref",
        kind=FailureKind.CONFIGURATION,
        keywords=("fatal: ",),
        priority=1,  # before git.fatal
        start="fatal: (?:[Cc]ouldn't find remote ref|[Rr]emote branch .{1,200} not found|reference is not a tree:"
        "|bad object|invalid reference: |ambiguous argument '|bad revision '|unable to read tree)",
        body="Use '--' to separate|'git <command>",
        max_lines=3,
        confidence=Confidence.LIKELY,
        example="""
! fatal: ambiguous argument 'origin/ripe..HEAD': unknown revision or path not in the working tree.
> Use '--' to separate paths from revisions, like this:
> 'git <command> [<revision>...] -- [<file>...]'
  done
""",
    ),
    LogPattern(
        name="git.submodule_clone",
        kind=FailureKind.CONFIGURATION,
        keywords=("into submodule path", "failed to clone '"),
        start="fatal: clone of '.{1,300}' into submodule path|Failed to clone '",
        body="Failed to clone '",
        confidence=Confidence.SYMPTOM,
        example="""
  Cloning into '/srv/orchard/pears'...
! fatal: clone of 'https://git.example.com/acme/pears.git' into submodule path '/srv/orchard/pears' failed
> Failed to clone 'pears'. Retry scheduled
  done
! Failed to clone 'pears' a second time, aborting
""",
    ),
    LogPattern(
        name="git.no_describe",
        kind=FailureKind.CONFIGURATION,
        keywords=("fatal: ",),
        start="fatal: (?:No names found, cannot describe|no tag exactly matches|No (?:annotated )?tags can describe"
        "|No upstream configured)",
        confidence=Confidence.LIKELY,
        example="! fatal: No names found, cannot describe anything.",
    ),
    LogPattern(
        name="git.fatal",
        keywords=("fatal: ",),
        # Other programs write `fatal: error` and `fatal: Uncaught`; scripts ask for tags and branches that may be
        # missing.
        start=r"fatal: (?!error\b|Uncaught|clone of '|\w{1,40}Error"
        r"|No (?:names found|upstream|tags can|annotated)|no tag "
        "exactly)[a-zA-Z'].{1,1900}",
        confidence=Confidence.LIKELY,
        example="! fatal: refusing to merge unrelated histories",
    ),
    # Seen at https://github.com/aquasecurity/btfhub/issues/10
    LogPattern(
        name="git.lfs",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("batch response: ",),
        start=r"(?:Error downloading object: .{1,600}: |error: .{0,300})?batch response: ",
        body=r"$|Errors logged to|Use `git lfs|error: (?:external filter|failed to )|fatal: .{1,400} smudge filter lfs",
        max_lines=8,
        example="""
! Error downloading object: p.bin (8584): Smudge error: Error downloading p.bin (85841b): batch response: This
>
> Errors logged to '/srv/orchard/.git/lfs/logs/20211105T110512.338475748.log'.
> Use `git lfs logs last` to view the log.
> error: external filter 'git-lfs filter-process' failed
> fatal: pears.bin: smudge filter lfs failed
  warning: Clone succeeded, but checkout failed.
""",
    ),
    # Seen at https://github.com/shimataro/ssh-key-action/issues/273 and https://github.com/status-im/status.im/issues/162
    LogPattern(
        name="ssh.refused",
        kind=FailureKind.PERMISSION,
        keywords=("host key verification failed", "permission denied (publickey"),
        start=r"(?:\S{1,200}: )?(?:Host key verification failed\.|Permission denied \(publickey[\w,-]{0,60}\)\.)$",
        body=r"rsync(?: error)?: \S|fatal: Could not read from remote repository",
        max_lines=4,
        headline=r"Host key verification|Permission denied",
        example="""
  Cloning into 'press'...
! git@example.com: Permission denied (publickey).
> fatal: Could not read from remote repository.

! Host key verification failed.
> rsync: connection unexpectedly closed (0 bytes received so far) [sender]
> rsync error: unexplained error (code 255) at io.c(231) [sender=3.2.7]
  ##[error]Process completed with exit code 255.
""",
    ),
)

# Steps that fail because a generator or a formatter changed files.

_CHANGES = (
    LogPattern(
        name="changes.diff",
        keywords=("diff --git",),
        start="diff --git ",
        body=r"index |(?:new|deleted) file|similarity |dissimilarity |rename |copy |old mode|new mode|--- |\+\+\+ "
        r"|@@ |diff --git |Binary files|[+\\ -]|$",
        max_lines=40,
        confidence=Confidence.LIKELY,
        example="""
! diff --git a/pears.txt b/pears.txt
> index 975fbec..6e5aa7c 100644
> --- a/pears.txt
> +++ b/pears.txt
> @@ -1,3 +1,3 @@
>  plums
> -unripe
> +ripe

  make: *** [Makefile:3: check] Error 1
""",
    ),
)

PATTERNS = (
    *_GIT,
    *_CHANGES,
)
