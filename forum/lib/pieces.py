"""Pages in pieces: what is the same for many visitors, and between it what is a visitor's own.

While a page is made within `in_pieces()`, its templates mark what may differ by ``own(key, html)``;
`cut()` takes the page apart at these marks. They are random and of this process alone, so that
nobody can write one into a post, and none is ever sent: elsewhere ``own`` gives `html` as it is.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask, g

_MARK = f"piece-{secrets.token_hex(16)}-"


@dataclass(frozen=True, slots=True)
class Pieces:
    """A page taken apart: ``fixed[0] + own[0] + fixed[1] + … + fixed[-1]``.

    Attributes:
        keys: what each of `own` depends on, as the template said.
    """

    fixed: tuple[str, ...]
    keys: tuple[int, ...]
    own: tuple[str, ...]


@contextmanager
def in_pieces() -> Iterator[None]:
    """Have the templates of this request mark what is a visitor's own."""
    g.in_pieces = True
    try:
        yield
    finally:
        g.in_pieces = False


def cut(page: str) -> Pieces:
    """Take apart a page that was made within `in_pieces()`."""
    parts = page.split(_MARK)
    keyed = [part.partition(":") for part in parts[1::2]]
    return Pieces(
        fixed=tuple(parts[::2]),
        keys=tuple(int(key) for key, _, _ in keyed),
        own=tuple(text for _, _, text in keyed),
    )


def init_app(app: Flask) -> None:
    """Give templates ``own``."""

    def own(key: int, html: str) -> str:
        return f"{_MARK}{key}:" + html + _MARK if g.get("in_pieces") else html

    app.jinja_env.globals["own"] = own
