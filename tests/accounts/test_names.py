"""Names: which are allowed, and which could pass for each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.accounts import names

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


@pytest.mark.parametrize("name", ["ani", "Igor-2024", "a_b", "x" * 20, "007", "---"])
def test_short_plain_names_are_allowed(name):
    assert names.is_well_formed(name)


@pytest.mark.parametrize(
    "name",
    ["", "ab", "x" * 21, "an i", "Ánora", "ani\n", "<b>", "\u0430ni", "ani.", "@ani", "ani\0x"],
)
def test_others_are_not(name):
    assert not names.is_well_formed(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("morning", "moming"),
        ("w00d", "vvOOd"),
        ("ill", "1iL"),
        ("Igor", "lgor"),
        ("clean", "dean"),
        ("five5", "fives"),
        ("b8r", "bbr"),
        ("ani_m", "animm"[:-1]),
        ("a-n-i", "ani"),
        ("A_N_I", "ani"),
    ],
)
def test_names_that_look_alike_share_a_skeleton(one, other):
    assert names.skeleton(one) == names.skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("anora", "vanya"), ("igor", "igor2"), ("___", "---")])
def test_names_that_do_not_look_alike_have_their_own(one, other):
    assert names.skeleton(one) != names.skeleton(other)


@given(st.text(ALPHABET, min_size=3, max_size=20))
def test_no_skeleton_is_empty_or_too_long_and_case_never_counts(name):
    skeleton = names.skeleton(name)
    assert 1 <= len(skeleton) <= 40
    assert names.skeleton(name.upper()) == names.skeleton(name.lower())


@pytest.mark.parametrize("name", ["admin", "Adm1n", "m0derator", "the_archive", "foyer", "R-O-O-T"])
def test_names_of_the_site_are_reserved_with_what_looks_like_them(name):
    assert names.is_reserved(name)


@pytest.mark.parametrize("name", ["adminton", "anora", "rooter"])
def test_names_that_only_begin_so_are_free(name):
    assert not names.is_reserved(name)
