"""Each row of the table of tokens, with tokens that are made here: no token stands in a file.

The tokens are random, but the same in each run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter, ascii_letters, ascii_lowercase, ascii_uppercase, digits

import pytest

from ci_failure_tracker.text.redaction import redacted, redacted_lines
from ci_failure_tracker.text.redaction.kinds import MASK
from ci_failure_tracker.text.redaction.token_table import ALPHABETS, TOKENS, Token
from each import each

CHARACTERS = {
    "digit": digits,
    "hex": "0123456789abcdef",
    "lower": ascii_lowercase + digits,
    "upper": ascii_uppercase + digits,
    "alnum": ascii_letters + digits,
    "word": ascii_letters + digits + "_",
    "url": ascii_letters + digits + "_-",
    "base64": ascii_letters + digits + "+/",
    "dotted": ascii_letters + digits,
    "entra": ascii_letters + digits + "_",
    "cookie": ascii_letters + digits + "-",
    "percent": ascii_letters + digits,
}
SHORT_REST = 6
"""Letters at the end of a token whose length varies look like the next word."""
ROOT = Path(__file__).parents[2]
TOKENS_OF_A_FORM = 3


def made(prefix: str, rest: str, chance: random.Random) -> str:
    """A random token of a form, as long as the vendor's."""
    text = prefix
    for literal, alphabet, length, _ in Formatter().parse(rest):
        text += literal
        if alphabet and length:
            shortest, _, longest = length.removeprefix("=").partition("-")
            text += "".join(
                chance.choices(CHARACTERS[alphabet], k=chance.randint(int(shortest), int(longest or shortest)))
            )
    return text


def tokens(row: Token) -> Iterator[str]:
    chance = random.Random(f"{row.vendor} {row.prefixes} {row.rest}")  # noqa: S311
    for prefix in row.prefixes.split() or [""]:
        for _ in range(TOKENS_OF_A_FORM):
            yield made(prefix, row.rest, chance)


def name(row: Token) -> str:
    return f"{row.vendor} {row.prefixes[:20]}"


PLACES: dict[str, Callable[[str], str]] = {
    "prose": lambda token: f"The server refused {token}. Try again",
    "first": lambda token: f"{token}: unauthorized",
    "alone": lambda token: token,
    "header": lambda token: f"> X-Custom: {token}",
    "bearer": lambda token: f"> Authorization: Bearer {token}",
    "JSON": lambda token: f'{{"id": 7, "it": "{token}", "x": null}}',
    "JSON in JSON": lambda token: f'{{\\"it\\":\\"{token}\\",\\"x\\":1}}',
    "query": lambda token: f"GET https://example.com/x?it={token}&page=2 403",
    "escape": lambda token: f"GET https://example.com/x%3Fit%3D{token}%26page 403",
    "path": lambda token: f"GET https://example.com/bot/{token}/send 403",
    "address": lambda token: f"clone https://user:{token}@example.com/o/r.git failed",
    "user": lambda token: f"clone https://{token}@example.com/o/r.git failed",
    "variable": lambda token: f"export IT={token}",
    "YAML": lambda token: f"  it: {token}",
    "quotes": lambda token: f"it='{token}';",
    "backticks": lambda token: f"used `{token}`, see the docs",
    "brackets": lambda token: f"call({token}), [{token}], <{token}>",
    "argument": lambda token: f"+ deploy --it={token} --verbose",
    "two arguments": lambda token: f"+ deploy -t {token} -v",
    "escaped newline": lambda token: f"first\\n{token}\\nthird",
    "colour": lambda token: f"[31m{token}[0m",
    "comma": lambda token: f"{token},{token};{token}",
}


PATHS = {"path", "user"}
"""Places where a slash ends the token. It is also one of the characters of base64."""


@each(TOKENS, name)
def test_a_token_is_masked_wherever_it_stands(row: Token) -> None:
    places = PLACES.keys() - (PATHS if "{base64" in row.rest else set())
    leaks = [(place, token) for place in places for token in tokens(row) if token in redacted(PLACES[place](token))]
    assert leaks == []


@each(TOKENS, name)
def test_the_text_around_a_token_stays(row: Token) -> None:
    for token in tokens(row):
        assert redacted(f"The server refused {token} today") == f"The server refused {MASK} today"


