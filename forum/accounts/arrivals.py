"""What a guest brings along when they log in or sign up: films seen, and what they have half
written."""

import json

from forum.accounts import preferences
from forum.accounts.again import fits
from forum.accounts.viewers import Fan
from forum.films import operations as film_operations
from forum.films.queries import films_with
from forum.lib.addresses import LARGEST_ID
from forum.permissions import can_find_film
from forum.theories import drafts
from forum.theories.models import Draft

_KINDS = ("thread", "theory", "reply")


def settle(fan: Fan, carried: str) -> None:
    """Keep on the account what the guest had: part of the transaction in which the session begins.

    Args:
        fan: the account, just logged in.
        carried: what the log-in form carried along; nonsense in it is ignored.
    """
    for film in films_with(preferences.current().seen).values():
        if can_find_film(fan, film):
            film_operations.open_seal(film, by=fan)
    draft = _parse(carried)
    if draft is not None:
        kind, target_id, fields = draft
        drafts.save_draft(kind, target_id, fields, by=fan, rescue=True)


def _parse(carried: str) -> tuple[str, int, dict[str, str]] | None:
    if not carried or not fits(carried):
        return None
    try:
        content = json.loads(carried)
        kind, target_id, fields = content["kind"], content["target"], content["fields"]
        kept = {
            # JSON can spell half a character, which no page can show.
            name: text.encode("utf-8", "replace").decode()
            for name, text in fields.items()
            if name in drafts.FIELDS and isinstance(text, str)
        }
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    if kind not in _KINDS or type(target_id) is not int or not 0 < target_id <= LARGEST_ID:
        return None
    if Draft.length(kept) > drafts.MOST_KEPT:
        return None
    return kind, target_id, kept
