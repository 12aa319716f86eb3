"""Builds `bundle/`: the tracker and the packages it needs, compiled, so that the action starts without an installation.

    python .github/release/build_bundle.py bundle --python python3.11 --python python3.12 ...

The packages come from the package index that pip is set up for; pip checks them against the hashes of our locks. What
is pure Python is taken, and compiled by each of the Pythons. docs/security.md says what is in the bundle, and how to
check it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from compile_sources import read_tree, write_zip
from sbom import bill_of_materials

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCKS = ("requirements.txt", *(f"src/requirements-{extra}.txt" for extra in ("schedules", "metrics", "slack")))

LEFT_OUT = frozenset({"cffi", "cryptography", "pycparser", "pynacl"})
"""Compiled packages that PyGithub and PyJWT need only for what the tracker does not do."""

STAND_INS = ("certifi", "nacl")
"""Modules of `stand_ins/` that take the place of a package."""

ONLY_ON_WINDOWS = "tzdata"
"""It is a zip of its own, so that no other system has to read its directory."""

# The same files on every machine that builds. Their compiled parts are dropped; each has the same in Python as well.
_DOWNLOAD = ("download", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:")
_PLATFORM = ("--platform", "manylinux2014_x86_64", "--implementation", "cp", "--python-version", "3.11")
_NOT_NEEDED = re.compile(
    r"\.(?:so|pyd|pyi|pyx|pxd|c|h)$|(?:^|/)(?:py\.typed|tests?/.*)$"
    # Of Slack's package the tracker needs the blocks of messages and what that imports.
    r"|^slack/|^slack_sdk/(?:audit_logs|oauth|rtm|rtm_v2|scim|socket_mode)/|^slack_sdk/.*/(?:async|legacy)_"
)
_LICENSE = re.compile(r"^[^/]+\.dist-info/(?:.*/)?((?:LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*)$", re.IGNORECASE)
_METADATA = re.compile(r"^[^/]+\.dist-info/METADATA$")


@dataclass(frozen=True)
class Package:
    """A package as its wheel holds it."""

    name: str
    version: str
    license: str
    sha256: str
    modules: dict[str, bytes]
    licenses: dict[str, bytes]


# --- what goes in --------------------------------------------------------------------------------


def locked(text: str) -> dict[str, str]:
    """The lock of each package: its line and its hashes. The condition is left out: a bundle is for every system."""
    blocks = re.findall(r"^[A-Za-z0-9](?:.*\\\n)*.*$", text, re.MULTILINE)
    return {re.split(r"==", block, maxsplit=1)[0]: re.sub(r" ;[^\\\n]*", "", block, count=1) for block in blocks}


def download(folder: Path, options: Sequence[str]) -> list[Package]:
    """Fetch the locked packages that go in; pip checks the hashes."""
    locks = {name: lock for path in LOCKS for name, lock in locked((ROOT / path).read_text("utf-8")).items()}
    wanted = folder / "wanted.txt"
    wanted.write_text("\n".join(lock for name, lock in locks.items() if name not in LEFT_OUT) + "\n", "utf-8")
    pip = (sys.executable, "-I", "-m", "pip", "--disable-pip-version-check")
    where = ("--dest", str(folder), "--requirement", str(wanted))
    subprocess.run([*pip, *_DOWNLOAD, *_PLATFORM, *options, *where], check=True)  # noqa: S603
    packages = [read_wheel(path) for path in folder.glob("*.whl")]
    return sorted(packages, key=lambda package: package.name)


def read_wheel(path: Path) -> Package:
    """What a wheel holds, as far as it goes into the bundle."""
    with zipfile.ZipFile(path) as wheel:
        files = {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/")}
    metadata = next(content for name, content in files.items() if _METADATA.search(name))
    about = HeaderParser().parsestr(metadata.decode())
    return Package(
        name=re.sub(r"[-_.]+", "-", about["Name"]).lower(),
        version=about["Version"],
        license=_license(about),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        modules={name: text for name, text in files.items() if ".dist-info/" not in name and _is_needed(name)},
        licenses={match[1]: text for name, text in files.items() if (match := _LICENSE.search(name))},
    )


def _is_needed(name: str) -> bool:
    return not _NOT_NEEDED.search(name)


def _license(about: Message) -> str:
    """The name of the license. Older packages have its whole text where the name should be, or classifiers alone."""
    named = about["License-Expression"] or about["License"] or ""
    if named and "\n" not in named:
        return str(named)
    classifiers = about.get_all("Classifier", [])
    return "; ".join(one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: "))


def own_version() -> str:
    """The version of the tracker."""
    found = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    if not found:
        raise SystemExit("pyproject.toml names no version.")
    return found[1]


def own_sources() -> dict[str, bytes]:
    """The tracker as it lies in the repository, with the line ends of the repository."""
    tree = read_tree(ROOT / "src" / "ci_failure_tracker")
    kept = {name: text for name, text in tree.items() if "__pycache__" not in name and not name.endswith("py.typed")}
    return {f"ci_failure_tracker/{name}": text.replace(b"\r\n", b"\n") for name, text in kept.items()}


def stand_ins() -> dict[str, bytes]:
    """The modules that take the place of packages."""
    return {f"{name}.py": (HERE / "stand_ins" / f"{name}.py").read_bytes() for name in STAND_INS}


# --- the bundle ----------------------------------------------------------------------------------


def build(bundle: Path, pythons: Sequence[str], options: Sequence[str]) -> None:
    """Fill the folder; what it held before is removed."""
    shutil.rmtree(bundle, ignore_errors=True)
    bundle.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place:
        wheels, sources = Path(place) / "wheels", Path(place) / "sources"
        wheels.mkdir()
        packages = download(wheels, options)
        modules = dict(_modules(packages))
        _write(modules, sources)
        compilers = dict(compile_with(python, sources, bundle) for python in pythons)
    by_name = {package.name: package for package in packages}
    write_zip(modules, bundle / "sources.zip")
    write_zip(by_name[ONLY_ON_WINDOWS].modules, bundle / f"{ONLY_ON_WINDOWS}.zip")
    _write({"cacert.pem": by_name["certifi"].modules["certifi/cacert.pem"]}, bundle)
    for package in packages:
        if not package.licenses:
            raise SystemExit(f"{package.name} {package.version} has no file with its license.")
        _write(package.licenses, bundle / "licenses" / package.name)
    _write({"sbom.cdx.json": bill_of_materials(own_version(), packages, compilers).encode()}, bundle)
    _write({"SHA256SUMS": "".join(_sums(bundle)).encode()}, bundle)


def _modules(packages: Iterable[Package]) -> Iterator[tuple[str, bytes]]:
    """What Python imports from the zip."""
    for package in packages:
        if package.name not in {*STAND_INS, ONLY_ON_WINDOWS}:
            yield from package.modules.items()
    yield from stand_ins().items()
    yield from own_sources().items()


def compile_with(python: str, sources: Path, bundle: Path) -> tuple[str, str]:
    """Add the zip for a Python, which has to be a finished CPython; its name, and the exact version of the Python."""
    ask = "import sys; v = sys.version_info; print(sys.implementation.name, v[3], 'cp%d%d' % v[:2], '%d.%d.%d' % v[:3])"
    isolated = [python, "-I", "-S"]
    answer = subprocess.run([*isolated, "-c", ask], check=True, capture_output=True, text=True)  # noqa: S603
    implementation, level, name, version = answer.stdout.split()
    if (implementation, level) != ("cpython", "final"):
        raise SystemExit(f"{python} is no finished CPython but {implementation} {level}.")
    target = bundle / f"{name}.zip"
    if target.exists():
        raise SystemExit(f"{python} has the version of another one.")
    script = HERE / "compile_sources.py"
    subprocess.run([*isolated, "-X", "utf8", str(script), str(sources), str(target)], check=True)  # noqa: S603
    return target.name, version


def _write(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _sums(bundle: Path) -> Iterator[str]:
    """The lines that `sha256sum --check` reads."""
    for name, content in sorted(read_tree(bundle).items()):
        yield f"{hashlib.sha256(content).hexdigest()}  {name}\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the bundle."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, help="the folder to write; it is emptied first")
    parser.add_argument("--python", action="append", required=True, help="a Python to build for; several times")
    parser.add_argument("--wheels", help="take the packages from this folder, not from the package index")
    given = parser.parse_args(arguments)
    build(given.bundle, given.python, ["--no-index", "--find-links", given.wheels] if given.wheels else [])
    size = sum(path.stat().st_size for path in given.bundle.rglob("*") if path.is_file())
    print(f"{os.fspath(given.bundle)}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
