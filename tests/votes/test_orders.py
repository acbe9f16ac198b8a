"""A question's theories in each order, and the picture of how its audience divides."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import select

from forum.lib.answers import FRAGMENT
from forum.lib.database import unit_of_work
from forum.votes import ranking
from forum.votes.models import Vote
from forum.votes.operations import cast_vote
from tests.factories import (
    a_fan,
    a_film,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    found,
    in_state,
)
from tests.laws.test_statements import counted
from tests.votes.crowd import give_votes
from tests.votes.reading import cards


@pytest.fixture
def film(app):
    return a_film("Anora", 2024)


@pytest.fixture
def thread(film):
    return a_thread(film)


@pytest.fixture
def reader(app, film):
    return a_visitor(app, seen=(film,))


@pytest.mark.both_databases
def test_ranks_on_the_row_are_those_of_the_formulas(thread, film):
    theory = a_theory(thread)
    assert again(theory).best == pytest.approx(ranking.best(0, 0, 0.5))
    give_votes(theory, 7, 4)
    now = again(theory)
    assert now.best == pytest.approx(ranking.best(7, 4, 0.5))
    assert now.hot == pytest.approx(ranking.hot(now.best, now.published_at))
    assert now.divisive == pytest.approx(ranking.divisive(7, 4))
    assert len(found(select(Vote.value).where(Vote.post_id == theory.id))) == 11


@pytest.mark.both_databases
def test_each_order_puts_its_own_first(app, film, thread):
    reader = a_visitor(app, seen=(film,))
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as moment:
        convincing = a_theory(thread, title="Convincing")
        give_votes(convincing, 12, 0)
        dividing = a_theory(thread, title="Dividing")
        give_votes(dividing, 6, 6)
        moment.shift(timedelta(days=60))
        fresh = a_theory(thread, title="Fresh")
        disliked = a_theory(thread, title="Disliked")
        give_votes(disliked, 1, 11)
    path = f"/threads/{thread.id}"
    orders = {order: cards(reader.see(f"{path}?order={order}")) for order in ("best", "hot", "new")}
    assert orders["new"] == [disliked.id, fresh.id, dividing.id, convincing.id]
    assert orders["best"][0] == convincing.id
    assert orders["best"][-1] == disliked.id
    assert orders["hot"] == [fresh.id, disliked.id, convincing.id, dividing.id]
    assert cards(reader.see(f"{path}?order=divisive")) == [
        *(dividing.id, disliked.id, convincing.id)
    ]


def test_divisive_lists_theories_from_ten_votes_only(thread, reader):
    few, many = a_theory(thread), a_theory(thread)
    give_votes(few, 5, 4)
    give_votes(many, 5, 5)
    assert cards(reader.see(f"/threads/{thread.id}?order=divisive")) == [many.id]


def test_an_unknown_order_is_best(thread, reader):
    theory = a_theory(thread)
    page = reader.see(f"/threads/{thread.id}?order=sideways")
    assert cards(page) == [theory.id]
    assert 'aria-current="true">Best<' in page


def test_each_order_explains_itself(thread, reader):
    a_theory(thread)
    for order, sentence in [
        ("best", "Share of fans convinced, cautiously estimated while votes are few"),
        ("hot", "Convincing and fresh: two weeks count as much as 25 points of approval"),
        ("new", "Newest first"),
    ]:
        assert sentence in reader.see(f"/threads/{thread.id}?order={order}")


def test_ranks_are_numbered_on_the_first_page_of_an_order_of_rank(thread, film, reader):
    author = a_fan(a_user(role="admin"), seen=(film,))
    for _ in range(27):
        a_theory(thread, by=author)
    path = f"/threads/{thread.id}"
    first, second = reader.pages(path)
    assert [int(n) for n in re.findall(r'card-rank"[^>]*>(\d+)<', first)] == list(range(1, 26))
    assert "card-rank" not in second
    assert 'card-rank" aria-hidden="true">1<' in reader.see(f"{path}?order=hot")
    assert "card-rank" not in reader.see(f"{path}?order=new")


@pytest.mark.parametrize("order", ["best", "hot", "new"])
def test_pages_of_each_order_show_every_theory_once(thread, film, reader, order):
    author = a_fan(a_user(role="admin"), seen=(film,))
    theories = [a_theory(thread, by=author) for _ in range(28)]
    give_votes(theories[3], 3)
    pages = reader.pages(f"/threads/{thread.id}?order={order}")
    shown = [id for page in pages for id in cards(page)]
    assert sorted(shown) == [theory.id for theory in theories]


@pytest.mark.both_databases
def test_a_theory_that_waits_has_its_place_among_the_newest_for_its_author(app, thread, film):
    user = a_user(trust="newcomer")
    author = a_visitor(app, user, seen=(film,))
    with time_machine.travel("2026-05-01T12:00:00Z") as moment:
        for number in range(27):
            if number == 20:
                waits = a_theory(thread, a_fan(user, seen=(film,)), body="https://a.example/x")
            else:
                a_theory(thread)
            moment.shift(timedelta(minutes=1))
    assert waits.state == "held"
    pages = author.pages(f"/threads/{thread.id}?order=new")
    assert len(pages) == 2
    assert [id for page in pages for id in cards(page)].index(waits.id) == 6


def test_a_place_is_kept_for_a_theory_that_few_have_judged(thread, film, reader):
    author = a_fan(a_user(role="admin"), seen=(film,))
    judged = [a_theory(thread, by=author) for _ in range(5)]
    for theory in judged:
        give_votes(theory, 10)
    needy = a_theory(thread, by=author)
    give_votes(needy, 0, 3)
    shown = cards(reader.see(f"/threads/{thread.id}"))
    assert shown.index(needy.id) == 4
    page = reader.see(f"/threads/{thread.id}")
    assert page.count("Needs your vote") == 1


def picture(page: str) -> str:
    start = page.index('<section class="shares"')
    return unescape(page[start : page.index("</section>", start)])


def test_the_picture_shows_each_theorys_share_of_the_convinced_votes(thread, reader):
    for title, ups, downs in [("Half", 4, 3), ("Quarter", 2, 0), ("Other", 2, 1), ("None", 0, 2)]:
        give_votes(a_theory(thread, title=title), ups, downs)
    shown = picture(reader.see(f"/threads/{thread.id}"))
    rows = re.findall(
        r'<th scope="row">(\w+)</th><td class="number">(\d+)</td><td class="number">(\d+)%', shown
    )
    assert rows == [("Half", "4", "50"), ("Quarter", "2", "25"), ("Other", "2", "25")]
    assert '<th scope="row">Together</th><td class="number">8</td>' in shown
    assert re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', shown) == [
        *(("0.0", "50.0"), ("50.0", "25.0"), ("75.0", "25.0"))
    ]


def test_the_picture_counts_every_theory_of_many_in_as_many_statements(thread, film, reader):
    author = a_fan(a_user(role="admin"), seen=(film,))  # without a quota
    theories = [a_theory(thread, by=author) for _ in range(30)]
    page = f"/threads/{thread.id}"
    with counted() as of_thirty:
        reader.see(page)
    theories += [a_theory(thread, by=author) for _ in range(75)]
    voters = [a_fan(seen=(film,)) for _ in range(3)]
    for number, theory in enumerate(theories[1:]):
        with unit_of_work():
            cast_vote(theory.id, 1, by=voters[number % 3])
    headers = {"Accept": FRAGMENT, "Referer": f"http://127.0.0.1:8000{page}-x"}
    answer = reader.post(f"/posts/{theories[0].id}/votes", headers=headers, value="1").text
    assert '<th scope="row">Together</th><td class="number">105</td>' in picture(answer)
    with counted() as of_all:
        shown = picture(reader.see(page))
    assert len(of_all) == len(of_thirty)
    assert '<th scope="row">Together</th><td class="number">105</td>' in shown
    assert '<th scope="row">All the others together</th><td class="number">5</td>' in shown
    legend = shown[shown.index('<ol class="shares-legend">') :]
    assert legend.count("<li>") == 12
    assert '<span class="shares-others">All the others together</span>' in legend
    assert '<span class="shares-percent">90%</span>' in legend


def test_the_picture_begins_with_the_first_vote(thread, reader):
    theory = a_theory(thread)
    assert "The first vote draws this bar." in picture(reader.see(f"/threads/{thread.id}"))
    give_votes(theory, 0, 3)
    assert "The first vote draws this bar." in picture(reader.see(f"/threads/{thread.id}"))
    give_votes(theory, 1)
    shown = picture(reader.see(f"/threads/{thread.id}"))
    assert '<text x="9" y="41">1</text>' in shown


def test_below_five_votes_the_picture_counts_and_speaks_of_no_shares(thread, reader):
    theory = a_theory(thread)
    give_votes(theory, 4)
    shown = picture(reader.see(f"/threads/{thread.id}"))
    assert '<span class="shares-percent">4 votes</span>' in shown
    assert "100%</" not in shown
    give_votes(theory, 1)
    assert '<span class="shares-percent">100%</span>' in picture(
        reader.see(f"/threads/{thread.id}")
    )


def test_an_order_that_no_theory_has_votes_for_says_so_and_keeps_the_other_orders(thread, reader):
    theory = a_theory(thread)
    page = reader.see(f"/threads/{thread.id}?order=divisive")
    assert "Nobody has answered" not in page
    assert "No theory stands here" in page
    assert 'aria-current="true">Divisive<' in page
    assert cards(reader.see(f"/threads/{thread.id}?order=new")) == [theory.id]


def test_what_was_taken_down_has_no_share(thread, reader):
    gone, stands = a_theory(thread, title="Gone"), a_theory(thread, title="Stands")
    give_votes(gone, 5)
    give_votes(stands, 6)
    in_state(gone, "removed")
    shown = picture(reader.see(f"/threads/{thread.id}"))
    assert "Gone" not in shown
    assert "100%" in shown


def test_a_sealed_question_has_no_picture(app, thread):
    give_votes(a_theory(thread), 3)
    assert '<section class="shares"' not in a_visitor(app).see(f"/threads/{thread.id}")


def test_the_picture_draws_a_dozen_at_most_and_its_table_has_all(thread, film, reader):
    author = a_fan(a_user(role="admin"), seen=(film,))
    for _ in range(14):
        give_votes(a_theory(thread, by=author), 1)
    shown = picture(reader.see(f"/threads/{thread.id}"))
    assert shown.count('<th scope="row">') == 15  # with their sum
    assert shown.count("<li>") == 12
    assert "All the others together" in shown
    widths = [float(width) for width in re.findall(r'x="[\d.]+%" width="([\d.]+)%"', shown)]
    assert sum(widths) == pytest.approx(100, abs=0.1)


def test_what_was_taken_down_has_no_rank_and_no_mark_of_a_seal(thread, film, reader):
    author = a_fan(a_user(role="admin"), seen=(film,))
    theories = [a_theory(thread, by=author) for _ in range(3)]
    for theory, ups in zip(theories, (12, 8, 4), strict=True):
        give_votes(theory, ups)
    in_state(theories[0], "removed")
    page = reader.see(f"/threads/{thread.id}")
    assert cards(page)[0] == theories[0].id
    assert re.findall(r'card-rank"[^>]*>(\d+)<', page) == ["1", "2"]
    assert "Removed by the moderators" in page
    assert "(sealed)" not in page


def test_who_has_voted_is_not_asked_to(app, thread, film, reader):
    author = a_fan(a_user(role="admin"), seen=(film,))
    for _ in range(5):
        give_votes(a_theory(thread, by=author), 10)
    needy = a_theory(thread, by=author)
    assert "Needs your vote" in reader.see(f"/threads/{thread.id}")
    voter = a_visitor(app, seen=(film,))
    voter.post(f"/posts/{needy.id}/votes", value="1")
    assert "Needs your vote" not in voter.see(f"/threads/{thread.id}")


def test_a_share_that_rounds_to_nothing_is_under_one_percent(thread, reader):
    give_votes(a_theory(thread, title="Nearly all"), 300)
    give_votes(a_theory(thread, title="One"), 1)
    shown = picture(reader.see(f"/threads/{thread.id}"))
    assert shown.count("under 1%") == 3  # in the table, in words, in the legend
    assert "100%" in shown
