"""Stands in for PyNaCl in the bundle: PyGithub imports it, but needs it only to encrypt secrets of Actions.

The tracker never does that. Whoever does gets the error that a missing package gives.
"""


class _Missing:
    def __getattr__(self, name: str) -> object:
        raise ModuleNotFoundError(f"PyNaCl is not in the bundle, so nacl.{name} is not there.", name="nacl")


encoding = public = _Missing()
