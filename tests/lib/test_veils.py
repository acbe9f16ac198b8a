"""Veils that name a film: nothing in one is ever read by who has not seen that film."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.lib.markup import Scope, redact, render, reveal
from forum.lib.veils import leaks

SCOPES = {"a-1990": Scope(1, "A"), "b-1991": Scope(2, "B")}
IDS = {name: scope.id for name, scope in SCOPES.items()}


@pytest.mark.parametrize(
    "source",
    [
        ">!film:a-1990 | the butler\n\ndid it!<",
        ">!film:a-1990 | never closed",
        "| x |\n| - |\n| >!film:a-1990 | the butler!< |",
        "`>!film:a-1990 | the butler!<`",
        "```\n>!film:a-1990 | the butler!<\n```",
        "    >!film:a-1990 | the butler!<",
        ">!a >!film:a-1990 | the butler!<",
        "\\>!film:a-1990 | the butler!<",
        ">!film:a-1990 | x >!film:b-1991 | the butler!<",
        ">!film:a-1990 | the butler\n\n>!film:a-1990 | y!<",
        ">!film:a-1990 | the butler\n\n> >!film:\n> a-1990 | y!<",
        "> >!film:\n> a-1990 | the butler!<",
        "[x >!film:a-1990 | [the butler](/y)!<](/rules)",
        '[x](/rules ">!film:a-1990 | the butler!<")',
        "[x]\n\n[x]: /rules '>!film:a-1990 | the butler!<'",
        "```>!film:a-1990 | the butler!<\nx\n```",
        "&gt;!film:a-1990 | the butler!<",
        ">&#33;film:a-1990 | the butler!<",
        ">!&#102;ilm:a-1990 | the butler!<",
        ">!\u200bfilm:a-1990 | the butler!<",
        ">\u200b!film:a-1990 | the butler!<",
        ">!film:a\u200b-1990 | the butler!<",
        ">!Film:A-1990 | the butler!<",
        ">!*film*:a-1990 | the butler!<",
        ">!film:no-such-film | the butler!<",
        "\uff1e\uff01film\uff1aa-1990 | the butler!<",
    ],
)
def test_a_scoped_veil_that_hides_nothing_is_noticed(source):
    assert leaks(source, SCOPES)


@pytest.mark.parametrize(
    "source",
    [
        "x >!film:a-1990 | *y*!< z\n\n- >!film:b-1991 | y!<\n\n> >!plain!< >!film:a-1990|w!<",
        "> a quotation >!film:a-1990 | over\n> two lines!< ends",
        '>!film:a-1990 | [a link](/rules "its title") and `code`!<',
        "**>!film:a-1990 | x!<** >!film:a-1990 | y!<",
        "This film: a >!good | one!<. >!Filmed well!<",
        "| x |\n| - |\n| >!film:a-1990 \\| the butler!< |",
        "[>!film:a-1990 | the butler!<](/rules)",
        "[x](</>!film:a-1990|the-butler!<>)",
        "no veil at all",
    ],
)
def test_a_scoped_veil_that_hides_is_no_leak(source):
    assert not leaks(source, SCOPES)


_PIECES = [
    *(">!film:b-1991 | SECRET!<", ">!film:b-1991 | SECRET", ">!film:a-1990 | x", "!<", ">!"),
    *("film:", "b-1991", " | ", "SECRET", "\n", "\n\n", "> ", "- ", "    ", "`", "```\n", "*"),
    *("[", "](/x)", '](/x "', '")', "|", "\\", "&gt;", "\u200b", "~~", "<", ">", "# ", "a "),
    *("| x |\n| - |\n", "[r]: /x '", "![", "</details>", "&#33;", "_", "**", "1. ", "\t"),
]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=14), st.sampled_from([">!film:b-1991 | ", ""]))
def test_what_a_scoped_veil_holds_never_reaches_who_has_not_seen_that_film(pieces, before):
    # "SECRET" stands only where, read as typed, a veil of the other film is open.
    source = before + "".join(pieces)
    if leaks(source, SCOPES):
        return
    unveiled = re.sub(r">!\s*film:\s*b-1991\s*\|.*?!<", "", source, flags=re.DOTALL)
    if "SECRET" in unveiled:
        return
    rendered = render(source, SCOPES)
    for text in (reveal(rendered.html, {1}), rendered.excerpt, redact(source, IDS, {1})):
        assert "SECRET" not in text, source


def test_the_watch_itself_sees_a_secret():
    source = "x >!film:b-1991 | SECRET!<"
    assert not leaks(source, SCOPES)
    assert "SECRET" in reveal(render(source, SCOPES).html, {2})
    assert "SECRET" not in reveal(render(source, SCOPES).html, {1})
