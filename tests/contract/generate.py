"""`make generate`: the parts of action.yml, src/start.sh and docs/ that repeat what the code declares.

`generate.py --check` writes nothing and fails if something is out of date.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from ci_failure_tracker.settings import CHANNELS, Channel, Input, inputs
from contract.reference import report_blocks, template_blocks

ROOT = Path(__file__).parents[2]

OUTPUTS = {
    "issue-numbers": "Numbers of the created issues, as a JSON list such as `[12, 15]`. With `repositories` the lists "
    'hold texts such as `"owner/name#12"`.',
    "created-issues": "The same list as `issue-numbers`.",
    "updated-issues": "Numbers of the updated issues, as a JSON list.",
    "reopened-issues": "Numbers of the reopened issues, as a JSON list.",
    "closed-issues": "Numbers of the closed issues, as a JSON list.",
    "failure-count": "How many things fail now. It includes what known issues count, and leaves out what they ignore.",
    "created-count": "How many issues were created.",
    "has-failures": "`true` if something fails now, `false` if nothing does. It is empty if no failure is known but "
    "something was not looked at.",
    "summary": "What the sweep found and did, in one line.",
    "report-path": "Path of `report.json`. It is empty without `report-dir`.",
    "matrix": "With `command: discover`: the repositories, divided for the jobs of `strategy.matrix`.",
    "slack-payload": "The message for Slack as JSON. It is empty if nothing changed or the input is not `true`.",
}
"""The meaning of each output. A test compares the names with the code that sets the outputs."""


def pages() -> dict[Path, str]:
    """Each file that holds generated text, with its whole text as it should be."""
    declared = list(inputs())
    action = {"inputs": _action_inputs(declared), "outputs": _action_outputs(), "env": _action_env(declared)}
    called = ROOT / ".github" / "workflows" / "organisation.yml"
    return {
        ROOT / "action.yml": _with_blocks(ROOT / "action.yml", action),
        called: _with_blocks(called, called_blocks(declared)),
        ROOT / "src" / "start.sh": _with_blocks(ROOT / "src" / "start.sh", {"packages": start_lines(declared)}),
        ROOT / "docs" / "notifications.md": _with_blocks(
            ROOT / "docs" / "notifications.md", {"channels": channel_table(CHANNELS)}
        ),
        ROOT / "docs" / "inputs.md": inputs_page(declared),
        ROOT / "docs" / "template.md": _with_blocks(ROOT / "docs" / "template.md", template_blocks()),
        ROOT / "docs" / "report.md": _with_blocks(ROOT / "docs" / "report.md", report_blocks()),
        **badges(),
    }


def badges() -> dict[Path, str]:
    """The badges of the README that only say what a file of the project says. No other server draws them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    tested = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))["jobs"]["test"]
    versions = tested["strategy"]["matrix"]["python"]
    texts = {"license": ("license", project["license"]), "python": ("python", f"{versions[0]} to {versions[-1]}")}
    return {ROOT / "docs" / "images" / f"{name}.svg": _badge(*text) for name, text in texts.items()}


def _badge(label: str, value: str) -> str:
    """A badge in the size and the colours of GitHub's own."""
    left, right = (8 + round(6.6 * len(text)) + 8 for text in (label, value))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img">
  <title>{label}: {value}</title>
  <clipPath id="corners"><rect width="{left + right}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#corners)">
    <rect width="{left}" height="20" fill="#24292f"/>
    <rect x="{left}" width="{right}" height="20" fill="#0969da"/>
  </g>
  <g fill="#fff" font-family="Segoe UI, Helvetica, Arial, sans-serif" font-size="11" text-anchor="middle">
    <text x="{left / 2:g}" y="14">{label}</text>
    <text x="{left + right / 2:g}" y="14">{value}</text>
  </g>
</svg>
"""


def _with_blocks(path: Path, blocks: Mapping[str, Iterable[str]]) -> str:
    """The text of the file with the lines between the two comments of each name, indented as these are."""
    text = path.read_text("utf-8")
    for name, lines in blocks.items():
        pattern = re.compile(
            rf"^( *)((?:#|<!--) <generated {name}\b.*\n)(?:.*\n)*?( *(?:#|<!--) </generated {name}>.*\n)", re.MULTILINE
        )
        places = list(pattern.finditer(text))
        if len(places) != 1:
            raise SystemExit(f"{path.name} has {len(places)} places for the generated {name}; there must be one.")
        (match,) = places
        block = match[1] + match[2] + "".join(f"{match[1]}{line}\n" for line in lines) + match[3]
        text = text[: match.start()] + block + text[match.end() :]
    return text


def _quoted(text: str) -> str:
    """A double-quoted scalar of YAML, which JSON's strings are."""
    return json.dumps(text, ensure_ascii=False)


def _action_inputs(inputs: Iterable[Input]) -> Iterator[str]:
    for declared in inputs:
        yield f"{declared.name}:"
        yield f"  description: {_quoted(declared.help)}"
        yield "  required: false"
        yield f"  default: {_quoted(declared.default)}"


