"""Coverage that is lower than it must be, and reports of it that cannot be sent."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="coverage.istanbul",
        keywords=("error: coverage for ",),
        opens=r"ERROR: Coverage for \w{1,20} \([\d.]{1,8}%\) does not meet ",
        through="ERROR: Coverage for ",
        names="Coverage for",
        example="""
! ERROR: Coverage for lines (75%) does not meet global threshold (80%)
> ERROR: Coverage for branches (61.5%) does not meet global threshold (80%)
  npm ERR! code 1
""",
    ),
    Rule(
        name="coverage.jacoco",
        keywords=("but expected m",),
        opens=r"(?:\[(?:WARNING|ERROR|ant:jacocoReport)\] )?Rule violated for \w{1,20} ",
        through=r"(?:\[(?:WARNING|ERROR|ant:jacocoReport)\] )?Rule violated for ",
        example="""
! Rule violated for bundle orchard: lines covered ratio is 0.60, but expected minimum is 0.80
""",
    ),
    Rule(
        name="coverage.simplecov",
        keywords=("expected minimum coverage",),
        opens=r"\w{1,20} coverage \([\d.]{1,8}%\) is below the expected minimum coverage",
        example="""
! Line coverage (85.00%) is below the expected minimum coverage (90.00%).
""",
    ),
    Rule(
        name="coverage.codecov",
        keywords=("failed: ",),
        opens=r"(?:error - [\d:., -]{8,40} -- |\[.{1,40}\] \['error'\] |(?:Error: )?Codecov: )(?:.{0,60} failed: "
        "|Failed to properly|There was an error|Failed to )",
        example="""
! error - 2031-03-01 10:00:00,000 -- Upload failed: {"message":"Token required because branch is protected"}
""",
    ),
    Rule(
        name="coverage.codecov_error",
        keywords=("error ",),
        opens=r"(?:error - [\d:., -]{8,40} -- |\[[\dT:.Z-]{10,40}\] \['error'\] )",
        rank=Rank.LIKELY,
        example="""
! [2031-03-01T10:00:00.000Z] ['error'] There was an error running the uploader: Error uploading to pears
""",
    ),
)
