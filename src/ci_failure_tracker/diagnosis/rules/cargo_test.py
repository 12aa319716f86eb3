"""cargo test, and nextest."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_STATUS = r"(?:FAIL|ABORT|SIG[A-Z]{2,6}|TIMEOUT|LEAK-FAIL|XFAIL|TRY \d{1,3} (?:FAIL|ABRT|SIGABRT|TMT|TIMEOUT))"
_ENDS = (
    r"\s{0,12}(?:PASS|FAIL|ABORT|SIG[A-Z]{2,6}|TIMEOUT|TRY \d{1,3}|LEAK|SLOW|RETRY|START|FLAKY) \["
    r"|\s{0,12}(?:Cancell?ing|Summary|Cancelled)\b|error: |[─-]{4,80}$|warning: "
)
_PASSED = r"test \S.{0,400} \.\.\. (?:ok|ignored)"
_SAID = (
    r"^\s{0,4}(?:thread '.{1,300} panicked at '|assertion |called `|Error: |note: test did not panic"
    r"|note: panic did not contain|attempt to |index out of bounds|not (?:yet )?implemented|explicit panic"
    r"|internal error: entered unreachable)"
)

RULES = (
    Rule(
        name="cargo-test.failure",
        keywords=(" stdout ----",),
        opens=r"---- \S.{0,400} stdout ----$",
        until=r"failures:$|---- \S.{0,400} std(?:out|err) ----$|test result: ",
        most=60,
        headline=_SAID,
        names=r"^---- |" + _SAID,
        example="""
  failures:

> ---- tests::totals stdout ----
> thread 'tests::totals' panicked at src/lib.rs:6:46:
! assertion `left == right` failed: wrong total
>   left: 3
>  right: 4
> note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


> ---- tests::picks stdout ----
! thread 'tests::picks' panicked at 'called `Option::unwrap()` on a `None` value', src/lib.rs:7:52


  failures:
      tests::totals
      tests::picks
""",
    ),
    Rule(
        name="cargo-test.recap",
        keywords=("failures:",),
        opens=r"failures:$",
        through=r" {4}\S|$",
        rank=Rank.RECAP,
        headline=r"^ {4}\S",
        names=r"^ {4}\S",
        example="""
> failures:
!     tests::totals
>     tests::picks

  test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out
""",
    ),
    Rule(
        name="cargo-test.progress",
        keywords=(" ... failed",),
        opens=r"test \S.{0,400} \.\.\. FAILED$",
        rank=Rank.RECAP,
        example="""
  test tests::fine ... ok
! test tests::totals ... FAILED
""",
    ),
    Rule(
        name="cargo-test.passed",
        keywords=("fail", "error"),
        opens=_PASSED,
        rank=Rank.NOISE,
        example="""
! test tests::fails_without_pears ... ok
! test tests::error_without_pears ... ok
""",
    ),
    Rule(
        name="cargo-test.result",
        keywords=("test result: failed",),
        opens=r"test result: FAILED\. ",
        rank=Rank.SYMPTOM,
        example="""
! test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out
""",
    ),
    Rule(
        name="cargo-test.none_failed",
        keywords=("failed;",),
        opens=r"test result: ok\. ",
        rank=Rank.NOISE,
        example="""
! test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out
""",
    ),
    Rule(
        name="cargo-test.rerun",
        keywords=("failed, to rerun pass",),
        opens=r"error: (?:doc)?test failed, to rerun pass ",
        rank=Rank.SYMPTOM,
        example="""
! error: test failed, to rerun pass `--lib`
""",
    ),
    Rule(
        name="cargo-test.signal",
        keywords=("invalid memory reference", "process abort signal"),
        opens=r"\s{0,4}process didn't exit successfully: .{1,1000}\(signal: ",
        lead=r"Caused by:$",
        lead_most=1,
        example="""
  error: test failed, to rerun pass `--lib`

> Caused by:
!   process didn't exit successfully: `/srv/press/debug/deps/press-5c1` (signal: 11, SIGSEGV: invalid memory reference)
  error: test failed, to rerun pass `--lib`

> Caused by:
!   process didn't exit successfully: `/srv/press/debug/deps/press-5c1` (signal: 6, SIGABRT: process abort signal)
""",
    ),
    Rule(
        name="nextest.fail",
        keywords=("fail [",),
        opens=r"\s{0,16}" + _STATUS + r" \[ {0,6}>?[\d.]{1,12}s\] ",
        until=_ENDS,
        most=50,
        names=r"^\s{0,16}" + _STATUS + r" \[|" + _SAID,
        example="""
          PASS [   0.003s] press tests::fine
!         FAIL [   0.005s] press tests::totals
>   stdout ───

>     running 1 test
>   stderr ───
>     thread 'tests::totals' panicked at src/lib.rs:6:46:
>     no pears

    Cancelling due to test failure
""",
    ),
)
