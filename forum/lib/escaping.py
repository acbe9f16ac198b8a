"""Text on its way into a page: what `markupsafe` does, without a new object for every value."""

import re
from typing import Any

from markupsafe import Markup, escape

_needs_escaping = re.compile("[&<>\"']").search


def shown(value: Any) -> str:
    """What a page shows of `value`: escaped, unless it is markup already."""
    if type(value) is str:
        return escape(value) if _needs_escaping(value) else value
    if type(value) is Markup:
        return value
    return str(value) if type(value) is int else escape(value)


def marked(text: str) -> Markup:
    """`text`, which is HTML, as markup; what `Markup(text)` does, without a look for other kinds of
    objects."""
    return str.__new__(Markup, text)
