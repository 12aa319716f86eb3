"""Go: the compiler, modules, `go test`, Ginkgo."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# The Go compiler, go vet, gofmt, and linters that print in their style.

_GO_BUILD_PLACE = (
    r"(?:vet: |typecheck: "
    r"|level=error msg=\"?)?(?:\.{0,2}[/\\])?(?:[A-Za-z]:)?[\w@.+~/\\-]{1,300}\.go:\d{1,7}:\d{1,5}: "
)
_GO_BUILD_FRAME = r"\t\s{0,8}(?:have|want) |\t[^\t\s]{1,40}.{0,400}|\s{1,80}\^{1,80}$|\t.{1,400}$"
_GO_BUILD_OLD = r"(?:\.{1,2}/|[\w.@-]{1,100}/)[\w@.+~/-]{1,300}\.go:\d{1,7}: "

_GO_BUILD = (
    LogPattern(
        name="go-build.error",
        keywords=(".go:",),
        start=_GO_BUILD_PLACE + r"(?!warning)\S",
        context_before=r"# \S{1,300}(?: \[\S{1,300}\])?$",
        max_context=1,
        body=_GO_BUILD_PLACE
        + r"|(?:"
        + _GO_BUILD_FRAME
        + r")|# \S{1,300}(?: \[\S{1,300}\])?$|too many errors$|.{1,300}: too many errors$",
        max_lines=60,
        headline=r"^(?:" + _GO_BUILD_PLACE + r")",
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
    LogPattern(
        name="go-build.old",
        keywords=(".go:",),
        start=_GO_BUILD_OLD
        + r"(?:undefined: |cannot |syntax error|imported and not used|\S{1,80} (?:declared|redeclared|undefined)"
        r"|not enough |too many "
        r"|missing return|invalid |import cycle|no method|unknown field|assignment count|multiple-value"
        r"|unreachable code|constant )",
        context_before=r"# \S{1,300}$",
        max_context=1,
        body=_GO_BUILD_OLD + r"|\t.{1,400}",
        max_lines=40,
        headline=r"^(?:" + _GO_BUILD_OLD + r")",
        example="""
> # example.com/orchard/press
! press/press.go:12: undefined: squeeze
> press/press.go:14: force declared and not used
  FAIL    example.com/orchard/press [build failed]
""",
    ),
    LogPattern(
        name="go-build.cannot_find_package",
        keywords=("cannot find package",),
        start=r'(?:package \S{1,300}: )?cannot find package "',
        body=r"\t\S",
        max_lines=12,
        example="""
! package example.com/press: cannot find package "example.com/basket" in any of:
> \t/usr/local/go/src/example.com/basket (from $GOROOT)
> \t/srv/go/src/example.com/basket (from $GOPATH)
  done
""",
    ),
    LogPattern(
        name="go-build.golangci",
        keywords=("level=error",),
        start=r"level=error msg=",
        confidence=Confidence.LIKELY,
        example="""
! level=error msg="[linters_context] typechecking error: pattern ./...: directory prefix . does not contain main module"
""",
    ),
)

# Go modules: go.mod, go.sum and downloads.

_GO_MODULES_GOES_ON = r"\t|\s{4,8}\S"


_GO_MODULES = (
    LogPattern(
        name="go-modules.checksum",
        keywords=("checksum mismatch",),
        start=r"(?:verifying|go: verifying) .{1,300}: checksum mismatch",
        body=_GO_MODULES_GOES_ON + r"|$|SECURITY ERROR|This download does NOT",
        max_lines=10,
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
    LogPattern(
        name="go-modules.download",
        keywords=("error",),
        start=r"go: (?:downloading|finding|extracting|found|added|upgraded) ",
        confidence=Confidence.NOISE,
        example="""
! go: downloading github.com/pkg/errors v0.9.1
""",
    ),
    LogPattern(
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
        start=r"go: (?!downloading |finding |extracting |found |added |upgraded |downgraded |warning: |creating )\S",
        body=_GO_MODULES_GOES_ON,
        max_lines=12,
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

# go test, also with testify and gomega, and gotestsum.

_GO_TEST_OUTPUT = r"(?:\s{4,40}|\t{1,8})(?!--- (?:PASS|SKIP): )\S"
_GO_TEST_TRACE = (
    r"panic: |panic\(|\[signal |goroutine \d|\t|[\w./-]{1,200}\.[\w.*()-]{1,200}\(|created by |exit status \d|$"
)
_GO_TEST_MESSAGE = r"(?:\s{4,40}|\t{1,8})\S{1,200}\.go:\d{1,6}:"
_GO_TEST_NAMES = r"^\s{0,40}--- FAIL: |^panic: |^\s{1,40}Error:\s"

_GO_TEST = (
    LogPattern(
        name="go-test.fail",
        keywords=("--- fail: ",),
        start=r"\s{0,40}--- FAIL: (?!Example)\S",
        context_before=_GO_TEST_OUTPUT + r"|$",
        max_context=30,
        body=_GO_TEST_OUTPUT + "|" + _GO_TEST_TRACE,
        headline=r"^panic: |^\s{4,40}--- FAIL: ",
        fingerprint=_GO_TEST_NAMES,
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
    LogPattern(
        name="go-test.fail_example",
        keywords=("--- fail: example",),
        start=r"--- FAIL: Example",
        end_before=r"FAIL$|FAIL\t|--- [A-Z]{4}: |=== |PASS$|ok {1,4}\t|exit status ",
        max_lines=30,
        example="""
