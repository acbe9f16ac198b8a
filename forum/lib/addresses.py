"""Addresses of pages: numbers in them are such as a row can have; building one costs little."""

from functools import lru_cache
from typing import Any

import flask
from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST_ID = 2**31 - 1
"""The largest number of a row; a larger one overflows SQLite's driver or PostgreSQL's column."""


class RowNumber(IntegerConverter):
    """``<int:…>``: 0 to `LARGEST_ID` in plain digits; any other number leads nowhere (404)."""

    regex = r"[0-9]{1,10}"

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def url_for(endpoint: str, **values: str | int | None) -> str:
    """Flask's ``url_for`` for an address of this site, remembered.

    Flask's own costs more than all the rest of a card; an address never changes while we run.
    """
    return _built(endpoint, tuple(values.items()))


@lru_cache(maxsize=8192)
def _built(endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return flask.url_for(endpoint, **dict(values))


def init_app(app: Flask) -> None:
    """Read numbers in addresses of `app` like that, and let its templates build addresses; before
    its routes are added."""
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.globals["url_for"] = url_for
