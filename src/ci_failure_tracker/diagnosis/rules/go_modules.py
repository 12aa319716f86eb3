"""Go's modules: go.mod, go.sum and what they ask for."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_GOES_ON = r"\t|\s{4,8}\S"


RULES = (
    Rule(
        name="go-modules.checksum",
        keywords=("checksum mismatch",),
        opens=r"(?:verifying|go: verifying) .{1,300}: checksum mismatch",
        through=_GOES_ON + r"|$|SECURITY ERROR|This download does NOT",
        most=10,
        example="""
! verifying example.com/basket@v1.2.0: checksum mismatch
>         downloaded: h1:abc=
>         go.sum:     h1:def=
>
> SECURITY ERROR
> This download does NOT match an earlier download recorded in go.sum.
  done
""",
    ),
    Rule(
        name="go-modules.download",
        keywords=("error",),
        opens=r"go: (?:downloading|finding|extracting|found|added|upgraded) ",
        rank=Rank.NOISE,
        example="""
! go: downloading github.com/pkg/errors v0.9.1
""",
    ),
    Rule(
        name="go-modules.error",
        keywords=(
            "error",
            "missing",
            "unknown",
            "invalid",
            "cannot",
            "not found",
            "no such",
            "timeout",
            "could not",
            "refused",
            "mismatch",
            "unexpected",
        ),
        priority=1,  # before go-modules.checksum
        opens=r"go: (?!downloading |finding |extracting |found |added |upgraded |downgraded |warning: |creating )\S",
        through=_GOES_ON,
        most=12,
        example="""
! go: errors parsing go.mod:
>         /srv/orchard/go.mod:3: usage: go 1.23
  done
! go: example.com/basket@v1.2.0: missing go.sum entry
! go: example.com/basket@v1.2.0: unknown revision v1.2.0
! go: example.com/basket@v1.2: invalid version: not a release
! go: cannot find main module, but found .git/config in /srv/orchard
! go: example.com/basket@v1.2.0: reading https://proxy.example.com/basket: 404 Not Found
! go: open /srv/orchard/go.mod: no such file or directory
! go: example.com/basket: dial tcp 192.0.2.1:443: i/o timeout
! go: could not create module cache: mkdir /go/pkg
! go: example.com/basket: dial tcp 192.0.2.1:443: connect: connection refused
! go: example.com/basket@v1.2.0: parsing go.mod: path mismatch
! go: example.com/basket@v1.2.0: unexpected end of archive
""",
    ),
)
