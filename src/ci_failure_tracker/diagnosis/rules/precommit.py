"""pre-commit: the hook that failed, and what it printed."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rule

_HOOK = r"[\w(\[].{0,200}\.{3,200}(?:\(.{1,60}\))?"

RULES = (
    Rule(
        name="pre-commit.hook",
        keywords=(".failed",),
        opens=r"[\w(\[].{0,200}\.{3,200}Failed$",
        until=_HOOK
        + r"(?:Passed|Failed|Skipped)$|pre-commit hook\(s\) made changes|All changes made by hooks|diff --git "
        r"|Error: |\[?INFO\]",
        most=40,
        headline=r"(?::\d{1,6}(?::\d{1,5})?(?: -)?:? {1,12}(?!note|warning|info|\s)\S)|\^-.{0,200}SC\d{4}|error|Error",
        names=r"\.Failed$|(?::\d{1,6}(?::\d{1,5})?(?: -)?:? {1,12}(?!note|warning|info|\s)\S)|\^-.{0,200}SC\d{4}",
        example="""
  Check Yaml...............................................................Passed
> Flake8...................................................................Failed
> - hook id: flake8
> - exit code: 1
>
! orchard/press.py:3:80: E501 line too long (91 > 79 characters)

  Check Toml...............................................................Passed
""",
    ),
    Rule(
        name="pre-commit.error",
        keywords=("error has occurred: ",),
        opens=r"An (?:unexpected )?error has occurred: (?!Invalid)",
        through=r"(?:return code|stdout|stderr|expected return code): ?|\s{2,8}\S|\S.{0,300}(?:[Ee]rror|fatal)",
        most=20,
        example="""
! An unexpected error has occurred: CalledProcessError: command: ('/usr/bin/git', 'fetch', 'origin', '--tags')
> return code: 128
> stderr:
>     fatal: unable to access the basket
  Check the log at /srv/.cache/pre-commit/pre-commit.log
""",
    ),
    Rule(
        name="pre-commit.config",
        keywords=("invalidconfigerror",),
        opens=r"An error has occurred: Invalid(?:Config|Manifest)Error:",
        through=r"={2,5}> ",
        most=8,
        example="""
! An error has occurred: InvalidConfigError:
> ==> File .pre-commit-config.yaml
> =====> Expected list
  Check the log at /srv/.cache/pre-commit/pre-commit.log
""",
    ),
    Rule(
        name="pre-commit.unstaged",
        keywords=("[error] ",),
        opens=r"\[ERROR\] (?:Your pre-commit configuration is unstaged|Cowardly refusing)",
        example="""
! [ERROR] Your pre-commit configuration is unstaged.
""",
    ),
)
