"""One log in the forms that people have it in: each reads as the log that GitHub's API gives."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator

import pytest

from ci_failure_tracker.diagnosis.explain import explain
from ci_failure_tracker.diagnosis.job_logs import JobLog, job_logs
from ci_failure_tracker.diagnosis.log import PIECE, Log

TIME = "2026-03-01T10:00:00.1234567Z "
LINES = (
    f"{TIME}##[group]Run ./frobnicate",
    f"{TIME}##[endgroup]",
    f"{TIME}\x1b[31;1mgizmo: fatal: no widget 'größer'\x1b[0m",
    f"{TIME}  wanted\tby\tgizmo.frob",
    "",
    f"{TIME}##[error]Process completed with exit code 1.",
    "",
)
PLAIN = "\n".join(LINES)
BOM = "\ufeff"


def columns(step: str = "Run ./frobnicate", job: str = "test (3.12, [x]) / a b", lines: tuple[str, ...] = LINES) -> str:
    return "\n".join(f"{job}\t{step}\t{line}" for line in lines)


def read(data: bytes, size: int = PIECE) -> list[JobLog]:
    return list(job_logs(iter([data[start : start + size] for start in range(0, len(data), size)])))


def shown(log: Log) -> list[str]:
    return [log[number] for number in range(log.first, log.last + 1)]


WITHOUT_TIME = columns(lines=tuple(line.removeprefix(TIME) for line in LINES))

FORMS: dict[str, str] = {
    "gh run view --log": columns(),
    "gh run view --log with a mark before each step": columns(lines=(BOM + LINES[0], *LINES[1:])),
    "gh run view --log with a mark before the file": BOM + columns(),
    "gh run view --log without step": columns("UNKNOWN STEP"),
    "gh run view --log without timestamps": WITHOUT_TIME,
    "gh run view --log in a file of Windows": columns().replace("\n", "\r\n"),
    "gh run view --log by a console that takes UTF-8 for cp437": columns(lines=("∩╗┐" + LINES[0], *LINES[1:])),
    "line ends of Windows": PLAIN.replace("\n", "\r\n"),
    "escapes as cat -v shows them": PLAIN.replace("\x1b", "^["),
    "escapes as code": PLAIN.replace("\x1b", "\\x1b"),
    "escapes as code of a shell": PLAIN.replace("\x1b", "\\033"),
    "escapes as JSON": PLAIN.replace("\x1b", "\\u001b"),
}

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16-le with mark": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be with mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
}


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=list(ENCODINGS))
@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_each_form_has_the_lines_of_the_plain_log(form: str, encode: Callable[[str], bytes]) -> None:
    (plain,) = read(PLAIN.encode())
    for size in (7, PIECE):
        (found,) = read(encode(form), size)
        assert shown(found.log) == shown(plain.log)
        assert ("\x1b[31;1m" in found.log.raw(3)) is ("\x1b[31;1m" in plain.log.raw(3))


def test_a_job_has_its_name_and_the_line_numbers_of_the_file() -> None:
    file = "\n".join([columns(job="one"), columns(job="two"), columns("UNKNOWN STEP", job="three")])
    found = read(file.encode())
    assert [(job.job, job.log.first, job.log.last) for job in found] == [
        ("one", 1, 7),
        ("two", 8, 14),
        ("three", 15, 21),
    ]
    assert found[1].log[10] == "gizmo: fatal: no widget 'größer'"
    assert found[1].log.marked((b"gizmo",)) == (10, 11)
    assert found[1].log[3] == "", "a line of another job"


def test_steps_do_not_divide_a_job() -> None:
    (found,) = read(f"{columns('Set up job')}\n{columns('Run it')}".encode())
    assert found.log.last == 2 * len(LINES)


def test_a_line_without_columns_belongs_to_the_job_before_it() -> None:
    odd = "ok  \texample.org/a\t0.1s"
    first, second = read(f"{columns(job='one')}\n{odd}\n{columns(job='two')}".encode())
    assert first.log[8] == odd
    assert second.log.first == 9


def test_a_job_whose_first_lines_have_no_timestamp_is_another_job() -> None:
    first, second = read(f"{columns(job='one')}\ntwo\tRun it\tfirst\ntwo\tRun it\tsecond".encode())
    assert (first.job, second.job, second.log[8]) == ("one", "two", "first")


@pytest.mark.parametrize(
    "text",
    [
        "ok  \texample.org/a\t0.1s\nok  \texample.org/b\t0.1s\nFAIL\texample.org/c\t0.1s\n",
        f"{TIME}ok  \texample.org/a\t{TIME}\n" * 4,
        f"{TIME.strip()}\tINFO\tmain\tstarted\n" * 4,
        "ERROR\tmain\tno gizmo\n" * 4,
        "name\tage\n" * 4,
        "\t\t##[error] indented\n" * 4,
        "",
        "\n",
    ],
)
def test_tabs_in_a_log_are_no_columns(text: str) -> None:
    (found,) = read(text.encode())
    assert found.job == ""
    assert [found.log.raw(number) for number in range(1, found.log.last + 1)] == text.split("\n")


def test_what_a_script_writes_stays_if_the_log_has_real_escapes() -> None:
    text = f"{PLAIN}\n\\033[31m is red\n+ echo '\\x1b[31mred'"
    (found,) = read(text.encode())
    assert shown(found.log)[-2:] == ["\\033[31m is red", "+ echo '\\x1b[31mred'"]


def test_what_a_script_writes_stays_if_no_line_begins_with_it() -> None:
    (found,) = read(b"+ echo -e '\\033[31mred'\nfine")
    assert found.log[1] == "+ echo -e '\\033[31mred'"


def test_many_jobs_of_a_long_file_are_read_one_at_a_time() -> None:
    block = columns(job="NAME", lines=LINES * 3_000)

    def chunks() -> Iterator[bytes]:
        for number in range(5):
            yield block.replace("NAME", f"job {number}").encode() + b"\n"

    found = [(job.job, job.log.last + 1 - job.log.first) for job in job_logs(chunks())]
    lines = len(LINES) * 3_000
    assert found == [(f"job {number}", lines + (number == 4)) for number in range(5)]


def test_an_endless_line_in_columns_is_cut() -> None:
    (found,) = read(f"{columns()}\njob\tstep\t".encode() + b"x" * 8 * PIECE + b"\n" + LINES[2].encode())
    assert found.log.last == len(LINES) + 2
    assert found.log[found.log.last] == "gizmo: fatal: no widget 'größer'"


def test_a_later_job_of_a_file_is_explained_as_if_it_were_alone() -> None:
    quiet = [f"{word} the gizmos" for word in ("sorting", "painting", "counting", "packing")] * 60
    early, late = "a.c:1:2: fatal error: gizmo.h: No such file or directory", "error[E0425]: cannot find value `x`"
    name = "Complete job name: gizmos (blue)"
    lines = (f"{TIME}{line}" for line in (name, *quiet[:9], early, *quiet, late, " --> src/gizmo.rs:1:1", *quiet[:5]))
    alone = "\n".join(lines)
    second = columns(job="paint", lines=tuple(alone.split("\n")))
    (one,) = read(alone.encode())
    _, other = read(f"{columns(job='sort')}\n{second}".encode())
    expected, found = explain(one.log), explain(other.log)
    assert found.headline == expected.headline == f"src/gizmo.rs:1:1: {late}"
    assert [line.text for line in found.context] == [line.text for line in expected.context]
    assert name in [line.text for line in found.context]
