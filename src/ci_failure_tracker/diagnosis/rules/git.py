"""What git says of a merge, a push, a clone or a submodule."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="git.conflict",
        keywords=("automatic merge failed",),
        opens="Automatic merge failed; fix conflicts",
        lead=r"CONFLICT \(",
        lead_most=20,
        headline="^CONFLICT",
        names="^CONFLICT",
        example="""
  Auto-merging pears.txt
! CONFLICT (content): Merge conflict in pears.txt
> CONFLICT (modify/delete): plums.txt deleted in HEAD and modified in ripe.
> Automatic merge failed; fix conflicts and then commit the result.
""",
    ),
    Rule(
        name="git.not_applied",
        keywords=("could not apply",),
        opens="error: could not apply ",
        lead=r"CONFLICT \(",
        lead_most=20,
        headline="^CONFLICT",
        names="^CONFLICT",
        example="""
! CONFLICT (content): Merge conflict in pears.txt
> error: could not apply df9f917... ripe pears
  hint: Resolve all conflicts manually
""",
    ),
    Rule(
        name="git.rejected",
        keywords=("failed to push some refs",),
        opens="error: failed to push some refs to ",
        lead=r"To \S|\s!\s{1,3}\[|remote: |error: src refspec",
        lead_most=14,
        through="hint: ",
        most=8,
        headline=r"\[(?:remote )?rejected\]|remote: error: |src refspec",
        names=r"\[(?:remote )?rejected\]|src refspec",
        example="""
> To https://git.example.com/acme/orchard.git
!  ! [rejected]        ripe -> ripe (non-fast-forward)
> error: failed to push some refs to 'https://git.example.com/acme/orchard.git'
> hint: Updates were rejected because the tip of your current branch is behind
  done
""",
    ),
    Rule(
        name="git.refspec",
        keywords=("error: src refspec",),
        opens="error: src refspec .{1,300} does not match any",
        through="error: failed to push some refs",
        most=2,
        example="""
! error: src refspec ripe does not match any
> error: failed to push some refs to 'https://git.example.com/acme/orchard.git'
  done
""",
    ),
    Rule(
        name="git.declined",
        keywords=("remote: error: ",),
        opens="remote: error: ",
        through=r"remote: |To \S|\s!\s{1,3}\[|error: failed to push",
        most=16,
        example="""
! remote: error: GH006: Protected branch update failed for refs/heads/ripe.
> remote: error: At least 1 approving review is required by reviewers with write access.
> To https://git.example.com/acme/orchard.git
>  ! [remote rejected] ripe -> ripe (protected branch hook declined)
> error: failed to push some refs to 'https://git.example.com/acme/orchard.git'
  done
""",
    ),
    Rule(
        name="git.no_right",
        keywords=("denied to ",),
        opens=r"(?:remote: |ERROR: )(?:error: )?Permission to \S{1,200} denied to ",
        through="fatal: |$|Please make sure you have|and the repository exists",
        most=6,
        example="""
! remote: Permission to acme/orchard.git denied to github-actions[bot].
> fatal: unable to access 'https://git.example.com/acme/orchard/': The requested URL returned error: 403
""",
    ),
    Rule(
        name="git.repository_not_found",
        keywords=("not found",),
        opens="(?:remote: |ERROR: )Repository not found",
        through="fatal: |$|Please make sure you have|and the repository exists",
        most=6,
        example="""
! remote: Repository not found.
> fatal: repository 'https://git.example.com/acme/orchard/' not found
""",
    ),
    Rule(
        name="git.repository",
        keywords=("fatal: ",),
        opens="fatal: (?:repository '.{1,400}' (?:not found|does not exist)|'.{1,300}' does not appear to be a git "
        "repository)",
        example="""
! fatal: repository 'https://git.example.com/acme/orchard/' not found
""",
    ),
    Rule(
        name="git.credentials",
        keywords=("fatal: ",),
        opens="fatal: (?:could not read (?:Username|Password) for|Authentication failed for) ",
        lead="remote: ",
        lead_most=4,
        example="""
> remote: Support for password authentication was removed.
! fatal: Authentication failed for 'https://git.example.com/acme/orchard.git/'
""",
    ),
    Rule(
        name="git.access",
        keywords=("fatal: ",),
        opens="fatal: unable to access '",
        lead="remote: ",
        lead_most=4,
        rank=Rank.LIKELY,
        example="""
> remote: Write access to repository not granted.
! fatal: unable to access 'https://git.example.com/acme/orchard.git/': The requested URL returned error: 403
""",
    ),
    Rule(
        name="git.transfer",
        keywords=("error: ",),
        opens=r"error: (?:RPC failed;|\d{1,12} bytes of body are still expected)",
        through="error: |fatal: |fetch-pack: |send-pack: ",
        most=8,
        rank=Rank.LIKELY,
        example="""
! error: RPC failed; curl 56 GnuTLS recv error (-9): Error decoding the received TLS packet.
> fetch-pack: unexpected disconnect while reading sideband packet
> fatal: early EOF
> fatal: fetch-pack: invalid index-pack output
  Waiting 14 seconds before trying again
