"""Tests of shell scripts: bats and shunit2."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PLACE = r"(?:#|\s)\s{0,6}(?:\((?:from function|in test file|in file)| in (?:test )?file) "
_TITLE = r"(?:.{0,300}\d/\d{1,5})? [\u2717x] \S"
"""A terminal's line has the progress before the test's name."""

RULES = (
    Rule(
        name="bats.failed",
        keywords=("' failed",),
        opens=r"(?:#|\s)\s{2,8}`.{1,1500}' failed(?: with status \d{1,3})?",
        lead=_PLACE + "|" + _TITLE,
        lead_most=5,
        through=r"# |\s{3,7}(?![\u2713\u2717x-] |.{0,300}\d/\d{1,5} [\u2713\u2717x-] )\S",
        most=20,
        names=r"^(?:.{0,300}\d/\d{1,5})? [\u2717x] \S|' failed",
        example="""
   ✓ opens
>  ✗ total
>    (in test file test/cart.bats, line 5)
!      `[ "$output" -eq 8 ]' failed with status 2
>    output of the cart
   ✓ prices
""",
    ),
    Rule(
        name="shunit2.assert",
        keywords=("assert:",),
        opens=r"ASSERT:\S",
        lead=r"test\w{1,200}$",
        lead_most=1,
        through=r"ASSERT:\S|shunit2:ERROR ",
        most=10,
        names=r"^test\w|^ASSERT:",
        example="""
  test_opens
> test_total
! ASSERT:expected:<8> but was:<7>
> shunit2:ERROR test_total() returned non-zero return code.
  test_prices
""",
    ),
    Rule(
        name="shunit2.error",
        keywords=("shunit2:error",),
        opens=r"shunit2:ERROR ",
        rank=Rank.LIKELY,
        example="""
! shunit2:ERROR test_total() returned non-zero return code.
""",
    ),
)
