"""Numbers and names that GitHub would have given: the same for the same input, and of a real magnitude."""

import base64
import hashlib
from collections.abc import Container
from datetime import UTC, datetime

_DAY_ZERO = datetime(2025, 7, 1, tzinfo=UTC)
_FIRST_RUN = 17_000_000_000
_FIRST_JOB = 50_000_000_000
_FIRST_SUITE = 46_000_000_000
_MAX_INT32 = 0xFFFFFFFF
_INT64 = 0xCF

# Accounts whose numbers are the same in every repository on GitHub.
_WELL_KNOWN_ACCOUNTS = {"github-actions[bot]": 41898282, "dependabot[bot]": 49699333}


def digest(*parts: object) -> str:
    """40 hexadecimal digits that depend on nothing but the parts: a commit's sha, a tree, a signature."""
    text = "\0".join(str(part) for part in parts)
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def number(*parts: object, start: int, span: int) -> int:
    """A number in `start .. start + span`, the same for the same parts."""
    return start + int(digest(*parts)[:15], 16) % span


def account_id(login: str) -> int:
    """The number of an account."""
    return _WELL_KNOWN_ACCOUNTS.get(login) or number("account", login, start=1_000_000, span=190_000_000)


def run_id(created_at: datetime, taken: Container[int], offset: int = 0) -> int:
    """The number of a run: later runs of a repository have greater ones, as on GitHub."""
    return _free(_FIRST_RUN + offset + _seconds(created_at) * 10, taken)


def job_id(started_at: datetime, taken: Container[int], offset: int = 0) -> int:
    """The number of a job, which is also the number of its check run."""
    return _free(_FIRST_JOB + offset + _seconds(started_at) * 100, taken)


def check_suite_id(of_run: int) -> int:
    """The number of the check suite that holds a run's jobs."""
    return _FIRST_SUITE + (of_run - _FIRST_RUN) * 3


def node_id(prefix: str, *numbers: int) -> str:
    """A global node id: a prefix, then a packed list of the numbers, the way GitHub encodes it."""
    kind = 0x02 if prefix == "WFR" else 0x00
    packed = bytes([0x91 + len(numbers), kind]) + b"".join(_packed(n) for n in numbers)
    return f"{prefix}_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def numbers_in(node: str) -> list[int]:
    """The numbers that a node id was made of; those of anything in a repository begin with the repository's."""
    packed = node.partition("_")[2]
    try:
        numbers = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))[2:]
    except ValueError:
        return []
    found = []
    while numbers:
        end = 9 if numbers[0] == _INT64 else 5
        found.append(int.from_bytes(numbers[1:end], "big"))
        numbers = numbers[end:]
    return found


def _packed(value: int) -> bytes:
    if value > _MAX_INT32:
        return bytes([_INT64]) + value.to_bytes(8, "big")
    return b"\xce" + value.to_bytes(4, "big")


def _seconds(moment: datetime) -> int:
    return int((moment - _DAY_ZERO).total_seconds())


def _free(candidate: int, taken: Container[int]) -> int:
    while candidate in taken:
        candidate += 1
    return candidate