""",
    ),
    Rule(
        name="git.ref",
        keywords=("fatal: ",),
        opens="fatal: (?:[Cc]ouldn't find remote ref|[Rr]emote branch .{1,200} not found|reference is not a tree:"
        "|bad object|invalid reference: |ambiguous argument '|bad revision '|unable to read tree)",
        through="Use '--' to separate|'git <command>",
        most=3,
        rank=Rank.LIKELY,
        example="""
! fatal: ambiguous argument 'origin/ripe..HEAD': unknown revision or path not in the working tree.
> Use '--' to separate paths from revisions, like this:
> 'git <command> [<revision>...] -- [<file>...]'
  done
""",
    ),
    Rule(
        name="git.no_branch",
        keywords=("##[error]",),
        opens=r"##\[error\]A branch or tag with the name '",
        example="""
! ##[error]A branch or tag with the name 'ripe' could not be found
""",
    ),
    Rule(
        name="git.submodule",
        keywords=("fatal: ",),
        opens="fatal: (?:[Nn]o url found for submodule path|clone of '.{1,300}' into submodule path|Unable to "
        "(?:fetch|find current revision|checkout|merge|rebase) .{0,60}in submodule path|Fetched in submodule "
        "path|No submodule mapping found|run_command returned non-zero status for)",
        lead="fatal: |remote: |error: ",
        lead_most=3,
        through="Failed to (?:clone|recurse)|Direct fetching of that commit",
        most=4,
        example="""
  Cloning into '/srv/orchard/pears'...
! fatal: clone of 'https://git.example.com/acme/pears.git' into submodule path '/srv/orchard/pears' failed
> Failed to clone 'pears'. Retry scheduled
  done
""",
    ),
    Rule(
        name="git.unadvertised",
        keywords=("error: ",),
        opens="error: Server does not allow request for unadvertised object|fatal: remote error: upload-pack: not "
        "our ref",
        through="fatal: |Direct fetching",
        most=4,
        example="""
! error: Server does not allow request for unadvertised object 4f1d2c3b
> fatal: Fetched in submodule path 'pears', but it did not contain 4f1d2c3b. Direct fetching of that commit failed.
  done
""",
    ),
    Rule(
        name="git.ownership",
        keywords=("fatal: detected dubious ownership",),
        opens="fatal: detected dubious ownership in repository",
        through=r"To add an exception|$|\s{1,8}git config|'?/.{1,200} is owned by|but the current user is",
        most=6,
        example="""
! fatal: detected dubious ownership in repository at '/srv/orchard'
> To add an exception for this directory, call:
>
>   git config --global --add safe.directory /srv/orchard
  done
""",
    ),
    Rule(
        name="git.identity",
        keywords=("author identity unknown",),
        opens="(?:Author|Committer) identity unknown",
        until=r"##\[",
        closes="fatal: ",
        most=16,
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
    Rule(
        name="git.overwritten",
        keywords=("error: ",),
        opens="error: (?:Your local changes to the following files|The following untracked working tree files) "
        "would be (?:overwritten|removed) by ",
        through=r"\s|Please (?:commit|move|enter)|Aborting",
        most=14,
        example="""
! error: Your local changes to the following files would be overwritten by checkout:
> 	pears.txt
> Please commit your changes or stash them before you switch branches.
> Aborting
  done
""",
    ),
    Rule(
        name="git.lfs",
        keywords=("error",),
        opens=r"(?:Error downloading object: .{0,400}|.{0,200}\b)?(?:Smudge error|batch response): |error: external "
        "filter '?git-lfs .{1,200}failed",
        through="$|Errors logged to|Use `git lfs|error: external filter|fatal: ",
        most=8,
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
    Rule(
        name="git.hunk",
        keywords=("failed",),
        opens=r"(?:Hunk #\d{1,4} FAILED at |\d{1,4} out of \d{1,4} hunks? (?:FAILED|ignored))",
        lead="patching file |Hunk #",
        lead_most=6,
        through=r"Hunk #|\d{1,4} out of \d",
        headline=r"Hunk #\d{1,4} FAILED",
        rank=Rank.LIKELY,
        example="""
> patching file pears.txt
! Hunk #1 FAILED at 12.
> 1 out of 1 hunk FAILED -- saving rejects to file pears.txt.rej
  done
""",
    ),
    Rule(
        name="git.no_describe",
        keywords=("fatal: ",),
        opens="fatal: (?:No names found, cannot describe|no tag exactly matches|No (?:annotated )?tags can describe"
        "|No upstream configured)",
        rank=Rank.LIKELY,
        example="""
! fatal: No names found, cannot describe anything.
""",
    ),
    Rule(
        name="git.fatal",
        keywords=("fatal: ",),
        priority=-1,  # after git.access, git.ref
        opens=r"fatal: (?!error\b|Uncaught|\w{1,40}Error|No (?:names found|upstream|tags can|annotated)|no tag "
        "exactly)[a-zA-Z'].{1,1900}",
        rank=Rank.LIKELY,
        example="""
! fatal: refusing to merge unrelated histories
""",
    ),
)
