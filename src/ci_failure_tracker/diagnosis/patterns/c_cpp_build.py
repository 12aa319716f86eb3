"""C and C++: compilers, linkers, make, CMake, configure, Meson, Ninja, Bazel, linters."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# gcc, clang, and every compiler that prints `path:line:column: error: …` in their style.

_GCC_OTHERS = (
    r"(?![^\s:]{1,300}\.(?:l?hs|swift|pyi?|java|scala|sc|kts?|zig|go|rb|exs?|erl|dart|nim|cr|rs|[cm]?[jt]sx?|groovy"
    r"|mli?"
    r"|elm|cs|fsx?|vb|md|rst|ya?ml|sh|tex|adoc|php|vue|s?css|less|build|ac|in|tf):)"
)
_GCC_PATH = r"(?:[A-Za-z]:)?" + _GCC_OTHERS + r"(?=[^\s:]{0,300}[./<])[^\s:()\[\]]{1,300}"
_GCC_PLACE = _GCC_PATH + r"(?::\d{1,7}){1,2}: "
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
        name="gcc.internal",
        keywords=("internal compiler error",),
        start=_GCC_PLACE + r"internal compiler error: |(?:\S{1,100}: )?internal compiler error: ",
        context_before=_GCC_LEAD,
        body=_GCC_GOES_ON + r"|0x[0-9a-f]{1,16} |Please submit a full bug report",
        max_lines=20,
        example="""
! src/press.cpp:31:1: internal compiler error: Segmentation fault
>    31 | }
>       | ^
> Please submit a full bug report,
  with preprocessed source if appropriate.
""",
    ),
    LogPattern(
        name="gcc.driver",
        keywords=("error: ",),
        start=r"(?:\S{0,200}/)?(?:[\w-]{1,60}-)?(?:gcc|g\+\+|cc|c\+\+|cc1|cc1plus|cc1obj|clang|clang\+\+|clang-cl"
        r"|gfortran|f951|emcc|em\+\+|icpx?)"
        r"(?:-\d[\d.]{0,8})?(?:\.exe)?: (?:fatal )?error: (?!linker command failed)\S",
        body=r"(?:\S{0,200}/)?(?:[\w-]{1,60}-)?(?:gcc|g\+\+|cc|c\+\+|clang"
        r"|clang\+\+)(?:-\d[\d.]{0,8})?: (?:fatal )?error: (?!linker)\S",
        max_lines=10,
        example="""
! g++: error: unrecognized command-line option '-fcider'
> g++: error: press.o: No such file or directory
> g++: fatal error: no input files
  bye
""",
    ),
    LogPattern(
        name="gcc.warnings_are_errors",
        keywords=("warnings being treated as errors",),
        start=r"\S{1,60}: (?:all|some) warnings being treated as errors$",
        confidence=Confidence.SYMPTOM,
        example="""
! cc1plus: all warnings being treated as errors
""",
    ),
    LogPattern(
        name="gcc.count",
        keywords=("error",),
        start=r"(?:\d{1,5} warnings? and )?[1-9]\d{0,4} errors? generated\.$|fatal error: too many errors emitted",
        confidence=Confidence.RECAP,
        example="""
! 3 warnings and 1 error generated.
""",
    ),
    LogPattern(
        name="gcc.conftest",
        keywords=("error:",),
        start=r"(?:\S{0,40}/)?(?:conftest|CMakeFiles/CMakeTmp|[^\s:]{0,200}CMakeScratch|testfile"
        r"|sanitycheckc)[^\s:]{0,100}(?::\d{1,7}){1,2}: ",
        confidence=Confidence.NOISE,
        example="""
! conftest.c:21:10: fatal error: basket.h: No such file or directory
""",
    ),
    LogPattern(
        name="gcc.fortran",
        keywords=("error: ",),
        start=r"(?:Fatal )?Error: .{1,1000}(?:\(1\)|not found|No such file)",
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
        name="linker.cannot_find",
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
        name="linker.apple",
        keywords=("undefined symbols for architecture",),
        start=r"Undefined symbols for architecture \S{1,20}:$",
        body=r"\s{1,8}\S|ld: symbol",
        end=_LINKER_STOPS + r"linker",
        max_lines=30,
        headline=r'^\s{1,6}"',
        fingerprint=r'^\s{1,6}"',
        example="""
> Undefined symbols for architecture arm64:
!   "_squeeze", referenced from:
>       _main in press-3b1c.o
> ld: symbol(s) not found for architecture arm64
> clang: error: linker command failed with exit code 1 (use -v to see invocation)
  bye
