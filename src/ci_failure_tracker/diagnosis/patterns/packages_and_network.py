"""Packages of operating systems, downloads, network, TLS, credentials."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# The package managers of Debian: apt and dpkg.

_APT = (
    LogPattern(
        name="apt.error",
        keywords=("unable to", "failed to", "could not", "couldn't", "no such", "not found", "error", "invalid"),
        start=r"E: (?!Sub-process|Some index files|Unable to correct)\S",
        example="""
! E: Unable to locate package basket-dev
! E: Failed to fetch http://deb.example.com/b/basket_9_amd64.deb  Hash Sum of willow
! E: Could not get lock /var/lib/dpkg/lock-frontend - open (11: Resource temporarily unavailable)
! E: Couldn't find any package by regex 'basket-dev'
! E: lock (2: No such file or directory)
! E: Version '9.0-1' for 'basket' was not found
! E: GPG error: http://deb.example.com trixie Release: the key is gone
! E: Invalid operation harvest
""",
    ),
    LogPattern(
        name="apt.subprocess",
        keywords=("returned an error code",),
        start=r"E: Sub-process .{1,200} returned an error code",
        confidence=Confidence.SYMPTOM,
        example="""
! E: Sub-process /usr/bin/dpkg returned an error code (1)
""",
    ),
    LogPattern(
        name="apt.index",
        keywords=("failed to download",),
        start=r"E: Some index files failed to download",
        confidence=Confidence.SYMPTOM,
        example="""
! E: Some index files failed to download. They have been ignored, or old ones used instead.
""",
    ),
    LogPattern(
        name="apt.broken",
        keywords=("unable to correct problems",),
        start=r"E: Unable to correct problems, you have held",
        context_before=r"\s[\w.+:-]{1,100} : |\s{4,120}\S|The following packages have unmet",
        max_context=20,
        headline=r"^\s[\w.+:-]{1,100} : ",
        example="""
> The following packages have unmet dependencies:
!  basket-dev : Depends: willow (>= 9) but it is not going to be installed
> E: Unable to correct problems, you have held broken packages.
""",
    ),
    LogPattern(
        name="dpkg.error",
        keywords=("dpkg: error",),
        start=r"dpkg: error(?: processing|: )",
        body=r"\s{1,2}\S",
        max_lines=4,
        example="""
! dpkg: error processing package basket (--configure):
>  installed basket package post-installation script subprocess returned error exit status 1
  Errors were encountered while processing:
""",
    ),
)

# Package managers of other systems: dnf, apk, Homebrew, Chocolatey, Nix.

_OS_PACKAGES = (
    LogPattern(
        name="dnf.no_match",
        keywords=("unable to find a match",),
        start=r"Error: Unable to find a match: ",
        example="""
! Error: Unable to find a match: basket-devel
""",
    ),
    LogPattern(
        name="dnf.download",
        keywords=("error",),
        start=r"(?:Error: (?:Failed to download metadata|Error downloading packages|Package: )"
        r"|Errors during downloading metadata)",
        body=r"\s{2}-? ?\S",
        max_lines=8,
        example="""
! Errors during downloading metadata for repository 'orchard':
>   - Status code: 404 for http://rpm.example.com/repodata/repomd.xml
  done
""",
    ),
    LogPattern(
        name="apk.select",
        keywords=("error: unable to select packages",),
        start=r"ERROR: unable to select packages:",
        body=r"\s{2,8}\S",
        max_lines=12,
        headline=r"^\s{2}\S",
        example="""
> ERROR: unable to select packages:
!   basket-dev (no such package):
>     required by: world[basket-dev]
  done
""",
    ),
    LogPattern(
        name="brew.error",
        keywords=("error: ",),
        start=r"Error: (?:No available formula|No formulae|Cask '|\S{1,100}: (?:Failed to download|no bottle)"
        r"|The `brew link`"
        r"|Your (?:Command Line Tools|Xcode)|Cannot install|An exception occurred within a child)",
        body=r"Could not symlink|Target \S|already exists|\s{2}\S",
        max_lines=8,
        example="""
! Error: No available formula with the name "basket".
""",
    ),
    LogPattern(
        name="choco.failed",
        keywords=("packages failed",),
        start=r"Chocolatey installed \d{1,4}/\d{1,4} packages?\. \d{1,4} packages? failed",
        body=r"\s{0,2}See the log|$|Failures|\s{0,4}- ",
        max_lines=8,
        headline=r"^\s{0,4}- ",
        confidence=Confidence.LIKELY,
        example="""
