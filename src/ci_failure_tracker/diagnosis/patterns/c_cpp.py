"""C and C++: compilers, linkers, CMake, Autotools; GoogleTest, CTest, Catch2, Automake, sanitizers."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# gcc, clang, and every compiler that prints `path:line:column: error: …` in their style.

# Files of other languages, whose tools print places in the style of gcc and have patterns of their own.
_GCC_OTHERS = (
    r"(?![^\s:]{1,300}\.(?:l?hs|swift|pyi?|java|scala|sc|kts?|zig|go|rb|exs?|erl|dart|nim|cr|rs|[cm]?[jt]sx?|groovy"
    r"|mli?"
    r"|elm|cs|fsx?|vb|md|rst|ya?ml|sh|tex|adoc|php|vue|s?css|less|build|ac|in|tf):)"
)
_GCC_PATH = r"(?:[A-Za-z]:)?" + _GCC_OTHERS + r"(?=[^\s:]{0,300}[./<])[^\s:()\[\]]{1,300}"
_GCC_PLACE = _GCC_PATH + r"(?::\d{1,7}){1,2}: "
# A line of code that older compilers show has no sign of its own. It is none of these: a lead, an output of make, a
# command.
_GCC_COMMAND = (
    r"(?!\s{1,30}from .{1,400}[:,]$)(?! *[A-Z]{2,9}(?:\(\w\))? +\S{1,300}$)(?!\s*(?:make|ninja|\[|\+ |>"
    r"|\S{1,300}:\d{1,7}:|[\w./-]{0,200}(?:cc|\+\+|clang) ))"
)
_GCC_GOES_ON = (
    # a frame of code, a note, the line of code that older compilers show, and what they draw under it
    r"\s{0,8}\d{0,7} {1,3}\||\s{1,8}\+\+\+ \||[^\s:]{1,300}(?::\d{1,7}){1,2}: (?:note|  +(?:required|recursively)|  )"
    r"|\s{0,300}[~^][\s~^]{0,400}$|"
    + _GCC_COMMAND
    + r"(?:\s{1,200}\S|#\s?(?:include|import|if|define|error)\b|.{0,300}[;{},)(\\]$)"
)
_GCC_LEAD = (
    r"In file included from |\s{1,30}from .{1,400}[:,]$|In module '|While building module '"
    r"|[^\s:]{1,300}: (?:In|At) (?:\w{1,20} )?(?:\w{1,20} )?(?:(?:member )?function|lambda|constructor|destructor"
    r"|method|top level"
    r"|global scope|instantiation|substitution|copy|static)"
    r"|[^\s:]{1,300}(?::\d{1,7}){1,2}:   (?:required|recursively required|in .{0,80}expansion)"
)

_GCC = (
    LogPattern(
        name="gcc.error",
        kind=FailureKind.COMPILE,
        keywords=(": error:",),
        priority=-1,  # after the tools that print errors as gcc does
        start=_GCC_PLACE + r"error: ?(?!-\[)",
        context_before=_GCC_LEAD,
        max_context=12,
        body=_GCC_GOES_ON,
        max_lines=40,
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
    LogPattern(
        name="gcc.fatal",
        kind=FailureKind.COMPILE,
        keywords=(": fatal error:",),
        start=_GCC_PLACE + r"fatal error: \S",
        context_before=_GCC_LEAD,
        max_context=12,
        body=_GCC_GOES_ON,
        max_lines=12,
        example="""
> In file included from src/press.cpp:3:
! src/press.h:2:10: fatal error: basket/basket.h: No such file or directory
>     2 | #include <basket/basket.h>
>       |          ^~~~~~~~~~~~~~~~~
  compilation terminated.
