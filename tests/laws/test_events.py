"""Law: every kind of event is recorded by an operation, once an act, and each is seen to be here.

An event names who acted and what it happened to by ids, and holds codes: never what somebody wrote.
"""

import ast
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts import operations as accounts
from forum.accounts.viewers import Fan, Operator
from forum.events import Event, Kind
from forum.films import operations as films
from forum.films.catalogue import CatalogueFilm
from forum.lib.database import session, unit_of_work
from forum.theories import changes
from forum.theories import operations as theories
from forum.theories.writing import words
from forum.votes import operations as votes
from tests.factories import a_fan, a_film, a_reply, a_theory, a_thread, a_user, film_of, viewer_of
from tests.laws.test_operations import operation_modules
from tests.laws.trees import Trees, modules, planted, sources

OPERATOR = Operator()
_TEXT = {"safe_title": "A safe title", "title": "A title"}


def recorded(trees: Trees) -> set[str]:
    """The names of the kinds that operation modules know."""
    return {
        node.attr
        for tree in operation_modules(trees).values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Kind"
    }


def _session_of(fan: Fan) -> int:
    accounts.log_in(session().get_one(accounts.User, fan.id), "a test", by=fan)
    session().flush()
    return session().scalars(select(accounts.Session.id).order_by(accounts.Session.id)).all()[-1]


def _film(fan: Fan) -> Any:
    return film_of(THINGS["theory"])


THINGS: dict[str, Any] = {}
"""What a test's acts are about; see `things`."""

Act = Callable[[Fan], object]

ACTS: dict[Kind, Act] = {
    Kind.USER_SIGNED_UP: lambda _: accounts.sign_up("new_fan", "", "hash", by=OPERATOR),
    Kind.USER_LOGGED_IN: lambda fan: accounts.log_in(THINGS["user"], "a test", by=fan),
    Kind.USER_LOGGED_OUT: lambda fan: accounts.log_out(THINGS["session"], by=fan),
    Kind.SESSION_ENDED: lambda fan: accounts.end_session(THINGS["session"], by=fan),
    Kind.USER_ROLE_CHANGED: lambda _: accounts.set_role(THINGS["user"], "moderator", by=OPERATOR),
    Kind.USER_TRUST_CHANGED: lambda _: accounts.set_trust(THINGS["user"], "member", by=OPERATOR),
    Kind.PASSWORD_CHANGED: lambda fan: accounts.change_password("hash", 0, by=fan),
    Kind.RESET_LINK_MADE: lambda _: accounts.make_reset_link(THINGS["user"], by=OPERATOR),
    Kind.FILM_ADDED: lambda _: films.add_film(CatalogueFilm("New", 2020), by=OPERATOR),
    Kind.FILM_CHANGED: lambda _: films.note_production(THINGS["film"], ["A"], "B", by=OPERATOR),
    Kind.SEAL_OPENED: lambda fan: films.open_seal(THINGS["other film"], by=fan),
    Kind.SEAL_CLOSED: lambda fan: films.close_seal(THINGS["film"], by=fan),
    Kind.STATEMENT_ADDED: lambda _: films.add_statement(
        THINGS["film"],
        by=OPERATOR,
        seed_key="one",
        speaker="A maker",
        role="writer",
        words="I meant it.",
        is_quotation=True,
        publication="A paper",
        bearings={},
    ),
    Kind.THREAD_PUBLISHED: lambda fan: theories.post_thread(
        THINGS["film"], words("Why?", **_TEXT), by=fan
    ),
    Kind.THREAD_LOCKED: lambda _: changes.lock(THINGS["thread"], True, by=THINGS["moderator"]),
    Kind.THREAD_UNLOCKED: lambda _: changes.lock(THINGS["locked"], False, by=THINGS["moderator"]),
    Kind.THREAD_PINNED: lambda _: changes.pin(THINGS["thread"], True, by=THINGS["moderator"]),
    Kind.THREAD_UNPINNED: lambda _: changes.pin(THINGS["locked"], False, by=THINGS["moderator"]),
    Kind.THEORY_PUBLISHED: lambda fan: theories.post_theory(
        THINGS["thread"], words("So.", kind="plot", **_TEXT), by=fan
    ),
    Kind.REPLY_PUBLISHED: lambda fan: theories.post_reply(
        THINGS["theory"], words("No.", stance="neutral"), by=fan
    ),
    Kind.POST_REVISED: lambda fan: changes.revise(
        THINGS["own"], words("Yes.", stance="supports"), 1, by=fan
    ),
    Kind.POST_WITHDRAWN: lambda fan: changes.withdraw(THINGS["own"], by=fan),
    Kind.FIGURES_REVEALED: lambda fan: votes.show_figures(THINGS["theory"], by=fan),
    Kind.FIGURES_OPENED: lambda _: votes.open_figures(THINGS["blind"], by=OPERATOR),
}
"""Each kind with the operation that records it."""


def test_every_kind_is_recorded_by_an_operation_and_seen_here() -> None:
    names = {kind.name for kind in Kind}
    assert recorded(modules(sources())) == names
    assert set(ACTS) == set(Kind)