""",
    ),
    LogPattern(
        name="linker.error",
        keywords=("error: ",),
        start=_LINKER_LD + r"(?:fatal )?error: ",
        body=_LINKER_LD + r"(?:fatal )?error: |>>> |\s{10,20}>>> ",
        end=_LINKER_STOPS + r"(?:ld|linker)",
        max_lines=30,
        example="""
! ld.lld: error: undefined symbol: squeeze
> >>> referenced by press.c:7
> >>>               press.o:(turn)
> clang: error: linker command failed with exit code 1 (use -v to see invocation)
  bye
""",
    ),
    LogPattern(
        name="linker.library",
        keywords=("not found",),
        start=r"ld: (?:library|framework|file|library or framework) '?.{0,300}not found|ld: symbol\(s\) not found for ",
        end=_LINKER_STOPS + r"linker",
        max_lines=2,
        example="""
! ld: library not found for -lbasket
> clang: error: linker command failed with exit code 1 (use -v to see invocation)
  bye
""",
    ),
    LogPattern(
        name="linker.not_recognized",
        keywords=("file not recognized",),
        start=r"\S{1,300}: file not recognized: ",
        end=_LINKER_STOPS + r"(?:ld|linker)",
        max_lines=2,
        example="""
! press.o: file not recognized: file format not recognized
> collect2: error: ld returned 1 exit status
""",
    ),
    LogPattern(
        name="linker.stopped",
        keywords=("error: ",),
        start=_LINKER_STOPS + r"(?:ld returned|linker command failed)",
        context_before=r"duplicate symbol |\s{4}\S|ld: \d{1,6} duplicate symbol|" + _LINKER_SAME,
        max_context=30,
        fingerprint=r"multiple definition of |duplicate symbol ",
        headline=r"multiple definition of |duplicate symbol |ld: (?!\d|warning)",
        confidence=Confidence.LIKELY,
        example="""
  building
