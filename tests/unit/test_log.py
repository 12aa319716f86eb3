"""Reading a log: lines as a terminal shows them, numbered as in an editor, in bounded memory."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_failure_tracker.diagnosis.log import KEPT_THIN, KEPT_WHOLE, LONGEST_LINE, PIECE, Log, LogReader, clean

ESC = "\x1b"


WORDS = (b"error",)


def read(*chunks: bytes) -> Log:
    reader = LogReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("2026-03-01T10:00:00.1234567Z error: no", "error: no"),
        ("\ufeff2026-03-01T10:00:00.1234567Z error: no", "error: no"),
        ("2026-03-01T10:00:00Z", ""),
        ("2026-03-01 is a date, not a stamp", "2026-03-01 is a date, not a stamp"),
        (f"{ESC}[31;1merror{ESC}[0m: no", "error: no"),
        (f"{ESC}]8;;https://example.org{ESC}\\link{ESC}]8;;{ESC}\\", "link"),
        (f"{ESC}[2K{ESC}[1Gdone", "done"),
        ("10 %\r20 %\r100 %", "100 %"),
        ("error: no\r", "error: no"),
        ("travis_time:start:1\r" + ESC + "[0K$ make", "$ make"),
        ("  set in\tby a tab  ", "  set in\tby a tab"),
        ("nul\x00 and \u202eright to left", "nul and right to left"),
        ("ünïcödé ✗ stays", "ünïcödé ✗ stays"),
    ],
)
def test_a_line_is_shown_as_the_terminal_showed_it(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_an_endless_line_is_cut() -> None:
    assert clean("x" * 1_000_000) == "x" * LONGEST_LINE


def test_only_newlines_separate_lines() -> None:
    log = read("one\u2028still one\rstill one\x0cstill\ntwo: error\n\nfour: error".encode())
    assert (log[2], log[3], log[4], log.last) == ("two: error", "", "four: error", 4)
    assert log.marked(WORDS) == (2, 4)


def test_a_line_outside_of_the_log_is_empty() -> None:
    log = read(b"one")
    assert (log[0], log[2], log[-1]) == ("", "", "")


def test_a_word_in_any_case_marks_its_line_once() -> None:
    assert read(b"ERROR and error\nfine\nAn Error").marked(WORDS) == (1, 3)


def test_marked_lines_can_be_limited_to_a_part_of_the_log() -> None:
    log = read(b"error\nerror\nfine\nerror\nerror")
    assert log.marked(WORDS, 2, 4) == (2, 4)


def test_bytes_that_are_no_text_do_not_stop_reading() -> None:
    log = read(b"\xff\xfe broken\nerror: \xc3\x28")
    assert log.marked(WORDS) == (2,)
    assert log[2] == "error: \ufffd("


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"", "utf-16-le"), (b"", "utf-16-be")],
)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_log_in_utf_16_reads_as_the_same_log_in_utf_8(mark: bytes, encoding: str, size: int) -> None:
    text = "2026-03-09T10:00:00.0000000Z Größe\nerror: ünten\n##[error]Process completed with exit code 1.\n"
    whole = mark + text.encode(encoding)
    log = read(*(whole[start : start + size] for start in range(0, len(whole), size)))
    same = read(text.encode())
    assert [log.raw(number) for number in range(1, 5)] == [same.raw(number) for number in range(1, 5)]
    assert log.marked(WORDS) == same.marked(WORDS)


@pytest.mark.parametrize("text", [b"", b"\n\n", b" \r\n\t\n"])
def test_a_log_without_a_visible_character_is_empty(text: bytes) -> None:
    assert read(text).empty


def test_a_log_with_a_visible_character_is_not_empty() -> None:
    assert not read(b"\n\n.").empty


@given(st.lists(st.sampled_from([b"error", b"\n", b"fine", b"\r", b"\xc3", b"x" * 300]), max_size=60), st.data())
def test_the_cuts_between_chunks_make_no_difference(parts: list[bytes], data: st.DataObject) -> None:
    text = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    chunks = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole, chunked = read(text), read(*chunks)
    assert chunked.marked(WORDS) == whole.marked(WORDS)
    assert [chunked.raw(n) for n in range(whole.last + 2)] == [whole.raw(n) for n in range(whole.last + 2)]


def big(megabytes: int) -> bytes:
    line = b"2026-03-01T10:00:00.0000000Z a line of ordinary length that says nothing at all to anybody\n"
    return line * (megabytes * PIECE // len(line))


def test_the_old_part_of_a_long_log_keeps_failures_and_lines_around_them() -> None:
    start = big(2) + b"before\nerror: the first cause\nafter\n"
    log = read(start, *[big(1)] * (KEPT_WHOLE // PIECE + 2), b"the end")
    number = start.count(b"\n") - 1
    assert number in log.marked(WORDS)
    assert [log[number + place] for place in (-1, 0, 1)] == ["before", "error: the first cause", "after"]
    assert log[log.last] == "the end"
    assert log[5] == "", "what says nothing was not kept"


def test_a_long_log_full_of_failures_stays_within_bounds() -> None:
    noisy = b"error: again and again and again, and once more\n" * (PIECE // 48)
    pieces = 3 * KEPT_WHOLE // PIECE
    log = read(*[noisy] * pieces)
    kept = sum(len(log.raw(number)) for number in range(1, log.last + 1))
    assert kept < KEPT_WHOLE + PIECE + pieces * 2 * KEPT_THIN
    assert log.last == pieces * noisy.count(b"\n") + 1


def test_an_endless_line_takes_bounded_memory_and_counts_as_one_line() -> None:
    log = read(*[b"x" * PIECE] * 20, b"\nerror: here")
    assert len(log.raw(1)) <= 3 * PIECE
    assert log.marked(WORDS) == (2,)
    assert log[2] == "error: here"
