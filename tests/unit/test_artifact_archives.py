"""Reports in artifacts: few ranges, and archives that lie."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import pytest

from ci_failure_tracker.model.reports import Artifact, ArtifactReports
from ci_failure_tracker.reports import archive as archives
from ci_failure_tracker.reports import remote_file
from ci_failure_tracker.reports.archive import artifact_reader
from ci_failure_tracker.reports.paths import fits, parts_of

GLOBS = ("**/junit*.xml",)


def report(*names: str) -> str:
    cases = "".join(f'<testcase name="{name}"/>' for name in names)
    return f"<testsuite>{cases}</testsuite>"


class Store:
    """A store that answers with ranges of a file."""

    def __init__(self, data: bytes, said: int | None = None) -> None:
        self.data = data
        self.size = len(data) if said is None else said
        self.asked: list[tuple[int, int]] = []

    def read(self, start: int, length: int) -> bytes:
        self.asked.append((start, length))
        self.size = len(self.data)
        return self.data[start : start + length]


def zipped(
    files: Iterable[tuple[str, str | bytes]], packing: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, text in files:
            archive.writestr(name, text)
        archive.comment = comment
    return buffer.getvalue()


def noise(size: int) -> bytes:
    return Random(size).randbytes(size)  # noqa: S311 - no secret is made


def read(data: bytes | Store, name: str = "reports", globs: Sequence[str] = GLOBS) -> ArtifactReports:
    store = data if isinstance(data, Store) else Store(data)
    return artifact_reader(globs)(Artifact(7, name, store.size, expired=False), store)


def names(found: ArtifactReports) -> list[str]:
    return [result.name for result in found.results]


# --- which files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "glob", "yes"),
    [
        ("junit.xml", "**/junit*.xml", True),
        ("a/b/junit-1.xml", "**/junit*.xml", True),
        ("a/b/junit-1.xml", "junit*.xml", True),
        ("a/b/junit-1.xml", "a/*.xml", False),
        ("a/b/junit-1.xml", "a/**", True),
        ("a/b/junit-1.xml", "a/**/**/*.xml", True),
        ("a\\b\\JUnit.xml", "A/**/junit.XML", True),
        ("./a/junit.xml", "./a/*", True),
        ("junit.xml.bak", "**/junit*.xml", False),
        ("a/junit.xml/b", "**/junit.xml", False),
        ("../junit.xml", "**/junit*.xml", False),
        ("a/../junit.xml", "**/junit*.xml", False),
        ("/etc/junit.xml", "**/junit*.xml", False),
        ("C:\\junit.xml", "**/junit*.xml", False),
        ("\\\\host\\junit.xml", "**/junit*.xml", False),
        ("junit\0.xml", "**/junit*.xml", False),
        ("x" * 2_000 + "/junit.xml", "**/junit*.xml", False),
        ("", "**", False),
    ],
)
def test_globs_of_paths(path: str, glob: str, yes: bool) -> None:
    assert fits(path, [glob]) is yes


def test_many_stars_cost_little() -> None:
    assert not fits("/".join("a" * 400), ["**/*a*/" * 40 + "b"])
    assert parts_of("a//./b/") == ("a", "b")


# --- few ranges -----------------------------------------------------------------------------------


def test_a_small_artifact_takes_one_range() -> None:
    store = Store(zipped([("junit.xml", report("a")), ("b/junit-2.xml", report("b")), ("log.txt", "-")]))
    assert names(read(store)) == ["a", "b"]
    assert len(store.asked) == 1


def test_of_a_large_artifact_only_the_end_and_the_reports_are_fetched() -> None:
    large = noise(3_000_000)
    store = Store(zipped([("a.bin", large), ("junit.xml", report("a")), ("b.bin", large)]))
    assert names(read(store)) == ["a"]
    assert len(store.asked) == 2
    assert sum(length for _, length in store.asked) < 300_000


def test_reports_far_apart_are_fetched_in_two_ranges() -> None:
    large = noise(3_000_000)
    files: list[tuple[str, str | bytes]] = [
        ("junit-1.xml", report("a")),
        ("a.bin", large),
        ("junit-2.xml", report("b")),
        ("b.bin", large),
    ]
    store = Store(zipped(files))
    assert sorted(names(read(store))) == ["a", "b"]
    assert len(store.asked) == 3
    assert sum(length for _, length in store.asked) < 300_000


def test_a_large_directory_takes_a_range_of_its_own() -> None:
    files = [(f"data/{'n' * 60}{number}", "") for number in range(4_000)]
    store = Store(zipped([("junit.xml", report("a")), ("a.bin", noise(500_000)), *files]))
    assert names(read(store)) == ["a"]
    assert len(store.asked) <= remote_file.MOST_RANGES


def test_reports_that_are_too_far_apart_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 1_000_000)
    large = noise(900_000)
    parts = [
        part
        for number in range(4)
        for part in ((f"junit-{number}.xml", report(f"t{number}")), (f"{number}.bin", large))
    ]
    found = read(zipped(parts))
    assert 0 < len(names(found)) < 4
    assert "lie too far apart" in found.notes[0]


@pytest.mark.parametrize("said", [10, 10_000_000])
def test_the_size_that_github_names_may_be_that_of_the_files(said: int) -> None:
    store = Store(zipped([("junit.xml", report("a"))]), said)
    assert names(read(store)) == ["a"]
    assert len(store.asked) == 2


def test_a_range_that_comes_in_part_is_said() -> None:
    class Cut(Store):
        def read(self, start: int, length: int) -> bytes:
            return super().read(start, length)[: length // 2]

    assert read(Cut(zipped([("junit.xml", report("a"))]))).notes == ("it did not come as a whole",)


# --- the forms of archives ------------------------------------------------------------------------


class Stream(io.RawIOBase):
    """A place to write to that cannot go back, so that sizes stand behind each file."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.data += bytes(data)  # type: ignore[call-overload]
        return len(bytes(data))  # type: ignore[call-overload]


