"""Git, and steps that expect no changes."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

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
        name="git.refspec",
        keywords=("error: src refspec",),
        start="error: src refspec .{1,300} does not match any",
        body="error: failed to push some refs",
        max_lines=2,
        example="""
! error: src refspec ripe does not match any
> error: failed to push some refs to 'https://git.example.com/acme/orchard.git'
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
        name="git.no_right",
        keywords=("denied to ",),
        start=r"(?:remote: |ERROR: )(?:error: )?Permission to \S{1,200} denied to ",
        body="fatal: |$|Please make sure you have|and the repository exists",
        max_lines=6,
        example="""
! remote: Permission to acme/orchard.git denied to github-actions[bot].
> fatal: unable to access 'https://git.example.com/acme/orchard/': The requested URL returned error: 403
""",
    ),
    LogPattern(
        name="git.repository_not_found",
        keywords=("not found",),
        start="(?:remote: |ERROR: )Repository not found",
        body="fatal: |$|Please make sure you have|and the repository exists",
        max_lines=6,
        example="""
! remote: Repository not found.
> fatal: repository 'https://git.example.com/acme/orchard/' not found
""",
    ),
    LogPattern(
        name="git.repository",
        keywords=("fatal: ",),
        start="fatal: (?:repository '.{1,400}' (?:not found|does not exist)|'.{1,300}' does not appear to be a git "
        "repository)",
        example="""
! fatal: repository 'https://git.example.com/acme/orchard/' not found
""",
    ),
    LogPattern(
        name="git.credentials",
        keywords=("fatal: ",),
        start="fatal: (?:could not read (?:Username|Password) for|Authentication failed for) ",
        context_before="remote: ",
        max_context=4,
        example="""
> remote: Support for password authentication was removed.
! fatal: Authentication failed for 'https://git.example.com/acme/orchard.git/'
""",
    ),
    LogPattern(
        name="git.access",
        keywords=("fatal: ",),
        priority=1,  # before git.fatal
        start="fatal: unable to access '",
        context_before="remote: ",
        max_context=4,
        confidence=Confidence.LIKELY,
        example="""
> remote: Write access to repository not granted.
! fatal: unable to access 'https://git.example.com/acme/orchard.git/': The requested URL returned error: 403
""",
    ),
    LogPattern(
        name="git.transfer",
        keywords=("error: ",),
        start=r"error: (?:RPC failed;|\d{1,12} bytes of body are still expected)",
        body="error: |fatal: |fetch-pack: |send-pack: ",
        max_lines=8,
        confidence=Confidence.LIKELY,
        example="""
! error: RPC failed; curl 56 GnuTLS recv error (-9): Error decoding the received TLS packet.
> fetch-pack: unexpected disconnect while reading sideband packet
> fatal: early EOF
> fatal: fetch-pack: invalid index-pack output
  Waiting 14 seconds before trying again
""",
    ),
    LogPattern(
        name="git.ref",
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
        name="git.no_branch",
        keywords=("##[error]",),
        start=r"##\[error\]A branch or tag with the name '",
        example="""
! ##[error]A branch or tag with the name 'ripe' could not be found
""",
    ),
    LogPattern(
        name="git.submodule",
        keywords=("fatal: ",),
        start="fatal: (?:[Nn]o url found for submodule path|clone of '.{1,300}' into submodule path|Unable to "
        "(?:fetch|find current revision|checkout|merge|rebase) .{0,60}in submodule path|Fetched in submodule "
        "path|No submodule mapping found|run_command returned non-zero status for)",
        context_before="fatal: |remote: |error: ",
        max_context=3,
        body="Failed to (?:clone|recurse)|Direct fetching of that commit",
        max_lines=4,
        example="""
  Cloning into '/srv/orchard/pears'...
! fatal: clone of 'https://git.example.com/acme/pears.git' into submodule path '/srv/orchard/pears' failed
> Failed to clone 'pears'. Retry scheduled
  done
""",
    ),
    LogPattern(
        name="git.unadvertised",
        keywords=("error: ",),
        start="error: Server does not allow request for unadvertised object|fatal: remote error: upload-pack: not "
        "our ref",
        body="fatal: |Direct fetching",
        max_lines=4,
        example="""
! error: Server does not allow request for unadvertised object 4f1d2c3b
> fatal: Fetched in submodule path 'pears', but it did not contain 4f1d2c3b. Direct fetching of that commit failed.
  done
""",
    ),
    LogPattern(
        name="git.ownership",
        keywords=("fatal: detected dubious ownership",),
        start="fatal: detected dubious ownership in repository",
        body=r"To add an exception|$|\s{1,8}git config|'?/.{1,200} is owned by|but the current user is",
        max_lines=6,
        example="""
! fatal: detected dubious ownership in repository at '/srv/orchard'
> To add an exception for this directory, call:
>
>   git config --global --add safe.directory /srv/orchard
  done
""",
    ),
    LogPattern(
        name="git.identity",
        keywords=("author identity unknown",),
        start="(?:Author|Committer) identity unknown",
        end_before=r"##\[",
        end="fatal: ",
        max_lines=16,
        example="""
! Author identity unknown
>
> *** Please tell me who you are.
>
> Run
>
>   git config --global user.email "you@example.com"
>
> fatal: empty ident name (for <>) not allowed
  done
""",
    ),
    LogPattern(
        name="git.overwritten",
        keywords=("error: ",),
        start="error: (?:Your local changes to the following files|The following untracked working tree files) "
        "would be (?:overwritten|removed) by ",
        body=r"\s|Please (?:commit|move|enter)|Aborting",
        max_lines=14,
        example="""
! error: Your local changes to the following files would be overwritten by checkout:
> 	pears.txt
> Please commit your changes or stash them before you switch branches.
> Aborting
  done
""",
    ),
    LogPattern(
        name="git.lfs",
        keywords=("error",),
        start=r"(?:Error downloading object: .{0,400}|.{0,200}\b)?(?:Smudge error|batch response): |error: external "
        "filter '?git-lfs .{1,200}failed",
        body="$|Errors logged to|Use `git lfs|error: external filter|fatal: ",
        max_lines=8,
        example="""
! Error downloading object: pears.bin (4f1d2c3): Smudge error: Error downloading pears.bin: over its data quota.
>
> Errors logged to '/srv/orchard/.git/lfs/logs/1.log'.
> Use `git lfs logs last` to view the log.
> error: external filter 'git-lfs filter-process' failed
> fatal: pears.bin: smudge filter lfs failed
  done
""",
    ),
    LogPattern(
        name="git.hunk",
        keywords=("failed",),
        start=r"(?:Hunk #\d{1,4} FAILED at |\d{1,4} out of \d{1,4} hunks? (?:FAILED|ignored))",
        context_before="patching file |Hunk #",
        max_context=6,
        body=r"Hunk #|\d{1,4} out of \d",
        headline=r"Hunk #\d{1,4} FAILED",
        confidence=Confidence.LIKELY,
        example="""
> patching file pears.txt
! Hunk #1 FAILED at 12.
> 1 out of 1 hunk FAILED -- saving rejects to file pears.txt.rej
  done
""",
    ),
    LogPattern(
        name="git.no_describe",
        keywords=("fatal: ",),
        start="fatal: (?:No names found, cannot describe|no tag exactly matches|No (?:annotated )?tags can describe"
        "|No upstream configured)",
        confidence=Confidence.LIKELY,
        example="""
! fatal: No names found, cannot describe anything.
""",
    ),
    LogPattern(
        name="git.fatal",
        keywords=("fatal: ",),
        start=r"fatal: (?!error\b|Uncaught|\w{1,40}Error|No (?:names found|upstream|tags can|annotated)|no tag "
        "exactly)[a-zA-Z'].{1,1900}",
        confidence=Confidence.LIKELY,
        example="""
! fatal: refusing to merge unrelated histories
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
