"""What proselint looks for: its own checks that fit, and those of this project."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from proselint.checks import __register__ as checks_of_proselint
from proselint.config import Config
from proselint.registry import CheckRegistry
from proselint.registry.checks import Check, CheckFlags, CheckResult, Padding
from proselint.registry.checks.engine import Fancy
from proselint.registry.checks.types import Existence, PreferredForms
from proselint.tools import LintFile

from prose.extract import CODE, END, prose_of

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))

MOST_WORDS = 30
"""Of a sentence."""

_OURS = "ours"
_SENTENCE = re.compile(
    rf"[^\s{END}](?:[^{END}]*?(?:[.!?][\"')\]]*(?=\s+[\"'(\[]*[A-Z{CODE}])|(?=\s*{END})))", re.DOTALL
)
_WORD = re.compile(rf"\S*(?:\w|{CODE})\S*")
_EMOJI = "[\U0001f300-\U0001f7e4\U0001f7ec-\U0001faff\u2705\u274c\u2728]"
"""All but the coloured squares, which an issue shows for its last runs."""


def findings(path: Path, name: str) -> list[str]:
    """What to change in a file, as `name:line: "text": what to do`."""
    lines = prose_of(path)
    file = LintFile(name, "\n".join(lines.values()))
    config = Config(max_errors=10_000, checks=dict.fromkeys([*WORDS["proselint"], _OURS], True))
    numbers = list(lines)
    found = ((numbers[place.pos[0] - 1], place.check_result) for place in (file.lint(config) if lines else ()))
    return list(dict.fromkeys(f"{name}:{number}: {_message(file.content, result)}" for number, result in found))


def _message(content: str, result: CheckResult) -> str:
    text = " ".join(content[slice(*result.span)].strip(f"{END}\n ").split()).replace(CODE, "`…`")
    return f'"{text}": ' + (f'write "{result.replacements}"' if result.replacements else result.message)


def _long_sentences(text: str, check: Check) -> Iterator[CheckResult]:
    for sentence in _SENTENCE.finditer(text):
        words = list(_WORD.finditer(sentence[0]))
        if len(words) > MOST_WORDS:
            start = sentence.start()
            span = (start, start + words[4].end())
            yield CheckResult(check.path, check.message.format(len(words), MOST_WORDS), span, None)


def _own_checks() -> Iterator[Check]:
    forms = {f"(?:{old})": new for new, olds in WORDS["one_term"].items() for old in olds}
    whole = Padding.STRICT_WORDS_IN_TEXT
    yield Check(PreferredForms(forms, whole), Fancy(), f"{_OURS}.one_term")
    left_out = tuple(WORDS["leave_out"])
    yield Check(Existence(left_out, whole), Fancy(), f"{_OURS}.leave_out", "leave it out or say what is so")
    yield Check(Existence((_EMOJI,), Padding.RAW), Fancy(), f"{_OURS}.emoji", "no emoji")
    flags = CheckFlags(allow_quotes=True)
    message = "a sentence of {} words; {} are the most"
    yield Check(_long_sentences, path=f"{_OURS}.sentence", message=message, flags=flags)


CheckRegistry().register_many((*checks_of_proselint, *_own_checks()))
