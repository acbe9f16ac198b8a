"""A forum that holds every kind of post in every state, made once and copied for each test.

Films are called by what they are to its visitors: "open" (they have seen it), "shut" (they have
not), and "hidden", "proposed", "declined" (films in those states). A post is called by its film,
its type and its state: "open/theory/removed"; what stands below one that was taken down is called
"open/reply/below-theory-removed", and what stands in a locked question "open/reply/locked".
What waited and never came out is "refused" or "taken-back". What moderators look at is called by
why: "open/theory/reported"; the author wrote all but what is
"of" somebody else: "open/reply/of-moderator".

Every text that anybody wrote holds a token of its own, so that a page gives away what it holds.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select, update
from time_machine import travel

from forum import counters, create_app
from forum.accounts import credentials
from forum.accounts import operations as accounts
from forum.accounts.models import Session
from forum.accounts.passwords import hash_password
from forum.accounts.queries import live_session
from forum.accounts.tokens import form_token
from forum.accounts.viewers import Operator
from forum.config import Settings
from forum.films import operations as films
from forum.films.catalogue import CatalogueFilm
from forum.films.models import Film
from forum.lib import clock
from forum.lib.database import db, session, unit_of_work
from forum.lib.engines import sqlite_module
from forum.lib.origin import masked
from forum.moderation import cases, decisions
from forum.moderation.decisions import Grounds
from forum.moderation.models import Case
from forum.moderation.rules import seed_rules
from forum.notifications.models import Notice
from forum.theories import cards, changes, drafts, moving
from forum.theories import operations as theories
from forum.theories.models import Post, Revision
from forum.theories.writing import Words, words
from forum.votes import operations as votes
from forum.votes import ranks
from tests.compiled import COMPILED
from tests.databases import SECRET
from tests.visitors import Visitor

ROLES = (
    *("guest", "newcomer", "fan", "author", "film_moderator", "moderator", "admin"),
    *("suspended", "banned"),
)
"""Who visits: a guest in a browser that has opened the film "open", and accounts that have. A
film_moderator moderates "open" and "hidden"; the last two do, too, but for those sanctions."""

TAKEN_DOWN = ("hidden", "removed", "withdrawn", "held", "purged")
"""The states of a post but "published"."""

LONG_AGO = timedelta(days=3)
"""For how long everything has stood, so that nobody's quota is used up."""

PASSWORD = "four unrelated words here"
ABSENT = 9_999
"""The number of no post."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word that stands in one text only.

    Attributes:
        text: the word.
        post: what the text belongs to: a post's name, "film/open", "draft/fan", "user/fan",
            "report/open", "note/open", "decision/author's" (the names of a case or decision).
        part: which text of it: "safe title", "title", "body", "veil" (its own), "veil open" and
            "veil shut" (naming those films); "old title", "old body", "old veil shut" of its first
            version, "pending title" and the like of a change that waits; "statement", "notes",
            "e-mail", "words", "reasons", "note".
    """

    text: str
    post: str
    part: str


@dataclass(frozen=True, slots=True)
class Account:
    """A logged-in visitor: what their browser keeps, and what their forms carry."""

    id: int
    name: str
    session_id: int
    cookie: str
    form_token: str


