"""Why GitHub could not start a workflow: what is wrong in its file, as far as the file itself shows it.

A run that did not start has no jobs and no log. What GitHub accepts is never called a mistake: where this program's
reader of YAML is stricter than GitHub's, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
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
_MERGE = "<<"
"""The key that merges another mapping into this one; what that holds is not known here."""

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

    `present` says of the paths of `local_paths` whether they exist; one that is not in it is taken to exist. A missing
    action is named only if nothing else is wrong, because it is looked for when its step runs.
    """
    try:
        root = root_of(text)
    except BadYamlError as error:
        # Without a line, the mistake may be one that only this reader of YAML sees.
        return () if error.line is None else (WorkflowMistake(error.line, Mistake.UNREADABLE, (error.what,)),)
    if root is None or kind_of(root) != "mapping":
        return (WorkflowMistake(0, Mistake.EMPTY),)
    found = dict.fromkeys((*_of_workflow(root), *_missing_files(root, present)))
    # A missing action fails a step, and the run has jobs then. Beside another mistake it did not stop the start.
    certain = [mistake for mistake in found if mistake.mistake is not Mistake.NO_ACTION]
    return tuple(sorted(certain or found, key=lambda mistake: mistake.line)[:MOST_MISTAKES])


def _of_workflow(root: Node) -> Iterator[WorkflowMistake]:
    yield from _repeated_keys(root, set())
    if _lacks(root, "on"):
        yield WorkflowMistake(0, Mistake.NO_EVENTS)
    jobs = value_at(root, "jobs")
    if _lacks(root, "jobs") or (jobs is not None and not [*pairs_of(jobs)]):
        yield WorkflowMistake(line_of(jobs) if jobs is not None else 0, Mistake.NO_JOBS)
    names = frozenset(words_of(name).casefold() for name, _ in pairs_of(jobs))
    read: set[Node] = set()
    for name, job in pairs_of(jobs):
        for once in _unread((job,), read):
            yield from _of_job(name, once, names, read)


def _of_job(name: Node, job: Node, names: Set[str], read: set[Node]) -> Iterator[WorkflowMistake]:
    job_name = words_of(name)
    needs = (needed for list_ in _unread((value_at(job, "needs"),), read) for needed in entries_of(list_))
    for needed in needs:
        need = words_of(needed)
        # GitHub decides on an expression when the run starts. The file alone does not say what it gives.
        if not need or "${{" in need:
            continue
        if need.casefold() not in names:  # GitHub compares the names of jobs in any case
            yield WorkflowMistake(line_of(needed), Mistake.UNKNOWN_NEED, (job_name, need))
        elif need.casefold() == job_name.casefold():
            yield WorkflowMistake(line_of(needed), Mistake.NEEDS_ITSELF, (job_name,))
    if kind_of(job) == "mapping" and _lacks(job, "uses", "runs-on"):
        yield WorkflowMistake(line_of(name), Mistake.NO_RUNNER, (job_name,))


def _lacks(mapping: Node, *keys: str) -> bool:
    """Whether a mapping has none of the keys, as far as it can be seen."""
    return all(value_at(mapping, key) is None for key in (*keys, _MERGE))


def _unread(nodes: Iterable[Node | None], read: set[Node]) -> Iterator[Node]:
    """The nodes that were not read before. An alias leads to a node again, and even to one that holds the alias."""
    for node in nodes:
        if node is not None and node not in read:
            read.add(node)
            yield node


def _repeated_keys(node: Node, read: set[Node]) -> Iterator[WorkflowMistake]:
    """The keys that a mapping holds twice, which GitHub refuses."""
    seen = set()
    for name, _ in pairs_of(node):
        key = words_of(name)
        if key in seen and key != _MERGE:
            yield WorkflowMistake(line_of(name), Mistake.REPEATED_KEY, (key,))
        if key:
            seen.add(key)
    inner = (value for _, value in pairs_of(node)) if kind_of(node) == "mapping" else entries_of(node)
    for value in _unread(inner, read):
        yield from _repeated_keys(value, read)


def _missing_files(root: Node, present: Mapping[str, bool]) -> Iterator[WorkflowMistake]:
    for use, name, is_workflow in _local_uses(root):
        paths = _paths_of(name, is_workflow=is_workflow)
        # A path that was not looked up counts as there: a wrong accusation is worse than silence.
        if not any(present.get(path, True) for path in paths):
            yield WorkflowMistake(line_of(use), Mistake.NO_WORKFLOW if is_workflow else Mistake.NO_ACTION, (name,))


def _local_uses(root: Node | None) -> Iterator[tuple[Node, str, bool]]:
    """Each `uses` of this repository's own files, its text, and whether it calls a workflow."""
    read: set[Node] = set()
    for job in _unread((job for _, job in pairs_of(value_at(root, "jobs"))), read):
        steps = (step for steps in _unread((value_at(job, "steps"),), read) for step in entries_of(steps))
        uses = [(value_at(job, "uses"), True), *((value_at(step, "uses"), False) for step in _unread(steps, read))]
        for use, is_workflow in uses:
            name = words_of(use)
            if use is not None and _LOCAL.fullmatch(name) and ".." not in name:
                yield use, name, is_workflow


def _paths_of(name: str, *, is_workflow: bool) -> tuple[str, ...]:
    path = name.removeprefix("./").rstrip("/")
    if is_workflow:
        return (path,)
    return tuple(f"{path}/{file}".lstrip("/") for file in _DEFINITIONS)
