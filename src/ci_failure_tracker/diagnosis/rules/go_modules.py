"""Go's modules: go.mod, go.sum and what they ask for."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_GOES_ON = r"\t|\s{4,8}\S"


def _go(word: str, example: str) -> Rule:
    """A line of the go command itself, as distinct from the compiler's."""
    return Rule(
        name=f"go-modules.{word.replace(' ', '_')}",
        word=word,
        opens=r"go: (?!downloading |finding |extracting |found |added |upgraded |downgraded |warning: |creating )\S",
        through=_GOES_ON,
        most=12,
        example=example,
    )


RULES = (
    Rule(
        name="go-modules.checksum",
        word="checksum mismatch",
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
        word="error",
        opens=r"go: (?:downloading|finding|extracting|found|added|upgraded) ",
        rank=Rank.NOISE,
        example="""
! go: downloading github.com/pkg/errors v0.9.1
""",
    ),
    _go("error", "\n! go: errors parsing go.mod:\n>         /srv/orchard/go.mod:3: usage: go 1.23\n  done\n"),
    _go("missing", "\n! go: example.com/basket@v1.2.0: missing go.sum entry\n"),
    _go("unknown", "\n! go: example.com/basket@v1.2.0: unknown revision v1.2.0\n"),
    _go("invalid", "\n! go: example.com/basket@v1.2: invalid version: not a release\n"),
    _go("cannot", "\n! go: cannot find main module, but found .git/config in /srv/orchard\n"),
    _go("not found", "\n! go: example.com/basket@v1.2.0: reading https://proxy.example.com/basket: 404 Not Found\n"),
    _go("no such", "\n! go: open /srv/orchard/go.mod: no such file or directory\n"),
    _go("timeout", "\n! go: example.com/basket: dial tcp 192.0.2.1:443: i/o timeout\n"),
    _go("could not", "\n! go: could not create module cache: mkdir /go/pkg\n"),
    _go("refused", "\n! go: example.com/basket: dial tcp 192.0.2.1:443: connect: connection refused\n"),
    _go("mismatch", "\n! go: example.com/basket@v1.2.0: parsing go.mod: path mismatch\n"),
    _go("unexpected", "\n! go: example.com/basket@v1.2.0: unexpected end of archive\n"),
)
