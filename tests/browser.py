"""A real Chromium: the machine's, Playwright's own, or Debian's in a folder of the cache; the first that runs."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

import debian
from outside_tools import MissingError, first_of, run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHANNELS = ("chrome", "msedge")
"""Browsers that lie where their installers put them, which on macOS and Windows is not on PATH."""

# Chromium ends without fontconfig's settings and without any font, and a small machine has neither. The aliases make
# Liberation stand in for Arial and Helvetica, as on most machines, so that the README's pictures come out alike.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <include ignore_missing="yes">{root}/usr/share/fontconfig/conf.avail/30-metric-aliases.conf</include>
  <include ignore_missing="yes">{root}/usr/share/fontconfig/conf.avail/45-latin.conf</include>
  <include ignore_missing="yes">{root}/usr/share/fontconfig/conf.avail/60-latin.conf</include>
  <dir>{root}/usr/share/fonts</dir>
  <cachedir>{folder}/fontconfig</cachedir>
</fontconfig>
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that knows nothing of the one that a person may use here.

    Raises:
        MissingError: none runs. The message gives the reason of each.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, _playwright() as playwright:
        browser = first_of(
            {
                "the machine's": partial(_machines, playwright, home),
                "Playwright's": partial(start, playwright, home),
                "Debian's": partial(_debians, playwright, home),
            }
        )
        yield browser
        browser.close()


def start(
    playwright: Playwright,
    home: str,
    *,
    program: str | None = None,
    channel: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Browser:
    """Start a browser and let it draw a page.

    `program` is its file; `channel` is Playwright's name of a browser that lies where its installer puts it; without
    both it is the browser that `playwright install` brings.

    Raises:
        MissingError: it is not there, or does not draw the page.
    """
    # On Windows, nothing starts without the variables of the system.
    variables = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, **(environment or {})}
    browser = None
    try:
        browser = playwright.chromium.launch(
            executable_path=program, channel=channel, env={**variables}, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto("data:text/html,<p>It runs.")
        page.screenshot()
        page.close()
    except Error as error:
        if browser is not None:
            browser.close()
        raise MissingError(_gist(error.message)) from None
    return browser


def _machines(playwright: Playwright, home: str) -> Browser:
    found = {path: partial(start, playwright, home, program=path) for path in map(shutil.which, NAMES) if path}
    return first_of({**found, **{name: partial(start, playwright, home, channel=name) for name in CHANNELS}})


def _debians(playwright: Playwright, home: str) -> Browser:
    root = debian.unpacked("chromium", "fonts-liberation", "fonts-noto-color-emoji", with_needed=True)
    fonts = Path(home, "fonts.conf")
    fonts.write_text(_FONTS.format(root=root, folder=home), "utf-8")
    # The packages' own start script looks for its parts below /usr.
    program = root / "usr" / "lib" / "chromium" / "chromium"
    needed = {"LD_LIBRARY_PATH": debian.library_path(root), "FONTCONFIG_FILE": str(fonts)}
    return start(playwright, home, program=str(program), environment=needed)


@contextmanager
def _playwright() -> Iterator[Playwright]:
    with patch.dict(os.environ, _driver_needs()), sync_playwright() as playwright:
        yield playwright


@cache
def _driver_needs() -> Mapping[str, str]:
    """The variables with which Playwright's driver runs: it needs a library that a small Debian does not have."""
    command = [sys.executable, "-m", "playwright", "--version"]

    def with_library() -> Mapping[str, str]:
        needed = {"LD_LIBRARY_PATH": debian.library_path(debian.unpacked("libatomic1"))}
        run(command, environment=needed)
        return needed

    def as_it_is() -> Mapping[str, str]:
        run(command)
        return {}

    return first_of({"Playwright's driver": as_it_is, "with Debian's libatomic1": with_library})


def _gist(message: str) -> str:
    """What the browser itself said, or else the first line of what Playwright says."""
    lines = message.splitlines() or [""]
    return next((line for line in lines if "[err]" in line), lines[0])[:300]
