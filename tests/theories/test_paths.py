"""Where replies stand: the order of their paths is the order in which a discussion is read."""

from hypothesis import given
from hypothesis import strategies as st

from forum.theories import paths


def test_an_answer_to_the_theory_stands_at_the_left():
    assert paths.below(None, 1) == ("0000001", 0)
    assert paths.below(None, 36**7 - 1) == ("zzzzzzz", 0)


def test_an_answer_to_a_reply_stands_below_it():
    path, depth = paths.below("0000001", 37)
    assert (path, depth) == ("00000010000011", 1)
    assert paths.ancestor_at(path, 0) == 1
    assert paths.ancestor_at(path, 1) == 37


def test_beyond_the_deepest_level_replies_stand_beside_what_they_answer():
    path, depth = paths.below(None, 1)
    for reply_id in range(2, 100):
        path, depth = paths.below(path, reply_id)
        assert depth == min(reply_id - 1, paths.DEEPEST)
        assert len(path) <= 440
    assert paths.ancestor_at(path, depth) == 99
    assert paths.ancestor_at(path, depth - 1) == paths.DEEPEST


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_paths_in_order_are_the_discussion_as_it_is_read(choices):
    below: dict[int, list[int]] = {0: []}
    found: dict[int, str | None] = {0: None}
    for reply_id, choice in enumerate(choices, 1):
        parent = sorted(below)[choice % len(below)]
        found[reply_id], _ = paths.below(found[parent], reply_id)
        below[parent].append(reply_id)
        below[reply_id] = []

    def read(reply_id: int) -> list[int]:
        return [id for answer in below[reply_id] for id in (answer, *read(answer))]

    del found[0]
    assert sorted(found, key=lambda reply: found[reply] or "") == read(0)
