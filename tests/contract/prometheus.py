"""Prometheus and its Pushgateway, as Debian packages them, in a folder of the cache."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode

import debian
from outside_tools import MissingError, OtherSystemError, first_of, run

PACKAGES = ("prometheus", "prometheus-pushgateway")
PROGRAMS = ("prometheus", "prometheus-pushgateway", "promtool")


@cache
def programs() -> dict[str, str]:
    """Where each program is: on PATH, or in the cache, where apt brings it; the first place from which all run.

    Raises:
        MissingError: they run from neither. On other systems than Linux, where only PATH can help, an OtherSystemError.
    """
    try:
        return first_of({"on PATH": partial(_checked, _on_path), "Debian's": partial(_checked, _debians)})
    except MissingError as missing:
        if sys.platform == "linux":
            raise
        raise OtherSystemError(str(missing)) from None


def _checked(find: Callable[[], dict[str, str]]) -> dict[str, str]:
    found = find()
    for program in found.values():
        run([program, "--version"])
    return found


def _on_path() -> dict[str, str]:
    found = {name: shutil.which(name) or "" for name in PROGRAMS}
    absent = [name for name, path in found.items() if not path]
    if absent:
        raise MissingError(f"there is no {' and no '.join(absent)}")
    return found


def _debians() -> dict[str, str]:
    root = debian.unpacked(*PACKAGES)
    return {name: str(root / "usr" / "bin" / name) for name in PROGRAMS}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(arguments: list[str], ready: str) -> Iterator[None]:
    """A program from when its address answers to the end of the block."""
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(300):
                if process.poll() is not None:
                    raise MissingError(f"{arguments[0]} ended at once with {process.returncode}")
                try:
                    with urllib.request.urlopen(ready, timeout=1):  # noqa: S310 - an address of ours
                        break
                except (URLError, OSError):
                    time.sleep(0.05)
            else:
                raise MissingError(f"{ready} does not answer")
            yield
        finally:
            process.terminate()


@contextmanager
def pushgateway() -> Iterator[str]:
    """The address of a Pushgateway."""
    address = f"127.0.0.1:{free_port()}"
    with running(
        [programs()["prometheus-pushgateway"], f"--web.listen-address={address}"], f"http://{address}/-/ready"
    ):
        yield f"http://{address}"


@contextmanager
def scraping(gateway: str, folder: Path) -> Iterator[str]:
    """The address of a Prometheus that scrapes a gateway each second."""
    port = free_port()
    config = folder / "prometheus.yml"
    target = {"static_configs": [{"targets": [gateway.removeprefix("http://")]}]}
    job = {"job_name": "push", "honor_labels": True, "scrape_interval": "1s", "scrape_timeout": "1s", **target}
    config.write_text(json.dumps({"scrape_configs": [job]}), "utf-8")
    arguments = [
        programs()["prometheus"],
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with running(arguments, f"http://127.0.0.1:{port}/-/ready"):
        yield f"http://127.0.0.1:{port}"


def held(gateway: str) -> dict[str, set[str]]:
    """The names that a Pushgateway holds in each of its groups, by the repository of the key of the group."""
    with urllib.request.urlopen(f"{gateway}/api/v1/metrics", timeout=5) as answer:  # noqa: S310 - an address of ours
        groups = json.load(answer)["data"]
    return {group["labels"].get("repository", ""): {*group} for group in groups}


def ask(prometheus: str, expression: str) -> list[dict[str, Any]]:
    """What an expression gives now."""
    address = f"{prometheus}/api/v1/query?{urlencode({'query': expression})}"
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - an address of ours
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found
