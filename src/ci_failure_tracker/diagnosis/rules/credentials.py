"""Clouds and registries that do not take what a job identifies itself with."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="credentials.aws_role",
        keywords=("could not assume role",),
        opens="(?:Error: )?Could not assume role",
        example="""
! ##[error]Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity
""",
    ),
    Rule(
        name="credentials.aws_none",
        keywords=("##[error]",),
        opens=r"##\[error\](?:Error: )?(?:Credentials could not be loaded|Not authorized to perform sts:|Could not "
        "load credentials from any providers|The security token included in the request is)",
        example="""
! ##[error]Credentials could not be loaded, please check your action inputs: Could not load credentials from any
""",
    ),
    Rule(
        name="credentials.aws_locate",
        keywords=("unable to locate credentials",),
        opens="(?:fatal error: |.{0,200}Error: )?Unable to locate credentials",
        example="""
! Unable to locate credentials. You can configure credentials by running "aws configure".
""",
    ),
    Rule(
        name="credentials.aws_call",
        keywords=("an error occurred (",),
        opens=r".{0,200}\b[Aa]n error occurred \(\w{1,80}\) when calling the \w{1,80} operation",
        rank=Rank.LIKELY,
        example="""
! An error occurred (ExpiredToken) when calling the PutObject operation: The provided token has expired.
""",
    ),
    Rule(
        name="credentials.google",
        keywords=("failed with: ",),
        opens=r"(?:Error: )?google-github-actions/\S{1,60} failed with: ",
        example="""
! ##[error]google-github-actions/auth failed with: failed to generate Google Cloud federated token
""",
    ),
    Rule(
        name="credentials.gcloud",
        keywords=("error: (",),
        opens=r"ERROR: \((?:gcloud|bq|gsutil)\.[\w.-]{1,100}\) ",
        through=r"(?:- |\s{2,8})\S|This command is authenticated",
        most=8,
        example="""
! ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'run.services.get' denied on resource
""",
    ),
    Rule(
        name="credentials.azure",
        keywords=("login failed with error",),
        opens="(?:Error: )?Login failed with Error: ",
        example="""
! ##[error]Login failed with Error: Using auth-type: SERVICE_PRINCIPAL. Not all values are present.
""",
    ),
    Rule(
        name="credentials.azure_directory",
        keywords=("error",),
        opens=r".{0,200}\bAADSTS\d{3,9}: ",
        example="""
! ERROR: AADSTS700016: Application with identifier 'pears' was not found in the directory 'Orchard'.
""",
    ),
    Rule(
        name="credentials.no_id_token",
        keywords=("unable to get actions_id_token",),
        opens=".{0,200}Unable to get ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN) env variable",
        example="""
! ##[error]Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable
""",
    ),
    Rule(
        name="credentials.id_token",
        keywords=("failed to get id token",),
        opens="(?:Error: )?(?:Error message: )?Failed to get ID Token",
        example="""
! ##[error]Failed to get ID Token.
""",
    ),
    Rule(
        name="credentials.trusted_publishing",
        keywords=("exchange failure",),
        opens="(?:Error: )?Trusted publishing exchange failure:",
        through=r"$|Token request failed|\* `|This generally indicates",
        most=10,
        headline=r"\* `",
        example="""
> ##[error]Trusted publishing exchange failure:
> Token request failed: the server refused the request for the following reasons:
>
! * `invalid-publisher`: valid token, but no corresponding publisher
  done
""",
    ),
    Rule(
        name="credentials.docker_login",
        keywords=("##[error]",),
        opens=r"##\[error\](?:Error: )?(?:Username and password required|Username required|Password required)$",
        example="""
! ##[error]Username and password required
""",
    ),
    Rule(
        name="credentials.pull_denied",
        keywords=("pull access denied",),
        opens=".{0,200}pull access denied for ",
        example="""
! pull access denied for acme/pears, repository does not exist or may require 'docker login'
""",
    ),
)
