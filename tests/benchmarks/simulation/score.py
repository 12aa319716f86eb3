"""How well a policy did, held against the truth."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.simulation.ledger import Entry, Ledger, Span
from benchmarks.simulation.world import Kind, Story, Trouble, World, key_of

GREENS = 2
"""Commits on which a job has to be green before its issue may be closed; of one that was ever flaky twice as many."""

_Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Score:
    """The figures of one policy.

    A trouble **outlives a sweep** if at some sweep before its end the newest attempt of a run was over, not superseded,
    and red because of it. A storm is one trouble in each job that it hits.

    opened       issues created
    reopened     issues opened again
    duplicates   openings of an issue while another one of the same key was open; of issues a run, of the same job
    precision    the share of the time in which issues were open in which a trouble of one of their jobs was on (of an
                 issue of one cause, that cause), or the proof of its end could not be there yet: up to the first sweep
                 by which a whole run of the job was green on `GREENS` commits that came after the end, on twice as many
                 if the job is or was flaky. A run that no longer has the job proves it as a green one does
    recall       of the breaks and storms that outlive a sweep, those that had an open issue of the job, or one of their
                 cause that names the job, at some sweep between the first that could see them and their end
    prompt       the same, but right after the first sweep that could see them
    closings     issues closed
    wrong        of these, closed while a break or storm of the issue was on of which a red run was over. A closing that
                 only comes before the first red run of a new trouble is not wrong, for nothing could tell
    while_flaky  closings, not in `wrong`, in the middle of the time in which the job is flaky, after its first red run.
                 Nobody can tell these from the end of it, so they are counted on their own
    soon         closings after which the same issue was opened again within a week
    events       starts and ends of troubles that outlive a sweep, of a storm once for all its jobs, and of a flaky job
                 once for its months. That a job in trouble is taken out is the end of the trouble
    comments     all comments
    """

    name: str
    sweeps: int
    opened: int
    reopened: int
    duplicates: int
    precision: float
    recall: float
    prompt: float
    closings: int
    wrong: int
    while_flaky: int
    soon: int
    events: int
    comments: int
    kinds: Mapping[str, int] = field(default_factory=dict)

    @property
    def wrong_share(self) -> float:
        """Wrong closings of all."""
        return self.wrong / self.closings if self.closings else 0.0

    @property
    def comments_an_event(self) -> float:
        """Comments per real event."""
        return self.comments / max(1, self.events)

    @property
    def noise_an_event(self) -> float:
        """Comments and new issues per real event."""
        return (self.comments + self.opened) / max(1, self.events)


class Truth:
    """The truth of a world, in the form in which it is asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.of_job: dict[str, list[Trouble]] = defaultdict(list)
        for one in world.troubles:
            self.of_job[one.job].append(one)
        self.reds = _reds(world)
        self._cleans = _cleans(world)

    def first_red(self, trouble: Trouble) -> datetime | None:
        """When the first red run of a trouble was over."""
        return min((start for start, _ in self.reds.get(trouble, ())), default=None)

    def first_sweep(self, trouble: Trouble, sweeps: Sequence[datetime]) -> datetime | None:
        """The first sweep that could see a trouble, where one could before its end."""
        found = (_sweep_in(sweeps, start, min(until, trouble.end)) for start, until in self.reds.get(trouble, ()))
        return min((one for one in found if one is not None), default=None)

    def proven(self, trouble: Trouble, sweeps: Sequence[datetime]) -> datetime:
        """The first sweep by which a job was green on enough commits after a trouble."""
        flaky = any(one.kind is Kind.FLAKY and one.start <= trouble.end for one in self.of_job[trouble.job])
        needed, commits = GREENS * (2 if flaky else 1), set[str]()
        ended = trouble.end
        cleans = self._cleans[trouble.job]
        for created, over, sha in cleans[bisect_left(cleans, (trouble.end,)) :]:
            commits.add(sha)
            ended = max(ended, over)
            if len(commits) == needed:
                return _sweep_in(sweeps, ended, self.world.end + timedelta(days=1)) or self.world.end
            assert created >= trouble.end
        return self.world.end

    def about(self, entry: Entry) -> list[Trouble]:
        """The troubles that an issue may stand for."""
        found = (one for job in sorted(entry.jobs) for one in self.of_job[job] if one.kind is not Kind.GONE)
        return [one for one in found if entry.cause in {"", one.cause}]


def _sweep_in(sweeps: Sequence[datetime], start: datetime, until: datetime) -> datetime | None:
    place = bisect_left(sweeps, start)
    return sweeps[place] if place < len(sweeps) and sweeps[place] < until else None


def _reds(world: World) -> Mapping[Trouble, list[_Interval]]:
    """From when to when a red run of each trouble is seen as such: until it is run again."""
    found: dict[Trouble, list[_Interval]] = defaultdict(list)
    never = world.end + timedelta(days=365)
    for story in world.stories:
        for number, attempt in enumerate(story.attempts):
            until = story.attempts[number + 1].started_at if number + 1 < len(story.attempts) else never
            causes = {world.causes[job.id] for job in attempt.jobs if job.id in world.causes}
            for cause in causes if attempt.conclusion == "failure" else ():
                found[cause].append((attempt.ended_at, until))
    return found


