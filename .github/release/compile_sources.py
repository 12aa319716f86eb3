"""Compiles a folder of Python sources into a zip that Python imports from; `build_bundle.py` runs it.

It runs with the Python that the zip is for. The same sources and the same Python give the same bytes, whatever the
folder, the clock, the umask, the locale and the operating system are.
"""

from __future__ import annotations

import importlib.util
import marshal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

# A pyc that is checked by hash, and whose check is left out: there is no source beside it.
_UNCHECKED = (0b01).to_bytes(4, "little")
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16


def compiled(source: bytes, name: str) -> bytes:
    """The content of a pyc. Tracebacks show `name`."""
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    # marshal marks what more than one reference leads to, and the process may have some by chance. So hold everything.
    held = list(_parts(code))
    content = marshal.dumps(code)
    del held
    return importlib.util.MAGIC_NUMBER + _UNCHECKED + importlib.util.source_hash(source) + content


def _parts(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, CodeType):
        names = (*value.co_varnames, *value.co_cellvars, *value.co_freevars, *value.co_names)
        yield from (*names, value.co_name, value.co_qualname, value.co_filename)
        for constant in value.co_consts:
            yield from _parts(constant)
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from _parts(item)


def write_zip(files: dict[str, bytes], path: Path) -> None:
    """Write a zip without compression: it loads faster, and compressors differ from system to system."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _FIRST_DAY_OF_ZIP)
            info.create_system = 3
            info.external_attr = _REGULAR_FILE
            archive.writestr(info, files[name])


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file by its path in the folder."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def main(sources: str, target: str) -> None:
    """Write the zip: a pyc for each source, and everything else as it is."""
    files = {}
    for name, content in sorted(read_tree(Path(sources)).items()):
        is_source = name.endswith(".py")
        files[f"{name}c" if is_source else name] = compiled(content, name) if is_source else content
    write_zip(files, Path(target))


if __name__ == "__main__":
    main(*sys.argv[1:])
