"""Go: the compiler, modules, `go test`, Ginkgo."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

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
        kind=FailureKind.COMPILE,
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
        kind=FailureKind.COMPILE,
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
        kind=FailureKind.TEST,
        wrapper_lines=1,
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
        name="go-test.testify",
        kind=FailureKind.TEST,
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
        kind=FailureKind.TEST,
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
        name="go-test.package",
        kind=FailureKind.TEST,
        keywords=("fail\t",),
        start=r"FAIL\t\S",
        confidence=Confidence.SYMPTOM,
        example="""
! FAIL	example.com/orchard/basket	0.009s
  ok  	example.com/orchard/press	0.009s
""",
    ),
    LogPattern(
        name="go-test.end",
        kind=FailureKind.TEST,
        keywords=("fail",),
        start=r"FAIL$",
        confidence=Confidence.SYMPTOM,
        example="! FAIL",
    ),
    # Seen at https://github.com/spiffe/spire/issues/6313
    LogPattern(
        name="go-test.timed_out",
        kind=FailureKind.TIME_LIMIT,
        keywords=("panic: test timed out after",),
        priority=1,  # before go-program.panic
        start=r"panic: test timed out after \d",
        body=r"\s{0,8}running tests:|\t{1,2}Test\S",
        max_lines=12,
        fingerprint=r"^panic: |^\s{1,16}Test\w",
        example="""
! panic: test timed out after 1m30s
> 	running tests:
> 		TestPick (1m30s)

  goroutine 21 [running]:
""",
    ),
    # Seen at https://github.com/asticode/go-astilectron/issues/50 and https://github.com/etcd-io/etcd/issues/3576
    LogPattern(
        name="go-test.race",
        kind=FailureKind.TEST,
        keywords=("warning: data race",),
        start=r"WARNING: DATA RACE$",
        context_before=r"={18}$",
        max_context=1,
        end=r"={18}$",
        body=r"\s|$|(?:Previous |Read |Write |Goroutine )",
        # The frames of the test runner and of the library are the same in every race.
        fingerprint=r"^WARNING: DATA RACE|^  (?!testing\.|main\.main|runtime\.|sync\.)\S{1,300}\(\)$",
        example="""
> ==================
! WARNING: DATA RACE
> Read at 0x00c4201c09fd by goroutine 43:
>   example.com/orchard.TestPick()
>       /srv/orchard/helper_test.go:151 +0x675
>   testing.tRunner()
>       /usr/local/go/src/testing/testing.go:657 +0x107
>
> Previous write at 0x00c4201c09fd by goroutine 44:
>   example.com/orchard.TestPick.func1()
>       /srv/orchard/helper_test.go:139 +0x49
> ==================
  hello
""",
    ),
    # Seen at https://github.com/gotestyourself/gotestsum, testjson/testdata/summary/root-test-has-subtest-failures
    LogPattern(
        name="gotestsum.fail",
        kind=FailureKind.TEST,
        keywords=("=== fail: ",),
        start=r"=== FAIL: \S{1,300} {1,2}(?:\S.{0,300} )?\(\d",
        end_before=r"=== (?:FAIL|SKIP|Failed|Skipped|Errors|RUN)|DONE \d|\d{1,6} tests, ",
        max_lines=40,
        fingerprint=r"^=== FAIL: ",
        example="""
  === Failed
! === FAIL: orchard/basket TestTotal/empty (0.00s)
>     basket_test.go:9: failed sub empty
>     --- FAIL: TestTotal/empty (0.00s)

! === FAIL: orchard/press  (0.00s)
> sometimes main can exit 2

  DONE 59 tests, 5 skipped, 13 failures in 0.000s
""",
    ),
    # Seen at https://github.com/golangci/golangci-lint/issues/447
    # and https://github.com/reviewdog/action-golangci-lint/issues/64
    LogPattern(
        name="golangci.running",
        kind=FailureKind.LINT,
        keywords=("running error: ",),
        start=r"\s{0,4}(?:ERRO |level=error msg=\")Running error: ",
        example="""
  INFO [loader] Go packages loading at mode load files took 256.166831ms
! ERRO Running error: context loading failed: no go files to analyze
  make: *** [check-style] Error 5
!   level=error msg="Running error: buildir: analysis skipped: errors in package: [/srv/pear.go:3:1: no pear]"
""",
    ),
)

# Ginkgo, versions 1 and 2.


_GINKGO_NODES = (
    r"\[(?:It|BeforeEach|JustBeforeEach|AfterEach|JustAfterEach|BeforeSuite|AfterSuite|SynchronizedBeforeSuite"
    r"|SynchronizedAfterSuite|BeforeAll|AfterAll|Top Level|Measurement|DeferCleanup \(\w{1,40}\))\]"
)

_GINKGO = (
    LogPattern(
        name="ginkgo.failure",
        kind=FailureKind.TEST,
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
        kind=FailureKind.TEST,
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
        kind=FailureKind.TEST,
        keywords=("[fail] ",),
        start=r"\s{0,4}\[(?:Fail|FAIL)\] \S",
        body=r"\s{0,4}\[(?:Fail|FAIL|Panic!|PANICKED!)\] \S|\s{0,4}(?:/|[A-Z]:\\)\S{1,300}:\d{1,6}$|$",
        confidence=Confidence.SYMPTOM,
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
        kind=FailureKind.TEST,
        keywords=("fail! -- ",),
        start=r"FAIL! -- \d",
        confidence=Confidence.SYMPTOM,
        example="! FAIL! -- 0 Passed | 1 Failed | 0 Pending | 0 Skipped",
    ),
)

# _GO_MODULES

_GO_MODULE_DETAIL = r"\t\S|\s{8}\S"

_GO_MODULES = (
    # Seen at https://github.com/golang/go/issues/50934 and https://github.com/deso-protocol/backend/issues/68
    LogPattern(
        name="go-modules.requires",
        kind=FailureKind.DEPENDENCY,
        keywords=(" requires",),
        start=r"go: \S{1,200}@\S{1,100} requires$",
        body=_GO_MODULE_DETAIL,
        max_lines=8,
        headline=r"^\s{1,8}\S",
        example="""
> go: example.com/basket@v1.2.0 requires
! 	example.com/willow@v0.6.0: missing go.sum entry; to add it:
> 	go mod download example.com/willow
  done
""",
    ),
)

PATTERNS = (
    *_GO_BUILD,
    *_GO_TEST,
    *_GINKGO,
    *_GO_MODULES,
)
