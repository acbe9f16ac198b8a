"""A form that arrived without its session: kept through the log-in, then offered to be sent again.

A composer's words become a draft instead (`forum.accounts.arrivals`); this is for all other forms.
"""

import json
from dataclasses import dataclass

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

MOST_CARRIED = 60_000
"""Characters that the log-in form carries at most; more than any composer takes."""

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
    fields = [(k, v) for k, v in request.form.items(multi=True) if k not in _NEVER_KEPT]
    return Again(request.path, fields)


def packed(again: Again) -> str:
    """`again` as the log-in form carries it; "" if there is nothing in it, or too much."""
    text = json.dumps({"path": again.path, "sent": again.fields}) if again.fields else ""
    return text if len(text) <= MOST_CARRIED else ""


def unpacked(carried: str) -> Again | None:
    """What `packed()` made; None for anything else."""
    if not carried or len(carried) > MOST_CARRIED:
        return None
    try:
        content = json.loads(carried)
        path, fields = content["path"], [(name, text) for name, text in content["sent"]]
        texts = [path, *(part for field in fields for part in field)]
        if not all(isinstance(text, str) and _is_whole(text) for text in texts):
            return None
        current_app.url_map.bind("").match(path, method="POST")
    except (ValueError, RecursionError, KeyError, TypeError, HTTPException, RequestRedirect):
        return None
    return Again(path, fields)


def _is_whole(text: str) -> bool:
    """Whether a page can show `text`: JSON can spell half a character."""
    return text == text.encode("utf-8", "replace").decode()
