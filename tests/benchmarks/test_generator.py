"""Generated forums: lifelike, and as consistent as one that fans made."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, exists, func, select, text

from benchmarks.generator import plan
from benchmarks.generator.cases import fill_queue
from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.database import Base, db, session, unit_of_work
from forum.lib.markup import render
from forum.moderation.models import Case
from forum.theories.models import Post
from forum.votes.models import Vote, VoteChange
from tests.benchmarks.forums import NOW, TINY, building, quiet

NOWHERE = Path("/nowhere")


@pytest.fixture
def built(app: Flask) -> Flask:
    """The application on a generated forum; that every counter is right, `app` itself asks."""
    building(NOWHERE).build(quiet)
    return app


def count(statement: Any) -> int:
    session().rollback()  # what is built goes past this session
    return session().scalars(select(func.count()).select_from(statement.subquery())).one()


def orphans() -> list[str]:
    """The foreign keys that lead nowhere in some row."""
    found = []
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            parent: Table = key.column.table.alias()
            missing = ~exists().where(parent.c[key.column.name] == key.parent)
            if count(select(table).where(key.parent.is_not(None), missing)):
                found.append(f"{table.name}.{key.parent.name}")
    return found


@pytest.mark.both_databases
def test_a_forum_has_as_much_of_everything_as_was_asked_for(built: Flask) -> None:
    assert count(select(User.id)) == TINY.fans
    assert count(select(Film.id)) == TINY.films
    assert count(select(Post.id).where(Post.type == "theory")) == TINY.theories
    assert count(select(Post.id).where(Post.type == "reply")) == TINY.replies
    assert count(select(Vote.post_id)) == TINY.votes


@pytest.mark.both_databases
def test_no_row_leads_to_one_that_is_not_there(built: Flask) -> None:
    fill_queue(db.engine, 60, 1, NOW)
    assert orphans() == []


@pytest.mark.both_databases
def test_every_index_is_back_when_the_forum_is_built(app: Flask) -> None:
    def indexes() -> set[tuple[Any, ...]]:
        session().rollback()
        kept = {
            "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index'",
            "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        }[db.engine.dialect.name]
        return {tuple(row) for row in session().execute(text(kept))}

    before = indexes()
    building(NOWHERE).build(quiet)
    assert len(before) > 20
    assert indexes() == before


@pytest.mark.both_databases
def test_fans_go_on_where_the_generator_ended(built: Flask) -> None:
    largest = session().scalars(select(func.max(User.id))).one()
    fan = User(name="late", name_key="late", skeleton="late", created_at=NOW)
    with unit_of_work() as work:
        work.add(fan)
    assert fan.id == largest + 1


def test_the_standard_film_has_a_full_question_and_a_theory_with_twenty_replies(
    built: Flask,
) -> None:
    standard = Post.film_id == plan.STANDARD_FILM
    lengths = session().scalars(
        select(Post.theory_count).where(standard, Post.type == "thread").order_by(Post.id)
    )
    assert tuple(lengths) == plan.STANDARD_THREADS
    first = session().scalars(
        select(Post).where(standard, Post.type == "theory").order_by(Post.id).limit(1)
    )
    assert first.one().reply_count == plan.STANDARD_REPLIES


def test_the_journal_ends_with_the_votes_as_they_stand(built: Flask) -> None:
    latest: dict[tuple[int, int], int] = {}
    for change in session().scalars(select(VoteChange).order_by(VoteChange.id)):
        key = (change.user_id, change.post_id)
        assert latest.get(key, 0) == change.old_value
        latest[key] = change.new_value
    votes = {(v.user_id, v.post_id): v.value for v in session().scalars(select(Vote))}
    assert latest == votes


def test_nobody_votes_on_what_they_wrote_themselves(built: Flask) -> None:
    own = select(Vote.post_id).join(Post, Post.id == Vote.post_id)
    assert count(own.where(Post.author_id == Vote.user_id)) == 0


def test_a_body_is_stored_as_rendering_gives_it(built: Flask) -> None:
    for post in session().scalars(select(Post).order_by(Post.id).limit(150)):
        rendered = render(post.body)
        assert (post.html, post.excerpt) == (rendered.html, rendered.excerpt)


def test_activity_has_a_heavy_tail(built: Flask) -> None:
    written = sorted(session().scalars(select(User.reply_count)), reverse=True)
    tenth = len(written) // 10
    assert sum(written[:tenth]) > 0.4 * sum(written)


def test_a_building_that_was_stopped_goes_on(app: Flask) -> None:
    class Stopped(Exception):
        pass

    def stop(what: str, done: int, _of: int) -> None:
        if what == "films" and done > 1:
            raise Stopped

    with pytest.raises(Stopped):
        building(NOWHERE, full=5_000).build(stop)
    assert 0 < count(select(Film.id)) < TINY.films
    building(NOWHERE).build(quiet)
    assert count(select(Film.id)) == TINY.films
    assert count(select(Vote.post_id)) == TINY.votes


def test_the_queue_is_filled_up_to_a_number_once(built: Flask) -> None:
    waiting = select(Case.id).where(Case.closed_at.is_(None))
    for _ in range(2):
        fill_queue(db.engine, 300, 1, NOW)
        assert count(waiting) == 300
    held = select(Post.id).where(Post.state == "held")
    assert count(held) == count(waiting.where(Case.kind == "held"))
    assert count(waiting.where(Case.film_id == plan.STANDARD_FILM)) == 0
