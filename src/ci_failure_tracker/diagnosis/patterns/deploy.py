"""Containers, servers and deployments: Docker, Terraform, Ansible, clouds, SSH, GitHub Pages."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Docker: both builders, the daemon, Compose, registries.

_DOCKER_REMOVAL = (
    r"[Nn]o such (?:container|image|volume|network)|(?:conflict: )?[Uu]nable to (?:delete|remove)|invalid filter"
    r"|network \S{1,200} not found|removal of container|remove \S{1,200}: volume is in use|[Cc]annot kill container"
)
"""What a script that cleans up asks for and does not get."""

_DOCKER_BUILD_LEAD = (
    r"-{6,60}$|\s{0,6}\d{1,5} \||\S{0,200}[Dd]ockerfile\S{0,100}:\d{1,5}$|\s> |\s{0,2}\d{1,6}\.\d{1,3} |WARNING: |#\d"
)

_DOCKER = (
    LogPattern(
        name="docker.solve_command",
        # It only says that a command in the image failed; what the command printed says why.
        wrapper_lines=60,
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
        # The two endings belong to `docker.solve_command`.
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
        example='! #9 ERROR: process "/bin/sh -c weave" did not complete successfully: exit code: 1',
    ),
    LogPattern(
        name="docker.daemon",
        keywords=("error response from daemon",),
        # To remove what is not there is usual in a cleanup, and no reason.
        start=rf"(?:docker: |ERROR: |\S{{0,60}} )?Error response from daemon: (?!{_DOCKER_REMOVAL})",
        example="! docker: Error response from daemon: driver failed programming external connectivity on orchard.",
    ),
    LogPattern(
        name="docker.removal",
        keywords=("error response from daemon",),
        start=rf"(?:ERROR: )?Error response from daemon: (?:{_DOCKER_REMOVAL})",
        confidence=Confidence.LIKELY,  # scripts go on if there is nothing to clean up
        example="""
! Error response from daemon: No such container: orchard-press-1
! Error response from daemon: conflict: unable to remove 4711abcd (cannot be forced) - image has dependent child images
  orchard-press-2
""",
    ),
    LogPattern(
        name="docker.denied",
        kind=FailureKind.PERMISSION,
        keywords=("denied: ",),
        start=r"(?:denied|unauthorized): (?:requested access|installation not allowed|permission_denied|access"
        r"|authentication)",
        example="! denied: requested access to the resource is denied",
    ),
    LogPattern(
        name="docker.manifest",
        kind=FailureKind.DEPENDENCY,
        keywords=("not found",),
        start=r"(?:manifest for \S{1,300} not found|ERROR: manifest|no matching manifest for )",
        example="! manifest for orchard/basket:9 not found: manifest unknown",
    ),
    # Seen at https://github.com/vitessio/vitess/pull/16759 and https://github.com/aquasecurity/tracee/issues/4248
    LogPattern(
        name="docker.rate_limit",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("toomanyrequests:",),
        priority=1,  # before docker.daemon, docker.solve
        start=r"(?:(?:#\d{1,4} ERROR: |ERROR: |\S{0,40} ?Error response from daemon: |buildx failed with: "
        r"|429 Too Many).{0,600})?toomanyrequests:",
        body="You have reached your ",
        example="""
! docker: Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the
  See 'docker run --help'.
! ERROR: failed to solve: pears:9: unexpected status: 429 Too Many Requests - Server message: toomanyrequests:
> You have reached your pull rate limit. You may increase the limit by authenticating and upgrading
  Step 1/4 : FROM pears:9
! toomanyrequests: You have reached your pull rate limit.
  ##[error]Process completed with exit code 1.
""",
    ),
    # Seen at https://github.com/Snowfork/snowbridge/pull/1272, https://github.com/danger/danger-js/issues/1414
    # and https://github.com/tuna-os/tunaOS/issues/642
    LogPattern(
        name="docker.push_denied",
        kind=FailureKind.PERMISSION,
        keywords=("permission_denied: ", "denied: installation not allowed"),
        priority=1,  # before docker.denied, docker.solve
        start=r"(?:#\d{1,4} ERROR: |ERROR: |Error: |buildx failed with: ).{0,400}denied: (?:permission_denied: "
        "|installation not allowed to )",
        example="""
