"""An evening on the forum: random acts of random people, and visitors who look at what came of
them."""

import random
import re
from contextlib import suppress
from pathlib import Path

from flask import Flask

from forum import create_app
from forum.accounts.models import User
from forum.accounts.viewers import Fan, Operator
from forum.films import operations as films
from forum.films.models import Film
from forum.lib.database import session, unit_of_work
from forum.lib.quotas import TooMany
from forum.permissions import can_open_seal, can_reply, can_see_figures, can_vote
from forum.theories import changes, drafts
from forum.theories import operations as theories
from forum.theories.models import Post
from forum.theories.moving import leave
from forum.theories.writing import words
from forum.votes import operations as votes
from tests.compiled import COMPILED
from tests.conftest import settings_for
from tests.factories import (
    a_fan,
    a_film,
    a_film_moderator,
    a_reply,
    a_theory,
    a_thread,
    a_visitor,
    viewer_of,
)
from tests.visitors import Visitor

_TOKEN = re.compile(rb'name="csrf_token" value="\w+"')


def another(app: Flask, folder: Path, **changes: object) -> Flask:
    """Another process on the database of `app`."""
    url = app.config["FOYER"].database_url
    other = create_app(settings_for(folder, database_url=url, **changes))
    other.testing = True
    other.jinja_env.bytecode_cache = COMPILED
    return other


def guest_of(app: Flask, *seen: Film) -> Visitor:
    """A guest who has opened `seen`."""
    guest = Visitor(app)
    for film in seen:
        guest.open_seal(film.slug)
    return guest


