"""A log that comes a byte at a time is cut off at the deadline, whatever form the answer has."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from builders import HURRIED
from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.download import anonymous_download
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.retry import RetryPolicy
from ci_failure_tracker.model.secret import Secret
from sandbox import Fault, Sandbox

ALLOWED = 0.3
SHORT = replace(HURRIED, whole_log=ALLOWED)
STEP = 0.02
MUCH = b"a line of a log\n" * 200

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
_CHUNKED = b"".join(b"1\r\n%c\r\n" % letter for letter in MUCH) + b"0\r\n\r\n"
ANSWERS = {
    "status line": (b"", b"HTTP/1.1 200 " + b"O" * 2000),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"a" * 2000),
    "length": (_OK + b"Content-Length: 3200\r\n\r\n", MUCH),
    "chunked": (_OK + b"Transfer-Encoding: chunked\r\n\r\n", _CHUNKED),
    "gzip": (_OK + b"Content-Encoding: gzip\r\nContent-Length: 9999\r\n\r\n", gzip.compress(MUCH, 0)),
    "until the end": (_OK + b"Connection: close\r\n\r\n", MUCH),
    "endless": (_OK + b"\r\n", b"y" * 10_000_000),
}


@contextmanager
def dripping(at_once: bytes, slowly: bytes, step: float = STEP) -> Iterator[str]:
    """A server that sends a part of its answer at once and the rest a byte at a time."""
    stop = threading.Event()

    def serve(listener: socket.socket) -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                answer(connection)

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        try:
            connection.sendall(at_once)
            for place in range(len(slowly)):
                if stop.wait(step):
                    return
                connection.sendall(slowly[place : place + 1])
        except OSError:
            return  # the client has gone

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/log"
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def seconds_of(download: Callable[[], object]) -> float:
    """How long a download takes until it is cut off."""
    start = time.monotonic()
    with pytest.raises(GitHubError, match=r"The log was not there as a whole after 0\.3 seconds"):
        download()
    return time.monotonic() - start


@pytest.mark.parametrize("form", ANSWERS)
def test_a_dripping_answer_is_cut_off_at_the_deadline(form: str) -> None:
    with dripping(*ANSWERS[form]) as address:

        def download() -> bytes:
            with anonymous_download(address, SHORT) as answer:
                return b"".join(answer.iter_content(1 << 16))

        assert ALLOWED <= seconds_of(download) < ALLOWED + 1.5


def test_further_tries_do_not_get_a_deadline_of_their_own() -> None:
    with dripping(b"HTTP/1.1 503 Busy\r\nContent-Length: 40\r\n\r\n", b"b" * 40, step=0.005) as address:

        def download() -> bytes:
            with anonymous_download(address, replace(SHORT, tries=1000)) as answer:
                return answer.content

        assert seconds_of(download) < ALLOWED + 1.5


def test_an_answer_that_is_slow_but_in_time_is_read_as_a_whole() -> None:
    body = b"slow but whole\n"
    with (
        dripping(_OK + b"Content-Length: %d\r\n\r\n" % len(body), body, step=0.001) as address,
        anonymous_download(address, replace(HURRIED, whole_log=5)) as answer,
    ):
        assert answer.content == body


def test_a_dripping_log_of_a_job_ends_with_an_error_and_the_next_one_is_read() -> None:
    box = Sandbox.from_yaml(
        """
        repository: {full_name: octo-org/example}
        workflows: [{name: CI, jobs: [{name: build}]}]
        runs: [{workflow: CI, jobs: [{name: build, conclusion: failure, log: "a\\nb\\nc\\nd\\ne\\nf\\ng\\nh\\n"}]}]
        """
    )
    job = box.runs[0].last.jobs[0]
    with box.serve() as server:
        endpoints = Endpoints(server.api_url, server.graphql_url)
        queries = Queries(connect(Secret("sandbox-token"), endpoints, SHORT), endpoints, "octo-org/example")
        box.inject(Fault("drip", path="/_logs/", seconds=0.1))
        assert seconds_of(lambda: list(queries.job_log(job.id))) < ALLOWED + 1.5
        assert b"".join(queries.job_log(job.id)).count(b"\n") == 8


def test_the_program_allows_two_minutes_for_a_log() -> None:
    policy = connect(Secret("t"), Endpoints()).retry_policy
    assert policy == RetryPolicy()
    assert policy.whole_log == 120
