"""GitHub Actions itself, common actions, Dependabot."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Failures of common actions and of the toolkit that most actions use.

_ACTIONS = (
    # Seen at https://github.com/upptime/upptime/issues/44 and https://github.com/ChristopherHX/runner.server/issues/77
    LogPattern(
        name="actions.input_required",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?Input required and not supplied: ",
        example="! ##[error]Input required and not supplied: token",
    ),
    LogPattern(
        name="actions.no_right",
        kind=FailureKind.PERMISSION,
        keywords=("##[error]",),
        start=r"##\[error\](?:\w{0,40}Error: |Unhandled error: ){0,2}.{0,200}\bResource not accessible by "
        "(?:integration|personal access token)",
        example="! ##[error]Resource not accessible by integration - https://docs.example.com/rest/pulls",
    ),
    LogPattern(
        name="actions.script",
        kind=FailureKind.CONFIGURATION,
        keywords=("unhandled error: ",),
        start="(?:Error: )?Unhandled error: ",
        example="! ##[error]Unhandled error: HttpError: Validation Failed",
    ),
    # Seen at https://github.com/googleapis/release-please-action/issues/767
    # and https://github.com/peter-evans/create-pull-request/issues/3979
    LogPattern(
        name="actions.pull_request_right",
        kind=FailureKind.PERMISSION,
        keywords=("##[error]",),
        start=r"##\[error\].{0,200}GitHub Actions is not permitted to create or approve pull requests",
        example="! ##[error]release-please failed: GitHub Actions is not permitted to create or approve pull requests.",
    ),
    # Seen at https://github.com/JetBrains/intellij-platform-plugin-template/issues/451
    LogPattern(
        name="actions.gh_failed",
        keywords=(" failed: ",),
        start="(?:pull request|issue|release|workflow) (?:create|edit|update|merge) failed: |(?:failed to|could "
        "not) create (?:pull request|issue|release): ",
        confidence=Confidence.LIKELY,
        example="! pull request create failed: GraphQL: No commits between main and pears (createPullRequest)",
    ),
    # Seen at https://github.com/googleapis/release-please-action/issues/767
    LogPattern(
        name="actions.release_please",
        kind=FailureKind.DEPLOY,
        keywords=("release-please failed: ",),
        start="release-please failed: ",
        example="! ##[error]release-please failed: Error adding to tree: 3f2a",
    ),
    LogPattern(
        name="actions.bad_credentials",
        kind=FailureKind.PERMISSION,
        keywords=("##[error]",),
        start=r"##\[error\](?:\w{0,40}Error: |Unhandled error: ){0,2}(?:HTTP 401: )?(?:Bad credentials|Requires "
        r"authentication|Parameter token or opts\.auth is required)",
        example="! ##[error]Bad credentials - https://docs.example.com/rest",
    ),
    # Seen at https://github.com/takanotume24/paper-translation-helper/issues/75
    # and https://github.com/actions/download-artifact/issues/220
    LogPattern(
        name="actions.artifact_missing",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:Unable to find any artifacts|Unable to download artifact\(s\)|No "
        "artifacts? (?:found|matches)|no artifact matches|Artifact not found for name|Artifact has expired"
        "|Unable to find an artifact)",
        example="! ##[error]Unable to download artifact(s): Artifact not found for name: pears",
    ),
    LogPattern(
        name="actions.artifact_upload",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:Failed to (?:CreateArtifact|FinalizeArtifact|GetSignedArtifactURL"
        "|ListArtifacts)|Create Artifact Container failed|Artifact storage quota|The path for one of the "
        "files in artifact|Artifact (?:name|path) is not valid|An error has occurred (?:while|during))",
        example="""
