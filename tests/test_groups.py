"""Groups of processes as several machines have them: a forum started twice, on one database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from benchmarks import servers
from benchmarks.homes import Home
from benchmarks.servers import Server
from benchmarks.traffic import FORM, ask
from forum.lib.page_versions import KEPT_FOR
from forum.theories import cards
from tests.databases import SECRET
from tests.evening import guest_of
from tests.factories import a_theory, a_visitor, film_of, thread_of
from tests.visitors import Visitor

FANS = 8
LOOKS = 4
"""How often a page is looked at in a group, so that both of its processes are asked sooner or
later."""


@contextmanager
def two_groups(app: Flask, folder: Path, **settings: str) -> Iterator[tuple[Server, Server]]:
    """Two groups of two processes each, with the database and the secret key of `app`."""
    given = {"secret_key": SECRET, "hold_first_posts": "0", "blind_hours": "0", **settings}
    url = app.config["FOYER"].database_url
    one, other = (Home(folder / name, url, None) for name in ("one", "other"))
    with (
        servers.forum(one, folder / "one.log", **given) as here,
        servers.forum(other, folder / "other.log", **given) as there,
    ):
        yield here, there


def cookies(visitor: Visitor) -> dict[str, str]:
    """What a visitor's browser sends with each request."""
    kept = [visitor.client.get_cookie(name, domain="127.0.0.1") for name in ("sid", "pref")]
    return {"Cookie": "; ".join(f"{each.key}={each.value}" for each in kept if each)}


class Question:
    """A theory's question, whose page says how many votes its theories have; and a guest there."""

    def __init__(self, app: Flask) -> None:
        theory = a_theory()
        self.theory_id = theory.id
        with app.test_request_context():
            self.path = cards.address(thread_of(theory))
        self.guest = cookies(guest_of(app, film_of(theory)))
        self.fans = [a_visitor(app, seen=(film_of(theory),)) for _ in range(FANS)]

    def vote(self, server: Server, fan: Visitor) -> None:
        """A fan votes on the theory at one of the groups."""
        form = f"value=1&csrf_token={fan.token}"
        answer = ask(server, f"/posts/{self.theory_id}/votes", FORM | cookies(fan), form)
        assert answer.status == 200, answer.body

    def looks(self, server: Server, votes: int) -> list[bool]:
        """Whether the page showed so many votes, for each look at it."""
        figure = f">{votes} vote{'s' * (votes > 1)}<"
        pages = [ask(server, self.path, self.guest).body.decode() for _ in range(LOOKS)]
        return [figure in page for page in pages]

    def behind(self, groups: tuple[Server, Server]) -> int:
        """Fans vote, in one group and the other by turns, and a guest looks in both before and
        after each vote; how many of the looks showed fewer votes than there were."""
        late = 0
        for number, fan in enumerate(self.fans, 1):
            for server in groups:
                self.looks(server, number - 1)
            self.vote(groups[number % 2], fan)
            late += sum(self.looks(server, number).count(False) for server in groups)
        return late


@pytest.mark.postgresql
def test_two_groups_on_one_redis_see_each_others_votes_at_once(app, tmp_path, redis_url):
    question = Question(app)
    with two_groups(app, tmp_path, redis_url=redis_url[0]) as groups:
        assert question.behind(groups) == 0


@pytest.mark.postgresql
def test_without_redis_they_are_behind_for_a_second_and_no_longer(app, tmp_path):
    question = Question(app)
    with two_groups(app, tmp_path) as groups:
        assert question.behind(groups) > 0
        time.sleep(KEPT_FOR)
        assert all(all(question.looks(server, FANS)) for server in groups)
