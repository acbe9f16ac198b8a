"""Law: a page takes a few statements, however much there is to show (decisions.md 18)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.config import Settings
from forum.films import operations as films
from forum.films.models import Film
from forum.lib.database import session, unit_of_work
from forum.theories import cards, drafts
from forum.theories.models import Post
from forum.votes.operations import cast_vote
from tests.factories import a_fan, a_film, a_reply, a_theory, a_thread, a_user, a_visitor
from tests.visitors import Visitor

GUEST, SIGNED_IN = 5, 8
VOTE = {"sqlite": 7, "postgresql": 4}
REPLY = {"sqlite": 17, "postgresql": 16}

_NO_STATEMENTS = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nothing is kept: each page asks for all that it shows."""
    return replace(settings, page_cache_mb=0)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the database gets meanwhile; those that begin or end work aside, and
    those that ask whether a kept page still holds."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(_NO_STATEMENTS) and "page_versions" not in statement:
            statements.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


class Place:
    """A film with `size` of everything: questions, theories, replies, statements, fans, votes."""

    def __init__(self, app: Flask, size: int) -> None:
        self.author = a_user()
        everything = [a_film() for _ in range(size)]
        self.film: Film = everything[0]
        self.by = Operator(id=self.author.id, seen=frozenset(film.id for film in everything))
        threads = [a_thread(self.film, self.by) for _ in range(size)]
        threads += [a_thread(film, self.by) for film in everything[1:]]
        self.thread: Post = threads[0]
        theories = [a_theory(self.thread, self.by) for _ in range(size)]
        self.theory: Post = theories[0]
        self.reply, *_ = [a_reply(self.theory, self.by) for _ in range(size)]
        others = [a_theory(thread, self.by) for thread in threads[1:]]
        self._say(size, [theory.id for theory in theories])
        fans = [a_fan(seen=(self.film,)) for _ in range(size)]
        with unit_of_work():
            for fan in fans:
                cast_vote(self.theory.id, 1, by=fan)
        self.user = a_user()
        fan = a_fan(self.user, seen=tuple(everything))
        with unit_of_work():
            for number, theory in enumerate([*theories, *others[:8]]):
                cast_vote(theory.id, -1 if number % 2 else 1, by=fan)
            for target in [*theories[1:], theories[0]]:
                drafts.save_draft("reply", target.id, {"body": "Half."}, by=fan)
        self.visitor = a_visitor(app, self.user)
        with app.test_request_context():
            self.thread_path = cards.address(self.thread)
            self.theory_path = cards.address(self.theory)
        self.guest = Visitor(app)
        self.guest.open_seal(self.film.slug)

    def _say(self, size: int, theory_ids: list[int]) -> None:
        for number in range(size):
            with unit_of_work():
                films.add_statement(
                    self.film,
                    by=Operator(),
                    seed_key=f"{number}",
                    speaker="A maker",
                    role="writer",
                    words="I meant it.",
                    is_quotation=True,
                    publication="A paper",
                    bearings=dict.fromkeys(theory_ids, "supports"),
                )

    def pages(self) -> dict[str, str]:
        """What is looked at, by name."""
        return {
            "front": "/",
            "film": f"/films/{self.film.slug}",
            "thread": self.thread_path,
            "theory": self.theory_path,
            "films": "/films",
            "search": "/search?q=film",
            "fans": "/fans",
            "fan": f"/fans/{self.author.name}",
            "votes": "/votes",
            "drafts": "/drafts",
            "my films": "/settings/films",
            "settings": "/settings",
            "compose a thread": f"/films/{self.film.slug}/threads/new",
            "compose a theory": f"/threads/{self.thread.id}/theories/new",
            "compose a reply": f"/posts/{self.reply.id}/replies/new",
            "revisions": f"/posts/{self.theory.id}/revisions",
            "permalink": f"/posts/{self.reply.id}",
        }


