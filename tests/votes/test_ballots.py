"""Voting on the pages: as plain forms, and in place by our script."""

import re

import pytest
from sqlalchemy import Engine, event, select

from forum.lib.answers import FRAGMENT
from forum.lib.database import unit_of_work
from forum.votes.models import Vote
from forum.votes.operations import cast_vote
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
    lock_question,
    thread_of,
)
from tests.laws.test_statements import VOTE, counted
from tests.votes.crowd import give_votes
from tests.votes.reading import ballot


@pytest.fixture
def theory(app):
    return a_theory(a_thread(a_film("Anora", 2024)), safe_title="Safe", title="THE THEORY")


@pytest.fixture
def film(theory):
    return film_of(theory)


@pytest.fixture
def voter(app, film):
    return a_visitor(app, seen=(film,))


def test_a_vote_comes_back_to_the_page_that_it_was_cast_on(theory, voter):
    for referrer, path in [
        (f"/threads/{theory.thread_id}-x?order=new", f"/threads/{theory.thread_id}-x?order=new&"),
        ("/votes", "/votes?"),
        ("", f"/theories/{theory.id}-safe?"),
        ("//evil.test/", f"/theories/{theory.id}-safe?"),
    ]:
        headers = {"Referer": f"http://127.0.0.1:8000{referrer}"} if referrer else {}
        response = voter.post(f"/posts/{theory.id}/votes", headers=headers, value="1")
        assert (response.status_code, response.location) == (
            303,
            f"{path}said=voted#post-{theory.id}",
        )
    foreign = {"Referer": "http://evil.test/films", "Sec-Fetch-Site": "same-origin"}
    response = voter.post(f"/posts/{theory.id}/votes", headers=foreign, value="1")
    assert response.location.startswith(f"/theories/{theory.id}-safe?")
    broken = {"Referer": "http://[", "Sec-Fetch-Site": "same-origin"}
    assert voter.post(f"/posts/{theory.id}/votes", headers=broken, value="1").status_code == 303


def test_ones_vote_is_marked_and_can_be_changed_and_withdrawn(theory, voter):
    path, page_path = f"/posts/{theory.id}/votes", f"/theories/{theory.id}"
    voter.post(path, value="1")
    page = voter.see(page_path)
    assert "You are convinced." in page
    assert re.search(r'value="1" aria-pressed="true"', page)
    assert re.search(r'value="-1" aria-pressed="false"', page)
    voter.post(path, value="-1")
    assert "You are not convinced." in voter.see(page_path)
    response = voter.post(path, value="0")
    assert "said=vote-withdrawn" in response.location
    page = voter.see(response.location)
    assert "Your vote is withdrawn." in page
    assert "Withdraw my vote" not in page
    assert re.search(r'value="-1" aria-pressed="false"', page)
    assert found(select(Vote)) == []


def test_a_script_gets_the_new_ballot(theory, voter):
    response = voter.fetch(f"/posts/{theory.id}/votes", value="1")
    assert response.status_code == 200
    assert response.mimetype == "text/vnd.foyer.fragment+html"
    assert f'data-fragment="ballot-{theory.id}"' in response.text
    assert "You are convinced." in response.text
    assert "<html" not in response.text
    assert "You are" not in voter.fetch(f"/posts/{theory.id}/votes", value="0").text


def test_a_good_point_is_given_and_taken_back(theory, voter):
    reply = a_reply(theory)
    path = f"/posts/{reply.id}/votes"
    response = voter.fetch(path, value="1")
    assert f'data-fragment="good-point-{reply.id}"' in response.text
    assert 'value="0" aria-pressed="true"' in response.text
    assert 'good-point-figure">1<' in response.text
    response = voter.post(path, value="0")
    assert response.location == f"/posts/{reply.id}?said=vote-withdrawn#post-{reply.id}"
    assert again(reply).ups == 0
    assert voter.post(path, value="-1").status_code == 400


