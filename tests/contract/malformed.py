"""The fields that a sweep reads of each kind of answer, and answers in which one of them has the wrong form."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from ci_failure_tracker.github.client import MeteredRequester
from sandbox import Fault

Path = tuple[str, ...]
"""The keys that lead to a part of an answer; `[]` stands for each item of a list."""

EACH = "[]"
_OBJECT = re.compile(r"o\d+$")


def _anything(_answer: Any) -> bool:
    return True


def _graphql(name: str) -> Callable[[Any], bool]:
    return lambda answer: isinstance(answer, dict) and name in str(answer.get("data"))


@dataclass(frozen=True)
class Kind:
    """A kind of answer: to which requests it comes, and how to know it if these get other answers as well."""

    name: str
    method: str
    path: str
    fits: Callable[[Any], bool] = _anything


KINDS = (
    Kind("repository", "GET", "/example$"),
    Kind("workflows", "GET", "/actions/workflows$"),
    Kind("runs", "GET", r"/actions/runs\?(?!.*event=schedule)"),
    Kind("scheduled runs", "GET", r"/actions/runs\?.*event=schedule"),
    Kind("newest scheduled run", "GET", r"/actions/workflows/\d+/runs\?"),
    Kind("open issues", "GET", r"/issues\?(?!.*sort=).*state=open"),
    Kind("closed issues", "GET", r"/issues\?.*state=closed"),
    Kind("newest open issues", "GET", r"/issues\?.*sort=created"),
    Kind("comments", "GET", r"/issues/\d+/comments"),
    Kind("labels", "GET", "/labels$"),
    Kind("jobs", "GET", r"/runs/\d+/jobs"),
    Kind("annotations", "GET", "/annotations"),
    Kind("jobs of runs", "POST", "/graphql$", _graphql("'nodes': [{'all'")),
    Kind("viewer", "POST", "/graphql$", _graphql("'viewer'")),
    Kind("workflow files", "POST", "/graphql$", _graphql("'entries'")),
    Kind("closers", "POST", "/graphql$", _graphql("'timelineItems'")),
    Kind("closed long ago", "POST", "/graphql$", _graphql("'issueCount'")),
    Kind("newest runs of workflows", "POST", "/graphql$", _graphql("'runs': {'totalCount'")),
    Kind("changes of runs", "POST", "/graphql$", _graphql("'updatedAt'")),
    Kind("tags", "POST", "/graphql$", _graphql("'refs'")),
    Kind("commits", "POST", "/graphql$", _graphql("'history'")),
    Kind("origins of commits", "POST", "/graphql$", _graphql("'associatedPullRequests'")),
    Kind("owners", "POST", "/graphql$", _graphql("'byteSize'")),
    Kind("changes of a commit", "GET", r"/commits/\w+$"),
    Kind("new label", "POST", "/example/labels$"),
    Kind("new issue", "POST", "/example/issues$"),
    Kind("changed issue", "PATCH", r"/issues/\d+$"),
    Kind("new comment", "POST", r"/issues/\d+/comments$"),
    Kind("labels of an issue", "POST", r"/issues/\d+/labels$"),
)


# --- which fields are read -----------------------------------------------------------------------


class _Watched(dict[str, Any]):
    """An object that notes which of its keys are read."""

    def __init__(self, data: Mapping[str, Any], path: Path, read: dict[Path, None]) -> None:
        super().__init__({key: _watched(value, (*path, _name(key)), read) for key, value in data.items()})
        self._path, self._read = path, read

    def __getitem__(self, key: str) -> Any:
        self._read[*self._path, _name(key)] = None
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._read[*self._path, _name(key)] = None
        return super().get(key, default)


def _name(key: str) -> str:
    return "o*" if _OBJECT.match(key) else key


def _watched(data: Any, path: Path, read: dict[Path, None]) -> Any:
    if isinstance(data, dict):
        return _Watched(data, path, read)
    if isinstance(data, list):
        return [_watched(item, (*path, EACH), read) for item in data]
    return data


@dataclass
class Fields:
    """The fields that sweeps read, by the kind of answer."""

    by_kind: dict[str, dict[Path, None]] = field(default_factory=dict)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what is read in the meantime."""
        original = MeteredRequester.requestJsonAndCheck

        def watching(requester: Any, verb: str, url: str, *args: Any, **kwargs: Any) -> Any:
            headers, data = original(requester, verb, url, *args, **kwargs)
            whole = f"{url}?{urlencode(kwargs.get('parameters') or {})}"
            kind = next(
                kind
                for kind in KINDS
                if kind.method == verb and kind.fits(data) and any(re.search(kind.path, text) for text in (url, whole))
            )
            read = self.by_kind.setdefault(kind.name, {(): None})
            if isinstance(data, list):
                read[EACH,] = None
            return headers, _watched(data, (), read)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(MeteredRequester, "requestJsonAndCheck", watching)
            yield


# --- one field in another form -------------------------------------------------------------------

FORMS = ("missing", "null", "another type")
_OTHER: Mapping[type, Any] = {str: 7, int: "seven", bool: "yes", list: {"0": 1}, dict: [1], type(None): 7}


@dataclass(frozen=True)
class Case:
    """A field of a kind of answer in another form: in each item of a list, or only in the first."""

    kind: Kind
    path: Path
    form: str
    everywhere: bool

    def __str__(self) -> str:
        where = "everywhere" if self.everywhere else "once"
        return f"{self.kind.name}: {'.'.join(self.path) or 'the answer'} {self.form}, {where}"

    def fault(self) -> Fault:
        return Fault("malformed", self.kind.method, self.kind.path, times=None, change=self.changed)

    def changed(self, answer: Any) -> Any:
        if not self.kind.fits(answer):
            return answer
        holder = {"answer": copy.deepcopy(answer)}
        _change(holder, ("answer", *self.path), self.form, self.everywhere)
        return holder.get("answer", {})


def _change(data: Any, path: Path, form: str, everywhere: bool) -> bool:
    """Change a part; whether there was one."""
    key, *rest = path
    keys = _keys(data, key)
    done = False
    for place in keys:
        if rest:
            done = _change(data[place], tuple(rest), form, everywhere) or done
        else:
            _put(data, place, form)
            done = True
        if done and not everywhere:
            break
    return done


def _keys(data: Any, key: str) -> list[Any]:
    if key == EACH:
        return list(range(len(data))) if isinstance(data, list) else []
    return [name for name in data if _name(name) == key] if isinstance(data, dict) else []


def _put(data: Any, place: Any, form: str) -> None:
    if form == "another type":
        data[place] = _OTHER[type(data[place])]
    elif form == "null" or isinstance(data, list):
        data[place] = None
    else:
        del data[place]


def cases_of(fields: Fields) -> list[Case]:
    kinds = {kind.name: kind for kind in KINDS}
    return [
        Case(kinds[name], path, form, everywhere)
        for name, read in fields.by_kind.items()
        for path in read
        for form in FORMS
        for everywhere in ((True, False) if EACH in path or "o*" in path else (True,))
        if not (path and path[-1] == EACH and form == "missing")
    ]
