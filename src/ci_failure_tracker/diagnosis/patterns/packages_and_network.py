"""Packages of operating systems, downloads, network, TLS, credentials."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Package managers of other systems: dnf, apk, Homebrew, Chocolatey, Nix.

_OS_PACKAGES = (
    LogPattern(
        name="nix.builder",
        kind=FailureKind.COMPILE,
        wrapper_lines=60,
        keywords=("error: builder for ",),
        start=r"error: builder for '.{1,300}' failed",
        body=r"\s{2,12}\S|$",
        max_lines=60,
        headline=r"^\s{2,12}> .{0,300}[Ee]rror|^error: builder",
        example="""
! error: builder for '/nix/store/1-basket-9.drv' failed with exit code 1;
>        last 2 log lines:
>        > weaving
>        > no willow left
>        For full logs, run 'nix log /nix/store/1-basket-9.drv'.
  done
""",
    ),
)

# Downloads with curl, wget and similar tools.

_DOWNLOADS_CURL = r"[\d\s:.kMG-]{0,300}curl: \(\d{1,3}\) "

_DOWNLOADS = (
    LogPattern(
        name="downloads.wget",
        kind=FailureKind.DEPENDENCY,
        keywords=("unable to ",),
        start="wget: unable to ",
        confidence=Confidence.LIKELY,
        example="! wget: unable to resolve host address 'pears.example.com'",
    ),
    LogPattern(
        name="downloads.wget_server",
        kind=FailureKind.DEPENDENCY,
        keywords=("error",),
        start="wget: (?:server returned error|error getting response|bad address)",
        confidence=Confidence.LIKELY,
        example="! wget: server returned error: HTTP/1.1 404 Not Found",
    ),
    LogPattern(
        name="downloads.wget_failed",
        kind=FailureKind.DEPENDENCY,
        keywords=("failed: ",),
        priority=1,  # before network.refused
        start=r"(?:Connecting to|Resolving) \S{1,300}.{0,200}\.\.\. ?failed: ",
        confidence=Confidence.LIKELY,
        example="! Connecting to pears.example.com (pears.example.com)|10.1.2.3|:443... failed: Connection refused.",
    ),
    LogPattern(
        name="downloads.tar",
        kind=FailureKind.DEPENDENCY,
        keywords=("error is not recoverable",),
        start="tar: Error is not recoverable: exiting now",
        context_before="(?:gzip|xz|bzip2|tar|bzip2): ",
        max_context=5,
        headline="^(?:gzip|xz|bzip2|tar: (?!Child|Error is not|Exiting))",
        example="""
! gzip: stdin: not in gzip format
> tar: Child returned status 1
> tar: Error is not recoverable: exiting now
""",
    ),
    LogPattern(
        name="downloads.curl",
        keywords=(
            "error",
            "certificate problem",
            "could not",
            "couldn't",
            "fail",
            "timed out",
            "unable to",
            "expired",
            "unexpected",
            "illegal",
            "denied",
            "unknown",
        ),
        start=_DOWNLOADS_CURL,
        body=r"More details here: |curl failed to verify|establish a secure connection|how to fix it|$",
        max_lines=6,
        confidence=Confidence.LIKELY,
        example="""