""",
    ),
    LogPattern(
        name="gcc.fortran",
        kind=FailureKind.COMPILE,
        keywords=("error: ",),
        start=r"(?:Fatal )?Error: .{1,1000}\(1\)|Fatal Error: .{1,1000}(?:not found|No such file)",
        context_before=r"\s{1,8}\d{0,7} {1,3}\||[^\s:]{1,300}\.[fF]\w{0,3}:\d{1,7}:\d{1,5}:$|$",
        max_context=6,
        body=r"compilation terminated\.$",
        max_lines=2,
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

# Linkers: ld, gold, lld, mold and Apple's.

_LINKER_LD = r"(?:(?:\S{0,300}[/-])?(?:ld|ld\.gold|ld\.lld|ld64\.lld|mold|lld|rust-lld|wasm-ld|link)(?:\.exe|\.bfd)?: )"
_LINKER_OBJECT = r"[^\s:][^:]{0,300}"
_LINKER_IN = _LINKER_LD + r"?" + _LINKER_OBJECT + r":? [Ii]n function [`'‘]"
_LINKER_UNDEFINED = (
    _LINKER_LD
    + r"?"
    + _LINKER_OBJECT
    + r".{0,300}undefined reference to |"
    + _LINKER_LD
    + r".{1,600}undefined reference to "
)
_LINKER_SAME = (
    _LINKER_IN
    + r"|"
    + _LINKER_LD
    + r"warning: |.{1,600}(?:undefined reference to |more undefined references|first defined here"
    r"|multiple definition of )"
)
_LINKER_STOPS = r"(?:\S{1,200}: )?(?:collect2|clang|clang\+\+)(?:-\d+)?: error: "

_LINKER = (
    LogPattern(
        name="linker.undefined",
        kind=FailureKind.COMPILE,
        keywords=("undefined reference to",),
        start=_LINKER_UNDEFINED,
        context_before=_LINKER_IN,
        body=_LINKER_SAME,
        end=_LINKER_STOPS + r"(?:ld|linker)",
        max_lines=30,
        fingerprint=r"undefined reference to",
        example="""
  /usr/bin/ld: warning: creating DT_TEXTREL in a PIE
> /usr/bin/ld: build/press.o: in function `turn':
! press.c:(.text+0x5): undefined reference to `squeeze'
> /usr/bin/ld: press.c:(.text+0xb): undefined reference to `force'
> collect2: error: ld returned 1 exit status
  make: *** [Makefile:4: press] Error 1
""",
    ),
    LogPattern(
        name="linker.multiple",
        kind=FailureKind.COMPILE,
        keywords=("multiple definition of ",),
        start=r".{1,600}multiple definition of ",
        context_before=_LINKER_IN,
        body=_LINKER_SAME,
        end=_LINKER_STOPS + r"(?:ld|linker)",
        max_lines=30,
        example="""
> /usr/bin/ld: /tmp/tax.o: in function `main':
! tax.c:(.text+0x0): multiple definition of `main'; /tmp/main.o:main.c:(.text+0x0): first defined here
> collect2: error: ld returned 1 exit status
  make: *** [Makefile:4: press] Error 1
""",
    ),
    LogPattern(
        name="linker.cannot_find",
        kind=FailureKind.COMPILE,
        keywords=("cannot find ",),
        start=_LINKER_LD + r"cannot find \S",
        body=_LINKER_LD + r"(?:cannot find|note: to link)|" + _LINKER_LD + r"(?:skipping incompatible)",
        end=_LINKER_STOPS + r"(?:ld|linker)",
        max_lines=12,
        example="""
! /usr/bin/ld: cannot find -lbasket: No such file or directory
> collect2: error: ld returned 1 exit status
  bye
""",
    ),
    LogPattern(
        name="linker.stopped",
        kind=FailureKind.COMPILE,
        keywords=("error: ",),
        start=_LINKER_STOPS + r"(?:ld returned|linker command failed)",
        context_before=r"duplicate symbol |\s{4}\S|ld: \d{1,6} duplicate symbol|" + _LINKER_SAME,
        max_context=30,
        fingerprint=r"multiple definition of |duplicate symbol ",
        headline=r"multiple definition of |duplicate symbol |ld: (?!\d|warning)",
        confidence=Confidence.LIKELY,
        example="""
  building
! duplicate symbol '_basket' in:
>     apple.o
>     pear.o
> collect2: error: ld returned 1 exit status
  bye
""",
    ),
)

# GNU make, and other makes that print in its style.

_MAKE = r"(?:\S{0,200}[/\\])?(?:g|b|mingw32-|n)?make(?:\.exe)?(?:\[\d{1,3}\])?: "

_MAKE_PATTERNS = (
    LogPattern(
        name="make.recipe",
        keywords=("recipe for target",),
        start=r"\S{1,300}:\d{1,6}: recipe for target '.{1,400}' failed",
        confidence=Confidence.SYMPTOM,
        example="! rules/press.mk:31: recipe for target 'press' failed",
    ),
    LogPattern(
        name="make.error",
        keywords=("] error ",),
        start=_MAKE + r"\*{3} \[.{1,1000}\] Error -?\d",
        confidence=Confidence.SYMPTOM,
        example="! make[1]: *** [Makefile:12: press] Error 2",
    ),
)

# CMake's configuration.

_CMAKE = (
    LogPattern(
        name="cmake.error_at",
        kind=FailureKind.COMPILE,
        wrapper_lines=60,
        keywords=("cmake error",),
        start=r"CMake Error(?: \(dev\))?(?: at \S| in \S|:)",
        body=r"\s{2}|$|Call Stack \(most recent call first\)|Specify --help",
        max_lines=40,
        headline=r"^\s{2}\S|^CMake Error: ",
        fingerprint=r"^\s{2}\S|^CMake Error",
        example="""
  -- Detecting C compile features - done
> CMake Error at CMakeLists.txt:3 (find_package):
!   Could not find a package configuration file provided by "Orchard" with any
>   of the following names:
>
>     OrchardConfig.cmake
>
> Call Stack (most recent call first):
>   cmake/Fruit.cmake:7 (find_orchard)


  -- Configuring incomplete, errors occurred!
""",
    ),
    LogPattern(
        name="cmake.incomplete",
        kind=FailureKind.COMPILE,
        keywords=("configuring incomplete, errors occurred",),
        start=r"-- Configuring incomplete, errors occurred",
        confidence=Confidence.SYMPTOM,
        example="! -- Configuring incomplete, errors occurred!",
    ),
)

# Configure scripts of autoconf.

_CONFIGURE = (
    LogPattern(
        name="configure.error",
        kind=FailureKind.COMPILE,
        keywords=("configure: error: ",),
        # `in` begins the form that names the folder first, which the next pattern takes.
        start=r"configure: error: (?!in [`'])",
        body=r"See [`']config\.log' for",
        example="""
  checking for orchard.h... no
! configure: error: the orchard headers are needed
> See `config.log' for more details
  done
""",
    ),
    LogPattern(
        name="configure.see_log",
        kind=FailureKind.COMPILE,
        keywords=("configure: error: ",),
        start=r"configure: error: in [`'].{1,400}:$",
        body=r"configure: error: |See [`']config\.log' for",
        headline=r"configure: error: (?!in [`'])",
        example="""
> configure: error: in `/srv/orchard/build':
! configure: error: C compiler cannot create executables
> See `config.log' for more details
  done
""",
    ),
    LogPattern(
        name="configure.autoreconf",
        kind=FailureKind.COMPILE,
        keywords=("failed with exit status",),
        start=r"autoreconf: (?:error: )?\S{1,200} failed with exit status",
        confidence=Confidence.SYMPTOM,
        example="! autoreconf: error: /usr/bin/autoconf failed with exit status: 1",
    ),
)

