"""Which of the changed files a failure names."""

from __future__ import annotations

import pytest

from builders import START
from ci_failure_tracker.model import Evidence, ExcerptLine
from ci_failure_tracker.tracking.named_files import manifests, named_files


def evidence(*lines: str, location: str = "", subject: str = "") -> Evidence:
    shown = tuple(ExcerptLine(number, line) for number, line in enumerate(lines, start=1))
    return Evidence(1, 1, 1, 1, START, "v2:0", "it broke", shown, location=location, subject=subject)


@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("lib/lamp.py:33: in switch", "lib/lamp.py"),
        ("lamp.py:33: in switch", "lib/lamp.py"),
        ("/home/runner/work/house/house/lib/lamp.py:33", "lib/lamp.py"),
        ("/app/lib/lamp.py line 3", "lib/lamp.py"),
        (r"D:\a\house\house\lib\lamp.py(3): error", "lib/lamp.py"),
        ("--- a/lib/lamp.py", "lib/lamp.py"),
        ("tests.test_lamp.LampTest.test_dark failed", "tests/test_lamp.py"),
        ("at org.house.WireTest.burns(WireTest.java:7)", "core/src/org/house/WireTest.java"),
        ("org.house.WireTest.burns: expected 3", "core/src/org/house/WireTest.java"),
        ("make: *** [Makefile:3: all] Error 1", "Makefile"),
    ],
)
def test_a_line_names_a_changed_file(line: str, file: str) -> None:
    changed = ["lib/lamp.py", "tests/test_lamp.py", "core/src/org/house/WireTest.java", "Makefile", "docs/a.md"]
    assert named_files(changed, evidence(line)) == (file,)


@pytest.mark.parametrize(
    "line",
    [
        "the lamp is dark",
        "lamp",
        "other/lamp.py:3",
        "/usr/lib/python3/site-packages/lib/lamp.py:3",
        "node_modules/lib/lamp.py:3",
        "e.g. version 1.2.3",
        "https://lamp.example/",
    ],
)
def test_a_line_names_no_changed_file(line: str) -> None:
    assert named_files(["lib/lamp.py", "docs/lamp"], evidence(line)) == ()


def test_what_fits_two_changed_files_names_neither() -> None:
    changed = ["web/src/index.ts", "api/src/index.ts"]
    assert named_files(changed, evidence("src/index.ts:3 error")) == ()
    assert named_files(changed, evidence("index.ts:3 error")) == ()
    assert named_files(changed, evidence("api/src/index.ts:3 error")) == ("api/src/index.ts",)


def test_a_file_of_the_root_is_not_the_one_in_a_folder() -> None:
    assert named_files(["setup.py"], evidence("tools/setup.py:3: error")) == ()


def test_where_it_fails_comes_first() -> None:
    found = evidence("a/one.py:1", "b/two.py:2", location="c/three.py:3", subject="d/four.py::test")
    changed = ["a/one.py", "b/two.py", "c/three.py", "d/four.py"]
    assert named_files(changed, found) == ("c/three.py", "d/four.py", "a/one.py", "b/two.py")


def test_a_class_alone_names_its_file() -> None:
    assert named_files(["src/WireTest.kt"], evidence(subject="WireTest > burns()")) == ("src/WireTest.kt",)
    assert named_files(["src/Wire.kt"], evidence(subject="Wire > burns()")) == ()


def test_lock_files_manifests_workflows_and_dockerfiles_say_what_a_project_needs() -> None:
    needs = ("web/package.json", "yarn.lock", "requirements-dev.txt", "go.sum", ".github/workflows/ci.yml",
             ".github/actions/set-up/action.yml", "docker/Dockerfile.dev", "gradle/libs.versions.toml")  # fmt: skip
    assert manifests((*needs, "src/lamp.py", "package.py", "docs/requirements.md")) == needs
