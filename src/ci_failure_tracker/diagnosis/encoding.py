"""The bytes of a log as every other log has them: UTF-8, with escape sequences that begin with an escape."""

from __future__ import annotations

import codecs
import re

_HEAD = 512
"""Bytes of the beginning that tell the encoding."""

_BEFORE_CODE = rb"(?=\[[0-9;?]{0,20}[A-Za-z])"
_AS_CARET = re.compile(rb"\^\[" + _BEFORE_CODE)
_CODE = rb"(?:\\(?:x1[bB]|033|u001[bB]|e)|\xe2\x90\x9b)" + _BEFORE_CODE
_AS_CODE = re.compile(_CODE)
_BEGINS_WITH_CODE = re.compile(rb"^(?:\xef\xbb\xbf)?(?:\d{4}-\d\d-\d\dT[\d:.]{1,20}Z )?" + _CODE, re.MULTILINE)
_SIGNS_OF_CODE = (rb"\x1", rb"\033[", rb"\u001", rb"\e[", b"\xe2\x90\x9b[")


class AsUtf8:
    """Takes a log in chunks and gives it back as UTF-8. It may be UTF-8, or UTF-16 with or without byte-order mark."""

    def __init__(self) -> None:
        """Start with an empty log."""
        self._head: bytes | None = b""
        self._decoder: codecs.IncrementalDecoder | None = None

    def decode(self, chunk: bytes) -> bytes:
        """Take the next bytes. Nothing comes back before the encoding is known."""
        if self._head is not None:
            self._head += chunk
            if len(self._head) < _HEAD:
                return b""
            chunk = self._begin()
        return self._decoded(chunk, final=False)

    def finish(self) -> bytes:
        """The rest of the log."""
        return self._decoded(self._begin(), final=True)

    def _begin(self) -> bytes:
        """Choose the decoder, if that is not done, and return the bytes that it has not seen."""
        head, self._head = self._head or b"", None
        name = _utf16(head[:_HEAD])
        if name:
            self._decoder = codecs.getincrementaldecoder(name)("replace")
        return head

    def _decoded(self, chunk: bytes, *, final: bool) -> bytes:
        return self._decoder.decode(chunk, final).encode("utf-8", "replace") if self._decoder else chunk


def _utf16(head: bytes) -> str:
    """The name of the encoding if it is UTF-16, else an empty text. Every second byte of ASCII in UTF-16 is zero."""
    first, second = head[0::2].count(0), head[1::2].count(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16" if first + second else ""
    if second > len(head) // 8 and first * 8 <= second:
        return "utf-16-le"
    return "utf-16-be" if first > len(head) // 8 and second * 8 <= first else ""


def with_escapes(lines: bytes) -> bytes:
    r"""The lines with real escapes for those that a tool has written as text, such as `^[[31m` or `\x1b[31m`.

    If a line has a real escape, no tool has done that. The second form is also what scripts are written in, so a line
    has to begin with it.
    """
    if b"\x1b" in lines:
        return lines
    if b"^[[" in lines:
        return _AS_CARET.sub(b"\x1b", lines)
    if any(sign in lines for sign in _SIGNS_OF_CODE) and _BEGINS_WITH_CODE.search(lines):
        return _AS_CODE.sub(b"\x1b", lines)
    return lines
