"""The central issue of one cause in four repositories, from its opening to its closing: a file to read."""

from __future__ import annotations

import os
from pathlib import Path

from central import House, outage

FILE = Path(__file__).parent / "outputs" / "central-issue.md"
PASSES = {"build": "", "test": ""}


def test_the_central_issue_of_one_cause() -> None:
    house = House()
    for name in ("assam", "ceylon", "oolong", "sencha"):
        house.add(name, PASSES, {"build": outage(), "test": ""})
    house.sweep()
    parts = [_shown("One cause in four repositories", house)]
    for made in house.made[:3]:
        house.happens(made, PASSES, PASSES)
    house.sweep()
    parts.append(_shown("Three of them pass", house))
    house.happens(house.made[3], PASSES, PASSES)
    house.sweep()
    parts.append(_shown("All of them pass", house))
    written = "\n".join(parts)
    if os.environ.get("GOLDEN") == "write":
        FILE.write_text(written, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == written


def _shown(when: str, house: House) -> str:
    (issue,) = house.issues.values()
    text = issue.body.partition("<!-- ci-failure-tracker {")[0].strip()
    return f"# {when}\n\n**{issue.title}** ({'open' if issue.open else issue.state_reason})\n\n{text}\n"
