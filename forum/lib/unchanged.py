"""Facts that are the same for everybody, looked up once until anything on the site changes."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app

from forum.lib.page_versions import site_version

T = TypeVar("T")

_KEPT = "foyer.unchanged"


def init_app(app: Flask) -> None:
    """Let this process keep what `until_changed` finds out; without this it asks each time."""
    app.extensions[_KEPT] = {}


def until_changed(look_up: Callable[[], T]) -> T:
    """What `look_up()` gives, which must not depend on who asks, nor be written to.

    It costs one statement as long as nobody writes anything that pages show.
    """
    kept: dict[Any, tuple[int, T]] | None = current_app.extensions.get(_KEPT)
    if kept is None:
        return look_up()
    # Read beforehand: who writes meanwhile makes it look older than it is, never newer.
    version = site_version()
    found = kept.get(look_up)
    if found is None or found[0] != version:
        kept[look_up] = found = (version, look_up())
    return found[1]
