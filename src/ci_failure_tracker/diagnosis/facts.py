"""The facts of a failure: the tool that reported it, its kind, what failed, where, and with which message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ci_failure_tracker.diagnosis.blocks import compiled
from ci_failure_tracker.diagnosis.kinds import kind_of
from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.log_pattern import GENERIC, Block, Confidence
from ci_failure_tracker.diagnosis.structure import Section
from ci_failure_tracker.diagnosis.wrappers import without_prefix
from ci_failure_tracker.model import Failure, FailureKind, LineRange, Outcome
from ci_failure_tracker.text.redaction import redacted

MOST = 50
"""Failures of a log that are told apart."""

_MOST_BLOCKS = 100
_MOST_LINES = 25
"""Lines of a block that are searched for facts: so many from its beginning, and so many from its headline on."""

_LONGEST = 500
"""Characters of a line that are searched for facts."""

_TELLING = 4
"""Characters that the last part of a subject needs to stand for the whole."""

_KIND_OF_OUTCOME = {
    Outcome.TIMED_OUT: FailureKind.TIME_LIMIT,
    Outcome.RUNNER_LOST: FailureKind.INFRASTRUCTURE,
    Outcome.CANCELLED: FailureKind.CANCELLED,
    Outcome.SUPERSEDED: FailureKind.CANCELLED,
}

_EXTENSION = r"\.(?!(?:com|org|net|io|dev|local|internal|svc|example)\b)[A-Za-z]\w{0,9}"
_PATH = rf"(?:[A-Za-z]:[\\/])?[\w./\\@+-]{{1,300}}{_EXTENSION}"
_LOCATIONS = (
    r'File "(?P<path>[^"\n]{1,300})", line (?P<line>\d{1,7})',
    r"-{1,4}> (?P<path>[^\s:]{1,300}):(?P<line>\d{1,7})(?::(?P<column>\d{1,5}))?",
    rf"(?<![\w/.\\@-])(?P<path>{_PATH})\((?P<line>\d{{1,7}})(?:,(?P<column>\d{{1,5}}))?\)",
    rf"(?<![\w/.\\@-])(?P<path>{_PATH}):\[(?P<line>\d{{1,7}}),(?P<column>\d{{1,5}})\]",
    rf"(?<![\w/.\\@-])(?P<path>{_PATH}):(?P<line>\d{{1,7}})(?::(?P<column>\d{{1,5}}))?(?![\w.])",
    rf"(?<![\w/.\\@-])(?P<path>{_PATH}),? (?:on )?line (?P<line>\d{{1,7}})",
)
"""How tools print a place: a file and a line, some with a column."""

_WORKSPACE = re.compile(
    r"(?:(?:[A-Za-z]:[\\/]a|/__w|/home/runner/work|/Users/runner/work"
    r"|/home/travis/build)[\\/][^\\/]{1,100}[\\/][^\\/]{1,100}"
    r"|/github/workspace|/home/circleci/project|\.)[\\/]"
)
_NOT_OURS = re.compile(
    r"(?:^|[\\/])(?:site-packages|dist-packages|node_modules|hostedtoolcache|\.cargo|rustlib|\.rustup|vendor|gems"
    r"|\.venv|internal)[\\/]"
    r"|^(?:/usr/|/opt/|/nix/|/root/|node:|[A-Za-z]:[\\/](?:hostedtoolcache|Program))|^/rustc/"
)
"""Files of packages and tools: where the error was raised, but not what anybody here can change."""

_DECORATION = re.compile(
    r"\s{0,80}(?:(?:##\[(?:error|group)\]|E {1,40}(?=\S)|#\s{1,20}(?=\S)|\[(?:ERROR|error|FATAL)\] {0,8}|[│"
    r"|>╰─] {1,8}(?=\S)){1,4})?\s{0,20}"
)

_TRAVIS_COMMAND = re.compile(r'The command "(.{1,1800})" (?:failed and )?exited with')

_TEST = (
    r"(?:FAILED|ERROR) (?P<subject>\S{1,200}\.py::[^\s\[]{1,300}(?:\[.{0,200}?\])?)(?= - |$)",
    r"^_{2,200} (?P<subject>\S.{0,300}?) _{2,200}$",
    r"--- FAIL: (?P<subject>\S{1,300})",
    r"^\s{2}● (?!Test suite failed)(?P<subject>\S.{0,300})$",
    r"^\s{0,4}(?:FAIL|×|\u276f)\s{1,4}(?P<subject>\S{1,200} > .{1,300})$",
    r"^(?:FAIL|ERROR): (?P<subject>\w{1,200} \([\w.]{1,200}\))",
    r"^(?:\d{1,4}\) )?(?:Failure|Error): ?(?P<subject>\w{1,200}(?:#|\()[\w.:]{1,200}\)?)",
    r"^test (?P<subject>\S{1,300}) \.\.\. (?:FAILED|failed)",
    r"^---- (?P<subject>\S{1,300}) stdout ----",
    r"^thread '(?!main')(?P<subject>[^']{1,300})' ?(?:\(\d{1,12}\) )?panicked",
    r"^\[  FAILED  \] (?P<subject>[\w/]{1,200}\.[\w/]{1,200})",
    r"^(?:\[ERROR\]\s{1,4})?(?P<subject>[\w.$]{1,300}[.:#]\w{1,200})"
    r"(?:\(.{0,100}?\))?(?::\d{1,6})?\s{1,4}(?:Time elapsed|-- Time|»)",
    r"^(?P<subject>[^>\s][^>]{0,200} > .{1,300}?) FAILED",
    r"^(?P<subject>(?:[\w$-]{1,80}\.){1,12}[\w$-]{1,80}(?:\[[\w, ]{1,40}\])?) FAILED$",
    r"^Failed {1,4}(?P<subject>\w[\w.]{1,300})$",
    r"^\d\d:\d\d [-+~ \d]{1,20}: (?P<subject>\S.{0,300}) \[E\]",
    r"^\s{0,8}(?:Failed|X) (?P<subject>\S.{0,300}?) \[[\d<]",
    r"^\s{0,8}(?P<subject>[\w.]{1,300}(?:\(.{0,200}?\))?) \[FAIL\]",
    r"^\s{0,12}not ok \d{1,6} (?:- )?(?P<subject>\S.{0,300}?)(?: # .{0,100})?$",
    r"^\s{0,8}\d{1,5}\) (?!(?:Failure|Error|Failed"
    r"|Skipped)\b:?$)(?:\[[\w -]{1,40}\] › )?(?P<subject>\S.{0,300}?):?(?: ─{1,200})?$",
    r"^\s{0,12}\d{1,6} - (?P<subject>\S{1,200}) \((?:Failed|Timeout|Not Run|SEGFAULT|Subprocess aborted"
    r"|Child aborted)\)",
    r"Test\s{1,6}#\d{1,6}: (?P<subject>\S{1,200}) ",
    r"^\s{0,4}(?P<subject>\w{1,100}(?:::\w{1,100}){0,4}#test_\w{1,200})",
    r"^\s{0,4}(?P<subject>\w{1,200}\([\w.$]{3,200}\)):",
    r"Failed test '(?P<subject>[^']{1,200})'",
    r"^\s{0,8}\[-\] (?P<subject>\S.{0,200}?) \d{1,9}m?s",
    r"^\S.{0,80}\([^()]{1,60}\)\)? (?P<subject>\S.{0,300}?) FAILED$",
    r"^\s{0,12}Test:\s{1,20}(?P<subject>\S{1,300})$",
    r"^(?:\[ERROR\])?\s{0,4}(?:Run \d{1,3}: )?(?P<subject>[A-Z]\w{1,100}\.\w{1,200}):\d{1,6} ",
    r"-\[(?P<subject>\S{1,200} \S{1,200})\]",
    r"(?<!\S)(?P<subject>\S{1,200}\.py::[^\s\[]{1,300}(?:\[.{0,200}?\])?)",
    r"^rspec (?P<subject>\./\S{1,200}:\d{1,6})",
    r"while running '(?P<subject>[^']{1,300})'",
)
_PACKAGE = (
    r"(?:satisfies the requirement|matching distribution found for|No matching version found for"
    r"|Unable to locate package"
    r"|Could not find artifact|Unable to find package|no candidate for|find gem"
    r"|resolve import) ['\"`]?(?P<subject>[@\w][\w./:@^~=<>!+-]{0,200})",
    r"(?:[Pp]ackage|[Mm]odule|[Cc]rate|[Gg]em|[Pp]od|[Pp]lugin|[Dd]istribution|[Dd]ependency|[Rr]equirement|[Ff]ormula"
    r"|[Vv]ersion of|[Ii]mage)(?: named)? "
    r"['\"`‘](?P<subject>[@\w][\w./:@^~=<>!+ -]{0,200})['\"`’]",
    r"(?:Could not find|Could not resolve) (?P<subject>[\w.-]{1,100}:[\w.-]{1,100}(?::[\w.-]{1,100})?)",
    r"manifest for (?P<subject>\S{1,200}) not found",
    r"(?<![\w/-])(?P<subject>@?[\w-]{1,80}(?:/[\w.-]{1,80})?@[\^~]?\d[\w.-]{0,40})",
    r"(?<![\w.-])(?P<subject>[\w.-]{1,80}(?:==|>=|~=)\d[\w.]{0,40})",
)
_HOST = (
    r"resolve host(?: address|name)?[: ]{1,3}['\"`‘]?(?P<subject>[\w.-]{2,200})",
    r"(?:host=|getaddrinfo \w{1,20} |lookup |connect to "
    r"|UnknownHostException: )['\"]?(?P<subject>[\w-]{1,80}(?:\.[\w-]{1,80}){1,8})",
    r"https?://(?:[^@/\s]{1,100}@)?(?P<subject>[\w-]{1,80}(?:\.[\w-]{1,80}){1,8})",
)
_GRANTED = (
    r"Permission to (?P<subject>\S{1,200}) denied",
    r"required and not supplied: (?P<subject>[\w-]{1,80})",
    r"(?<![\w.])(?P<subject>(?!PERMISSION_DENIED)[A-Z][A-Z0-9]{0,30}_[A-Z0-9_]{1,60})(?![\w.])",
    *_HOST,
)
_SETTING = (
    r"[Ii]nput(?:\(s\))? ['\"`](?P<subject>[^'\"`]{1,100})",
    r"required and not supplied: (?P<subject>[\w-]{1,80})",
    r"(?:resolve|find) action [`'\"]?(?P<subject>[\w./@-]{1,200})",
    r"(?:^|: )(?P<subject>[\w./-]{1,80}): (?:command )?not found",
    r"term ['\"](?P<subject>[^'\"]{1,100})['\"] is not recognized",
    r"(?:option|flag|switch|argument|script|command|property|variable|key|field"
    r"|target)s?:? ['\"`](?P<subject>[^'\"`]{1,100})",
    r"(?:unrecognized arguments|not defined|unknown option|unknown flag): (?P<subject>-\S{1,80})",
    r"(?P<subject>[A-Z][A-Z0-9_]{2,60}): (?:unbound variable|parameter not set)",
    r"(?<![\w./])(?P<subject>[\w.-][\w./-]{0,200}\.(?:ya?ml|toml|json|cfg|ini|lock|conf|xml))\b",
)
_TASK = (
    r"task '(?P<subject>:[\w:.-]{1,200})'",
    r"goal (?P<subject>[\w.]{1,100}:[\w-]{1,80}:[\w.-]{1,40}:[\w-]{1,60})",
    r"hook id: (?P<subject>[\w-]{1,80})",
    r"Recipe `(?P<subject>[\w-]{1,60})`",
)
_SUBJECTS: dict[FailureKind, tuple[str, ...]] = {
    FailureKind.TEST: _TEST,
    FailureKind.TIME_LIMIT: _TEST,
    FailureKind.DEPENDENCY: (*_PACKAGE, *_HOST),
    FailureKind.INFRASTRUCTURE: _HOST,
    FailureKind.PERMISSION: _GRANTED,
    FailureKind.CONFIGURATION: _SETTING,
    FailureKind.AUDIT: (
        r"(?P<subject>(?:CVE-\d{4}-\d{3,8}|GHSA(?:-\w{4}){3}|RUSTSEC-\d{4}-\d{4}|PYSEC-\d{4}-\d{1,6}))",
        *_PACKAGE,
    ),
    FailureKind.DEPLOY: (*_TASK, *_PACKAGE, *_HOST),
    FailureKind.COMPILE: (r"undefined (?:reference to|symbol:?) [`'\"](?P<subject>[^'\"]{1,200})", *_TASK),
    FailureKind.TYPE: _TASK,
    FailureKind.LINT: _TASK,
    FailureKind.FORMAT: _TASK,
    FailureKind.UNKNOWN: _TASK,
}
"""What can have failed, by kind: the first expression that is in a line of the block wins."""

_OF_FILES = frozenset({FailureKind.COMPILE, FailureKind.TYPE, FailureKind.LINT, FailureKind.FORMAT})
"""Kinds whose subject is the file that the tool complains about, if the text has it."""

_ONLY_A_NAME = re.compile(
    r"(?:[\s\W\d_]|\[\S{1,200}:\d{1,6}\]|FAIL(?:ED|URE)?\b|ERROR\b|Failed\b|Failure\b|Error\b|FAILURE\b"
    r"|Time elapsed\b|sec\b|test\b"
    r"|not ok\b|at (?:setup|teardown) of\b"
    r"|s\b|ms\b|stdout\b){0,80}$",
    re.ASCII,
)
_FRAME = re.compile(
    r"\s{0,80}(?:Error Trace:|(?:Error Message|Stack Trace):$|#\s{1,8}at |at |from |\.{3}|#\d|\S{1,200}:\d{1,6}: in "
    r"|File \"|[-=_*~^]{2,}"
    r"|\S{1,200}:\d{1,6}:?(?:\d{1,5}:?)?$)"
)
_NO_REASON = re.compile(
    r"\s{0,80}(?:Failure/Error:|\(in test file|(?:operator|severity|message): |[-+] (?:Expected|Received|Actual)\b)",
    re.IGNORECASE,
)
"""What stands between the name of a test and the reason why it failed."""

_EXPECTED = re.compile(r"(?:expected|should be)(?: value)?\s{0,8}:\s{1,8}(?P<value>\S.{0,200})", re.IGNORECASE)
_ACTUAL = re.compile(r"(?:actual|got|received|but was)(?: value)?\s{0,8}:\s{1,8}(?P<value>\S.{0,200})", re.IGNORECASE)


def failures(log: Log, blocks: Sequence[Block], steps: Sequence[Section]) -> tuple[Failure, ...]:
    """The failures that the best blocks tell of, the first cause first. `blocks` come in the order of the excerpt."""
    found: dict[tuple[str, ...], Failure] = {}
    for block in _causes(blocks):
        failure = _failure(log, block, steps)
        key = (failure.kind.value, failure.subject, failure.location, failure.message)
        known = found.get(key)
        found[key] = replace(known, lines=(*known.lines, *failure.lines)) if known else failure
        if len(found) == MOST:
            break
    return tuple(map(_redacted, found.values()))


def _causes(blocks: Sequence[Block]) -> Iterator[Block]:
    """The best block, and others of its confidence if that is above LIKELY."""
    for block in blocks[:_MOST_BLOCKS]:
        if block is blocks[0] or (block.rank == blocks[0].rank and block.confidence > Confidence.LIKELY):
            yield block


def headline(failure: Failure) -> str:
    """One line for people: what failed and how. The subject is left out where the message names it."""
    subject = failure.subject
    if failure.kind in _OF_FILES and subject and failure.location.startswith(subject):
        subject = failure.location
        place = subject.removeprefix(f"{failure.subject}:")
        if re.match(rf"{re.escape(place)}\s", failure.message):
            return f"{failure.subject}:{failure.message}"
    elif failure.kind in _OF_FILES:
        subject = ""  # the name of a task: the lines of the tool say more
    if not failure.message or not subject or _names(failure.message, failure.subject):
        return failure.message or subject
    return f"{subject}: {failure.message}"


def _names(message: str, subject: str) -> bool:
    """Whether a message contains the subject, or the last part of it, which is the most special one."""
    last = re.split(r"::|[/\\]", subject)[-1]
    return subject in message or (len(last) >= _TELLING and last in message)


def _redacted(failure: Failure) -> Failure:
    return replace(
        failure,
        subject=redacted(failure.subject),
        location=redacted(failure.location),
        message=redacted(failure.message),
    )


def _failure(log: Log, block: Block, steps: Sequence[Section]) -> Failure:
    lines = _lines(log, block)
    step = next((step for step in steps if step.start <= block.start <= step.end), None)
    known = _KIND_OF_OUTCOME.get(block.outcome, block.kind) if block.outcome else block.kind
    kind = kind_of(known, lines, command_of(log, step) if step else "")
    own = _own_facts(block, lines)
    location = own.get("location") or _location(lines)
    subject = own.get("subject") or (
        "" if block.confidence is Confidence.SYMPTOM else _subject(block, lines, kind, location)
    )
    if subject and block.pattern.startswith("pytest."):
        traceback = (without_prefix(log[number], block.prefix) for number in block.lines)
        subject = _pytest_id(subject, traceback)
    message = own.get("message") or _message(lines, subject, kind)
    tool = "" if block.pattern == GENERIC else block.pattern.partition(".")[0]
    return Failure(tool, kind, subject, location, message, (LineRange(block.start, block.end),))


def _lines(log: Log, block: Block) -> list[str]:
    """The lines of a block as the tool printed them: from the headline on, then from the beginning to the headline."""
    below, above = range(block.headline, block.end + 1), range(block.start, block.headline)
    half = _MOST_LINES // 2
    numbers = (*below[:_MOST_LINES], *above[:half], *above[max(half, len(above) - half) :])
    return [without_prefix(log[number], block.prefix)[:_LONGEST] for number in numbers]


def command_of(log: Log, step: Section) -> str:
    """The command of a step, as its header shows it."""
    lines = []
    for number in range(step.start, max(step.body, step.start + 1)):
        text = log[number].removeprefix("##[group]").removeprefix("$ ")
        if text.startswith(("shell: ", "with:", "env:", "##[endgroup]")):
            break
        lines.append(text)
    ended = _TRAVIS_COMMAND.match(log[step.end])
    return ended[1] if ended else "\n".join(lines)


def _own_facts(block: Block, lines: Iterable[str]) -> dict[str, str]:
    """What the expression of the pattern finds; of each group the first match counts."""
    found: dict[str, str] = {}
    for match in filter(None, map(compiled(block.facts).search, lines)) if block.facts else ():
        for name, text in match.groupdict().items():
            if text:
                found.setdefault(name, text.strip())
    return found


def _location(lines: Sequence[str]) -> str:
    """The place in the repository that the block names, the headline first.

    Python prints the deepest frame last, other tools print it first.
    """
    found = [list(_places(line)) for line in lines]
    ours = [place for places in found for place in places if not _NOT_OURS.search(place)]
    if found and any(place in ours for place in found[0]):
        return next(place for place in found[0] if place in ours)
    if not ours:
        return _location_in_list(lines)
    return ours[-1 if any(line.lstrip().startswith('File "') for line in lines) else 0]


def _location_in_list(lines: Sequence[str]) -> str:
    """The place of an entry in a list of problems: `12:3  error …` under a line that is only the name of the file."""
    entry = compiled(_ENTRY).match(lines[0]) if lines else None
    files = (compiled(_ONLY_A_PATH).match(line) for line in lines[1:])
    path = next((match["path"] for match in files if match), "") if entry else ""
    return f"{_relative(path)}:{entry['place']}" if entry and path else ""


_ENTRY = r"\s{1,8}:?(?P<place>\d{1,7}(?::\d{1,5})?)\s{1,8}\S"
_ONLY_A_PATH = rf"\s{{0,4}}(?:Line\s{{1,6}})?(?P<path>{_PATH})$"


def _relative(path: str) -> str:
    path = _WORKSPACE.sub("", path, count=1).replace("\\", "/")
    return f"/{path.lstrip('/')}" if path.startswith("//") else path


def _places(line: str) -> Iterator[str]:
    for source in _LOCATIONS:
        for match in compiled(source).finditer(line):
            column = match.groupdict().get("column")
            yield f"{_relative(match['path'])}:{match['line']}{f':{column}' if column else ''}"
            break


def _subject(block: Block, lines: Sequence[str], kind: FailureKind, location: str) -> str:
    """What failed. It is the file, if the pattern says that the tool complains about files and the lines name one."""
    if kind in _OF_FILES and location and block.kind is not FailureKind.UNKNOWN:
        return location.split(":", maxsplit=1)[0]
    sources = _SUBJECTS.get(kind, ())
    return next(filter(None, (_first(source, shown) for shown in (lines[:1], lines) for source in sources)), "")


def _pytest_id(name: str, lines: Iterable[str]) -> str:
    """The id of a test as pytest takes it, from the name in its ruler and from the first file of its traceback.

    What a fixture raises begins in the file of the fixture, so that only the name is known.
    """
    of_fixture = _OF_FIXTURE.match(name)
    name, _, about = name.removeprefix("ERROR collecting ").partition("[")
    if of_fixture:
        return name[of_fixture.end() :] + (f"[{about}" if about else "")
    path = next((_relative(match[1]) for match in map(_PYTEST_PLACE.match, lines) if match), "")
    if "::" in name or "/" in name or not path:
        return name + (f"[{about}" if about else "")
    return f"{path}::{name.replace('.', '::')}" + (f"[{about}" if about else "")


_OF_FIXTURE = re.compile(r"ERROR at \w{1,20} of ")
_PYTEST_PLACE = re.compile(r"(\S{1,300}\.py):\d{1,7}:(?: |$)")


def _first(source: str, lines: Iterable[str]) -> str:
    matches = (compiled(source).search(line) for line in lines)
    return next((match["subject"].strip().rstrip(".,:;") for match in matches if match), "")


def _message(lines: Sequence[str], subject: str, kind: FailureKind) -> str:
    """The headline without decoration. If that only names the test, the first line below that says more."""
    shown = undecorated(lines[0]) if lines else ""
    if kind is FailureKind.TEST and subject and subject in shown and _ONLY_A_NAME.match(shown.replace(subject, "", 1)):
        below = [line for line in lines[1:] if any(map(str.isalpha, line)) and not _FRAME.match(line)]
        name = re.compile(rf"(?<!\w){re.escape(subject)}(?!\w)")
        told = [text for text in map(undecorated, below) if not name.search(text)]
        expected, actual = (next(filter(None, map(half.match, told)), None) for half in (_EXPECTED, _ACTUAL))
        if expected and actual:
            return f"expected {expected['value']}, got {actual['value']}"
        return next((text for text in told if not _NO_REASON.match(text)), told[0] if told else shown)
    return shown


def undecorated(line: str) -> str:
    """A line without what a wrapper or the tool puts before every line of its kind."""
    shown = line[_DECORATION.match(line).end() :].strip()  # type: ignore[union-attr]  # it matches nothing, too
    return shown or line.strip()
