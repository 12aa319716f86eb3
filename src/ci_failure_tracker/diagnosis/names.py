"""What failed: the test, file, package, host, task, option or input that the lines of a tool name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ci_failure_tracker.diagnosis.places import PATH, file_of, relative
from ci_failure_tracker.model import FailureKind
from ci_failure_tracker.text.lazy import compiled, lazy

OF_FILES = frozenset({FailureKind.COMPILE, FailureKind.TYPE, FailureKind.LINT, FailureKind.FORMAT})
"""Kinds whose subject is the file that the tool complains about, if the text has it."""

_OF_TESTS = frozenset({FailureKind.TEST, FailureKind.TIME_LIMIT})

_TEST = (
    r"(?#.py::)(?:FAILED|ERROR) (?P<subject>\S{1,200}\.py::[^\s\[]{1,300}(?:\[.{0,200}?\])?)(?= - |$)",
    r"(?#__ )^_{2,200} (?P<subject>\S.{0,300}?) _{2,200}$",
    r"(?#//)^(?P<subject>//\S{1,200}) {1,80}(?:FAILED|TIMEOUT)\b",
    r"(?# in )^(?:FAIL|ERROR) in \(?(?P<subject>[^\s()]{1,200})",
    r"(?#--- FAIL)--- FAIL: (?P<subject>\S{1,300})",
    r"(?#●)^[ \t]{2}● (?!Test suite failed)(?P<subject>\S.{0,300})$",
    r"(?# > )^[ \t]{0,4}(?:FAIL|×|\u276f)[ \t]{1,4}(?P<subject>\S{1,200} > .{1,300})$",
    r"(?#: )^(?:FAIL|ERROR): (?P<subject>\w{1,200} \([\w.]{1,200}\))",
    r"(?#or)^(?:\d{1,4}\) )?(?:Failure|Error): ?(?P<subject>\w{1,200}(?:#|\()[\w.:]{1,200}\)?)",
    r"(?# ... )^test (?P<subject>\S.{0,300}?) \.\.\. (?:FAILED|failed)",
    r"(?#stdout)^---- (?P<subject>\S.{0,300}?) stdout ----",
    r"(?#panicked)^thread '(?!main')(?P<subject>[^'\n]{1,300})' ?(?:\(\d{1,12}\) )?panicked",
    r"(?#[  FAILED)^\[  FAILED  \] (?P<subject>[\w/]{1,200}(?:\.[\w/]{1,200})?)(?:$|[ ,(])",
    r"^(?:\[ERROR\][ \t]{1,4})?(?P<subject>[\w.$]{1,300}[.:#]\w{1,200})"
    r"(?:\(.{0,100}?\))?(?::\d{1,6})?[ \t]{1,4}(?:Time elapsed|-- Time|»)",
    r"(?# FAILED)^(?P<subject>[^>\s][^>\n]{0,200} > .{1,300}?) FAILED",
    r"(?# FAILED)^(?P<subject>(?:[\w$-]{1,80}\.){1,12}[\w$-]{1,80}(?:\[[\w, ]{1,40}\])?) FAILED$",
    r"(?#Failed )^Failed {1,4}(?P<subject>\w[\w.]{1,300})$",
    r"(?#[E])^\d\d:\d\d [-+~ \d]{1,20}: (?P<subject>\S.{0,300}) \[E\]",
    r"^[ \t]{0,8}(?:Failed|X) (?P<subject>\S.{0,300}?) \[[\d<]",
    r"(?#[FAIL])^[ \t]{0,8}(?P<subject>[\w.]{1,300}(?:\(.{0,200}?\))?) \[FAIL\]",
    r"(?#not ok)^[ \t]{0,12}not ok \d{1,6} (?:- )?(?P<subject>\S.{0,300}?)(?: # .{0,100})?$",
    r"^[ \t]{0,8}\d{1,5}\) (?!(?:Failure|Error|Failed"
    r"|Skipped)\b:?$)(?:\[[\w -]{1,40}\] › )?(?:Scenario: .{0,200} # )?(?P<subject>\S.{0,300}?):?(?: ─{1,200})?$",
    r"(?# - )^[ \t]{0,12}\d{1,6} - (?P<subject>\S{1,200}) \((?:Failed|Timeout|Not Run|SEGFAULT|Subprocess aborted"
    r"|Child aborted)\)",
    r"(?##)Test[ \t]{1,6}#\d{1,6}: (?P<subject>\S{1,200}) ",
    r"(?##test_)^[ \t]{0,4}(?P<subject>\w{1,100}(?:::\w{1,100}){0,4}#test_\w{1,200})",
    r"^[ \t]{0,4}(?P<subject>\w{1,200}\([\w.$]{3,200}\)):",
    r"Failed test '(?P<subject>[^'\n]{1,200})'",
    r"(?#[-])^[ \t]{0,8}\[-\] (?P<subject>\S.{0,200}?) \d{1,9}m?s",
    r"(?# FAILED)^\S.{0,80}\([^()\n]{1,60}\)\)? (?P<subject>\S.{0,300}?) FAILED$",
    r"(?#Test:)^[ \t]{0,12}Test:[ \t]{1,20}(?P<subject>\S{1,300})$",
    r"^(?:\[ERROR\])?[ \t]{0,4}(?:Run \d{1,3}: )?(?P<subject>[A-Z]\w{1,100}\.\w{1,200}):\d{1,6} ",
    r"(?#-[)-\[(?P<subject>\S{1,200} \S{1,200})\]",
    r"(?#.py::)(?<!\S)(?P<subject>\S{1,200}\.py::[^\s\[]{1,300}(?:\[.{0,200}?\])?)",
    r"(?#rspec ./)^rspec (?P<subject>\./\S{1,200}:\d{1,6})",
    r"(?#*** FAILED)^(?:\[info\] )? {0,8}- (?P<subject>\S.{0,300}?) \*\*\* FAILED",
    r"^ {0,8}[✘✖✗✕×] (?P<subject>test\w{1,200}), ",
    r"(?#Time elapsed)^(?P<subject>\w{1,200}\([\w.$]{1,200}\)) {1,4}Time elapsed",
    r"\[FAIL\] {1,20}\S{1,80} {1,20}\d{1,6} {1,9}(?P<subject>\S.{0,100}?)\.(?: |$)",
    r"(?# -> )^(?:Failure|Error) -> \S{1,200} @ \d{1,6}\n(?!suite )(?P<subject>\S.{0,200})$",
    r"(?#----------)^-{40,100}\n(?P<subject>\w.{0,200})\n(?: {2,9}.{0,200}\n){0,6}-{40,100}$",
    r"(?#====)^==== (?P<subject>\S{1,100}) .{0,200}FAILED$",
    # Name and result in a line: `adds: FAIL`, `adds | FAIL |`, `3/4 adds FAIL`, `FAIL adds`, `(fail) adds [3ms]`.
    r"(?#FAIL)^[ \t]{0,12}(?:Test suite |#?\d{1,5}[:)]? )?(?P<subject>[A-Za-z_].{0,200}?)(?::|[ \t]{2,200}\|?"
    r"|[ \t]{1,9}\|) {0,9}FAIL(?:ED)?\b",
    r"^[ \t]{0,12}(?:\d{1,6}/\d{1,6}|FAIL(?:ED)?:?(?: \[ {0,9}[\d.]{1,9}s\])?|\[FAIL(?:ED)?\]|\(fail\)|not ok|[✘✖✗✕×]"
    r"|│ \[FAIL\] {1,9}\S{1,80} {1,9}\d{1,6})"
    r"[ \t]{1,9}(?!Given |When |Then |And |(?:\w{1,12} )?(?:tests?|modules?|failed|total|files?)\b"
    r"|\d)(?P<subject>\w.{0,200}?)"
    r"(?:[ \t]{2,200}\S.{0,200}|\.{2,}.{0,300}|\.\s.{0,80}| \(?\[?<?\d[\d.]{0,9} ?[mµ]?s[\])]?| FAIL.{0,80}"
    r"| \(exit .{0,30}| \[.{0,200})?$",
    r"(?#── )^── (?:\d{1,5}\. )?(?:Failure|Error) \([^)\n]{1,200}\): (?P<subject>\S.{0,200}?) ─",
    r"(?#TEST CASE)^TEST CASE: {1,4}(?P<subject>\S.{0,200})",
    r"(?#Scenario)^[ \t]{0,8}Scenario(?: Outline)?: .{0,200} # (?P<subject>\S{1,200}:\d{1,6})$",
    r"(?# => )^(?P<subject>\S.{0,200}?) => \S{1,200}:\d{1,6}",
    r" error: in \"(?P<subject>[^\"\n]{1,200})\": ",
    r":\d{1,6}:[FE]:[^:\n]{0,80}:(?P<subject>\w{1,100}):\d",
    r"(?#_test)^(?P<subject>\w{1,80}:\s?\w{1,80}_test)(?:_?/\d)?\b.{0,40}\*?failed",
    r"(?#Test)^[ \t]{0,8}(?:\S{1,200}[./])?(?P<subject>Test[A-Z_]\w{0,100})(?:\.func\d{1,3}){0,4}\(",
    # The line above the headline announces it.
    r"^ {7,40}(?P<subject>(?!.{0,100}Error\b)\S.{0,300}):\Z",
)
"""How test runners print the name of a test that failed."""

_SUITE = (
    r"^[ \t]{0,4}(?:FAIL|\u276f)[ \t]{1,4}(?P<subject>\S{1,200}\.\w{1,5})(?: \[.{0,200}| \(.{0,60})?$",
    r"(?#rror occurred)[Ee]rror occurred while loading (?:\./)?(?P<subject>\S{1,200}?)\.?$",
    r"(?#..)^(?P<subject>\S{1,200}\.(?:t|bats|test)) \.{2,}",
)
_PACKAGE = (
    r"[Bb]ecause (?P<subject>@?[\w./-]{2,100}?)(?:[<>=~!].{0,40}?)? (?:was not found|is not available|has no|cannot)\b",
    r"(?<!project )(?<![\w.-])(?P<subject>[\w.-]{1,100}:[\w.-]{1,100}):(?:jar|pom|war|aar|maven-plugin)\b",
    r"https?://[^/\s]{0,80}(?:registry|pypi|index)[^/\s]{0,80}/(?:simple/)?(?P<subject>@?[\w.-]{1,80}(?:(?:/"
    r"|%2[fF])[\w.-]{1,80})?)(?: |:|$)",
    r"(?:satisfies the requirement|matching distribution found for|No matching version found for"
    r"|Unable to locate package|latest version of|(?:any|no) versions? of|unknown package:"
    r"|Could not find artifact|Unable to find package|no candidate for|find gem"
    r"|resolve import) ['\"`]?(?P<subject>(?!the\b|a\b|any\b)@?\w[\w./:@^~=<>!+-]{0,200})",
    r"(?:[Pp]ackage|[Mm]odule|[Cc]rate|[Gg]em|[Pp]od|[Pp]lugin|[Dd]istribution|[Dd]ependency|[Rr]equirement|[Ff]ormula"
    r"|[Vv]ersion of|[Ii]mage)(?: named)? "
    r"['\"`‘](?P<subject>[@\w][\w./:@^~=<>!+ -]{0,200})['\"`’]",
    r"(?:Could not find|Could not resolve) (?P<subject>[\w.-]{1,100}:[\w.-]{1,100}(?::[\w.-]{1,100})?)",
    r"manifest for (?P<subject>\S{1,200}) not found",
    r"(?:[Bb]ecause .{0,80}depends on|requires|needs"
    r"|require) (?P<subject>@?[\w][\w./-]{1,80}?)[:,]? (?:[(<>=~^*\d,]|any |version|which|it )",
    r"(?<!While resolving: )(?<![\w/@-])(?!npm@)(?P<subject>@?[\w-]{1,80}(?:/[\w.-]{1,80})?@[\^~\"]?\d[\w.-]{0,40})",
    r"(?<![\w.-])(?P<subject>[\w.-]{1,80}(?:==|>=|~=)\d[\w.]{0,40})",
)
_HOST = (
    r"resolve host(?: address|name)?[: ]{1,3}['\"`‘]?(?P<subject>[\w.-]{2,200})",
    r"(?:host=|getaddrinfo \w{1,20} |lookup |connect to "
    r"|UnknownHostException: )['\"]?(?P<subject>[\w-]{1,80}(?:\.[\w-]{1,80}){1,8}|localhost)",
    r"https?://(?:[^@/\s]{1,100}@)?(?P<subject>[\w-]{1,80}(?:\.[\w-]{1,80}){1,8})",
)
_GRANTED = (
    r"Permission to (?P<subject>\S{1,200}) denied",
    r"required and not supplied: (?P<subject>[\w-]{1,80})",
    r"(?<![\w.])(?P<subject>(?!PERMISSION_DENIED)[A-Z][A-Z0-9]{0,30}_[A-Z0-9_]{1,60})(?![\w.])",
    *_HOST,
)
_TASK = (
    r"task '(?P<subject>:[\w:.-]{1,200})'",
    r"goal (?P<subject>[\w.]{1,100}:[\w-]{1,80}:[\w.-]{1,40}:[\w-]{1,60})",
    r"hook id: (?P<subject>[\w-]{1,80})",
    r"Recipe `(?P<subject>[\w-]{1,60})`",
    r"[Ss]ession (?P<subject>[\w-]{1,60}(?:\([\w., =-]{1,60}\))?) (?:failed|aborted|interrupted)",
    r"(?#: )^[ \t]{0,4}(?P<subject>[\w.-]{1,40}): (?:exit \d|failed with|FAIL\b)",
    r"(?:^|ERROR: )['\"](?P<subject>[\w:.-]{1,60})['\"] (?:exited|errored|failed)",
    r"(?:npm|yarn|pnpm|bun) run (?P<subject>[\w:.-]{1,60}) (?:exited|failed)",
)
_QUOTE, _UNQUOTE = "['\"`‘“]", "['\"`’”]"
_QUOTED = rf"(?<![\w.]){_QUOTE}(?P<subject>[\w@./:~*<$#-][^'\"`’”\n]{{0,200}}){_UNQUOTE}(?!, line \d)"
_NOT_FOUND = (
    r"(?i:(?:can(?:no|')t|could ?n[o']t|couldn’t|unable to|failed(?: to)?) (?:find|locate|load|open|resolve|read|access"
    r"|parse|spawn|import|build|opening|write|run)|no such|not found:?|missing|unknown|undefined|unresolved)"
)
_ABSENT = (
    r"providing package (?P<subject>[^\s;:]{1,200})",
    r"(?P<subject>[@\w./+-]{1,200}): [Nn]o such file or directory",
    r"cannot find -l(?P<subject>\S{1,100})",
    r"Find(?P<subject>\w{1,60})\.cmake",
    rf"export(?:ed)? (?:by|from|in) {_QUOTED}",
    rf"(?i:can(?:no|')t|could not|failed to) (?i:find|resolve|load|import)(?: module| package| import"
    rf"| extension){{0,1}} {_QUOTED}",
    r"Could not import extension (?P<subject>\S{1,100})",
    r"Error: (?i:cannot open file|no such file): (?P<subject>\S{1,200})",
    r"(?:ERROR|[Ee]rror): (?:File|Dependency|Library|Package"
    r"|Module) ['\"]?(?P<subject>[^\s'\"]{1,200})['\"]? (?:does not exist|not found)",
)
"""How compilers and bundlers name what a file needs and what is not there."""

_BEFORE = lazy(
    r"(?:\b(?:modules?|packages?|crate|gem|plugin|preset|theme|librar(?:y|ies)|dependency|files?|folder"
    r"|directory|sources?"
    r"|tasks?|targets?|scripts?|sessions?|commands?|goal|phase|recipe|hook|toolchain|interpreter|engine|environments?"
    r"|options?|flags?|switch|arguments?|property|variables?|keys?|fields?|inputs?(?:\(s\))?|profile|job|action|class"
    r"|selector|config|configuration|value|term|named|called|import|with id|find|found|opening|program) ?:? {0,2}"
    rf"|\b{_NOT_FOUND}(?: [\w/-]{{1,30}}){{0,6}} ?:? {{0,2}})$",
    re.IGNORECASE,
)
_AFTER = lazy(r",? (?:is|was|were|does|could|did|has|needs|needed|not|missing|cannot)\b", re.IGNORECASE)
"""What stands around the quoted name of what is missing, wrong or refused."""
_NAMES = (
    r"required and not supplied: (?P<subject>[\w-]{1,80})",
    r"(?:resolve|find) action [`'\"]?(?P<subject>[\w./@-]{1,200})",
    r"command not found: (?P<subject>\S{1,100})",
    r"(?:^| |:(?=[A-Za-z]))(?P<subject>(?!E[A-Z]{2,20}:|(?:file|directory"
    r"|error|[A-Z]\w{1,60}Error):)[@\w./+-]{1,100}(?::\d[\w.-]{0,80})?): (?i:cannot open shared"
    r"|(?:command )?not found|no such file or directory"
    r"|permission denied|is a directory)",
    r"[Nn]o module named '?(?P<subject>[\w.]{1,200})",
    r"install the (?P<subject>\S{1,100}) module",
    r"cannot load such file -- (?P<subject>\S{1,200})",
    rf"parsing {_QUOTED}",
    r"(?i:pars(?:e|ing|eable)|invalid|malformed) (?:\w{1,12} ){0,3}(?P<subject>[\w./-]{1,200}\.(?:xml|toml|json"
    r"|ya?ml|cfg|ini))\b",
)
_OTHER_NAMES = (
    rf"(?:open|scandir|access to|in|at|of) {_QUOTE}(?P<subject>{PATH}){_UNQUOTE}",
    r"(?i:missing script|not found|no such file or directory|never defined|undefined symbol|cannot open file"
    r"|failed to (?:spawn|parse|load|build|import)|unknown \w{1,30}|unrecognized \w{1,30}|not defined): ['\"`]?"
    r"(?P<subject>[@\w./:+-]{2,200})",
    r"(?:file|library|program|package|header|tool|module|command|task|target|extension|class|jarfile|[Pp]reset|with) "
    r"(?P<subject>(?!(?:is|was|not)\b)[@\w./+-]{1,200})"
    r" (?:does not exist|is (?:needed|missing|required|not)|was not|not found|could not)",
    r"(?i:no|unable to access|find(?: or load)?(?: main)?) (?:class|jarfile|interpreter found for|host|command|program)"
    r" (?P<subject>\S{1,200}(?: \d[\d.]{0,9})?)",
    r"[Cc]onflict in (?P<subject>\S{1,200})",
    r"rejected\] {1,20}(?P<subject>\S{1,200}) ->",
    r"(?#diff --git)^diff --git a/(?P<subject>\S{1,200})",
    r"(?:argument|option|flag|required|switch)s?:? ['\"`]?(?P<subject>--?[a-z][\w-]{1,80})",
    r"(?:EADDRINUSE|already in use):? \S{0,40}?:(?P<subject>\d{2,5})\b",
    r"(?:: |variable |secret |set the |env\.|\$\{?|['\"`])(?P<subject>(?!ERR_|E_"
    r"|[A-Z]{1,20}_ERROR)[A-Z][A-Z0-9]{0,30}_[A-Z0-9_]{1,60})"
    r"(?=:|['\"`}]|$| (?:is|was|not|must|has|env))",
    r"(?P<subject>[A-Z][A-Z0-9_]{2,60}): (?:unbound variable|parameter not set)",
    r"(?:^|[ `'\"])(?P<subject>[\w./-]{0,200}\.lock(?:file|b)?|(?:package-lock|npm-shrinkwrap)\.json|pnpm-lock\.yaml"
    r"|go\.sum)\b",
    r"(?<![\w./])(?P<subject>[\w.-][\w./-]{0,200}\.(?:ya?ml|toml|json|cfg|ini|conf|xml|gradle|cmake|txt|[jt]s|in|ac"
    r"|am))\b(?!\.)",
    r"\b(?P<subject>(?:Gem|Make|Rake|Docker|Pod|Proc|Just|Cart|Pip)file)\b",
)
"""How tools name what is missing, wrong or refused, whatever it is."""

_SUBJECTS: dict[FailureKind, tuple[str, ...]] = {
    FailureKind.DEPENDENCY: (*_PACKAGE, *_HOST),
    FailureKind.INFRASTRUCTURE: _HOST,
    FailureKind.PERMISSION: _GRANTED,
    FailureKind.AUDIT: (
        r"(?P<subject>(?:CVE-\d{4}-\d{3,8}|GHSA(?:-\w{4}){3}|RUSTSEC-\d{4}-\d{4}|PYSEC-\d{4}-\d{1,6}))",
        *_PACKAGE,
    ),
    FailureKind.DEPLOY: (*_TASK, *_PACKAGE, *_HOST),
    FailureKind.COMPILE: (r"undefined (?:reference to|symbol:?) [`'\"]?(?P<subject>[^'\"\s]{1,200})",),
}
"""What can have failed, by kind. The first expression that is in a line of the block wins."""

_PART = (
    r"(?#TASK [)^TASK \[(?P<subject>[^\]]{1,200})\]",
    r"(?#> )^> \S{1,200}@\S{1,40} (?P<subject>[\w:.-]{1,60})(?: /.{0,300})?$",
    r'(?#Running)^Running "(?P<subject>[^"]{1,80})" .{0,20}task',
    r"(?#errored after)^\[?[\d:\]]{0,10} ?'(?P<subject>[\w:.-]{1,80})' errored after",
    r"(?#Tasks: TOP)^Tasks: TOP => (?P<subject>\S{1,80})",
    *_TASK,
)
"""How task runners name what they run, above or below of what fails."""

_OF_COMMAND = lazy(r"^(?:npm|yarn|pnpm|bun|composer)(?: run(?:-script)?)? (?P<subject>[\w:.-]{1,60})$", re.MULTILINE)


def subject_of(kind: FailureKind, lines: Sequence[str], near: Sequence[str], location: str, command: str) -> str:
    """What failed. `lines` are those of the block, the headline first; `near` those around it, the nearest first."""
    headline, text, around = lines[0] if lines else "", "\n".join(lines), "\n".join(near)
    own, file = _SUBJECTS.get(kind, ()), _FILE.sub("", location)
    if kind in OF_FILES:
        return (
            (_first((*own, *_ABSENT), headline) if kind is FailureKind.COMPILE else "")
            or file
            or _first(_TASK, headline)
            # An entry of a list begins with its line and column. The file stands above it, not in it.
            or file_of("" if _ENTRY.match(headline) else headline, lines)
            or _first((*own, *_TASK), text)
            or file_of("", near)
            or _first(_PART, f"{text}\n{around}")
            or _names(text)
            or _command(command)
        )
    # A frame in a package says where an error was raised, not what failed.
    file = "" if _OUTSIDE.match(file) else file
    if kind in _OF_TESTS:
        return (
            _first(_TEST, headline)
            or _nested(lines)
            or _first((*_TEST, *_SUITE), text)
            or _first((*_TEST, *_SUITE), around)
            or _names(headline)
            or file
            or _names(text)
        )
    # The name of a task is a poor subject if the lines name a server or a package.
    runs = kind in {FailureKind.UNKNOWN, FailureKind.DEPLOY}
    return (
        (_first(_PART[:1], around) if kind is FailureKind.DEPLOY else "")
        or _first((*own, *_TASK), headline)
        or _names(headline)
        or _first((*own, *_TASK), text)
        or (_first(_PART, f"{text}\n{around}") if runs else "")
        or file
        or (_names(text) if kind not in {FailureKind.INFRASTRUCTURE, FailureKind.PERMISSION} else "")
        or _first((rf"{_QUOTE}(?P<subject>[\w@./:+-]{{2,100}}){_UNQUOTE}",), headline)
        or (_first(_PACKAGE[:-2], around) if kind is FailureKind.DEPENDENCY else "")
        or _command(command)
    )


_OUTSIDE = lazy(r"/|[A-Z]:|[\w$]{1,100}\.(?:java|scala|kt|cs|groovy)$")
"""A file of no known folder of the repository, such as that of a frame of a stack."""

_ENTRY = lazy(r"\s{0,8}\d{1,7}(?::\d{1,5})?\s")
_FILE = lazy(r":\d.*")


def _names(text: str) -> str:
    """The name of what is missing, wrong or refused."""
    return _first(_NAMES, text) or _quoted(text) or _first(_OTHER_NAMES, text)


def _quoted(text: str) -> str:
    for match in compiled(_QUOTED).finditer(text):
        before = text[max(0, match.start() - _AROUND_A_NAME) : match.start()].rpartition("\n")[2]
        if _BEFORE.search(before) or _AFTER.match(text, match.end()):
            return _tidy(match["subject"])
    return ""


_AROUND_A_NAME = 80


def _command(command: str) -> str:
    match = _OF_COMMAND.search(command)
    return match["subject"] if match else ""


_TITLE = lazy(r"( {0,8}\d{1,5}\)) (?P<name>\S.{0,200})")


def _nested(lines: Sequence[str]) -> str:
    """The name of a test that stands in several lines below each other: `1) Cart`, `total:`."""
    for place, title in enumerate(map(_TITLE.match, lines)):
        below = lines[place + 1 : place + 6]
        names = [title["name"]] if title else []
        for line in below if title and not title["name"].endswith(":") else ():
            if not line.startswith("     "):
                break
            names.append(line.strip())
            if line.endswith(":"):
                return " ".join(names)[:-1]
    return ""


def _first(sources: Iterable[str], text: str) -> str:
    """What the first expression finds that is in the text. A text without the comment before one is not searched."""
    # The text in the comment of an expression must be in every match. To look for it first saves most searches.
    for source in sources if text else ():
        needle = source[3 : source.index(")")] if source.startswith("(?#") else ""
        match = compiled(f"(?m){source}").search(text) if needle in text else None
        if match:
            return _tidy(match["subject"])
    return ""


def _tidy(name: str) -> str:
    name = name.strip().rstrip(".,:;").removeprefix("file://").replace("%2f", "/").replace("%2F", "/")
    return relative(name) if name.startswith("/") and not name.startswith("//") else name


def recapped(name: str, lines: Iterable[str]) -> str:
    """The name of a test as the recap of its runner has it, with the file: `t.py::test_a`, `a_spec.rb:6 # A`."""
    name = re.escape(name)
    forms = re.compile(
        rf"(\S{{1,200}}\.py::{name.replace('.', '::')})(?=\s|$)|^rspec \./(\S{{1,200}} # {name})$".replace("\\::", "::")
    )
    found = (forms.search(line) for line in lines if "::" in line or " # " in line)
    return next((match[1] or match[2] for match in found if match), "")


def pytest_id(name: str, lines: Iterable[str]) -> str:
    """The id of a test as pytest takes it, from the name in its ruler and from the first file of its traceback.

    What a fixture raises begins in the file of the fixture, so that only the name is known.
    """
    of_fixture = _OF_FIXTURE.match(name)
    name, _, about = name.removeprefix("ERROR collecting ").partition("[")
    if of_fixture:
        return name[of_fixture.end() :] + (f"[{about}" if about else "")
    path = next((relative(match[1]) for match in map(_PYTEST_PLACE.match, lines) if match), "")
    if "::" in name or "/" in name or not path:
        return name + (f"[{about}" if about else "")
    return f"{path}::{name.replace('.', '::')}" + (f"[{about}" if about else "")


_OF_FIXTURE = lazy(r"ERROR at \w{1,20} of ")
_PYTEST_PLACE = lazy(r"(\S{1,300}\.py):\d{1,7}:(?: |$)")