! /usr/bin/ld: apple.o:(.bss+0x0): multiple definition of `basket'; pear.o:(.bss+0x0): first defined here
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
        example="""
! rules/press.mk:31: recipe for target 'press' failed
""",
    ),
    LogPattern(
        name="make.error",
        keywords=("] error ",),
        start=_MAKE + r"\*{3} \[.{1,1000}\] Error -?\d",
        confidence=Confidence.SYMPTOM,
        example="""
! make[1]: *** [Makefile:12: press] Error 2
""",
    ),
    LogPattern(
        name="make.ignored",
        keywords=("] error ",),
        start=_MAKE + r"\[.{1,1000}\] Error -?\d{1,10} \(ignored\)",
        confidence=Confidence.NOISE,
        example="""
! make: [Makefile:3: clean] Error 1 (ignored)
""",
    ),
    LogPattern(
        name="make.segfault",
        keywords=("segmentation fault",),
        start=_MAKE + r"\*{3} \[.{1,1000}\] Segmentation fault",
        confidence=Confidence.SYMPTOM,
        example="""
! make: *** [Makefile:12: press] Segmentation fault (core dumped)
""",
    ),
    LogPattern(
        name="make.killed",
        keywords=("killed",),
        start=_MAKE + r"\*{3} \[.{1,1000}\] Killed",
        confidence=Confidence.SYMPTOM,
        example="""
! make: *** [Makefile:12: press] Killed
""",
    ),
    LogPattern(
        name="make.abort",
        keywords=("aborted",),
        start=_MAKE + r"\*{3} \[.{1,1000}\] Aborted",
        confidence=Confidence.SYMPTOM,
        example="""
! make: *** [Makefile:12: press] Aborted (core dumped)
""",
    ),
    LogPattern(
        name="make.not_remade",
        keywords=("not remade because of errors",),
        start=_MAKE + r"Target .{1,400} not remade because of errors",
        confidence=Confidence.SYMPTOM,
        example="""
! make: Target 'all' not remade because of errors.
""",
    ),
    LogPattern(
        name="make.no_rule",
        keywords=("no rule to make target",),
        start=_MAKE + r"\*{3} No rule to make target ",
        example="""
! make: *** No rule to make target 'press.c', needed by 'press.o'.  Stop.
""",
    ),
    LogPattern(
        name="make.missing_separator",
        keywords=("missing separator",),
        start=r"[^\s:]{1,300}:\d{1,6}: \*{3} missing separator",
        example="""
! Makefile:2: *** missing separator.  Stop.
""",
    ),
    LogPattern(
        name="make.variable",
        keywords=("undefined",),
        start=r"[^\s:]{1,300}:\d{1,6}: \*{3} .{1,1000}\.  Stop\.",
        example="""
! rules/Makefile.inc:8: *** The variable ORCHARD is undefined.  Stop.
""",
    ),
    LogPattern(
        name="make.missing_file",
        keywords=("no such file or directory",),
        start=_MAKE + r".{1,400}: No such file or directory$|[^\s:]{0,100}[Mm]ake\w{0,40}(?:\.\w{1,20})?:\d{1,6}: "
        r".{1,400}: No such file or directory$",
        example="""
! make: pick-pears: No such file or directory
""",
    ),
)

# CMake's configuration.

_CMAKE = (
    LogPattern(
        name="cmake.error_at",
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
        keywords=("configuring incomplete, errors occurred",),
        start=r"-- Configuring incomplete, errors occurred",
        confidence=Confidence.SYMPTOM,
        example="""
! -- Configuring incomplete, errors occurred!
""",
    ),
    LogPattern(
        name="cmake.see_also",
        keywords=("cmakeerror.log",),
        start=r'See also ".{1,400}CMakeError\.log"',
        confidence=Confidence.NOISE,
        example="""
! See also "/srv/orchard/build/CMakeFiles/CMakeError.log".
""",
    ),
    LogPattern(
        name="cmake.probe_not_found",
        keywords=(" - not found",),
        start=r"-- (?:Looking for|Searching for|Checking for) .{1,300} - not found",
        confidence=Confidence.NOISE,
        example="""
! -- Looking for strlcpy - not found
""",
    ),
    LogPattern(
        name="cmake.probe_failed",
        keywords=(" - failed",),
        start=r"-- (?:Performing Test|Check if|Check for|Checking|Detecting) .{1,300} - [Ff]ailed$",
        confidence=Confidence.NOISE,
        example="""
! -- Performing Test HAVE_SPLIT_DWARF - Failed
""",
    ),
    LogPattern(
        name="cmake.probe",
        keywords=("error",),
        start=r"-- (?:Performing Test|Looking for|Check(?:ing)? (?:if|for|whether)|Found|Detecting) ",
        confidence=Confidence.NOISE,
        example="""
! -- Looking for strerror_r - found
""",
    ),
)

# Configure scripts of autoconf.

_CONFIGURE = (
    LogPattern(
        name="configure.error",
        keywords=("configure: error: ",),
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
        name="configure.macro",
        keywords=("error: ",),
        start=r"configure\.(?:ac|in):\d{1,6}: error: ",
        body=r"\s{6}\S|\S{1,200}:\d{1,6}: \S{1,80} is expanded from|configure\.(?:ac|in):\d{1,6}: the top level",
        example="""
! configure.ac:14: error: possibly undefined macro: AC_PROG_PRESS
>       If this token and others are legitimate, please use m4_pattern_allow.
>       See the Autoconf documentation.
  autoreconf: /usr/bin/autoconf failed with exit status: 1
""",
    ),
    LogPattern(
        name="configure.autoreconf",
        keywords=("failed with exit status",),
        start=r"autoreconf: (?:error: )?\S{1,200} failed with exit status",
        confidence=Confidence.SYMPTOM,
        example="""
! autoreconf: error: /usr/bin/autoconf failed with exit status: 1
""",
    ),
    LogPattern(
        name="configure.checking",
        keywords=("error", "fail", "missing", "assert", "unknown", "not found"),
        start=r"(?:configure: )?checking .{1,400}\.\.\.",
        confidence=Confidence.NOISE,
        example="""
! checking for error_at_line... yes
! checking whether the linker fails early... no
! checking for a missing declaration of press... no
! checking for static_assert... yes
! checking whether cc accepts -Wunknown-pragmas... yes
! checking for orchard... not found
""",
    ),
)

# Meson's configuration.

_MESON = (
    LogPattern(
        name="meson.error",
        keywords=("error: ",),
        start=r"(?:\S{0,300}meson\.(?:build|options)|\S{0,300}meson_options\.txt):\d{1,6}:\d{1,5}: ERROR: ",
        example="""
! src/meson.build:2:0: ERROR: Dependency "orchard" not found (tried pkg-config and cmake)

  A full log can be found at /srv/orchard/build/meson-logs/meson-log.txt
""",
    ),
)

# Ninja.

_NINJA = (
    LogPattern(
        name="ninja.failed",
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
        keywords=("failed", "previous errors"),
        start=r"ninja: build stopped: ",
        confidence=Confidence.SYMPTOM,
        example="""
! ninja: build stopped: subcommand failed.
! ninja: build stopped: cannot make progress due to previous errors.
""",
    ),
    LogPattern(
        name="ninja.error",
        keywords=("ninja: error: ",),
        start=r"ninja: error: ",
        example="""
! ninja: error: 'press.c', needed by 'press.o', missing and no known rule to make it
""",
    ),
    LogPattern(
        name="ninja.fatal",
        keywords=("ninja: fatal: ",),
        start=r"ninja: fatal: ",
        example="""
! ninja: fatal: posix_spawn: Argument list too long
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
        name="bazel.error",
        keywords=("error: ",),
        priority=1,  # before bundler.gem
        start=r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: (?:no such (?:package|target)|Analysis of |error loading package"
        r"|Skipping '"
        r"|While |Error computing |Evaluation of |Failed to load |cycles? detected)",
        body=r"\t| - |\s{4}",
        example="""
! ERROR: no such package 'fruit': BUILD file not found in any of the following directories.
>  - /srv/press/fruit
""",
    ),
    LogPattern(
        name="bazel.stopped",
        keywords=("error: build did not complete",),
        start=r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: Build did NOT complete successfully",
        confidence=Confidence.SYMPTOM,
        example="""
! ERROR: Build did NOT complete successfully
""",
    ),
    LogPattern(
        name="bazel.failed",
        keywords=("failed: build did not complete",),
        priority=1,  # before ninja.failed
        start=r"(?:\(\d\d:\d\d:\d\d\) )?FAILED: Build did NOT complete successfully",
        confidence=Confidence.SYMPTOM,
        example="""
! FAILED: Build did NOT complete successfully (3 packages loaded)
""",
    ),
    LogPattern(
        name="bazel.command",
        keywords=("error: ",),
        start=r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: (?:command succeeded|Build failed\. Not running target)",
        confidence=Confidence.SYMPTOM,
        example="""
! ERROR: Build failed. Not running target
""",
    ),
    LogPattern(
        name="buck.failed",
        keywords=("build failed",),
        start=r"(?:BUILD FAILED: |Build failed: )\S",
        body=r"\s{4}\S|When running <",
        max_lines=12,
        confidence=Confidence.LIKELY,
        example="""
! BUILD FAILED: //press:press failed with exit code 1
>     When building rule //press:press.
""",
    ),
)

# Linters of C and C++ with a style of their own: cppcheck, cpplint, the summary of clang-tidy, doxygen.

_CPP_LINTERS_CPPCHECK = (
    r"\[[^\]\s]{1,300}:\d{1,6}\](?: -> \[[^\]\s]{1,300}:\d{1,6}\]){0,8}: \((?:error|warning|style"
    r"|performance|portability|information)(?:, \w{1,20})?\) "
)
_CPP_LINTERS_CPPLINT = r"[^\s:]{1,300}\.\w{1,4}:\d{1,6}: {2}.{1,600} {2}\[[\w/+-]{3,60}\] \[\d\]$"

_CPP_LINTERS = (
    LogPattern(
        name="cppcheck.error",
        keywords=(": (error",),
        start=_CPP_LINTERS_CPPCHECK,
        body=_CPP_LINTERS_CPPCHECK,
        max_lines=30,
        example="""
! [src/press.cpp:31]: (error) Memory leak: apple
> [src/press.cpp:40]: (style) The scope of the variable 'pear' can be reduced.
  make: *** [check] Error 1
""",
    ),
    LogPattern(
        name="cpplint.found",
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
    LogPattern(
        name="clang-tidy.count",
        keywords=(" treated as error",),
        start=r"\d{1,6} warnings? treated as errors?$",
        confidence=Confidence.RECAP,
        example="""
! 3 warnings treated as errors
""",
    ),
    LogPattern(
        name="doxygen.warning",
        keywords=("warning treated as error",),
        start=r"\S{1,300}:\d{1,6}: (?:error|warning): .{1,600}\(warning treated as error",
        example="""
! /srv/press/src/press.h:31: error: Unsupported tag 'basket' (warning treated as error, aborting now)
""",
    ),
)

PATTERNS = (
    *_GCC,
    *_LINKER,
    *_MAKE_PATTERNS,
    *_CMAKE,
    *_CONFIGURE,
    *_MESON,
    *_NINJA,
    *_BAZEL,
    *_CPP_LINTERS,
)
