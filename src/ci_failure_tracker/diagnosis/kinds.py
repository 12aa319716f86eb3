"""What kind of failure it is, if the pattern does not say it: from the words of its lines, then from the command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ci_failure_tracker.diagnosis.blocks import compiled
from ci_failure_tracker.model import FailureKind

_OUTSIDE = (
    r"\bHTTP[/ ]?(?:[12](?:\.[01])?)?(?: error| status| status code| code)?:? ?(?:429|50[0-4]|52\d)\b"
    r"|\b(?:50[0-4]:? (?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out)"
    r"|429:? too many requests)"
    r"|\b(?:status(?: ?code)?|error:?|returned)[ :=]{1,3}(?:429|50[0-4]|52\d)\b"
    r"|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|too many 50\d error responses"
    r"|toomanyrequests|too many requests|\brate[- ]?limit(?:ed|s)?\b(?! test)|over its data quota"
    r"|could not resolve host|(?:temporary )?failure (?:in name resolution|resolving)|\bEAI_AGAIN\b"
    r"|getaddrinfo ENOTFOUND|name or service not known|: no such host\b|nodename nor servname|UnknownHostException"
    r"|no space left on device|\bENOSPC\b|not enough space on the disk|disk quota exceeded"
    r"|lost communication with the server|received a shutdown signal|runner has (?:lost|been)"
    r"|runner .{1,80} was terminated"
    r"|TLS handshake timeout|net/http: request canceled|\bi/o timeout\b|RPC failed; |early EOF|SSL_ERROR_SYSCALL"
    r"|max retries exceeded|connection (?:was )?(?:reset|timed out|broken)|\b(?:ECONNRESET|ETIMEDOUT)\b|connect timeout"
    r"|failed to connect to \S{1,200} port|network is unreachable|no route to host|remote end hung up"
    r"|\b(?:heap )?out of memory\b|OutOfMemoryError|\bOOM(?:Killed| killer|-killer)?\b|cannot allocate memory"
    r"|^\s{0,20}killed$|: killed$|\bSIGKILL\b|exit code 137|returned signal 9"
)
"""What happens outside of the repository: no commit brings a registry down or fills the disk of a runner."""

_DENIED = (
    r"\bHTTP[/ ]?(?:[12](?:\.[01])?)?(?: error| status| status code| code)?:? ?40[13]\b|\b40[13]:? (?:unauthorized"
    r"|forbidden)"
    r"|\bstatus(?: ?code)?[ :=]{1,3}40[13]\b"
    r"|resource not accessible by|bad credentials|\bunauthori[sz]ed\b|not authori[sz]ed|forbidden\b"
    r"|authentication (?:failed|required|is required|error)|(?:invalid|incorrect|missing|no|bad) (?:credentials"
    r"|username|password)"
    r"|credentials (?:could not be|were not|are not|not|have) |could not read (?:username|password)|\baccess ?denied\b"
    r"|permission denied \(publickey|permission to \S{1,200} denied|permission_denied|^denied: |: denied: "
    r"|requested access to the"
    r"|insufficient (?:permission|scope|privilege)|(?:token|secret|api[ _]key|credential)\S{0,30} (?:is|was|has|not) ?"
    r"(?:missing|required|empty|expired|invalid|not set|not found|not supplied|been revoked|set|found|supplied"
    r"|provided)"
    r"|required and not supplied: \S{0,40}(?:token|secret|key|password)|no basic auth credentials|refusing to allow"
    r"|protected branch|does not have (?:permission|access)|must have admin rights|ENEEDAUTH"
    r"|host key verification failed"
)
"""What a token, a secret or a right of an account decides."""

_ROWS: tuple[tuple[FailureKind, str], ...] = (
    (
        FailureKind.TIME_LIMIT,
        r"exceeded the maximum execution time|exceeded the timeout of|timeout of \d{1,9} ?(?:ms|s|m)\w{0,8} exceeded"
        r"|(?:run|test|job|build|step)s? (?:has )?time[d ]?-? ?out\b|context deadline exceeded|deadline exceeded"
        r"|timed out after \d|timed out waiting|exit code 124|no output has been received",
    ),
    (FailureKind.INFRASTRUCTURE, _OUTSIDE),
    (FailureKind.PERMISSION, _DENIED),
    (
        FailureKind.CONFIGURATION,
        r"unexpected (?:input\(s\)|value ')|required and not supplied|unable to resolve action|invalid workflow file"
        r"|yaml: |yaml\.\w{1,20}\.\w{1,20}error|mapping values are not allowed|unrecognized named-value"
        r"|reusable workflow"
        r"|command not found|: (?:\d{1,5}: )?\S{1,80}: not found$|executable file not found|is not recognized as"
        r"|permission denied|unrecognized arguments?|(?:unknown|invalid|unsupported|unrecognized) (?:option|flag"
        r"|switch|argument)"
        r"|flag provided but not defined|unknown command|no such (?:command|option)"
        r"|unbound variable|parameter not set|environment variable \S{1,80} (?:is|was|not|must)"
        r"|(?:must|needs? to|should) (?:be set|set|provide|specify)|no files were found with the provided path"
        r"|(?:version|python|node) \S{1,40} (?:was|is) not (?:found|available)|invalid configuration"
        r"|configuration error"
        r"|config(?:uration)? file|unsupported engine|does not match any files|missing script|no such target"
        r"|no rule to make target|please (?:add|update|label|provide)|(?:changelog|label|title"
        r"|description)\b.{0,80}(?:missing|required)",
    ),
    (
        FailureKind.AUDIT,
        r"\d{1,6} (?:\w{1,20} )?(?:severity )?vulnerabilit(?:y|ies)|\bCVE-\d{4}-\d{3,8}|\bGHSA-\w{4}-|\bRUSTSEC-\d"
        r"|PYSEC-\d"
        r"|leaks? found|secrets? detected",
    ),
    (
        FailureKind.DEPENDENCY,
        r"could not resolve (?:all |the )?(?:dependenc|artifact|files|task dep|plugin)|no matching (?:distribution"
        r"|package|version)"
        r"|could not find a version|\bERESOLVE\b|\bETARGET\b|\bE404\b|ERR_PNPM|unable to locate package"
        r"|has no installation candidate"
        r"|version solving failed|lock ?file\b|dependency conflict|conflicting dependenc|unmet (?:peer )?dependenc"
        r"|unable to find package"
        r"|failed to (?:fetch|download|install)|could not install|dependenc(?:y|ies) (?:could|not|failed|error"
        r"|resolution)"
        r"|checksum mismatch|hash(?:es)? (?:mismatch|do not match)|resolutionimpossible|nothing provides"
        r"|package \S{1,100} (?:is|was) not"
        r"|cannot find package|no required module provides|could not find artifact|failed to select a version",
    ),
    (
        FailureKind.FORMAT,
        r"would (?:be )?reformat|files? (?:were )?reformatted|not (?:properly |correctly )?formatted"
        r"|formatting (?:violation|issue|error|check)"
        r"|prettier|code style issues|needs? formatting|format violations|is not gofmt|spotless|run `?\S{0,40}\bfmt\b",
    ),
    (
        FailureKind.TYPE,
        r"\berror TS\d{4}|incompatible types? in|\[(?:arg-type|attr-defined|assignment|return-value|union-attr"
        r"|call-arg|name-defined"
        r"|no-untyped-\w{1,10}|import-not-found|import-untyped|misc|index|operator|override)\]$"
        r"|\(report[A-Z]\w{2,60}\)",
    ),
    (
        FailureKind.LINT,
        r"\b\d{1,6} problems? \(|\blint(?:er|ing)?\b|checkstyle|rubocop|offenses? detected|\beslint\b|\bflake8\b"
        r"|\bpylint\b|violations? found"
        r"|clippy|trailing whitespace|pre-commit hook|files were modified by this hook",
    ),
    (
        FailureKind.TEST,
        r"assert(?:ion)?(?:error| failed|ionfailed)|\b(?:tests?|specs?|scenarios?|suites?) (?:have |has )?(?:failed"
        r"|failing|failures?)"
        r"|failed tests?\b|\d{1,6} (?:failed|failing|failures?)\b|test failures?|\btest \S{1,200} failed"
        r"|expected .{1,200} (?:but |to |got )"
        r"|^not ok \d|coverage .{0,80}(?:below|not met|not reached|less than|under)|segmentation fault"
        r"|fatal python error",
    ),
    (
        FailureKind.COMPILE,
        r"compilation (?:failed|error)|could not compile|undefined reference|cannot find symbol|syntax ?error"
        r"|parse error|build failed"
        r"|linker command failed|ld returned|error (?:C|CS|LNK|MSB)\d{4}|unresolved (?:external|import|reference)"
        r"|failed to compile",
    ),
    (
        FailureKind.DEPLOY,
        r"deploy(?:ment|ing)? .{0,60}(?:failed|error)|failed to (?:deploy|publish|push|upload|release)|rollout"
        r"|error: publish|release failed"
        r"|already exists\b.{0,80}(?:version|registry|release|tag)|cannot publish over",
    ),
)
"""The words of each kind. They are searched without regard to case; the first row that has one wins."""

_OWN_MACHINE = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1\]?[:/ ]")
"""A service of the job itself, which a commit can break."""

_MAY_BE_OUTSIDE = frozenset(
    {FailureKind.UNKNOWN, FailureKind.DEPENDENCY, FailureKind.DEPLOY, FailureKind.CONFIGURATION, FailureKind.AUDIT}
)
"""Kinds of tools that talk to servers: a server that is down or refuses an account makes it another kind."""

_CHECKS_OF_TEXT = frozenset({FailureKind.LINT, FailureKind.FORMAT, FailureKind.TYPE})
"""Kinds that one command often does together. The first one named counts."""

_MOST_LINES = 40
_LONGEST = 600

_NAMED = re.compile(
    r"task '?:?(?P<task>[\w.:/-]{1,200})"
    r"|goal \S{0,200}?:(?P<goal>[\w-]{1,60}(?:-maven)?-?[\w-]{0,60}:[\d.]{1,20}:[\w-]{1,60})"
    r"|hook id: (?P<hook>[\w-]{1,80})|\*\*\* \[(?:[\w./-]{1,80}:\d{1,5}: )?(?P<target>[\w./-]{1,80})\]"
    r"|Recipe `(?P<recipe>[\w-]{1,60})`|(?:script|session|environment) [`'\"]?(?P<script>[\w:.-]{1,60})"
    r"|^\s{0,8}(?P<tox>[\w-]{1,40}): (?:FAIL|exit \d)",
    re.IGNORECASE,
)
"""Where a build tool names the part that failed. The name tells the kind: `compileJava`, `lint`, `test`."""

_WORD = re.compile(r"[A-Z]?[a-z][a-z0-9]*|[A-Z][A-Z0-9]*")
_OPTION = re.compile(r"(?:^|\s)--?[\w-]{1,60}(?:=\S{0,200})?|https?://\S{1,300}|\$\{?\w{1,60}\}?")
_COMPOUND = re.compile(r"\b(pre|type|clang|doc|code)[-_](commit|check|format|tests?|style|tidy|coverage|analysis)\b")

_WORDS_OF_COMMANDS: tuple[tuple[FailureKind, int, str], ...] = (
    (
        FailureKind.LINT,
        1,
        "lint linter linters linting eslint tslint stylelint ruff flake8 pylint clippy shellcheck golangci rubocop "
        "checkstyle "
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
        "unittest nextest junit surefire failsafe doctest doctests coverage integration cucumber behat pest",
    ),
    (FailureKind.AUDIT, 1, "audit trivy snyk grype osv codeql bandit gosec vulnerabilities gitleaks deny"),
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
        "build builds compile compiler compilation make cmake ninja bazel meson docker sphinx webpack bake wheel docs",
    ),
    (FailureKind.DEPENDENCY, 3, "install restore sync apt apk brew vcpkg bundle resolve enforcer"),
)
"""The words of commands, of names of tasks and of actions: a lower rank counts before a higher one."""


@cache
def _ranked() -> dict[str, tuple[int, FailureKind]]:
    return {word: (rank, kind) for kind, rank, words in _WORDS_OF_COMMANDS for word in words.split()}


def kind_of(known: FailureKind, lines: Sequence[str], command: str) -> FailureKind:
    """The kind of a failure: what its pattern knows, unless a server that the tool talked to is the cause.

    Without knowledge, the words of the lines tell it, the headline first; then the name of the task that failed; then
    the command of the step.
    """
    text = "\n".join(line[:_LONGEST] for line in lines[:_MOST_LINES] if not _OWN_MACHINE.search(line))
    if known not in _MAY_BE_OUTSIDE:
        return known
    if known is not FailureKind.UNKNOWN:
        return _outside(text) or known
    headline = lines[0][:_LONGEST] if lines else ""
    return (
        _by_words(headline)
        or _outside(text)
        or _by_name(text)
        or _by_words(text)
        or kind_of_command(command)
        or FailureKind.UNKNOWN
    )


def _outside(text: str) -> FailureKind | None:
    return next(
        (
            kind
            for kind, words in ((FailureKind.INFRASTRUCTURE, _OUTSIDE), (FailureKind.PERMISSION, _DENIED))
            if _has(words, text)
        ),
        None,
    )


def _by_words(text: str) -> FailureKind | None:
    return next((kind for kind, words in _ROWS if _has(words, text)), None)


def _has(words: str, text: str) -> bool:
    return compiled(f"(?im){words}").search(text) is not None


def _by_name(text: str) -> FailureKind | None:
    names = (next(filter(None, match.groups()), "") for match in _NAMED.finditer(text))
    return next(filter(None, map(_by_tokens, names)), None)


def kind_of_command(command: str) -> FailureKind | None:
    """The kind of what a command does; `None` if it does several things, or one that has no kind."""
    action = re.match(r"Run (?:\./)?[\w.-]{1,100}/[\w./-]{1,200}(?:@\S{1,100})?$", command.partition("\n")[0])
    found = _by_tokens(_OPTION.sub(" ", action[0] if action else command))
    # What an action refuses are the inputs that the workflow gave it.
    return found or (FailureKind.CONFIGURATION if action and "@" in action[0] else None)


def _by_tokens(text: str) -> FailureKind | None:
    tokens = (token.lower() for token in _WORD.findall(_COMPOUND.sub(r"\1\2", text)))
    known = [_ranked()[token] for token in tokens if token in _ranked()]
    found = [kind for rank, kind in known if rank == min(known)[0]]
    return found[0] if found and (len({*found}) == 1 or {*found} <= _CHECKS_OF_TEXT) else None
