"""What programs say that miss a screen, a bus, a sound card or a graphics card, and go on without."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_CHROME = r"(?:\[?\d{1,3}[:.]\d\d\S{0,20} )?\[(?:\d{1,9}:)?\d{1,9}:\d{4}/\d{6}(?:\.\d{1,6})?:(?:ERROR|WARNING|INFO)[:(]"
_DRIVER = r"(?:libva|MESA|libEGL|glx|ALSA lib \S{1,80}|error: XDG_RUNTIME_DIR)[: ]"

RULES = (
    Rule(
        name="noise-headless.chrome",
        keywords=("failed", "could not", "error:"),
        opens=_CHROME,
        rank=Rank.NOISE,
        example="""
! [4711:4733:0301/100000.123456:ERROR:bus.cc(407)] failed to connect to the bus
! [4711:4733:0301/100000.123456:ERROR:bus.cc(407)] could not to connect to the bus
! [4711:4733:0301/100000.123456:ERROR:bus.cc(407)] error: to connect to the bus
""",
    ),
    Rule(
        name="noise-headless.driver",
        keywords=("cannot find", "failed", "error", "unknown", "no such", "invalid"),
        opens=_DRIVER,
        rank=Rank.NOISE,
        example="""
! ALSA lib confmisc.c:855:(parse_card) cannot find card '0'
! ALSA lib confmisc.c:855:(parse_card) failed card '0'
! ALSA lib confmisc.c:855:(parse_card) error card '0'
! ALSA lib confmisc.c:855:(parse_card) unknown card '0'
! ALSA lib confmisc.c:855:(parse_card) no such card '0'
! ALSA lib confmisc.c:855:(parse_card) invalid card '0'
""",
    ),
    Rule(
        name="noise-headless.xlib",
        keywords=("missing on display",),
        opens=r"Xlib: {1,4}extension \".{1,60}\" missing on display",
        rank=Rank.NOISE,
        example="""
! Xlib:  extension "RANDR" missing on display ":99".
""",
    ),
    Rule(
        name="noise-headless.xkb",
        keywords=("errors from xkbcomp",),
        opens=r"[Ee]rrors from xkbcomp are not fatal",
        rank=Rank.NOISE,
        example="""
! Errors from xkbcomp are not fatal to the X server
""",
    ),
    Rule(
        name="noise-headless.cuda",
        keywords=("could not load dynamic library",),
        opens=r".{0,160}Could not load dynamic library 'lib(?:cu|nv)",
        rank=Rank.NOISE,
        example="""
! 2031-03-01 10:00:00.1: W stream/loader.cc:64] Could not load dynamic library 'libcudart.so.11.0'; dlerror: none
""",
    ),
    Rule(
        name="noise-headless.cuinit",
        keywords=("failed call to cuinit",),
        opens=r".{0,160}failed call to cuInit",
        rank=Rank.NOISE,
        example="""
! 2031-03-01 10:00:00.1: E stream/driver.cc:313] failed call to cuInit: UNKNOWN ERROR (303)
""",
    ),
    Rule(
        name="noise-headless.cublas",
        keywords=("unable to register cu",),
        opens=r".{0,160}Unable to register cu\w{2,6} factory",
        rank=Rank.NOISE,
        example="""
! 2031-03-01 10:00:00.1: E stream/blas.cc:1452] Unable to register cuBLAS factory: one is there already
""",
    ),
)
