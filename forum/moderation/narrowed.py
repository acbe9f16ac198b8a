"""To what a moderator has narrowed the queue: the address of each case and act keeps it."""

from typing import Any

from flask import request

from forum.lib.addresses import LARGEST_ID, url_for

KINDS = ("report", "held", "edit", "own")


def kind() -> str | None:
    """The kind of cases that is chosen; None for all."""
    chosen = request.args.get("kind")
    return chosen if chosen in KINDS else None


def film_id() -> int | None:
    """The film that is chosen; None for all."""
    chosen = request.args.get("film", type=int)
    return chosen if chosen and 0 < chosen <= LARGEST_ID else None


def url(endpoint: str, **values: Any) -> str:
    """An address of the queue or of one of its cases, with what is chosen."""
    # The queue asks for forty, and mostly nothing is chosen.
    chosen = {"kind": kind(), "film": film_id()} if request.args else {}
    return url_for(endpoint, **values, **chosen)
