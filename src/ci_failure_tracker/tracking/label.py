"""Puts the label back on issues that were found without it."""

from __future__ import annotations

import dataclasses

from ci_failure_tracker.model import Decision, Problem, Severity, Skip
from ci_failure_tracker.tracking.decide import Findings


def with_label(findings: Findings) -> Findings:
    """The findings with the label of the tracker in the decisions about issues that lack it, and a warning."""
    snapshot, decisions = findings.snapshot, findings.decisions
    lacking = {
        decision.issue.number
        for decision in decisions.made
        if decision.issue and decision.issue.number in snapshot.unlabelled
    }
    if not lacking:
        return findings
    numbers = ", ".join(f"#{number}" for number in sorted(lacking))
    warning = Problem(
        Severity.WARNING,
        f"The label {snapshot.label!r} was missing on {numbers}; the sweep puts it back.",
        "If you renamed the label, give its new name in `labels`.",
    )
    labelled = tuple(_labelled(decision, snapshot.label, lacking) for decision in decisions.all)
    problems = (*decisions.problems, warning)
    return dataclasses.replace(findings, decisions=dataclasses.replace(decisions, all=labelled, problems=problems))


def _labelled(decision: Decision | Skip, label: str, lacking: set[int]) -> Decision | Skip:
    if isinstance(decision, Skip) or decision.issue is None or decision.issue.number not in lacking:
        # A skip writes nothing, so it cannot put the label back.
        return decision
    reason = decision.reason or f"the label {label!r} was missing"
    return dataclasses.replace(decision, reason=reason, labels=(label, *decision.labels))
