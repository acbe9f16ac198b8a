"""Moderation's pages take a few statements, however much has been reported and decided."""

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts.models import User
from forum.accounts.viewers import Fan, Operator
from forum.lib.database import session, unit_of_work
from forum.moderation import cases, decisions
from forum.moderation.decisions import Grounds
from forum.theories.changes import revise
from forum.theories.models import Post
from forum.theories.writing import words
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_film_moderator,
    a_moderator,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    author_of,
    decide,
    found,
    the_rules,
    viewer_of,
)
from tests.laws.test_statements import SIGNED_IN, counted
from tests.visitors import Visitor

CASE = 12
"""A case stands beside the queue, with its passage, reports, notes, and all that came before."""

CHANGED = CASE + 1
"""Where veils of its versions name films, those are looked up as well, all at once."""

SWEEP = 50
"""Holds SQLite's write lock meanwhile, however much the spammer had posted."""


class Desk:
    """Reports and decisions about what one author wrote, `size` of each, and who reads of them."""

    def __init__(self, app: Flask, size: int) -> None:
        film = a_film()
        thread = a_thread(film)
        judge = a_moderator(seen=(film,))
        author = a_user()
        writer = a_fan(author, seen=(film,))
        for number in range(size):
            theory = a_theory(thread, by=writer if number == 0 else None)
            for _ in range(size):
                self.report(theory, a_fan(seen=(film,)))
            reply = a_reply(theory, by=writer)
            decision = decide(a_case(reply, judge), "remove", judge)
            assert decision is not None
        case = a_case(theory)
        with unit_of_work():
            for number in range(size):
                cases.add_note(case, f"A note {number}.", by=judge)
        changed = a_theory(thread, body=f"Like >!film:{a_film().slug} | the shark!<.")
        for _ in range(size):
            self.report(changed, a_fan(seen=(film,)))
            change(changed, viewer_of(author_of(changed)), f"{changed.body} Again.")
        usher = a_visitor(app, a_user(role="moderator"), seen=(film,))
        keeper = a_visitor(app, session().get_one(User, a_film_moderator(film).id), seen=(film,))
        own = a_visitor(app, author)
        self.pages: list[tuple[Visitor, str, int]] = [
            (usher, "/moderation/queue", SIGNED_IN),
            (usher, f"/moderation/cases/{case.id}", CASE),
            (usher, f"/moderation/cases/{a_case(changed).id}", CHANGED),
            (usher, "/moderation/log", SIGNED_IN),
            (keeper, "/moderation/queue", SIGNED_IN),
            (keeper, f"/moderation/cases/{case.id}", CASE),
            (keeper, "/moderation/log", SIGNED_IN),
            (usher, "/rules", SIGNED_IN),
            (own, "/inbox", SIGNED_IN),
            (own, "/standing", SIGNED_IN),
            (own, f"/standing/decisions/{decision.id}", SIGNED_IN),
            (usher, f"/posts/{theory.id}/reports/new", SIGNED_IN),
        ]

    def report(self, theory, by) -> None:
        with unit_of_work():
            cases.report(theory, 2, "It is about people.", by=by)

    def counts(self) -> list[int]:
        """How many statements each page takes."""
        taken = []
        for visitor, path, most in self.pages:
            with counted() as statements:
                assert visitor.get(path).status_code == 200, path
            assert len(statements) <= most, f"{path}: {statements}"
            taken.append(len(statements))
        return taken


@pytest.mark.both_databases
def test_pages_of_moderation_take_the_same_few_statements_whatever_they_show(app):
    the_rules()
    assert Desk(app, 1).counts() == Desk(app, 4).counts()


def change(theory: Post, by: Fan, body: str) -> None:
    """Give `theory` another body, or let it wait."""
    names = {name: getattr(theory, name) for name in ("safe_title", "title", "kind")}
    text = words(body, **names)
    with unit_of_work():
        revise(theory, text, theory.version, by=by)


def reasons_for_changes(app: Flask, size: int) -> int:
    """How many statements the reasons take for removing `size` changes that waited."""
    film, newcomer = a_film(), a_user(trust="newcomer")
    writer = Operator(id=newcomer.id, seen=frozenset({film.id}))  # whom no quota stops
    veiled = f"https://film.example/ says >!film:{a_film().slug} | the shark!<."
    for _ in range(size):
        theory = a_theory(a_thread(film), by=writer)
        change(theory, viewer_of(newcomer), veiled)
    decision = decide(a_case(theory), "ban_and_remove", a_moderator())
    own = a_visitor(app, newcomer)
    with counted() as statements:
        page = own.see(f"/standing/decisions/{decision.id}")
    assert page.count("film.example") >= size
    assert len(statements) <= SIGNED_IN, statements
    return len(statements)


@pytest.mark.both_databases
def test_reasons_take_the_same_few_statements_however_many_changes_went(app):
    the_rules()
    assert reasons_for_changes(app, 1) == reasons_for_changes(app, 4)


def swept(size: int) -> list[int]:
    """How many statements it takes to remove `size` theories and replies with their author, and to
    bring them back."""
    film, spammer, judge = a_film(), a_user(), a_moderator()
    writer = Operator(id=spammer.id, seen=frozenset({film.id}))  # whom no quota stops
    thread = a_thread(film)
    anothers = a_theory(thread)
    for _ in range(size):
        a_theory(thread, by=writer)
        post = a_reply(anothers, by=writer)
    case = a_case(post)
    taken = []
    with counted() as statements:
        decision = decide(case, "ban_and_remove", judge)
    taken.append(len(statements))
    assert set(found(select(Post.state).where(Post.author_id == spammer.id))) == {"removed"}
    with counted() as statements, unit_of_work():
        decisions.reverse(decision, Grounds(reasons="It was wrong."), by=judge)
    taken.append(len(statements))
    assert set(found(select(Post.state).where(Post.author_id == spammer.id))) == {"published"}
    return taken


@pytest.mark.both_databases
def test_a_sweep_takes_the_same_few_statements_however_much_there_is(app):
    the_rules()
    few, many = swept(2), swept(12)
    assert few == many
    assert max(many) <= SWEEP