! ##[error]Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with
""",
    ),
    # Seen at https://github.com/actions/checkout/issues/1874
    LogPattern(
        name="actions.no_files",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\]No files were found with the provided path",
        example="! ##[error]No files were found with the provided path: dist/pears. No artifacts will be uploaded.",
    ),
    # Seen at https://github.com/enketo/enketo/issues/1543
    LogPattern(
        name="actions.cache_miss",
        kind=FailureKind.CONFIGURATION,
        keywords=("failed to restore cache entry",),
        start=r"(?:Error: )?Failed to restore cache entry\. Exiting as fail-on-cache-miss is set",
        example="! ##[error]Failed to restore cache entry. Exiting as fail-on-cache-miss is set. Input key: pears-7c1",
    ),
    LogPattern(
        name="actions.no_lock_file",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:Dependencies lock file is not found in|Some specified paths were not "
        r"resolved, unable to cache|No file in .{1,300} matched to \[)",
        example="! ##[error]Dependencies lock file is not found in /srv/work/orchard. Supported file patterns:",
    ),
    # Seen at https://github.com/actions/setup-python/issues/962 and https://github.com/actions/setup-python/issues/162
    LogPattern(
        name="actions.version_not_found",
        kind=FailureKind.CONFIGURATION,
        keywords=("not found",),
        priority=1,  # before gcc.fortran
        start="(?:Error: )?(?:The version '.{1,80}' with architecture '.{1,20}' was not found|Version .{1,80} "
        "(?:with arch|for platform) .{1,60}not found)",
        body=r"The list of all available versions|Available versions:|\S{1,30} \(x\d\d\)$",
        example="""
! ##[error]The version '2.9' with architecture 'x64' was not found for Orchard 24.04.
> The list of all available versions can be found here: https://example.com/versions.json
  done
""",
    ),
    # Seen at https://github.com/actions/setup-node/issues/1302
    LogPattern(
        name="actions.no_runtime",
        kind=FailureKind.CONFIGURATION,
        keywords=("unable to find ",),
        start=r"(?:Error: )?Unable to find (?:Node|Go|Java|Ruby|PHP|Bun|Deno|Zig|Dart|\.NET|python|Python)\b.{0,20} "
        "version ",
        example="! ##[error]Unable to find Node version '4.x' for platform linux and architecture arm64.",
    ),
    # Seen at https://github.com/actions/setup-java/issues/540
    LogPattern(
        name="actions.no_satisfying",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:Could not find satisfied version for [Ss]em[Vv]er|No matching version found "
        r"for SemVer|(?:Unknown|Unavailable) version \S{1,40} for \S{1,20} on |Could not setup |Unsupported "
        "(?:distribution|platform|architecture))",
        example="! ##[error]Could not find satisfied version for SemVer '11.0.99'.",
    ),
    # Seen at https://github.com/pnpm/action-setup/issues/170
    LogPattern(
        name="actions.pnpm_version",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:No pnpm version is specified|Multiple versions of pnpm specified)",
        body=r"\s{1,4}- |Remove one of |Please specify it",
        example="""
! ##[error]Error: Multiple versions of pnpm specified:
>   - version 8 in the GitHub Action config with the key "version"
>   - version pnpm@9.1.0 in the package.json with the key "packageManager"
> Remove one of these versions to avoid version mismatch errors like ERR_PNPM_BAD_PM_VERSION
  done
""",
    ),
    # Seen at https://github.com/amannn/action-semantic-pull-request/issues/294
    LogPattern(
        name="actions.title",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:No release type found in pull request title|Unknown release type |Unknown "
        r"scope |The subject \".{1,300}\" found in the pull request title|No scope found in pull request title"
        "|Pull request must be labeled)",
        body=r"$|Available types:|\s{1,3}- ",
        max_lines=24,
        example="""
! ##[error]No release type found in pull request title "Ripe pears". Add a prefix to indicate what kind of release
>
> Available types:
>  - feat
>  - fix
  done
