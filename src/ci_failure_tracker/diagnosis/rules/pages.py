"""What deployments to Pages, and to services like it, say when they fail."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="pages.site",
        keywords=("get pages site failed",),
        opens="(?:Error: )?Get Pages site failed",
        example="""
! ##[error]Get Pages site failed. Please verify that the repository has Pages enabled.
""",
    ),
    Rule(
        name="pages.create",
        keywords=("failed to create deployment",),
        opens=r"(?:Error: )?(?:HttpError: )?Failed to create deployment \(status",
        example="""
! ##[error]Failed to create deployment (status: 404) with build version 4f1d2c3.
""",
    ),
    Rule(
        name="pages.failed",
        keywords=("##[error]",),
        opens=r"##\[error\](?:Error: )?(?:Deployment failed|Deployment request failed|Deployment cancell?ed|Timeout "
        "reached, aborting|Failed to get Pages|Creating Pages deployment failed)",
        rank=Rank.LIKELY,
        example="""
! ##[error]Deployment failed, try again later.
""",
    ),
    Rule(
        name="pages.action",
        keywords=("action failed with ",),
        opens=r"(?:Error: )?Action failed with \"",
        example="""
! ##[error]Action failed with "The generated token does not support to push to external repository"
""",
    ),
    Rule(
        name="upload.forbidden",
        keywords=("error",),
        opens=r"(?:ERROR {2,10})?HTTPError: 4\d\d .{1,80} from https?://",
        through=r"\s{6,12}\S|Invalid or non-existent|The user ",
        most=4,
        example="""
! ERROR    HTTPError: 403 Forbidden from https://upload.example.com/legacy/
""",
    ),
)