! #15 ERROR: denied: permission_denied: write_package
  ------
! ##[error]buildx failed with: ERROR: denied: permission_denied: write_package
! Error: writing blob: initiating layer upload in registry.example.com: denied: permission_denied: write_package
! ERROR: failed to build: failed to solve: failed to push orchard/pears:1: denied: installation not allowed to Write
""",
    ),
    # Seen at https://github.com/NationalSecurityAgency/datawave/issues/2666,
    # https://github.com/docker/compose/issues/11125 and https://github.com/raffomania/ties/issues/290
    LogPattern(
        name="docker.compose_start",
        kind=FailureKind.CONFIGURATION,
        keywords=("dependency failed to start: ",),
        start=r"(?:Error )?dependency failed to start: container ",
        context_before=r"\s{0,3}✘ Container | Container \S{1,80} {1,4}Error",
        max_context=1,
        example="""
>  Container orchard_press  Error
! dependency failed to start: container orchard_press exited (0)
  done
! dependency failed to start: container orchard-press-1 is unhealthy
""",
    ),
    # Seen at https://github.com/docker/compose/issues/6625 and https://github.com/digitalis-io/ccc/issues/1
    LogPattern(
        name="docker.compose_service",
        kind=FailureKind.CONFIGURATION,
        keywords=("error: for ", "error: the compose file"),
        start=r"ERROR: (?:for \S{1,80} {1,2}|The Compose file '.{1,200}' is invalid because)",
        body=r"services\.|networks\.|volumes\.",
        example="""
! ERROR: for press  Container "925e231df5aa" is unhealthy.
  ERROR: Encountered errors while bringing up the project.
! ERROR: The Compose file './docker-compose.yml' is invalid because:
> services.press.depends_on.tree.condition contains "ripe", which is an invalid type, it should be a service_started
""",
    ),
    # Seen at https://github.com/addnab/docker-run-action/issues/50 and https://github.com/nektos/act/issues/449
    LogPattern(
        name="docker.no_daemon",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("cannot connect to the docker daemon",),
        start=r"(?:docker: |Error: |ERROR: )?Cannot connect to the Docker daemon at ",
        confidence=Confidence.LIKELY,  # a script that waits for the daemon prints it too
        example="""
! docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
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
    # Seen at https://github.com/cattle-ops/terraform-aws-gitlab-runner/issues/877
    # and https://github.com/CrowdStrike/terraform-provider-crowdstrike/issues/423
    LogPattern(
        name="terraform.boxed",
        keywords=("│ error: ",),
        start=r"│ Error: ",
        context_before=r"╷",
        max_context=1,
        body=r"│|╵",
        end=r"╵",
        max_lines=40,
        example="""
> ╷
! │ Error: Unsupported argument
> │
> │   on main.tf line 3, in module "orchard":
> │    3:   basket = var.basket
> │
> │ An argument named "basket" is not expected here.
> ╵
  make: *** [Makefile:8: validate] Error 1
""",
    ),
)

# Tools for releases and deployments: Helm, kubectl, Packer, Vagrant, semantic-release, GoReleaser.

