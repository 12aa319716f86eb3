"""Nx and Turborepo: which tasks failed, while the tasks themselves say why."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="turbo.task",
        keywords=(" error ",),
        opens=r"(?:[\w@./-]{1,200}#[\w:.-]{1,100}: {1,2})?ERROR {1,2}command .{0,600} exited \(\d",
        rank=Rank.SYMPTOM,
        example="""
! cart#test:  ERROR  command (/home/runner/work/shop/shop/packages/cart) npm run test exited (2)
""",
    ),
    Rule(
        name="turbo.run",
        keywords=("run failed: ",),
        opens=r" {0,4}ERROR {1,2}run failed: ",
        rank=Rank.SYMPTOM,
        example="""
!  ERROR  run failed: command  exited (2)
""",
    ),
    Rule(
        name="turbo.failed",
        keywords=("failed: ",),
        opens=r"Failed: {1,8}[\w@./-]{1,200}#\S",
        rank=Rank.SYMPTOM,
        example="""
! Failed:    cart#test
""",
    ),
    Rule(
        name="nx.failed",
        keywords=("failed ",),
        opens=r"(?:Failed|Tasks not run because their dependencies failed) ?(?:tasks|projects)?:$",
        through=r"\s{0,8}- \S|\s{0,80}$",
        most=20,
        rank=Rank.SYMPTOM,
        names=r"^\s{0,8}- ",
        example="""
! Failed tasks:
>
> - cart:test
""",
    ),
    Rule(
        name="nx.target",
        keywords=("failed",),
        opens=r"\s{0,4}(?:NX|>? ?NX +ERROR|ERROR:|Lerna \(powered by Nx\)|×|✖)\s.{0,60}Running target .{1,300} failed",
        rank=Rank.SYMPTOM,
        example="""
!  NX   Running target test for 2 projects failed
""",
    ),
)
