"""Reads the pages of a list from the REST API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from requests.utils import parse_header_links

from ci_failure_tracker.github.answers import Page, page
from ci_failure_tracker.github.client import MeteredRequester
from ci_failure_tracker.github.fields import FormError

MOST_ON_A_PAGE = 100


def read_pages(
    requester: MeteredRequester,
    address: str,
    key: str = "",
    parameters: Mapping[str, object] | None = None,
    most: int = MOST_ON_A_PAGE,
) -> Iterator[Page]:
    """The pages of a list, whose items stand under a key of each page; each is read only when it is needed.

    A page has at most `most` items.

    Raises:
        FormError: a page is no such list, or the pages have no end.
    """
    given: dict[str, Any] | None = {**(parameters or {}), "per_page": most}
    read: set[str] = set()
    following: str | None = address
    while following is not None:
        if following in read:
            raise FormError("the pages of the list have no end")
        read.add(following)
        headers, data = requester.requestJsonAndCheck("GET", following, parameters=given)
        listed = page(data, key)
        yield listed
        following, given = _next_page(headers) if listed.items else None, None


def first_page(
    requester: MeteredRequester,
    address: str,
    key: str = "",
    parameters: Mapping[str, object] | None = None,
    most: int = MOST_ON_A_PAGE,
) -> Page:
    """The first page of a list, with at most so many items."""
    return next(read_pages(requester, address, key, parameters, most))


def read_list(
    requester: MeteredRequester,
    address: str,
    key: str = "",
    parameters: Mapping[str, object] | None = None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Page:
    """All pages as one; those up to a page after which the list is no longer wanted."""
    pages = []
    for listed in read_pages(requester, address, key, parameters):
        pages.append(listed)
        if not is_wanted():
            break
    totals = (read.total for read in pages if read.total is not None)
    return Page([item for read in pages for item in read.items], max(totals, default=None))


def _next_page(headers: Mapping[str, Any]) -> str | None:
    links = parse_header_links(str(headers.get("link") or ""))
    return next((link["url"] for link in links if link.get("rel") == "next" and "url" in link), None)
