"""Cypress; its failures print as Mocha's do."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="cypress.binary",
        keywords=("binary is missing",),
        opens=r"The cypress npm package is installed, but the Cypress binary is missing",
        through=r"\S",
        most=4,
        example="""
! The cypress npm package is installed, but the Cypress binary is missing.
> We expected the binary to be installed here: /home/runner/.cache/Cypress/13.6.0/Cypress/Cypress

  Reasons it may be missing:
""",
    ),
    Rule(
        name="cypress.server",
        keywords=("cypress could not verify",),
        opens=r"Cypress could not verify that (?:this server is running|the server)",
        through=r" {2}> |\s{0,80}$",
        most=5,
        example="""
! Cypress could not verify that this server is running:
>
>   > http://localhost:3000

  We are verifying this server because it has been configured as your baseUrl.
""",
    ),
    Rule(
        name="cypress.start",
        keywords=("cypress failed to start",),
        opens=r"(?:\[FAILED\] )?Cypress failed to start",
        through=r"\s{0,80}$|\S",
        until=r"-{6,40}$|Platform: ",
        most=8,
        example="""
! Cypress failed to start.
>
> This may be due to a missing library or dependency.

  ----------
""",
    ),
    Rule(
        name="cypress.verification",
        keywords=("verification timed out",),
        opens=r"(?:\[FAILED\] )?Cypress verification timed out",
        example="""
! Cypress verification timed out.
""",
    ),
    Rule(
        name="cypress.dependency",
        keywords=("is missing the dependency",),
        opens=r"(?:\[FAILED\] )?Your system is missing the dependency: ",
        example="""
! Your system is missing the dependency: Xvfb
""",
    ),
    Rule(
        name="cypress.no_specs",
        keywords=("can't run because",),
        opens=r"Can't run because no spec files were found",
        through=r"\s{0,80}$|We searched| {2}> ",
        most=5,
        example="""
! Can't run because no spec files were found.
>
> We searched for specs matching this glob pattern:
>
>   > cypress/e2e/**/*.cy.js
""",
    ),
    Rule(
        name="cypress.support",
        keywords=("error: ",),
        opens=(
            r"(?:Error: )?(?:Webpack Compilation Error"
            r"|Your (?:configFile|supportFile|pluginsFile) .{0,80}(?:is invalid|threw an error|is missing))"
        ),
        through=r"\s{0,80}\S",
        most=12,
        example="""
! Error: Webpack Compilation Error
> ./cypress/e2e/cart.cy.js
> Module not found: Error: Can't resolve './prices' in '/home/runner/work/shop/shop/cypress/e2e'
""",
    ),
    Rule(
        name="cypress.recap",
        keywords=(" failed (",),
        opens=r" {2,8}✖ {1,3}\d{1,5} of \d{1,5} failed \(",
        rank=Rank.RECAP,
        example="""
!     ✖  1 of 3 failed (33%)                      00:12        9        8        1        -        -
""",
    ),
)
