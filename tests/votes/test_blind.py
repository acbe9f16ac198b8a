"""Blind until voted: a theory's first figures are hidden from those who haven't voted on it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from forum.accounts.viewers import Guest, Operator
from forum.config import Settings
from forum.events import Event, Kind
from forum.lib import clock, jobs
from forum.lib.answers import FRAGMENT
from forum.lib.database import session, unit_of_work
from forum.lib.jobs import Job
from forum.permissions import Refused
from forum.seeds import seed_anora
from forum.theories.models import Post, Theory
from forum.votes.models import Peek
from forum.votes.operations import open_figures, show_figures
from tests.conftest import settings_for
from tests.factories import (
    a_fan,
    a_film,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    author_of,
    film_of,
    found,
    in_state,
    thread_of,
)
from tests.visitors import Visitor
from tests.votes.crowd import give_votes
from tests.votes.reading import ballot, cards

pytestmark = pytest.mark.both_databases

HOURS = 72


@pytest.fixture
def settings(tmp_path, database_url) -> Settings:
    return settings_for(tmp_path, database_url=database_url, blind_hours=str(HOURS))


@pytest.fixture
def theory(app) -> Theory:
    return a_theory(a_thread(a_film("Anora", 2024)), safe_title="Safe", title="THE THEORY")


@pytest.fixture
def reader(app, theory) -> Visitor:
    return a_visitor(app, seen=(film_of(theory),))


def run_jobs_after(hours: float) -> None:
    with time_machine.travel(clock.now() + timedelta(hours=hours)):
        jobs.run_due()
    session().rollback()


def test_a_new_theory_begins_blind_and_its_figures_open_by_a_job(theory):
    assert theory.blind
    (job,) = found(select(Job))
    assert (job.kind, job.payload) == ("open_figures", {"theory_id": theory.id})
    assert job.run_at - theory.published_at < timedelta(hours=HOURS, seconds=5)
    give_votes(theory, 4, 2)
    run_jobs_after(HOURS - 1)
    assert again(theory).blind
    run_jobs_after(HOURS + 1)
    assert not again(theory).blind
    assert Kind.FIGURES_OPENED in found(select(Event.kind))


def test_figures_are_absent_for_who_has_not_voted(theory, reader, guest):
    give_votes(theory, 17, 12)
    guest.open_seal("anora-2024")
    thread_path = f"/threads/{theory.thread_id}"
    for visitor in (reader, guest):
        for path in (f"/theories/{theory.id}", thread_path, "/films/anora-2024"):
            page = visitor.see(path)
            assert "THE THEORY" in page
            text = re.sub(r"<[^>]+>", " ", page)
            for figure in ("17", "12", "29", "59%", "41%"):
                assert not re.search(rf"(?<![\d:-]){figure}(?!\d)", text), (path, figure)
    assert "Figures show once you vote" in ballot(reader.see(f"/theories/{theory.id}"))
    assert "vote to see" in reader.see("/films/anora-2024")


def test_nobody_is_told_to_vote_who_cannot(app, theory):
    author = a_visitor(app, author_of(theory), seen=(film_of(theory),))
    spammer = a_user()
    banned = a_visitor(app, spammer, seen=(film_of(theory),))
    with unit_of_work():
        again(spammer).sanction = "banned"
    for visitor, said in ((author, "yours"), (banned, "hidden")):
        page = visitor.see("/films/anora-2024")
        assert f'<p class="leading-figure note">{said}</p>' in page
        assert "vote to see" not in page


def test_who_votes_sees_the_figures_until_the_vote_is_withdrawn(theory, reader):
    give_votes(theory, 4, 2)
    path = f"/posts/{theory.id}/votes"
    assert "71% convinced 7 votes" in ballot(reader.fetch(path, value="1").text)
    assert "71% convinced 7 votes" in ballot(reader.see(f"/theories/{theory.id}"))
    assert "71% convinced" in ballot(reader.see(f"/threads/{theory.thread_id}"))
    assert "Figures show once you vote" in ballot(reader.fetch(path, value="0").text)
    assert "Figures show once you vote" in ballot(reader.see(f"/theories/{theory.id}"))


def test_who_asks_to_be_shown_sees_them_from_then_on(theory, reader):
    give_votes(theory, 4, 2)
    assert "Show me" in reader.see(f"/theories/{theory.id}")
    response = reader.fetch(f"/posts/{theory.id}/figures")
    assert "67% convinced 6 votes" in ballot(response.text)
    page = reader.see(f"/theories/{theory.id}")
    assert "67% convinced 6 votes" in ballot(page)
    assert "Show me" not in page
    for value in ("1", "0"):
        answer = reader.fetch(f"/posts/{theory.id}/votes", value=value).text
        assert "% convinced" in ballot(answer)
    plain = reader.post(f"/posts/{theory.id}/figures")
    assert plain.status_code == 303
    assert plain.location == f"/theories/{theory.id}-safe#post-{theory.id}"
    assert len(found(select(Peek))) == 1
    assert found(select(Event.kind)).count(Kind.FIGURES_REVEALED) == 1


def test_an_author_may_ask_too(app, theory):
    give_votes(theory, 4, 2)
    author = a_visitor(app, author_of(theory), seen=(film_of(theory),))
    assert "6 votes" not in ballot(author.see(f"/theories/{theory.id}"))
    author.post(f"/posts/{theory.id}/figures")
    assert "Yours: the others vote 6 votes" in ballot(author.see(f"/theories/{theory.id}"))


def test_not_everybody_may_ask(app, theory, guest):
    reply = a_reply(theory)
    path = f"/posts/{theory.id}/figures"
    assert guest.post(path).location == f"/login?next=/posts/{theory.id}"
    sealed = a_visitor(app).post(path)
    assert sealed.status_code == 403
    assert "Open the film first" in sealed.text
    reader = a_visitor(app, seen=(film_of(theory),))
    for other in (reply.id, theory.thread_id, 999):
        assert reader.post(f"/posts/{other}/figures").status_code == 404
        assert guest.post(f"/posts/{other}/figures").status_code == 404
    with pytest.raises(Refused), unit_of_work():
        show_figures(theory, by=Guest())


def test_a_blind_theory_ranks_as_one_without_votes(theory):
    fresh = a_theory(thread_of(theory))
    give_votes(theory, 30)
    now = again(theory)
    assert now.vote_count == 30
    assert now.best == again(fresh).best
    assert now.divisive is None
    give_votes(fresh, 6, 6)
    assert again(fresh).divisive is None


def test_counts_of_question_and_film_leave_blind_votes_out(theory, reader):
    film, thread = film_of(theory), thread_of(theory)
    give_votes(theory, 6, 3)
    assert (again(thread).vote_count, again(film).vote_count) == (0, 0)
    run_jobs_after(HOURS + 1)
    assert (again(thread).vote_count, again(film).vote_count) == (9, 9)
    give_votes(theory, 1)
    assert (again(thread).vote_count, again(film).vote_count) == (10, 10)
    assert "10 votes" in reader.see("/films/anora-2024")


def test_opened_figures_count_in_ranks_and_show_to_all(theory, reader):
    give_votes(theory, 6, 5)
    before = again(theory).best
    run_jobs_after(HOURS + 1)
    now = again(theory)
    assert now.best != before
    assert now.divisive is not None
    assert "55% convinced 11 votes" in ballot(reader.see(f"/theories/{theory.id}"))


def test_opening_twice_changes_nothing(theory):
    give_votes(theory, 3)
    for _ in range(2):
        with unit_of_work():
            open_figures(theory, by=Operator())
    assert again(thread_of(theory)).vote_count == 3
    assert found(select(Event.kind)).count(Kind.FIGURES_OPENED) == 1


def test_only_the_operators_worker_opens_figures(app, theory):
    moderator = a_fan(a_user(role="moderator"), seen=(film_of(theory),))
    for by in (Guest(), moderator):
        with pytest.raises(Refused), unit_of_work():
            open_figures(theory, by=by)
    assert again(theory).blind


def test_a_theory_withdrawn_while_blind_opens_without_counting(theory):
    give_votes(theory, 3)
    in_state(theory, "hidden")
    run_jobs_after(HOURS + 1)
    assert not again(theory).blind
    assert again(film_of(theory)).vote_count == 0
    in_state(theory, "published")
    assert again(film_of(theory)).vote_count == 3


def test_what_leaves_and_comes_back_while_blind_stays_uncounted(theory):
    give_votes(theory, 3)
    in_state(theory, "hidden")
    in_state(theory, "published")
    assert again(film_of(theory)).vote_count == 0


@pytest.fixture
def crowd(theory) -> list[Theory]:
    """Thirty blind theories of one question."""
    author = a_fan(a_user(role="admin"), seen=(film_of(theory),))
    return [theory, *(a_theory(thread_of(theory), by=author) for _ in range(29))]


def test_page_one_of_best_is_shuffled_by_the_hour_for_all_alike(app, theory, crowd, reader):
    path = f"/threads/{theory.thread_id}"
    other = a_visitor(app, seen=(film_of(theory),))
    with time_machine.travel("2026-12-01T12:05:00Z", tick=False) as moment:
        first = cards(reader.see(path))
        assert len(first) == 25
        assert first == cards(other.see(path))
        moment.shift(timedelta(minutes=50))
        assert first == cards(reader.see(path))
        moment.shift(timedelta(minutes=10))
        assert first != cards(reader.see(path))
        assert sorted(first) == sorted(cards(reader.see(path)))
    assert 'class="card-rank"' not in reader.see(path)


def test_no_order_and_no_address_gives_blind_votes_away(theory, crowd, reader):
    path = f"/threads/{theory.thread_id}"

    def seen_by_somebody() -> list[Any]:
        pages = []
        for order in ("best", "hot", "new"):
            for page in reader.pages(f"{path}?order={order}"):
                more = re.findall(r'href="([^"]+)" rel="next"', page)
                pages.append((cards(page), more))
        leading = re.findall(r'leading-title" href="([^"]+)"', reader.see("/films/anora-2024"))
        return [pages, leading]

    with time_machine.travel(clock.now(), tick=False):
        before = seen_by_somebody()
        for number, one in enumerate(crowd[-3:]):
            give_votes(one, 3 - number)
        assert seen_by_somebody() == before


def test_blind_votes_are_no_share_of_the_picture(app, theory, reader):
    archived = a_theory(thread_of(theory), title="AN OPEN THEORY")
    give_votes(archived, 2)
    give_votes(theory, 7)
    with unit_of_work():
        open_figures(archived, by=Operator())
    page = reader.see(f"/threads/{theory.thread_id}")
    picture = page[page.index('<section class="shares"') : page.index("</section>")]
    assert "AN OPEN THEORY" in picture
    assert "100%" in picture
    assert "THE THEORY" not in picture
    assert "1 theory is left out while its figures are hidden." in picture


def test_the_archives_theories_are_never_blind(app):
    seed_anora()
    assert found(select(Post.id).where(Post.blind)) == []
    assert found(select(Job)) == []


def test_a_vote_on_a_blind_theory_brings_no_figures_of_the_question(theory, reader):
    headers = {"Accept": FRAGMENT, "Referer": f"http://127.0.0.1:8000/threads/{theory.thread_id}-x"}
    answer = reader.post(f"/posts/{theory.id}/votes", headers=headers, value="1")
    assert answer.status_code == 200
    assert "data-instead" not in answer.text