def _action_outputs() -> Iterator[str]:
    for name, meaning in OUTPUTS.items():
        yield f"{name}:"
        yield f"  description: {_quoted(meaning)}"
        yield f"  value: ${{{{ steps.track.outputs.{name} }}}}"


def _action_env(inputs: Iterable[Input]) -> Iterator[str]:
    for declared in inputs:
        yield f"{declared.variable}: ${{{{ inputs.{declared.name} }}}}"


_SET_BY_THE_WORKFLOW = frozenset(
    {
        *("token", "repository", "last-report", "parallel-sweeps", "report-dir", "command", "reports", "expected"),
        "patterns-file",  # no file of the repository is there
    }
)
"""The inputs of the action that organisation.yml gives a value itself."""

_FOR_DISCOVER = frozenset({"repositories", "exclude-repositories", "shards"})


def called_blocks(inputs: Iterable[Input]) -> dict[str, Iterable[str]]:
    """What organisation.yml repeats: inputs go to the jobs that sweep, those of channels to the one that combines."""
    own = [declared for declared in inputs if declared.name not in _SET_BY_THE_WORKFLOW]
    secrets = [declared for declared in own if declared.masking and declared.masking.is_password]
    of_channels = [declared for channel in CHANNELS for declared in channel.inputs if declared.name != "slack-payload"]
    names = {declared.name for declared in of_channels}
    given = [declared for declared in own if declared not in secrets and declared.name != "slack-payload"]
    swept = [declared for declared in given if declared.name not in names | _FOR_DISCOVER]
    return {
        "inputs": _called_inputs(given),
        "secrets": _called_secrets(secrets),
        "with": (f"{declared.name}: ${{{{ inputs.{declared.name} }}}}" for declared in swept),
        "channels": (
            f"{declared.name}: ${{{{ {'secrets' if declared in secrets else 'inputs'}.{declared.name} }}}}"
            for declared in own
            if declared.name in names
        ),
    }


def _called_inputs(inputs: Iterable[Input]) -> Iterator[str]:
    for declared in inputs:
        yield f"{declared.name}:"
        yield f"  description: {_quoted(declared.help)}"
        yield "  type: string"
        yield from (
            ["  required: true"] if declared.name == "repositories" else [f"  default: {_quoted(declared.default)}"]
        )


def _called_secrets(inputs: Iterable[Input]) -> Iterator[str]:
    for declared in inputs:
        yield f"{declared.name}:"
        yield f"  description: {_quoted(declared.help)}"
        yield "  required: false"


def start_lines(inputs: Iterable[Input]) -> Iterator[str]:
    """The lines of start.sh that choose the lists of packages: one for each extra, with the inputs that need it."""
    tests: dict[str, list[str]] = {}
    for declared in inputs:
        if declared.extra:
            test = "is_true" if declared.is_flag else "is_set"
            tests.setdefault(declared.extra, []).append(f'{test} "${{{declared.variable}:-}}"')
    for extra, conditions in tests.items():
        yield f"if {' || '.join(conditions)}; then also {extra}; fi"


def channel_table(channels: Iterable[Channel]) -> Iterator[str]:
    """The rows of the table in docs/notifications.md, one for each channel."""
    yield ""
    yield "| channel | on with | needs also | the command takes it from |"
    yield "|---|---|---|---|"
    for channel in channels:
        others = ", ".join(f"`{declared.name}`" for declared in channel.others)
        variables = [declared.command_variable for declared in channel.inputs]
        shown = ", ".join(f"`{variable}`" for variable in variables if variable)
        yield f"| {channel.name} | `{channel.switch.name}` | {others} | {shown} |"
    yield ""


def inputs_page(inputs: Iterable[Input]) -> str:
    """The page docs/inputs.md."""
    inputs = list(inputs)
    lines = [
        "# Inputs and outputs",
        "",
        "Every input is optional. A list is separated by commas or lines. The command has an option for each input:",
        f"`max-runs` is `--max-runs`. Only the action has {_named(inputs)}.",
        "<!-- test: test_every_input_is_an_option, test_names_are_separated_by_commas_or_lines -->",
        "All mistakes in inputs are reported at once.",
        "<!-- test: test_wrong_inputs_are_all_named_at_once_and_none_is_repeated -->",
        "",
        "## Inputs",
        "",
        "<!-- <generated inputs> -->",
        "",
        "| input | default | meaning |",
        "|---|---|---|",
        *(f"| `{item.name}` | {_default(item.default)} | {_cell(item.help)} |" for item in inputs),
        "",
        "<!-- </generated inputs> -->",
        "",
        "## Outputs",
        "",
        "<!-- <generated outputs> -->",
        "",
        "| output | meaning |",
        "|---|---|",
        *(f"| `{name}` | {_cell(meaning)} |" for name, meaning in OUTPUTS.items()),
        "",
        "<!-- </generated outputs> -->",
    ]
    return "\n".join(lines) + "\n"


def _named(inputs: Iterable[Input]) -> str:
    *names, last = [f"`{declared.name}`" for declared in inputs if declared.only_action]
    return f"{', '.join(names)} and {last}"


def _default(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main(arguments: Sequence[str]) -> int:
    """Write the files that are out of date, or only name them."""
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