def test_sizes_may_stand_behind_the_files_as_upload_artifact_writes_them() -> None:
    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("junit.xml", report("a"))
        archive.writestr("junit-2.xml", report("b"))
    assert names(read(stream.data)) == ["a", "b"]


def test_a_comment_may_stand_at_the_end() -> None:
    assert names(read(zipped([("junit.xml", report("a"))], comment=b"c" * 60_000))) == ["a"]


def test_something_may_stand_before_the_archive() -> None:
    assert names(read(noise(1_000) + zipped([("junit.xml", report("a"))]))) == ["a"]


def test_files_may_be_stored_as_they_are() -> None:
    assert names(read(zipped([("junit.xml", report("a"))], zipfile.ZIP_STORED))) == ["a"]


def test_an_archive_of_64_bits_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0)
    data = zipped([("junit.xml", report("a"))])
    assert b"PK\x06\x06" in data
    assert names(read(data)) == ["a"]


def test_a_report_may_be_uploaded_without_an_archive() -> None:
    assert names(read(report("a").encode(), name="junit-3.xml")) == ["a"]
    assert names(read(report(*map(str, range(3_000))).encode(), name="junit-3.xml"))[-1] == "2999"
    assert names(read(report("a").encode(), name="results.xml")) == []


@pytest.mark.parametrize("name", ["log.txt", "junit/", "junit.xml/"])
def test_an_artifact_without_a_report_says_nothing(name: str) -> None:
    found = read(zipped([(name, "")]))
    assert (found.results, found.notes) == ((), ())


# --- archives that lie, or are broken -------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"PK", b"<html>", noise(400_000), zipped([])[:-3]])
def test_what_is_no_archive_is_said(data: bytes) -> None:
    assert read(data).notes == ("it is no ZIP archive, or a broken one",)


def test_one_broken_report_is_a_note_and_the_others_count() -> None:
    found = read(zipped([("junit-1.xml", report("a")), ("junit-2.xml", "<testsuite>"), ("junit-3.xml", report("c"))]))
    assert sorted(names(found)) == ["a", "c"]
    assert found.notes == ("junit-2.xml is no complete XML (line 1: no element found)",)


def test_many_broken_reports_are_a_few_notes() -> None:
    found = read(zipped([(f"junit-{number}.xml", "") for number in range(9)]))
    assert len(found.notes) == 4
    assert found.notes[-1] == "6 more"


def test_a_checksum_that_is_wrong_is_said() -> None:
    data = bytearray(zipped([("junit.xml", report("a"))], zipfile.ZIP_STORED))
    data[data.index(b'name="a"') + 6] = ord("b")
    assert read(bytes(data)).notes == ("junit.xml is not whole",)


def directory_entry(data: bytes) -> int:
    return data.index(b"PK\x01\x02")


