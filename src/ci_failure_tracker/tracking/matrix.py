"""The matrix leg in a job's name: GitHub gives the leg in no other place."""

from __future__ import annotations

_CUT = "..."


def split_leg(name: str) -> tuple[str, str]:
    """Split `test (3.12, ubuntu)` into the job `test` and the leg `3.12, ubuntu`; the leg may be empty.

    A job of a reusable workflow is called `caller / job`, and either part may carry a matrix.
    """
    bases, legs = [], []
    for part in _outside_brackets(name):
        base, leg = _split_part(part)
        bases.append(base)
        if leg:
            legs.append(leg)
    return " / ".join(bases), " / ".join(legs)


def _outside_brackets(name: str) -> list[str]:
    """The parts of a name between ` / `; a slash inside brackets separates nothing."""
    parts = [""]
    for piece in name.split(" / "):
        parts[-1] += piece
        # The name of a leg may hold ` / `, such as `test (linux / arm64)`.
        if parts[-1].count("(") <= parts[-1].count(")"):
            parts.append("")
        else:
            parts[-1] += " / "
    return [part for part in parts if part] if parts[-1] == "" else [*parts[:-1], parts[-1].removesuffix(" / ")]


def _split_part(part: str) -> tuple[str, str]:
    # GitHub cuts a long name and leaves its bracket open: `test (a, b, very-lo...`.
    closed = part if part.endswith(")") else part.removesuffix(_CUT) + ")" if part.endswith(_CUT) else ""
    depth = 0
    # Brackets nest, such as `test (a (b))`, so the bracket that opens the last one is looked for from the end.
    for position in range(len(closed) - 1, 0, -1):
        depth += {")": 1, "(": -1}.get(closed[position], 0)
        if depth == 0:
            # `f(x)` without a space is a name, not a leg: GitHub puts a space before the bracket.
            if closed[position - 1] == " " and closed[:position].strip():
                return closed[:position].strip(), closed[position + 1 : -1]
            break
    return part, ""
