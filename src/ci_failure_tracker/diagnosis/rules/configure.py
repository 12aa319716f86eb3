"""The configure scripts that autoconf makes."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="configure.error",
        keywords=("configure: error: ",),
        opens=r"configure: error: (?!in [`'])",
        through=r"See [`']config\.log' for",
        example="""
  checking for orchard.h... no
! configure: error: the orchard headers are needed
> See `config.log' for more details
  done
""",
    ),
    Rule(
        name="configure.see_log",
        keywords=("configure: error: ",),
        opens=r"configure: error: in [`'].{1,400}:$",
        through=r"configure: error: |See [`']config\.log' for",
        headline=r"configure: error: (?!in [`'])",
        example="""
> configure: error: in `/srv/orchard/build':
! configure: error: C compiler cannot create executables
> See `config.log' for more details
  done
""",
    ),
    Rule(
        name="configure.macro",
        keywords=("error: ",),
        opens=r"configure\.(?:ac|in):\d{1,6}: error: ",
        through=r"\s{6}\S|\S{1,200}:\d{1,6}: \S{1,80} is expanded from|configure\.(?:ac|in):\d{1,6}: the top level",
        example="""
! configure.ac:14: error: possibly undefined macro: AC_PROG_PRESS
>       If this token and others are legitimate, please use m4_pattern_allow.
>       See the Autoconf documentation.
  autoreconf: /usr/bin/autoconf failed with exit status: 1
""",
    ),
    Rule(
        name="configure.autoreconf",
        keywords=("failed with exit status",),
        opens=r"autoreconf: (?:error: )?\S{1,200} failed with exit status",
        rank=Rank.SYMPTOM,
        example="""
! autoreconf: error: /usr/bin/autoconf failed with exit status: 1
""",
    ),
    Rule(
        name="configure.checking",
        keywords=("error", "fail", "missing", "assert", "unknown", "not found"),
        opens=r"(?:configure: )?checking .{1,400}\.\.\.",
        rank=Rank.NOISE,
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
