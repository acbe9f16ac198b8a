"""Plain text: what may stand in it, how it is found again, how it becomes an address."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.lib import text
from tests.film_lists import shared


@pytest.mark.parametrize(
    "character", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\u202e", "\u2066"]
)
def test_characters_that_deceive_or_break_are_found(character):
    assert text.forbidden_character(f"before{character}after") == character


@pytest.mark.parametrize("fine", ["", "plain", "tab\tand\nline", "é ß 映画 🎬 👩‍👩‍👧", "עברית"])
def test_what_people_write_is_allowed(fine):
    assert text.forbidden_character(fine) is None
    assert not text.has_stacked_marks(fine)


def test_marks_may_stand_on_letters_but_not_in_towers():
    assert not text.has_stacked_marks("a" + "\u0301" * 8)
    assert text.has_stacked_marks("a" + "\u0301" * 9)
    assert not text.has_stacked_marks(("a" + "\u0301" * 8) * 3)


def test_languages_of_the_world_are_allowed():
    for line in shared("data/text/multilang-udhr.jsonl").read_text("utf-8").splitlines():
        passage = json.dumps(json.loads(line), ensure_ascii=False)
        assert not text.has_stacked_marks(passage), passage[:80]


def test_a_title_is_one_line():
    assert text.one_line("  The \t Thing \n\n again ") == "The Thing again"
    assert text.one_line("Ame\u0301lie") == "Am\u00e9lie"
    assert text.one_line(" \n ") == ""


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("AMÉLIE", "amelie"),
        ("Straße", "strasse"),
        ("Rosemary’s Baby", "rosemary's baby"),
        ("\uff26\uff55\uff4c\uff4c", "full"),
        ("nul\0l", "null"),
        ("8½", "81\u20442"),
    ],
)
def test_folding_makes_spellings_equal(written, folded):
    assert text.folded(written) == folded


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("The Thing", "thing"),
        ("A Ghost Story", "ghost story"),
        ("An Education", "education"),
        ("Theorem", "theorem"),
        ("A", "a"),
        ("The ", "the"),
        ("Ánimas", "animas"),
    ],
)
def test_titles_stand_without_their_article(title, key):
    assert text.sort_key(title) == key


@pytest.mark.parametrize(
    ("title", "letter"),
    [("The Thing", "t"), ("8½", "0"), ("Élan", "e"), ("“Ha”", "h"), ("映画", "#"), ("…", "#")],
)
def test_titles_are_listed_under_their_first_letter(title, letter):
    assert text.initial(title) == letter


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Did Anora ever really escape?", "did-anora-ever-really-escape"),
        ("Rosemary's Baby’s", "rosemarys-babys"),
        ("Amélie — Œuvre", "amelie-uvre"),
        ("映画", ""),
        ("", ""),
        ("../../etc", "etc"),
    ],
)
def test_slugs_are_made_of_plain_words(words, slug):
    assert text.slug(words) == slug


def test_slugs_end_with_a_whole_word():
    assert text.slug("alpha beta gamma", 11) == "alpha-beta"
    assert text.slug("alphabetagamma", 5) == "alpha"


@given(st.text(max_size=200), st.integers(1, 80))
def test_slugs_fit_whatever_is_typed(words, longest):
    slug = text.slug(words, longest)
    assert len(slug) <= longest
    assert slug == "" or set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_patterns_find_what_was_typed_and_no_more():
    assert text.like_pattern("100%_\\") == "%100\\%\\_\\\\%"
