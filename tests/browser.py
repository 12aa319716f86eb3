"""A real Chromium: the machine's own, or Debian's in a folder of the cache."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

import debian

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that knows nothing of the one that a person may use here.

    Raises:
        MissingError: where there is none and none can be had.
    """
    program, environment = _program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, env=environment, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def _program() -> tuple[str, dict[str, str | float | bool]]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found, {}
    root = debian.unpacked(["chromium"], with_needed=True)
    # The packages' own start script looks for its parts below /usr.
    libraries = ":".join(str(folder) for folder in sorted((root / "usr" / "lib").glob("*-linux-gnu*")))
    return str(root / "usr" / "lib" / "chromium" / "chromium"), {"LD_LIBRARY_PATH": libraries}
