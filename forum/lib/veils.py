"""Veils that name a film and would hide nothing: noticed when they are written."""

import re
import unicodedata
from collections.abc import Mapping
from html import unescape

from forum.lib.markup import Scope, render, scoped_veils

_OPENED = re.compile(r'<details class="veil" data-scope="\d+"><summary>[^<]*</summary>')
_PLAIN = re.compile(r'<details class="veil"><summary>[^<]*</summary>')
_CELL = re.compile(r"</t[dh]>")
_TAG = re.compile(r"<[^>]*>")
# With what stands between "film" and the word before it, taken up once and not from every sign on.
_NAMES_A_FILM = re.compile(r"(?<!\W)(\W*)film(?=\W*:[^|\n]{0,200}\|)", re.IGNORECASE)
# Quotation marks at the beginning of a line are in the source and not in the veil.
_SQUASHED = re.compile(r"[\s>]+")


def scopes_named(source: str) -> set[str]:
    """The scope names that the veils of `source` use, so that they can be looked up beforehand."""
    return {name for name, _text in scoped_veils(source)}


def leaks(source: str, scopes: Mapping[str, Scope]) -> bool:
    """Whether a scoped veil of `source` would hide nothing from anybody, or only from the hasty.

    One that is never closed, that a paragraph or a table's cell cuts short, in code,
    inside another, or that only looks like one: spelt "Film:", or with characters that can't be
    seen.

    Args:
        source: Markdown.
        scopes: scope name → what it stands for, as for `render()`.
    """
    if "film" not in _visible(source).lower():
        return False
    rendered = render(source, scopes)
    typed = [(name, _SQUASHED.sub("", text)) for name, text in scoped_veils(source)]
    drawn = [(name, _SQUASHED.sub("", text)) for name, text in rendered.veils]
    if typed != drawn or len(_OPENED.findall(rendered.html)) != len(drawn):
        return True
    return any(map(_opens_a_veil, _NAMES_A_FILM.findall(_as_read(rendered.html))))


def _opens_a_veil(before: str) -> bool:
    """Whether what stands before "film" would make it the scope of a veil."""
    # A ">" may have become a quotation; without it, "!" and "film" must touch.
    return ">!" in before or "!" in re.split(r"\s", before)[-1]


def _as_read(html: str) -> str:
    """What somebody reads who opens every veil; ordinary veils keep their mark."""
    marked = _CELL.sub("|", _PLAIN.sub("&gt;!", html))
    return _visible(_TAG.sub("", marked))


def _visible(text: str) -> str:
    """`text` with its entities resolved, look-alikes made one, and nothing that can't be seen."""
    plain = unicodedata.normalize("NFKC", unescape(text))
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")
