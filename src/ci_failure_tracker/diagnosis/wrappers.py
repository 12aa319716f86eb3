"""The prefixes that wrappers put before every line of the tool that they run: docker, compose, turbo, Ant …"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_failure_tracker.text.lazy import lazy

_SOURCES = (
    r"##\[error\]",
    r"#\d{1,4}(?: \d{1,6}\.\d{1,3})?(?: |$)",  # docker buildx
    r"[A-Za-z][\w.-]{0,60}[-_]\d{1,3} {1,30}\| ?",  # docker compose
    r" {0,12}\[(?:junit|javac?|exec|testng|groovyc?|scalac?)\] ",  # Ant
    r"\[\d{1,3}\] ",  # concurrently
    r"\[?\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\]? ",  # gulp, Jenkins
    r"@?[\w./-]{1,80}:[a-z][\w-]{0,40}: ",  # turbo
    r"[\w@-]{0,40}[/.][\w./@-]{0,80} [a-z][\w:-]{0,40}: ",  # pnpm
    r"(?:\S{1,200} )?[.FEsxX]{0,1000}\.{2}(?=[^\s.])",  # dots of a test runner
    r"\d{1,3}%\|[^|]{0,200}\| \S{1,40} \[[^\]]{0,60}\] ?",  # a bar of tqdm
    r"[|│=>] {1,4}(?=\S)",  # a frame around the output
)
PREFIXES = tuple(map(lazy, _SOURCES))
"""With these the log patterns try a line that they do not match as it is."""

_ANY = lazy("|".join(_SOURCES))

_SURE = lazy(
    r"(?:##\[error\] ?"
    r"|#\d{1,4} \d{1,6}\.\d{1,3} "
    r"|[A-Za-z][\w.-]{0,60}[-_]\d{1,3} {1,30}\| ?"
    r"| {0,12}\[(?:junit|javac?|exec|testng|groovyc?|scalac?)\] "
    r"|\[(?:INFO|ERROR|FATAL|WARN|WARNING|DEBUG|info|error|warn)\] ?){1,4}"
)
"""Prefixes that nothing else looks like. The level that a build tool puts before a line is one."""


def variants(text: str) -> Iterator[tuple[re.Pattern[str] | None, str]]:
    """The line itself, then the line without each prefix that it has."""
    yield None, text
    for prefix in PREFIXES if _ANY.match(text) else ():
        match = prefix.match(text)
        if match:
            yield prefix, text[match.end() :]


def without_prefix(text: str, prefix: re.Pattern[str] | None) -> str:
    """The line without this prefix, if it has it."""
    match = prefix.match(text) if prefix else None
    return text[match.end() :] if match else text


def unwrapped(text: str) -> str:
    """The line without the prefixes at its beginning that are surely those of wrappers."""
    return text[match.end() :] if (match := _SURE.match(text)) else text
