"""The inputs of the action and the command: what there is, how each is read, and which channels they switch on."""

from __future__ import annotations

from ci_failure_tracker.settings.channels import CHANNELS, Channel, Sent, secret_texts
from ci_failure_tracker.settings.declaration import Input, Masking, as_field
from ci_failure_tracker.settings.inputs import (
    DEFAULT_TITLE,
    MAX_RUNS_LIMIT,
    AllowedFailures,
    Command,
    Comments,
    GroupBy,
    Matrix,
    Notify,
    RerunKind,
    Settings,
    fingerprint_parts,
    inputs,
    read_settings,
)
from ci_failure_tracker.settings.parsers import OwnerLine, Since

__all__ = [
    "CHANNELS",
    "DEFAULT_TITLE",
    "MAX_RUNS_LIMIT",
    "AllowedFailures",
    "Channel",
    "Command",
    "Comments",
    "GroupBy",
    "Input",
    "Masking",
    "Matrix",
    "Notify",
    "OwnerLine",
    "RerunKind",
    "Sent",
    "Settings",
    "Since",
    "as_field",
    "fingerprint_parts",
    "inputs",
    "read_settings",
    "secret_texts",
]