@pytest.mark.parametrize("value", ["", "2", "+1", "1 ", "convinced"])
def test_other_values_are_refused(theory, voter, value):
    assert voter.post(f"/posts/{theory.id}/votes", value=value).status_code == 400
    assert voter.post(f"/posts/{theory.id}/votes").status_code == 400


def test_a_guest_logs_in_to_vote(theory, guest):
    to_login = guest.post(f"/posts/{theory.id}/votes", value="1").location
    assert to_login == f"/login?next=/posts/{theory.id}&said=not-voted"
    assert "Log in to vote: nothing was counted yet." in guest.see(to_login)
    assert guest.post("/posts/999/votes", value="1").status_code == 404
    guest.open_seal("anora-2024")
    page = guest.see(f"/theories/{theory.id}")
    assert "to vote" in ballot(page)
    assert "ballot-shut" in page


def test_a_guest_is_told_once_in_a_list_to_log_in(theory, guest):
    a_theory(thread_of(theory))
    guest.open_seal("anora-2024")
    page = guest.see(f"/threads/{theory.thread_id}")
    assert page.count("to vote") == 1
    assert "ballot-shut" not in page
    assert "no votes yet needs 5 for a share" in ballot(page)


@pytest.mark.parametrize(
    ("ups", "downs", "said"),
    [
        (0, 0, "no votes yet needs 5 for a share"),
        (3, 1, "3 convinced, 1 not needs 5 for a share"),
        (4, 1, "80% convinced 5 votes"),
        (2, 4, "33% convinced 6 votes"),
    ],
)
def test_shares_show_from_five_votes_and_counts_below(theory, voter, ups, downs, said):
    give_votes(theory, ups, downs)
    text = ballot(voter.see(f"/theories/{theory.id}"))
    assert said in text
    assert ("%" in text) is (ups + downs >= 5)


def test_ones_own_theory_is_voted_on_by_the_others(app, theory, film):
    give_votes(theory, 2)
    author = a_visitor(app, author_of(theory), seen=(film,))
    page = author.see(f"/theories/{theory.id}")
    assert "Yours: the others vote 2 votes" in ballot(page)
    assert "ballot-shut" in page
    response = author.post(f"/posts/{theory.id}/votes", value="1")
    assert response.status_code == 403
    assert "Yours: the others vote." in response.text


def test_a_locked_question_shows_its_ballots_shut(app, theory, film):
    voter = a_visitor(app, seen=(film,))
    voter.post(f"/posts/{theory.id}/votes", value="1")
    lock_question(thread_of(theory))
    page = voter.see(f"/theories/{theory.id}")
    assert "This question is locked" in ballot(page)
    assert "ballot-shut" in page
    assert voter.post(f"/posts/{theory.id}/votes", value="-1").status_code == 403


def test_what_was_taken_down_has_no_ballot(app, theory, voter):
    in_state(theory, "removed")
    assert '<div class="ballot"' not in voter.see(f"/theories/{theory.id}")
    assert voter.post(f"/posts/{theory.id}/votes", value="1").status_code == 403
    author = a_visitor(app, author_of(theory))
    assert '<div class="ballot"' not in author.see(f"/theories/{theory.id}")


def test_too_many_votes_are_refused_in_words(theory, voter):
    path = f"/posts/{theory.id}/votes"
    for number in range(60):
        assert voter.post(path, value="1" if number % 2 == 0 else "-1").status_code == 303
    response = voter.post(path, value="1")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "That was a lot at once." in response.text


