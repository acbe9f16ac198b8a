"""What changed between two texts, as a reader sees it."""

from hypothesis import given
from hypothesis import strategies as st

from forum.lib.diff import Line, lines


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


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60))
def test_both_texts_can_be_read_from_what_is_shown(old, new):
    found = lines(old, new)

    def read(kind: str) -> str:
        side = [line for line in found if line.kind in ("same", kind)]
        return "\n".join("".join(text for text, _ in line.parts) for line in side)

    assert (read("removed"), read("added")) == (old, new)
