"""How tests find tools from outside, and what happens where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import debian
from outside_tools import MissingError, OtherSystemError, first_of, needed, run


def a_program(path: Path, code: str) -> list[str | Path]:
    path.write_text(code, "utf-8")
    return [sys.executable, path]


def test_a_tool_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken = a_program(tmp_path / "broken.py", "raise SystemExit('libpulse.so: not found')")
    sound = a_program(tmp_path / "sound.py", "")
    last = a_program(tmp_path / "last.py", f"open({str(tmp_path / 'tried')!r}, 'w')")

    def tried(command: list[str | Path]) -> str | Path:
        run(command)
        return command[-1]

    ways = {"first": lambda: tried(broken), "second": lambda: tried(sound), "third": lambda: tried(last)}
    assert first_of(ways) == tmp_path / "sound.py"
    assert not (tmp_path / "tried").exists()


def test_if_no_tool_runs_the_reason_of_each_is_in_one_line(tmp_path: Path) -> None:
    broken = a_program(tmp_path / "broken.py", "raise SystemExit('no\\nlibrary')")
    ways = {"PATH": lambda: run([tmp_path / "absent"]), "Debian's": lambda: run(broken)}
    with pytest.raises(MissingError) as caught:
        first_of(ways)
    name = Path(sys.executable).name
    assert str(caught.value) == (
        f"PATH: absent does not start (No such file or directory); Debian's: {name} fails with 1: no library"
    )


def test_a_missing_tool_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^no browser: not on PATH$"), needed("browser"):
        raise MissingError("not on PATH")


def test_a_missing_tool_fails_the_test_on_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"^no browser: not on PATH$"), needed("browser"):
        raise MissingError("not on PATH")


def test_a_tool_of_another_system_skips_the_test_on_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.skip.Exception, match=r"^no act: this is not Linux$"), needed("act"):
        raise OtherSystemError("this is not Linux")


def test_every_folder_with_a_shared_library_is_found(tmp_path: Path) -> None:
    libraries = tmp_path / "usr" / "lib" / "x86_64-linux-gnu"
    names = ("pulseaudio/libpulsecommon-16.1.so", "libnss3.so", "libz.so.1.2.13", "hwcaps/v3/libz.so.1.2.13")
    others = ("share/notes.so.txt", "lib/source/libx.sources", "lib/chromium/chromium")
    for path in [*(libraries / name for name in names), *(tmp_path / "usr" / name for name in others)]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = [folder.relative_to(libraries).as_posix() for folder in debian.library_folders(tmp_path)]
    assert found == [".", "pulseaudio", "hwcaps/v3"]
