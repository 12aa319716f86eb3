"""Tests of Nim and of Zig."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_ZIG_TEST = r"\d{1,6}/\d{1,6} \S.{0,300}\.\.\. ?"
_ZIG_GOES_ON = r"\S{1,300}:\d{1,6}:\d{1,6}: 0x|\s{1,200}\S|test [\"{]"

RULES = (
    Rule(
        name="nim-test.failed",
        keywords=("[failed] ",),
        opens=r"\s{2,12}\[FAILED\] \S",
        lead=r"\s{4,16}(?!\[)\S",
        lead_most=10,
        headline=r"Check failed: |Unhandled exception: ",
        names=r"\[FAILED\]|Unhandled exception: ",
        example="""
  [Suite] cart
!     /srv/shop/tests/t.nim(5, 12): Check failed: total == 8
>     total was 7
>   [FAILED] total
    [OK] prices
""",
    ),
    Rule(
        name="zig-test.fail",
        keywords=("fail (",),
        opens=_ZIG_TEST + r"FAIL \(\w{1,100}\)$",
        through=_ZIG_GOES_ON,
        most=20,
        example="""
! 2/5 main.test.prices...FAIL (NoPriceList)
> /srv/shop/main.zig:3:17: 0x1252b7c in test.prices (main.zig)
>     return error.NoPriceList;
>     ^
  3/5 main.test.opens...OK
""",
    ),
    Rule(
        name="zig-test.fail_below",
        keywords=("fail (",),
        opens=r"FAIL \(\w{1,100}\)$",
        lead=r"(?!.{1,400}\.\.\. ?(?:OK|SKIP)$|\s{2,200}\S|/)",
        lead_most=16,
        through=_ZIG_GOES_ON,
        most=20,
        headline=r"^" + _ZIG_TEST,
        names=r"^" + _ZIG_TEST + r"|^FAIL \(",
        example="""
  1/5 main.test.opens...OK
! 2/5 main.test.total...expected 8, found 7
> FAIL (TestExpectedEqual)
> /srv/shop/main.zig:2:16: 0x1252c7b in test.total (main.zig)
>                ^
  3/5 main.test.prices...OK
""",
    ),
    Rule(
        name="zig-test.panic",
        keywords=(" panic: ",),
        opens=_ZIG_TEST + r"thread \d{1,12} panic: ",
        through=_ZIG_GOES_ON,
        most=30,
        example="""
! 5/5 main.test.panics...thread 25022 panic: boom
> /srv/shop/main.zig:6:17: 0x124ee3a in test.panics (main.zig)
  error: the following test command stopped with signal ABRT:
""",
    ),
    Rule(
        name="zig-test.command",
        keywords=("error: ",),
        opens=r"error: (?:the following test command |while executing test ')",
        through=r"/\S{1,400}$",
        most=2,
        rank=Rank.NOISE,
        example="""
! error: the following test command terminated with signal ABRT:
""",
    ),
    Rule(
        name="zig-test.build",
        keywords=("' failed: ",),
        opens=r"error: '[^']{1,300}' failed: ",
        through=_ZIG_GOES_ON,
        most=20,
        example="""
! error: 'main.test.total' failed: expected 8, found 7
> /srv/shop/main.zig:2:16: 0x1252c7b in test.total (main.zig)
>                ^
  Build Summary: 1/3 steps succeeded
""",
    ),
)