@pytest.mark.parametrize("row", TOKENS, ids=name)
@pytest.mark.parametrize("before", ["", "The server refused it: "])
def test_a_token_that_a_line_wrap_splits_is_masked(row: Token, before: str) -> None:
    for token in tokens(row):
        for place in (len(token) // 2, len(token) // 3, 2 * len(token) // 3):
            shown = redacted_lines([f"{before}{token[:place]}", f"{token[place:]} twice"])
            assert shown == (f"{before}{MASK}", f"{MASK} twice"), (token, place)


@each(TOKENS, name)
def test_a_token_that_covers_several_lines_is_masked(row: Token) -> None:
    for token in tokens(row):
        pieces = [token[place : place + 40] for place in range(0, len(token), 40)]
        shown = redacted_lines(["start", *pieces, "end of it"])
        long = [piece for piece in pieces if len(piece) > SHORT_REST and not (piece.isalpha() and piece.islower())]
        assert shown[: len(long) + 1] == ("start", *[MASK] * len(long)), token
        assert shown[-1] == "end of it"


@each(TOKENS, name)
def test_the_line_after_a_whole_token_stays(row: Token) -> None:
    for token in tokens(row):
        assert redacted_lines([f"got {token}", "failed with 401"])[1] == "failed with 401"


@each(TOKENS, name)
def test_a_row_names_its_source_and_known_alphabets(row: Token) -> None:
    assert re.fullmatch(r"https://[a-z0-9.-]+/\S+", row.source)
    assert {alphabet for _, alphabet, _, _ in Formatter().parse(row.rest) if alphabet} <= ALPHABETS.keys()


def test_no_two_rows_are_the_same() -> None:
    forms = [(prefix, row.rest) for row in TOKENS for prefix in row.prefixes.split() or [""]]
    assert len(forms) == len(set(forms))


def test_the_documentation_counts_the_rows_and_the_vendors() -> None:
    vendors = len({row.vendor for row in TOKENS})
    text = " ".join((ROOT / "docs" / "security.md").read_text("utf-8").split())
    assert f"{len(TOKENS)} forms of tokens of {vendors} vendors" in text
    assert f"put them in {len(PLACES)} places" in text


# --- what is no token ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "key-{hex40}",
        "cache-key-{hex32}",
        "sha256:{hex64}",
        "commit {hex40}",
        "sdk-{hex40}",
        "pod api-{uuid} is gone",
        "{uuid}",
        "image v1.{hex40}",
        "/nix/store/{lower32}-python3-3.11.7/lib",
        "/home/runner/work/pytest-0/test_{hex32}0/out.txt",
        "node_modules/.cache/babel-loader/{hex40}.json",
        "integrity sha512-{base64_86}==",
        "http://localhost:8080/assets/app-{hex20}.js",
        "etag: W/{hex40}",
        "digest {hex32}-{hex8}",
        "task_{hex20}",
        "AKIRA AND ASIAN FOODS",
        "patient_number_1234567890123456",
        "test_secret_of_a_long_name_in_python",
    ],
)
def test_digests_identifiers_and_paths_stay(line: str) -> None:
    chance = random.Random(line)  # noqa: S311
    sizes = {"hex": "0123456789abcdef", "lower": ascii_lowercase + digits, "base64_": ascii_letters + digits + "+/"}
    text = line.replace("{uuid}", "{hex8}-{hex4}-{hex4}-{hex4}-{hex12}")
    text = re.sub(
        r"\{(hex|lower|base64_)(\d+)\}", lambda match: "".join(chance.choices(sizes[match[1]], k=int(match[2]))), text
    )
    assert redacted(text) == text


# --- hostile lines -------------------------------------------------------------------------------

LONG = 16 * 1024
"""Characters over which a pattern that goes back and forth would take a quarter of a minute for each form."""


@each(TOKENS, name)
def test_a_long_hostile_line_of_a_form_ends(row: Token) -> None:
    token = next(tokens(row))
    for unit in (row.prefixes.split(" ")[0] or token[:8], token[:-4], token[: len(token) // 2], f"{token} "):
        redacted(unit * (LONG // len(unit)))


def test_a_form_that_is_repeated_is_masked_each_time() -> None:
    every = [token for row in TOKENS for token in tokens(row)]
    shown = redacted(" ".join(every))
    assert [token for token in every if token in shown] == []