class Evening:
    """Random acts of random people, and guests who look at what comes of them."""

    def __init__(self, app: Flask, bare: Flask, chance: random.Random) -> None:
        self.app, self.bare, self.chance = app, bare, chance
        self.path = "/"
        self.films = [a_film(f"Film {letter}", 2001) for letter in "ABC"]
        self.fans: list[Fan] = [a_fan(seen=tuple(self.films)) for _ in range(4)]
        self.threads = [a_thread(film, body=self.text()) for film in self.films for _ in range(2)]
        self.theories = [a_theory(thread, body=self.text()) for thread in self.threads]
        self.replies = [a_reply(theory, body=self.text()) for theory in self.theories]
        self.readers = [a_fan(seen=self.some_films(), trust="member") for _ in range(4)]
        pairs = [self.pair() for _ in range(5)]
        newcomer = a_fan(seen=self.some_films(), trust=None)
        moderator = a_fan(seen=self.some_films(), role="moderator")
        keeper = a_film_moderator(self.films[0])
        signed_in = [*self.readers, self.fans[0], newcomer, moderator, keeper]
        self.visitors = [*pairs, *map(self.pair_of, signed_in)]
        for theory in self.theories:
            for fan in self.fans:
                with unit_of_work():
                    votes.cast_vote(theory.id, 1, by=fan)

    def pair(self) -> tuple[Visitor, Visitor]:
        """One guest in front of the site, and of the same site without anything kept."""
        films = self.some_films()
        guests = guest_of(self.app, *films), guest_of(self.bare, *films)
        if self.chance.random() < 0.5:
            for guest in guests:
                guest.post("/settings/theme", value="dark")
        return guests

    def pair_of(self, fan: Fan) -> tuple[Visitor, Visitor]:
        """A fan in front of both, with a session in each."""
        user = session().get_one(User, fan.id)
        return a_visitor(self.app, user), a_visitor(self.bare, user)

    def some_films(self) -> tuple[Film, ...]:
        return tuple(self.chance.sample(self.films, self.chance.randrange(4)))

    def text(self) -> str:
        """Words, now and then with a veil that names a film."""
        said = f"Words {self.chance.randrange(10**6)}."
        if self.chance.random() < 0.4:
            said += f" >!film:{self.chance.choice(self.films).slug} | Secret {said}!<"
        return said

    def act(self) -> None:
        """Something happens; who does too much in a minute of the real clock is refused."""
        acts = (
            *(self.vote, self.vote, self.vote, self.answer, self.answer, self.edit, self.theorise),
            *(self.read, self.read, self.read, self.read, self.jot),
            *(self.take_down, self.put_back, self.ask, self.lock, self.state, self.list, self.note),
        )
        with suppress(TooMany), unit_of_work():
            self.chance.choice(acts)()

    def some(self, posts: list[Post]) -> Post:
        return session().get_one(Post, self.chance.choice(posts).id, populate_existing=True)

    def operator(self) -> Operator:
        return Operator(id=self.chance.choice(self.fans).id, seen=self.fans[0].seen)

    def vote(self) -> None:
        theory = self.some(self.theories)
        if theory.state == "published" and not theory.thread_locked:
            fan = self.chance.choice([fan for fan in self.fans if fan.id != theory.author_id])
            if theory.thread_state == theory.film_state.replace("listed", "published"):
                votes.cast_vote(theory.id, self.chance.choice((1, -1, 0)), by=fan)

    def read(self) -> None:
        """A reader votes on what they read, or asks for its figures, or opens another film."""
        fan = viewer_of(session().get_one(User, self.chance.choice(self.readers).id))
        post = self.some([*self.theories, *self.replies])
        if can_vote(fan, post):
            value = self.chance.choice((1, -1, 0) if post.type == "theory" else (1, 0))
            votes.cast_vote(post.id, value, by=fan)
        elif self.chance.random() < 0.2:
            film = session().get_one(Film, self.chance.choice(self.films).id)
            if can_open_seal(fan, film):
                self.chance.choice((films.open_seal, films.close_seal))(film, by=fan)

    def jot(self) -> None:
        """A reader asks for figures, or half writes a reply and lets it be."""
        fan = viewer_of(session().get_one(User, self.chance.choice(self.readers).id))
        theory = self.some(self.theories)
        if self.chance.random() < 0.5 and can_see_figures(fan, theory):
            votes.show_figures(theory, by=fan)
        elif can_reply(fan, theory) and self.chance.random() < 0.3:
            drafts.save_draft("reply", theory.id, {"body": "Half a thought"}, by=fan)
        else:
            drafts.discard_draft("reply", theory.id, by=fan)

    def standing(self, post: Post) -> bool:
        states = (post.state, post.thread_state, post.theory_state)
        return set(states) == {"published"} and post.film_state == "listed"

    def answer(self) -> None:
        post = self.some([*self.theories, *self.replies])
        if self.standing(post) and not post.thread_locked:
            text = words(self.text(), stance="supports")
            self.replies.append(theories.post_reply(post, text, by=self.operator()))

    def theorise(self) -> None:
        thread = self.some(self.threads)
        if self.standing(thread) and not thread.thread_locked:
            number = self.chance.randrange(10**6)
            text = words(self.text(), safe_title=f"Safe {number}", title="T", kind="plot")
            self.theories.append(theories.post_theory(thread, text, by=self.operator()))

    def ask(self) -> None:
        film = session().get_one(Film, self.chance.choice(self.films).id, populate_existing=True)
        if film.state == "listed":
            text = words(self.text(), safe_title="Safe", title=f"Why {self.chance.random()}?")
            self.threads.append(theories.post_thread(film, text, by=self.operator()))

    def edit(self) -> None:
        post = self.some([*self.theories, *self.replies, *self.threads])
        if self.standing(post) and not post.thread_locked:
            titles = {"safe_title": "Safe now", "title": "Now"} if post.type != "reply" else {}
            text = words(self.text(), kind=post.kind, stance=post.stance, **titles)
            author = Operator(id=post.author_id, seen=self.fans[0].seen)
            changes.revise(post, text, post.version, by=author)

    def take_down(self) -> None:
        post = self.some([*self.theories, *self.replies])
        if post.state == "published":
            leave(post, self.chance.choice(("hidden", "removed")))

    def put_back(self) -> None:
        post = self.some([*self.theories, *self.replies])
        if post.state in ("hidden", "removed"):
            leave(post, "published")

    def lock(self) -> None:
        thread = self.some(self.threads)
        changes.pin(thread, not thread.pinned, by=Operator())

    def state(self) -> None:
        theory = self.some(self.theories)
        if theory.state == "published" and theory.blind:
            votes.open_figures(session().get_one(type(theory), theory.id), by=Operator())

    def list(self) -> None:
        films.add_film(
            films.CatalogueFilm(f"Film {self.chance.choice('ABC')}", 2001, runtime=None),
            by=Operator(),
        )

    def note(self) -> None:
        film = session().get_one(Film, self.chance.choice(self.films).id)
        films.note_production(film, [f"Shot {self.chance.random()}."], "A book", by=Operator())

    def somewhere(self) -> str:
        """The address of a page."""
        post = self.chance.choice([*self.threads, *self.theories])
        path = self.chance.choice(
            ["/", f"/films/{self.chance.choice(self.films).slug}", f"/posts/{post.id}"]
        )
        if path.startswith("/posts"):
            path = self.visitors[0][1].get(path).location or path
            path += self.chance.choice(("", "", "?order=new", "?order=hot", "?stance=supports"))
        return path

    def look(self) -> str:
        """Somebody opens a page; the difference to one made anew, "" if there is none."""
        if self.chance.random() < 0.1:
            self.path = self.somewhere()
        path = self.path
        number = self.chance.randrange(len(self.visitors))
        kept, made = self.visitors[number]
        first, second = kept.get(path), made.get(path)
        if (first.status_code, _plain(first.data)) == (second.status_code, _plain(second.data)):
            return ""
        return f"visitor {number} at {path}: {first.status_code} {second.status_code}"


def _plain(page: bytes) -> bytes:
    """A page without what differs between two sessions of one fan."""
    return _TOKEN.sub(b"", page)
