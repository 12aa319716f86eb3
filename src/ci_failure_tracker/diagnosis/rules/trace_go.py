"""Panics and fatal errors of a Go program."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_GOES_ON = (
    r"$|\s{0,40}panic: |\[signal |\[recovered\]|goroutine \d|\t|\s{4,8}/|[\w./-]{2,200}\(|created by |exit status \d"
    r"|runtime stack:|r\w{1,5}\s{1,8}0x|\.\.\.additional frames"
)

RULES = (
    Rule(
        name="go-program.panic",
        keywords=("panic: ",),
        opens=r"panic: ",
        through=_GOES_ON,
        most=200,
        rank=Rank.LIKELY,
        example="""
  picking
! panic: assignment to entry in nil map
>
> goroutine 1 [running]:
> main.pick(...)
>         /srv/orchard/main.go:3
> main.main()
>         /srv/orchard/main.go:9 +0x74
> exit status 2
  make the next
""",
    ),
    Rule(
        name="go-program.fatal",
        keywords=("fatal error: ",),
        opens=r"fatal error: (?:all goroutines|concurrent map|unexpected signal|stack overflow|sync: |runtime: )",
        through=_GOES_ON,
        most=200,
        rank=Rank.LIKELY,
        example="""
! fatal error: all goroutines are asleep - deadlock!
>
> goroutine 1 [chan receive]:
> main.main()
>         /srv/orchard/main.go:5 +0x37
  bye
""",
    ),
)
