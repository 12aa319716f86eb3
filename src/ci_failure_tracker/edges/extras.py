"""The packages that only some inputs need: the action installs them where these are set, the command asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from ci_failure_tracker.settings import Settings


@dataclass(frozen=True, slots=True)
class Extra:
    """One group of optional packages, as `pyproject.toml` names it, with a module of each package."""

    name: str
    packages: tuple[tuple[str, str], ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The packages that are not installed, as an installer calls them."""
        return tuple(package for package, module in self.packages if find_spec(module) is None)

    @property
    def advice(self) -> str:
        """How to install it."""
        return f"Install it with: pip install 'ci-failure-tracker[{self.name}]'."


SCHEDULES = Extra("schedules", (("cronsim", "cronsim"), ("PyYAML", "yaml")))
METRICS = Extra("metrics", (("prometheus-client", "prometheus_client"),))
SLACK = Extra("slack", (("slack_sdk", "slack_sdk"),))


def mistakes(settings: Settings) -> Iterator[str]:
    """What cannot be done here as it was asked for, and how to mend it."""
    for name, extra in _needed(settings):
        if extra.missing:
            yield f"`{name}` needs {' and '.join(extra.missing)}. {extra.advice}"


def _needed(settings: Settings) -> Iterator[tuple[str, Extra]]:
    if settings.schedules:
        yield "schedules", SCHEDULES
    if settings.pushgateway_url:
        yield "pushgateway-url", METRICS
    if settings.slack_webhook_url:
        yield "slack-webhook-url", SLACK
    if settings.slack_payload:
        yield "slack-payload", SLACK