""",
    ),
    LogPattern(
        name="actions.label",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:Label error\. |.{0,80}(?:[Ll]abels? (?:is|are) (?:required|missing)"
        "|missing (?:a )?(?:required )?labels?))",
        example="! ##[error]Label error. Requires exactly 1 of: ripe, unripe. Found: ripe, unripe",
    ),
    LogPattern(
        name="actions.changelog",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:No update to \S{1,80} found|.{0,80}[Cc]hangelog.{0,80}(?:missing|required"
        "|not (?:updated|found)))",
        example="! ##[error]No update to CHANGELOG.md found!",
    ),
    LogPattern(
        name="actions.labeler",
        kind=FailureKind.CONFIGURATION,
        keywords=("found unexpected type for label",),
        start="(?:Error: )?found unexpected type for label '",
        example="! ##[error]found unexpected type for label 'pears' (should be string or array of globs)",
    ),
    LogPattern(
        name="actions.retry_timeout",
        kind=FailureKind.TIME_LIMIT,
        keywords=("final attempt failed",),
        start=r"Final attempt failed\. Timeout of ",
        example="! ##[error]Final attempt failed. Timeout of 600000ms hit",
    ),
    LogPattern(
        name="actions.needs",
        keywords=("##[error]",),
        start=r"##\[error\](?:Some required jobs did not succeed|A dependency job (?:has )?failed|Job .{1,80} "
        "(?:failed|was cancelled|is required))",
        confidence=Confidence.SYMPTOM,
        example="! ##[error]A dependency job failed",
    ),
)

# Updates that Dependabot could not make.

_DEPENDABOT_UPDATER = r"(?:\s{0,4}updater \| {0,2})?"
# A row is `| what | error_type |` or `| error_type |`. The second form names what below it, as the value of a key.
_DEPENDABOT_FACTS = (
    r'(?:\| |("(?:dependency-name|dependency|tool|file-path)": "))'
    r'(?:(?P<subject>[@\w/][\w@./:-]{0,200})(?(1)"| {1,80}\| ))?'
    r"(?(1)|(?P<message>[a-z]{2,20}(?:_[a-z]{2,20}){1,8}) {0,80}\|)"
)

_DEPENDABOT = (
    LogPattern(
        name="dependabot.errors",
        kind=FailureKind.DEPENDENCY,
        keywords=("' error(s) during execution",),
        start=_DEPENDABOT_UPDATER + r"Dependabot encountered '\d{1,5}' error",
        body=_DEPENDABOT_UPDATER + r"[+|]",
        max_lines=30,
        headline=r"^" + _DEPENDABOT_UPDATER + r"\| (?!\s{0,80}(?:Errors|Type|Dependenc))\s{0,4}\w",
        facts=_DEPENDABOT_FACTS,
        example="""
> Dependabot encountered '1' error(s) during execution, please check the logs for more details.
> +-----------------------------------------------------+
> |               Dependencies failed to update         |
> +-------+-------------------------------+-------------+
! | pears | dependency_file_not_resolvable | {          |
> +-------+-------------------------------+-------------+
  Failure running container
""",
    ),
    LogPattern(
        name="dependabot.table",
        kind=FailureKind.DEPENDENCY,
        keywords=("errors ",),
        start=_DEPENDABOT_UPDATER + r"\|\s{1,80}Errors\s{1,80}\|$",
        context_before=_DEPENDABOT_UPDATER + r"\+-",
        body=_DEPENDABOT_UPDATER + r"[+|]",
        max_lines=30,
        headline=r"^" + _DEPENDABOT_UPDATER + r"\| (?!\s{0,80}(?:Errors|Type|Dependenc))\s{0,4}\w",
        facts=_DEPENDABOT_FACTS,
        example="""
> |              Errors                        |
> +-------------------------+------------------+
> | Type                    | Details          |
> +-------------------------+------------------+
! | tool_version_not_supported | {             |
> |                         |   "tool": "pears"|
> +-------------------------+------------------+
  Failure running container
""",
    ),
    LogPattern(
        name="dependabot.processing",
        kind=FailureKind.DEPENDENCY,
        keywords=("error processing ",),
        start=_DEPENDABOT_UPDATER + r".{0,80}\bERROR (?:<job_\w{1,20}> )?Error processing ",
        confidence=Confidence.LIKELY,
        facts=r"Error processing (?P<subject>\S{1,200})",
        example="""
! updater | 2031/03/01 10:00:00 ERROR <job_4711> Error processing pears (Dependabot::SharedHelpers::Failed)
""",
    ),
    LogPattern(
        name="dependabot.encountered",
        kind=FailureKind.DEPENDENCY,
        keywords=("encountered an error performing",),
        start="(?:Error: )?Dependabot encountered an error performing the update",
        confidence=Confidence.SYMPTOM,
        example="! ##[error]Dependabot encountered an error performing the update",
    ),
)

PATTERNS = (
    *_ACTIONS,
    *_DEPENDABOT,
)
