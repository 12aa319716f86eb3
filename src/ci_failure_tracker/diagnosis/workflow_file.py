"""Why GitHub could not start a workflow: what is wrong in its file, as far as the file itself shows it.

A run that did not start has no jobs and no log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING

from ci_failure_tracker.errors import BadYamlError
from ci_failure_tracker.model import Mistake, WorkflowMistake
from ci_failure_tracker.text.yaml_nodes import entries_of, kind_of, line_of, pairs_of, root_of, value_at, words_of

if TYPE_CHECKING:
    from yaml import Node

MOST_MISTAKES = 3
"""Mistakes that are named."""

MOST_PATHS = 20
"""Paths of other files that are looked up."""

_LOCAL = re.compile(r"\./[\w./-]{1,200}")
_DEFINITIONS = ("action.yml", "action.yaml", "Dockerfile")


def local_paths(text: str) -> tuple[str, ...]:
    """The paths in the repository that must exist: of called workflows, and the files that can define an action."""
    try:
        used = [*_local_uses(root_of(text))]
    except BadYamlError:
        return ()
    paths = (path for _, name, is_workflow in used for path in _paths_of(name, is_workflow=is_workflow))
    return tuple(dict.fromkeys(paths))[:MOST_PATHS]


def mistakes(text: str, present: Mapping[str, bool]) -> tuple[WorkflowMistake, ...]:
    """What is wrong in a workflow file, the first mistakes by line.

    `present` says of the paths of `local_paths` whether they exist; one that is not in it is taken to exist.
    """
    try:
        root = root_of(text)
    except BadYamlError as error:
        return (WorkflowMistake(error.line or 0, Mistake.UNREADABLE, (error.what,)),)
    if root is None or kind_of(root) != "mapping":
        return (WorkflowMistake(0, Mistake.EMPTY),)
    found = sorted([*_of_workflow(root), *_missing_files(root, present)], key=lambda mistake: mistake.line)
    return tuple(found[:MOST_MISTAKES])


def _of_workflow(root: Node) -> Iterator[WorkflowMistake]:
    yield from _repeated_keys(root)
    if value_at(root, "on") is None:
        yield WorkflowMistake(0, Mistake.NO_EVENTS)
    jobs = value_at(root, "jobs")
    if jobs is None or not [*pairs_of(jobs)]:
        yield WorkflowMistake(line_of(jobs) if jobs is not None else 0, Mistake.NO_JOBS)
    names = frozenset(words_of(name) for name, _ in pairs_of(jobs))
    for name, job in pairs_of(jobs):
        yield from _of_job(name, job, names)


def _of_job(name: Node, job: Node, names: Set[str]) -> Iterator[WorkflowMistake]:
    job_name = words_of(name)
    for needed in entries_of(value_at(job, "needs")):
        if words_of(needed) not in names:
            yield WorkflowMistake(line_of(needed), Mistake.UNKNOWN_NEED, (job_name, words_of(needed)))
        elif words_of(needed) == job_name:
            yield WorkflowMistake(line_of(needed), Mistake.NEEDS_ITSELF, (job_name,))
    if kind_of(job) == "mapping" and value_at(job, "uses") is None and value_at(job, "runs-on") is None:
        yield WorkflowMistake(line_of(name), Mistake.NO_RUNNER, (job_name,))


def _repeated_keys(node: Node) -> Iterator[WorkflowMistake]:
    """The keys that a mapping holds twice, which GitHub refuses. The depth of a document is bounded."""
    seen = set()
    for name, value in pairs_of(node):
        if words_of(name) in seen:
            yield WorkflowMistake(line_of(name), Mistake.REPEATED_KEY, (words_of(name),))
        seen.add(words_of(name))
        yield from _repeated_keys(value)
    for entry in entries_of(node) if kind_of(node) == "sequence" else ():
        yield from _repeated_keys(entry)


def _missing_files(root: Node, present: Mapping[str, bool]) -> Iterator[WorkflowMistake]:
    for use, name, is_workflow in _local_uses(root):
        paths = _paths_of(name, is_workflow=is_workflow)
        if not any(present.get(path, True) for path in paths):
            yield WorkflowMistake(line_of(use), Mistake.NO_WORKFLOW if is_workflow else Mistake.NO_ACTION, (name,))


def _local_uses(root: Node | None) -> Iterator[tuple[Node, str, bool]]:
    """Each `uses` of this repository's own files, its text, and whether it calls a workflow."""
    for _, job in pairs_of(value_at(root, "jobs")):
        steps = entries_of(value_at(job, "steps"))
        uses = [(value_at(job, "uses"), True), *((value_at(step, "uses"), False) for step in steps)]
        for use, is_workflow in uses:
            name = words_of(use)
            if use is not None and _LOCAL.fullmatch(name) and ".." not in name:
                yield use, name, is_workflow


def _paths_of(name: str, *, is_workflow: bool) -> tuple[str, ...]:
    path = name.removeprefix("./").rstrip("/")
    if is_workflow:
        return (path,)
    return tuple(f"{path}/{file}".lstrip("/") for file in _DEFINITIONS)