! --- FAIL: ExampleTotal (0.00s)
> got:
> 3
> want:
> 4
  FAIL
""",
    ),
    LogPattern(
        name="go-test.testify",
        keywords=("error trace:",),
        start=r"[ \t]{1,24}Error Trace:\s",
        context_before=_GO_TEST_MESSAGE + "$",
        max_context=1,
        body=r"[ \t]{2,200}\S|$",
        end_before=_GO_TEST_MESSAGE + r"|\s{0,40}--- |=== ",
        max_lines=40,
        headline=r"^\s{1,24}Error:\s{1,20}\S",
        fingerprint=r"^\s{1,24}(?:Error|Test):\s{1,20}\S",
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
    LogPattern(
        name="go-test.message",
        keywords=("expected",),
        start=_GO_TEST_MESSAGE + r" .{0,300}[Ee]xpected",
        body=r"\s{8,40}\S",
        end_before=_GO_TEST_MESSAGE + r"|\s{4,40}--- ",
        max_lines=20,
        confidence=Confidence.LIKELY,
        example="""
  === RUN   TestTotal
!     basket_test.go:9: expected 4 apples
>         got 3
  === CONT  TestFill
""",
    ),
    LogPattern(
        name="go-test.timed_out",
        keywords=("panic: test timed out after",),
        start=r"panic: test timed out after \d",
        body=r"\s{1,8}running tests:|\t{2}\S|\s{16}\S",
        max_lines=12,
        fingerprint=r"^panic: |^\s{1,16}Test\w",
        example="""
! panic: test timed out after 10m0s
> 	running tests:
> 		TestPick (9m58s)

  goroutine 17 [running]:
""",
    ),
    LogPattern(
        name="go-test.killed",
        keywords=("test killed",),
        start=r"\*\*\* Test killed",
        example="""
! *** Test killed with quit: ran too long (11m0s).
""",
    ),
    LogPattern(
        name="go-test.race",
        keywords=("data race",),
        start=r"WARNING: DATA RACE$",
        context_before=r"={18}$",
        max_context=1,
        end=r"={18}$",
        body=r"\s|$|(?:Previous |Read |Write |Goroutine )",
        max_lines=60,
        fingerprint=r"^WARNING: DATA RACE|^  (?!testing\.|main\.main|runtime\.|sync\.)\S{1,300}\(\)$",
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
    LogPattern(
        name="go-test.package",
        keywords=("fail\t",),
        start=r"FAIL\t\S",
        confidence=Confidence.RECAP,
        example="""
! FAIL	example.com/orchard/basket	0.009s
  ok  	example.com/orchard/press	0.009s
""",
    ),
    LogPattern(
        name="go-test.package_spaces",
        keywords=("fail ",),
        start=r"FAIL {1,4}[\w.-]{1,60}/\S{1,200} {1,4}(?:[\d.]{1,10}s|\[\w{3,8} failed\])$",
        confidence=Confidence.RECAP,
        example="""
! FAIL    example.com/orchard/basket [build failed]
""",
    ),
    LogPattern(
        name="go-test.end",
        keywords=("fail",),
        start=r"FAIL$",
        confidence=Confidence.SYMPTOM,
        example="""
! FAIL
""",
    ),
    LogPattern(
        name="go-test.passed",
        keywords=("fail", "error"),
        start=r"\s{0,40}(?:--- (?:PASS|SKIP): |=== (?:RUN|PAUSE|CONT|NAME)\s|ok {1,4}\t|\?   \t)",
        confidence=Confidence.NOISE,
        example="""
! --- PASS: TestPickFails (0.00s)
! === RUN   TestFailure
! --- PASS: TestPickErrors (0.00s)
! ok  	example.com/orchard/errors	0.009s
""",
    ),
    LogPattern(
        name="gotestsum.fail",
        keywords=("=== fail: ",),
        start=r"=== FAIL: \S",
        end_before=r"=== (?:FAIL|SKIP|Failed|Skipped|Errors|RUN)|DONE \d|\d{1,6} tests, ",
        max_lines=40,
        fingerprint=r"^=== FAIL|" + _GO_TEST_NAMES,
        example="""
  === Failed
! === FAIL: basket TestTotal/empty (0.00s)
>     basket_test.go:9: Total() = 3, want 4
>     --- FAIL: TestTotal/empty (0.00s)

  DONE 12 tests, 1 failure in 0.512s
