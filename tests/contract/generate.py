"""`make generate`: the parts of action.yml and the page docs/inputs.md that repeat what the code declares.

`generate.py --check` writes nothing and fails where something is out of date.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ci_failure_tracker.settings import inputs

ROOT = Path(__file__).parents[2]

OUTPUTS = {
    "issue-numbers": "The numbers of the issues that were created, as a JSON list such as `[12, 15]`.",
    "created-issues": "The same list as issue-numbers, named like the two that follow.",
    "updated-issues": "The numbers of the open issues that were brought up to date, as a JSON list.",
    "reopened-issues": "The numbers of the issues that were reopened, as a JSON list.",
    "closed-issues": "The numbers of the issues that were closed, as a JSON list.",
    "failure-count": "How many things are failing now.",
    "created-count": "How many issues were created.",
    "has-failures": "`true` if something is failing now, else `false`; empty if that could not be seen.",
    "summary": "What the sweep found and did, in one line.",
    "report-path": "Where `report.json` lies; empty without `report-dir`.",
    "slack-payload": "The message for Slack as JSON; empty where nothing changed or the input is not `true`.",
}
"""What each output means; that these are the outputs is checked against the code that sets them."""


def pages() -> dict[Path, str]:
    """Each file that holds generated text, with its whole text as it should be."""
    action = ROOT / "action.yml"
    blocks = {"inputs": _action_inputs(), "outputs": _action_outputs(), "env": _action_env()}
    text = action.read_text("utf-8")
    for name, lines in blocks.items():
        text = _with_block(text, name, list(lines))
    return {action: text, ROOT / "docs" / "inputs.md": _inputs_page()}


def _with_block(text: str, name: str, lines: list[str]) -> str:
    """The text with the lines between the two comments of that name, indented as these are."""
    pattern = re.compile(rf"^( *)(# <generated {name}\b.*>\n)(?:.*\n)*?( *# </generated {name}>\n)", re.MULTILINE)

    def block(match: re.Match[str]) -> str:
        return match[1] + match[2] + "".join(f"{match[1]}{line}\n" for line in lines) + match[3]

    changed, count = pattern.subn(block, text)
    if count != 1:
        raise SystemExit(f"action.yml has {count} places for the generated {name}; there must be one.")
    return changed


def _quoted(text: str) -> str:
    """A double-quoted scalar of YAML, which JSON's strings are."""
    return json.dumps(text, ensure_ascii=False)


def _action_inputs() -> Iterator[str]:
    for declared in inputs():
        yield f"{declared.name}:"
        yield f"  description: {_quoted(declared.help)}"
        yield "  required: false"
        yield f"  default: {_quoted(declared.default)}"


def _action_outputs() -> Iterator[str]:
    for name, meaning in OUTPUTS.items():
        yield f"{name}:"
        yield f"  description: {_quoted(meaning)}"
        yield f"  value: ${{{{ steps.track.outputs.{name} }}}}"


def _action_env() -> Iterator[str]:
    for declared in inputs():
        yield f"{declared.variable}: ${{{{ inputs.{declared.name} }}}}"


def _inputs_page() -> str:
    lines = [
        "# Inputs and outputs",
        "",
        "Every input is optional, and an option of `python -m ci_failure_tracker sweep` as well: `max-runs` is",
        "`--max-runs`. All mistakes in them are reported at once. `make generate` writes this page from `settings.py`.",
        "",
        "## Inputs",
        "",
        "| input | default | meaning |",
        "|---|---|---|",
        *(f"| `{item.name}` | {_default(item.default)} | {_cell(item.help)} |" for item in inputs()),
        "",
        "## Outputs",
        "",
        "| output | meaning |",
        "|---|---|",
        *(f"| `{name}` | {_cell(meaning)} |" for name, meaning in OUTPUTS.items()),
    ]
    return "\n".join(lines) + "\n"


def _default(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main(arguments: Sequence[str]) -> int:
    """Write what is out of date, or only name it."""
    check = "--check" in arguments
    stale = {path: text for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        print(f"{'out of date' if check else 'written'}: {path.relative_to(ROOT)}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
