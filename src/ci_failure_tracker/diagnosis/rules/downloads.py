"""What curl, wget and their like say of a download."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_CURL = r"[\d\s:.kMG-]{0,300}curl: \(\d{1,3}\) "

RULES = (
    Rule(
        name="downloads.wget_error",
        keywords=("error ",),
        opens=r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?ERROR [45]\d\d: ",
        lead=r"HTTP request sent, awaiting response|https?://\S{1,400}:$",
        lead_most=1,
        rank=Rank.LIKELY,
        example="""
  Connecting to pears.example.com:443... connected.
> HTTP request sent, awaiting response... 404 Not Found
! 2031-03-01 10:00:00 ERROR 404: Not Found.
""",
    ),
    Rule(
        name="downloads.wget",
        keywords=("unable to ",),
        opens="wget: unable to ",
        rank=Rank.LIKELY,
        example="""
! wget: unable to resolve host address 'pears.example.com'
""",
    ),
    Rule(
        name="downloads.wget_server",
        keywords=("error",),
        opens="wget: (?:server returned error|error getting response|bad address)",
        rank=Rank.LIKELY,
        example="""
! wget: server returned error: HTTP/1.1 404 Not Found
""",
    ),
    Rule(
        name="downloads.wget_failed",
        keywords=("failed: ",),
        opens=r"(?:Connecting to|Resolving) \S{1,300}.{0,200}\.\.\. ?failed: ",
        rank=Rank.LIKELY,
        example="""
! Connecting to pears.example.com (pears.example.com)|10.1.2.3|:443... failed: Connection refused.
""",
    ),
    Rule(
        name="downloads.checksum",
        keywords=("mismatch",),
        opens=r".{0,300}\b(?:[Cc]hecksum|[Hh]ash|SHA-?\d{1,3}|sha\d{1,3}|[Dd]igest|integrity) ?(?:sum "
        ")?(?:verification )?mismatch",
        through=r"\s{0,8}(?:[Ee]xpected|[Aa]ctual|[Gg]ot|[Ff]ound)\b",
        most=4,
        rank=Rank.LIKELY,
        example="""
! pears-2.1.tar.gz: checksum mismatch
""",
    ),
    Rule(
        name="downloads.tar",
        keywords=("error is not recoverable",),
        opens="tar: Error is not recoverable: exiting now",
        lead="(?:gzip|xz|bzip2|tar|bzip2): ",
        lead_most=5,
        headline="^(?:gzip|xz|bzip2|tar: (?!Child|Error is not|Exiting))",
        example="""
! gzip: stdin: not in gzip format
> tar: Child returned status 1
> tar: Error is not recoverable: exiting now
""",
    ),
    Rule(
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
        opens=_CURL,
        rank=Rank.LIKELY,
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
