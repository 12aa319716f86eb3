"""Writes files as a whole, and for the person who runs the program alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file. Another call of the program sees all of it or nothing, and may write the same file meanwhile.

    The file and the folders that are made for it are for their owner alone: logs of a private repository are private.

    Raises:
        OSError: it cannot be written.
        ValueError: it has no such path or text.
    """
    make_folder(path.parent)
    # A name of its own beside the file: two calls at once do not mix, and `replace` stays on one disk.
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).replace(path)
    # Also Ctrl-C leaves no half file behind.
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def make_folder(path: Path) -> None:
    """Make a folder and those it lies in, as far as they are missing."""
    # The mode of `mkdir(parents=True)` does not apply to the parents.
    for folder in (*reversed(path.parents), path):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
