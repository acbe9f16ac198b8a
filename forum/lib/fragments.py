"""Parts of pages that are the same whenever they are given the same: rendered once.

``kept(macro, card)`` in a template gives what ``macro(card)`` would. It is kept by all that the
macro is given, so that there is nothing to make invalid; the macro must be imported without
context, and know of its visitor only what stands in the card. A form's token does not: every page
has a mark for it, in whose place `forum.accounts.sessions` puts the token of the visitor's own.
"""

from sys import getsizeof
from typing import Any

from flask import Flask
from jinja2.runtime import Macro

from forum.lib.bounded import Bounded

_OVERHEAD = 4_000
"""Bytes that a part costs beside its text, roughly: its card is kept with it, with texts too."""


def init_app(app: Flask, megabytes: float) -> None:
    """Give templates ``kept``, with so much memory of this process; 0 keeps nothing."""
    parts: Bounded[str] = Bounded(int(megabytes * 1024 * 1024))

    def kept(macro: Macro, *given: Any, **named: Any) -> str:
        key = (macro, given, tuple(named.items()))
        part = parts.get(key)
        if part is None:
            part = macro(*given, **named)
            parts.put(key, part, _OVERHEAD + getsizeof(part))
        return part

    def made(macro: Macro, *given: Any, **named: Any) -> str:
        return macro(*given, **named)

    app.jinja_env.globals["kept"] = kept if megabytes else made
