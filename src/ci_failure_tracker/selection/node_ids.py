"""The GraphQL id of a run that is not at hand, made from the id of one that is; pure.

Such an id is a prefix and, in base64, a packed list that ends with the number of the run. A marker holds the number
alone. If an id does not have this form, none is made. The answer says which run it is about.
"""

from __future__ import annotations

import base64
import binascii

from ci_failure_tracker.model import Run

_EIGHT_BYTES = b"\xcf"
"""What stands before a number of eight bytes."""


def node_id_like(example: Run, run_id: int) -> str | None:
    """The GraphQL id of a run in the repository of another run; `None` if the form is not known."""
    prefix, underscore, text = example.node_id.partition("_")
    try:
        packed = base64.b64decode(f"{text}{'=' * (-len(text) % 4)}", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    end = _EIGHT_BYTES + example.id.to_bytes(8, "big")
    if not underscore or not packed.endswith(end):
        return None
    other = packed.removesuffix(end) + _EIGHT_BYTES + run_id.to_bytes(8, "big")
    return f"{prefix}_{base64.urlsafe_b64encode(other).decode().rstrip('=')}"
