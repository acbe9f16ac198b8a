"""Seeding: the first film and the first catalogue, once, by an archive that nobody can be."""

from typing import Any

import pytest
from sqlalchemy import func, select

from forum import counters, seeds
from forum.accounts.models import User
from forum.accounts.queries import user_named
from forum.events import Event
from forum.films.models import Bearing, Film, Statement
from forum.lib.database import Base, session
from forum.lib.jobs import Job
from forum.theories.models import Post, Theory, Thread
from forum.votes import ranks
from tests.accounts.test_log_in import log_in
from tests.factories import a_visitor, found

pytestmark = pytest.mark.both_databases


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    session().rollback()
    return {
        table.name: sorted(map(tuple, session().execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def count(model: type, *conditions: Any) -> int:
    return found(select(func.count()).select_from(model).where(*conditions))[0]


def test_a_house_is_empty_until_it_is_seeded(app):
    assert seeds.is_empty()
    seeds.seed_all()
    assert not seeds.is_empty()


def test_seeding_twice_changes_nothing(app):
    seeds.seed_all()
    once = everything()
    seeds.seed_all()
    assert everything() == once


def test_seeding_goes_on_where_it_was_cut_short(app):
    seeds.seed_anora()
    seeds.seed_all()
    assert count(Film) == 201
    assert count(Theory) == 17
    assert counters.drifted() == []
    assert ranks.drifted() == []


def test_anora_comes_with_seventeen_theories_in_four_threads(app):
    seeds.seed_all()
    film = found(select(Film).where(Film.slug == "anora-2024"))[0]
    threads = found(select(Thread).order_by(Thread.id.desc()))
    counts = [len(found(select(Theory.id).where(Theory.thread_id == t.id))) for t in threads]
    assert counts == [6, 4, 3, 4]
    assert [thread.theory_count for thread in threads] == counts
    assert (film.thread_count, film.theory_count, film.vote_count) == (4, 17, 0)
    keys = found(select(Theory.seed_key))
    assert len(set(keys)) == 17
    assert all(key.count("/") == 2 and key.startswith("anora/") for key in keys)
    assert set(found(select(Post.state))) == {"published"}


def test_questions_stand_in_the_order_of_the_file(app, guest):
    seeds.seed_all()
    guest.open_seal("anora-2024")
    page = guest.see("/films/anora-2024")
    titles = [thread["title"] for thread in seeds._read("anora.toml")["thread"]]
    places = [page.index(title) for title in titles]
    assert places == sorted(places)


def test_two_hundred_films_come_with_no_question_yet(app):
    seeds.seed_all()
    assert count(Film) == 201
    assert count(Film, Film.thread_count == 0) == 200
    assert count(Film, Film.state != "listed") == 0


def test_seeded_posts_are_the_archives_and_say_so(app, guest):
    seeds.seed_all()
    (archive,) = found(select(User))
    assert archive.is_archive
    assert set(found(select(Post.author_id))) == {archive.id}
    assert (archive.thread_count, archive.theory_count) == (4, 17)
    guest.open_seal("anora-2024")
    theory = found(select(Theory.id).order_by(Theory.id))[0]
    assert "the archive</a>, from an article" in guest.see(f"/theories/{theory}")


def test_nobody_can_be_the_archive(app, guest):
    seeds.seed_all()
    for password in ("", "a password of many words", "None"):
        assert log_in(guest, seeds.ARCHIVE_NAME, password).status_code == 422
    archive = user_named(seeds.ARCHIVE_NAME)
    assert archive is not None
    assert archive.password_hash is None
    form = {"email": "a@example.org", "password": "seven lamps over brighton beach"}
    assert guest.post("/signup", name="the-archive", **form).status_code == 422


def test_statements_are_linked_to_the_theories_that_they_bear_on(app):
    seeds.seed_all()
    wanted = seeds._read("anora.toml")["statement"]
    statements = found(select(Statement).order_by(Statement.id))
    assert [statement.text for statement in statements] == [entry["text"] for entry in wanted]
    for statement, entry in zip(statements, wanted, strict=True):
        bearings = found(select(Bearing).where(Bearing.statement_id == statement.id))
        keys = {theory.id: theory.seed_key.split("/")[-1] for theory in found(select(Theory))}
        linked = {keys[bearing.theory_id]: bearing.bearing for bearing in bearings}
        assert linked == {one["key"]: one["bearing"] for one in entry["theories"]}
        assert statement.status == "reported"


def test_figures_of_the_archive_show_at_once(app):
    seeds.seed_all()
    assert count(Post, Post.blind) == 0
    assert found(select(Job.kind)) == ["nightly"]


def test_a_fan_argues_with_the_archive_as_with_anybody(app):
    seeds.seed_all()
    film = found(select(Film).where(Film.slug == "anora-2024"))[0]
    fan = a_visitor(app, seen=(film,))
    theory = found(select(Theory.id).order_by(Theory.id))[0]
    assert fan.post(f"/posts/{theory}/votes", value="1").status_code == 303
    reply = fan.post(f"/posts/{theory}/replies", stance="challenges", body="But why?")
    assert reply.status_code == 303


def test_every_seeded_act_is_written_down(app):
    seeds.seed_all()
    kinds = found(select(Event.kind))
    assert kinds.count("film.added") == 201
    assert kinds.count("theory.published") == 17
    assert kinds.count("thread.published") == 4
    assert kinds.count("statement.added") == count(Statement) > 0
