"""Commands that a shell or a build shows before it runs them, and files that are copied, packed or listed."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_COMPILER = r"(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|cl\.exe|nvcc|gfortran|ccache)(?:-\d{1,2})? (?:.{0,200} )?-[A-Za-z]"
_SHOWN = (
    r"\+{1,8} (?:if|\[|\[\[|echo|export|set|test|grep|trap|exit|for|while|local|return|declare|source|\.|case|printf"
    r"|command|which|true|false|sudo|docker|cd|mkdir|rm|cp|[\w.]{1,80}=\S{0,1000}$)\b"
    r"|\s{0,6}(?:export |declare -x |ENV )?[A-Z_][A-Z0-9_]{2,60}=|\s{0,6}shell: \S{0,200}(?:sh|bash)(?:\.EXE)? "
    r"|\[command\]|##\[command\]"
    r"|(?:\S{0,200}/)?(?:[\w.]{1,20}-){0,5}" + _COMPILER + r"|libtool: {1,3}(?:compile|link): |\s{2,12}Running `"
    r"|\[ {0,2}\d{1,3}%\] (?:Building|Linking|Generating) "
    r"|\s{0,8}(?:CC|CXX|LD|AR|GEN|AS|HOSTCC|CCLD|CPPAS|OBJC)(?:\(T\))? {1,12}\S{1,300}$"
    r"|(?:copying|adding|byte-compiling|creating|hard linking|removing|reading|writing) "
    r"(?=\S{0,300}(?:/|\.\w))\S{1,300}(?: -> .{1,300}|$)"
    r"|\s{1,4}(?:inflating|extracting|creating|adding): |-- (?:Installing|Up-to-date): "
    r"|\s(?:create|delete) mode \d{6} "
    r"|\s{0,20}\S{1,200}\.(?:m?js|css|html|map|wasm|svg) {1,80}[\d.,]{1,12} ?[kKM]?i?B\b"
)


RULES = (
    Rule(
        name="noise-shell.line",
        keywords=(
            "error",
            "fail",
            "exception",
            "assert",
            "missing",
            "unknown",
            "timeout",
            "invalid",
            "abort",
            "panic",
            "fatal",
            "expected",
            "not found",
            "cannot",
            "illegal",
            "crash",
        ),
        opens=_SHOWN,
        rank=Rank.NOISE,
        example="""
! gcc -DHAVE_STRERROR -Wall -Werror -c pears.c -o pears.o
! FAIL_FAST=true
! x86_64-linux-gnu-g++ -fno-exceptions -O2 -c pears.cc
!  create mode 100644 test/asserts.txt
! copying build/lib/missing.py -> build/bdist/wheel/./pears
!   inflating: pears/unknown.txt
! PEAR_TIMEOUT=30
! adding 'pears/invalid.py'
! + echo 'abort'
! [ 12%] Building C object src/CMakeFiles/pears.dir/panic.c.o
! + export PEARS_FATAL=1
! -- Installing: /usr/local/include/pears/expected.hpp
! + echo 'pears not found'
! + echo 'cannot eat'
! libtool: compile:  cc -g -c illegal.c
!   CC       src/crash.o
""",
    ),
)