def _cleans(world: World) -> Mapping[str, list[tuple[datetime, datetime, str]]]:
    """The runs in which each job was green in all its legs, or was no more."""
    jobs = defaultdict[str, set[str]](set)
    for job in {one.job for one in world.troubles}:
        jobs[job.partition(" / ")[0]].add(job)
    found: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for story in world.stories:
        last = story.attempts[-1]
        if last.conclusion != "cancelled":
            for job in jobs[story.workflow.name] - set(_unclean(story)):
                found[job].append((story.created_at, last.ended_at, story.commit.sha))
    return found


def _unclean(story: Story) -> Iterator[str]:
    """The jobs of a run that were not green, a skipped one included."""
    for job in story.attempts[-1].jobs:
        if job.conclusion != "success":
            yield key_of(story.workflow.name, job.name)


# --- the figures ---------------------------------------------------------------------------------


def score(world: World, ledger: Ledger, truth: Truth | None = None) -> Score:
    """The figures of what a policy did."""
    truth = truth or Truth(world)
    first = {one: at for one in world.troubles if (at := truth.first_sweep(one, ledger.sweeps)) is not None}
    hard = [one for one in first if one.kind in {Kind.BREAK, Kind.STORM}]
    spans = [(entry, span) for entry in ledger.entries for span in entry.spans(world.end)]
    closed = [(entry, span) for entry, span in spans if span.closed]
    wrong = [pair for pair in closed if is_wrong(truth, *pair)]
    return Score(
        name=ledger.name,
        sweeps=len(ledger.sweeps),
        opened=len(ledger.entries),
        reopened=len(spans) - len(ledger.entries),
        duplicates=_duplicates(spans),
        precision=_precision(truth, spans, ledger.sweeps),
        recall=_part(sum(is_told(ledger, one, first[one], one.end) for one in hard), len(hard)),
        prompt=_part(sum(is_told(ledger, one, first[one], first[one]) for one in hard), len(hard)),
        closings=len(closed),
        wrong=len(wrong),
        while_flaky=sum(_is_on(truth, *pair, {Kind.FLAKY}) for pair in closed if pair not in wrong),
        soon=sum(_opens_soon(entry, span, world.end) for entry, span in closed),
        events=_events(first, world.end),
        comments=ledger.comments().total(),
        kinds=dict(sorted(ledger.comments().items())),
    )


def _part(some: float, whole: float) -> float:
    return some / whole if whole else 1.0


def _events(seen: Iterable[Trouble], end: datetime) -> int:
    bounds = {(one.cause, one.start if one.kind is Kind.STORM else (one.job, one.start)): one.end for one in seen}
    return len(bounds) + sum(over < end for over in bounds.values())


def is_told(ledger: Ledger, one: Trouble, first: datetime, until: datetime) -> bool:
    """Whether there was an open issue of a trouble's job, or of its cause that names the job, in this time."""
    ours = (entry for entry in ledger.entries if one.job in entry.jobs and entry.cause in {"", one.cause})
    spans = (span for entry in ours for span in entry.spans(until + timedelta(days=365)))
    return any(span.start <= until and span.end > first for span in spans)


def is_wrong(truth: Truth, entry: Entry, span: Span) -> bool:
    """Whether an issue was closed while what it stands for was still broken, and had been seen so."""
    return _is_on(truth, entry, span, {Kind.BREAK, Kind.STORM})


def _is_on(truth: Truth, entry: Entry, span: Span, kinds: set[Kind]) -> bool:
    for one in truth.about(entry):
        first = truth.first_red(one)
        if one.kind in kinds and one.is_on(span.end) and first is not None and first <= span.end:
            return True
    return False


def _opens_soon(entry: Entry, span: Span, end: datetime) -> bool:
    return any(span.end <= other.start < span.end + timedelta(days=7) for other in entry.spans(end))


def _duplicates(spans: Sequence[tuple[Entry, Span]]) -> int:
    by_job: dict[tuple[str, str], list[tuple[Entry, Span]]] = defaultdict(list)
    for entry, span in spans:
        for name in {entry.key} if not entry.key.startswith("run ") else entry.jobs:
            by_job[name, entry.cause].append((entry, span))
    doubled = {
        (id(entry), span.start)
        for same in by_job.values()
        for place, (entry, span) in enumerate(same)
        for other, beside in same[:place]
        if other is not entry and beside.holds(span.start)
    }
    return len(doubled)


def _precision(truth: Truth, spans: Iterable[tuple[Entry, Span]], sweeps: Sequence[datetime]) -> float:
    good = whole = timedelta()
    for entry, span in spans:
        due = sorted((one.start, truth.proven(one, sweeps)) for one in truth.about(entry))
        good += _overlap(due, span)
        whole += span.end - span.start
    return _part(good.total_seconds(), whole.total_seconds())


def _overlap(due: Iterable[_Interval], span: Span) -> timedelta:
    """How much of a span the intervals cover, which are in the order of their starts."""
    found, done = timedelta(), span.start
    for start, end in due:
        begin, over = max(start, done), min(end, span.end)
        if over > begin:
            found += over - begin
            done = over
    return found
