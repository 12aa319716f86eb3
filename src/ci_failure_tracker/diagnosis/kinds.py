"""What kind of failure it is, if the pattern does not say it: from the words of its lines, then from the command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from ci_failure_tracker.diagnosis.word_search import WordSearch, search_for
from ci_failure_tracker.model import FailureKind
from ci_failure_tracker.text.lazy import compiled, lazy


@dataclass(frozen=True)
class _Words:
    """What lines in lower case say of a kind: they contain one of the phrases, or `pattern` is found.

    A `|` separates the phrases. Looking for a phrase is ten times as fast as searching with an expression.
    """

    kind: FailureKind
    phrases: str
    pattern: str

    def are_in(self, text: str) -> bool:
        found = _phrases(self.phrases).found_in(text.encode("utf-8", "replace"))
        return bool(found) or compiled(f"(?m){self.pattern}").search(text) is not None


@cache
def _phrases(phrases: str) -> WordSearch:
    return search_for(tuple(phrases.encode().split(b"|")))


_STATUS = (
    r"\b(?:http/?(?:[12](?:\.[01])?)?|status|code|error|returned)[^\w\n]{0,3}(?:error|code|status)?[:=]{0,1} {0,2}"
)
_REFUSED = r"(?:missing|required|empty|expired|invalid|revoked|not (?:set|found|supplied|provided|configured|valid))"

_OUTSIDE = _Words(
    FailureKind.INFRASTRUCTURE,
    "bad gateway|service unavailable|service temporarily unavailable|gateway time-out|gateway timeout|"
    "internal server error|too many 50|toomanyrequests|too many requests|"
    "over its data quota|could not resolve host|unable to resolve host|failure in name resolution|"
    "failure resolving|name or service not known|: no such host|"
    "nodename nor servname|unknownhostexception|no space left on device|"
    "not enough space on the disk|disk quota exceeded|lost communication with the server|"
    "received a shutdown signal|tls handshake timeout|i/o timeout|net/http: request canceled|"
    "rpc failed; |early eof|ssl_error_syscall|max retries exceeded|connection reset|connection was reset|"
    "connection timed out|connection broken|connect timeout|network is unreachable|"
    "no route to host|ssl certificate problem|certificate has expired|remote end hung up|remote end closed|out "
    "of memory|outofmemory|oomkilled|"
    "oom-killer|cannot allocate memory|: killed|sigkill|returned signal 9",
    r"\b(?:eai_again|enotfound|enospc|econnreset|etimedout)\b|\brate[- ]limit(?!er)|\bcode 137\b"
    r"|\.(?:com|org|io|net|dev)\b.{0,120}connection refused|connection refused.{0,120}https?://[^/\s]{1,80}\.(?:com"
    r"|org|io|net)\b"
    rf"|{_STATUS}(?:429|50[0-4]|52\d)\b|failed to connect to \S{{1,200}} port|^\s{{0,20}}killed$",
)
"""What happens outside of the repository: no commit brings a registry down or fills the disk of a runner."""

_DENIED = _Words(
    FailureKind.PERMISSION,
    "resource not accessible by|bad credentials|unauthorized|unauthorised|not authorized|error: "
    "forbidden|forbidden:|(forbidden)|"
    "authentication failed|authentication required|authentication is required|authentication error|"
    "invalid credentials|missing credentials|no credentials|unable to locate credentials|could not load "
    "credentials|could not read username|"
    "could not read password|access denied|accessdenied|permission denied (publickey|permission_denied|"
    ": denied: |\ndenied: |requested access to the resource|insufficient permission|insufficient scope|"
    "insufficient privilege|no basic auth credentials|refusing to allow|protected branch|"
    "does not have permission|does not have access|must have admin rights|eneedauth|"
    "host key verification failed|not permitted to",
    rf"{_STATUS}40[13]\b|\b40[13]:? (?:unauthori[sz]ed|forbidden)|permission to \S{{1,200}} denied"
    r"|(?<!unexpected )(?<!illegal )(?<!invalid )(?<![\w])(?:\w{1,30}[-_])?(?:token|secret|api[ _-]?key|credential"
    r"|password)s?\b"
    rf"[\w '`:-]{{0,40}} {_REFUSED}"
    r"|required and not supplied: \S{0,40}(?:token|secret|key|password)",
)
"""What a token, a secret or a right of an account decides."""

_ROWS = (
    _Words(
        FailureKind.TIME_LIMIT,
        "exceeded the maximum execution time|deadline exceeded|timed out waiting|exit code 124|"
        "no output has been received|tests timeout|test timeout|test timed out|build timed out|run timed out|"
        "job timed out|step timed out",
        r"timed out after \d|timeout of \d{1,9} ?\w{0,12} (?:was )?exceeded|timeout \(\d|\d{1,6} ?(?:s|ms|sec\w{0,4}"
        r"|min\w{0,4}) timeout",
    ),
    _OUTSIDE,
    _DENIED,
    _Words(
        FailureKind.CONFIGURATION,
        "unexpected input(s)|unexpected value '|required and not supplied|unable to resolve action|"
        "invalid workflow file|mapping values are not allowed|unrecognized named-value|reusable workflow|"
        "command not found|executable file not found|is not recognized as|permission denied|unbound variable|"
        "parameter not set|flag provided but not defined|unknown command|no such command|no such option|"
        "unrecognized argument|no files were found with the provided path|invalid configuration|"
        "configuration error|config file|configuration file|unsupported engine|missing script|"
        "no rule to make target|must be set|needs to be set|should be set|please add |please update |"
        "please label|please provide|configuration is invalid|invalidconfig|supports only|is incompatible with this|"
        "there is no pom|no email was given|please tell me who you are",
        r"(?:unknown|invalid|unsupported|unrecognized) (?:option|flag|switch|argument)|: \S{1,80}: not found$"
        r"|yaml\S{0,40}(?:error|: line)|\bno ['\"`][\w.-]{1,80}['\"`] found"
        r"|\bpars\w{1,6}\b.{0,200}\b(?:pom\.xml|\w{1,40}\.toml|package\.json|composer\.json)|could not find method \w"
        r"|environment variable \S{1,80} (?:is|was|not|must)|(?:version|python|node) \S{1,40} (?:was"
        r"|is) not (?:found|available)"
        r"|(?:changelog|label|title|description)\b.{0,80}(?:missing|required)",
    ),
    _Words(
        FailureKind.AUDIT,
        "leaks found|secrets detected|secret detected",
        r"\d{1,6} (?:\w{1,20} )?(?:severity )?vulnerabilit(?:y|ies)|\bcve-\d{4}-\d{3}|\bghsa-\w{4}-|\b(?:rustsec"
        r"|pysec)-\d",
    ),
    _Words(
        FailureKind.DEPENDENCY,
        "no matching distribution|no matching package|no matching version|could not find a version|"
        "err_pnpm|unable to locate package|no installation candidate|version solving failed|lockfile|"
        "lock file|dependency conflict|conflicting dependenc|unmet dependenc|unmet peer|"
        "unable to find package|no solution found|integrity check failed|in the package registry|errors on "
        "dependencies|could not "
        "install|checksum mismatch|hash mismatch|resolutionimpossible|"
        "nothing provides|cannot find package|no required module provides|could not find artifact|"
        "failed to select a version|could not resolve dependenc|could not resolve all|failed to download|"
        "failed to fetch|failed to install|unable to resolve dependency|dependency resolution",
        r"\b(?:eresolve|etarget)\b|(?:couldn't|could not|cannot) find (?:any versions?|a version|package)\b"
        r"|https?://\S{0,80}(?:registry|pypi|rubygems|crates\.io)\S{0,200}.{0,40}\b404\b"
        r"|\bversion \S{1,40} (?:is )?invalid|dependenc(?:y|ies) (?:could|not|failed|error)|package \S{1,100} (?:is"
        r"|was) not (?:available|found|installed)",
    ),
    _Words(
        FailureKind.FORMAT,
        "would reformat|would be reformatted|files reformatted|files were reformatted|not formatted|"
        "not properly formatted|incorrectly sorted|not correctly formatted|formatting violation|formatting issue|"
        "formatting error|prettier|code style issues|needs formatting|format violations|is not gofmt|spotless",
        r"run [`'\"]?[\w /-]{0,40}\b(?:fmt|format)\b",
    ),
    _Words(
        FailureKind.TYPE,
        "has incompatible type|incompatible types in|incompatible return|is not assignable to",
        r"\berror ts\d{4}|\[(?:arg-type|attr-defined|assignment|return-value|union-attr|call-arg"
        r"|no-untyped-\w{1,10})\]$"
        r"|\(report[a-z]{3,60}\)",
    ),
    _Words(
        FailureKind.LINT,
        "checkstyle|rubocop|offenses detected|offense detected|eslint|flake8|pylint|violations found|clippy|"
        "trailing whitespace|pre-commit hook|files were modified by this hook",
        r"\blint(?:er|ing)?\b|\b\d{1,6} problems? \(",
    ),
    _Words(
        FailureKind.COMPILE,
        "compilation failed|compilation error|could not compile|undefined reference|cannot find symbol|"
        "syntax error|syntaxerror|indentationerror|compileerror|parse error|unexpected end of input|"
        "undefined symbol:|rolluperror|unexpected symbol near|undeclared identifier|type mismatch: "
        "inferred|linker command failed|ld returned|failed to compile",
        r"^\s{1,12}--> \S{1,300}\.rs:\d|error (?:c|cs|lnk|msb)\d{4}|unresolved (?:external|import|reference)",
    ),
    _Words(
        FailureKind.TEST,
        "assertionerror|assert failed|test case threw|is not true|assertion failed|assertionfailed|test failure"
        "|failed test|tests failed|test failed",
        r"\b(?:tests?|specs?|scenarios?|suites?) (?:have |has )?fail|\d{1,6} (?:failed|failing|failures?)\b"
        r"|\btest \S{1,200} failed|expected (?!['\"`][^\w\s]).{1,200} (?:but |to |got )|^not ok \d"
        r"|^\s{0,8}\[failed\] |coverage .{0,80}(?:below|not met"
        r"|not reached|less than)",
    ),
    _Words(
        FailureKind.DEPLOY,
        "failed to deploy|failed to publish|failed to upload|failed to release|cannot publish over",
        r"deploy(?:ment|ing)? .{0,60}(?:failed|error)",
    ),
)
"""The words of each kind. The first row that has one wins."""

_OWN_MACHINE = lazy(r"localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1\]?[:/ ]")
"""A service of the job itself, which a commit can break."""

_MAY_BE_OUTSIDE = frozenset(
    {FailureKind.UNKNOWN, FailureKind.DEPENDENCY, FailureKind.DEPLOY, FailureKind.CONFIGURATION, FailureKind.AUDIT}
)
"""Kinds of tools that talk to servers: a server that is down or refuses an account makes it another kind."""

_CHECKS_OF_TEXT = frozenset({FailureKind.LINT, FailureKind.FORMAT, FailureKind.TYPE})
"""Kinds that one command often does together. The first one named counts."""

_MOST_LINES = 30
_LONGEST = 400

_NAMED = lazy(
    r"task '?:?(?P<task>[\w.:/-]{1,200})"
    r"|goal \S{0,200}?:(?P<goal>[\w-]{1,60}(?:-maven)?-?[\w-]{0,60}:[\d.]{1,20}:[\w-]{1,60})"
    r"|hook id: (?P<hook>[\w-]{1,80})|\*\*\* \[(?:[\w./-]{1,80}:\d{1,5}: )?(?P<target>[\w./-]{1,80})\]"
    r"|Recipe `(?P<recipe>[\w-]{1,60})`|(?:script|session|environment) [`'\"]?(?P<script>[\w:.-]{1,60})"
    r"|['\"](?P<all>[\w:.-]{1,60})['\"] (?:exited|errored)|^\s{0,8}(?P<tox>[\w-]{1,40}): (?:FAIL|exit \d)",
    re.IGNORECASE,
)
"""Where a build tool names the part that failed. The name tells the kind: `compileJava`, `lint`, `test`."""

_ACTION = lazy(r"Run [\w.-]{1,100}/[\w./-]{1,200}@\S{1,100}")
_GIVES_UP = lazy(r"(?:^|[\s;&|{])exit [1-9]")
_WORD = lazy(r"[A-Z]?[a-z][a-z0-9]*|[A-Z][A-Z0-9]*")
_OPTION = lazy(r"(?:^|[\s;&|])test -[a-z] |(?:^|\s)--?[\w-]{1,60}(?:=\S{0,200})?|https?://\S{1,300}|\$\{?\w{1,60}\}?")
_COMPOUND = lazy(
    r"\b(pre|type|clang|doc|code|\w{1,20}(?=[-_]lint))[-_](lint|commit|check|format|tests?|style|tidy|coverage"
    r"|analysis)\b"
)

_WORDS_OF_COMMANDS: tuple[tuple[FailureKind, int, str], ...] = (
    (
        FailureKind.LINT,
        1,
        "lint linter linters linting eslint tslint stylelint ruff flake8 pylint clippy shellcheck golangci rubocop "
        "checkstyle vulture cppcheck cpplint revive errcheck pydocstyle oxlint xo vale cspell "
        "ktlint detekt pmd spotbugs precommit prek hadolint yamllint actionlint markdownlint codespell typos biome "
        "credo "
        "phpcs swiftlint vet zizmor health knip staticcheck clangtidy codestyle lychee commitlint",
    ),
    (
        FailureKind.FORMAT,
        1,
        "prettier black gofmt rustfmt fmt format formatting formatted spotless isort clangformat dprint gofumpt "
        "scalafmt",
    ),
    (FailureKind.TYPE, 1, "mypy pyright basedpyright tsc typecheck sorbet phpstan psalm pyre dialyzer vuetsc"),
    (
        FailureKind.TEST,
        1,
        "test tests testing pytest tox nox jest vitest mocha karma cypress playwright ctest phpunit rspec spec specs "
        "e2e "
        "ava bats behave hspec tasty busted robot jasmine testcafe wdio gotestsum ginkgo nosetests minitest codecept "
        "unittest nextest junit surefire failsafe doctest doctests coverage integration cucumber behat pest",
    ),
    (
        FailureKind.AUDIT,
        1,
        "audit semgrep checkov tfsec trivy snyk grype osv codeql bandit gosec vulnerabilities gitleaks deny",
    ),
    (
        FailureKind.DEPLOY,
        1,
        "deploy deployment publish terraform tofu kubectl helm wrangler vercel netlify pulumi ansible goreleaser "
        "twine upload "
        "pages",
    ),
    (
        FailureKind.COMPILE,
        2,
        "build builds compile compiler compilation make cmake ninja bazel meson docker sphinx webpack bake wheel docs "
        "crystal protoc rollup vite esbuild parcel tsup ncc",
    ),
    (FailureKind.DEPENDENCY, 3, "install restore sync apt apk brew vcpkg bundle resolve enforcer"),
)
"""The words of commands, of names of tasks and of actions: a lower rank counts before a higher one."""


@cache
def _ranked() -> dict[str, tuple[int, FailureKind]]:
    return {word: (rank, kind) for kind, rank, words in _WORDS_OF_COMMANDS for word in words.split()}


_PARTS = (
    r"(?:tasks?|targets?|scripts?|sessions?|goal|phase|recipe|command|stage|hook|environments?|option|flag|profile"
    r"|toolchain|interpreter|presets?|plugins?|lane|project)"
)
_ABSENT_PART = lazy(
    rf"\b{_PARTS}:? ['\"`‘]?[\w:./@-]{{1,100}}['\"`’]? (?:does not exist"
    r"|(?:is |was |were |could |can ?)?not (?:be )?(?:found|defined|exist|known|installed|allowed))"
    rf"|(?:missing|unknown|no such|undefined|unrecogni[sz]ed|no|build|find|contain) (?:[\w ]{{1,20}} )?{_PARTS}:?"
    rf"(?: named| with id)? ['\"`‘]|\b(?:missing|collecting|unknown|no such) {_PARTS}\b|\b{_PARTS} (?:not found"
    rf"|never defined)"
    r"|\b(?:no|not find) (?:\w{1,20} )?interpreter|failed to spawn|is not allowed, use|subprocess .{0,20}no such file",
    re.IGNORECASE,
)
"""A task, script, option or tool that is not there, whatever its name."""

_NAME = lazy(r"(['\"`‘])[\w./:@#-]{1,100}(['\"`’])")
_RULE = lazy(
    r": (?:error|warning|style|performance|portability|information): .{0,380}"
    r"\[(?:(?P<format>-Wclang-format)\S{0,40}|[a-z][\w.,-]{1,100})\]$"
    r"|\.go:\d{1,7}:\d{1,5}: .{1,380} \((?!typecheck|compile)[a-z]{3,30}\)$"
)
"""How checkers that print like a compiler end a line."""

_TALLY = lazy(
    r"\b\d{1,6} (?:tests?|examples?|specs?|scenarios?|test cases?|assertions?|failures?)\b.{0,60}\bfail"
    r"|\btest cases?: {1,9}\d|\b\d{1,6} (?:of|out of) \d{1,6} tests? failed|\btests? failed\b|in the test module",
    re.IGNORECASE,
)
"""What test runners print at the end."""

_PLACE_OF_ERROR = lazy(
    r"(?:[\w-]{1,20}: )?\S{1,300}\.\w{1,10}(?::\d|\s?\(\d)[\d:,) ]{0,20}(?:fatal )?error\b", re.IGNORECASE
)
"""How compilers begin a line. Other tools do, too, so that it counts last."""


def kind_of(known: FailureKind, lines: Sequence[str], near: Sequence[str], command: str) -> FailureKind:
    """The kind of a failure: what its pattern knows, unless a server that the tool talked to is the cause.

    Without knowledge, the words of the lines tell it, the headline first; then the name of the task that failed; then
    the lines around, if they count tests; then the command of the step. Names that are not there tell nothing.
    """
    # clang-tidy and golangci-lint print in the form of a compiler, but a reader fixes something else.
    rule = _RULE.search(lines[0]) if known is FailureKind.COMPILE and lines else None
    if rule:
        return FailureKind.FORMAT if rule["format"] else FailureKind.LINT
    if known not in _MAY_BE_OUTSIDE:
        return known
    if lines and _ABSENT_PART.search(lines[0][:_LONGEST]):
        return FailureKind.CONFIGURATION
    # A server on the job's own machine is a part of the test, not something outside.
    shown = [line[:_LONGEST] for line in lines[:_MOST_LINES] if not _OWN_MACHINE.search(line)]
    # A quoted name can be any word: a target called `test` does not make a failed build a failed test.
    words = [_NAME.sub(r"\1\2", line.lower()) for line in shown]
    text = "\n".join(words)
    if known is not FailureKind.UNKNOWN:
        return _first_of((_OUTSIDE, _DENIED), text) or known
    return (
        _first_of(_ROWS, words[0] if shown and lines[0].startswith(shown[0]) else "")
        or _first_of((_OUTSIDE, _DENIED), text)
        or _by_name("\n".join(shown))
        or _first_of(_ROWS, text)
        or (FailureKind.TEST if _counts_tests(near) else None)
        or kind_of_command(command)
        or (FailureKind.COMPILE if lines and _PLACE_OF_ERROR.match(lines[0]) else FailureKind.UNKNOWN)
    )


def _counts_tests(lines: Iterable[str]) -> bool:
    return any("fail" in line.lower() and _TALLY.search(line) for line in lines)


def _first_of(rows: Iterable[_Words], text: str) -> FailureKind | None:
    return next((row.kind for row in rows if row.are_in(text)), None)


def _by_name(text: str) -> FailureKind | None:
    names = (next(filter(None, match.groups()), "") for match in _NAMED.finditer(text))
    return next(filter(None, map(_by_tokens, names)), None)


def kind_of_command(command: str) -> FailureKind | None:
    """The kind of what a command does; `None` if it does several things, or one that has no kind."""
    first = command.partition("\n")[0]
    action = _ACTION.fullmatch(first)
    found = _by_tokens(_OPTION.sub(" ", first if action else command))
    # What an action refuses are the inputs that the workflow gave it; an `exit 1` is a check of the workflow itself.
    return found or (FailureKind.CONFIGURATION if action or _GIVES_UP.search(command) else None)


def _of_word(word: str) -> tuple[int, FailureKind] | None:
    """The rank and the kind of a word. A tool whose name ends so is what its name says."""
    of_name = (
        (1, FailureKind.LINT) if word.endswith("lint") else (1, FailureKind.FORMAT) if word.endswith("fmt") else None
    )
    return _ranked().get(word) or of_name


def _by_tokens(text: str) -> FailureKind | None:
    tokens = (token.lower() for token in _WORD.findall(_COMPOUND.sub(r"\1\2", text)))
    known = [found for found in map(_of_word, tokens) if found]
    found = [kind for rank, kind in known if rank == min(known)[0]]
    return found[0] if found and (len({*found}) == 1 or {*found} <= _CHECKS_OF_TEXT) else None
