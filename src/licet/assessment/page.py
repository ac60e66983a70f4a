"""An assessment as one self-contained page: readable, printable, no script, nothing loaded."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from licet.assessment import wording
from licet.assessment.story import tell

if TYPE_CHECKING:
    from jinja2 import Template

    from licet.assessment.assess import Assessment


SHOWN = 5
"""How many questions of a rulebook stand open on the page; the others unfold, and print."""


def render_page(assessment: Assessment) -> str:
    """The page. Same assessment, same bytes."""
    return _template().render(s=tell(assessment), shown=SHOWN)


def _shown(value: object) -> object:
    return wording.shown(value) if type(value) is str else value


@cache
def _template() -> Template:
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined

    text = (files("licet.assessment") / "templates" / "page.html").read_text("utf-8")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    return environment.from_string(text)