@dataclass(slots=True)
class World:
    """The forum, and what is in it.

    Attributes:
        app: the application.
        file: its database, an SQLite file.
        first: that file as it was made, from which `restore()` copies.
        posts: name → id; addresses: name → the path of its own page.
        films: name → slug; film_ids: name → id.
        cases: name → id: "open", "sealed" (about the film "shut"), "moderator's" and "admin's"
            (about what they wrote), "purging" (an admin proposed it), "edit" (a change waits),
            "closed", "over" and "refused" (decided).
        decisions: whose post was removed, "author's" or "moderator's" → id.
        accounts: role → account.
        notice_id: the first notice in the fan's inbox.
        reset_link: the token of a link with which the fan sets a new password.
        tokens: every token.
    """

    app: Flask
    file: Path
    first: Path
    posts: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    films: dict[str, str] = field(default_factory=dict)
    film_ids: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    decisions: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    notice_id: int = 0
    reset_link: str = ""
    tokens: list[Token] = field(default_factory=list)

    def visitor(self, role: str, *, has_seen: bool = True) -> Visitor:
        """Somebody of `role` in front of a browser; a guest who `has_seen` has opened "open"."""
        visitor = Visitor(self.app)
        if role == "guest":
            if has_seen:
                visitor.open_seal(self.films["open"])
            return visitor
        account = self.accounts[role]
        visitor.client.set_cookie("sid", account.cookie, domain="127.0.0.1")
        visitor.token = account.form_token
        return visitor

    def restore(self) -> None:
        """Bring the database back to what it was in the beginning."""
        with self.app.app_context():
            db.engine.dispose()
        for ending in ("-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.first, self.file)

    def fingerprint(self) -> str:
        """A hash of all that the database holds on disk; the same as long as nobody writes."""
        log = self.file.with_name(self.file.name + "-wal")
        written = log.read_bytes() if log.exists() else b""
        return sha256(self.file.read_bytes() + b"|" + written).hexdigest()

    def close(self) -> None:
        """Let go of the database, all of which is in its one file then."""
        with self.app.app_context():
            db.engine.dispose()
        with closing(sqlite_module().connect(self.file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture(scope="session")
def first_world(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world as it was made, to be copied."""
    folder = tmp_path_factory.mktemp("world")
    world = _world_in(folder, migrated_sqlite)
    with world.app.test_request_context():
        _Builder(world).build()
        db.session.remove()
    world.close()
    return world


@pytest.fixture
def world(first_world: World, tmp_path: Path) -> Iterator[World]:
    """A world of one's own; afterwards every counter must equal its recount."""
    own = _world_in(tmp_path, first_world.file)
    own = replace(first_world, app=own.app, file=own.file, first=first_world.file)
    yield own
    with own.app.app_context():
        drifted = [*counters.drifted(), *ranks.drifted()]
        db.session.remove()
        db.engine.dispose()
    assert drifted == [], f"counters differ from their recount: {[str(d) for d in drifted]}"


def _world_in(folder: Path, database: Path) -> World:
    file = folder / "forum.db"
    shutil.copyfile(database, file)
    settings = Settings.load(
        {"FORUM_INSTANCE": str(folder)},
        secret_key=SECRET,
        blind_hours="0",
        database_url=f"sqlite:///{file}",
    )
    app = create_app(settings)
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return World(app, file, file)


class _Builder:
    def __init__(self, world: World) -> None:
        self.world = world

    def build(self) -> None:
        """Fill an empty database."""
        self.people()
        self.add_films()
        for name in ("open", "shut"):
            self.argue(name)
        self.hide()
        self.judge()
        self.never_show()
        self.rest()
        with unit_of_work() as work:
            # However long the tests take, nobody's session is noted as used again meanwhile.
            work.execute(update(Session).values(seen_at=clock.now() + timedelta(days=1)))

    # --- who and where ---------------------------------------------------------------------

    def people(self) -> None:
        """An account for each role, logged in; trusted but for the newcomer."""
        password = hash_password(PASSWORD)
        for role in ROLES[1:]:
            kind = role if role in ("moderator", "admin") else "fan"
            with unit_of_work():
                email = f"{self.token(f'user/{role}', 'e-mail')}@example.com"
                user = accounts.sign_up(role, email, password, by=Operator(), role=kind)
                user.trust_set = "newcomer" if role == "newcomer" else "trusted"
                if role in ("suspended", "banned"):
                    user.sanction = role
                    user.sanctioned_until = clock.now() + timedelta(days=14)
                cookie = accounts.log_in(user, "a test", by=Operator())
                if role == "fan":
                    self.world.reset_link = credentials.make_reset_link(user, by=Operator())
            row = live_session(cookie, clock.now())
            carried = masked(form_token(current_app.config["SECRET_KEY"], row.id, user.id))
            self.world.accounts[role] = Account(user.id, role, row.id, cookie, carried)

    def add_films(self) -> None:
        """Five films, all of them listed as yet."""
        for name in ("open", "shut", "hidden", "proposed", "declined"):
            with unit_of_work():
                entry = CatalogueFilm(f"The {name} film", 2001, summary="Somebody goes away.")
                film, _ = films.add_film(entry, by=Operator())
            self.world.films[name], self.world.film_ids[name] = film.slug, film.id
        for role in ("film_moderator", "suspended", "banned"):
            moderated = [self.film("open"), self.film("hidden")]
            with unit_of_work():
                films.appoint(self.world.accounts[role].id, moderated, by=Operator())

    def argue(self, name: str) -> None:
        """Questions, theories and replies in every state; the author wrote them all."""
        main = self.thread(name, "published")
        theory = self.theory(name, "published", main)
        reply = self.reply(name, "published", theory)
        for state in TAKEN_DOWN:
            lower = self.reply(name, state, theory)
            self.reply(name, f"below-reply-{state}", lower)
            self.move(lower, state)
            other = self.theory(name, state, main)
            self.reply(name, f"below-theory-{state}", other)
            self.move(other, state)
            question = self.thread(name, state)
            answer = self.theory(name, f"below-thread-{state}", question)
            self.reply(name, f"below-thread-{state}", answer)
            self.move(question, state)
        self.reply(name, "below", reply)
        question = self.thread(name, "locked")
        answer = self.theory(name, "locked", question)
        self.reply(name, "locked", answer)
        with unit_of_work():
            moving.set_locked(question, True)
        self.statements(name)

    def hide(self) -> None:
        """A film that was listed and argued about, and is hidden now; and two that never were."""
        question = self.thread("hidden", "published")
        answer = self.theory("hidden", "published", question)
        self.reply("hidden", "published", answer)
        for state in ("hidden", "proposed", "declined"):
            with unit_of_work() as work:
                film_id = self.world.film_ids[state]
                work.get_one(Film, film_id).state = state
                work.execute(update(Post).where(Post.film_id == film_id).values(film_state=state))

    def judge(self) -> None:
        """The rules, and cases of every kind: the open ones of the matrix have version 2."""
        with unit_of_work():
            seed_rules(by=Operator())
        open_, shut = (self.posted(f"{name}/thread/published") for name in ("open", "shut"))
        theory = self.posted("open/theory/published")
        self.report("open", self.theory("open", "reported", open_))
        self.report("sealed", self.theory("shut", "reported", shut))
        self.report("moderator's", self.reply("open", "of-moderator", theory, by="moderator"))
        self.report("admin's", self.reply("open", "of-admin", theory, by="admin"))
        with unit_of_work():
            note = f"Look at {self.token('note/open', 'note')}."
            cases.add_note(self.case("open"), note, by=self.acting("moderator"))
        self.change(self.theory("open", "pending", open_))
        self.open_case("purging", self.theory("open", "purging", open_))
        self.decide("purging", "purge", Grounds(4, "It must go."), by="admin")
        self.report("closed", self.theory("open", "decided", open_))
        self.remove("author's", "closed", by="moderator")
        gone = self.reply("open", "decided-of-moderator", theory, by="moderator")
        self.open_case("over", gone)
        self.remove("moderator's", "over", by="admin")
        told = select(Notice.id).where(Notice.user_id == self.world.accounts["fan"].id)
        self.world.notice_id = session().scalars(told.order_by(Notice.id).limit(1)).one()

    def never_show(self) -> None:
        """What waited, and was refused or taken back before anybody else saw it."""
        question = self.posted("open/thread/published")
        refused = self.theory("open", "refused", question)
        self.move(refused, "held")
        self.open_case("refused", refused)
        self.decide("refused", "remove", Grounds(2, "It is not wanted."), by="admin")
        theory = self.posted("open/theory/published")
        for post in (
            self.thread("open", "taken-back"),
            self.theory("open", "taken-back", question),
            self.reply("open", "taken-back", theory),
        ):
            self.move(post, "held")
            with unit_of_work():
                moving.leave(post, "withdrawn")

    def rest(self) -> None:
        """Who has seen what, who votes on what, and what everybody has half written."""
        world = self.world
        for role in ROLES[1:]:
            by = self.acting(role)
            with unit_of_work():
                films.open_seal(self.film("open"), by=by)
                for kind, target in (
                    ("theory", world.posts["open/thread/published"]),
                    ("reply", world.posts["shut/theory/published"]),
                    ("thread", world.film_ids["open"]),
                ):
                    fields = ("body",) if kind == "reply" else ("safe_title", "title", "body")
                    text = {name: f"Draft {self.token(f'draft/{role}', name)}" for name in fields}
                    drafts.save_draft(kind, target, text, by=by)
        for role in ("newcomer", "fan", "moderator", "admin"):
            by = self.acting(role, "open")
            with unit_of_work():
                theory = session().get_one(Post, world.posts["open/theory/published"])
                votes.cast_vote(theory.id, -1 if role == "newcomer" else 1, by=by)
        self.grow_old()

    def grow_old(self) -> None:
        """Let all have been written long ago, so that nobody's quota is used up."""
        with unit_of_work() as work:
            for post in work.scalars(select(Post)):
                post.created_at -= LONG_AGO
                if post.published_at is not None:
                    post.published_at -= LONG_AGO
            for revision in work.scalars(select(Revision).where(Revision.number == 1)):
                revision.at -= LONG_AGO
        for film_id in ranks.films_that_drifted():  # what is older is less hot
            with unit_of_work():
                ranks.mend(film_id)

    # --- what stands there -----------------------------------------------------------------

    def thread(self, film: str, state: str) -> Post:
        """A question about a film."""
        name = f"{film}/thread/{state}"
        text = self.words(name, "old ")
        with unit_of_work():
            post = theories.post_thread(self.film(film), text, by=self.writer())
        return self.named(name, post)

    def theory(self, film: str, state: str, thread: Post) -> Post:
        """A theory that answers `thread`."""
        name = f"{film}/theory/{state}"
        text = self.words(name, "old ")
        with unit_of_work():
            post = theories.post_theory(thread, text, by=self.writer())
        return self.named(name, post)

    def reply(self, film: str, state: str, post: Post, *, by: str = "author") -> Post:
        """A reply to `post`."""
        name = f"{film}/reply/{state}"
        text = self.words(name, "old ")
        with unit_of_work():
            reply = theories.post_reply(post, text, by=self.writer(by))
        return self.named(name, reply, by=by)

    def named(self, name: str, post: Post, *, by: str = "author") -> Post:
        """Keep `post` under its name, and revise it once, so that it has a past: a day after it was
        written, since what was done can't be given another time afterwards."""
        text = self.words(name)
        with travel(clock.now() - LONG_AGO + timedelta(days=1)), unit_of_work():
            changes.revise(post, text, 1, by=self.writer(by))
        self.world.posts[name] = post.id
        is_reply = post.type == "reply"
        self.world.addresses[name] = cards.permalink(post) if is_reply else cards.address(post)
        return post

    def move(self, post: Post, state: str) -> None:
        """Take a post down as the moderation layer will."""
        with unit_of_work():
            if state == "held":  # where posts begin: no move leads back there
                moving.leave(post, "hidden")
                post.created_at = post.published_at  # from when on its rank was counted
                post.state, post.published_at = "held", None
                moves = moving.Moves()
                moves.spread(post)
                moves.apply()
            else:
                moving.leave(post, state)

    def statements(self, name: str) -> None:
        """How the film was made, and what one of its makers said of every theory."""
        notes = [f"Shot on {self.token(f'film/{name}', 'notes')}."]
        source = f"Notes {self.token(f'film/{name}', 'notes')}"
        with unit_of_work():
            films.note_production(self.film(name), notes, source, by=Operator())
            films.add_statement(
                self.film(name),
                by=Operator(),
                seed_key=f"{name}/statement",
                speaker=f"Maker {self.token(f'film/{name}', 'statement')}",
                role="writer",
                words=f"I meant {self.token(f'film/{name}', 'statement')}.",
                is_quotation=True,
                publication=f"Paper {self.token(f'film/{name}', 'statement')}",
                bearings={
                    id: "supports"
                    for post, id in self.world.posts.items()
                    if post.startswith(f"{name}/theory/")
                },
            )

    def words(self, name: str, part: str = "") -> Words:
        """The text of a post as it is, as it first was ("old "), or may become ("pending ")."""
        kind = name.split("/")[1]
        told = [
            f"Body {self.token(name, f'{part}body')}.",
            f"Veiled: >!{self.token(name, f'{part}veil')}!<.",
        ]
        for other in ("open", "shut"):
            token = self.token(name, f"{part}veil {other}")
            told.append(f"Of another: >!film:{self.world.films[other]} | {token}!<.")
        titles = {}
        if kind != "reply":
            titles = {
                "safe_title": f"Safe {self.token(name, f'{part}safe title')}",
                "title": f"Title {self.token(name, f'{part}title')}",
            }
        return words(
            "\n\n".join(told),
            kind="reading" if kind == "theory" else None,
            stance="challenges" if kind == "reply" else None,
            **titles,
        )

    def token(self, post: str, part: str) -> str:
        """A new word for one text."""
        token = Token(f"token{len(self.world.tokens):04d}x", post, part)
        self.world.tokens.append(token)
        return token.text

    # --- what moderators look at -----------------------------------------------------------

    def open_case(self, name: str, post: Post) -> None:
        """A case about `post`, of an admin's own initiative."""
        with unit_of_work():
            self.world.cases[name] = cases.open_case(post, by=self.acting("admin")).id

    def report(self, name: str, post: Post) -> None:
        """A case about `post`, which the fan reported."""
        with unit_of_work():
            words = f"It says {self.token(f'report/{name}', 'words')}."
            cases.report(post, 1, words, by=self.acting("fan"))
            self.world.cases[name] = self.case_of(post).id

    def change(self, post: Post) -> None:
        """A change of `post` that waits, as if its author were new here."""
        text = self.words("open/theory/pending", "pending ")
        by = replace(self.writer(), is_member=False, is_moderator=False)
        with unit_of_work():
            changes.revise(post, text, 2, by=by)
            self.world.cases["edit"] = self.case_of(post).id

    def remove(self, name: str, case: str, *, by: str) -> None:
        """Decide a case, with a word for everybody and one for moderators."""
        reasons = f"For {self.token(f'decision/{name}', 'reasons')}."
        note = f"Mind {self.token(f'decision/{name}', 'note')}."
        self.world.decisions[name] = self.decide(case, "remove", Grounds(2, reasons, note), by=by)

    def decide(self, case: str, act: str, grounds: Grounds, *, by: str) -> int:
        """Decide a case as it stands; 0 where a second moderator must agree."""
        with unit_of_work():
            found = self.case(case)
            made = decisions.decide(found, act, grounds, found.version, by=self.acting(by))
        return made.id if made else 0

    def case(self, name: str) -> Case:
        """The case called `name`, as it stands."""
        return session().get_one(Case, self.world.cases[name])

    def case_of(self, post: Post) -> Case:
        """The one case about `post`."""
        return session().scalars(select(Case).where(Case.post_id == post.id)).one()

    # --- acting ----------------------------------------------------------------------------

    def writer(self, role: str = "author") -> Any:
        """The account of `role` having opened every film, without the quotas that a fan has."""
        return self.acting(role, *self.world.films)

    def acting(self, role: str, *seen: str) -> Any:
        """The account of `role` as it acts, having opened the films `seen`."""
        opened = frozenset(self.world.film_ids[name] for name in seen)
        return Operator(id=self.world.accounts[role].id, seen=opened)

    def posted(self, name: str) -> Post:
        """The post called `name`, as it stands."""
        return session().get_one(Post, self.world.posts[name])

    def film(self, name: str) -> Film:
        """The film called `name`, as it stands."""
        return session().get_one(Film, self.world.film_ids[name])
