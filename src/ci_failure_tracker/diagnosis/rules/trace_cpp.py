"""How the C++ runtime ends a program that nobody catches."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_HOW = r"\s{1,4}what\(\): "

RULES = (
    Rule(
        name="cpp.terminate",
        keywords=("error",),
        opens=r"terminate called after throwing an instance of|libc\+\+abi(?:\.dylib)?: terminating ",
        through=_HOW + r"|(?:\S{1,200}: line \d{1,6}: {1,4}\d{1,9} )?Aborted",
        headline=_HOW,
        rank=Rank.LIKELY,
        example="""
> terminate called after throwing an instance of 'std::runtime_error'
!   what():  no pears left
> Aborted (core dumped)
""",
    ),
    Rule(
        name="cpp.aborted",
        keywords=("abort",),
        opens=r"(?:\S{1,200}: line \d{1,6}: {1,4}\d{1,9} )?Aborted\b",
        lead=r"terminate called |" + _HOW + r"|.{1,300}: Assertion `.{1,300}' failed\.",
        lead_most=3,
        headline=_HOW + r"|Assertion `",
        rank=Rank.LIKELY,
        example="""
> terminate called after throwing an instance of 'std::bad_alloc'
!   what():  std::bad_alloc
> run.sh: line 3:  4711 Aborted                 (core dumped) ./press
""",
    ),
    Rule(
        name="cpp.assertion",
        keywords=("assertion `",),
        opens=r"[^\s:]{1,300}: .{1,600}: Assertion `.{1,600}' failed\.$",
        rank=Rank.LIKELY,
        example="""
! press: src/press.cpp:31: void turn(int): Assertion `force > 0' failed.
""",
    ),
    Rule(
        name="cpp.sanitizer",
        keywords=("error: ",),
        opens=r"==\d{1,9}==\s{0,2}ERROR: \w{1,30}Sanitizer: ",
        through=r"\s{1,8}\S|$|(?:READ|WRITE) of size |0x\w{1,20} is located|(?:previously )?(?:freed|allocated) by "
        r"|SUMMARY: ",
        most=80,
        example="""
! ==4711==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x0000004c3e
> READ of size 4 at 0x602000000010 thread T0
>     #0 0x4c3e1a in turn(int) /srv/press/press.cpp:31:9
>
> SUMMARY: AddressSanitizer: heap-use-after-free /srv/press/press.cpp:31:9 in turn(int)
  bye
""",
    ),
    Rule(
        name="cpp.undefined",
        keywords=("runtime error: ",),
        opens=r"\S{1,300}:\d{1,6}:\d{1,5}: runtime error: ",
        through=r"\s{1,8}#\d|SUMMARY: ",
        example="""
! src/press.cpp:31:9: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'
>     #0 0x4c3e1a in turn(int) /srv/press/press.cpp:31:9
  bye
""",
    ),
)
