"""An assessment as one self-contained page: readable, printable, no script, nothing loaded."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from licet.assessment import wording
from licet.assessment.story import tell

if TYPE_CHECKING:
    from jinja2 import Environment

    from licet.assessment.assess import Assessment


SHOWN = 5
"""How many questions of a rulebook stand open on the page; the others unfold, and print."""


def render_page(assessment: Assessment) -> str:
    """The page. Same assessment, same bytes."""
    return environment().get_template("page.html").render(s=tell(assessment), shown=SHOWN)


def _shown(value: object) -> object:
    return wording.shown(value) if type(value) is str else value


@cache
def environment() -> Environment:
    """The templates of every page: what is put in is escaped, and a name that is missing is a fault."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("licet.assessment"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
