"""What changed between two texts, as a reader sees it."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.lib.diff import Line, lines

LONG = {
    "equal lines": ("a\n" * 9_999, "a\n" * 9_998 + "b\n"),
    "lines in turns": ("a\nb\n" * 5_000, "b\na\na\n" * 3_333),
    "empty lines": ("\n" * 19_999, "x\n" * 9_999),
    "words in turns": (("a b " * 490 + "\n") * 10, ("b a a " * 330 + "\n") * 10),
    "words in turns, in many lines": (("a b " * 25 + "\n") * 198, ("b a a " * 16 + "\n") * 198),
}
"""Texts of which all repeats, as long as a post may be."""


def marked(line: Line) -> str:
    """A line with its changed parts in brackets."""
    sign = {"same": " ", "added": "+", "removed": "-"}[line.kind]
    return sign + "".join(f"[{text}]" if changed else text for text, changed in line.parts)


def shown(old: str, new: str) -> list[str]:
    return [marked(line) for line in lines(old, new)]


def test_equal_texts_are_shown_unmarked():
    assert shown("one\ntwo", "one\ntwo") == [" one", " two"]


def test_a_changed_line_shows_which_words_changed():
    assert shown("She leaves him.", "She left him.") == ["-She [leaves] him.", "+She [left] him."]


def test_added_and_removed_lines_are_marked_whole():
    assert shown("a", "a\nb") == [" a", "+[b]"]
    assert shown("a\nb", "a") == [" a", "-[b]"]
    assert shown("one", "uno\ndos") == ["-[one]", "+[uno]", "+[dos]"]


def test_the_first_version_is_all_new():
    assert shown("", "a theory") == ["+[a theory]"]


def test_very_long_lines_are_not_compared_word_by_word():
    old, new = "a " * 2000, "a " * 2000 + "b"
    assert [line.parts for line in lines(old, new)] == [((old, True),), ((new, True),)]


def test_a_long_text_is_compared_soon():
    old = "\n".join(f"line {n} of words" for n in range(1000))
    assert len(lines(old, old.replace("words", "other words"))) == 2000


@pytest.mark.parametrize(("old", "new"), LONG.values(), ids=LONG.keys())
def test_what_repeats_in_two_texts_does_not_keep_their_reader_waiting(old, new):
    begun = process_time()
    lines(old, new)
    assert process_time() - begun < 5  # it was minutes; machines are busy


def test_what_is_the_same_around_a_long_change_is_shown_as_the_same():
    old, new = ([f"{name} {n}" for n in range(1_000)] for name in ("was", "is"))
    found = lines("\n".join(["first", *old, "last"]), "\n".join(["first", *new, "last"]))
    assert [marked(line) for line in (found[0], found[-1])] == [" first", " last"]
    assert len(found) == 2_002


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60))
def test_both_texts_can_be_read_from_what_is_shown(old, new):
    found = lines(old, new)

    def read(kind: str) -> str:
        side = [line for line in found if line.kind in ("same", kind)]
        return "\n".join("".join(text for text, _ in line.parts) for line in side)

    assert (read("removed"), read("added")) == (old, new)
