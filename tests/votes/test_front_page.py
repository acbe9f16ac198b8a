"""The front page: what is argued about, what divides, what waits for one's vote."""

import re
from datetime import timedelta

import pytest
import time_machine

from forum.lib.database import unit_of_work
from forum.votes.operations import cast_vote
from tests.factories import (
    a_fan,
    a_film,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    film_of,
    in_state,
    lock_question,
    thread_of,
    viewer_of,
)
from tests.laws.test_statements import counted
from tests.votes.crowd import give_votes


def section(page: str, head: str) -> str:
    start = page.index(f'aria-labelledby="{head}"')
    return page[start : page.index("</section>", start)]


def divided(page: str) -> list[str]:
    return re.findall(r'divided-title" href="/threads/(\d+)-', section(page, "divide"))


def waiting(page: str) -> list[int]:
    return [int(id) for id in re.findall(r'id="post-(\d+)"', section(page, "waiting"))]


def test_an_empty_house_says_so(guest):
    page = guest.see("/")
    assert "No film is being argued about yet." in page
    assert "Nothing has divided the audience yet." in page
    assert "at least a quarter of them on each side, allowing for chance." in page
    assert "0 films, no theory yet, no votes yet" in page
    assert 'aria-labelledby="waiting"' not in page


def test_the_film_argued_about_last_leads(app, guest):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        first = a_theory(a_thread(a_film("First", 2001), safe_title="A first question"))
        moment.shift(timedelta(minutes=1))
        a_thread(a_film("Second", 2002), safe_title="A second question")
        page = guest.see("/")
        assert 'class="plain" href="/films/second-2002">Second<' in section(page, "now")
        assert "A second question" in page
        moment.shift(timedelta(minutes=1))
        a_reply(first)
        page = guest.see("/")
    assert 'class="plain" href="/films/first-2001">First<' in section(page, "now")
    assert "A first question" in page
    assert "A second question" not in page
    assert "Second" in section(page, "now")


def test_quiet_films_fill_up_what_is_left(app, guest):
    for number in range(9):
        a_film(f"Quiet {number}", 2000 + number)
    a_thread(a_film("Argued", 1999))
    now = section(guest.see("/"), "now")
    shown = re.findall(r'film-card-title">([^<]+)<', now)
    assert shown == [f"Quiet {number}" for number in (8, 7, 6, 5, 4, 3)]


def test_the_house_counts_films_theories_and_votes(app, guest):
    give_votes(a_theory(), 3)
    a_film()
    assert "2 films, 1 theory, 3 votes" in guest.see("/")


def test_questions_divide_from_ten_votes_with_a_quarter_on_each_side(app, guest):
    nine, even, tilted, agreed = (a_theory() for _ in range(4))
    give_votes(nine, 5, 4)
    give_votes(even, 5, 5)
    give_votes(tilted, 9, 6)
    give_votes(agreed, 12, 1)
    page = guest.see("/")
    assert divided(page) == [str(theory.thread_id) for theory in (even, tilted)]
    assert "10 votes" in section(page, "divide")
    shares = re.findall(r'divided-(?:yes|no)">(\d+)%', section(page, "divide"))
    assert shares == ["50", "50", "60", "40"]


def test_a_question_is_as_divided_as_its_most_divisive_theory(app, guest):
    tilted = a_theory()
    even = a_theory(thread_of(tilted))
    give_votes(tilted, 9, 6)
    give_votes(even, 6, 6)
    page = guest.see("/")
    assert divided(page) == [str(even.thread_id)]
    assert "12 votes" in section(page, "divide")


def test_titles_are_marked_as_sealed_only_where_others_are_open(app, guest):
    theory, shut = a_theory(), a_theory()
    for one in (theory, shut):
        give_votes(one, 5, 5)
    assert "(sealed)" not in guest.see("/")
    page = a_visitor(app, seen=(film_of(theory),)).see("/")
    assert section(page, "divide").count("(sealed)") == 1


@pytest.mark.parametrize("state", ["hidden", "removed", "withdrawn"])
def test_what_was_taken_down_divides_nobody(app, guest, state):
    theory, other = a_theory(), a_theory()
    for one in (theory, other):
        give_votes(one, 5, 5)
    in_state(theory, state)
    in_state(thread_of(other), state)
    assert divided(guest.see("/")) == []


def test_what_divides_is_named_safely_for_who_has_not_seen_the_film(app, guest):
    film = a_film()
    thread = a_thread(film, safe_title="The safe question", title="THE QUESTION")
    give_votes(a_theory(thread), 5, 5)
    guest.open_seal(film.slug)
    for visitor in (guest, a_visitor(app)):
        page = visitor.see("/")
        assert "The safe question" in section(page, "divide")
        assert "THE QUESTION" not in page
    assert "THE QUESTION" in section(a_visitor(app, seen=(film,)).see("/"), "divide")


def test_theories_of_films_one_has_seen_wait_for_ones_vote(app):
    film = a_film()
    user = a_user("igor")
    fan = a_fan(user, seen=(film,))
    thread = a_thread(film)
    voted, own, open_, locked, gone = (
        a_theory(thread),
        a_theory(thread, by=fan),
        a_theory(thread),
        a_theory(a_thread(film)),
        a_theory(thread),
    )
    unseen = a_theory()
    with unit_of_work():
        cast_vote(voted.id, 1, by=fan)
    in_state(gone, "removed")
    lock_question(thread_of(locked))
    visitor = a_visitor(app, user)
    page = visitor.see("/")
    assert waiting(page) == [open_.id]
    assert not {own.id, unseen.id} & set(waiting(page))
    assert "from the 1 film that you have seen" in page
    visitor.post(f"/posts/{open_.id}/votes", value="-1")
    page = visitor.see("/")
    assert "You have voted on everything." in page
    assert viewer_of(user).seen == {film_of(voted).id}


def test_whoever_has_seen_nothing_is_told_where_to_begin(app):
    a_theory()
    assert "No seal is open yet." in section(a_visitor(app).see("/"), "waiting")


def test_four_theories_wait_at_most(app):
    thread = a_thread()
    author = a_fan(a_user(role="admin"), seen=(film_of(thread),))
    for _ in range(6):
        a_theory(thread, by=author)
    assert len(waiting(a_visitor(app, seen=(film_of(thread),)).see("/"))) == 4


@pytest.mark.both_databases
def test_what_everybody_sees_is_looked_up_again_once_anything_has_changed(app):
    film = a_film("Anora", 2024)
    theory = a_theory(a_thread(film))
    reader, voter = a_visitor(app, seen=(film,)), a_visitor(app, seen=(film,))

    def look() -> tuple[str, int]:
        with counted() as statements:
            page = reader.see("/")
        return page, len(statements)

    page, at_first = look()
    assert "1 theory, no votes yet" in section(page, "now")
    assert look()[1] < at_first
    voter.post(f"/posts/{theory.id}/votes", value="1")
    page, afterwards = look()
    assert "1 theory, 1 vote" in section(page, "now")
    assert afterwards == at_first
    assert look()[1] < at_first


def test_who_has_opened_no_film_reads_no_count_of_them(app):
    page = a_visitor(app).see("/")
    assert "No seal is open yet." in page
    assert "from the 0 films" not in page


def test_where_nobody_has_voted_no_moment_is_called_the_last_vote(app, guest):
    thread = a_thread(a_film())
    assert "the last one" not in guest.see("/")
    give_votes(a_theory(thread), 1)
    assert "the last one" in guest.see("/")
