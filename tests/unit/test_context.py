"""The lines around an excerpt."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.explain import Limits, explain, read_log
from ci_failure_tracker.model import Diagnosis

COMMAND = "./frobnicate --all"
HEADER = [f"##[group]Run {COMMAND}", COMMAND, "shell: /bin/sh", "env:", "  LEVEL: 3", "##[endgroup]"]
ENDING = "##[error]Process completed with exit code 1."


def diagnosis_of(*lines: str, limits: Limits | None = None) -> Diagnosis:
    return explain(read_log(["\n".join(lines).encode()]), limits or Limits())


def context_of(diagnosis: Diagnosis) -> list[str]:
    return [line.text for line in diagnosis.context]


def test_the_command_the_job_and_the_end_of_the_step_are_around_the_excerpt() -> None:
    quiet = [f"widget {'abcdefgh'[n % 8]} number {n}" for n in range(200)]
    diagnosis = diagnosis_of(
        "Complete job name: gizmos (blue)", *HEADER, *quiet, "gizmo: fatal: no such widget", "", *quiet, ENDING
    )
    context = context_of(diagnosis)
    assert {"Complete job name: gizmos (blue)", COMMAND, ENDING} <= set(context)
    assert "  LEVEL: 3" not in context


def test_failures_that_the_excerpt_has_no_room_for_are_around_it() -> None:
    errors = [f"src/press{number}.c:3:9: error: unknown type name '{'apple' * number}'" for number in range(1, 9)]
    quiet = [f"polishing {'abcdefgh'[number % 8]}" for number in range(100)]
    diagnosis = diagnosis_of(*HEADER, *errors[:4], *quiet, *errors[4:], *quiet, ENDING, limits=Limits(lines=4))
    assert [line.text for line in diagnosis.lines] == errors[:4]
    assert set(errors[4:]) <= set(context_of(diagnosis))


def test_headline_excerpt_and_context_fit_the_limit_and_share_no_line() -> None:
    lines = [f"gizmo{'x' * (n % 40)}: error: {'abcdefghij'[n % 10] * n} is no widget" for n in range(1, 120)]
    diagnosis = diagnosis_of(*HEADER, *lines, ENDING, limits=Limits(10, 3000))
    shown = [line.number for line in diagnosis.lines]
    around = [line.number for line in diagnosis.context]
    size = len(diagnosis.headline) + sum(len(line.text) + 1 for line in (*diagnosis.lines, *diagnosis.context))
    assert 2500 < size <= 3000
    assert around == sorted(around)
    assert not set(shown) & set(around)


def test_lines_of_other_steps_are_not_context() -> None:
    other = ["##[group]Run ./prepare", "./prepare", "##[endgroup]", "prepared the gizmos"]
    diagnosis = diagnosis_of(*other, *HEADER, "gizmo: fatal: no such widget", ENDING, "Post job cleanup.", "removed")
    assert not {"prepared the gizmos", "removed", "./prepare"} & set(context_of(diagnosis))


def test_a_secret_that_spans_excerpt_and_context_is_redacted() -> None:
    key = "MIIEpAIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0guD"
    lines = [
        "gizmo: fatal: cannot read this key",
        "",
        "-----BEGIN RSA PRIVATE KEY-----",
        key,
        "-----END RSA PRIVATE KEY-----",
    ]
    diagnosis = diagnosis_of(*HEADER, *lines, ENDING)
    assert key not in "".join(line.text for line in (*diagnosis.lines, *diagnosis.context))