""",
    ),
    LogPattern(
        name="gotestsum.errors",
        keywords=("error",),
        start=r"=== Errors$",
        end_before=r"DONE \d",
        max_lines=20,
        headline=r"^(?!=== |#)\S",
        example="""
> === Errors
! basket/basket_test.go:3:28: undefined: pick

  DONE 0 tests, 1 error in 0.512s
""",
    ),
)

# Ginkgo, versions 1 and 2.

_GINKGO_NODES = (
    r"\[(?:It|BeforeEach|JustBeforeEach|AfterEach|JustAfterEach|BeforeSuite|AfterSuite|SynchronizedBeforeSuite"
    r"|SynchronizedAfterSuite|BeforeAll|AfterAll|Top Level|Measurement|DeferCleanup \(\w{1,40}\))\]"
)
_GINKGO_WORD = r"(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)"

_GINKGO = (
    LogPattern(
        name="ginkgo.failed",
        keywords=("failed] [",),
        start=r"(?:\S{1,2} )?\[" + _GINKGO_WORD + r"\] \[\d",
        end_before=r"-{20}|Summarizing \d|Ran \d|JUnit report",
        max_lines=60,
        headline=_GINKGO_NODES,
        fingerprint=_GINKGO_NODES + r"|^\s{2}\[" + _GINKGO_WORD + r"\] ",
        example="""
  ------------------------------
> • [FAILED] [0.001 seconds]
! Basket when full [It] takes no more
> /srv/orchard/basket_test.go:12
>
>   [FAILED] Expected
>       <int>: 7
>   to equal
>       <int>: 8
>   In [It] at: /srv/orchard/basket_test.go:13 @ 01/02/24 10:00:00
  ------------------------------
""",
    ),
    LogPattern(
        name="ginkgo.panicked",
        keywords=("panicked] [",),
        start=r"(?:\S{1,2} )?\[PANICKED\] \[\d",
        end_before=r"-{20}|Summarizing \d|Ran \d|JUnit report",
        max_lines=60,
        headline=_GINKGO_NODES,
        example="""
> •! [PANICKED] [0.001 seconds]
! Basket when full [It] takes no more
> /srv/orchard/basket_test.go:12
>
>   [PANICKED] Test Panicked
>   In [It] at: /srv/orchard/basket_test.go:13 @ 01/02/24 10:00:00
  ------------------------------
""",
    ),
    LogPattern(
        name="ginkgo.failure",
        keywords=("failure",),
        start=r"\S{1,2} Failure (?:in \S.{0,100})?\[\d",
        end_before=r"-{20}|Summarizing \d|Ran \d",
        max_lines=60,
        headline=_GINKGO_NODES,
        example="""
> • Failure [0.001 seconds]
> Basket
> /srv/orchard/basket_test.go:10
!   takes no more [It]
>   /srv/orchard/basket_test.go:12
>
>   Expected
>       <int>: 7
>   to equal
>       <int>: 8
>
>   /srv/orchard/basket_test.go:13
  ------------------------------
""",
    ),
    LogPattern(
        name="ginkgo.panic",
        keywords=("panic",),
        start=r"\S{1,2}! Panic (?:in \S.{0,100})?\[\d",
        end_before=r"-{20}|Summarizing \d|Ran \d",
        max_lines=60,
        headline=_GINKGO_NODES,
        example="""
> •! Panic [0.001 seconds]
! takes no more [It]
> /srv/orchard/basket_test.go:12
>
>   Test Panicked
  ------------------------------
""",
    ),
    LogPattern(
        name="ginkgo.summary",
        keywords=("[fail] ",),
        start=r"\s{0,4}\[(?:Fail|FAIL)\] \S",
        body=r"\s{0,4}\[(?:Fail|FAIL|Panic!|PANICKED!)\] \S|\s{0,4}(?:/|[A-Z]:\\)\S{1,300}:\d{1,6}$|$",
        confidence=Confidence.RECAP,
        example="""
  Summarizing 2 Failures:

! [Fail] Basket [It] takes no more
> /srv/orchard/basket_test.go:13

> [Fail] Basket [It] is empty
> /srv/orchard/basket_test.go:19

  Ran 1 of 1 Specs in 0.001 seconds
""",
    ),
    LogPattern(
        name="ginkgo.end",
        keywords=("fail! -- ",),
        start=r"FAIL! -- \d",
        confidence=Confidence.SYMPTOM,
        example="""
! FAIL! -- 0 Passed | 1 Failed | 0 Pending | 0 Skipped
""",
    ),
    LogPattern(
        name="ginkgo.suite",
        keywords=("test suite failed",),
        start=r"Test Suite Failed$",
        confidence=Confidence.SYMPTOM,
        example="""
! Test Suite Failed
""",
    ),
)

PATTERNS = (
    *_GO_BUILD,
    *_GO_MODULES,
    *_GO_TEST,
    *_GINKGO,
)
