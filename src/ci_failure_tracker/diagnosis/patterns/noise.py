"""Lines that read like failures and are none."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Counts of failures that are all zero.

_ZERO_COUNTS_SHORT = r"(?=.{1,240}$)"
_ZERO_COUNTS_NONE = (
    r"(?=.{0,240}?(?:(?<![\d.,])0 (?:\w{1,20} )?(?:[Ee]rror|fail|Fail)"
    r"|\b(?:[Ee]rrors|[Ff]ailures|[Ff]ailed|[Ff]ail|failing)[\"']?\s{0,10}[:=]\s{0,10}[\"']?0\b))"
)
_ZERO_COUNTS_SOME = (
    r"(?!.{0,240}\b[1-9]\d{0,9} (?:\w{1,20} )?(?:error|fail|problem|unhandled|crash|broken|timed out|suite)"
    r"\w{0,8}\b(?![\"']?\s{0,3}[:=]))"
    r"(?!.{0,240}\b(?:[Ee]rrors?|[Ff]ail\w{0,6}|Unsuccessful|Crashed|Aborted|unreachable|FAIL|ERROR)[\"']?\s{0,10}"
    r"[:=]\s{0,10}[1-9])"
)
"""A count that is not zero must not be anywhere in the line."""

_ZERO_COUNTS_OF_ANOTHER_KIND = (
    r"(?!\s{0,8}(?:[✖✗×E>]|##\[error\]|.{0,40}\bFAILED[ .]|[\w.]{0,80}(?:Error|Exception|assert)\b)"
    r"|.{0,240}\bexpected\b)"
)
_ZERO_COUNTS_ALL_ZERO = (
    _ZERO_COUNTS_SHORT + _ZERO_COUNTS_NONE + _ZERO_COUNTS_SOME + _ZERO_COUNTS_OF_ANOTHER_KIND + r"\s{0,100}\S"
)


_ZERO_COUNTS = (
    LogPattern(
        name="zero-counts.none",
        keywords=(" 0 errors", " 0 failures", " 0 failed", "errors:", "failed: ", "failures: 0", "failed=0"),
        priority=-1,  # after each tool's own count
        start=_ZERO_COUNTS_ALL_ZERO,
        confidence=Confidence.NOISE,
        example="""
! 31 pears, 0 errors, 3 unripe
! 12 pears, 0 failures, 2 unripe
! orchard: 12 ripe, 0 failed
! Ran 12 checks: errors: 0, warnings: 3
! Suites: 3, passed: 12, failed:   0
! Pears: 31, Plums: 40, Failures: 0.
! orchard summary: picked=12 failed=0
""",
    ),
)

# Passed tests whose names contain words of failure.

_NOISE_PASSING_PASSED = (
    r"\s{0,80}(?:[✓✔√] (?!.{0,400}\b[1-9]\d{0,6} fail)"
    r"|ok \d{1,7}\b(?!.{0,400}# TODO)|PASS(?:ED)?[ :]|\(pass\) )"
    r"|(?!.{0,600}FAIL)(?:\[gw\d{1,4}\] \[ {0,2}\d{1,3}%\] PASSED |\S{1,400}::.{1,600} PASSED\b|.{1,600} PASSED$)"
    r"|.{1,600}(?: \.\.\. (?:ok|skipped)\b| \[OK\]$| ✔$|Passed {1,8}[\d.]{1,12} sec$)"
    r"|\d\d:\d\d \+\d{1,6}(?: ~\d{1,6})?: (?!.{0,600}\[E\]$)"
)
"""Marks, TAP, pytest, unittest, Rust, Dart, ctest, JUnit's tree, Bun."""


