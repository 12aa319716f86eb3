"""What ssh and what runs over it say of a host, a key or a transfer."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="ssh.denied",
        keywords=("permission denied (",),
        opens=r"(?:\S{1,200}: )?Permission denied \((?:publickey|password|keyboard|gssapi)",
        through="fatal: Could not read from remote|$|Please make sure you have the correct|and the repository exists"
        "|rsync: |lost connection|scp: Connection closed",
        most=6,
        example="""
! git@pears.example.com: Permission denied (publickey).
> fatal: Could not read from remote repository.
>
> Please make sure you have the correct access rights
> and the repository exists.
  bye
""",
    ),
    Rule(
        name="ssh.host_key",
        keywords=("host key verification failed",),
        opens=r"Host key verification failed\.",
        through="fatal: Could not read from remote|$|Please make sure you have the correct|and the repository exists",
        most=6,
        example="""
! Host key verification failed.
> fatal: Could not read from remote repository.
  bye
""",
    ),
    Rule(
        name="ssh.failed",
        keywords=("refused", "timed out", "could not"),
        priority=1,  # before network.could_not_resolve, network.refused, network.timed_out
        opens=r"ssh: (?:connect to host \S{1,200} port \d{1,5}: |Could not resolve hostname )",
        through="fatal: Could not read from remote|$|Please make sure you have the correct|and the repository exists",
        most=6,
        rank=Rank.LIKELY,
        example="""
! ssh: connect to host pears.example.com port 22: Connection refused
> fatal: Could not read from remote repository.
  bye
! ssh: connect to host pears.example.com port 22: Connection timed out
> fatal: Could not read from remote repository.
  bye
! ssh: Could not resolve hostname pears.example.com: Name or service not known
> fatal: Could not read from remote repository.
  bye
""",
    ),
    Rule(
        name="ssh.key",
        keywords=("error in libcrypto",),
        opens=r"(?:Load key \".{1,300}\"|Error loading key .{1,300}): error in libcrypto",
        example="""
! Load key "/srv/.ssh/id_pears": error in libcrypto
""",
    ),
    Rule(
        name="ssh.bad_key",
        keywords=("invalid format",),
        opens=r"(?:Load key \".{1,300}\"|Error loading key .{1,300}): invalid format",
        example="""
! Load key "/srv/.ssh/id_pears": invalid format
""",
    ),
    Rule(
        name="ssh.rsync",
        keywords=("rsync error: ",),
        opens="rsync error: ",
        lead="rsync: ",
        lead_most=6,
        headline="rsync: |rsync error",
        example="""
! rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1338) [sender=3.2.7]
""",
    ),
)
