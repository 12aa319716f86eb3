"""Where a failure is: the file, the line and the column that the lines of a tool name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ci_failure_tracker.text.lazy import compiled, lazy

_EXTENSION = r"\.(?!(?:com|org|net|io|dev|local|internal|svc|example)\b)[A-Za-z]\w{0,9}"
_NAMED_FILE = (
    r"(?:Dockerfile|Containerfile|Makefile|Gemfile|Rakefile|Jenkinsfile|Vagrantfile|Podfile|Brewfile|Justfile)"
)
PATH = rf"(?:[A-Za-z]:[\\/])?(?:[\w./\\@+-]{{1,300}}{_EXTENSION}|(?:[\w.@+-]{{1,80}}/){{0,9}}{_NAMED_FILE}\b)"
_LOCATIONS = (
    ('File "', r'File "(?P<path>[^"\n]{1,300})", line (?P<line>\d{1,7})'),
    ("> ", r"-{1,4}> (?P<path>[^\s:]{1,300}):(?P<line>\d{1,7})(?::(?P<column>\d{1,5}))?"),
    ("(", rf"(?<![\w/.\\@-])(?P<path>{PATH}) ?\((?P<line>\d{{1,7}})(?:[,:] ?(?P<column>\d{{1,5}}))?\)"),
    (":[", rf"(?<![\w/.\\@-])(?P<path>{PATH}):\[(?P<line>\d{{1,7}}),(?P<column>\d{{1,5}})\]"),
    (":", rf"(?<![\w/.\\@-])(?P<path>{PATH}):(?P<line>\d{{1,7}})(?::(?P<column>\d{{1,5}}))?(?![\w.])"),
    ("line", rf"(?<![\w/.\\@-])(?P<path>{PATH})['\"]?[,:]? (?:on )?line:? (?P<line>\d{{1,7}})"),
    ("ine ", rf"[Ll]ine (?P<line>\d{{1,7}}) (?:of|in) (?:file )?['\"]?(?P<path>{PATH})"),
)
"""How tools print a place: a file and a line, some with a column. Only lines with the text before are searched."""

_WORKSPACE = lazy(
    r"(?:(?:[A-Za-z]:[\\/]a|/__w|/home/runner/work|/Users/runner/work"
    r"|/home/travis/build)[\\/][^\\/]{1,100}[\\/][^\\/]{1,100}"
    r"|/github/workspace|/home/circleci/project|\.)[\\/]"
)
_NOT_OURS = lazy(
    r"(?:^|[\\/])(?:site-packages|dist-packages|node_modules|hostedtoolcache|\.cargo|rustlib|\.rustup|vendor|gems"
    r"|\.venv|internal)[\\/]"
    r"|^(?:/usr/|/opt/|/nix/|/root/|node:|[A-Za-z]:[\\/](?:hostedtoolcache|Program))|^/rustc/|^vm\.js$"
)
"""Files of packages and tools: where the error was raised, but not what anybody here can change."""


def location(lines: Sequence[str]) -> str:
    """The place in the repository that the block names, the headline first.

    Python prints the deepest frame last, other tools print it first.
    """
    found = [list(_places(line)) for line in lines]
    ours = [place for places in found for place in places if not _NOT_OURS.search(place)]
    # The headline is where the tool itself says it. Lines below can be a trace through other files.
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
    return f"{relative(path)}:{entry['place']}" if entry and path else ""


_ENTRY = r"\s{1,8}:?(?P<place>\d{1,7}(?::\d{1,5})?)\s{1,8}\S"
_ONLY_A_PATH = rf"\s{{0,4}}(?:Line\s{{1,6}})?(?P<path>{PATH})$"


def relative(path: str) -> str:
    """A path without the folder of the workspace."""
    path = _WORKSPACE.sub("", path, count=1).replace("\\", "/")
    return f"/{path.lstrip('/')}" if path.startswith("//") else path


def is_outside(path: str) -> bool:
    """Whether a file belongs to a package or a tool, so that nobody here can change it."""
    return _NOT_OURS.search(path) is not None


def _places(line: str) -> Iterator[str]:
    for needle, source in _LOCATIONS:
        for match in compiled(source).finditer(line) if needle in line else ():
            column = match.groupdict().get("column")
            yield f"{relative(match['path'])}:{match['line']}{f':{column}' if column else ''}"
            break


_ABOVE = (
    rf"\s{{0,6}}(?:In |FILE: |File: |from |[*-] |--- (?:a/)?|\+\+\+ (?:b/)?|-+> |::group::|##\[group\])?"
    rf"['\"\[]?(?P<path>{PATH})(?:['\"\]]?:?|:\d.{{0,30}}| line \d{{1,7}}:?| format [\s━]{{1,200}}"
    rf"|\s{{1,9}}\d{{4}}-\d\d.{{0,60}})$"
)
_HERE = rf"(?:^diff --git a/|(?<![\w/.\\@:-]))(?P<path>{PATH})(?![\w(/@-])"
_NO_FILE = lazy(r"(?:Node|Vue|Next|Nuxt|Three)\.js$|\.\.\.|^/(?:usr|opt|bin|tmp)/")


def file_of(headline: str, lines: Sequence[str]) -> str:
    """The file that a list of complaints names: alone in one of the lines, or within the headline."""
    found = (compiled(_ABOVE).match(line) for line in lines)
    paths = (relative(match["path"]) for match in (*filter(None, found), *compiled(_HERE).finditer(headline)))
    return next((path for path in paths if not _NO_FILE.search(path) and not _NOT_OURS.search(path)), "")