> Chocolatey installed 0/1 packages. 1 packages failed.
>  See the log for details (C:\\ProgramData\\chocolatey\\logs\\chocolatey.log).
>
> Failures
!  - basket (exited 404) - Error while running 'C:\\basket.ps1'.
  done
""",
    ),
    LogPattern(
        name="nix.builder",
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
    LogPattern(
        name="nix.dependency",
        keywords=("error: ",),
        start=r"error: (?:\d{1,5} dependencies of derivation|build of '.{1,300}' failed|some outputs of)",
        confidence=Confidence.SYMPTOM,
        example="""
! error: 1 dependencies of derivation '/nix/store/2-orchard.drv' failed to build
""",
    ),
)

# Downloads with curl, wget and similar tools.

_DOWNLOADS_CURL = r"[\d\s:.kMG-]{0,300}curl: \(\d{1,3}\) "

_DOWNLOADS = (
    LogPattern(
        name="downloads.wget_error",
        keywords=("error ",),
        start=r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?ERROR [45]\d\d: ",
        context_before=r"HTTP request sent, awaiting response|https?://\S{1,400}:$",
        max_context=1,
        confidence=Confidence.LIKELY,
        example="""
  Connecting to pears.example.com:443... connected.
> HTTP request sent, awaiting response... 404 Not Found
! 2031-03-01 10:00:00 ERROR 404: Not Found.
""",
    ),
    LogPattern(
        name="downloads.wget",
        keywords=("unable to ",),
        start="wget: unable to ",
        confidence=Confidence.LIKELY,
        example="""
! wget: unable to resolve host address 'pears.example.com'
""",
    ),
    LogPattern(
        name="downloads.wget_server",
        keywords=("error",),
        start="wget: (?:server returned error|error getting response|bad address)",
        confidence=Confidence.LIKELY,
        example="""
! wget: server returned error: HTTP/1.1 404 Not Found
""",
    ),
    LogPattern(
        name="downloads.wget_failed",
        keywords=("failed: ",),
        priority=1,  # before network.refused
        start=r"(?:Connecting to|Resolving) \S{1,300}.{0,200}\.\.\. ?failed: ",
        confidence=Confidence.LIKELY,
        example="""
! Connecting to pears.example.com (pears.example.com)|10.1.2.3|:443... failed: Connection refused.
""",
    ),
    LogPattern(
        name="downloads.checksum",
        keywords=("mismatch",),
        start=r".{0,300}\b(?:[Cc]hecksum|[Hh]ash|SHA-?\d{1,3}|sha\d{1,3}|[Dd]igest|integrity) ?(?:sum "
        ")?(?:verification )?mismatch",
        body=r"\s{0,8}(?:[Ee]xpected|[Aa]ctual|[Gg]ot|[Ff]ound)\b",
        max_lines=4,
        confidence=Confidence.LIKELY,
        example="""
! pears-2.1.tar.gz: checksum mismatch
""",
    ),
    LogPattern(
        name="downloads.tar",
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
        name="network.sudo",
        keywords=("unable to resolve host",),
        start="sudo: unable to resolve host ",
        confidence=Confidence.NOISE,
        example="""
! sudo: unable to resolve host orchard: Name or service not known
""",
    ),
    LogPattern(
        name="network.could_not_resolve",
        keywords=("could not resolve host",),
        start=_NOT_A_TRACE + r".{0,400}[Cc]ould not resolve host",
        confidence=Confidence.LIKELY,
        example="""
! press: Could not resolve host: pears.example.com
""",
    ),
    LogPattern(
        name="network.name_resolution",
        keywords=("failure in name resolution",),
        start=_NOT_A_TRACE + r".{0,400}Temporary failure in name resolution",
        confidence=Confidence.LIKELY,
        example="""
! press: pears.example.com: Temporary failure in name resolution
""",
    ),
    LogPattern(
        name="network.no_such_host",
        keywords=("no such host",),
        start=_NOT_A_TRACE + r".{0,400}\bno such host\b",
        confidence=Confidence.LIKELY,
        example="""
! Get "https://pears.example.com/v2/": dial tcp: lookup pears.example.com on 127.0.0.53:53: no such host
""",
    ),
    LogPattern(
        name="network.refused",
        keywords=("connection refused",),
        start=_NOT_A_TRACE + r".{0,400}[Cc]onnection refused",
        confidence=Confidence.LIKELY,
        example="""
! dial tcp 127.0.0.1:5432: connect: connection refused
""",
    ),
    LogPattern(
        name="network.timed_out",
        keywords=("connection timed out",),
        start=_NOT_A_TRACE + r".{0,400}[Cc]onnection timed out",
        confidence=Confidence.LIKELY,
        example="""