# Ninja.

_NINJA = (
    LogPattern(
        name="ninja.failed",
        kind=FailureKind.COMPILE,
        keywords=("failed: ",),
        start=r"FAILED: (?:\[code=\d{1,6}\] )?\S",
        confidence=Confidence.SYMPTOM,
        example="""
  [1/3] Pressing apples
! FAILED: src/press.o
  /usr/bin/cc -o press.o -c press.c
""",
    ),
    LogPattern(
        name="ninja.stopped",
        kind=FailureKind.COMPILE,
        keywords=("failed", "previous errors"),
        start=r"ninja: build stopped: ",
        confidence=Confidence.SYMPTOM,
        example="""
! ninja: build stopped: subcommand failed.
! ninja: build stopped: cannot make progress due to previous errors.
""",
    ),
)

# Bazel and Buck.

_BAZEL = (
    LogPattern(
        name="bazel.error_at",
        keywords=("error: ",),
        start=r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: (?:[A-Z]:)?[^\s:]{1,400}:\d{1,6}:\d{1,5}: ",
        body=r"\s{2}(?:\(cd|\S{1,80}=|exec |# )|Use --sandbox_debug",
        max_lines=30,
        example="""
! ERROR: /srv/press/BUILD:12:10: Compiling press.cc failed: (Exit 1): gcc failed: error executing command
>   (cd /srv/press && \\
  press.cc:3:1: error: expected ';'
""",
    ),
    LogPattern(
        name="bazel.stopped",
        keywords=("error: build did not complete",),
        start=r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: Build did NOT complete successfully",
        confidence=Confidence.SYMPTOM,
        example="! ERROR: Build did NOT complete successfully",
    ),
)

# Meson's configuration.

