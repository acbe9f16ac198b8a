"""Law: every kind of event is recorded by an operation, once an act, and each is seen to be here.

An event names who acted and what it happened to by ids, and holds codes: never what somebody wrote.
"""

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts import credentials
from forum.accounts import operations as accounts
from forum.accounts.models import Session, User
from forum.accounts.viewers import Fan, Guest, Operator
from forum.events import Event, Kind
from forum.films import operations as films
from forum.films.catalogue import CatalogueFilm
from forum.films.models import Film
from forum.lib.database import session, unit_of_work
from forum.moderation import cases, decisions, rules
from forum.moderation.models import Case, Rule
from forum.notifications import operations as notices
from forum.notifications.models import Notice
from forum.theories import changes, moving
from forum.theories import operations as theories
from forum.theories.models import PendingRevision, Post
from forum.theories.writing import Words, words
from forum.votes import operations as votes
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_moderator,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    the_rules,
    viewer_of,
)
from tests.laws.test_operations import operation_modules
from tests.laws.trees import Trees, modules, planted, sources


@dataclass
class Scene:
    """Who is there, and what they may act on."""

    fan: Fan
    moderator: Fan
    other: User
    session_id: int
    reset_link: str
    film: Film
    other_film: Film
    thread: Post
    closed: Post
    theory: Post
    blind: Post
    own: Post
    changed: Post
    notice: Notice
    case: Case
    claimed: Case
    rule: Rule
    admin: Fan

    guest = Guest()
    operator = Operator()


@pytest.fixture
def scene(app: Flask) -> Scene:
    film, other_film = a_film(), a_film()
    thread, closed = a_thread(film), a_thread(film)
    theory, blind = a_theory(thread), a_theory(thread)
    fan = a_fan(seen=(film,))
    moderator = a_fan(seen=(film,), role="moderator")
    own, other, changed = a_reply(theory, by=fan), a_user(), a_reply(theory, by=fan)
    with unit_of_work() as work:
        work.add(
            PendingRevision(
                post_id=changed.id,
                version=1,
                hold_reason="link",
                body="Yes.",
                stance="neutral",
                created_at=changed.created_at,
            )
        )
        moving.set_locked(closed, True)
        changes.pin(closed, True, by=moderator)
        votes.begin_blind(blind, True, by=Operator())
        accounts.log_in(work.get_one(User, fan.id), "a test", by=fan)
        reset_link = credentials.make_reset_link(other, by=Operator())
        notices.tell(fan.id, "reply", by=Operator(), post_id=own.id)
    the_rules()
    session_id = session().scalars(select(Session.id)).one()
    claimed = a_case(closed)
    with unit_of_work():
        cases.claim(claimed, by=moderator)
    return Scene(
        fan=viewer_of(session().get_one(User, fan.id)),
        moderator=moderator,
        other=other,
        session_id=session_id,
        reset_link=reset_link,
        film=film,
        other_film=other_film,
        thread=thread,
        closed=closed,
        theory=theory,
        blind=blind,
        own=own,
        changed=changed,
        notice=session().scalars(select(Notice).where(Notice.user_id == fan.id)).one(),
        case=a_case(theory),
        claimed=claimed,
        rule=session().get_one(Rule, 1),
        admin=a_moderator(role="admin"),
    )


def a_text(**kind: str) -> Words:
    """Words of a thread or theory."""
    return words("Because.", safe_title="A safe title", title="A title", **kind)


Act = tuple[Kind, str, Callable[[Scene], object]]
"""What is recorded, who acts, and the operation."""

