"""A disk that is full, or a limit of the file system that is met."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="disk.full",
        keywords=("no space left on device",),
        opens=".{0,600}[Nn]o space left on device",
        rank=Rank.FATAL,
        example="""
! cp: error writing 'dist/pears.tar': No space left on device
""",
    ),
    Rule(
        name="disk.full_windows",
        keywords=("exception",),
        priority=1,  # before disk.full
        opens=".{0,200}IOException: (?:There is not enough space on the disk|No space left on device)",
        rank=Rank.FATAL,
        example=r"""
! System.IO.IOException: There is not enough space on the disk. : 'D:\work\pears.log'
""",
    ),
    Rule(
        name="disk.full_database",
        keywords=("error",),
        priority=1,  # before java.error
        opens=r".{0,200}\bdatabase or disk is full",
        rank=Rank.LIKELY,
        example="""
! sqlite3.OperationalError: database or disk is full
""",
    ),
    Rule(
        name="disk.watchers",
        keywords=("error: ",),
        opens=r"(?:\w{0,40}Error: |.{0,80}failed .{0,80})?ENOSPC: System limit for number of file watchers reached",
        through=r"\s{2,8}at ",
        most=4,
        example="""
! Error: ENOSPC: System limit for number of file watchers reached, watch '/srv/orchard/src'
""",
    ),
    Rule(
        name="disk.quota",
        keywords=("error",),
        opens=".{0,300}(?:Disk quota exceeded|EDQUOT)",
        rank=Rank.LIKELY,
        example="""
! OSError: [Errno 122] Disk quota exceeded: '/srv/orchard/pears.bin'
""",
    ),
    Rule(
        name="disk.low",
        keywords=("##[warning]",),
        opens=r"##\[warning\]You are running out of disk space",
        rank=Rank.SYMPTOM,
        example="""
! ##[warning]You are running out of disk space. The runner will stop working. Free space left: 72 MB
""",
    ),
)
