"""Masks the names that identify a repository and its people, so that a recorded history can be shown to others.

A name gets one mask, wherever it stands: so equal causes stay equal. A mask holds no digits, because the difference
of two causes must not be a number. The names of workflows, jobs and steps stay, as far as they hold no other name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from ci_failure_tracker.backtest.history import History
from ci_failure_tracker.model import Annotation, Commit, Job, Repository, Run, Step, Workflow
from ci_failure_tracker.text.lazy import lazy

_BRANCHES = """
alpha beta canary default dev develop development edge gh-pages head latest main master next nightly prod production
release stable stage staging test testing trunk
"""
USUAL_BRANCHES = frozenset(_BRANCHES.split())
"""Names of branches that identify nobody, and that logs hold as usual words."""

_HOSTS = """
alpinelinux.org anaconda.org apache.org archlinux.org centos.org cpan.org crates.io debian.org docker.com docker.io
dot.net eslint.org example.com example.org fedoraproject.org ghcr.io git-scm.com github.com github.io githubapp.com
githubusercontent.com gnu.org gitlab.com golang.org google.com googlesource.com gradle.org hackage.haskell.org hex.pm
jestjs.io jitpack.io jsdelivr.net k8s.io kubernetes.io launchpad.net llvm.org maven.org microsoft.com mozilla.org
nodejs.org npmjs.com npmjs.org nuget.org nx.dev packagist.org playwright.dev pub.dev pypa.io pypi.org python.org
pythonhosted.org quay.io rubygems.org rust-lang.org rustup.rs sentry.io sonatype.org swift.org typescriptlang.org
ubuntu.com yarnpkg.com
"""
PUBLIC_HOSTS = tuple(_HOSTS.split())
"""Hosts that many projects use; their addresses stay."""

_ENDS = tuple(f".{host}" for host in PUBLIC_HOSTS)
# Accounts of programs: the names of authors that GitHub and common bots write.
_BOTS = re.compile(
    r"\[bot\]$|^(?:github|web-flow|dependabot|renovate|github[ -]actions?)$|^(?:noreply|actions?|support)@github\.com$",
    re.IGNORECASE,
)
# A branch such as `release/1.2` or `v3.x` identifies nobody.
_VERSION = re.compile(r"(?:[a-z]{1,10}[/-])?v?\d{1,6}(?:\.(?:\d{1,6}|x)){0,4}")
_KINDS = "bug|bugfix|chore|ci|dependabot|docs|feat|feature|fix|hotfix|release|releases|renovate|test"
_KIND = re.compile(rf"(?:{_KINDS})(?=[/-])[/-]")
# The branches of a merge queue, as GitHub names them.
_QUEUE = re.compile(r"(gh-readonly-queue/)(.{1,200}?)(/pr-\d{1,9}-)([0-9a-f]{40})")
_SHA = lazy(r"(?<![0-9A-Za-z])[0-9a-f]{7,40}(?![0-9A-Za-z])")
_WORD = lazy(r"\w+")
_PART = re.compile(r"[-_]")
_NUMBER = re.compile(r"[-_.]?\d{1,6}$")
_MAIL = lazy(r"(?<![\w.+-])([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[A-Za-z]{2,24})(?![\w-])")
_HOST = lazy(
    r"(?:://|\bgit@|\bhost:? ['\"]?)(?:[^\s/@:]{1,100}(?::[^\s/@]{0,100})?@)?((?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24})"
)
_INNER_HOST = lazy(r"(?<![\w.-])((?:[\w-]{1,63}\.){1,8}(?:internal|intranet|corp|lan|local))(?![\w-])")
_SIGNED = lazy(
    r"(?i:\b(?:author|commit|committer|[a-z]{2,20}-by):[ \t]{1,8})(\S[^\n<>:]{1,80}?)[ \t]{1,4}<[^\s<>@]{1,64}@"
)
_FOLDER = lazy(r"(?:/home/|/Users/|\\{1,2}Users\\{1,2})([^/\\\s'\":]{1,64})")
_COLOUR_OR_BYTE = r"%[0-9a-f]{2}|\x1b\[[0-9;]{0,20}m"
_GAP = rf"(?:{_COLOUR_OR_BYTE}|[-_.+,:@/\\ ]){{0,3}}"
"""What stands between the parts of a name in an address, a path, a variable or a coloured line; it may be nothing."""

_PARTS = lazy(r"[^\W_]+")
_BETWEEN = lazy(rf"(?:{_COLOUR_OR_BYTE}|[\W_])+")
_MACHINE = lazy(r"(?:Machine|Runner) name: '([^']{1,100})'")
_FOLDERS = """
action actions admin administrator agent app appveyor azureuser build builder buildkite-agent ci circleci cirrus
codespace default deploy dev docker ec2-user git github gitlab-runner jenkins linuxbrew node nobody public root runner
runneradmin test tests travis ubuntu user vscode vsts work worker
"""
_USUAL_FOLDERS = frozenset(_FOLDERS.split())
_USUAL_MACHINES = re.compile(r"GitHub Actions.{0,20}|fv-az.{0,20}|runnervm.{0,20}|Mac-\d{1,20}.{0,10}", re.IGNORECASE)
_LETTERS = "gjkmnpqrtvwxyz"
"""No hexadecimal digit is among them, so that no mask looks like a hash."""

_LEAST, _ANYWHERE = 3, 5
"""Shorter names stay in logs, except in paths. Longer ones are masked within words, too."""

_OF_TEXTS = frozenset({"Commit", "host", "machine", "user"})
"""Kinds of names that stay as they are written. All others are found whatever stands between their parts."""

_USER = "user"
"""The kind of names of home folders. They are often usual words, and so they are masked only as whole words."""


class Masks:
    """The masks of one history."""

    def __init__(self, history: History) -> None:
        self._masks: dict[str, str] = {}
        self._numbers: dict[str, Iterator[int]] = {}
        self._words: dict[str, str] = {}
        self._joined: dict[str, str] = {}
        # Logs shorten hashes to seven characters or more.
        self._shas = {run.commit.sha[:7]: run.commit.sha for run in history.runs}
        owner, _, name = history.repository.full_name.partition("/")
        self._name(owner, "owner")
        self._name(name, "repository")
        bare = _NUMBER.sub("", name)
        if _PART.search(bare):  # a name of one part can be a usual word without its number
            self._masks.setdefault(bare.lower(), self._known(name))
            self._join(bare.lower())
        self._begins_alike = _beginning_like(name)
        self.alike: set[str] = set()
        """Words in masked texts that begin like the repository's name: names of its parts, or usual words."""
        # Sorted, so that the same history gets the same masks each time.
        for person in sorted(one for one in history.people if not _BOTS.search(one)):
            self._name(person, "person")
        for branch in sorted({run.branch for run in history.runs}):
            self._branch(branch)
        for title in sorted({run.commit.title for run in history.runs} - {""}):
            self._name(title, "Commit")

    # --- what a history holds ----------------------------------------------------------------------

    def history(self, history: History) -> History:
        """The history without the names."""
        full_name = "/".join(map(self._known, history.repository.full_name.split("/", 1)))
        url = f"https://github.com/{full_name}"
        branch = self._known(history.repository.default_branch)
        workflows = tuple(map(self._workflow, history.workflows))
        return replace(
            history,
            repository=Repository(full_name, url, branch, archived=False, has_issues=True),
            workflows=workflows,
            runs=tuple(map(self._run, history.runs)),
            # The masks would be of no use if the names stood beside them.
            people=frozenset(),
        )

    def jobs(self, jobs: Iterable[Job]) -> tuple[Job, ...]:
        """The jobs of a run without the names."""
        return tuple(map(self._job, jobs))

    def learn(self, text: str) -> None:
        """Give the names that a text holds their masks: another text may hold them alone."""
        for found in _names_in(text):
            self._name(*found)

    def text(self, text: str) -> str:
        """A log, or another text, without the names, and without others that stand in it."""
        masked = self._masked(text)
        if self._begins_alike:
            self.alike.update(self._begins_alike.findall(masked.lower()))
        return masked

    def _masked(self, text: str) -> str:
        self.learn(text)
        text = _FOLDER.sub(lambda match: f"{match[0].removesuffix(match[1])}{self._known(match[1])}", text)
        text = _SHA.sub(lambda match: self._short_sha(match[0]), text)
        present = list(self._present(text.lower()))
        if not present:
            return text
        # A long name may hold a short one.
        longest_first = sorted(present, key=lambda name: (-len(name), name))
        parts = (f"({self._as_pattern(name)})" for name in longest_first)
        pattern = re.compile("|".join(parts), re.IGNORECASE)
        return pattern.sub(lambda match: self._masks[longest_first[(match.lastindex or 1) - 1]], text)

    def _present(self, text: str) -> Iterator[str]:
        """The names that a text holds. It is searched for a long title only if it has a word of it: titles are many."""
        words, joined_text = set(_WORD.findall(text)), _BETWEEN.sub("", text)
        for name in self._masks:
            word, joined = self._words.get(name), self._joined.get(name)
            if joined:
                if joined in joined_text:
                    yield name
            elif len(name) >= _LEAST and (word is None or word in words) and name in text:
                yield name

    def _run(self, run: Run) -> Run:
        return replace(
            run,
            branch=self._known(run.branch),
            commit=Commit(_fake_sha(run.commit.sha), self._known(run.commit.title) if run.commit.title else ""),
            workflow=self._workflow(run.workflow),
            subject=self.text(run.subject),
            check_suite_id="",
            node_id="",
        )

    def _workflow(self, workflow: Workflow) -> Workflow:
        return replace(workflow, name=self.text(workflow.name), path=self.text(workflow.path), node_id="")

    def _job(self, job: Job) -> Job:
        annotations = None if job.annotations is None else tuple(map(self._annotation, job.annotations))
        return replace(job, name=self.text(job.name), steps=tuple(map(self._step, job.steps)), annotations=annotations)

    def _step(self, step: Step) -> Step:
        return replace(step, name=self.text(step.name))

    def _annotation(self, annotation: Annotation) -> Annotation:
        return replace(
            annotation,
            message=self.text(annotation.message),
            title=self.text(annotation.title),
            path=self.text(annotation.path),
        )

    # --- masks -----------------------------------------------------------------------------------

    def _known(self, name: str) -> str:
        return self._masks.get(name.lower(), name)

    def _name(self, name: str, kind: str) -> None:
        """Give a name its mask, unless it has one."""
        if name and name.lower() not in self._masks:
            number = next(self._numbers.setdefault(kind, count()))
            self._masks[name.lower()] = _mask(kind, number)
            if kind not in _OF_TEXTS:
                self._join(name.lower())
            elif inner := _WORD.findall(name.lower())[1:-1]:
                self._words[name.lower()] = max(inner, key=len)

    def _join(self, key: str) -> None:
        """Let a name be found whatever stands between its parts."""
        joined = "".join(_PARTS.findall(key))
        if len(joined) >= _LEAST:
            self._joined[key] = joined

    def _as_pattern(self, name: str) -> str:
        escaped = re.escape(name)
        if name in self._joined:
            escaped = f"(?:{escaped}|{_GAP.join(map(re.escape, _PARTS.findall(name)))})"
        if self._masks[name].startswith(f"{_USER}-"):
            return rf"(?<!\w){escaped}(?!\w)"
        return escaped if len(name) >= _ANYWHERE else rf"(?<![0-9A-Za-z]){escaped}(?![0-9A-Za-z])"

    def _branch(self, branch: str) -> None:
        """Give a branch its mask, which keeps its shape: `release/1.2` stays, `fix/…` keeps its first part."""
        key = branch.lower()
        if key in USUAL_BRANCHES or key in self._masks or not key or _VERSION.fullmatch(key):
            return
        if queued := _QUEUE.fullmatch(branch):
            self._branch(queued[2])
            self._masks[key] = f"{queued[1]}{self._known(queued[2])}{queued[3]}{_fake_sha(queued[4])}"
            return
        kind = _KIND.match(key)
        number = next(self._numbers.setdefault("branch", count()))
        self._masks[key] = f"{kind[0] if kind else ''}{_mask('branch', number)}"
        self._join(key)

    def _short_sha(self, found: str) -> str:
        # Only what is the beginning of a known hash is one: other words are hexadecimal, too.
        known = self._shas.get(found[:7], "")
        return _fake_sha(known)[: len(found)] if known.startswith(found) else found


