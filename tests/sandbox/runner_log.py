"""The log of a job nobody wrote one for, in the runner's own format."""

from collections.abc import Iterator
from datetime import datetime

from sandbox.state import Job, Log, Step

_ENDINGS = {
    "failure": "##[error]Process completed with exit code 1.",
    "timed_out": "##[error]The operation was canceled.",
    "cancelled": "##[error]The operation was canceled.",
}


def plain_log(job: Job) -> Log:
    """A short log that tells the steps of a job and how it ended."""
    return Log("text", "".join(f"{line}\n" for line in _lines(job)))


def _lines(job: Job) -> Iterator[str]:
    for step in job.steps:
        if step.conclusion == "skipped":
            continue
        for text in _step(step):
            yield f"{_stamp(step.started_at or job.started_at)} {text}"


def _step(step: Step) -> Iterator[str]:
    if step.name == "Set up job":
        yield "Current runner version: '2.330.0'"
        yield f"##[group]{step.name}"
    else:
        yield f"##[group]{step.name if step.name.startswith(('Run ', 'Post ')) else f'Run {step.name}'}"
    yield "##[endgroup]"
    if step.conclusion in _ENDINGS:
        yield _ENDINGS[step.conclusion]


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond * 10:07d}Z"
