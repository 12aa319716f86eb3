"""The issues and causes for programs, as `report.json` holds them."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from ci_failure_tracker.rendering.markdown import log_lines, plain
from ci_failure_tracker.reporting.ledger import CauseLook, IssueLook, Ledger

_LONGEST = 2_000


def ledger_as_json(ledger: Ledger, url: str) -> dict[str, Any]:
    """`issues` and `causes`; `url` is the repository's."""
    return {
        "issues": [_issue_as_json(one, url) for one in ledger.issues],
        "causes": [_cause_as_json(one) for one in ledger.causes],
    }


def _issue_as_json(one: IssueLook, url: str) -> dict[str, Any]:
    return {
        **dataclasses.asdict(one),
        "url": f"{url}/issues/{one.number}",
        "title": _shown(one.title),
        "workflow": _shown(one.workflow) or None,
        "job": _shown(one.job) or None,
        "opened_at": _moment(one.opened_at),
        "closed_at": _moment(one.closed_at),
        "last_seen": _moment(one.last_seen),
    }


def _cause_as_json(one: CauseLook) -> dict[str, Any]:
    return {
        "signature": one.signature,
        "headline": _shown(one.headline) or None,
        "count": one.count,
        "first_seen": one.first_seen.isoformat(),
        "last_seen": one.last_seen.isoformat(),
        "jobs": [{"workflow": _shown(workflow), "job": _shown(job)} for workflow, job in one.jobs],
        "issues": list(one.issues),
        "lines": [
            {"number": line.number, "text": text}
            for line, text in zip(one.lines, log_lines(line.text for line in one.lines), strict=True)
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _shown(text: str) -> str:
    return plain(text, _LONGEST)