_NOISE_PASSING = (
    LogPattern(
        name="noise-passing.line",
        keywords=(
            "error",
            "fail",
            "exception",
            "invalid",
            "missing",
            "unexpected",
            "expected",
            "not found",
            "cannot",
            "timeout",
            "timed out",
            "abort",
            "crash",
            "unknown",
            "does not exist",
            "undefined",
            "fatal",
            "panic",
            "illegal",
            "mismatch",
            "assert",
            "refused",
            "denied",
            "expired",
        ),
        priority=-1,  # after cargo-test.passed, gradle-test.event
        start=_NOISE_PASSING_PASSED,
        confidence=Confidence.NOISE,
        example="""
!   ✓ throws an error when the pears are unripe (3 ms)
! ok 12 - fails on bad pears
! tests/test_pears.py::test_exception PASSED                         [ 10%]
!   ✓ invalid trees
! test pears::missing_tree ... ok
!   ✔ unexpected trees
! test_expected (orchard.Pears.test_expected) ... ok
! ✔ tree not found (0.8ms)
! PASS: cannot eat unripe pears
!   √ honours the timeout
! 00:01 +12: tells that it timed out
! [gw0] [ 10%] PASSED tests/test_pears.py::test_abort
! │  ├─ crashing_tree() ✔
! ok 3 unknown tree
!   ✓ says that the tree does not exist
!   ✔ returns undefined
!   ✓ fatal pears
! (pass) panics on plums
!  3/9 Test  #3: illegal_pears ....................   Passed    0.01 sec
!   ✓ mismatch
! PASS test/asserts.test.js
!   ✓ refused pears
!   ✓ denied pears
!   ✓ expired pears
""",
    ),
)

# Commands that a shell or a build prints before it runs them, and files that are copied, packed or listed.

_NOISE_SHELL_COMPILER = (
    r"(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|cl\.exe|nvcc|gfortran|ccache)(?:-\d{1,2})? (?:.{0,200} )?-[A-Za-z]"
)
_NOISE_SHELL_SHOWN = (
    r"\+{1,8} (?:if|\[|\[\[|echo|export|set|test|grep|trap|exit|for|while|local|return|declare|source|\.|case|printf"
    r"|command|which|true|false|sudo|docker|cd|mkdir|rm|cp|[\w.]{1,80}=\S{0,1000}$)\b"
    r"|\s{0,6}(?:export |declare -x |ENV )?[A-Z_][A-Z0-9_]{2,60}=|\s{0,6}shell: \S{0,200}(?:sh|bash)(?:\.EXE)? "
    r"|\[command\]|##\[command\]"
    r"|(?:\S{0,200}/)?(?:[\w.]{1,20}-){0,5}"
    + _NOISE_SHELL_COMPILER
    + r"|libtool: {1,3}(?:compile|link): |\s{2,12}Running `"
    r"|\[ {0,2}\d{1,3}%\] (?:Building|Linking|Generating) "
    r"|\s{0,8}(?:CC|CXX|LD|AR|GEN|AS|HOSTCC|CCLD|CPPAS|OBJC)(?:\(T\))? {1,12}\S{1,300}$"
    r"|(?:copying|adding|byte-compiling|creating|hard linking|removing|reading|writing) "
    r"(?=\S{0,300}(?:/|\.\w))\S{1,300}(?: -> .{1,300}|$)"
    r"|\s{1,4}(?:inflating|extracting|creating|adding): |-- (?:Installing|Up-to-date): "
    r"|\s(?:create|delete) mode \d{6} "
    r"|\s{0,20}\S{1,200}\.(?:m?js|css|html|map|wasm|svg) {1,80}[\d.,]{1,12} ?[kKM]?i?B\b"
)