_MESON = (
    LogPattern(
        name="meson.test",
        kind=FailureKind.TEST,
        keywords=(" fail", " timeout", " error"),
        start=r"\s{0,6}\d{1,6}/\d{1,6} .{1,300} {1,40}(?:FAIL|TIMEOUT|ERROR) {2,20}\d{1,6}\.\d{2}s",
        body=r">>> |―|.",
        end=r"―{20,200}$",
        end_before=r"\s{0,6}\d{1,6}/\d{1,6} |Summary of Failures:|Ok: ",
        max_lines=60,
        example="""
! 1/3 cart FAIL            0.05s   exit status 1
> >>> MALLOC_PERTURB_=42 /srv/shop/build/t
> ――――――――――――――――――――――― ✀  ――――――――――――――――――――――――
> total is 750, not 800
> ―――――――――――――――――――――――――――――――――――――――――――――――――

! 2/3 slow TIMEOUT         1.03s   killed by signal 15 SIGTERM
> >>> MALLOC_PERTURB_=47 /usr/bin/sleep 30

! 3/3 rate ERROR           0.03s   killed by signal 11 SIGSEGV
""",
    ),
)

_CPP_LINTERS_CPPLINT = r"[^\s:]{1,300}\.\w{1,4}:\d{1,6}: {2}.{1,600} {2}\[[\w/+-]{3,60}\] \[\d\]$"

_CPP_LINTERS = (
    LogPattern(
        name="cpplint.found",
        kind=FailureKind.LINT,
        keywords=("total errors found: ",),
        start=r"Total errors found: [1-9]",
        context_before=_CPP_LINTERS_CPPLINT + r"|Done processing |Category '",
        max_context=60,
        headline=r"^(?:" + _CPP_LINTERS_CPPLINT + r")",
        fingerprint=r"^(?:" + _CPP_LINTERS_CPPLINT + r")",
        example="""
! src/press.cc:31:  Line ends in whitespace.  [whitespace/end_of_line] [4]
> Done processing src/press.cc
> Total errors found: 1
""",
    ),
)

# GoogleTest, and cmocka and busted, which can print in its style.


_GOOGLETEST = (
    LogPattern(
        name="googletest.failure",
        kind=FailureKind.TEST,
        keywords=(": failure",),
        start=r"(?:\S.{0,300}(?::\d{1,6}|\(\d{1,6}\))|unknown file): Failure$",
        context_before=r"\[ RUN      \] ",
        max_context=1,
        end=r"\[  FAILED  \] ",
        # The next test ends the block, too, if a failure did not end this one.
        end_before=r"\[[-=]{10}\]|\[ (?! FAILED )[ A-Z]{8} \]",
        max_lines=30,
        headline=r"^\[  FAILED  \] |^C\+\+ exception with description ",
        fingerprint=r"^\[  FAILED  \] |^C\+\+ exception|^Value of: |^Expected",
        example="""
> [ RUN      ] Cart.Total
> /srv/shop/cart_test.cc:12: Failure
> Expected equality of these values:
>   total()
>     Which is: 7
>   8
! [  FAILED  ] Cart.Total (0 ms)
  [----------] 1 test from Cart (0 ms total)
""",
    ),
    LogPattern(
        name="googletest.failed",
        kind=FailureKind.TEST,
        keywords=("[  failed  ] ",),
        start=r"\[  FAILED  \] ",
        body=r"\[  FAILED  \] ",
        max_lines=30,
        confidence=Confidence.SYMPTOM,
        headline=r"^\[  FAILED  \] [^\s\d]",
        fingerprint=r"^\[  FAILED  \] [^\s\d]",
        example="""
> [  FAILED  ] 2 tests, listed below:
! [  FAILED  ] Cart.Total
> [  FAILED  ] Cart.Prices

   2 FAILED TESTS
""",
    ),
    LogPattern(
        name="googletest.count",
        kind=FailureKind.TEST,
        keywords=("failed test",),
        start=r"\s{1,4}\d{1,6} FAILED TESTS?$",
        confidence=Confidence.SYMPTOM,
        example="!  2 FAILED TESTS",
    ),
    LogPattern(
        name="cmocka.error",
        kind=FailureKind.TEST,
        keywords=("[  error   ] --- ",),
        start=r"\[  ERROR   \] --- \S",
        body=r"\[  ERROR   \] |\[   LINE   \] ",
        end=r"\[  FAILED  \] ",
        max_lines=12,
        example="""
  [ RUN      ] test_total
! [  ERROR   ] --- 0x7 != 0x8
> [   LINE   ] --- cart_test.c:12: error: Failure!
> [  FAILED  ] test_total
  [==========] 1 test(s) run.
""",
    ),
)

