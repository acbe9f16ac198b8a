"""A post, or 404: what every view of posts begins with."""

from flask import abort

from forum.accounts.models import User
from forum.accounts.viewers import Fan, Guest
from forum.films.models import Film
from forum.lib.addresses import url_for
from forum.lib.database import session
from forum.permissions import can_find
from forum.theories import queries
from forum.theories.models import Post
from forum.theories.queries import Authored, Theory


def found_or_404(post_id: int, viewer: Fan | Guest, *types: str) -> Post:
    """The post numbered `post_id`, if `viewer` finds it and it is of one of `types` (if any)."""
    post = queries.post_with_id(post_id)
    if post is None or not can_find(viewer, post) or (types and post.type not in types):
        abort(404)
    return post


def authored_or_404(post_id: int, viewer: Fan | Guest, kind: str) -> Authored:
    """The post of type `kind` numbered `post_id` with its author, if `viewer` finds it."""
    row = queries.authored(post_id)
    if row is None or not can_find(viewer, row[0]) or row[0].type != kind:
        abort(404)
    return row


def asked_or_404(thread_id: int, viewer: Fan | Guest) -> tuple[Post, User, Film]:
    """The question numbered `thread_id` with its author and film, if `viewer` finds it."""
    row = queries.asked(thread_id)
    if row is None or not can_find(viewer, row[0]) or row[0].type != "thread":
        abort(404)
    return row


def theory_or_404(theory_id: int, viewer: Fan | Guest) -> Theory:
    """The theory numbered `theory_id` with all that its page begins with, if `viewer` finds it."""
    row = queries.theory(theory_id)
    if row is None or not can_find(viewer, row[0]):
        abort(404)
    return row


def film_of(post: Post) -> Film:
    """The film that a post is about."""
    return session().get_one(Film, post.film_id)


def film_page(film_id: int) -> str:
    """The address of a film's page."""
    return url_for("films.show", slug=session().get_one(Film, film_id).slug)


def thread_and_film(theory: Post) -> tuple[Post, Film]:
    """The question that a theory or reply belongs to, and its film; one statement."""
    return queries.thread_and_film(theory.thread_id or 0)