_NOISE_SHELL = (
    LogPattern(
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
        start=_NOISE_SHELL_SHOWN,
        confidence=Confidence.NOISE,
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

# Warnings of the runner and of caches, and hints of git.

_NOISE_RUNNER_HINT = r"hint: "

_NOISE_RUNNER = (
    LogPattern(
        name="noise-runner.warning",
        keywords=("##[warning]",),
        start=r"##\[warning\](?!You are running out of disk space)",
        confidence=Confidence.NOISE,
        example="""
! ##[warning]Docker pull failed with exit code 1, back off 5.2 seconds before retry.
""",
    ),
    LogPattern(
        name="noise-runner.debug",
        keywords=("##[debug]",),
        start=r"##\[debug\]",
        confidence=Confidence.NOISE,
        example="""
! ##[debug]Evaluating condition: failure()
""",
    ),
    LogPattern(
        name="noise-runner.notice",
        keywords=("##[notice]",),
        start=r"##\[notice\]",
        confidence=Confidence.NOISE,
        example="""
! ##[notice]No errors in the orchard
""",
    ),
    LogPattern(
        name="noise-runner.cache",
        keywords=("cache not found for",),
        start=r"[Cc]ache not found for ",
        confidence=Confidence.NOISE,
        example="""
! Cache not found for input keys: orchard-7c1, orchard-
""",
    ),
    LogPattern(
        name="noise-runner.cache_reserve",
        keywords=("unable to reserve cache",),
        start=r"(?:Warning: )?(?:Failed to save: |reserveCache failed: )?Unable to reserve cache with key ",
        confidence=Confidence.NOISE,
        example="""
! Failed to save: Unable to reserve cache with key orchard-7c1, another job may be creating this cache.
""",
    ),
    LogPattern(
        name="noise-runner.cache_service",
        keywords=("failed to ",),
        start=r"Warning: Failed to (?:save|restore): |\[warning\]Failed to (?:save|restore)",
        confidence=Confidence.NOISE,
        example="""
! Warning: Failed to restore: Cache service responded with 503
""",
    ),
    LogPattern(
        name="noise-runner.cache_paths",
        keywords=("path validation error",),
        start=r"(?:Warning: )?Path Validation Error: ",
        confidence=Confidence.NOISE,
        example="""
! Path Validation Error: Path(s) specified in the action for caching do(es) not exist, hence no cache is being saved.
""",
    ),
    LogPattern(
        name="noise-runner.inputs",
        keywords=("unexpected input(s)",),
        start=r"(?:Warning: )?Unexpected input\(s\) '",
        confidence=Confidence.NOISE,
        example="""
! Warning: Unexpected input(s) 'pears', valid inputs are ['plums']
""",
    ),
    LogPattern(
        name="noise-git.hint",
        keywords=("fail", "error", "unknown", "expected", "abort", "missing"),
        start=_NOISE_RUNNER_HINT,
        confidence=Confidence.NOISE,
        example="""
! hint: fail pears
! hint: error pears
! hint: unknown pears
! hint: expected pears
! hint: abort pears
! hint: missing pears
""",
    ),
)

# Installed packages whose names contain words of failure, and warnings during installation.

_NOISE_PACKAGES_FETCHED = (
    r"(?:Get|Hit|Ign):\d{1,6} |Selecting previously unselected |Preparing to unpack |Unpacking \S{1,200} (?:over )?\("
    r"|Setting up \S{1,200} \(|Processing triggers for |Removing \S{1,200} \("
    r"|\s{0,8}Collecting [\w.\[\],=<>!~;@/:+-]{1,300}(?: \(|$)"
    r"|\s{0,8}(?:Downloading|Using cached|Obtaining|Processing|Pulling) (?=\S{0,300}[\d/])\S{1,400}(?: \(|$)"
    r"|\s{0,8}(?:Fetching|Installing|Using) [\w./-]{1,200} \(?v?\d"
    r"|\s{0,8}(?:Requirement already satisfied: |Requirement already up-to-date: |Installing collected packages: "
    r"|Successfully (?:installed|uninstalled|built) |Attempting uninstall: |Found existing installation: "
    r"|Building wheels for collected packages: |Created wheel for |Stored in directory: )"
    r"|\s{2,12}(?:Compiling|Downloaded|Downloading|Checking|Adding|Fresh|Documenting|Unpacking|Locking|Updating) "
    r"[\w-]{1,100} v?\d"
    r"|\s{2,4}- (?:Installing|Downloading|Locking|Upgrading|Removing) [\w./-]{1,200} \("
    r"|(?:\[INFO\] )?(?:Downloading|Downloaded)(?: from [\w.-]{1,100})?: https?://"
    r"|==> (?:Downloading|Pouring|Fetching|Installing) |Inst(?:all)? \S{1,100} [\[(]"
    r"|\s?\+ [\w@./-]{1,200}(?:@|==)\d|(?:npm (?:WARN|warn|http|info|notice|timing)|warning) \S"
)
"""apt, pip, cargo, composer, Maven, Homebrew, bundler, npm, uv."""


_NOISE_PACKAGES = (
    LogPattern(
        name="noise-packages.line",
        keywords=(
            "error",
            "fail",
            "exception",
            "fatal",
            "assert",
            "expected",
            "panic",
            "unknown",
            "not found",
            "missing",
            "timeout",
            "abort",
            "invalid",
            "does not exist",
            "undefined",
            "differ",
        ),
        start=_NOISE_PACKAGES_FETCHED,
        confidence=Confidence.NOISE,
        example="""
!   Downloading exceptiongroup_errors-1.2.0-py3-none-any.whl (16 kB)
! Requirement already satisfied: failfast in ./venv/lib (from pears==1.0) (2.1)
! Collecting exceptiongroup>=1.0.0rc8 (from pears)
! Setting up libtest-fatal-perl (0.016-1) ...
!   - Installing webmozart/assert (1.11.0): Extracting archive
!    Compiling expected-pears v0.3.1
!   Downloaded panic-control v0.1.4
! npm WARN config unknown pears
! npm warn tarball pears@1.0.0 not found in cache
! warning pears@1.0.0: missing license
! Fetching timeout 0.4.1
! Unpacking abort-controller (3.0) ...
! npm WARN pears@1.0.0 has invalid peer plums
! npm WARN the tree does not exist
! Using undefined-pears 1.0.0
!    Compiling differ v0.3.1
""",
    ),
    LogPattern(
        name="noise-packages.debconf",
        keywords=("unable to initialize frontend",),
        start=r"debconf: unable to initialize frontend",
        body=r"debconf: ",
        confidence=Confidence.NOISE,
        example="""
! debconf: unable to initialize frontend: Dialog
> debconf: (TERM is not set, so the dialog frontend is not usable.)
> debconf: falling back to frontend: Readline
  done
""",
    ),
    LogPattern(
        name="noise-packages.preconfigure",
        keywords=("unable to re-open stdin",),
        start=r"dpkg-preconfigure: unable to re-open stdin",
        confidence=Confidence.NOISE,
        example="""
! dpkg-preconfigure: unable to re-open stdin: No such file or directory
""",
    ),
    LogPattern(
        name="noise-packages.policy",
        keywords=("denied execution",),
        start=r"invoke-rc\.d: policy-rc\.d denied execution",
        confidence=Confidence.NOISE,
        example="""
! invoke-rc.d: policy-rc.d denied execution of start.
""",
    ),
    LogPattern(
        name="noise-packages.invoke",
        keywords=("unknown",),
        start=r"invoke-rc\.d: (?:unknown initscript|could not determine current runlevel)",
        confidence=Confidence.NOISE,
        example="""
! invoke-rc.d: unknown initscript, /etc/init.d/pears not found.
""",
    ),
    LogPattern(
        name="noise-packages.runlevel",
        keywords=("could not determine current runlevel",),
        start=r"invoke-rc\.d: could not determine current runlevel",
        confidence=Confidence.NOISE,
        example="""
! invoke-rc.d: could not determine current runlevel
""",
    ),
    LogPattern(
        name="noise-packages.locale",
        keywords=("setting locale failed",),
        start=r"perl: warning: Setting locale failed",
        body=r"perl: warning: |\s|\t",
        max_lines=10,
        confidence=Confidence.NOISE,
        example="""
! perl: warning: Setting locale failed.
> perl: warning: Please check that your locale settings:
> 	LANG = "pear.UTF-8"
>     are supported and installed on your system.
> perl: warning: Falling back to the standard locale ("C").
  done
""",
    ),
    LogPattern(
        name="noise-packages.list_error",
        keywords=("libgpg-error",),
        start=r"\s{1,8}(?:[a-z0-9+.:-]{1,60} ){0,40}libgpg-error",
        confidence=Confidence.NOISE,
        example="""
!   gnupg libassuan0 libgpg-error0 libksba8
""",
    ),
    LogPattern(
        name="noise-packages.list_liberror",
        keywords=("liberror-perl",),
        start=r"\s{1,8}(?:[a-z0-9+.:-]{1,60} ){0,40}liberror-perl",
        confidence=Confidence.NOISE,
        example="""
!   git git-man less liberror-perl patch
""",
    ),
)

# Warnings of language runtimes: deprecations, logging without a backend, reflection.

_NOISE_RUNTIMES_PYTHON = r"\S{1,300}:\d{1,7}: \w{1,60}Warning: "
_NOISE_RUNTIMES_NODE = r"\(node:\d{1,9}\) (?:\[\w{1,20}\] )?(?!Unhandled)\w{0,60}Warning: "
_NOISE_RUNTIMES_GRADLE_TASK = r"> Task :\S{1,300}(?: UP-TO-DATE| NO-SOURCE| FROM-CACHE| SKIPPED)?$"

_NOISE_RUNTIMES = (
    LogPattern(
        name="noise-runtimes.python",
        keywords=("invalid", "error", "fail", "unknown", "exception", "missing", "could not", "expected"),
        start=_NOISE_RUNTIMES_PYTHON,
        confidence=Confidence.NOISE,
        example="""
! /srv/orchard/pears.py:12: UserWarning: invalid pears
! /srv/orchard/pears.py:12: UserWarning: error pears
! /srv/orchard/pears.py:12: UserWarning: fail pears
! /srv/orchard/pears.py:12: UserWarning: unknown pears
! /srv/orchard/pears.py:12: UserWarning: exception pears
! /srv/orchard/pears.py:12: UserWarning: missing pears
! /srv/orchard/pears.py:12: UserWarning: could not pears
! /srv/orchard/pears.py:12: UserWarning: expected pears
""",
    ),
    LogPattern(
        name="noise-runtimes.node",
        keywords=("error", "exception", "invalid", "fail", "unknown"),
        start=_NOISE_RUNTIMES_NODE,
        confidence=Confidence.NOISE,
        example="""
! (node:4711) [DEP0147] DeprecationWarning: error pears
! (node:4711) [DEP0147] DeprecationWarning: exception pears
! (node:4711) [DEP0147] DeprecationWarning: invalid pears
! (node:4711) [DEP0147] DeprecationWarning: fail pears
! (node:4711) [DEP0147] DeprecationWarning: unknown pears
""",
    ),
    LogPattern(
        name="noise-runtimes.gradle_task",
        keywords=("error", "fail", "exception", "missing", "unknown", "expected"),
        start=_NOISE_RUNTIMES_GRADLE_TASK,
        confidence=Confidence.NOISE,
        example="""
! > Task :pears:errorTrees UP-TO-DATE
! > Task :pears:failTrees UP-TO-DATE
! > Task :pears:exceptionTrees UP-TO-DATE
! > Task :pears:missingTrees UP-TO-DATE
! > Task :pears:unknownTrees UP-TO-DATE
! > Task :pears:expectedTrees UP-TO-DATE
""",
    ),
    LogPattern(
        name="noise-runtimes.slf4j",
        keywords=("failed to load class",),
        start=r"(?:\[\w{3,8}\] )?SLF4J(?:\(\w\))?: ",
        body=r"(?:\[\w{3,8}\] )?SLF4J(?:\(\w\))?: ",
        confidence=Confidence.NOISE,
        example="""
! SLF4J: Failed to load class "org.slf4j.impl.StaticLoggerBinder".
> SLF4J: Defaulting to no-operation (NOP) logger implementation
  done
""",
    ),
    LogPattern(
        name="noise-runtimes.reflection",
        keywords=("an illegal reflective access",),
        start=r"WARNING: An illegal reflective access operation has occurred",
        body=r"WARNING: ",
        max_lines=6,
        confidence=Confidence.NOISE,
        example="""
! WARNING: An illegal reflective access operation has occurred
> WARNING: Illegal reflective access by com.example.Pears to field java.lang.String.value
> WARNING: All illegal access operations will be denied in a future release
  done
""",
    ),
)

# Programs that find no screen, bus, sound card or graphics card and continue without it.

_NOISE_HEADLESS_CHROME = (
    r"(?:\[?\d{1,3}[:.]\d\d\S{0,20} )?\[(?:\d{1,9}:)?\d{1,9}:\d{4}/\d{6}(?:\.\d{1,6})?:(?:ERROR|WARNING|INFO)[:(]"
)
_NOISE_HEADLESS_DRIVER = r"(?:libva|MESA|libEGL|glx|ALSA lib \S{1,80}|error: XDG_RUNTIME_DIR)[: ]"

_NOISE_HEADLESS = (
    LogPattern(
        name="noise-headless.chrome",
        keywords=("failed", "could not", "error:"),
        start=_NOISE_HEADLESS_CHROME,
        confidence=Confidence.NOISE,
        example="""
! [4711:4733:0301/100000.123456:ERROR:bus.cc(407)] failed to connect to the bus
! [4711:4733:0301/100000.123456:ERROR:bus.cc(407)] could not to connect to the bus
! [4711:4733:0301/100000.123456:ERROR:bus.cc(407)] error: to connect to the bus
""",
    ),
    LogPattern(
        name="noise-headless.driver",
        keywords=("cannot find", "failed", "error", "unknown", "no such", "invalid"),
        start=_NOISE_HEADLESS_DRIVER,
        confidence=Confidence.NOISE,
        example="""
! ALSA lib confmisc.c:855:(parse_card) cannot find card '0'
! ALSA lib confmisc.c:855:(parse_card) failed card '0'
! ALSA lib confmisc.c:855:(parse_card) error card '0'
! ALSA lib confmisc.c:855:(parse_card) unknown card '0'
! ALSA lib confmisc.c:855:(parse_card) no such card '0'
! ALSA lib confmisc.c:855:(parse_card) invalid card '0'
""",
    ),
    LogPattern(
        name="noise-headless.xlib",
        keywords=("missing on display",),
        start=r"Xlib: {1,4}extension \".{1,60}\" missing on display",
        confidence=Confidence.NOISE,
        example="""
! Xlib:  extension "RANDR" missing on display ":99".
""",
    ),
    LogPattern(
        name="noise-headless.xkb",
        keywords=("errors from xkbcomp",),
        start=r"[Ee]rrors from xkbcomp are not fatal",
        confidence=Confidence.NOISE,
        example="""
! Errors from xkbcomp are not fatal to the X server
""",
    ),
    LogPattern(
        name="noise-headless.cuda",
        keywords=("could not load dynamic library",),
        start=r".{0,160}Could not load dynamic library 'lib(?:cu|nv)",
        confidence=Confidence.NOISE,
        example="""
! 2031-03-01 10:00:00.1: W stream/loader.cc:64] Could not load dynamic library 'libcudart.so.11.0'; dlerror: none
""",
    ),
    LogPattern(
        name="noise-headless.cuinit",
        keywords=("failed call to cuinit",),
        start=r".{0,160}failed call to cuInit",
        confidence=Confidence.NOISE,
        example="""
! 2031-03-01 10:00:00.1: E stream/driver.cc:313] failed call to cuInit: UNKNOWN ERROR (303)
""",
    ),
    LogPattern(
        name="noise-headless.cublas",
        keywords=("unable to register cu",),
        start=r".{0,160}Unable to register cu\w{2,6} factory",
        confidence=Confidence.NOISE,
        example="""
! 2031-03-01 10:00:00.1: E stream/blas.cc:1452] Unable to register cuBLAS factory: one is there already
""",
    ),
)

PATTERNS = (
    *_ZERO_COUNTS,
    *_NOISE_PASSING,
    *_NOISE_SHELL,
    *_NOISE_RUNNER,
    *_NOISE_PACKAGES,
    *_NOISE_RUNTIMES,
    *_NOISE_HEADLESS,
)
