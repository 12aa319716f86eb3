"""Perl's Test::More and Test2, and prove."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="perl-test.failed",
        keywords=("failed test",),
        opens=r"\s{0,16}# {1,4}Failed test\b",
        lead=r"\s{0,16}not ok \d",
        lead_most=1,
        through=r"\s{0,16}#",
        until=r"\s{0,16}# {1,4}(?:Failed (?:\(TODO\) )?test\b|Looks like )|# Subtest",
        most=25,
        names=r"# {1,4}Failed test|# {1,8}(?:got|expected): ",
        example="""
  not ok 2 - total
  ok 3 - opens
! #   Failed test 'total'
> #   at t/cart.t line 5.
> #          got: '7'
> #     expected: '8'
  # Looks like you failed 1 test of 3.
""",
    ),
    Rule(
        name="perl-test.todo",
        keywords=("failed (todo) test",),
        opens=r"\s{0,16}# {1,4}Failed \(TODO\) test",
        through=r"\s{0,16}# {3}",
        until=r"\s{0,16}# {1,4}(?:Failed test\b|Looks like )",
        most=20,
        rank=Rank.NOISE,
        example="""
! #   Failed (TODO) test 'total'
> #   at t/cart.t line 9.
  ok 3
""",
    ),
    Rule(
        name="perl-test.looks_like",
        keywords=("looks like you failed",),
        opens=r"\s{0,16}# Looks like you failed \d",
        rank=Rank.SYMPTOM,
        example="""
! # Looks like you failed 1 test of 3.
""",
    ),
    Rule(
        name="prove.dubious",
        keywords=("dubious, test returned",),
        opens=r"\s{0,4}Dubious, test returned \d",
        lead=r"(?!ok |not ok |\d\.\.)\S",
        lead_most=6,
        rank=Rank.LIKELY,
        headline=r"^(?!#|Dubious|\S{1,200} \.{2,60}).{0,600} at \S{1,200} line \d{1,7}\.?$",
        example="""
  ok 1 - opens
! no price list at t/cart.t line 9.
> # Looks like your test exited with 255 just after 1.
> t/cart.t ..
> Dubious, test returned 255 (wstat 65280, 0xff00)
  All 1 subtests passed
""",
    ),
    Rule(
        name="prove.subtests",
        keywords=("failed ",),
        opens=r"\s{0,4}Failed \d{1,7}/\d{1,7} (?:subtests|tests|test programs)",
        rank=Rank.RECAP,
        example="""
! Failed 4/6 subtests
""",
    ),
    Rule(
        name="prove.summary",
        keywords=("failed: ",),
        opens=r"\S{1,300} {1,200}\(Wstat: \d{1,6} .{0,80}Failed: \d{1,7}\)$",
        through=r"\s{2}\S",
        rank=Rank.RECAP,
        example="""
  Test Summary Report
  -------------------
! t/cart.t (Wstat: 1024 (exited 4) Tests: 6 Failed: 4)
>   Failed tests:  2-5
>   Non-zero exit status: 4
  Files=2, Tests=7,  1 wallclock secs
""",
    ),
    Rule(
        name="prove.result",
        keywords=("result: fail",),
        opens=r"Result: FAIL$",
        rank=Rank.SYMPTOM,
        example="""
! Result: FAIL
""",
    ),
)
