"""A local GitHub with many repositories, as a test holds it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sandbox import scenario, server
from sandbox.box import Sandbox
from sandbox.door import Door
from sandbox.faults import Fault
from sandbox.host import Host
from sandbox.ratelimit import RateLimits
from sandbox.secondary_limits import SecondaryLimits


class Site:
    """Many repositories behind one address. Each of them is a `Sandbox`: `site["octo-org/lighthouse"].issues`."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._door = Door(host)
        self.secondary_limits.enforced = True

    @classmethod
    def from_mapping(cls, document: Mapping[str, object]) -> Self:
        """Make one of a scenario with `repositories`."""
        return cls(scenario.read_many(document, Path.cwd()))

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """The same from a text."""
        return cls(scenario.read_many(scenario.parsed(text), Path.cwd()))

    @contextmanager
    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[server.Server]:
        """Serve until the block ends; port 0 is any free one."""
        with server.running(self._door, host, port) as running:
            yield running

    def __getitem__(self, full_name: str) -> Sandbox:
        with self._door.lock:
            found = self._host.open(full_name)
        if found is None:
            raise KeyError(full_name)
        return Sandbox(*found, self._door)

    @property
    def repositories(self) -> list[str]:
        """The names of the repositories."""
        with self._door.lock:
            return [repository.full_name for repository in self._host.repositories]

    @property
    def made(self) -> int:
        """How many repositories were made so far, because somebody asked for what is in them."""
        with self._door.lock:
            return len(self._host.made())

    @property
    def delay(self) -> float:
        """How many seconds each answer waits."""
        return self._door.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._door.delay = seconds

    @property
    def secondary_limits(self) -> SecondaryLimits:
        """What is enforced of the secondary limits, and by which clock."""
        return self._door.secondary

    def renew_limits(self) -> None:
        """Give every token its whole limits again, as an hour later."""
        with self._door.lock:
            self._door.limits = RateLimits()
            self._door.secondary.renew()

    def inject(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        with self._door.lock:
            self._door.faults.add(fault)

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        with self._door.lock:
            self._door.faults.clear()