! press: connect to pears.example.com port 443: Connection timed out
""",
    ),
    LogPattern(
        name="network.io_timeout",
        keywords=("timeout",),
        start=_NOT_A_TRACE + r".{0,400}(?:i/o timeout|TLS handshake timeout|Client\.Timeout exceeded)",
        confidence=Confidence.LIKELY,
        example="""
! Get "https://pears.example.com/v2/": net/http: TLS handshake timeout
""",
    ),
    LogPattern(
        name="network.reset",
        keywords=("error",),
        start=_NOT_A_TRACE
        + r".{0,400}(?:[Cc]onnection reset by peer|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|ECONNREFUSED)",
        confidence=Confidence.LIKELY,
        example="""
! press: error: read tcp 10.0.0.4:51422: connection reset by peer
""",
    ),
    LogPattern(
        name="network.request_failed",
        keywords=("failed, reason: ",),
        start=r"(?:request to \S{1,300} failed, reason: )",
        confidence=Confidence.LIKELY,
        example="""
! request to https://pears.example.com/basket failed, reason: connect ETIMEDOUT 10.1.2.3:443
""",
    ),
    LogPattern(
        name="network.http_status",
        keywords=("error",),
        priority=1,  # before downloads.wget_error
        start=r"(?:ERROR|Error|error):? (?:HTTP )?(?:40[134]|429|5\d\d):? (?:Unauthorized|Forbidden|Not Found|Too "
        "Many Requests|Internal Server Error|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway "
        "Time-?out)",
        confidence=Confidence.LIKELY,
        example="""
! error: 503 Service Unavailable
""",
    ),
    LogPattern(
        name="network.unexpected_status",
        keywords=("unexpected ",),
        start=_NOT_A_TRACE + r".{0,400}[Uu]nexpected (?:HTTP )?(?:status|response)(?: code)?"
        r"(?: from \w{1,20} request to \S{1,300})?:? (?:40[134]|429|5\d\d)\b",
        confidence=Confidence.LIKELY,
        example="""
! unexpected status from GET request to https://pears.example.com/v2/: 503 Service Unavailable
""",
    ),
    LogPattern(
        name="network.rpc",
        keywords=("error: code = ",),
        start=r".{0,300}\brpc error: code = (?:Unavailable|DeadlineExceeded|ResourceExhausted|Unauthenticated"
        r"|PermissionDenied|Unknown|Internal)\b",
        confidence=Confidence.LIKELY,
        example="""
! press: rpc error: code = Unavailable desc = closing transport due to: EOF
""",
    ),
    LogPattern(
        name="network.rate_limit",
        keywords=("##[error]",),
        start="(?!.{0,300}[Rr]etrying).{0,300}(?:API rate limit (?:exceeded|reached)|secondary rate limit)",
        example="""
! ##[error]API rate limit exceeded for installation ID 4711.
""",
    ),
)

# TLS: certificates that are not trusted, expired or for another host, and failed handshakes.

_TLS = (
    LogPattern(
        name="tls.issuer",
        keywords=("unable to get local issuer",),
        start=_NOT_A_TRACE + r".{0,400}unable to get local issuer certificate",
        confidence=Confidence.LIKELY,
        example="""
! SSL certificate problem: unable to get local issuer certificate
""",
    ),
    LogPattern(
        name="tls.expired",
        keywords=("expired",),
        start=_NOT_A_TRACE + r".{0,400}[Cc]ertificate has expired",
        confidence=Confidence.LIKELY,
        example="""
! press: SSL certificate problem: certificate has expired
""",
    ),
    LogPattern(
        name="tls.verify_failed",
        keywords=("fail",),
        start=_NOT_A_TRACE + r".{0,400}certificate veri(?:fy|fication) failed",
        confidence=Confidence.LIKELY,
        example="""
! press: https://pears.example.com/: server certificate verification failed. CAfile: none CRLfile: none
""",
    ),
    LogPattern(
        name="tls.authority",
        keywords=("unknown authority",),
        start=_NOT_A_TRACE + r".{0,400}certificate signed by unknown authority",
        confidence=Confidence.LIKELY,
        example="""
! Get "https://pears.example.com/v2/": x509: certificate signed by unknown authority
""",
    ),
    LogPattern(
        name="tls.first",
        keywords=("unable to verify",),
        start=_NOT_A_TRACE + r".{0,400}unable to verify the first certificate",
        confidence=Confidence.LIKELY,
        example="""
