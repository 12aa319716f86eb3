"""The optional packages: the action installs them if an input needs them, the command says how to install them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from ci_failure_tracker.settings import Settings, inputs


@dataclass(frozen=True, slots=True)
class Extra:
    """One group of optional packages, as `pyproject.toml` names it, with a module of each package."""

    name: str
    packages: tuple[tuple[str, str], ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The packages that are not installed, as an installer calls them."""
        # `find_spec` does not import the package: an import costs time, and runs code.
        return tuple(package for package, module in self.packages if find_spec(module) is None)

    @property
    def advice(self) -> str:
        """How to install what is missing: by the names of the packages, for an index may not know the tracker's."""
        return f"Install with: pip install {' '.join(self.missing)}."


EXTRAS = {
    extra.name: extra
    for extra in (
        Extra("schedules", (("cronsim", "cronsim"),)),
        Extra("metrics", (("prometheus-client", "prometheus_client"),)),
        Extra("slack", (("slack_sdk", "slack_sdk"),)),
    )
}
"""Every group by its name, which is the `extra` of an input."""


def mistakes(settings: Settings) -> Iterator[str]:
    """The inputs that cannot be used without packages that are not installed, each with advice."""
    for declared in inputs(type(settings)):
        if not declared.extra or declared.works_without_extra or not getattr(settings, declared.field):
            continue
        extra = EXTRAS[declared.extra]
        if extra.missing:
            yield f"`{declared.name}` needs {' and '.join(extra.missing)}. {extra.advice}"
