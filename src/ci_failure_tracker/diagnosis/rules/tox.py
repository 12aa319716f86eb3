"""tox, which runs other tools and says which of them failed."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_ENV = r"[\w.{},-]{1,100}"

RULES = (
    Rule(
        name="tox.interpreter",
        keywords=("error: ",),
        opens=r"ERROR: {1,4}(?:\S{1,100}: )?(?:InterpreterNotFound: |unknown environment |Missing[DR])",
        example="""
! ERROR:  py35: InterpreterNotFound: python3.5
""",
    ),
    Rule(
        name="tox.failed_with",
        keywords=("failed with ",),
        opens=rf"(?:\[tox\] )?{_ENV}: failed with \S",
        example="""
! lint: failed with make is not allowed, use allowlist_externals to allow it
""",
    ),
    Rule(
        name="tox.subprocess",
        keywords=("exception running subprocess",),
        opens=rf"{_ENV}: Exception running subprocess ",
        example="""
! lint: Exception running subprocess [Errno 2] No such file or directory: 'shopcheck'
""",
    ),
    Rule(
        name="tox.invocation",
        keywords=("error: invocation",),
        opens=r"ERROR: (?:InvocationError for command |invocation failed \()",
        rank=Rank.SYMPTOM,
        example="""
! ERROR: InvocationError for command /home/travis/build/shop/.tox/py36/bin/pytest tests (exited with code 1)
""",
    ),
    Rule(
        name="tox.recap_old",
        keywords=("commands failed",),
        opens=rf"ERROR: {{1,6}}{_ENV}: (?:parallel child exit code|commands failed)",
        rank=Rank.SYMPTOM,
        example="""
  ___________________________________ summary ____________________________________
! ERROR:   py36: commands failed
""",
    ),
    Rule(
        name="tox.recap",
        keywords=(": fail ",),
        opens=rf" {{0,4}}{_ENV}: FAIL (?:code \d|✖)",
        rank=Rank.SYMPTOM,
        example="""
!   py311: FAIL code 1 (3.73=setup[1.13]+cmd[2.60] seconds)
""",
    ),
    Rule(
        name="tox.evaluation",
        keywords=("evaluation failed :(",),
        opens=r" {0,4}evaluation failed :\(",
        rank=Rank.SYMPTOM,
        example="""
!   evaluation failed :( (5.55 seconds)
""",
    ),
)