! request failed: unable to verify the first certificate
""",
    ),
    LogPattern(
        name="tls.handshake",
        keywords=("failure",),
        start=_NOT_A_TRACE + r".{0,400}(?:alert handshake failure|SSL handshake failure)",
        confidence=Confidence.LIKELY,
        example="""
! error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure
""",
    ),
    LogPattern(
        name="tls.name",
        keywords=("error",),
        start=_NOT_A_TRACE
        + r".{0,400}(?:no alternative certificate subject name|certificate is (?:not )?valid for .{1,200}, not )",
        confidence=Confidence.LIKELY,
        example="""
! press: error: SSL: no alternative certificate subject name matches target host name 'pears.example.com'
""",
    ),
)

# Clouds and registries that refuse the credentials of a job.

_CREDENTIALS = (
    LogPattern(
        name="credentials.aws_role",
        keywords=("could not assume role",),
        start="(?:Error: )?Could not assume role",
        example="""
! ##[error]Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity
""",
    ),
    LogPattern(
        name="credentials.aws_none",
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:Credentials could not be loaded|Not authorized to perform sts:|Could not "
        "load credentials from any providers|The security token included in the request is)",
        example="""
! ##[error]Credentials could not be loaded, please check your action inputs: Could not load credentials from any
""",
    ),
    LogPattern(
        name="credentials.aws_locate",
        keywords=("unable to locate credentials",),
        start="(?:fatal error: |.{0,200}Error: )?Unable to locate credentials",
        example="""
! Unable to locate credentials. You can configure credentials by running "aws configure".
""",
    ),
    LogPattern(
        name="credentials.aws_call",
        keywords=("an error occurred (",),
        start=r".{0,200}\b[Aa]n error occurred \(\w{1,80}\) when calling the \w{1,80} operation",
        confidence=Confidence.LIKELY,
        example="""
! An error occurred (ExpiredToken) when calling the PutObject operation: The provided token has expired.
""",
    ),
    LogPattern(
        name="credentials.google",
        keywords=("failed with: ",),
        start=r"(?:Error: )?google-github-actions/\S{1,60} failed with: ",
        example="""
! ##[error]google-github-actions/auth failed with: failed to generate Google Cloud federated token
""",
    ),
    LogPattern(
        name="credentials.gcloud",
        keywords=("error: (",),
        start=r"ERROR: \((?:gcloud|bq|gsutil)\.[\w.-]{1,100}\) ",
        body=r"(?:- |\s{2,8})\S|This command is authenticated",
        max_lines=8,
        example="""
! ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'run.services.get' denied on resource
""",
    ),
    LogPattern(
        name="credentials.azure",
        keywords=("login failed with error",),
        start="(?:Error: )?Login failed with Error: ",
        example="""
! ##[error]Login failed with Error: Using auth-type: SERVICE_PRINCIPAL. Not all values are present.
""",
    ),
    LogPattern(
        name="credentials.azure_directory",
        keywords=("error",),
        start=r".{0,200}\bAADSTS\d{3,9}: ",
        example="""
! ERROR: AADSTS700016: Application with identifier 'pears' was not found in the directory 'Orchard'.
""",
    ),
    LogPattern(
        name="credentials.no_id_token",
        keywords=("unable to get actions_id_token",),
        start=".{0,200}Unable to get ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN) env variable",
        example="""
! ##[error]Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable
""",
    ),
    LogPattern(
        name="credentials.id_token",
        keywords=("failed to get id token",),
        start="(?:Error: )?(?:Error message: )?Failed to get ID Token",
        example="""
! ##[error]Failed to get ID Token.
""",
    ),
    LogPattern(
        name="credentials.trusted_publishing",
        keywords=("exchange failure",),
        start="(?:Error: )?Trusted publishing exchange failure:",
        body=r"$|Token request failed|\* `|This generally indicates",
        max_lines=10,
        headline=r"\* `",
        example="""
> ##[error]Trusted publishing exchange failure:
> Token request failed: the server refused the request for the following reasons:
>
! * `invalid-publisher`: valid token, but no corresponding publisher
  done
""",
    ),
    LogPattern(
        name="credentials.docker_login",
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?(?:Username and password required|Username required|Password required)$",
        example="""
! ##[error]Username and password required
""",
    ),
    LogPattern(
        name="credentials.pull_denied",
        keywords=("pull access denied",),
        start=".{0,200}pull access denied for ",
        example="""
! pull access denied for acme/pears, repository does not exist or may require 'docker login'
""",
    ),
)

PATTERNS = (
    *_APT,
    *_OS_PACKAGES,
    *_DOWNLOADS,
    *_NETWORK,
    *_TLS,
    *_CREDENTIALS,
)
