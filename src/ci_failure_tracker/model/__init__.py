"""The types of the project: what GitHub answers, what the tracker learns from it, and what it decides and writes.

A module is imported when one of its names is first used: `explain` needs few of them and is to start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ci_failure_tracker.model.decisions import (
        Closed,
        Comment,
        CurrentFailure,
        Decision,
        DecisionKind,
        Decisions,
        DuplicateOf,
        IssueRef,
        News,
        Reopened,
        Skip,
        SkipReason,
    )
    from ci_failure_tracker.model.diagnosis import (
        Diagnose,
        Diagnosis,
        ExcerptLine,
        Failure,
        FailureKind,
        JobDiagnosis,
        JobSource,
        LineRange,
        LogCounts,
        LogRequest,
        LogRequests,
        LogUnavailable,
    )
    from ci_failure_tracker.model.github import (
        ALL_JOBS,
        SCHEDULE,
        Annotation,
        Closer,
        Commit,
        Issue,
        Job,
        Repository,
        Run,
        RunJobs,
        Step,
        Workflow,
    )
    from ci_failure_tracker.model.history import (
        OTHER_LEGS,
        BranchStatus,
        FailedLeg,
        Flaky,
        History,
        Identity,
        IdentityKind,
        NeverRan,
        NeverRanReason,
        Observation,
        Occurrence,
        RedLeg,
        RetireReason,
        RunRef,
    )
    from ci_failure_tracker.model.needs import Needs, Query, RunList
    from ci_failure_tracker.model.outcome import Outcome
    from ci_failure_tracker.model.problems import Problem, Severity
    from ci_failure_tracker.model.refs import (
        QUEUE,
        TAGS,
        RefKind,
        Refs,
        Tag,
        TagRun,
        Watched,
        is_glob,
        is_on,
        shown_ref,
    )
    from ci_failure_tracker.model.snapshot import (
        MAX_REQUESTS,
        CommitOrigin,
        CommitsBetween,
        MissedSchedule,
        NewestRuns,
        NotLookedAt,
        Requests,
        Schedule,
        ShortRun,
        Snapshot,
        Suspect,
        Unclear,
        Window,
    )
    from ci_failure_tracker.model.state import (
        SHORT_FAILURE,
        Cause,
        Checkpoint,
        CloseReason,
        Closing,
        Evidence,
        LegCount,
        Mistake,
        StartFailure,
        State,
        WorkflowMistake,
    )
    from ci_failure_tracker.model.trials import MOST_PASSES, Trials
    from ci_failure_tracker.model.writes import Action, Change, Close, Create, Reopen, Result, Update, WriteStatus, verb

__all__ = [
    "ALL_JOBS",
    "MAX_REQUESTS",
    "MOST_PASSES",
    "OTHER_LEGS",
    "QUEUE",
    "SCHEDULE",
    "SHORT_FAILURE",
    "TAGS",
    "Action",
    "Annotation",
    "BranchStatus",
    "Cause",
    "Change",
    "Checkpoint",
    "Close",
    "CloseReason",
    "Closed",
    "Closer",
    "Closing",
    "Comment",
    "Commit",
    "CommitOrigin",
    "CommitsBetween",
    "Create",
    "CurrentFailure",
    "Decision",
    "DecisionKind",
    "Decisions",
    "Diagnose",
    "Diagnosis",
    "DuplicateOf",
    "Evidence",
    "ExcerptLine",
    "FailedLeg",
    "Failure",
    "FailureKind",
    "Flaky",
    "History",
    "Identity",
    "IdentityKind",
    "Issue",
    "IssueRef",
    "Job",
    "JobDiagnosis",
    "JobSource",
    "LegCount",
    "LineRange",
    "LogCounts",
    "LogRequest",
    "LogRequests",
    "LogUnavailable",
    "MissedSchedule",
    "Mistake",
    "Needs",
    "NeverRan",
    "NeverRanReason",
    "NewestRuns",
    "News",
    "NotLookedAt",
    "Observation",
    "Occurrence",
    "Outcome",
    "Problem",
    "Query",
    "RedLeg",
    "RefKind",
    "Refs",
    "Reopen",
    "Reopened",
    "Repository",
    "Requests",
    "Result",
    "RetireReason",
    "Run",
    "RunJobs",
    "RunList",
    "RunRef",
    "Schedule",
    "Severity",
    "ShortRun",
    "Skip",
    "SkipReason",
    "Snapshot",
    "StartFailure",
    "State",
    "Step",
    "Suspect",
    "Tag",
    "TagRun",
    "Trials",
    "Unclear",
    "Update",
    "Watched",
    "Window",
    "Workflow",
    "WorkflowMistake",
    "WriteStatus",
    "is_glob",
    "is_on",
    "shown_ref",
    "verb",
]

_MODULES = (
    *("outcome", "diagnosis", "problems", "github", "trials", "refs", "history"),
    *("needs", "snapshot", "state", "decisions", "writes"),
)
"""Where a name is looked for, in the order in which the modules import each other."""


def __getattr__(name: str) -> object:
    for module in _MODULES if name in __all__ else ():
        found = vars(import_module(f"{__name__}.{module}"))
        if name in found:
            globals()[name] = found[name]
            return found[name]
    raise AttributeError(name)
