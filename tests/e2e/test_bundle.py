"""What the release workflow adds to the sources of a release: the bundle, and the start from it without a network."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from e2e.machine import ROOT, Machine, base_python, build_bundle, made_once
from outside_tools import needed, run
from sandbox import Server

TAG = f"cp{sys.version_info.major}{sys.version_info.minor}"
LEFT_OUT = {"ahocorasick-rs", "cffi", "cryptography", "pycparser", "pynacl"}
"""Locked packages that are not in it."""

MODULES_WITH_LEFT_OUT = {"click", "rich"}
"""What only the command needs; the action runs without it."""

USES = """
on: workflow_dispatch
jobs:
  sweep:
    runs-on: ubuntu-latest
    steps:
      - uses: org/ci-failure-tracker@v1
        with:
          dry-run: true
          schedules: true
          slack-payload: true
          report-dir: reports
      - run: cp -R reports "$HOME/reports" && ls -A "$RUNNER_TEMP" >"$HOME/left"
"""

# A Python that writes down where it connects to and what it starts. It stands between quotes of a shell.
WATCHED = """
import os, sys
def watch(event, arguments):
    if event in ("socket.connect", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
        with open(os.path.expanduser("~/watched"), "a") as file:
            print(event, *(arguments[1] if event == "socket.connect" else arguments), file=file)
sys.executable = os.path.expanduser("~/../bin/python3")
sys.addaudithook(watch)
exec(sys.argv.pop(1))
"""


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def in_bundle(bundle: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code as start.sh runs the tracker."""
    start = f"import sys; sys.path.insert(0, {str(bundle / f'{TAG}.zip')!r}); "
    command = [str(base_python()), "-I", "-S", "-W", "error", "-c", start + code]
    more = {**os.environ, **environment}
    return subprocess.run(command, env=more, capture_output=True, text=True, timeout=60, check=False)


# --- what is in it -------------------------------------------------------------------------------


def test_two_builds_are_the_same(tmp_path: Path, bundle: Path, wheels_of_bundle: Path) -> None:
    again = tmp_path / "another folder" / "bundle"
    again.mkdir(parents=True)
    (again / "old").touch()
    other = {**os.environ, "TMPDIR": str(tmp_path), "LC_ALL": "C", "TZ": "Asia/Tokyo", "HOME": str(tmp_path)}
    build_bundle(again, wheels_of_bundle, umask=0o077, cwd=tmp_path, env=other)
    assert files(again) == files(bundle)


def test_each_file_has_its_sum(bundle: Path) -> None:
    listed = dict(line.split("  ")[::-1] for line in (bundle / "SHA256SUMS").read_text("utf-8").splitlines())
    held = {name: hashlib.sha256(text).hexdigest() for name, text in files(bundle).items() if name != "SHA256SUMS"}
    assert listed == held


def test_the_zip_holds_compiled_modules_that_lie_nowhere(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle / f"{TAG}.zip") as archive, zipfile.ZipFile(bundle / "sources.zip") as sources:
        names = archive.namelist()
        assert {re.sub(r"\.pyc$", ".py", name) for name in names} == set(sources.namelist())
        unchecked = [archive.read(name)[4:8] for name in names if name.endswith(".pyc")]
        assert set(unchecked) == {b"\1\0\0\0"}
        assert not [name for name in names if re.search(r"\.(?:py|so|pyd)$", name)]
        everything = b"".join(archive.read(name) for name in names)
    for place in (tmp_path.parents[1], ROOT):
        assert str(place).encode() not in everything


def test_the_tracker_is_in_it_as_in_the_repository(bundle: Path) -> None:
    package = ROOT / "src" / "ci_failure_tracker"
    with zipfile.ZipFile(bundle / "sources.zip") as sources:
        ours = {name: sources.read(name) for name in sources.namelist() if name.startswith("ci_failure_tracker/")}
    held = {f"ci_failure_tracker/{name}": text for name, text in files(package).items() if "__pycache__" not in name}
    assert ours == held


def test_the_bill_of_materials_names_each_package_with_a_hash_of_the_lock_and_its_license(bundle: Path) -> None:
    bill = json.loads((bundle / "sbom.cdx.json").read_text("utf-8"))
    locks = [ROOT / "requirements.txt", *(ROOT / "src").glob("requirements-*.txt")]
    locked = "".join(path.read_text("utf-8") for path in locks)
    for component in bill["components"]:
        assert f"{component['name']}=={component['version']}" in locked
        assert component["hashes"][0]["content"] in locked
        assert any((bundle / "licenses" / component["name"]).iterdir())
    assert [one["name"] for one in bill["metadata"]["properties"]] == [f"{TAG}.zip"]
    assert bill["metadata"]["properties"][0]["value"] == f"compiled with CPython {platform.python_version()}"
    named = {component["name"] for component in bill["components"]}
    assert named == set(re.findall(r"^([\w-]+)==", locked, re.MULTILINE)) - LEFT_OUT


# The schema as the organization's own package has it.
SCHEMAS = """cyclonedx-python-lib==11.12.0 \\
    --hash=sha256:0e807521a921a5c3cb8ce1153f8a61d29eedfe76a46aac2796b7c6b573391a54
"""


@pytest.fixture(scope="session")
def schemas() -> dict[str, Any]:
    """The official schema of CycloneDX 1.6 and those it refers to."""

    def fetch(folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "wanted.txt").write_text(SCHEMAS, "utf-8")
        pip = [str(base_python()), "-I", "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        run([*pip, "--dest", folder, "-r", folder / "wanted.txt"], seconds=300)

    with needed("schema of CycloneDX"):
        name = hashlib.sha256(SCHEMAS.encode()).hexdigest()[:16]
        folder = made_once(ROOT / ".cache" / "wheels" / f"{name}-schemas", fetch)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(".schema.json")]
        return {name.rpartition("/")[2]: json.loads(archive.read(name)) for name in names}


def test_the_bill_of_materials_has_the_form_of_cyclonedx(bundle: Path, schemas: dict[str, Any]) -> None:
    bill = json.loads((bundle / "sbom.cdx.json").read_text("utf-8"))
    # The file names are what they refer to each other by.
    folder = "http://cyclonedx.org/schema/"
    registry: Registry[Any] = Registry().with_resources(
        (f"{folder}{name}", Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    schema = schemas["bom-1.6.SNAPSHOT.schema.json"]
    assert [error.message for error in Draft7Validator(schema, registry=registry).iter_errors(bill)] == []


def test_the_page_on_security_names_what_a_bundle_holds(bundle: Path) -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8").partition("## What a release holds")[2]
    rows = re.findall(r"^\| `([\w./-]+)`(?: to `[\w.]+`)? \|", page, re.MULTILINE)
    held = {path.name + "/" * path.is_dir() for path in bundle.iterdir()}
    assert {name for name in rows if name != "cp311.zip"} == held - {f"{TAG}.zip"}
    (left_out,) = re.findall(r"with the locked hashes\. (.+?) are not in it\.", " ".join(page.split()))
    assert set(re.split(r", | and ", left_out)) == LEFT_OUT


# --- what it lacks -------------------------------------------------------------------------------

IMPORT_ALL = """
import json, zipfile
from importlib import import_module
lost = {}
for name in sorted(zipfile.ZipFile(sys.path[0]).namelist()):
    module = name.removesuffix(".pyc").removesuffix("/__init__").replace("/", ".")
    if name.endswith(".pyc") and not module.endswith("__main__") and module.split(".")[0] in sys.argv[1:]:
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            lost[module] = error.name
print(json.dumps(lost))
"""


def lost(bundle: Path, *packages: str) -> dict[str, str]:
    """The modules of packages that cannot be imported from the bundle, with what they lack."""
    done = in_bundle(bundle, f"sys.argv[1:] = {packages!r}\n" + IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_no_module_of_the_packages_that_a_sweep_imports_lacks_another(bundle: Path) -> None:
    assert lost(bundle, "github", "requests", "jwt", "jinja2", "yaml", "idna", "cronsim") == {
        "yaml.cyaml": "yaml._yaml"  # its package does without
    }


def test_of_the_tracker_only_the_command_lacks_something(bundle: Path) -> None:
    lacking = lost(bundle, "ci_failure_tracker")
    assert set(lacking.values()) <= MODULES_WITH_LEFT_OUT
    assert all(module.startswith("ci_failure_tracker.entry.") for module in lacking)
    assert "ci_failure_tracker.entry.action" not in lacking


def test_pygithub_uses_nacl_only_to_encrypt_secrets(bundle: Path) -> None:
    with zipfile.ZipFile(bundle / "sources.zip") as sources:
        github = [name for name in sources.namelist() if re.match(r"github/.*\.py$", name)]
        users = [name for name in github if re.search(rb"\bnacl\b", sources.read(name))]
    assert users == ["github/PublicKey.py"]
    done = in_bundle(bundle, "from github.PublicKey import encrypt; encrypt('key', 'secret')")
    assert "ModuleNotFoundError: PyNaCl is not in the bundle" in done.stderr


def test_windows_gets_time_zones(bundle: Path) -> None:
    code = f"""
import zoneinfo
sys.path.append({str(bundle / "tzdata.zip")!r})
zoneinfo.reset_tzpath([])
print(zoneinfo.ZoneInfo("Europe/Berlin"))
"""
    assert in_bundle(bundle, code).stdout == "Europe/Berlin\n"


# --- certificates --------------------------------------------------------------------------------


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def https(authority: trustme.CA) -> Iterator[str]:
    """A server whose certificate only this authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = HTTPServer(("localhost", 0), _Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_certificates_are_checked_and_others_can_be_given(bundle: Path, tmp_path: Path) -> None:
    authority, pem = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(pem))
    with https(authority) as url:
        code = f"import requests; print(requests.get({url!r}).status_code)"
        none = {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": "", "NO_PROXY": "localhost"}
        assert "CERTIFICATE_VERIFY_FAILED" in in_bundle(bundle, code, **none).stderr
        given = in_bundle(bundle, code, **{**none, "REQUESTS_CA_BUNDLE": str(pem)})
    assert given.stdout == "204\n", given.stderr
    where = in_bundle(bundle, "import certifi; print(certifi.where())").stdout.strip()
    assert Path(where) == bundle / "cacert.pem"
    ssl.create_default_context(cafile=where)


# --- the start -----------------------------------------------------------------------------------


def test_a_release_needs_neither_an_installer_nor_a_network(
    bare_machine: Machine, server: Server, bundle: Path
) -> None:
    bare_machine.has_bundle(bundle)
    script = f'while [ "$1" != -c ]; do shift; done; shift; exec "{base_python()}" -I -S -X utf8 -c \'{WATCHED}\' "$@"'
    bare_machine.has_command("python3", script)
    bare_machine.takes_packages_from(bare_machine.home)  # where there are none
    ending = bare_machine.run(USES)
    assert ending.succeeded, ending.whole
    assert "to be opened" in ending.summary
    assert not bare_machine.setup_python_ran
    assert {path.name for path in (bare_machine.home / "reports").iterdir()} == {
        "report.html", "report.json", "metrics.prom"
    }  # fmt: skip
    assert (bare_machine.home / "left").read_text("utf-8") == ""
    watched = (bare_machine.home / "watched").read_text("utf-8").splitlines()
    addresses = {urlsplit(url).netloc for url in (server.api_url, server.graphql_url, server.server_url)}
    ports = {address.rpartition(":")[2] for address in addresses}
    assert {line.rpartition(" ")[0] for line in watched} == {"socket.connect 127.0.0.1"}
    assert {line.rpartition(" ")[2] for line in watched} <= ports


def test_a_python_without_a_zip_of_its_own_installs(machine: Machine, bundle: Path, tmp_path: Path) -> None:
    other = tmp_path / "bundle"
    other.mkdir()
    (other / "cp399.zip").write_bytes((bundle / f"{TAG}.zip").read_bytes())
    machine.has_uv()
    machine.has_bundle(other)
    ending = machine.run(USES)
    assert ending.succeeded, ending.whole
    assert machine.uv_ran


@pytest.mark.parametrize("left", [0, 100_000])
def test_a_spoiled_zip_is_named_and_installs(machine: Machine, bundle: Path, tmp_path: Path, left: int) -> None:
    other = tmp_path / "bundle"
    other.mkdir()
    (other / f"{TAG}.zip").write_bytes((bundle / f"{TAG}.zip").read_bytes()[:left])
    machine.has_uv()
    machine.has_bundle(other)
    ending = machine.run(USES)
    assert ending.succeeded, ending.whole
    assert f"{TAG}.zip of the action cannot be read" in ending.whole
    assert machine.uv_ran
