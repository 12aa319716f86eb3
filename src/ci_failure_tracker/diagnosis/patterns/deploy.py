"""Containers, servers and deployments: Docker, Terraform, Ansible, clouds, SSH, GitHub Pages."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Docker: both builders, the daemon, Compose, registries.

_DOCKER_BUILD_LEAD = (
    r"-{6,60}$|\s{0,6}\d{1,5} \||\S{0,200}[Dd]ockerfile\S{0,100}:\d{1,5}$|\s> |\s{0,2}\d{1,6}\.\d{1,3} |WARNING: |#\d"
)

_DOCKER = (
    LogPattern(
        name="docker.solve_command",
        keywords=("failed to solve",),
        start=r"(?:ERROR|error|\S{0,40}target \S{1,80}): failed to solve.{0,400}(?:did not complete successfully"
        r"|executor failed running)",
        context_before=_DOCKER_BUILD_LEAD,
        max_context=40,
        confidence=Confidence.LIKELY,
        example="""
  #9 ERROR: process "/bin/sh -c weave" did not complete successfully
> ------
>  > [4/5] RUN weave:
> 0.345 no willow left
> ------
> Dockerfile:7
> --------------------
>    7 | >>> RUN weave
> --------------------
! ERROR: failed to solve: process "/bin/sh -c weave" did not complete successfully: exit code: 1
""",
    ),
    LogPattern(
        name="docker.solve",
        keywords=("failed to solve",),
        start=r"(?:ERROR|error|\S{0,40}target \S{1,80}): failed to solve"
        r"(?!.{0,400}(?:did not complete successfully|executor failed running))",
        context_before=_DOCKER_BUILD_LEAD,
        max_context=20,
        example="""
> ------
>  > [3/5] COPY willow /srv/willow:
> ------
! ERROR: failed to solve: failed to compute cache key: "/willow": not found
""",
    ),
    LogPattern(
        name="docker.step",
        keywords=("error: process ",),
        start=r'(?:#\d{1,4} (?:\d{1,6}\.\d{1,3} )?)?ERROR: (?:process|executor failed) "?/bin/',
        confidence=Confidence.SYMPTOM,
        example="""
! #9 ERROR: process "/bin/sh -c weave" did not complete successfully: exit code: 1
""",
    ),
    LogPattern(
        name="docker.daemon",
        keywords=("error response from daemon",),
        start=r"(?:docker: |ERROR: |\S{0,60} )?Error response from daemon: ",
        example="""
! docker: Error response from daemon: driver failed programming external connectivity on orchard.
""",
    ),
    LogPattern(
        name="docker.denied",
        keywords=("denied: ",),
        start=r"(?:denied|unauthorized): (?:requested access|installation not allowed|permission_denied|access"
        r"|authentication)",
        example="""
! denied: requested access to the resource is denied
""",
    ),
    LogPattern(
        name="docker.manifest",
        keywords=("not found",),
        start=r"(?:manifest for \S{1,300} not found|ERROR: manifest|no matching manifest for )",
        example="""
! manifest for orchard/basket:9 not found: manifest unknown
""",
    ),
)

# Terraform, OpenTofu, Terragrunt and Pulumi.

_TERRAFORM = (
    LogPattern(
        name="terraform.plain",
        keywords=("error: ",),
        start=r"Error: (?:Unsupported |Missing |Invalid |Error (?:creating|updating|deleting|reading|loading"
        r"|launching|locking"
        r"|acquiring|refreshing|configuring)|Failed to (?:query|install|get existing)|Reference to undeclared"
        r"|Provider )",
        body=r"$|\s{2,6}(?:on|with|\d{1,5}:) |\s{2,8}\S",
        max_lines=12,
        example="""
! Error: Unsupported argument
>
>   on main.tf line 4, in resource "orchard_basket" "red":
>    4:   colour = "red"
  done
""",
    ),
)

# Tools for releases and deployments: Helm, kubectl, Packer, Vagrant, semantic-release, GoReleaser.

_DEPLOY = (
    LogPattern(
        name="helm.failed",
        keywords=(" failed: ",),
        start=r"Error: (?:INSTALLATION|UPGRADE|UNINSTALL) FAILED: ",
        example="""
! Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress
""",
    ),
)

PATTERNS = (
    *_DOCKER,
    *_TERRAFORM,
    *_DEPLOY,
)