_CTEST_TEST = r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}"

_CTEST_ITEM = r"\s{1,8}\d{1,6} - \S"

_CTEST_NEXT = r"\s{0,8}(?:Start {1,4}\d|\d{1,6}/\d{1,6} Test {1,4}#|\d{1,3}% tests passed)"

_CTEST = (
    LogPattern(
        name="ctest.exception",
        kind=FailureKind.TEST,
        keywords=("***exception",),
        start=r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}Exception",
        end_before=_CTEST_NEXT,
        max_lines=25,
        confidence=Confidence.LIKELY,
        example="""
  1/2 Test #1: opens ............................   Passed    0.01 sec
      Start 2: total
! 2/2 Test #2: total ............................***Exception  0.01 sec
> total is 7

  50% tests passed, 1 tests failed out of 2
""",
    ),
    LogPattern(
        name="ctest.timeout",
        kind=FailureKind.TEST,
        keywords=("***timeout",),
        start=r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}Timeout",
        end_before=_CTEST_NEXT,
        max_lines=25,
        confidence=Confidence.LIKELY,
        example="""
  1/2 Test #1: opens ............................   Passed    0.01 sec
      Start 2: total
! 2/2 Test #2: total ............................***Timeout  0.01 sec
> total is 7

  50% tests passed, 1 tests failed out of 2
""",
    ),
    LogPattern(
        name="ctest.not_run",
        kind=FailureKind.TEST,
        keywords=("unable to find executable: ",),
        start=r"Unable to find executable: \S",
        body=_CTEST_TEST,
        max_lines=2,
        example="""
! Unable to find executable: cart_test
> 2/2 Test #2: total ............................***Not Run   0.00 sec
      Start 3: prices
""",
    ),
    LogPattern(
        name="ctest.looked",
        kind=FailureKind.TEST,
        keywords=("could not find executable ",),
        start=r"Could not find executable \S",
        body=r"Looked in the following places:|\S{1,400}$",
        max_lines=40,
        confidence=Confidence.SYMPTOM,
        example="""
! Could not find executable cart_test
> Looked in the following places:
> cart_test
> Release/cart_test
  Unable to find executable: cart_test
""",
    ),
    LogPattern(
        name="ctest.recap",
        kind=FailureKind.TEST,
        keywords=("the following tests failed:",),
        start=r"The following tests FAILED:$",
        body=_CTEST_ITEM,
        confidence=Confidence.SYMPTOM,
        headline=r"^" + _CTEST_ITEM,
        fingerprint=r"^" + _CTEST_ITEM,
        example="""
> The following tests FAILED:
! 	  2 - total (Failed)
> 	  3 - prices (SEGFAULT)
  Errors while running CTest
""",
    ),
    LogPattern(
        name="ctest.end",
        kind=FailureKind.TEST,
        keywords=("errors while running ctest",),
        start=r"Errors while running CTest",
        confidence=Confidence.SYMPTOM,
        example="! Errors while running CTest",
    ),
    LogPattern(
        name="ctest.count",
        kind=FailureKind.TEST,
        keywords=("tests failed out of",),
        start=r"\d{1,3}% tests passed, [1-9]\d{0,6} tests failed out of",
        confidence=Confidence.SYMPTOM,
        example="! 50% tests passed, 1 tests failed out of 2",
    ),
)

_CPP_TEST_PLACE = r"\S.{0,300}(?::\d{1,6}|\(\d{1,6}\)): "

