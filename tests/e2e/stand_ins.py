"""Stand-ins for actions that need GitHub's own services: they keep artifacts and caches in the home folder."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALLED = ROOT / ".github" / "workflows" / "organisation.yml"

_UPLOAD = """
test -e "$FROM" || exit 0
mkdir -p "$HOME/artifacts/$NAME"
if [ -d "$FROM" ]; then cp -r "$FROM/." "$HOME/artifacts/$NAME"; else cp "$FROM" "$HOME/artifacts/$NAME"; fi
"""
_DOWNLOAD = """
mkdir -p "$TO"
for artifact in "$HOME"/artifacts/$PATTERN; do
  if [ -d "$artifact" ]; then cp -r "$artifact" "$TO"; fi
done
"""
_RESTORE = 'if [ -d "$HOME/cache" ]; then mkdir -p "$FROM"; cp -r "$HOME/cache/." "$FROM"; fi'
_SAVE = 'rm -rf "$HOME/cache"; mkdir -p "$HOME/cache"; cp -r "$FROM/." "$HOME/cache"'

_APP = 'echo "token=$KEY" >>"$GITHUB_OUTPUT"'
"""The private key is the token."""

_OF_APP = {
    "client-id": "CLIENT",
    "private-key": "KEY",
    "owner": "OWNER",
    **{
        f"permission-{right}": right.upper().replace("-", "_")
        for right in ("actions", "checks", "contents", "issues", "metadata", "pull-requests")
    },
}

_ACTIONS: Mapping[str, Mapping[str, tuple[Mapping[str, str], str]]] = {
    "actions/create-github-app-token": {"": (_OF_APP, _APP)},
    "actions/upload-artifact": {"": ({"name": "NAME", "path": "FROM", "retention-days": "DAYS"}, _UPLOAD)},
    "actions/download-artifact": {"": ({"pattern": "PATTERN", "path": "TO"}, _DOWNLOAD)},
    "actions/cache": {
        "restore": ({"path": "FROM", "key": "KEY", "restore-keys": "KEYS"}, _RESTORE),
        "save": ({"path": "FROM", "key": "KEY"}, _SAVE),
    },
}


def stand_ins(place: Path) -> Mapping[str, Path]:
    """Write them into a folder; the folder of each, by the name and the commit that the workflow gives."""
    pinned = dict(re.findall(r"uses: (actions/[a-z-]+)(?:/[a-z]+)?@([0-9a-f]{40})", CALLED.read_text("utf-8")))
    folders = {}
    for name, parts in _ACTIONS.items():
        folder = place / name.replace("/", "-")
        for part, (inputs, script) in parts.items():
            (folder / part).mkdir(parents=True)
            (folder / part / "action.yml").write_text(_action(name, inputs, script), "utf-8")
        folders[f"{name}@{pinned[name]}"] = folder
    return folders


def _action(name: str, inputs: Mapping[str, str], script: str) -> str:
    """An action of one step; each input is in the variable of that name. JSON is YAML."""
    step = {
        "id": "it",
        "shell": "bash",
        "env": {variable: f"${{{{ inputs.{given} }}}}" for given, variable in inputs.items()},
        "run": script,
    }
    return json.dumps(
        {
            "name": name,
            "description": f"Stands in for {name}",
            "inputs": {given: {"description": given} for given in inputs},
            "outputs": {"token": {"description": "token", "value": "${{ steps.it.outputs.token }}"}},
            "runs": {"using": "composite", "steps": [step]},
        }
    )
