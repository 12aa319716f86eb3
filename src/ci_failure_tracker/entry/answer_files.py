"""Answers of GitHub that never change, kept in files of the person who runs the command.

They are what everybody may see, because they are kept only if there is no token.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ci_failure_tracker.entry.whole_file import write_whole

MOST_BYTES = 20_000_000
"""Bytes that are kept in all. The oldest answers are removed first."""

# Bytes. An answer of more would push too many others out.
_MOST_OF_ONE = 2_000_000
# A choice: a run is seldom looked at again after a month.
_DAYS = 30
_SUFFIX = ".json"


def cache_folder(environment: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """Where the programs of a person keep what they can make again; `None` if the person has no folder."""
    local = environment.get("LOCALAPPDATA", "") if platform == "win32" else ""
    home = environment.get("HOME", "") or environment.get("USERPROFILE", "")
    bases = (environment.get("XDG_CACHE_HOME", ""), local, f"{home}/.cache" if home else "")
    # The specification of XDG says that a relative path is to be ignored.
    base = next((Path(base) for base in bases if Path(base).is_absolute()), None)
    return base / "ci-failure-tracker" if base else None


@dataclass(frozen=True, slots=True)
class AnswerFiles:
    """A folder with a file for each answer; without a folder nothing is kept. No fault of a file ends the program."""

    folder: Path | None

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> AnswerFiles:
        """The folder of the person who runs the program, without what is too old or too much."""
        base = cache_folder(environment)
        files = cls(base / "answers" if base else None)
        files.tidy()
        return files

    def get(self, key: str) -> str | None:
        """What was put under a key, if it is still there."""
        path = self._path(key)
        try:
            return path.read_text(encoding="utf-8") if path else None
        # A file may vanish at any time: another call tidies the same folder.
        except (OSError, ValueError):
            return None

    def put(self, key: str, text: str) -> None:
        """Keep a text. Another call of the program sees all of it or nothing."""
        path = self._path(key)
        if path is None or len(text) > _MOST_OF_ONE:
            return
        # A full or read-only disk only makes the next call slower.
        with contextlib.suppress(OSError, ValueError):
            write_whole(path, text)

    def tidy(self) -> None:
        """Remove what is too old, and the oldest of what is too much."""
        kept = 0
        oldest = time.time() - _DAYS * 86_400
        # The newest come first, so that the sum passes the limit at the oldest.
        for changed, size, path in sorted(self._files(), reverse=True):
            kept += size
            if kept > MOST_BYTES or changed < oldest:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """When each file was written, its size and its path."""
        with contextlib.suppress(OSError):
            for path in self.folder.iterdir() if self.folder else ():
                with contextlib.suppress(OSError):
                    status = path.stat()
                    yield status.st_mtime, status.st_size, path

    def _path(self, key: str) -> Path | None:
        # A key is an address, which may be longer than a file name and holds slashes.
        name = hashlib.sha256(key.encode()).hexdigest()[:40]
        return self.folder / f"{name}{_SUFFIX}" if self.folder else None
