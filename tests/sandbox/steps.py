"""The steps of a story: what happens in the repository between two sweeps.

In one step things happen in this order: the clock moves, the repository and its workflows change, runs start, end and
go, refs are deleted, faults are set, and people change logs and issues.
"""

import json
import re
from datetime import datetime
from typing import get_args

from sandbox.box import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.fields import Fields, ScenarioError
from sandbox.scenario import REASONS, WORKFLOW_STATES
from sandbox.state import Issue

MARKER = re.compile(r"<!-- ci-failure-tracker (\{.*?\}) -->")
_NEWER_FIELDS = ("lines", "suspects")


def take_step(box: Sandbox, step: Fields) -> None:
    """Let everything happen that a step says. Raises `ScenarioError` where it says what cannot be."""
    for part in (_move_clock, _change_repository, _change_workflows, _go_on, _set_faults, _change_logs, _touch_issues):
        part(box, step)


def _move_clock(box: Sandbox, step: Fields) -> None:
    box.now = step.moment("now", box.now, box.now)


def _change_repository(box: Sandbox, step: Fields) -> None:
    change = step.inner("repository")
    name, branch = change.optional_text("name"), change.optional_text("default_branch")
    if name is not None and name.count("/") != 1:
        raise change.error("name", f"must be owner/name, not {name!r}")
    if name:
        box.rename_repository(name)
    if branch:
        box.change_default_branch(branch)
    change.done()


def _change_workflows(box: Sandbox, step: Fields) -> None:
    for change in step.mappings("workflow"):
        jobs = change.raw("jobs")
        box.change_workflow(
            change.text("name"),
            state=change.choice("state", WORKFLOW_STATES, "active") if "state" in change else None,
            new_name=change.optional_text("new_name"),
            jobs=None if jobs is None else [dict(job.items()) for job in change.mappings("jobs")],
        )
        change.done()
    for name in step.names("remove_workflow"):
        box.remove_workflow(name)


def _go_on(box: Sandbox, step: Fields) -> None:
    """Runs start, are run again, end and go."""
    box.add_runs([dict(run.items()) for run in step.mappings("runs")], f"{step.where}.runs")
    for key in ("rerun", "finish"):
        for again in step.mappings(key):
            entry = {name: value for name, value in again.items() if name not in ("workflow", "number")}
            box.rerun(again.text("workflow"), again.number("number", 0), entry, finish=key == "finish")
    if "delete_runs" in step:
        box.delete_runs(step.moment("delete_runs", box.now, box.now))
    box.delete_refs(step.names("delete_refs"))


def _set_faults(box: Sandbox, step: Fields) -> None:
    for entry in step.mappings("faults"):
        entry.choice("kind", get_args(FaultKind), "")
        for name in Fault.__dataclass_fields__:
            entry.raw(name)
        entry.done()
        box.inject(Fault(**dict(entry.items())))  # type: ignore[arg-type]


def _change_logs(box: Sandbox, step: Fields) -> None:
    for change in step.mappings("logs"):
        name, jobs = change.text("job"), box.runs[0].last.jobs
        found = next((job.id for job in jobs if job.name == name), None)
        if found is None:
            raise change.error("job", f"the newest run has no job {name!r}")
        box.change_log(found, change.text("log"))
        change.done()


def _touch_issues(box: Sandbox, step: Fields) -> None:
    """What people do to the issues."""
    for close in step.mappings("close"):
        reason = close.choice("reason", REASONS[:-1], "completed")
        box.close_issue(_issue(box, close).number, reason, at=_at(box, close))
        close.done()
    for reopen in step.mappings("reopen"):
        box.reopen_issue(_issue(box, reopen).number, at=_at(box, reopen))
        reopen.done()
    for new in step.mappings("open"):
        box.add_issue(new.text("title"), new.text("body", ""), new.names("labels"), new.optional_text("login"))
        new.done()
    for edit in step.mappings("edit"):
        _edit(box, edit)
    if "copy" in step:
        issue = _issue(box, step.inner("copy"))
        box.add_issue(issue.title, issue.body, issue.labels, login="github-actions[bot]")
    if "spoil" in step:
        issue = _issue(box, step.inner("spoil"))
        box.edit_issue(issue.number, body=(issue.body or "").replace('"count":', '"number":'))


def _at(box: Sandbox, fields: Fields) -> datetime | None:
    return fields.moment("at", box.now, box.now) if "at" in fields else None


def _issue(box: Sandbox, fields: Fields) -> Issue:
    number = fields.number("issue", 0)
    try:
        return box.issue(number)
    except ScenarioError:
        raise fields.error("issue", f"there is no issue {number} at this point") from None


def _edit(box: Sandbox, edit: Fields) -> None:
    issue = _issue(box, edit)
    more, less = edit.names("label"), edit.names("unlabel")
    labels = [name for name in [*issue.labels, *more] if name not in less]
    body = edit.text("body", issue.body or "") + edit.text("add", "")
    if removed := edit.text("remove", ""):
        body = body.replace(removed, "")
    if edit.flag("newer", default=False):
        body = body.replace('"v":1', '"v":9')
    if edit.flag("older", default=False):
        body = _with_older_marker(body)
    login = edit.optional_text("login")
    box.edit_issue(issue.number, title=edit.optional_text("title"), body=body, labels=labels, login=login)
    edit.done()


def _with_older_marker(body: str) -> str:
    """The body as an older version of the program left it."""
    marker = MARKER.search(body)
    if marker is None:
        raise ScenarioError("edit.older: the issue has no marker")
    old = {key: value for key, value in json.loads(marker[1]).items() if key not in _NEWER_FIELDS}
    return MARKER.sub(lambda _: f"<!-- ci-failure-tracker {json.dumps(old)} -->", body)
