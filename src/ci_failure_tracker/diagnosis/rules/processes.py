"""Processes that a signal ended, as shells and system libraries say it, and ports that are taken."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_OF_A_SCRIPT = r"\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} "
_OF_THE_STEP = r"\S{0,300}_temp[/\\]\S{1,80}: line \d{1,6}: {1,6}\d{1,9} "

RULES = (
    Rule(
        name="process.killed",
        keywords=("killed",),
        opens="Killed(?:: 9)?$",
        example="""
  linking
! Killed
""",
    ),
    Rule(
        name="process.step_killed",
        keywords=("killed",),
        opens=_OF_THE_STEP + r"Killed\b",
        example="""
! /srv/work/_temp/3e1f.sh: line 1:  4711 Killed                  ./press --all
""",
    ),
    Rule(
        name="process.script_killed",
        keywords=("killed",),
        opens=_OF_A_SCRIPT + r"Killed\b",
        rank=Rank.LIKELY,
        example="""
! ./press.sh: line 3:  4711 Killed                  ./press --all
""",
    ),
    Rule(
        name="process.segfault",
        keywords=("segmentation fault",),
        priority=1,  # before process.script_segfault
        opens=r"(?:(?:/bin/)?(?:ba|z|da)?sh: (?:line )?(?:\d{1,6}: )?(?:\d{1,9} )?)?Segmentation fault",
        example="""
! Segmentation fault (core dumped)
""",
    ),
    Rule(
        name="process.script_segfault",
        keywords=("segmentation fault",),
        opens=_OF_A_SCRIPT + r"Segmentation fault",
        example="""
! /srv/work/_temp/3e1f.sh: line 1:  4711 Segmentation fault      (core dumped) ./press --all
""",
    ),
    Rule(
        name="process.illegal_instruction",
        keywords=("illegal instruction",),
        opens=r"(?:\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} )?Illegal instruction",
        example="""
! ./press.sh: line 3:  4711 Illegal instruction     (core dumped) ./press
""",
    ),
    Rule(
        name="process.core_dumped",
        keywords=("core dumped",),
        opens=r"(?:\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} )?(?:Floating point exception|Trace/breakpoint trap"
        "|Bad system call)",
        example="""
! ./press.sh: line 3:  4711 Floating point exception(core dumped) ./press
""",
    ),
    Rule(
        name="process.bus_error",
        keywords=("error",),
        opens=r"(?:\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} )?Bus error(?:: 10)?(?: {2,}|$)",
        example="""
! Bus error: 10
""",
    ),
    Rule(
        name="process.python_fatal",
        keywords=("fatal python error",),
        opens="Fatal Python error: ",
        through=r"$|(?:Current t|T)hread 0x|\s{1,4}File |\s{1,4}\.\.\.|Python runtime state|Extension modules",
        most=40,
        example="""
! Fatal Python error: Segmentation fault
>
> Current thread 0x00007f1c2b3fe740 (most recent call first):
>   File "/srv/orchard/press.py", line 12 in turn
>   File "/srv/orchard/cli.py", line 31 in main
  bye
""",
    ),
    Rule(
        name="process.gdb",
        keywords=("segmentation fault",),
        opens=".{0,80}(?:Program (?:received|terminated with) signal SIG|Caught signal 11)",
        through=r"0x\w{1,20} in |#\d{1,3} ",
        most=20,
        example="""
! Program received signal SIGSEGV, Segmentation fault.
""",
    ),
    Rule(
        name="process.heap",
        keywords=("invalid",),
        opens=r"(?:\*\*\* .{0,200})?(?:free|munmap_chunk|realloc)\(\): invalid (?:pointer|size|next size)",
        through=r"(?:\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} )?Aborted",
        most=2,
        example="""
! free(): invalid pointer
""",
    ),
    Rule(
        name="process.glibc",
        keywords=("error in `",),
        opens=r"\*\*\* (?:glibc detected|Error in `)",
        through=r"=+ (?:Backtrace|Memory map)|\S{1,200}\(.{0,200}\)?\[0x",
        most=12,
        example="""
! *** Error in `./press': double free or corruption (fasttop): 0x0000000001e3c010 ***
""",
    ),
    Rule(
        name="process.cannot_fork",
        keywords=("cannot fork",),
        opens=r".{0,200}\b[Cc]annot fork\b",
        rank=Rank.LIKELY,
        example="""
! ./press.sh: line 9: cannot fork: Resource temporarily unavailable
""",
    ),
    Rule(
        name="process.exited_by_signal",
        keywords=("exited with ",),
        opens=r"(?:[\w.-]{1,80} )?exited with (?:exit )?code (?:13[24579])\b",
        rank=Rank.LIKELY,
        example="""
! press_1 exited with code 137
""",
    ),
    Rule(
        name="process.timeout_command",
        keywords=("timeout: ",),
        opens="timeout: (?:sending signal|the monitored command|failed to run command)",
        example="""
! timeout: sending signal TERM to command './press'
""",
    ),
    Rule(
        name="process.no_display",
        keywords=("could not",),
        opens=r"(?:qt\.qpa\.\w{1,20}: |This application failed to start because ).{0,80}[Cc]ould not (?:load the Qt "
        "platform plugin|connect to display)",
        through=r"qt\.qpa|This application failed|$|Available platform",
        most=8,
        headline="could not connect|Could not load",
        example="""
! qt.qpa.xcb: could not connect to display
> qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "" even though it was found.
> This application failed to start because no Qt platform plugin could be initialized.
""",
    ),
    Rule(
        name="process.cannot_open_display",
        keywords=("cannot",),
        opens=r".{0,200}\bcannot (?:open|connect to)(?: the)?(?: X)? (?:display|server)",
        rank=Rank.LIKELY,
        example="""
! press: cannot open display: :99
""",
    ),
)
