"""Linters of C and C++ that do not print as compilers do: cppcheck, cpplint, clang-tidy's summary, doxygen."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_CPPCHECK = (
    r"\[[^\]\s]{1,300}:\d{1,6}\](?: -> \[[^\]\s]{1,300}:\d{1,6}\]){0,8}: \((?:error|warning|style"
    r"|performance|portability|information)(?:, \w{1,20})?\) "
)
_CPPLINT = r"[^\s:]{1,300}\.\w{1,4}:\d{1,6}: {2}.{1,600} {2}\[[\w/+-]{3,60}\] \[\d\]$"

RULES = (
    Rule(
        name="cppcheck.error",
        keywords=(": (error",),
        opens=_CPPCHECK,
        through=_CPPCHECK,
        most=30,
        example="""
! [src/press.cpp:31]: (error) Memory leak: apple
> [src/press.cpp:40]: (style) The scope of the variable 'pear' can be reduced.
  make: *** [check] Error 1
""",
    ),
    Rule(
        name="cpplint.found",
        keywords=("total errors found: ",),
        opens=r"Total errors found: [1-9]",
        lead=_CPPLINT + r"|Done processing |Category '",
        lead_most=60,
        headline=r"^(?:" + _CPPLINT + r")",
        names=r"^(?:" + _CPPLINT + r")",
        example="""
! src/press.cc:31:  Line ends in whitespace.  [whitespace/end_of_line] [4]
> Done processing src/press.cc
> Total errors found: 1
""",
    ),
    Rule(
        name="clang-tidy.count",
        keywords=(" treated as error",),
        opens=r"\d{1,6} warnings? treated as errors?$",
        rank=Rank.RECAP,
        example="""
! 3 warnings treated as errors
""",
    ),
    Rule(
        name="doxygen.warning",
        keywords=("warning treated as error",),
        opens=r"\S{1,300}:\d{1,6}: (?:error|warning): .{1,600}\(warning treated as error",
        example="""
! /srv/press/src/press.h:31: error: Unsupported tag 'basket' (warning treated as error, aborting now)
""",
    ),
)
