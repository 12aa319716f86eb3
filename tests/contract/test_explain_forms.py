"""What `explain` takes: files, archives and folders in the forms that people have, and clear errors for all else."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ci_failure_tracker.entry import log_files
from ci_failure_tracker.entry.cli import program

TIME = "2026-03-01T10:00:00.1234567Z"
PASSING = f"""\
{TIME} ##[group]Run ./frobnicate
{TIME} ##[endgroup]
{TIME} all gizmos are fine
{TIME} Cleaning up orphan processes
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


def failing(widget: str) -> str:
    failure = f"gizmo: fatal: no widget '{widget}'\n{TIME} ##[error]Process completed with exit code 1."
    return PASSING.replace("all gizmos are fine", failure)


def explain(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(program, ["explain", *map(str, arguments)], input=stdin)


def rows(*arguments: str | Path, stdin: bytes | None = None) -> list[dict[str, Any]]:
    done = explain("--format", "json", *arguments, stdin=stdin)
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def archive(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return path


def columns(**jobs: str) -> str:
    return "".join(f"{job}\tUNKNOWN STEP\t{line}\n" for job, text in jobs.items() for line in text.splitlines())


RUN = {
    "0_build.txt": PASSING,
    "1_test (blue).txt": failing("blue"),
    "2_test (red).txt": failing("red"),
    "build/system.txt": "a runner",
    "test (blue)/1_Set up job.txt": "first\n",
}


@pytest.fixture
def plain(tmp_path: Path) -> dict[str, Any]:
    log = tmp_path / "plain.log"
    log.write_text(failing("blue"), encoding="utf-8")
    return rows(log)[0]


def cause(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["headline"], row["signature"]


def test_an_archive_gives_the_jobs_that_failed(tmp_path: Path, plain: dict[str, Any]) -> None:
    run = archive(tmp_path / "run.zip", RUN)
    found = rows(run)
    assert [(row["path"], row["job"]) for row in found] == [(str(run), "test (blue)"), (str(run), "test (red)")]
    assert {**found[0], "path": plain["path"]} == {**plain, "job": "test (blue)"}
    assert cause(found[1]) != cause(plain)


def test_an_archive_through_a_pipe_gives_the_same(tmp_path: Path) -> None:
    run = archive(tmp_path / "run.zip", RUN)
    assert rows("-", stdin=run.read_bytes()) == [{**row, "path": "-"} for row in rows(run)]
    reading, writing = os.pipe()
    os.write(writing, run.read_bytes())
    os.close(writing)
    assert len(rows(f"/dev/fd/{reading}")) == 2
    os.close(reading)


def test_an_unpacked_archive_gives_the_same(tmp_path: Path) -> None:
    run = archive(tmp_path / "run.zip", RUN)
    folder = tmp_path / "run"
    zipfile.ZipFile(run).extractall(folder)
    assert rows(folder) == [{**row, "path": str(folder)} for row in rows(run)]


def test_an_archive_of_steps_alone_gives_the_jobs(tmp_path: Path, plain: dict[str, Any]) -> None:
    lines = failing("blue").splitlines(keepends=True)
    steps = {
        "test/10_Complete job.txt": "\ufeff" + lines[-1],
        "test/2_Run it.txt": "\ufeff" + "".join(lines[1:-1]).rstrip("\n"),
        "test/1_Set up job.txt": "\ufeff" + lines[0],
    }
    (row,) = rows(archive(tmp_path / "run.zip", steps))
    assert (row["job"], *cause(row), row["excerpt"]) == ("test", *cause(plain), plain["excerpt"])


def test_a_run_in_one_file_gives_the_jobs_that_failed_with_the_lines_of_the_file(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text(columns(build=PASSING, blue=failing("blue"), red=failing("red")), encoding="utf-16")
    assert [(row["job"], row["excerpt"][0]["start"]) for row in rows(log)] == [("blue", 7), ("red", 12)]
    assert explain(log).stdout.splitlines()[:3] == [
        f"{log}: blue",
        "gizmo: fatal: no widget 'blue'",
        "7 gizmo: fatal: no widget 'blue'",
    ]


def test_if_no_job_failed_all_are_shown(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text(columns(build=PASSING, test=PASSING), encoding="utf-8")
    assert [row["job"] for row in rows(log)] == ["build", "test"]


def test_a_job_that_was_cancelled_beside_a_failure_is_left_out(tmp_path: Path) -> None:
    cancelled = PASSING.replace("all gizmos are fine", "##[error]The operation was canceled.")
    log = tmp_path / "run.log"
    log.write_text(columns(one=cancelled, two=failing("blue")), encoding="utf-8")
    assert [row["job"] for row in rows(log)] == ["two"]
    log.write_text(columns(one=cancelled), encoding="utf-8")
    assert [row["outcome"] for row in rows(log)] == ["cancelled"]


def test_a_folder_of_logs_gives_each_of_them(tmp_path: Path) -> None:
    (tmp_path / "logs" / "more").mkdir(parents=True)
    for name, data in {
        "a.log": failing("blue").encode(),
        "more/b.txt": PASSING.encode(),
        "c.txt": PNG,
        "d.log": b"",
    }.items():
        (tmp_path / "logs" / name).write_bytes(data)
    found = rows(tmp_path / "logs")
    assert [row["path"] for row in found] == [str(tmp_path / "logs" / name) for name in ("a.log", "more/b.txt")]
    assert "job" not in found[0]


NO_LOGS: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", "is empty"),
    "an image": (PNG, "is an image"),
    "a program": (b"\x7fELF" + bytes(100), "is a program"),
    "a gzip file": (b"\x1f\x8b\x08" + bytes(100), "Unpack it"),
    "bytes": (bytes(range(256)) * 20, "is a binary file"),
    "UTF-16 of bytes": (bytes(range(1, 9)).decode().encode("utf-16") * 20, "is a binary file"),
    "a page to sign in": (b"\n<!DOCTYPE html>\n<html><title>Sign in", "is an HTML page"),
    "a page in UTF-16": ("<html><title>Sign in".encode("utf-16"), "is an HTML page"),
    "an address that is too old": (b"\xef\xbb\xbf<?xml version='1.0'?><Error><Code>Old", "a server's error message"),
    "an answer of the API": (b'{\n  "message": "Not Found",\n  "documentation_url": "x"}', "a server's error message"),
    "a zip without end": (b"PK\x03\x04" + bytes(100), "is a zip archive that cannot be read"),
}


@pytest.mark.parametrize(("data", "what"), NO_LOGS.values(), ids=list(NO_LOGS))
def test_what_is_no_log_is_an_error_and_the_others_are_explained(data: bytes, what: str, tmp_path: Path) -> None:
    wrong, log = tmp_path / "wrong", tmp_path / "right.log"
    wrong.write_bytes(data)
    log.write_text(failing("blue"), encoding="utf-8")
    done = explain("--format", "json", wrong, log)
    assert done.exit_code == 2
    assert [json.loads(line)["path"] for line in done.stdout.splitlines()] == [str(log)]
    assert done.stderr.startswith(f"error: {wrong} ")
    assert what in done.stderr


@pytest.mark.parametrize("files", [{}, {"a.png": PNG}, {"inner.zip": b"PK\x03\x04"}, {"folder/": b""}])
def test_an_archive_or_a_folder_without_logs_is_an_error(files: dict[str, bytes], tmp_path: Path) -> None:
    run = archive(tmp_path / "run.zip", files)
    folder = tmp_path / "run"
    folder.mkdir()
    zipfile.ZipFile(run).extractall(folder)
    for given in (run, folder):
        done = explain(given)
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"error: {given} holds no log. Give" in done.stderr


def test_if_the_only_file_is_no_log_the_error_says_why(tmp_path: Path) -> None:
    run = archive(tmp_path / "run.zip", {"0_test.txt": b""})
    assert "is empty" in explain(run).stderr


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    done = explain(tmp_path)
    assert done.exit_code == 2
    assert f"error: {tmp_path} cannot be read (Permission denied)." in done.stderr


def test_of_a_damaged_archive_what_is_intact_is_explained(tmp_path: Path) -> None:
    run = tmp_path / "run.zip"
    with zipfile.ZipFile(run, "w") as packed:
        for name, text in RUN.items():
            packed.writestr(name, text)
    run.write_bytes(run.read_bytes().replace(b"'blue'", b"'flue'"))
    done = explain("--format", "json", run)
    assert done.exit_code == 2
    assert [json.loads(line)["job"] for line in done.stdout.splitlines()] == ["test (red)"]
    assert "cannot be read (Bad CRC-32" in done.stderr


def test_an_archive_that_unpacks_to_too_much_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_files, "_MOST_UNPACKED", 100_000)
    run = archive(tmp_path / "run.zip", {"0_a.txt": failing("blue"), "1_b.txt": "error: again\n" * 100_000})
    done = explain(run)
    assert done.exit_code == 2
    assert f"{run} unpacks to more than" in done.stderr


def test_an_archive_with_too_many_names_is_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_files, "_MOST_LISTED", 200)
    run = archive(tmp_path / "run.zip", RUN)
    assert f"{run} is an archive of too many files" in explain(run).stderr


def test_names_in_an_archive_are_no_paths(tmp_path: Path) -> None:
    names = ["../../escape.log", "/absolute/path.log", "C:\\x\\y.log", "./here.log", "a//b.log"]
    before = sorted(tmp_path.rglob("*"))
    run = archive(tmp_path / "run.zip", dict.fromkeys(names, failing("blue")))
    found = rows(run)
    assert len(found) == len(names)
    assert all(row["path"].startswith(f"{run}/") for row in found)
    assert sorted(tmp_path.rglob("*")) == [*before, run]
