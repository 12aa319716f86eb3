"""Which of the changed files a failure names; pure.

A log names a file by its whole path, by the end of it, by its name alone, or as a module or a class (`app.eta`). What
fits several changed files names none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from ci_failure_tracker.diagnosis.places import is_outside, relative
from ci_failure_tracker.model import Evidence, FailureKind
from ci_failure_tracker.text.lazy import lazy

_NAME = lazy(r"[\w./\\@+~-]{3,300}")
_NO_EXTENSION = lazy(r"[A-Z]\w{1,20}file")
_CLASS = lazy(r"(?:[A-Z][a-z0-9]{1,40}){2,8}")


def named_files(changed: Iterable[str], evidence: Evidence | None) -> tuple[str, ...]:
    """The changed files that a failure names; the one where it fails comes first."""
    if evidence is None:
        return ()
    files = _Files(changed)
    found = (files.of(name) for name in _names(evidence))
    return tuple(dict.fromkeys(file for file in found if file))


def _names(evidence: Evidence) -> Iterator[str]:
    texts = (evidence.location, evidence.subject, evidence.headline, *(line.text for line in evidence.lines))
    names = (name.rstrip(".") for text in texts for name in _NAME.findall(text))
    return (relative(name) for name in dict.fromkeys(names) if not is_outside(name))


class _Files:
    """Changed files by the ways in which they may be named."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = frozenset(files)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for file in self._files:
            name = file.rpartition("/")[2]
            self._by_name[name].append(file)
            self._by_stem[name.partition(".")[0]].append(file)

    def of(self, name: str) -> str:
        """The changed file of this name; empty if there is none, or if several fit."""
        if name in self._files:
            return name
        last = name.rpartition("/")[2]
        if "." in last or _NO_EXTENSION.fullmatch(last):
            fitting = [file for file in self._by_name.get(last, ()) if _is_end(name, file)]
            if fitting:
                return fitting[0] if len(fitting) == 1 else ""
        return self._of_module(name) if "/" not in name else ""

    def _of_module(self, name: str) -> str:
        """The file of a module or a class: `app.eta.test_dst` is in `src/app/eta.py`, `EtaTest` in `EtaTest.java`."""
        parts = name.split(".")
        for length in range(len(parts), 1, -1):
            dotted = ".".join(parts[:length])
            files = (file for file in self._by_stem.get(parts[length - 1], ()))
            fitting = [file for file in files if f".{_module(file)}".endswith(f".{dotted}")]
            if fitting:
                return fitting[0] if len(fitting) == 1 else ""
        fitting = self._by_stem.get(parts[0], []) if _CLASS.fullmatch(parts[0]) else []
        return fitting[0] if len(fitting) == 1 else ""


def _is_end(name: str, file: str) -> bool:
    """Whether one is the end of the other. A file of the root is not the end of a path in a folder."""
    return f"/{file}".endswith(f"/{name.lstrip('/')}") or ("/" in file and name.endswith(f"/{file}"))


def _module(file: str) -> str:
    folder, _, name = file.rpartition("/")
    return f"{folder}/{name.partition('.')[0]}".replace("/", ".")


# --- files that say what a project needs, and how it is built ------------------------------------

_MANIFESTS = (
    "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "pnpm-workspace.yaml",
    "bun.lock", "bun.lockb", "deno.json*", "deno.lock", ".npmrc", ".yarnrc*", ".nvmrc", ".node-version",
    "*requirements*.txt", "*requirements*.in", "*constraints*.txt", "pyproject.toml", "poetry.lock", "uv.lock",
    "pdm.lock", "pylock*.toml", "Pipfile", "Pipfile.lock", "setup.py", "setup.cfg", "tox.ini", "environment*.y*ml",
    "conda-lock.yml", ".python-version",
    "go.mod", "go.sum", "go.work", "go.work.sum", "Cargo.toml", "Cargo.lock", "rust-toolchain*",
    "Gemfile*", "*.gemspec", ".ruby-version", "composer.json", "composer.lock",
    "pom.xml", "build.gradle*", "settings.gradle*", "gradle.properties", "gradle-wrapper.properties",
    "gradle.lockfile", "*.versions.toml", "build.sbt", "ivy.xml",
    "*.csproj", "*.fsproj", "*.vbproj", "Directory.*.props", "packages.lock.json", "packages.config", "paket.*",
    "global.json", "nuget.config", "mix.exs", "mix.lock", "rebar.*", "pubspec.yaml", "pubspec.lock",
    "Podfile*", "Package.swift", "Package.resolved", "Cartfile*", "CMakeLists.txt", "conanfile.*", "vcpkg.json",
    "*.cabal", "stack.yaml*", "cabal.project*", "DESCRIPTION", "renv.lock", "Project.toml", "Manifest.toml",
    "flake.nix", "flake.lock", "Chart.yaml", "Chart.lock", ".terraform.lock.hcl", "MODULE.bazel*", "WORKSPACE*",
    ".tool-versions", "mise.toml", ".gitmodules",
    "Dockerfile*", "*.Dockerfile", "*.dockerfile", "Containerfile*", "*compose*.y*ml", ".env*",
    "action.yml", "action.yaml",
)  # fmt: skip
"""Names of lock files, manifests and Dockerfiles, as globs."""

_GITHUB = (".github/workflows/*", ".github/actions/*")
_BY_MANIFEST = frozenset({FailureKind.DEPENDENCY, FailureKind.CONFIGURATION})


def counts_manifests(kind: FailureKind) -> bool:
    """Whether lock files, manifests and workflow files can be the cause although the failure does not name them."""
    return kind in _BY_MANIFEST


def manifests(changed: Sequence[str]) -> tuple[str, ...]:
    """The changed files that say what the project needs, or how it is built."""
    return tuple(file for file in changed if _is_manifest(file))


def _is_manifest(file: str) -> bool:
    name = file.rpartition("/")[2]
    return any(fnmatchcase(name, glob) for glob in _MANIFESTS) or any(fnmatchcase(file, glob) for glob in _GITHUB)