_CPP_TEST = (
    LogPattern(
        name="catch2.failed",
        kind=FailureKind.TEST,
        keywords=(": failed:",),
        start=_CPP_TEST_PLACE + r"FAILED:$",
        context_before=r"\.{20,200}$|-{20,200}$|$|\S.{0,300}(?::\d{1,6}|\(\d{1,6}\))$|\s{2,8}\S|[^\s=~].{0,300}$",
        max_context=8,
        end_before=r"-{20}|={20}|\.{20}|" + _CPP_TEST_PLACE + r"(?:FAILED|PASSED|warning)",
        max_lines=20,
        headline=r"^  (?:REQUIRE|CHECK)\w{0,20}\(|^  \S.{0,300}(?: exception|SIG[A-Z]{3,4})",
        fingerprint=r"^  (?:REQUIRE|CHECK)\w{0,20}\(|^  SIG[A-Z]{3,4}",
        example="""
  ===============================================================================
> -------------------------------------------------------------------------------
> Cart total
>   when full
> -------------------------------------------------------------------------------
> cart_test.cpp:8
> ...............................................................................
>
> cart_test.cpp:12: FAILED:
!   REQUIRE( total() == 8 )
> with expansion:
>   7 == 8

  ===============================================================================
  test cases: 1 | 1 failed
""",
    ),
    LogPattern(
        name="catch2.count",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=r"(?:test cases|assertions): {1,8}\d{1,7} \| .{0,60}[1-9]\d{0,6} failed",
        confidence=Confidence.SYMPTOM,
        example="! test cases: 3 | 1 passed | 2 failed",
    ),
    LogPattern(
        name="check.failure",
        kind=FailureKind.TEST,
        keywords=("assertion '", "segmentation fault)", "failure '"),
        start=r"\S{1,300}:\d{1,6}:[FE]:[^:]{1,100}:[^:]{1,100}:-?\d{1,6}: ",
        example="""
  66%: Checks: 3, Failures: 1, Errors: 0
! cart_test.c:12:F:Core:test_total:0: Assertion 'total() == 8' failed: total() == 7, 8 == 8
  66%: Checks: 3, Failures: 1, Errors: 0
! cart_test.c:12:F:Core:test_total:0: (after this point) Received signal 11 (Segmentation fault)
  66%: Checks: 3, Failures: 1, Errors: 0
! cart_test.c:12:F:Core:test_total:0: Failure 'total() < 8' occurred
""",
    ),
    LogPattern(
        name="check.count",
        kind=FailureKind.TEST,
        keywords=("failures: ",),
        start=r"\d{1,3}%: Checks: \d{1,7}, Failures: ",
        confidence=Confidence.SYMPTOM,
        example="! 66%: Checks: 3, Failures: 1, Errors: 0",
    ),
    LogPattern(
        name="cppunit.failures",
        kind=FailureKind.TEST,
        keywords=("!!!failures!!!",),
        start=r"!!!FAILURES!!!$",
        body=r"Test Results:|Run: |\d{1,5}\) test: |- |[a-z].{0,300}$|$",
        max_lines=30,
        headline=r"^\d{1,5}\) test: ",
        fingerprint=r"^\d{1,5}\) test: ",
        example="""
> !!!FAILURES!!!
> Test Results:
> Run:  3   Failures: 1   Errors: 0
>
>
! 1) test: CartTest::total (F) line: 12 cart_test.cpp
> equality assertion failed
> - Expected: 8
> - Actual  : 7
""",
    ),
)

# The test harness of Automake, and its test-suite.log.

_AUTOMAKE_TEST = (
    LogPattern(
        name="automake-test.log",
        kind=FailureKind.TEST,
        keywords=("fail ",),
        start=r"FAIL \S{1,300} \(exit status: \d{1,3}\)$",
        context_before=r"(?!={3,300}$|(?:X?FAIL|X?PASS|ERROR|SKIP)[: ])",
        max_context=20,
        example="""
  FAIL: tests/total
  =================
>
> total is 7 and not 8
! FAIL tests/total (exit status: 1)
""",
    ),
    LogPattern(
        name="automake-test.fail",
        kind=FailureKind.TEST,
        keywords=("fail: ",),
        start=r"FAIL: \S{1,300}(?: \d{1,6}(?: - .{0,300})?)?$",
        confidence=Confidence.SYMPTOM,
        example="""
  PASS: tests/opens
! FAIL: tests/total
  PASS: tests/prices
""",
    ),
    LogPattern(
        name="automake-test.count",
        kind=FailureKind.TEST,
        keywords=("# fail: ",),
        start=r"# FAIL: {1,4}[1-9]",
        confidence=Confidence.SYMPTOM,
        example="! # FAIL:  1",
    ),
)

PATTERNS = (
    *_CPP_LINTERS,
    *_MESON,
    *_GCC,
    *_LINKER,
    *_MAKE_PATTERNS,
    *_CMAKE,
    *_CONFIGURE,
    *_NINJA,
    *_BAZEL,
    *_AUTOMAKE_TEST,
    *_CPP_TEST,
    *_CTEST,
    *_GOOGLETEST,
)
