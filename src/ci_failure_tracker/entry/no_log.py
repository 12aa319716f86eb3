"""Distinguishes a log from another file by its first bytes."""

from __future__ import annotations

import re

from ci_failure_tracker.diagnosis.encoding import AsUtf8
from ci_failure_tracker.errors import NoLogError

HEAD = 1 << 16
"""Bytes that are looked at."""

_MOST_CONTROL = 0.05
"""The part of a log that control characters are at most. In compressed data it is a tenth."""

# Escapes for colours do not count, because many logs have them in each line.
_CONTROL = bytes({*range(0x20), 0x7F} - {*b"\b\t\n\v\f\r\x1b"})
_DOWNLOAD = (
    "Download the log again: `gh run view RUN --log-failed > job.log`, or Download log archive on the run's page."
)

_SIGNS = {
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"\x1f\x8b": "a packed file",
    b"\xfd7zXZ": "a packed file",
    b"\x28\xb5\x2f\xfd": "a packed file",
    b"7z\xbc\xaf": "a packed file",
    b"Rar!": "a packed file",
}
_ADVICE = {
    "an image": f"Only text can be read. {_DOWNLOAD}",
    "a packed file": "Unpack it and give the log that it holds. Of packed files only zip is read.",
}
_HTML = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_ANSWER = re.compile(
    rb'\s*(?:<\?xml[^>]{0,200}>\s*<Error>|\{\s*"message":\s*"[^"]{0,300}",\s*"(?:documentation_url|errors|status)")'
)


def check_log(path: str, head: bytes) -> None:
    """Raise an error if a file that begins like this is no log."""
    if not head:
        raise NoLogError(path, "is empty", f"{_DOWNLOAD}")
    for sign, kind in _SIGNS.items():
        if head.startswith(sign):
            raise NoLogError(path, f"is {kind}, not a log", _ADVICE.get(kind, _DOWNLOAD))
    # Decoded first: text in UTF-16 is half zeros, which would count as control characters.
    text = _as_text(head[:HEAD])
    # `curl` ends with 0 even if it got the page to sign in.
    if _HTML.match(text):
        advice = "It may be the page to sign in, or the page of the job instead of its log."
        raise NoLogError(path, "is an HTML page, not a log", f"{advice} {_DOWNLOAD}")
    # The errors of storage are XML, those of GitHub's API are JSON.
    if _ANSWER.match(text):
        advice = "The address may be too old, or the token may not read it."
        raise NoLogError(path, "is a server's error message, not a log", f"{advice} {_DOWNLOAD}")
    if len(text) - len(text.translate(None, _CONTROL)) > len(text) * _MOST_CONTROL:
        raise NoLogError(path, "is a binary file, not a log", f"Only text and zip files can be read. {_DOWNLOAD}")


def _as_text(head: bytes) -> bytes:
    decoder = AsUtf8()
    return (decoder.decode(head) + decoder.finish()).removeprefix(b"\xef\xbb\xbf")
