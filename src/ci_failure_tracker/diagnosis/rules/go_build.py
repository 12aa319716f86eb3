"""The Go compiler, go vet, modules, gofmt, and the linters that print as they do."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PLACE = (
    r"(?:vet: |typecheck: "
    r"|level=error msg=\"?)?(?:\.{0,2}[/\\])?(?:[A-Za-z]:)?[\w@.+~/\\-]{1,300}\.go:\d{1,7}:\d{1,5}: "
)
_FRAME = r"\t\s{0,8}(?:have|want) |\t[^\t\s]{1,40}.{0,400}|\s{1,80}\^{1,80}$|\t.{1,400}$"
_OLD = r"(?:\.{1,2}/|[\w.@-]{1,100}/)[\w@.+~/-]{1,300}\.go:\d{1,7}: "

RULES = (
    Rule(
        name="go-build.error",
        keywords=(".go:",),
        opens=_PLACE + r"(?!warning)\S",
        lead=r"# \S{1,300}(?: \[\S{1,300}\])?$",
        lead_most=1,
        through=_PLACE
        + r"|(?:"
        + _FRAME
        + r")|# \S{1,300}(?: \[\S{1,300}\])?$|too many errors$|.{1,300}: too many errors$",
        most=60,
        headline=r"^(?:" + _PLACE + r")",
        example="""
  go build ./...
> # example.com/orchard/press
! press/press.go:2:16: "os" imported and not used
> press/press.go:3:15: declared and not used: force
> press/press.go:3:87: too many arguments in call to turn
> \thave (number, number)
> \twant (int)
  make: *** [build] Error 1
""",
    ),
    Rule(
        name="go-build.old",
        keywords=(".go:",),
        opens=_OLD
        + r"(?:undefined: |cannot |syntax error|imported and not used|\S{1,80} (?:declared|redeclared|undefined)"
        r"|not enough |too many "
        r"|missing return|invalid |import cycle|no method|unknown field|assignment count|multiple-value"
        r"|unreachable code|constant )",
        lead=r"# \S{1,300}$",
        lead_most=1,
        through=_OLD + r"|\t.{1,400}",
        most=40,
        headline=r"^(?:" + _OLD + r")",
        example="""
> # example.com/orchard/press
! press/press.go:12: undefined: squeeze
> press/press.go:14: force declared and not used
  FAIL    example.com/orchard/press [build failed]
""",
    ),
    Rule(
        name="go-build.cannot_find_package",
        keywords=("cannot find package",),
        opens=r'(?:package \S{1,300}: )?cannot find package "',
        through=r"\t\S",
        most=12,
        example="""
! package example.com/press: cannot find package "example.com/basket" in any of:
> \t/usr/local/go/src/example.com/basket (from $GOROOT)
> \t/srv/go/src/example.com/basket (from $GOPATH)
  done
""",
    ),
    Rule(
        name="go-build.golangci",
        keywords=("level=error",),
        opens=r"level=error msg=",
        rank=Rank.LIKELY,
        example="""
! level=error msg="[linters_context] typechecking error: pattern ./...: directory prefix . does not contain main module"
""",
    ),
)
