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
        name="docker.no_daemon",
        keywords=("cannot connect to the docker daemon",),
        start=r"(?:\S{1,60}: |ERROR: )?Cannot connect to the Docker daemon",
        example="""
! Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
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
    LogPattern(
        name="docker.copy",
        keywords=(" failed: ",),
        start=r"(?:COPY|ADD) failed: ",
        example="""
! COPY failed: stat /var/lib/docker/tmp/willow: no such file
""",
    ),
    LogPattern(
        name="docker.invalid",
        keywords=("invalid",),
        start=r"(?:docker: )?(?:invalid reference format|invalid argument \".{1,300}\" for )|ERROR: invalid tag \"",
        body=r"See 'docker",
        example="""
! docker: invalid reference format.
> See 'docker run --help'.
  done
""",
    ),
    LogPattern(
        name="docker.compose_start",
        keywords=("dependency failed to start",),
        start=r"(?:ERROR: )?dependency failed to start: ",
        example="""
! dependency failed to start: container orchard-db-1 is unhealthy
""",
    ),
    LogPattern(
        name="docker.compose_service",
        keywords=("error: ",),
        start=r"ERROR: (?:Service '|for \S{1,80} {1,2}|The Compose file|yaml\.|In file '|no such service|build path"
        r"|Encountered errors"
        r"|Couldn't (?:find|connect)|Version in )",
        example="""
! ERROR: The Compose file './docker-compose.yml' is invalid because:
""",
    ),
)

# Terraform, OpenTofu, Terragrunt and Pulumi.

_TERRAFORM = (
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
! │ Error: Missing required argument
> │
> │   on main.tf line 3, in resource "orchard_basket" "red":
> │    3: resource "orchard_basket" "red" {
> ╵
  done
""",
    ),
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
    LogPattern(
        name="terraform.terragrunt",
        keywords=("error",),
        start=r"(?:\d\d:\d\d:\d\d\.\d{3} )?ERROR {2,6}(?:terraform invocation failed|.{0,300}(?:error"
        r"|Error) occurred|\[)",
        confidence=Confidence.SYMPTOM,
        example="""
! 10:11:12.123 ERROR  terraform invocation failed in ./orchard
""",
    ),
    LogPattern(
        name="terraform.pulumi",
        keywords=("error: ",),
        start=r"\s{4}error: ",
        context_before=r"\s{2}\S{1,200} \(.{1,200}\):$|Diagnostics:$",
        max_context=2,
        body=r"\s{6,12}\S",
        max_lines=20,
        confidence=Confidence.LIKELY,
        example="""
> Diagnostics:
>   orchard:Basket (red):
!     error: the willow is gone
>       * while weaving
  done
""",
    ),
)

# Ansible.