GROWS = {
    "thread": (2, "from a second page on, it asks for the other theories and their shares"),
    "front": (-1, "with seven films argued about, it looks for no quiet ones"),
}
"""Pages that take more, or fewer, statements once a list is full; and why."""


def counts(place: Place, visitor: Visitor) -> dict[str, int]:
    """How many statements each page takes for `visitor`."""
    found = {}
    for name, path in place.pages().items():
        with counted() as statements:
            status = visitor.get(path).status_code
        assert status in (200, 303), f"{name}: {status}"
        found[name] = len(statements)
    return found


def breaches(few: dict[str, int], many: dict[str, int], most: int) -> list[str]:
    """Pages that take more statements than `most`, or whose number depends on the rows."""
    grown = {name: GROWS.get(name, (0, ""))[0] for name in many}
    return [
        *(f"{name}: {n} statements, {most} at most" for name, n in many.items() if n > most),
        *(
            f"{name}: {few[name]} statements with one row, {n} with forty"
            for name, n in many.items()
            if n - few[name] != grown[name]
        ),
    ]


@pytest.mark.both_databases
def test_pages_take_few_statements_however_much_they_show(app: Flask) -> None:
    few = Place(app, 1)
    by_guest, by_visitor = counts(few, few.guest), counts(few, few.visitor)
    many = Place(app, 40)
    assert breaches(by_guest, counts(many, many.guest), GUEST) == []
    assert breaches(by_visitor, counts(many, many.visitor), SIGNED_IN) == []
    assert max(by_guest.values()) <= GUEST
    assert max(by_visitor.values()) <= SIGNED_IN


def test_beyond_its_first_page_a_list_takes_the_same_number(app: Flask) -> None:
    full, fuller = Place(app, 27), Place(app, 40)
    assert counts(full, full.guest) == counts(fuller, fuller.guest)
    assert counts(full, full.visitor) == counts(fuller, fuller.visitor)


@pytest.mark.both_databases
def test_a_vote_takes_few_statements(app: Flask) -> None:
    most = VOTE[session().get_bind().dialect.name]
    film = a_film()
    thread = a_thread(film)
    theories = [a_theory(thread) for _ in range(3)]
    reply = a_reply(theories[0])
    visitor = a_visitor(app, seen=(film,))
    for send in (visitor.post, visitor.fetch):
        for post, values in ((theories[0], "1 1 -1 0"), (reply, "1 1 0")):
            for value in values.split():
                with counted() as statements:
                    response = send(f"/posts/{post.id}/votes", value=value)
                assert response.status_code in (200, 303)
                assert 3 <= len(statements) <= most, f"{post.type}, {value}: {statements}"


@pytest.mark.both_databases
def test_a_reply_takes_few_statements_however_many_there_are(app: Flask) -> None:
    film = a_film()
    theory = a_theory(a_thread(film))
    taken = []
    for post in (theory, a_reply(theory)):
        for number in range(3):
            visitor = a_visitor(app, seen=(film,))
            with counted() as statements:
                response = visitor.fetch(
                    f"/posts/{post.id}/replies", body=f"No, {number}.", stance="challenges"
                )
            assert response.status_code == 201
            taken.append(len(statements))
    assert max(taken) <= REPLY[session().get_bind().dialect.name], statements
    assert min(taken) == max(taken)


def test_a_page_that_asks_for_each_row_is_caught(app: Flask) -> None:
    def gossip() -> str:
        for user in session().scalars(select(User)).all():
            session().scalar(select(Post.id).where(Post.author_id == user.id).limit(1))
        return "gossip"

    app.add_url_rule("/gossip", view_func=gossip)
    found = []
    for size in (1, 12):
        place = Place(app, size)
        with counted() as statements:
            place.guest.get("/gossip")
        found.append({"gossip": len(statements)})
    few, many = found
    assert breaches(few, many, GUEST) == [
        f"gossip: {many['gossip']} statements, 5 at most",
        f"gossip: {few['gossip']} statements with one row, {many['gossip']} with forty",
    ]
