"""Numbers in addresses: only such as a row can have."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST_ID = 2**31 - 1
"""The largest number of a row; a larger one overflows SQLite's driver or PostgreSQL's column."""


class RowNumber(IntegerConverter):
    """``<int:…>``: 0 to `LARGEST_ID` in plain digits; any other number leads nowhere (404)."""

    regex = r"[0-9]{1,10}"

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Read numbers in addresses of `app` like that; before its routes are added."""
    app.url_map.converters["int"] = RowNumber
