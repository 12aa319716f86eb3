"""Bazel and Buck."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="bazel.error_at",
        keywords=("error: ",),
        opens=r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: (?:[A-Z]:)?[^\s:]{1,400}:\d{1,6}:\d{1,5}: ",
        through=r"\s{2}(?:\(cd|\S{1,80}=|exec |# )|Use --sandbox_debug",
        most=30,
        example="""
! ERROR: /srv/press/BUILD:12:10: Compiling press.cc failed: (Exit 1): gcc failed: error executing command
>   (cd /srv/press && \\
  press.cc:3:1: error: expected ';'
""",
    ),
    Rule(
        name="bazel.error",
        keywords=("error: ",),
        priority=1,  # before bundler.gem
        opens=r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: (?:no such (?:package|target)|Analysis of |error loading package"
        r"|Skipping '"
        r"|While |Error computing |Evaluation of |Failed to load |cycles? detected)",
        through=r"\t| - |\s{4}",
        example="""
! ERROR: no such package 'fruit': BUILD file not found in any of the following directories.
>  - /srv/press/fruit
""",
    ),
    Rule(
        name="bazel.stopped",
        keywords=("error: build did not complete",),
        opens=r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: Build did NOT complete successfully",
        rank=Rank.SYMPTOM,
        example="""
! ERROR: Build did NOT complete successfully
""",
    ),
    Rule(
        name="bazel.failed",
        keywords=("failed: build did not complete",),
        priority=1,  # before ninja.failed
        opens=r"(?:\(\d\d:\d\d:\d\d\) )?FAILED: Build did NOT complete successfully",
        rank=Rank.SYMPTOM,
        example="""
! FAILED: Build did NOT complete successfully (3 packages loaded)
""",
    ),
    Rule(
        name="bazel.command",
        keywords=("error: ",),
        opens=r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: (?:command succeeded|Build failed\. Not running target)",
        rank=Rank.SYMPTOM,
        example="""
! ERROR: Build failed. Not running target
""",
    ),
    Rule(
        name="buck.failed",
        keywords=("build failed",),
        opens=r"(?:BUILD FAILED: |Build failed: )\S",
        through=r"\s{4}\S|When running <",
        most=12,
        rank=Rank.LIKELY,
        example="""
! BUILD FAILED: //press:press failed with exit code 1
>     When building rule //press:press.
""",
    ),
)
