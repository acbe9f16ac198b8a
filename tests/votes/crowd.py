"""A crowd that votes: accounts made once for a database, and used for every post."""

from itertools import count

from sqlalchemy import select

from forum.accounts.models import User
from forum.lib.database import unit_of_work
from forum.theories.models import Post
from forum.votes.models import Vote
from forum.votes.operations import cast_vote
from tests.factories import a_fan, film_of, found

_numbers = count(1)


def give_votes(post: Post, ups: int, downs: int = 0) -> None:
    """Have so many fans vote on `post` who haven't yet, each by the site's own operation."""
    film = film_of(post)
    voted = select(Vote.user_id).where(Vote.post_id == post.id)
    crowd = found(select(User).where(User.name.startswith("crowd_"), User.id.not_in(voted)))
    for value in [1] * ups + [-1] * downs:
        user = crowd.pop() if crowd else None
        fan = a_fan(user, name=f"crowd_{next(_numbers)}", seen=(film,))
        with unit_of_work():
            cast_vote(post.id, value, by=fan)