ACTS: tuple[Act, ...] = (
    (Kind.USER_SIGNED_UP, "guest", lambda s: accounts.sign_up("new", "", "hash", by=s.guest)),
    (Kind.USER_SIGNED_UP, "operator", lambda s: accounts.add_archive("old", by=s.operator)),
    (Kind.USER_LOGGED_IN, "guest", lambda s: accounts.log_in(s.other, "a test", by=s.guest)),
    (Kind.USER_LOGGED_OUT, "fan", lambda s: accounts.log_out(s.session_id, by=s.fan)),
    (Kind.SESSION_ENDED, "fan", lambda s: accounts.end_session(s.session_id, by=s.fan)),
    (
        Kind.USER_ROLE_CHANGED,
        "operator",
        lambda s: accounts.set_role(s.other, "admin", by=s.operator),
    ),
    (
        Kind.USER_FILMS_CHANGED,
        "operator",
        lambda s: films.appoint(s.other.id, [s.film, s.other_film], by=s.operator),
    ),
    (
        Kind.USER_TRUST_CHANGED,
        "operator",
        lambda s: accounts.set_trust(s.other, None, by=s.operator),
    ),
    (Kind.PASSWORD_CHANGED, "fan", lambda s: credentials.change_password("hash", 0, by=s.fan)),
    (
        Kind.PASSWORD_CHANGED,
        "guest",
        lambda s: credentials.reset_password(s.reset_link, "h", by=s.guest),
    ),
    (
        Kind.RESET_LINK_MADE,
        "operator",
        lambda s: credentials.make_reset_link(s.other, by=s.operator),
    ),
    (
        Kind.FILM_ADDED,
        "operator",
        lambda s: films.add_film(CatalogueFilm("New", 2020), by=s.operator),
    ),
    (
        Kind.FILM_CHANGED,
        "operator",
        lambda s: films.add_film(
            CatalogueFilm(s.film.title, s.film.year, runtime=99), by=s.operator
        ),
    ),
    (
        Kind.FILM_CHANGED,
        "operator",
        lambda s: films.note_production(s.film, ["In Rome."], "A paper", by=s.operator),
    ),
    (Kind.SEAL_OPENED, "fan", lambda s: films.open_seal(s.other_film, by=s.fan)),
    (Kind.SEAL_CLOSED, "fan", lambda s: films.close_seal(s.film, by=s.fan)),
    (
        Kind.STATEMENT_ADDED,
        "operator",
        lambda s: films.add_statement(
            s.film,
            by=s.operator,
            seed_key="one",
            speaker="A maker",
            role="writer",
            words="I meant it.",
            is_quotation=True,
            publication="A paper",
            bearings={},
        ),
    ),
    (Kind.THREAD_PUBLISHED, "fan", lambda s: theories.post_thread(s.film, a_text(), by=s.fan)),
    (Kind.THREAD_PINNED, "moderator", lambda s: changes.pin(s.thread, True, by=s.moderator)),
    (Kind.THREAD_UNPINNED, "moderator", lambda s: changes.pin(s.closed, False, by=s.moderator)),
    (
        Kind.THEORY_PUBLISHED,
        "fan",
        lambda s: theories.post_theory(s.thread, a_text(kind="plot"), by=s.fan),
    ),
    (
        Kind.REPLY_PUBLISHED,
        "fan",
        lambda s: theories.post_reply(s.theory, words("No.", stance="neutral"), by=s.fan),
    ),
    (
        Kind.POST_REVISED,
        "fan",
        lambda s: changes.revise(s.own, words("Yes.", stance="supports"), 1, by=s.fan),
    ),
    (Kind.REVISION_WITHDRAWN, "fan", lambda s: changes.withdraw_change(s.changed, by=s.fan)),
    (Kind.POST_WITHDRAWN, "fan", lambda s: changes.withdraw(s.own, by=s.fan)),
    (Kind.FIGURES_REVEALED, "fan", lambda s: votes.show_figures(s.theory, by=s.fan)),
    (Kind.REPORT_FILED, "fan", lambda s: cases.report(s.theory, 1, "", by=s.fan)),
    (Kind.CASE_OPENED, "moderator", lambda s: cases.open_case(s.blind, by=s.moderator)),
    (Kind.CASE_DISCARDED, "moderator", lambda s: cases.discard(s.case, by=s.moderator)),
    (Kind.CASE_CLAIMED, "moderator", lambda s: cases.claim(s.case, by=s.moderator)),
    (Kind.CASE_RELEASED, "moderator", lambda s: cases.release(s.claimed, by=s.moderator)),
    (Kind.CASE_UNSEALED, "moderator", lambda s: cases.unseal(s.case, by=s.moderator)),
    (Kind.NOTE_ADDED, "moderator", lambda s: cases.add_note(s.case, "Hm.", by=s.moderator)),
    (
        Kind.PURGE_REFUSED,
        "moderator",
        lambda s: decisions.refuse_purge(s.case, s.case.version, by=s.moderator),
    ),
    (Kind.NOTICES_READ, "fan", lambda s: notices.mark_read(by=s.fan)),
    (Kind.NOTICES_READ, "fan", lambda s: notices.open_notice(s.notice, by=s.fan)),
    (
        Kind.RULE_CHANGED,
        "admin",
        lambda s: rules.change_rule(s.rule, "Another", "One.", "<p>One.</p>", by=s.admin),
    ),
    (Kind.TEXT_CHANGED, "admin", lambda s: rules.change_text("about", "Us.", "Us.", 0, by=s.admin)),
    (Kind.FIGURES_OPENED, "operator", lambda s: votes.open_figures(s.blind, by=s.operator)),
)


