"""Who owns a file by CODEOWNERS: GitHub's pattern rules, and lines that it passes over."""

from __future__ import annotations

import time

import pytest

from ci_failure_tracker.tracking.codeowners import owners_of_file


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*", "a/b/lamp.py"),
        ("*.js", "web/app.js"),
        ("/build/logs/", "build/logs/x/y.txt"),
        ("docs/*", "docs/start.md"),
        ("apps/", "services/apps/pay/main.go"),
        ("/docs/", "docs/a/b.md"),
        ("**/logs", "build/logs/today.txt"),
        ("**/logs", "a/b/logs"),
        ("/apps/github", "apps/github/main.go"),
        ("src", "a/src/b.c"),
        ("/*", "setup.py"),
        ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b/c"),
        ("a/**", "a/x/y"),
        ("/src/*.py", "src/a.py"),
        (r"the\ docs/", "the docs/a.md"),
        ("lamp?.py", "x/lamp1.py"),
        ("/c#/", "c#/a.cs"),
    ],
)
def test_a_pattern_fits_a_path(pattern: str, path: str) -> None:
    assert owners_of_file(f"{pattern} @ada", path) == ("@ada",)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.js", "web/app.ts"),
        ("/build/logs/", "a/build/logs/x.txt"),
        ("docs/*", "docs/build/start.md"),
        ("apps/", "apps"),
        ("/docs/", "a/docs/x.md"),
        ("/*", "src/setup.py"),
        ("a/**", "a"),
        ("/src/*.py", "src/b/a.py"),
        ("SRC/", "src/a.py"),
        ("src", "srcs/a.py"),
        ("/", "a"),
    ],
)
def test_a_pattern_does_not_fit_a_path(pattern: str, path: str) -> None:
    assert owners_of_file(f"{pattern} @ada", path) == ()


def test_the_last_line_that_fits_counts_and_may_name_nobody() -> None:
    text = "* @ada\n/src/ @bo @octo-org/core # they know it\n/src/free/\n"
    assert owners_of_file(text, "README.md") == ("@ada",)
    assert owners_of_file(text, "src/a.py") == ("@bo", "@octo-org/core")
    assert owners_of_file(text, "src/free/a.py") == ()


@pytest.mark.parametrize(
    "line", ["*.py ada", "!*.py @bo", "[ab].py @bo", "*.py <b>@bo</b>", "# *.py @bo", "", "*.py @-"]
)
def test_a_line_that_github_does_not_understand_is_passed_over(line: str) -> None:
    assert owners_of_file(f"* @ada\n{line}\n", "a.py") == ("@ada",)


def test_an_address_is_an_owner() -> None:
    assert owners_of_file("* docs@lamp.example @ada", "a.md") == ("docs@lamp.example", "@ada")


def test_a_hostile_pattern_takes_no_time() -> None:
    pattern = "/".join(["**", "*a*a*a*a*a*a*a*b"] * 300)
    begin = time.perf_counter()
    assert owners_of_file(f"{pattern} @ada\n" * 50, "/".join(["a" * 120] * 60)) == ()
    assert time.perf_counter() - begin < 5


def test_a_byte_order_mark_is_no_part_of_a_pattern() -> None:
    assert owners_of_file("\ufeff* @ada\r\n", "lamp.py") == ("@ada",)
