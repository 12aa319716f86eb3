"""go test, with what testify and gomega print in it, and gotestsum."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_OUTPUT = r"(?:\s{4,40}|\t{1,8})(?!--- (?:PASS|SKIP): )\S"
_TRACE = r"panic: |panic\(|\[signal |goroutine \d|\t|[\w./-]{1,200}\.[\w.*()-]{1,200}\(|created by |exit status \d|$"
_MESSAGE = r"(?:\s{4,40}|\t{1,8})\S{1,200}\.go:\d{1,6}:"
_NAMES = r"^\s{0,40}--- FAIL: |^panic: |^\s{1,40}Error:\s"

RULES = (
    Rule(
        name="go-test.fail",
        keywords=("--- fail: ",),
        opens=r"\s{0,40}--- FAIL: (?!Example)\S",
        lead=_OUTPUT + r"|$",
        lead_most=30,
        through=_OUTPUT + "|" + _TRACE,
        headline=r"^panic: |^\s{4,40}--- FAIL: ",
        names=_NAMES,
        example="""
  === RUN   TestFill
  --- PASS: TestFill (0.00s)
> --- FAIL: TestTotal (0.00s)
!     --- FAIL: TestTotal/empty (0.00s)
>         basket_test.go:14: Total() = 3, want 0
>             and a second line
      --- PASS: TestTotal/full (0.00s)
  FAIL
  FAIL	example.com/orchard/basket	0.009s
""",
    ),
    Rule(
        name="go-test.fail_example",
        keywords=("--- fail: example",),
        opens=r"--- FAIL: Example",
        until=r"FAIL$|FAIL\t|--- [A-Z]{4}: |=== |PASS$|ok {1,4}\t|exit status ",
        most=30,
        example="""
! --- FAIL: ExampleTotal (0.00s)
> got:
> 3
> want:
> 4
  FAIL
""",
    ),
    Rule(
        name="go-test.testify",
        keywords=("error trace:",),
        opens=r"[ \t]{1,24}Error Trace:\s",
        lead=_MESSAGE + "$",
        lead_most=1,
        through=r"[ \t]{2,200}\S|$",
        until=_MESSAGE + r"|\s{0,40}--- |=== ",
        most=40,
        headline=r"^\s{1,24}Error:\s{1,20}\S",
        names=r"^\s{1,24}(?:Error|Test):\s{1,20}\S",
        example="""
  === CONT  TestTotal
>     basket_test.go:9:
>         	Error Trace:	/srv/orchard/basket_test.go:9
!         	Error:      	Not equal:
>         	            	expected: 4
>         	            	actual  : 3
>         	Test:       	TestTotal
  === CONT  TestFill
""",
    ),
    Rule(
        name="go-test.message",
        keywords=("expected",),
        opens=_MESSAGE + r" .{0,300}[Ee]xpected",
        through=r"\s{8,40}\S",
        until=_MESSAGE + r"|\s{4,40}--- ",
        most=20,
        rank=Rank.LIKELY,
        example="""
  === RUN   TestTotal
!     basket_test.go:9: expected 4 apples
>         got 3
  === CONT  TestFill
""",
    ),
    Rule(
        name="go-test.timed_out",
        keywords=("panic: test timed out after",),
        opens=r"panic: test timed out after \d",
        through=r"\s{1,8}running tests:|\t{2}\S|\s{16}\S",
        most=12,
        names=r"^panic: |^\s{1,16}Test\w",
        example="""
! panic: test timed out after 10m0s
> 	running tests:
> 		TestPick (9m58s)

  goroutine 17 [running]:
""",
    ),
    Rule(
        name="go-test.killed",
        keywords=("test killed",),
        opens=r"\*\*\* Test killed",
        example="""
! *** Test killed with quit: ran too long (11m0s).
""",
    ),
    Rule(
        name="go-test.race",
        keywords=("data race",),
        opens=r"WARNING: DATA RACE$",
        lead=r"={18}$",
        lead_most=1,
        closes=r"={18}$",
        through=r"\s|$|(?:Previous |Read |Write |Goroutine )",
        most=60,
        names=r"^WARNING: DATA RACE|^  (?!testing\.|main\.main|runtime\.|sync\.)\S{1,300}\(\)$",
        example="""
> ==================
! WARNING: DATA RACE
> Read at 0x00c000094178 by goroutine 8:
>   example.com/orchard/basket.TestRace.func1()
>       /srv/orchard/basket_test.go:3 +0x33
>
> Previous write at 0x00c000094178 by goroutine 7:
>   example.com/orchard/basket.TestRace()
>       /srv/orchard/basket_test.go:5 +0x118
> ==================
  hello
""",
    ),
    Rule(
        name="go-test.package",
        keywords=("fail\t",),
        opens=r"FAIL\t\S",
        rank=Rank.RECAP,
        example="""
! FAIL	example.com/orchard/basket	0.009s
  ok  	example.com/orchard/press	0.009s
""",
    ),
    Rule(
        name="go-test.package_spaces",
        keywords=("fail ",),
        opens=r"FAIL {1,4}[\w.-]{1,60}/\S{1,200} {1,4}(?:[\d.]{1,10}s|\[\w{3,8} failed\])$",
        rank=Rank.RECAP,
        example="""
! FAIL    example.com/orchard/basket [build failed]
""",
    ),
    Rule(
        name="go-test.end",
        keywords=("fail",),
        opens=r"FAIL$",
        rank=Rank.SYMPTOM,
        example="""
! FAIL
""",
    ),
    Rule(
        name="go-test.passed",
        keywords=("fail", "error"),
        opens=r"\s{0,40}(?:--- (?:PASS|SKIP): |=== (?:RUN|PAUSE|CONT|NAME)\s|ok {1,4}\t|\?   \t)",
        rank=Rank.NOISE,
        example="""
! --- PASS: TestPickFails (0.00s)
! === RUN   TestFailure
! --- PASS: TestPickErrors (0.00s)
! ok  	example.com/orchard/errors	0.009s
""",
    ),
    Rule(
        name="gotestsum.fail",
        keywords=("=== fail: ",),
        opens=r"=== FAIL: \S",
        until=r"=== (?:FAIL|SKIP|Failed|Skipped|Errors|RUN)|DONE \d|\d{1,6} tests, ",
        most=40,
        names=r"^=== FAIL|" + _NAMES,
        example="""
  === Failed
! === FAIL: basket TestTotal/empty (0.00s)
>     basket_test.go:9: Total() = 3, want 4
>     --- FAIL: TestTotal/empty (0.00s)

  DONE 12 tests, 1 failure in 0.512s
""",
    ),
    Rule(
        name="gotestsum.errors",
        keywords=("error",),
        opens=r"=== Errors$",
        until=r"DONE \d",
        most=20,
        headline=r"^(?!=== |#)\S",
        example="""
> === Errors
! basket/basket_test.go:3:28: undefined: pick

  DONE 0 tests, 1 error in 0.512s
""",
    ),
)
