"""The primary rate limits: how much each token has left, and what the answers say of it."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.call import JsonObject, Refusal
from sandbox.state import Token

_HOUR = 3600
_ANONYMOUS = 60
_ANONYMOUS_SEARCH = 30


@dataclass
class Budget:
    """What is left of one limit. Clients compare its end with their own clock, so it is real time."""

    resource: str
    limit: int
    reset: int
    used: int = 0

    @property
    def remaining(self) -> int:
        """Requests that are left until the reset; never below zero."""
        return max(self.limit - self.used, 0)

    @property
    def reset_moment(self) -> datetime:
        """When the limit is full again, in UTC."""
        return datetime.fromtimestamp(self.reset, UTC)

    def headers(self) -> dict[str, str]:
        """What every answer says of the limit."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Resource": self.resource,
        }

    def payload(self) -> JsonObject:
        """The limit as `/rate_limit` shows it."""
        return {
            "limit": self.limit,
            "used": self.used,
            "remaining": self.remaining,
            "reset": self.reset,
            "resource": self.resource,
        }


@dataclass
class RateLimits:
    """The limits of every token."""

    _budgets: dict[tuple[str, str], Budget] = field(default_factory=dict)

    def budget(self, token: Token | None, resource: str) -> Budget:
        """The budget a request of this token is taken from."""
        key = (token.value if token else "", resource)
        found = self._budgets.get(key)
        if found is None or found.reset <= time.time():
            window = 60 if resource == "search" else _HOUR
            found = self._budgets[key] = Budget(resource, _limit(token, resource), int(time.time()) + window)
        return found

    def payload(self, token: Token | None) -> JsonObject:
        """The answer of `/rate_limit`."""
        resources = {name: self.budget(token, name).payload() for name in ("core", "search", "graphql")}
        return {"resources": resources, "rate": resources["core"]}


def _limit(token: Token | None, resource: str) -> int:
    if token is None:
        return _ANONYMOUS_SEARCH if resource == "search" else _ANONYMOUS
    return {"search": token.search_limit, "graphql": token.graphql_limit}.get(resource, token.rate_limit)


def exhausted(budget: Budget, *, anonymous: bool = False) -> Refusal:
    """What GitHub says when nothing is left; without a token, all who share an address share a limit."""
    spent = Budget(budget.resource, budget.limit, budget.reset, used=budget.limit)
    whose = "203.0.113.7. (But here's the good news: Authenticated requests get a higher rate limit.)"
    return Refusal(
        403, f"API rate limit exceeded for {whose if anonymous else 'installation.'}", headers=spent.headers()
    )
