"""A file with the log patterns of a user, as an input of a sweep and as options of `explain`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ci_failure_tracker.diagnosis.explain import explain as explain_log
from ci_failure_tracker.diagnosis.explain import read_log
from ci_failure_tracker.diagnosis.keywords import use_patterns
from ci_failure_tracker.entry.cli import program
from ci_failure_tracker.entry.setup import prepare
from ci_failure_tracker.errors import SettingsError
from sandbox import Sandbox

LOG = "qux\nzorblatt is over there\nqux\nqux\nqux\nqux\nqux\nqux\nqux\nqux\nqux\nqux\n"
OWN = """
[[pattern]]
name = "zorblatt.over"
keywords = ["zorblatt"]
start = 'zorblatt is'
example = '''
  qux
! zorblatt is here
'''
"""
GIVEN = {"token": "t", "repository": "octo/parcel"}


@pytest.fixture(autouse=True)
def _built_in_patterns_alone() -> Iterator[None]:
    yield
    use_patterns(())


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "own.toml"
    file.write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    return file


def explain(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, ["explain", *map(str, arguments)], input=LOG)


def test_explain_uses_the_patterns_of_the_file(own: Path) -> None:
    done = explain("--format", "json", "--patterns-file", own, "-")
    assert json.loads(done.stdout)["headline"] == "zorblatt is over there"
    assert json.loads(explain("--format", "json", "-").stdout)["headline"] == "qux"


def test_check_says_how_many_patterns_can_be_used(own: Path) -> None:
    done = explain("--check", own)
    assert (done.exit_code, done.stdout) == (0, f"{own}: 1 pattern can be used.\n")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("! zorblatt", "  zorblatt"), "`example`: no line is marked"),
        (("zorblatt is'", "zorblatt was'"), "`example`: marked are line 2"),
        (("start =", "begin ="), "`start` is missing"),
    ],
)
def test_check_names_file_and_pattern_of_a_mistake(own: Path, change: tuple[str, str], what: str) -> None:
    own.write_text(OWN.replace(*change), encoding="utf-8")
    done = explain("--check", own)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"error: {own}, pattern `zorblatt.over`: {what}" in done.stderr


def test_check_refuses_the_name_of_a_built_in_pattern(own: Path) -> None:
    """The check would find what that one finds, whatever the pattern of the user is."""
    own.write_text(OWN.replace("zorblatt.over", "hadolint.error"), encoding="utf-8")
    done = explain("--check", own)
    assert done.exit_code == 2
    assert "pattern `hadolint.error`: `name` is that of a built-in pattern. Choose another." in done.stderr


@pytest.mark.parametrize("option", ["--check", "--patterns-file"])
@pytest.mark.parametrize(("data", "what"), [(None, "cannot be read (No such"), (b"\xff\xfe", "is not text in UTF-8")])
def test_a_file_that_cannot_be_read_is_an_error(option: str, data: bytes | None, what: str, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    if data:
        file.write_bytes(data)
    done = explain(option, file, *(["-"] if option == "--patterns-file" else []))
    assert done.exit_code == 2
    assert what in done.stderr


def test_logs_and_a_check_are_two_commands(own: Path) -> None:
    for arguments in ((), ("--check", own, "-")):
        done = explain(*arguments)
        assert done.exit_code == 2
        assert "Give the LOGs to explain, or --check and a file of patterns." in done.stderr


def test_a_sweep_reads_logs_with_the_patterns_of_the_file_in_the_workspace(own: Path) -> None:
    connection = prepare({**GIVEN, "patterns-file": own.name}, {}, own.parent)
    assert connection.settings.patterns_file == OWN.strip()
    assert explain_log(read_log([LOG.encode()])).headline == "zorblatt is over there"


def test_a_sweep_tells_every_mistake_in_the_file_with_those_of_the_other_inputs(own: Path) -> None:
    own.write_text(OWN.replace("start =", "begin =").replace("zorblatt.over", "Over"), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        prepare({**GIVEN, "patterns-file": own.name, "max-runs": "0"}, {}, own.parent)
    assert any(mistake.startswith("`max-runs`") for mistake in caught.value.mistakes)
    assert any(
        mistake.startswith("`patterns-file`: own.toml, pattern `Over`: `start` is missing")
        for mistake in caught.value.mistakes
    )


def test_a_file_with_a_mistake_ends_a_sweep_before_any_request(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own.write_text(OWN.replace("start =", "begin ="), encoding="utf-8")
    with Sandbox.from_mapping({"now": "2026-03-10T09:00:00Z"}).serve() as server:
        monkeypatch.setenv("GITHUB_API_URL", server.api_url)
        monkeypatch.setenv("GITHUB_TOKEN", "t")
        done = CliRunner().invoke(program, ["check", "octo/parcel", "--patterns-file", str(own)])
        assert (done.exit_code, server.requests) == (2, [])
