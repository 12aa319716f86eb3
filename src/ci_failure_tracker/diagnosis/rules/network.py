"""Names that do not resolve and connections that fail, on lines of their own."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

NOT_A_TRACE = r"(?!(?:Caused by: |\s{1,20}at )|(?:npm |E: |W: |Err:|ERROR: |FATAL: |curl: |wget: |fatal: |WARNING: )"
NOT_A_TRACE += r"|(?:Uncaught )?(?:[\w$]{1,80}\.){0,12}\[?\w{0,80}(?:Error|Exception)\b)"
"""Lines that belong to a stack trace or to a tool with rules of its own."""

RULES = (
    Rule(
        name="network.sudo",
        keywords=("unable to resolve host",),
        opens="sudo: unable to resolve host ",
        rank=Rank.NOISE,
        example="""
! sudo: unable to resolve host orchard: Name or service not known
""",
    ),
    Rule(
        name="network.could_not_resolve",
        keywords=("could not resolve host",),
        opens=NOT_A_TRACE + r".{0,400}[Cc]ould not resolve host",
        rank=Rank.LIKELY,
        example="""
! press: Could not resolve host: pears.example.com
""",
    ),
    Rule(
        name="network.name_resolution",
        keywords=("failure in name resolution",),
        opens=NOT_A_TRACE + r".{0,400}Temporary failure in name resolution",
        rank=Rank.LIKELY,
        example="""
! press: pears.example.com: Temporary failure in name resolution
""",
    ),
    Rule(
        name="network.no_such_host",
        keywords=("no such host",),
        opens=NOT_A_TRACE + r".{0,400}\bno such host\b",
        rank=Rank.LIKELY,
        example="""
! Get "https://pears.example.com/v2/": dial tcp: lookup pears.example.com on 127.0.0.53:53: no such host
""",
    ),
    Rule(
        name="network.refused",
        keywords=("connection refused",),
        priority=-2,  # after downloads.wget_failed, rustc.error, ssh.failed
        opens=NOT_A_TRACE + r".{0,400}[Cc]onnection refused",
        rank=Rank.LIKELY,
        example="""
! dial tcp 127.0.0.1:5432: connect: connection refused
""",
    ),
    Rule(
        name="network.timed_out",
        keywords=("connection timed out",),
        opens=NOT_A_TRACE + r".{0,400}[Cc]onnection timed out",
        rank=Rank.LIKELY,
        example="""
! press: connect to pears.example.com port 443: Connection timed out
""",
    ),
    Rule(
        name="network.io_timeout",
        keywords=("timeout",),
        opens=NOT_A_TRACE + r".{0,400}(?:i/o timeout|TLS handshake timeout|Client\.Timeout exceeded)",
        rank=Rank.LIKELY,
        example="""
! Get "https://pears.example.com/v2/": net/http: TLS handshake timeout
""",
    ),
    Rule(
        name="network.reset",
        keywords=("error",),
        opens=NOT_A_TRACE
        + r".{0,400}(?:[Cc]onnection reset by peer|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|ECONNREFUSED)",
        rank=Rank.LIKELY,
        example="""
! press: error: read tcp 10.0.0.4:51422: connection reset by peer
""",
    ),
    Rule(
        name="network.request_failed",
        keywords=("failed, reason: ",),
        opens=r"(?:request to \S{1,300} failed, reason: )",
        rank=Rank.LIKELY,
        example="""
! request to https://pears.example.com/basket failed, reason: connect ETIMEDOUT 10.1.2.3:443
""",
    ),
    Rule(
        name="network.http_status",
        keywords=("error",),
        priority=1,  # before downloads.wget_error
        opens=r"(?:ERROR|Error|error):? (?:HTTP )?(?:40[134]|429|5\d\d):? (?:Unauthorized|Forbidden|Not Found|Too "
        "Many Requests|Internal Server Error|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway "
        "Time-?out)",
        rank=Rank.LIKELY,
        example="""
! error: 503 Service Unavailable
""",
    ),
    Rule(
        name="network.unexpected_status",
        keywords=("unexpected ",),
        opens=NOT_A_TRACE + r".{0,400}[Uu]nexpected (?:HTTP )?(?:status|response)(?: code)?"
        r"(?: from \w{1,20} request to \S{1,300})?:? (?:40[134]|429|5\d\d)\b",
        rank=Rank.LIKELY,
        example="""
! unexpected status from GET request to https://pears.example.com/v2/: 503 Service Unavailable
""",
    ),
    Rule(
        name="network.rpc",
        keywords=("error: code = ",),
        opens=r".{0,300}\brpc error: code = (?:Unavailable|DeadlineExceeded|ResourceExhausted|Unauthenticated"
        r"|PermissionDenied|Unknown|Internal)\b",
        rank=Rank.LIKELY,
        example="""
! press: rpc error: code = Unavailable desc = closing transport due to: EOF
""",
    ),
    Rule(
        name="network.rate_limit",
        keywords=("##[error]",),
        opens="(?!.{0,300}[Rr]etrying).{0,300}(?:API rate limit (?:exceeded|reached)|secondary rate limit)",
        example="""
! ##[error]API rate limit exceeded for installation ID 4711.
""",
    ),
)
