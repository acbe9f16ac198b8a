"""Posts of an evening that has to fit into a second: written without the quotas of fans."""

from typing import Any

from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.films.models import Film
from forum.lib.database import session, unit_of_work
from forum.theories import operations
from forum.theories.models import Post
from forum.theories.writing import words
from tests.factories import viewer_of


def thread(
    film: Film, user: User, safe_title: str, title: str, body: str = "I keep asking."
) -> Post:
    """A question of `user` about `film`."""
    text = words(body, safe_title=safe_title, title=title)
    with unit_of_work():
        return operations.post_thread(film, text, by=_writer(user, film))


def theory(asked: Post, user: User, safe_title: str, title: str, body: str) -> Post:
    """A theory of `user` in answer to the question `asked`."""
    text = words(body, safe_title=safe_title, title=title, kind="reading")
    film = session().get_one(Film, asked.film_id)
    with unit_of_work():
        return operations.post_theory(asked, text, by=_writer(user, film))


def reply(post: Post, user: User, body: str, stance: str) -> Post:
    """A reply of `user` to `post`."""
    text = words(body, stance=stance)
    film = session().get_one(Film, post.film_id)
    with unit_of_work():
        return operations.post_reply(post, text, by=_writer(user, film))


def _writer(user: User, film: Film) -> Any:
    """`user` as somebody who has seen `film` and has no quota."""
    return Operator(id=user.id, seen=frozenset({*viewer_of(user).seen, film.id}))
