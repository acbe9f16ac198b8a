"""What happens in the house while somebody looks at a page: acts of people without a browser."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from forum.accounts.queries import user_named
from forum.accounts.viewers import Operator
from forum.films.models import Film
from forum.lib.database import db, session, unit_of_work
from forum.moderation.cases import report
from forum.theories import operations
from forum.theories.models import Draft, Post
from forum.theories.writing import words
from forum.votes.models import VoteChange
from forum.votes.operations import cast_vote
from tests.browser.house import House
from tests.factories import a_fan, a_user, lock_question, viewer_of

ANORA = "anora-2024"


@contextmanager
def inside(house: House) -> Iterator[None]:
    """The house's database, for as long as the block lasts."""
    with house.app.app_context():
        try:
            yield
        finally:
            session().rollback()
            db.session.remove()


def account(house: House, name: str, *, trust: str | None = "trusted", role: str = "fan") -> str:
    """An account that has seen Anora; gives its name."""
    with inside(house):
        a_fan(a_user(name, trust=trust, role=role), seen=(_anora(),))
    return name


def address(house: House, title: str) -> str:
    """Where the question or theory called `title` stands."""
    with inside(house):
        post = _post(title)
        return f"/{'threads' if post.type == 'thread' else 'theories'}/{post.id}"


def theory_by(house: House, name: str, title: str, question: str) -> str:
    """A theory that `name`, a new account, posts in answer to `question` just now; its address."""
    with inside(house):
        fan = a_fan(a_user(name), seen=(_anora(),))
        text = words(f"So says {name}.", safe_title=f"By {name}", title=title, kind="reading")
        with unit_of_work():
            theory = operations.post_theory(_post(question), text, by=fan)
        return f"/theories/{theory.id}"


def reply_by(house: House, name: str, body: str, theory: str) -> None:
    """A reply of `name`, a new account, to `theory`."""
    with inside(house):
        fan = a_fan(a_user(name), seen=(_anora(),))
        text = words(body, stance="neutral")
        with unit_of_work():
            operations.post_reply(_post(theory), text, by=fan)


def lock(house: House, question: str) -> None:
    """A moderator locks `question`."""
    with inside(house):
        lock_question(_post(question))


def votes(house: House, title: str, ups: int, downs: int) -> None:
    """`ups` new fans are convinced by the theory called `title`, and `downs` are not."""
    with inside(house):
        for number in range(ups + downs):
            fan = a_fan(seen=(_anora(),))
            with unit_of_work():
                cast_vote(_post(title).id, 1 if number < ups else -1, by=fan)


def changes_mind(house: House, name: str, title: str, times: int) -> None:
    """`name` votes on the theory called `title`, and takes it back, until that is `times` votes."""
    with inside(house):
        user = user_named(name)
        assert user is not None
        for number in range(times):
            with unit_of_work():
                cast_vote(_post(title).id, 1 - number % 2, by=viewer_of(user))


def figures(house: House, title: str) -> tuple[int, int]:
    """How many are convinced by the theory called `title`, and how many are not, as counted."""
    with inside(house):
        post = _post(title)
        return post.ups, post.downs


def journal(house: House, title: str) -> list[int]:
    """What votes on the post called `title` became, one after the other."""
    with inside(house):
        changes = select(VoteChange).where(VoteChange.post_id == _post(title).id)
        return [change.new_value for change in session().scalars(changes.order_by(VoteChange.id))]


def drafts(house: House) -> list[str]:
    """The bodies of all drafts."""
    with inside(house):
        return [draft.fields.get("body", "") for draft in session().scalars(select(Draft))]


def _anora() -> Film:
    return session().scalars(select(Film).where(Film.slug == ANORA)).one()


def _post(title: str) -> Post:
    return session().scalars(select(Post).where(Post.title == title)).one()


def spam_by(house: House, name: str, count: int, theory: str) -> None:
    """So many replies of `name`, an account of today, to `theory`; no quota keeps them back."""
    with inside(house):
        user = a_user(name)
        fan = a_fan(user, seen=(_anora(),))
        freely = Operator(id=fan.id, seen=fan.seen)
        post = _post(theory)
        with unit_of_work():
            for number in range(count):
                text = words(f"Buy it here, number {number}.", stance="neutral")
                operations.post_reply(post, text, by=freely)


def is_reported(house: House, body: str, rule: int) -> None:
    """A fan reports the reply that says `body`."""
    with inside(house):
        reporter = a_fan(seen=(_anora(),))
        reply = session().scalars(select(Post).where(Post.body == body)).one()
        with unit_of_work():
            report(reply, rule, "Look.", by=reporter)
