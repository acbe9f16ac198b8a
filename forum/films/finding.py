"""A film, or 404."""

from flask import abort

from forum.films.models import Film
from forum.films.queries import film_at
from forum.permissions import Viewer, can_find_film


def film_or_404(slug: str, viewer: Viewer) -> Film:
    """The film at the address `slug`, if `viewer` finds it."""
    film = film_at(slug) if len(slug) <= 120 and "\0" not in slug else None
    if film is None or not can_find_film(viewer, film):
        abort(404)
    return film
