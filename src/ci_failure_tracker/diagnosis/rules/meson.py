"""Meson's configuration."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rule

RULES = (
    Rule(
        name="meson.error",
        keywords=("error: ",),
        opens=r"(?:\S{0,300}meson\.(?:build|options)|\S{0,300}meson_options\.txt):\d{1,6}:\d{1,5}: ERROR: ",
        example="""
! src/meson.build:2:0: ERROR: Dependency "orchard" not found (tried pkg-config and cmake)

  A full log can be found at /srv/orchard/build/meson-logs/meson-log.txt
""",
    ),
)
