"""Certificates that are not trusted, expired or of another host, and handshakes that fail."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule
from ci_failure_tracker.diagnosis.rules.network import NOT_A_TRACE

RULES = (
    Rule(
        name="tls.issuer",
        keywords=("unable to get local issuer",),
        opens=NOT_A_TRACE + r".{0,400}unable to get local issuer certificate",
        rank=Rank.LIKELY,
        example="""
! SSL certificate problem: unable to get local issuer certificate
""",
    ),
    Rule(
        name="tls.expired",
        keywords=("expired",),
        opens=NOT_A_TRACE + r".{0,400}[Cc]ertificate has expired",
        rank=Rank.LIKELY,
        example="""
! press: SSL certificate problem: certificate has expired
""",
    ),
    Rule(
        name="tls.verify_failed",
        keywords=("fail",),
        opens=NOT_A_TRACE + r".{0,400}certificate veri(?:fy|fication) failed",
        rank=Rank.LIKELY,
        example="""
! press: https://pears.example.com/: server certificate verification failed. CAfile: none CRLfile: none
""",
    ),
    Rule(
        name="tls.authority",
        keywords=("unknown authority",),
        opens=NOT_A_TRACE + r".{0,400}certificate signed by unknown authority",
        rank=Rank.LIKELY,
        example="""
! Get "https://pears.example.com/v2/": x509: certificate signed by unknown authority
""",
    ),
    Rule(
        name="tls.first",
        keywords=("unable to verify",),
        opens=NOT_A_TRACE + r".{0,400}unable to verify the first certificate",
        rank=Rank.LIKELY,
        example="""
! request failed: unable to verify the first certificate
""",
    ),
    Rule(
        name="tls.handshake",
        keywords=("failure",),
        opens=NOT_A_TRACE + r".{0,400}(?:alert handshake failure|SSL handshake failure)",
        rank=Rank.LIKELY,
        example="""
! error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure
""",
    ),
    Rule(
        name="tls.name",
        keywords=("error",),
        opens=NOT_A_TRACE
        + r".{0,400}(?:no alternative certificate subject name|certificate is (?:not )?valid for .{1,200}, not )",
        rank=Rank.LIKELY,
        example="""
! press: error: SSL: no alternative certificate subject name matches target host name 'pears.example.com'
""",
    ),
)
