"""The Jinja templates of the package."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from ci_failure_tracker.text.markdown import cell


@cache
def template_environment(
    package: str, *, kind: type[Environment] = Environment, autoescape: bool = False
) -> Environment:
    """The environment of the folder `templates` of a package; an unknown field is an error.

    It is made once, because each template is compiled at its first use in it, which takes longer than to fill it.

    Without `autoescape` a template makes Markdown or plain text, and what fills it has to be safe in that.
    """
    environment = kind(
        loader=PackageLoader(package),
        autoescape=autoescape,
        undefined=StrictUndefined,
        # Lines that hold only a tag leave no empty line behind.
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = cell
    return environment
