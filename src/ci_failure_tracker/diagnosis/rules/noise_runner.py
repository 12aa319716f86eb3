"""Warnings of the runner and of caches, and what git advises."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_HINT = r"hint: "

RULES = (
    Rule(
        name="noise-runner.warning",
        keywords=("##[warning]",),
        opens=r"##\[warning\](?!You are running out of disk space)",
        rank=Rank.NOISE,
        example="""
! ##[warning]Docker pull failed with exit code 1, back off 5.2 seconds before retry.
""",
    ),
    Rule(
        name="noise-runner.debug",
        keywords=("##[debug]",),
        opens=r"##\[debug\]",
        rank=Rank.NOISE,
        example="""
! ##[debug]Evaluating condition: failure()
""",
    ),
    Rule(
        name="noise-runner.notice",
        keywords=("##[notice]",),
        opens=r"##\[notice\]",
        rank=Rank.NOISE,
        example="""
! ##[notice]No errors in the orchard
""",
    ),
    Rule(
        name="noise-runner.cache",
        keywords=("cache not found for",),
        opens=r"[Cc]ache not found for ",
        rank=Rank.NOISE,
        example="""
! Cache not found for input keys: orchard-7c1, orchard-
""",
    ),
    Rule(
        name="noise-runner.cache_reserve",
        keywords=("unable to reserve cache",),
        opens=r"(?:Warning: )?(?:Failed to save: |reserveCache failed: )?Unable to reserve cache with key ",
        rank=Rank.NOISE,
        example="""
! Failed to save: Unable to reserve cache with key orchard-7c1, another job may be creating this cache.
""",
    ),
    Rule(
        name="noise-runner.cache_service",
        keywords=("failed to ",),
        opens=r"Warning: Failed to (?:save|restore): |\[warning\]Failed to (?:save|restore)",
        rank=Rank.NOISE,
        example="""
! Warning: Failed to restore: Cache service responded with 503
""",
    ),
    Rule(
        name="noise-runner.cache_paths",
        keywords=("path validation error",),
        opens=r"(?:Warning: )?Path Validation Error: ",
        rank=Rank.NOISE,
        example="""
! Path Validation Error: Path(s) specified in the action for caching do(es) not exist, hence no cache is being saved.
""",
    ),
    Rule(
        name="noise-runner.inputs",
        keywords=("unexpected input(s)",),
        opens=r"(?:Warning: )?Unexpected input\(s\) '",
        rank=Rank.NOISE,
        example="""
! Warning: Unexpected input(s) 'pears', valid inputs are ['plums']
""",
    ),
    Rule(
        name="noise-git.hint",
        keywords=("fail", "error", "unknown", "expected", "abort", "missing"),
        opens=_HINT,
        rank=Rank.NOISE,
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