! curl: (22) The requested URL returned error: 404
! curl: (6) Could not resolve host: pears.example.com
! curl: (7) Failed to connect to 10.1.2.3 port 9 after 0 ms: Couldn't connect to server
! curl: (56) Recv failure: Connection reset by peer
! curl: (28) Operation timed out after 30001 milliseconds with 0 out of 0 bytes received
! curl: (60) SSL certificate problem: unable to get local issuer certificate
! curl: (60) SSL certificate problem: certificate has expired
! curl: (56) OpenSSL SSL_read: unexpected eof while reading, errno 0
! curl: (3) Illegal characters found in URL
! curl: (9) Server denied you to change to the given directory
! curl: (48) An unknown option was passed in to libcurl
""",
    ),
)

# Host names that do not resolve, and connections that fail.

_NOT_A_TRACE = r"(?!(?:Caused by: |\s{1,20}at )|(?:npm |E: |W: |Err:|ERROR: |FATAL: |curl: |wget: |fatal: |WARNING: )"
_NOT_A_TRACE += r"|(?:Uncaught )?(?:[\w$]{1,80}\.){0,12}\[?\w{0,80}(?:Error|Exception)\b)"
"""Not a line of a stack trace or of a tool with patterns of its own."""

_NETWORK = (
    LogPattern(
        name="network.refused",
        keywords=("connection refused",),
        start=_NOT_A_TRACE + r".{0,400}[Cc]onnection refused",
        confidence=Confidence.LIKELY,
        example="! dial tcp 127.0.0.1:5432: connect: connection refused",
    ),
    LogPattern(
        name="network.io_timeout",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("timeout",),
        start=_NOT_A_TRACE + r".{0,400}(?:i/o timeout|TLS handshake timeout|Client\.Timeout exceeded)",
        confidence=Confidence.LIKELY,
        example='! Get "https://pears.example.com/v2/": net/http: TLS handshake timeout',
    ),
    LogPattern(
        name="network.unexpected_status",
        keywords=("unexpected ",),
        start=_NOT_A_TRACE + r".{0,400}[Uu]nexpected (?:HTTP )?(?:status|response)(?: code)?"
        r"(?: from \w{1,20} request to \S{1,300})?:? (?:40[134]|429|5\d\d)\b",
        confidence=Confidence.LIKELY,
        example="! unexpected status from GET request to https://pears.example.com/v2/: 503 Service Unavailable",
    ),
    LogPattern(
        name="network.rpc",
        keywords=("error: code = ",),
        start=r".{0,300}\brpc error: code = (?:Unavailable|DeadlineExceeded|ResourceExhausted|Unauthenticated"
        r"|PermissionDenied|Unknown|Internal)\b",
        confidence=Confidence.LIKELY,
        example="! press: rpc error: code = Unavailable desc = closing transport due to: EOF",
    ),
)

# TLS: certificates that are not trusted, expired or for another host, and failed handshakes.

_TLS = (
    LogPattern(
        name="tls.issuer",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("unable to get local issuer",),
        start=_NOT_A_TRACE + r".{0,400}unable to get local issuer certificate",
        confidence=Confidence.LIKELY,
        example="! SSL certificate problem: unable to get local issuer certificate",
    ),
    LogPattern(
        name="tls.first",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("unable to verify",),
        start=_NOT_A_TRACE + r".{0,400}unable to verify the first certificate",
        confidence=Confidence.LIKELY,
        example="! request failed: unable to verify the first certificate",
    ),
)

# Clouds and registries that refuse the credentials of a job.

_CREDENTIALS = (
    LogPattern(
        name="credentials.no_id_token",
        kind=FailureKind.PERMISSION,
        keywords=("unable to get actions_id_token",),
        start=".{0,200}Unable to get ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN) env variable",
        example="! ##[error]Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable",
    ),
    # Seen at https://github.com/aws-actions/configure-aws-credentials/issues/770
    # and https://github.com/aws-actions/configure-aws-credentials/issues/1446
    LogPattern(
        name="credentials.aws",
        kind=FailureKind.PERMISSION,
        keywords=("credentials could not be loaded, ", "could not assume role with "),
        start=r"##\[error\](?:Credentials could not be loaded, please check your action inputs: |Could not assume "
        "role with )",
        example="""
! ##[error]Credentials could not be loaded, please check your action inputs: Could not load credentials from any
! ##[error]Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity
""",
    ),
    # Seen at https://github.com/google-github-actions/auth/issues/189
    LogPattern(
        name="credentials.google",
        kind=FailureKind.PERMISSION,
        keywords=(" failed with: ",),
        start=r"##\[error\]google-github-actions/\S{1,60} failed with: ",
        body=r"\s{2,12}\S|\}",
        fingerprint=r"^##\[error\]google|\"(?:message|reason)\": ",
        example="""
! ##[error]google-github-actions/auth failed with: retry function failed with 0 attempts: failed to generate
>   "error": {
>     "code": 403,
>     "message": "The caller does not have permission",
  ##[debug]Node Action run completed with exit code 1
""",
    ),
    # Seen at https://github.com/google-github-actions/auth/issues/220
    # and https://github.com/google-github-actions/deploy-cloudrun/issues/427
    LogPattern(
        name="credentials.gcloud",
        kind=FailureKind.PERMISSION,
        keywords=("error: (gcloud.",),
        start=r"ERROR: \(gcloud\.[\w.-]{1,100}\) ",
        example="""
! ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'run.services.get' denied on resource 'pears' (or it may not
""",
    ),
    # Seen at https://github.com/Azure/login/issues/482
    LogPattern(
        name="credentials.azure",
        kind=FailureKind.PERMISSION,
        keywords=("aadsts",),
        start=r"(?:##\[error\]|Error: |ERROR: )(?:: )?AADSTS\d{3,9}: ",
        example="""
! ##[error]AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:acme/pears'
""",
    ),
    # Seen at https://github.com/dennisvang/tufup/issues/176
    LogPattern(
        name="credentials.trusted_publishing",
        kind=FailureKind.PERMISSION,
        keywords=("trusted publishing exchange failure",),
        start=r"##\[error\]Trusted publishing exchange failure:",
        body=r"$|Token request failed|\* `\S",
        max_lines=8,
        headline=r"\* `",
        example="""
> ##[error]Trusted publishing exchange failure:
> Token request failed: the server refused the request for the following reasons:
>
! * `invalid-publisher`: valid token, but no corresponding publisher (Publisher with matching claims was not found)

  This generally indicates a trusted publisher configuration error, but could
""",
    ),
    # Seen at https://github.com/ReadAlongs/Studio/issues/240
    LogPattern(
        name="credentials.upload",
        kind=FailureKind.PERMISSION,
        keywords=("httperror: 4",),
        start=r"ERROR {4}HTTPError: 4\d\d \S.{0,80} from https?://",
        body=r" {9}\S",
        max_lines=6,
        example="""
  WARNING  Error during upload. Retry with the --verbose option for more details.
! ERROR    HTTPError: 403 Forbidden from https://upload.example.org/legacy/
>          Invalid or non-existent authentication information. See
>          https://example.org/help/#invalid-auth for more information.
  ##[error]Process completed with exit code 1.
""",
    ),
)

PATTERNS = (
    *_OS_PACKAGES,
    *_DOWNLOADS,
    *_NETWORK,
    *_TLS,
    *_CREDENTIALS,
)
