"""A form that arrived without its session: kept through the log-in, then offered to be sent again.

A composer's words become a draft instead (`forum.accounts.arrivals`); this is for all other forms.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from flask import current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

ROOM = 32 * 1024
"""Bytes of a form that are left for what the log-in form holds besides."""

_NEVER_KEPT = frozenset({"csrf_token", "password", "current", "new"})


@dataclass(frozen=True, slots=True)
class Again:
    """What was sent, and where to.

    Attributes:
        path: an address of this site that takes a POST.
        fields: (name, text) in the order in which they came.
    """

    path: str
    fields: list[tuple[str, str]]


def sent() -> Again:
    """What this request sent, but for passwords, which are typed again."""
    try:
        given = list(request.form.items(multi=True))
    except RequestEntityTooLarge:  # what nothing takes in is not kept either
        given = []
    return Again(request.path, [(k, v) for k, v in given if k not in _NEVER_KEPT])


def packed(again: Again) -> str:
    """`again` as the log-in form carries it; "" if there is nothing in it, or too much."""
    return carried({"path": again.path, "sent": again.fields}) if again.fields else ""


def carried(content: dict[str, Any]) -> str:
    """`content` as a form carries it in one field; "" if the form would be too large to be read."""
    text = json.dumps(content, ensure_ascii=False)
    return text if fits(text) else ""


def fits(text: str) -> bool:
    """Whether a form may carry `text`: measured as browsers send it, a letter in up to 12 bytes."""
    most: int = current_app.config["MAX_FORM_MEMORY_SIZE"] - ROOM
    return len(text) <= most and len(quote_plus(text, errors="replace")) <= most


def unpacked(text: str) -> Again | None:
    """What `packed()` made; None for anything else."""
    if not text or not fits(text):
        return None
    try:
        content = json.loads(text)
        path, fields = content["path"], [(name, value) for name, value in content["sent"]]
        parts = [path, *(part for field in fields for part in field)]
        if not all(isinstance(part, str) and _is_whole(part) for part in parts):
            return None
        current_app.url_map.bind("").match(path, method="POST")
    except (ValueError, RecursionError, KeyError, TypeError, HTTPException, RequestRedirect):
        return None
    return Again(path, fields)


def _is_whole(text: str) -> bool:
    """Whether a page can show `text`: JSON can spell half a character."""
    return text == text.encode("utf-8", "replace").decode()
