"""Ranks kept on theories' rows: followed up each night, compared with their votes at any time."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from forum import consequences, counters
from forum.cli import recount
from forum.films.models import Film
from forum.lib import clock, jobs, throttle
from forum.lib.database import session, unit_of_work
from forum.lib.jobs import Job
from forum.lib.throttle import Limit, Throttle
from forum.theories.models import Post
from forum.votes import ranking, ranks
from tests.factories import a_film, a_theory, a_thread, again, film_of, found, in_state, thread_of
from tests.votes.crowd import give_votes

pytestmark = pytest.mark.both_databases


def run_nightly() -> None:
    with unit_of_work():
        jobs.enqueue("nightly", {})
    jobs.run_due()


def test_a_films_prior_follows_its_votes_each_night(app):
    theory = a_theory()
    film = film_of(theory)
    give_votes(theory, 6, 2)
    assert again(film).prior == 0.5
    before = again(theory).best
    run_nightly()
    assert again(film).prior == pytest.approx(8 / 12)
    assert again(theory).best == pytest.approx(ranking.best(6, 2, 8 / 12))
    assert again(theory).best > before


def test_every_theory_of_the_film_moves_with_its_prior(app):
    first = a_theory()
    other = a_theory(thread_of(first))
    elsewhere = a_theory(a_thread(a_film()))
    give_votes(first, 10)
    untouched = again(elsewhere).best
    run_nightly()
    assert again(other).best == pytest.approx(ranking.best(0, 0, 12 / 14))
    assert again(elsewhere).best == untouched


def test_a_new_theory_and_a_new_vote_take_the_prior_as_it_is(app):
    first = a_theory()
    give_votes(first, 10)
    run_nightly()
    second = a_theory(thread_of(first))
    assert again(second).best == pytest.approx(ranking.best(0, 0, 12 / 14))
    give_votes(second, 0, 1)
    assert again(second).best == pytest.approx(ranking.best(0, 1, 12 / 14))


def test_what_was_taken_down_counts_in_no_prior(app):
    theory = a_theory()
    give_votes(theory, 10)
    in_state(theory, "removed")
    give_votes(a_theory(thread_of(theory)), 0, 2)
    run_nightly()
    assert again(film_of(theory)).prior == pytest.approx(2 / 6)


def test_a_prior_that_has_not_moved_is_left_alone(app):
    a_theory()
    run_nightly()
    assert found(select(Job.kind).where(Job.kind == "refresh_prior")) == []


def test_the_nightly_work_comes_back_tomorrow_and_sweeps(app):
    limit = Limit("test", 5, timedelta(minutes=5))
    throttle.count_try((limit, "a"))
    with time_machine.travel(clock.now() + timedelta(days=2)):
        run_nightly()
        assert found(select(Throttle)) == []
        (tomorrow,) = found(select(Job).where(Job.done_at.is_(None)))
        assert tomorrow.kind == "nightly"
        assert timedelta(hours=23) < tomorrow.run_at - clock.now() <= timedelta(days=1)


def test_the_nightly_work_comes_back_whatever_becomes_of_tonights(app):
    def fails(_payload: dict[str, object]) -> None:
        raise ArithmeticError

    jobs.know({**consequences.JOBS, "upkeep": fails})
    nights = 0
    with unit_of_work():
        jobs.enqueue("nightly", {})
    with time_machine.travel(clock.now(), tick=False) as moment:
        for _ in range(12):
            jobs.run_due()
            moment.shift(timedelta(days=1))
            nights = len(
                found(select(Job.id).where(Job.kind == "nightly", Job.done_at.is_not(None)))
            )
    consequences.init_app()
    assert nights == 12
    assert jobs.given_up() > 0
    assert jobs.awaits("nightly")
    assert not jobs.awaits("refresh_prior")


def spoil(**values: object) -> None:
    with unit_of_work() as work:
        work.execute(update(Post).where(Post.type == "theory").values(values))


@pytest.mark.parametrize(
    "values",
    [{"best": 0.9}, {"hot": 1.0}, {"divisive": 0.4}],
    ids=["best", "hot", "divisive"],
)
def test_a_rank_that_drifted_is_found_and_mended(app, values):
    theory = a_theory()
    (name,) = values
    kept = getattr(again(theory), name)
    spoil(**values)
    (drift,) = ranks.drifted()
    assert (drift.counter, drift.id, drift.cached) == (f"posts.{name}", theory.id, values[name])
    recount.mend()
    assert ranks.drifted() == []
    assert getattr(again(theory), name) == kept


def test_a_divisive_rank_that_is_missing_is_found(app):
    give_votes(a_theory(), 5, 5)
    spoil(divisive=None)
    assert [drift.counter for drift in ranks.drifted()] == ["posts.divisive"]
    recount.mend()


def test_rounding_is_no_drift(app):
    theory = a_theory()
    spoil(best=again(theory).best + 1e-12)
    assert ranks.drifted() == []


def test_many_theories_are_compared_in_batches(app, monkeypatch):
    monkeypatch.setattr(ranks, "_BATCH", 2)
    thread = thread_of(a_theory())
    for _ in range(4):
        a_theory(thread)
    spoil(best=0.9)
    assert len(ranks.drifted()) == 5
    recount.mend()
    assert ranks.drifted() == []


COUNTERS = [
    (Post, "vote_count", 7, "posts.vote_count"),
    (Post, "reply_count", 7, "posts.reply_count"),
    (Post, "ups", 7, "posts.ups"),
    (Film, "theory_count", 7, "films.theory_count"),
]


@pytest.mark.parametrize(("model", "column", "wrong", "name"), COUNTERS, ids=str)
def test_a_counter_that_drifted_is_found_named_and_mended(app, model, column, wrong, name):
    theory = a_theory()
    give_votes(theory, 2, 1)
    row = theory if model is Post else film_of(theory)
    right = getattr(again(row), column)
    with unit_of_work() as work:
        work.execute(update(model).where(model.id == row.id).values({column: wrong}))
    drifts = {str(drift) for drift in counters.drifted()}
    assert f"{name} of {row.id}: {wrong} kept, {right} counted" in drifts
    recount.mend()
    session().rollback()
    assert counters.drifted() == []
    assert getattr(again(row), column) == right


def test_a_recount_heals_numbers_that_rest_on_one_another(app):
    theory = a_theory()
    give_votes(theory, 3)
    with unit_of_work() as work:
        work.execute(update(Post).values(vote_count=0))
        work.execute(update(Film).values(vote_count=0))
    assert len(counters.drifted()) > 0
    with unit_of_work():
        counters.recount()
    assert again(thread_of(theory)).vote_count == 3
    assert again(film_of(theory)).vote_count == 3
