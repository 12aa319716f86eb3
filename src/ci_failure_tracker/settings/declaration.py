"""What is declared about an input."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ci_failure_tracker.settings.parsers import Choice, flag


# In one long list, nobody finds an input. The groups follow the questions that a user has.
class InputGroup(StrEnum):
    """The heading under which the help of the command lists an input."""

    ACCESS = "Repository and token"
    MANY = "Many repositories"
    WATCHED = "What to watch"
    ISSUES = "Issues"
    LOGS = "Logs"
    LIMITS = "Limits"
    REPORT = "Report and messages"
    RUN = "Run"
    JOBS = "Jobs of a workflow for many repositories"


@dataclass(frozen=True, slots=True)
class Masking:
    """How the log hides the value of an input: as a whole, line by line, and in addition these parts of it.

    `is_password` says whether the value is a password or holds one.
    """

    parts: Callable[[str], Iterable[str]] = lambda _: ()
    is_password: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input as its users see it.

    `keeps_checkpoint` says why the next sweep need not read every run again if this input changes. It is empty for an
    input that may change which runs are read or what the issues hold.

    `only_action` says that only the action has it: the command has it as a command or as an argument.

    `extra` names the optional packages that the input needs if it is set. `works_without_extra` says whether a part of
    what it asks for is done without them.
    """

    name: str = ""
    group: InputGroup = InputGroup.ISSUES
    default: str = ""
    help: str
    metavar: str = "TEXT"
    parse: Callable[[str], Any]
    masking: Masking | None = None
    keeps_checkpoint: str = ""
    extra: str = ""
    works_without_extra: bool = False
    only_action: bool = False

    @property
    def field(self) -> str:
        """The name of the field of the settings that holds its value."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The environment variable that carries it into the action."""
        return "INPUT_" + self.field.upper()

    @property
    def command_variable(self) -> str | None:
        """The variable from which the command takes a password, because a list of processes shows its arguments."""
        # A prefix of its own, so that no variable of another program turns a channel on.
        return f"CI_FAILURES_{self.field.upper()}" if self.masking and self.masking.is_password else None

    @property
    def choices(self) -> tuple[str, ...]:
        """The only values that it takes; none if it takes others as well."""
        if self.is_flag:
            return ("true", "false")
        # The help and the pages list the choices from the parser itself, so that they cannot disagree with it.
        return tuple(item.value for item in self.parse.kind) if isinstance(self.parse, Choice) else ()

    @property
    def is_flag(self) -> bool:
        """Whether it is `true` or `false`."""
        return self.parse is flag


def as_field(declared: Input) -> Any:  # noqa: ANN401 - the field's own type is what counts
    """A field of the settings that holds the value of an input; it takes its name from the field."""
    return dataclasses.field(metadata={"input": declared})


def input_of(field: dataclasses.Field[Any]) -> Input | None:
    """The input whose value the field holds; `None` if the field declares none."""
    declared = field.metadata.get("input")
    if not isinstance(declared, Input):
        return None
    # The name of the field is the only place of the name, so that the two cannot differ.
    return dataclasses.replace(declared, name=field.name.replace("_", "-"))