_ANSIBLE = (
    LogPattern(
        name="ansible.failed",
        keywords=("failed! => ",),
        start=r"fatal: \[[^\]]{1,200}\]: FAILED! => ",
        context_before=r"$|TASK \[|RUNNING HANDLER \[|task path: ",
        max_context=3,
        body=r"\s{4,8}\S|\}",
        max_lines=60,
        fingerprint=r"^fatal: |^\s{4}\"msg\": ",
        example="""
> TASK [pick the pears] **********************************************************
! fatal: [localhost]: FAILED! => {"changed": false, "msg": "no ladder"}

  PLAY RECAP *********************************************************************
""",
    ),
    LogPattern(
        name="ansible.item",
        keywords=("failed: [",),
        start=r"failed: \[[^\]]{1,200}\] ",
        context_before=r"$|TASK \[|task path: ",
        max_context=3,
        body=r"\s{4,8}\S|\}",
        max_lines=60,
        example="""
> TASK [pick the pears] **********************************************************
! failed: [localhost] (item=red) => {"changed": false, "item": "red", "msg": "no ladder"}
""",
    ),
    LogPattern(
        name="ansible.unreachable",
        keywords=("fatal: [",),
        start=r"fatal: \[[^\]]{1,200}\]: UNREACHABLE! => ",
        context_before=r"$|TASK \[|task path: ",
        max_context=3,
        body=r"\s{4,8}\S|\}",
        max_lines=60,
        example="""
> TASK [Gathering Facts] *********************************************************
! fatal: [press.example.com]: UNREACHABLE! => {"changed": false, "msg": "Failed to connect to the host via ssh"}
""",
    ),
    LogPattern(
        name="ansible.error",
        keywords=("error",),
        start=r"ERROR! |\[ERROR\]: ",
        body=r"Origin: |$|\s{0,4}\d{1,6} |\s{1,80}\^|The error appears|The offending line"
        r"|be elsewhere in the file|\s{2}\S",
        max_lines=20,
        confidence=Confidence.LIKELY,
        example="""
! ERROR! couldn't resolve module/action 'harvest'. This often indicates a misspelling.
>
> The error appears to be in '/srv/orchard/site.yml': line 3, column 7, but may
> be elsewhere in the file depending on the exact syntax problem.
  done
""",
    ),
    LogPattern(
        name="ansible.recap",
        keywords=("failed=",),
        start=r"\S{1,200}\s{1,80}: ok=\d{1,6}\s{1,8}changed=\d{1,6}\s{1,8}unreachable=\d{1,6}\s{1,8}failed=[1-9]",
        confidence=Confidence.RECAP,
        example="""
! localhost                  : ok=2    changed=0    unreachable=0    failed=1    skipped=0    rescued=0
""",
    ),
    LogPattern(
        name="ansible.recap_fine",
        keywords=("failed=0",),
        start=r"\S{1,200}\s{1,80}: ok=\d{1,6}\s{1,8}changed=\d{1,6}\s{1,8}unreachable=0\s{1,8}failed=0",
        confidence=Confidence.NOISE,
        example="""
! localhost                  : ok=2    changed=0    unreachable=0    failed=0    skipped=0    rescued=0
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
    LogPattern(
        name="kubectl.server",
        keywords=("error from server",),
        start=r"Error from server(?: \(\w{1,60}\))?: ",
        example="""
! Error from server (NotFound): deployments.apps "orchard" not found
""",
    ),
    LogPattern(
        name="kubectl.error",
        keywords=("error: ",),
        start=r"error: (?:timed out waiting for the condition|unable to recognize|error validating|deployment \""
        r"|no matching resources"
        r"|You must be logged in|the server doesn't have|resource mapping not found)",
        example="""
! error: timed out waiting for the condition on deployments/orchard
""",
    ),
    LogPattern(
        name="kubectl.connection",
        keywords=("refused",),
        start=r"The connection to the server \S{1,200} was refused",
        confidence=Confidence.LIKELY,
        example="""
! The connection to the server localhost:8080 was refused - did you specify the right host or port?
""",
    ),
    LogPattern(
        name="packer.build",
        keywords=("errored after",),
        start=r"Build '.{1,200}' errored after ",
        confidence=Confidence.LIKELY,
        example="""
! Build 'amazon-ebs.orchard' errored after 2 minutes 3 seconds: Script exited with non-zero exit status: 1.
""",
    ),
    LogPattern(
        name="vagrant.error",
        keywords=("error",),
        start=r"There was an error (?:while executing|when attempting to|loading a Vagrantfile)",
        body=r"$|[A-Za-z]",
        max_lines=8,
        example="""
! There was an error while executing `VBoxManage`, a CLI used by Vagrant
> for controlling VirtualBox.
""",
    ),
    LogPattern(
        name="semantic-release.error",
        keywords=("error",),
        start=r"(?:\[\d{1,2}:\d\d:\d\d [AP]M\] )?(?:\[semantic-release\] )?› ✘ {1,2}\S|\[\d{1,2}:\d\d:\d\d [AP]M\] "
        r"\[semantic-release\](?: \[.{1,80}\])? › ✘ {1,2}\S",
        body=r"\s{2,8}at |SemanticReleaseError|\s{2}\S|AggregateError",
        max_lines=20,
        confidence=Confidence.LIKELY,
        example="""
! [10:11:12 AM] [semantic-release] › ✘  An error occurred while running semantic-release: no basket
  done
""",
    ),
    LogPattern(
        name="semantic-release.code",
        keywords=("error: ",),
        start=r"SemanticReleaseError: ",
        body=r"\s{2,8}at |\s{2}\w{1,40}: |\}",
        max_lines=30,
        example="""
! SemanticReleaseError: No GitHub token specified.
>     at harvest (/srv/orchard/node_modules/basket/index.js:3:9)
  done
""",
    ),
    LogPattern(
        name="goreleaser.failed",
        keywords=("failed after",),
        start=r"\s{0,4}⨯ (?:release|build|command) failed(?: after)? ",
        body=r"\s{4,8}\S",
        max_lines=10,
        example="""
!   ⨯ release failed after 3s   error=git is currently in a dirty state
""",
    ),
)

# Failed deployments to GitHub Pages and similar services.

_PAGES = (
    LogPattern(
        name="pages.site",
        keywords=("get pages site failed",),
        start="(?:Error: )?Get Pages site failed",
        example="""
! ##[error]Get Pages site failed. Please verify that the repository has Pages enabled.
""",
    ),
    LogPattern(
        name="pages.create",
        keywords=("failed to create deployment",),
        start=r"(?:Error: )?(?:HttpError: )?Failed to create deployment \(status",
        example="""
! ##[error]Failed to create deployment (status: 404) with build version 4f1d2c3.
""",
    ),
    LogPattern(
        name="pages.failed",
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:Deployment failed|Deployment request failed|Deployment cancell?ed|Timeout "
        "reached, aborting|Failed to get Pages|Creating Pages deployment failed)",
        confidence=Confidence.LIKELY,
        example="""
! ##[error]Deployment failed, try again later.
""",
    ),
    LogPattern(
        name="pages.action",
        keywords=("action failed with ",),
        start=r"(?:Error: )?Action failed with \"",
        example="""
! ##[error]Action failed with "The generated token does not support to push to external repository"
""",
    ),
    LogPattern(
        name="upload.forbidden",
        keywords=("error",),
        start=r"(?:ERROR {2,10})?HTTPError: 4\d\d .{1,80} from https?://",
        body=r"\s{6,12}\S|Invalid or non-existent|The user ",
        max_lines=4,
        example="""
! ERROR    HTTPError: 403 Forbidden from https://upload.example.com/legacy/
""",
    ),
)

# SSH and tools that use it: hosts, keys, transfers.

_REMOTE_SHELL = (
    LogPattern(
        name="ssh.denied",
        keywords=("permission denied (",),
        start=r"(?:\S{1,200}: )?Permission denied \((?:publickey|password|keyboard|gssapi)",
        body="fatal: Could not read from remote|$|Please make sure you have the correct|and the repository exists"
        "|rsync: |lost connection|scp: Connection closed",
        max_lines=6,
        example="""
! git@pears.example.com: Permission denied (publickey).
> fatal: Could not read from remote repository.
>
> Please make sure you have the correct access rights
> and the repository exists.
  bye
""",
    ),
    LogPattern(
        name="ssh.host_key",
        keywords=("host key verification failed",),
        start=r"Host key verification failed\.",
        body="fatal: Could not read from remote|$|Please make sure you have the correct|and the repository exists",
        max_lines=6,
        example="""
! Host key verification failed.
> fatal: Could not read from remote repository.
  bye
""",
    ),
    LogPattern(
        name="ssh.failed",
        keywords=("refused", "timed out", "could not"),
        priority=1,  # before network.could_not_resolve, network.refused, network.timed_out
        start=r"ssh: (?:connect to host \S{1,200} port \d{1,5}: |Could not resolve hostname )",
        body="fatal: Could not read from remote|$|Please make sure you have the correct|and the repository exists",
        max_lines=6,
        confidence=Confidence.LIKELY,
        example="""
! ssh: connect to host pears.example.com port 22: Connection refused
> fatal: Could not read from remote repository.
  bye
! ssh: connect to host pears.example.com port 22: Connection timed out
> fatal: Could not read from remote repository.
  bye
! ssh: Could not resolve hostname pears.example.com: Name or service not known
> fatal: Could not read from remote repository.
  bye
""",
    ),
    LogPattern(
        name="ssh.key",
        keywords=("error in libcrypto",),
        start=r"(?:Load key \".{1,300}\"|Error loading key .{1,300}): error in libcrypto",
        example="""
! Load key "/srv/.ssh/id_pears": error in libcrypto
""",
    ),
    LogPattern(
        name="ssh.bad_key",
        keywords=("invalid format",),
        start=r"(?:Load key \".{1,300}\"|Error loading key .{1,300}): invalid format",
        example="""
! Load key "/srv/.ssh/id_pears": invalid format
""",
    ),
    LogPattern(
        name="ssh.rsync",
        keywords=("rsync error: ",),
        start="rsync error: ",
        context_before="rsync: ",
        max_context=6,
        headline="rsync: |rsync error",
        example="""
! rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1338) [sender=3.2.7]
""",
    ),
)

PATTERNS = (
    *_DOCKER,
    *_TERRAFORM,
    *_ANSIBLE,
    *_DEPLOY,
    *_PAGES,
    *_REMOTE_SHELL,
)
