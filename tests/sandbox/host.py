"""What one server has: accounts, tokens and repositories. A repository is made when somebody first asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.state import Account, ListedRepository, Repository, State, Token, account_in

if TYPE_CHECKING:  # it imports the routes of artifacts, and with them this module
    from sandbox.history import History

_APART = 10**10
"""More than the numbers of one repository take up in three years."""

Made = tuple[State, "History"]
Fill = Callable[[State], "History"]


@dataclass
class _Place:
    """A repository as it was declared, how it is made, and what was made."""

    declared: Repository
    now: datetime
    make: Callable[[], Made]
    made: Made | None = None

    @property
    def repository(self) -> Repository:
        return self.made[0].repository if self.made else self.declared

    def open(self) -> Made:
        if self.made is None:
            self.made = self.make()
        return self.made


@dataclass
class Host:
    """The accounts, tokens and repositories of one server."""

    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    _places: dict[str, _Place] = field(default_factory=dict)
    _numbers: dict[int, _Place] = field(default_factory=dict)

    def declare(self, repository: Repository, now: datetime, fill: Fill) -> None:
        """Add a repository. `fill` puts into it what it has, when somebody first asks for that."""
        self.accounts.setdefault(repository.owner, Account(repository.owner, "Organization", "OWNER"))
        offset = _APART * len(self._places)

        def make() -> Made:
            state = State(repository, now, self.accounts, self.tokens, id_offset=offset)
            return state, fill(state)

        self._add(_Place(repository, now, make))

    def add(self, state: State, history: History) -> None:
        """Add a repository that is made already."""
        self._add(_Place(state.repository, state.now, lambda: (state, history), (state, history)))

    def _add(self, place: _Place) -> None:
        self._places[place.declared.full_name.lower()] = self._numbers[place.declared.id] = place

    @property
    def repositories(self) -> list[Repository]:
        """The repositories, in the order in which they were added."""
        return [place.repository for place in self._places.values()]

    def listed(self) -> Iterator[ListedRepository]:
        """The repositories as lists show them. None is made for it."""
        for place in self._places.values():
            known = place.repository
            pushed_at = known.pushed_at or known.created_at
            unmade = ListedRepository(known, self.account(known.owner), pushed_at, updated_at=place.now)
            yield place.made[0].listed if place.made else unmade

    def made(self) -> list[State]:
        """What somebody has asked for."""
        return [place.made[0] for place in self._places.values() if place.made]

    def open(self, full_name: str) -> Made | None:
        """The repository of a name that it has or had."""
        name = full_name.lower()
        place = self._places.get(name)
        if place is None or place.repository.full_name.lower() != name:
            place = next((one for one in self._places.values() if name in _names(one.repository)), None)
        return place.open() if place else None

    def find(self, full_name: str) -> State | None:
        """What is in the repository of a name that it has or had."""
        found = self.open(full_name)
        return found[0] if found else None

    def find_number(self, number: int) -> State | None:
        """What is in the repository of a number."""
        place = self._numbers.get(number)
        return place.open()[0] if place else None

    def know(self, account: Account) -> None:
        """Add an account, or replace what was known of it."""
        self.accounts[account.login] = account

    def account(self, login: str) -> Account:
        """The account of a login; one nobody declared is a stranger."""
        return account_in(self.accounts, login)

    def owner(self, login: str) -> Account | None:
        """The account of a login, in whatever case it is written, if there is one."""
        return next((one for one in self.accounts.values() if one.login.lower() == login.lower()), None)


def host_of(state: State, history: History) -> Host:
    """A server with one repository."""
    host = Host(state.accounts, state.tokens)
    host.add(state, history)
    return host


def _names(repository: Repository) -> tuple[str, ...]:
    return tuple(name.lower() for name in (repository.full_name, *repository.former_names))