_DEPLOY = (
    LogPattern(
        name="helm.failed",
        kind=FailureKind.DEPLOY,
        keywords=(" failed: ",),
        start=r"Error: (?:INSTALLATION|UPGRADE|UNINSTALL) FAILED: ",
        example="! Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
    ),
    # Seen at https://github.com/kubernetes/kubernetes/issues/95550 and https://github.com/kubernetes/kubernetes/issues/41336
    LogPattern(
        name="kubectl.rollout",
        kind=FailureKind.DEPLOY,
        keywords=("exceeded its progress deadline", "timed out waiting for the condition"),
        start=r"(?:##\[error\])?(?:Error: )?error: (?:deployment \"\S{1,200}\" exceeded its progress deadline"
        "|timed out waiting for the condition)",
        example="""
  Waiting for deployment "orchard" rollout to finish: 1 out of 2 new replicas have been updated...
! error: deployment "orchard" exceeded its progress deadline
! error: timed out waiting for the condition
""",
    ),
    # Seen at https://github.com/goreleaser/goreleaser/issues/1981 and https://github.com/terramate-io/terramate/pull/1690
    LogPattern(
        name="goreleaser.failed",
        kind=FailureKind.DEPLOY,
        keywords=(" failed after ",),
        start=r"\s{0,4}⨯ (?:release|build|command) failed after ",
        body=r"\s{4,8}\S|Please check in your pipeline|(?: M|\?\?|\s[A-Z]) \S",
        max_lines=10,
        example="""
     • getting and validating git state
!    ⨯ release failed after 0.06s error=git is currently in a dirty state, please check in your pipeline what
>  M build.sh
> ?? pears.tar.gz
  ##[error]The process '/opt/goreleaser' failed with exit code 1
""",
    ),
    # Seen at https://github.com/semantic-release/git/issues/196
    LogPattern(
        name="semantic-release.error",
        kind=FailureKind.DEPLOY,
        keywords=("[semantic-release] › ✘",),
        start=r"\[\d{1,2}:\d\d:\d\d [AP]M\] \[semantic-release\] › ✘ {1,2}(?!Failed step)\S",
        body=r"(?:remote|fatal|error): \S",
        max_lines=6,
        example="""
  [8:19:41 PM] [semantic-release] › ✔  Run automated release from branch main on repository https://example.com/orchard
! [8:19:41 PM] [semantic-release] › ✘  The command "git push --dry-run HEAD:main" failed with the error message remote:
> fatal: unable to access 'https://example.com/orchard/': The requested URL returned error: 403.
  [8:19:41 PM] [semantic-release] › ✔  Start step "fail" of plugin "@semantic-release/github"
""",
    ),
    # Seen at https://github.com/cloudflare/wrangler-action/issues/179
    # and https://github.com/cloudflare/wrangler-action/issues/246
    LogPattern(
        name="wrangler.error",
        kind=FailureKind.DEPLOY,
        keywords=("✘ [error] ",),
        priority=1,  # before frontend.esbuild
        start=r"(?:##\[error\])?\s{0,4}✘ \[ERROR\] (?:A request to the Cloudflare API|In a non-interactive env)",
        body=r"\s{0,4}$|\s{4}(?!If you think)\S",
        max_lines=5,
        example="""
    Total Upload: 0.23 KiB / gzip: 0.18 KiB
!   ✘ [ERROR] A request to the Cloudflare API (/accounts/1d/workers/scripts/orchard) failed.
>
>     Authentication error [code: 10000]

      If you think this is a bug, please open an issue at: https://example.com/issues/new/choose
! ✘ [ERROR] In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN variable
""",
    ),
    # Seen at https://github.com/SovereignCloudStack/standards/pull/779
    LogPattern(
        name="trivy.fatal",
        kind=FailureKind.AUDIT,
        keywords=("fatal",),
        start=r"[\d-]{10}T[\d:.]{8,12}(?:Z|[+-]\d\d:\d\d)\s{1,8}FATAL\s{1,8}\S",
        body=r"(?:\t|\s{2,4})[-*] ",
        max_lines=8,
        example="""
  2027-11-07T11:07:20+01:00	INFO	Secret scanning is enabled
! 2027-11-07T11:07:20+01:00	FATAL	Fatal error	image scan error: scan error: failed to parse the image name: pear
  INFO: Scanning image: plum
""",
    ),
)

# Deployments to GitHub Pages

_PAGES = (
    # Seen at https://github.com/actions/deploy-pages/issues/108 and https://github.com/zonble/HumanString/issues/13
    LogPattern(
        name="pages.deployment",
        kind=FailureKind.DEPLOY,
        keywords=("failed to create deployment", "creating pages deployment failed"),
        start=r"##\[error\](?:Failed to create deployment \(status: |Creating Pages deployment failed)",
        body=r"##\[error\]HttpError: ",
        headline=r"Failed to create deployment|HttpError: ",
        example="""
! ##[error]Failed to create deployment (status: 400) with build version efba8981. Responded with: Invalid deployment
  done
> ##[error]Creating Pages deployment failed
! ##[error]HttpError: Invalid deployment branch and no branch protection rules set in the environment.
      at orchard (/srv/work/_actions/deploy-pages/index.js:124:1)
""",
    ),
)

PATTERNS = (
    *_DOCKER,
    *_TERRAFORM,
    *_DEPLOY,
    *_PAGES,
)
