"""The first page of "best": kept places, and a shuffle by the hour while figures are blind."""

from datetime import UTC, datetime, timedelta

from forum.accounts.models import User
from forum.theories.models import Theory
from forum.votes.arranging import first_page

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
AUTHOR = User(name="igor")


def theories(*votes: int, blind: bool = False, start: int = 1) -> list[tuple[Theory, User]]:
    """Theories in rank order with so many votes each."""
    return [
        (Theory(id=number, vote_count=count, blind=blind, state="published"), AUTHOR)
        for number, count in enumerate(votes, start)
    ]


def shown(*args, **kwargs) -> list[tuple[int, bool]]:
    return [(theory.id, kept) for (theory, _), kept in first_page(*args, **kwargs)]


def order(*args) -> list[int]:
    return [id for id, _ in shown(*args)]


def test_where_all_have_many_votes_rank_decides():
    assert shown(theories(*[50] * 7), [], NOON) == [(n, False) for n in range(1, 8)]


def test_where_all_have_few_votes_rank_decides():
    assert shown(theories(*[3] * 7), theories(*[3] * 7), NOON) == [(n, False) for n in range(1, 8)]


def test_every_fifth_place_is_kept_for_who_needs_votes():
    ranked = theories(*[50] * 8, 1, 2)
    assert shown(ranked, ranked[8:], NOON) == [
        *((n, False) for n in (1, 2, 3, 4)),
        (9, True),
        *((n, False) for n in (5, 6, 7, 8)),
        (10, True),
    ]


def test_the_fewest_votes_come_first():
    ranked = theories(*[50] * 8, 9, 0)
    assert [id for id, kept in shown(ranked, ranked[8:], NOON) if kept] == [10, 9]


def test_kept_places_bring_theories_up_from_further_pages():
    ranked = theories(*[50] * 25)
    beyond = theories(0, 1, 2, 3, 4, 5, 6, start=101)
    page = shown(ranked, beyond, NOON)
    assert [id for id, kept in page if kept] == [101, 102, 103, 104, 105, 106]
    assert [place for place, (_, kept) in enumerate(page, 1) if kept] == [5, 10, 15, 20, 25, 30]
    assert [id for id, kept in page if not kept] == list(range(1, 26))


def test_a_short_page_keeps_no_place():
    ranked = theories(50, 50, 50, 1)
    assert shown(ranked, ranked[3:], NOON) == [(n, False) for n in (1, 2, 3, 4)]


def test_a_theory_stands_in_one_place_only():
    ranked = theories(*[50] * 20, *[0] * 5)
    page = order(ranked, ranked[20:], NOON)
    assert sorted(page) == list(range(1, 26))


def test_equals_in_need_take_turns_by_the_hour():
    ranked = theories(*[50] * 10)
    beyond = theories(*[0] * 10, start=101)
    firsts = {order(ranked, beyond, NOON + timedelta(hours=hour))[4] for hour in range(48)}
    assert len(firsts) > 3


def test_withdrawn_theories_need_no_votes():
    ranked = theories(*[50] * 9, 0)
    ranked[9][0].state = "withdrawn"
    assert not any(kept for _, kept in shown(ranked, [], NOON))


def test_a_page_with_a_blind_theory_is_shuffled():
    ranked = theories(*[50] * 12, 0)
    ranked[5][0].blind = True
    page = shown(ranked, ranked[12:], NOON)
    assert sorted(id for id, _ in page) == list(range(1, 14))
    assert [id for id, _ in page] != list(range(1, 14))
    assert not any(kept for _, kept in page)


def test_the_shuffle_is_the_same_for_all_within_the_hour_and_no_longer():
    ranked = theories(*[0] * 12, blind=True)
    assert order(ranked, [], NOON) == order(ranked, [], NOON + timedelta(minutes=59))
    assert order(ranked, [], NOON) != order(ranked, [], NOON + timedelta(hours=1))


def test_the_shuffle_does_not_depend_on_votes():
    few, many = theories(*[0] * 12, blind=True), theories(*range(12), blind=True)
    assert order(few, [], NOON) == order(many, [], NOON)
    assert order(few, [], NOON) == order(few[::-1], [], NOON)


def test_a_blind_theory_from_further_pages_shows_nothing_of_its_votes():
    ranked = theories(*[50] * 10)
    pages = []
    for votes in ([0, 5], [5, 0], [200, 0]):
        beyond = theories(*votes, blind=True, start=101)
        pages.append(order(ranked, beyond, NOON))
    assert pages[0] == pages[1] == pages[2]
    assert {101, 102} < set(pages[0])
