"""gcc and clang, in C, C++ and Objective-C, and every compiler that prints `path:line:column: error: …` as they do."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_OTHERS = (
    r"(?![^\s:]{1,300}\.(?:l?hs|swift|pyi?|java|scala|sc|kts?|zig|go|rb|exs?|erl|dart|nim|cr|rs|[cm]?[jt]sx?|groovy"
    r"|mli?"
    r"|elm|cs|fsx?|vb|md|rst|ya?ml|sh|tex|adoc|php|vue|s?css|less|build|ac|in|tf):)"
)
_PATH = r"(?:[A-Za-z]:)?" + _OTHERS + r"(?=[^\s:]{0,300}[./<])[^\s:()\[\]]{1,300}"
_PLACE = _PATH + r"(?::\d{1,7}){1,2}: "
_COMMAND = (
    r"(?!\s{1,30}from .{1,400}[:,]$)(?! *[A-Z]{2,9}(?:\(\w\))? +\S{1,300}$)(?!\s*(?:make|ninja|\[|\+ |>"
    r"|\S{1,300}:\d{1,7}:|[\w./-]{0,200}(?:cc|\+\+|clang) ))"
)
_GOES_ON = (
    # a frame of code, a note, the line of code that older compilers show, and what they draw under it
    r"\s{0,8}\d{0,7} {1,3}\||\s{1,8}\+\+\+ \||[^\s:]{1,300}(?::\d{1,7}){1,2}: (?:note|  +(?:required|recursively)|  )"
    r"|\s{0,300}[~^][\s~^]{0,400}$|"
    + _COMMAND
    + r"(?:\s{1,200}\S|#\s?(?:include|import|if|define|error)\b|.{0,300}[;{},)(\\]$)"
)
_LEAD = (
    r"In file included from |\s{1,30}from .{1,400}[:,]$|In module '|While building module '"
    r"|[^\s:]{1,300}: (?:In|At) (?:\w{1,20} )?(?:\w{1,20} )?(?:(?:member )?function|lambda|constructor|destructor"
    r"|method|top level"
    r"|global scope|instantiation|substitution|copy|static)"
    r"|[^\s:]{1,300}(?::\d{1,7}){1,2}:   (?:required|recursively required|in .{0,80}expansion)"
)

RULES = (
    Rule(
        name="gcc.error",
        keywords=(": error:",),
        priority=-1,  # after the tools that print errors as gcc does
        opens=_PLACE + r"error: ?(?!-\[)",
        lead=_LEAD,
        lead_most=12,
        through=_GOES_ON,
        most=40,
        example="""
  gcc -Wall -c press.c -o press.o
> In file included from press.c:1:
> press.h: In function ‘turn’:
! press.h:7:46: error: ‘struct Press’ has no member named ‘force’
>     7 | static inline int turn(struct Press *p) { return p->force; }
>       |                                                   ^~
> press.c:12:10: note: each undeclared identifier is reported only once for each function it appears in
  make: *** [Makefile:9: press.o] Error 1
""",
    ),
    Rule(
        name="gcc.fatal",
        keywords=(": fatal error:",),
        opens=_PLACE + r"fatal error: \S",
        lead=_LEAD,
        lead_most=12,
        through=_GOES_ON,
        most=12,
        example="""
> In file included from src/press.cpp:3:
! src/press.h:2:10: fatal error: basket/basket.h: No such file or directory
>     2 | #include <basket/basket.h>
>       |          ^~~~~~~~~~~~~~~~~
  compilation terminated.
""",
    ),
    Rule(
        name="gcc.internal",
        keywords=("internal compiler error",),
        opens=_PLACE + r"internal compiler error: |(?:\S{1,100}: )?internal compiler error: ",
        lead=_LEAD,
        through=_GOES_ON + r"|0x[0-9a-f]{1,16} |Please submit a full bug report",
        most=20,
        example="""
! src/press.cpp:31:1: internal compiler error: Segmentation fault
>    31 | }
>       | ^
> Please submit a full bug report,
  with preprocessed source if appropriate.
""",
    ),
    Rule(
        name="gcc.driver",
        keywords=("error: ",),
        opens=r"(?:\S{0,200}/)?(?:[\w-]{1,60}-)?(?:gcc|g\+\+|cc|c\+\+|cc1|cc1plus|cc1obj|clang|clang\+\+|clang-cl"
        r"|gfortran|f951|emcc|em\+\+|icpx?)"
        r"(?:-\d[\d.]{0,8})?(?:\.exe)?: (?:fatal )?error: (?!linker command failed)\S",
        through=r"(?:\S{0,200}/)?(?:[\w-]{1,60}-)?(?:gcc|g\+\+|cc|c\+\+|clang"
        r"|clang\+\+)(?:-\d[\d.]{0,8})?: (?:fatal )?error: (?!linker)\S",
        most=10,
        example="""
! g++: error: unrecognized command-line option '-fcider'
> g++: error: press.o: No such file or directory
> g++: fatal error: no input files
  bye
""",
    ),
    Rule(
        name="gcc.warnings_are_errors",
        keywords=("warnings being treated as errors",),
        opens=r"\S{1,60}: (?:all|some) warnings being treated as errors$",
        rank=Rank.SYMPTOM,
        example="""
! cc1plus: all warnings being treated as errors
""",
    ),
    Rule(
        name="gcc.count",
        keywords=("error",),
        opens=r"(?:\d{1,5} warnings? and )?[1-9]\d{0,4} errors? generated\.$|fatal error: too many errors emitted",
        rank=Rank.RECAP,
        example="""
! 3 warnings and 1 error generated.
""",
    ),
    Rule(
        name="gcc.conftest",
        keywords=("error:",),
        opens=r"(?:\S{0,40}/)?(?:conftest|CMakeFiles/CMakeTmp|[^\s:]{0,200}CMakeScratch|testfile"
        r"|sanitycheckc)[^\s:]{0,100}(?::\d{1,7}){1,2}: ",
        rank=Rank.NOISE,
        example="""
! conftest.c:21:10: fatal error: basket.h: No such file or directory
""",
    ),
    Rule(
        name="gcc.fortran",
        keywords=("error: ",),
        opens=r"(?:Fatal )?Error: .{1,1000}(?:\(1\)|not found|No such file)",
        lead=r"\s{1,8}\d{0,7} {1,3}\||[^\s:]{1,300}\.[fF]\w{0,3}:\d{1,7}:\d{1,5}:$|$",
        lead_most=6,
        through=r"compilation terminated\.$",
        most=2,
        example="""
> press.f90:3:12:
>
>     3 |   force = weight
>       |            1
! Error: Symbol ‘weight’ at (1) has no IMPLICIT type
  make: *** [press.o] Error 1
""",
    ),
)