class TestMyVotes:
    def test_each_can_be_found_and_changed_the_latest_first(self, app, theory, film, voter):
        thread_theories = [
            a_theory(a_thread(film), title=f"Theory {number}") for number in range(3)
        ]
        for one in thread_theories:
            voter.post(f"/posts/{one.id}/votes", value="1")
        page = voter.see("/votes")
        places = [page.index(f"Theory {number}") for number in (2, 1, 0)]
        assert places == sorted(places)
        assert "3 votes." in page
        assert "THE THEORY" not in page
        back = {"Referer": "http://127.0.0.1:8000/votes"}
        response = voter.post(f"/posts/{thread_theories[0].id}/votes", headers=back, value="-1")
        page = voter.see(response.location)
        assert "You are not convinced." in page
        assert page.index("Theory 0") < page.index("Theory 2")

    def test_their_number_goes_when_one_is_withdrawn_in_place(self, theory, voter):
        path, number = f"/posts/{theory.id}/votes", '<span id="own-votes">1 vote. </span>'
        assert "own-votes" not in voter.fetch(path, value="1").text
        assert number in voter.see("/votes")
        assert '<span id="own-votes" data-instead></span>' in voter.fetch(path, value="0").text

    def test_they_come_in_pages(self, app, film):
        user = a_user("igor")
        fan = a_fan(user, seen=(film,))
        author = a_fan(a_user(role="admin"), seen=(film,))
        thread = a_thread(film)
        for number in range(26):
            one = a_theory(thread, by=author, title=f"Theory no {number:02}")
            with unit_of_work():
                cast_vote(one.id, 1, by=fan)
        pages = a_visitor(app, user).pages("/votes")
        numbers = [int(n) for page in pages for n in re.findall(r">Theory no (\d\d)<", page)]
        assert numbers == list(range(25, -1, -1))
        assert "26 votes." in pages[0]

    def test_replies_and_what_cannot_be_found_are_not_among_them(self, theory, voter):
        reply = a_reply(theory)
        voter.post(f"/posts/{reply.id}/votes", value="1")
        voter.post(f"/posts/{theory.id}/votes", value="1")
        assert "1 vote." in voter.see("/votes")
        in_state(theory, "purged")
        page = voter.see("/votes")
        assert "You have not voted yet." in page
        assert "THE THEORY" not in page

    def test_a_film_that_was_sealed_again_is_named_safely(self, theory, film, voter):
        voter.post(f"/posts/{theory.id}/votes", value="1")
        voter.post(f"/films/{film.slug}/viewing/withdrawal")
        page = voter.see("/votes")
        assert "Safe" in page
        assert "THE THEORY" not in page

    def test_nobody_sees_anothers(self, app, theory, voter):
        voter.post(f"/posts/{theory.id}/votes", value="1")
        other = a_visitor(app, seen=(film_of(theory),))
        assert "You have not voted yet." in other.see("/votes")
        assert "You are convinced" not in other.see(f"/theories/{theory.id}")


def test_a_vote_in_place_brings_the_figures_of_the_question_only_where_they_are_shown(
    theory, voter
):
    address = f"/posts/{theory.id}/votes"

    def cast(value, page):
        headers = {"Accept": FRAGMENT, "Referer": f"http://127.0.0.1:8000{page}"}
        with counted() as statements:
            answer = voter.post(address, headers=headers, value=value)
        assert len(statements) <= VOTE["sqlite"] + (page == question)
        return answer.text

    question = f"/threads/{theory.thread_id}-x?order=new"
    first = cast("1", question)
    assert '<span id="thread-votes" data-instead>1 vote</span>' in first
    assert "THE THEORY" in first.partition('id="shares"')[2]
    assert "no votes yet" in cast("0", question)
    for page in (f"/theories/{theory.id}-safe", "/votes", f"/threads/{theory.thread_id}0-x"):
        assert "data-instead" not in cast("1", page)
        cast("0", page)


@pytest.mark.both_databases
def test_a_vote_in_place_begins_no_transaction_but_its_own(theory, voter):
    address = f"/posts/{theory.id}/votes"
    begun = []

    def note(connection):
        begun.append(connection)

    event.listen(Engine, "begin", note)
    try:
        voter.post(address, headers={"Accept": FRAGMENT}, value="1")
    finally:
        event.remove(Engine, "begin", note)
    assert again(theory).ups == 1
    assert len(begun) == 1
