"""The browser of the tests and of the pictures: which one is taken, and what is said if there is none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import browser
from outside_tools import MissingError, needed
from sandbox import picture


@pytest.mark.skipif(sys.platform == "win32", reason="the script that stands in for a browser is for POSIX systems")
def test_a_browser_on_path_that_does_not_start_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "chromium"
    broken.write_text(f"#!/bin/sh\ntouch {tmp_path}/tried\nexit 127\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with needed("Chromium"), browser.chromium() as found:
        page = found.new_page()
        page.set_content("<title>It runs</title>")
        assert page.title() == "It runs"
    assert (tmp_path / "tried").exists()


def test_pictures_without_a_browser_end_with_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise MissingError("on PATH: none\nDebian's: there is no apt-get")

    for name in ("issue-1.md", "summary.md"):
        (tmp_path / name).touch()
    monkeypatch.setattr(picture, "chromium", none)
    monkeypatch.setattr(sys, "argv", ["picture", str(tmp_path), str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        picture.main()
    assert ended.value.code == ("No pictures: no browser runs here. on PATH: none Debian's: there is no apt-get")