def _mask(kind: str, number: int) -> str:
    letters = ""
    # Three letters make 2,744 masks; a number follows where they are used up.
    for _ in range(3):
        number, place = divmod(number, len(_LETTERS))
        letters = _LETTERS[place] + letters
    mask = f"{kind}{' ' if kind == 'Commit' else '-'}{letters}{number or ''}"
    return f"{mask}.example" if kind == "host" else mask


def _beginning_like(name: str) -> re.Pattern[str] | None:
    """Finds words that share all parts of the name but the last; `None` if only one part would be shared."""
    first, *shared = _PART.split(name.lower())[:-1] or [""]
    if not shared:
        return None
    return re.compile(rf"(?<![\w-]){'[-_]'.join(map(re.escape, [first, *shared]))}[-_]\w[\w-]{{0,40}}")


def _fake_sha(sha: str) -> str:
    """Another hash, always the same for one hash; nobody finds the commit with it."""
    return hashlib.sha256(f"masked {sha}".encode()).hexdigest()[: len(sha)]


def _names_in(text: str) -> Iterator[tuple[str, str]]:
    """The names of people, machines and hosts that only a text holds, each with its kind."""
    for pattern, kind, is_usual in _FINDERS:
        for match in pattern.finditer(text):
            if not is_usual(match[1]):
                yield match[1], kind


def _is_bot(name: str) -> bool:
    return bool(_BOTS.search(name))


def _is_usual_mail(mail: str) -> bool:
    return bool(_BOTS.search(mail)) or mail.startswith("git@")


def _is_usual_folder(name: str) -> bool:
    return name.lower() in _USUAL_FOLDERS or bool(_BOTS.search(name))


def _is_usual_machine(name: str) -> bool:
    return _USUAL_MACHINES.fullmatch(name) is not None


def _is_public(host: str) -> bool:
    return f".{host.lower()}".endswith(_ENDS)


_FINDERS = (
    (_MAIL, "person", _is_usual_mail),
    (_SIGNED, "person", _is_bot),
    (_FOLDER, _USER, _is_usual_folder),
    (_MACHINE, "machine", _is_usual_machine),
    (_HOST, "host", _is_public),
    (_INNER_HOST, "host", _is_public),
)
"""How names are found, their kind, and which of them identify nobody."""
