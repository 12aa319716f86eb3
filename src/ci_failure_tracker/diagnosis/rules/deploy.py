"""Tools that release and deploy: Helm, kubectl, Packer, Vagrant, semantic-release, GoReleaser."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="helm.failed",
        keywords=(" failed: ",),
        opens=r"Error: (?:INSTALLATION|UPGRADE|UNINSTALL) FAILED: ",
        example="""
! Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress
""",
    ),
    Rule(
        name="kubectl.server",
        keywords=("error from server",),
        opens=r"Error from server(?: \(\w{1,60}\))?: ",
        example="""
! Error from server (NotFound): deployments.apps "orchard" not found
""",
    ),
    Rule(
        name="kubectl.error",
        keywords=("error: ",),
        opens=r"error: (?:timed out waiting for the condition|unable to recognize|error validating|deployment \""
        r"|no matching resources"
        r"|You must be logged in|the server doesn't have|resource mapping not found)",
        example="""
! error: timed out waiting for the condition on deployments/orchard
""",
    ),
    Rule(
        name="kubectl.connection",
        keywords=("refused",),
        opens=r"The connection to the server \S{1,200} was refused",
        rank=Rank.LIKELY,
        example="""
! The connection to the server localhost:8080 was refused - did you specify the right host or port?
""",
    ),
    Rule(
        name="packer.build",
        keywords=("errored after",),
        opens=r"Build '.{1,200}' errored after ",
        rank=Rank.LIKELY,
        example="""
! Build 'amazon-ebs.orchard' errored after 2 minutes 3 seconds: Script exited with non-zero exit status: 1.
""",
    ),
    Rule(
        name="vagrant.error",
        keywords=("error",),
        opens=r"There was an error (?:while executing|when attempting to|loading a Vagrantfile)",
        through=r"$|[A-Za-z]",
        most=8,
        example="""
! There was an error while executing `VBoxManage`, a CLI used by Vagrant
> for controlling VirtualBox.
""",
    ),
    Rule(
        name="semantic-release.error",
        keywords=("error",),
        opens=r"(?:\[\d{1,2}:\d\d:\d\d [AP]M\] )?(?:\[semantic-release\] )?› ✘ {1,2}\S|\[\d{1,2}:\d\d:\d\d [AP]M\] "
        r"\[semantic-release\](?: \[.{1,80}\])? › ✘ {1,2}\S",
        through=r"\s{2,8}at |SemanticReleaseError|\s{2}\S|AggregateError",
        most=20,
        rank=Rank.LIKELY,
        example="""
! [10:11:12 AM] [semantic-release] › ✘  An error occurred while running semantic-release: no basket
  done
""",
    ),
    Rule(
        name="semantic-release.code",
        keywords=("error: ",),
        opens=r"SemanticReleaseError: ",
        through=r"\s{2,8}at |\s{2}\w{1,40}: |\}",
        most=30,
        example="""
! SemanticReleaseError: No GitHub token specified.
>     at harvest (/srv/orchard/node_modules/basket/index.js:3:9)
  done
""",
    ),
    Rule(
        name="goreleaser.failed",
        keywords=("failed after",),
        opens=r"\s{0,4}⨯ (?:release|build|command) failed(?: after)? ",
        through=r"\s{4,8}\S",
        most=10,
        example="""
!   ⨯ release failed after 3s   error=git is currently in a dirty state
""",
    ),
)