def recorded(trees: Trees) -> set[tuple[str, str]]:
    """Every (operation, name of a kind) where the one knows the other."""
    return {
        (function.name, node.attr)
        for tree in operation_modules(trees).values()
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Kind"
    }


PARTS = ("theories.moving", "theories.revising", "moderation.acts")
"""Modules in which operations say by which kind they are recorded, besides their own."""


def known(trees: Trees) -> set[str]:
    """The names of the kinds that operations, or the parts that they share, know."""
    parts = {name: tree for name, tree in trees.items() if name.removeprefix("forum.") in PARTS}
    return {
        node.attr
        for tree in (operation_modules(trees) | parts).values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Kind"
    }


def breaches(trees: Trees, kinds: set[str]) -> list[str]:
    """Kinds that nothing records, and operations whose event is not seen to be recorded here."""
    pairs = recorded(trees)
    seen = {(name, kind.name) for kind, _, act in ACTS for name in act.__code__.co_names}
    unrecorded = kinds - known(trees)
    return [
        *(f"nothing records {kind}" for kind in sorted(unrecorded)),
        *(
            f"{kind} by {name} is not tried"
            for name, kind in sorted(pairs - seen)
            if not name.startswith("_")
        ),
    ]


KINDS = {kind.name for kind in Kind}


def test_every_kind_is_recorded_by_an_operation_that_is_tried_here() -> None:
    assert breaches(modules(sources()), KINDS) == []


def test_a_planted_kind_and_a_planted_operation_are_caught() -> None:
    assert breaches(modules(sources()), KINDS | {"FILM_BURNT"}) == ["nothing records FILM_BURNT"]
    operation = "def burn(film, *, by):\n    events.record(Kind.FILM_CHANGED, by=by)"
    trees = modules(planted("films/operations.py", operation))
    assert breaches(trees, KINDS) == ["FILM_CHANGED by burn is not tried"]


@pytest.mark.parametrize(
    ("kind", "who", "act"),
    ACTS,
    ids=[f"{kind}, {number}" for number, (kind, *_) in enumerate(ACTS)],
)
def test_an_act_is_recorded_once(
    scene: Scene, kind: Kind, who: str, act: Callable[[Scene], object]
) -> None:
    last = max(session().scalars(select(Event.id)))
    with unit_of_work():
        act(scene)
    (event,) = session().scalars(select(Event).where(Event.id > last))
    assert event.kind == kind
    assert event.by_id == (getattr(scene, who).id or None)
    assert event.user_id or event.film_id or event.post_id or event.codes
    written = json.dumps(event.codes or {})
    assert len(written) < 100
    assert not set(written) & {"@", ".", "\\"}


def test_an_act_that_changes_nothing_is_not_recorded(scene: Scene) -> None:
    again: tuple[Callable[[], object], ...] = (
        lambda: films.open_seal(scene.film, by=scene.fan),
        lambda: films.close_seal(scene.other_film, by=scene.fan),
        lambda: changes.pin(scene.closed, True, by=scene.moderator),
        lambda: accounts.end_session(scene.session_id, by=scene.moderator),
        lambda: credentials.reset_password("spent", "hash", by=scene.guest),
        lambda: votes.open_figures(scene.theory, by=scene.operator),
        lambda: films.appoint(scene.other.id, [], by=scene.operator),
    )
    before = session().scalars(select(Event.id)).all()
    for act in again:
        with unit_of_work():
            act()
    assert session().scalars(select(Event.id)).all() == before


def test_an_act_that_fails_leaves_no_event(scene: Scene) -> None:
    before = session().scalars(select(Event.id)).all()

    def fail() -> None:
        with unit_of_work():
            changes.withdraw(scene.own, by=scene.fan)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert session().scalars(select(Event.id)).all() == before