def changed(data: bytes, offset: int, form: str, value: int) -> bytes:
    """The archive with another number in the first entry of its directory."""
    copy = bytearray(data)
    struct.pack_into(form, copy, directory_entry(data) + offset, value)
    return bytes(copy)


@pytest.mark.parametrize(
    ("offset", "form", "value", "note"),
    [
        (8, "<H", 1, "junit.xml is encrypted"),
        (10, "<H", 14, "junit.xml is packed in a way that is not read"),
        (24, "<I", 2_000_000_000, "junit.xml is larger than 50 MB"),
        (24, "<I", 5, "junit.xml is not whole"),
        (20, "<I", 2_000, "junit.xml shares its bytes with another file of the archive"),
        (42, "<I", 4_000_000_000, "junit.xml shares its bytes with another file of the archive"),
    ],
)
def test_a_directory_that_lies_is_said(offset: int, form: str, value: int, note: str) -> None:
    found = read(changed(zipped([("junit.xml", report("a"))]), offset, form, value))
    assert found.results == ()
    assert found.notes == (note,)


def test_a_file_without_a_name_is_no_report() -> None:
    data = bytearray(zipped([("j", report("a")), ("junit.xml", report("b"))]))
    place = directory_entry(bytes(data))
    data[place + 46] = 0
    assert names(read(bytes(data), globs=["**"])) == ["b"]


def test_no_name_becomes_a_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    places = ("../junit-1.xml", f"{tmp_path}/junit-2.xml", "junit-3.xml", "..\\junit-4.xml")
    found = read(zipped([(place, report(name)) for place, name in zip(places, "abcd", strict=True)]))
    assert names(found) == ["c"]
    assert [*tmp_path.rglob("*")] == [inner]


def test_files_that_share_their_bytes_are_not_read() -> None:
    data = zipped([("junit-1.xml", report("a")), ("junit-2.xml", report("b")), ("junit-3.xml", report("c"))])
    second = data.index(b"PK\x01\x02", directory_entry(data) + 4)
    copy = bytearray(data)
    struct.pack_into("<I", copy, second + 42, 0)
    found = read(bytes(copy))
    assert names(found) == ["c"]
    assert all("shares its bytes" in note for note in found.notes)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = b"<testsuite>" + b" " * 60_000_000
    found = read(zipped([("junit-1.xml", bomb), ("junit-2.xml", report("b"))]))
    assert names(found) == ["b"]
    assert found.notes == ("junit-1.xml is larger than 50 MB",)


def test_many_files_together_are_no_larger_than_one_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_IN_ALL", 5_000)
    found = read(zipped([(f"junit-{number}.xml", report("t" * 900)) for number in range(9)]))
    assert "holds more than 500 reports" in found.notes[0]


def test_so_many_reports_are_read_and_no_more() -> None:
    found = read(zipped([(f"junit-{number}.xml", report(f"t{number}")) for number in range(archives.MOST_REPORTS + 5)]))
    assert len(found.results) == archives.MOST_REPORTS
    assert len(found.notes) == 1


def test_so_many_tests_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_RESULTS", 10)
    found = read(
        zipped([(f"junit-{number}.xml", report(*(f"t{number}{letter}" for letter in "abcd"))) for number in range(9)])
    )
    assert len(found.results) == 10
    assert found.notes == ("it holds more than 10 tests",)


def test_a_directory_of_a_hostile_size_is_not_fetched() -> None:
    data = bytearray(zipped([("junit.xml", report("a"))]))
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<I", data, end + 12, 40_000_000)
    store = Store(noise(41_000_000) + bytes(data))
    assert read(store).results == ()
    assert sum(length for _, length in store.asked) < 10_000_000


def test_random_changes_never_end_the_program() -> None:
    data = zipped([("junit-1.xml", report("a")), ("b/junit-2.xml", report("b")), ("c.bin", noise(300))])
    random = Random(1)  # noqa: S311 - no secret is made
    for _ in range(400):
        copy = bytearray(data)
        for _ in range(random.randint(1, 4)):
            copy[random.randrange(len(copy))] = random.randrange(256)
        found = read(bytes(copy))
        assert found.notes or len(found.results) <= 2


def test_secrets_in_a_report_are_hidden() -> None:
    secret = "".join(["ghp", "_", "a1B2" * 9])
    text = f'<testsuite><testcase name="t"><failure message="token={secret}"/></testcase></testsuite>'
    (result,) = read(zipped([("junit.xml", text)])).results
    assert secret not in result.message
    assert "***" in result.message
