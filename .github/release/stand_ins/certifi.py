"""Stands in for certifi in the bundle: the certificates lie beside the zip, so that no start has to unpack them.

The file is the one of certifi. `REQUESTS_CA_BUNDLE` takes its place, as ever.
"""

import os.path


def where() -> str:
    """The path of the file with the certificates."""
    bundle = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120  pathlib is slow to load
    return os.path.join(bundle, "cacert.pem")  # noqa: PTH118
