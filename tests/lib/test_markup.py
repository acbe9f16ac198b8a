"""Markdown as people write it: what it becomes, and what its veils keep back."""

import json
import re
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from forum.lib.markup import Scope, excerpt, redact, render, reveal
from forum.lib.veils import scopes_named
from tests.film_lists import shared

JAWS = {"jaws-1975": Scope(7, "Jaws <3")}


def html(source: str) -> str:
    return render(source).html


def test_markdown_becomes_html():
    assert html("Her *last* look is **the** answer.") == (
        "<p>Her <em>last</em> look is <strong>the</strong> answer.</p>\n"
    )
    assert html("- one\n- two") == "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
    assert html("3. three") == '<ol start="3">\n<li>three</li>\n</ol>\n'
    assert html("~~gone~~") == "<p><s>gone</s></p>\n"
    assert "<td>b</td>" in html("| a |\n| - |\n| b |")
    assert html("`a < b`") == "<p><code>a &lt; b</code></p>\n"


def test_html_is_shown_as_typed():
    assert html("<b>bold</b>") == "<p>&lt;b&gt;bold&lt;/b&gt;</p>\n"
    assert html("<!-- note -->") == "<p>&lt;!-- note --&gt;</p>\n"


def test_headings_begin_below_the_pages_own():
    assert html("# One") == "<h3>One</h3>\n"
    assert html("## Two") == "<h4>Two</h4>\n"
    assert [html(f"{'#' * n} x")[1:3] for n in range(1, 7)] == ["h3", "h4", "h5", "h6", "h6", "h6"]


def test_links_vouch_for_nothing():
    assert html("[it](https://example.org/a?b=1&c=2)") == (
        '<p><a href="https://example.org/a?b=1&amp;c=2" rel="nofollow ugc noopener noreferrer">'
        "it</a></p>\n"
    )
    assert 'href="mailto:a@example.org"' in html("<a@example.org>")


def test_bare_addresses_stay_text():
    assert html("see https://example.org") == "<p>see https://example.org</p>\n"


@pytest.mark.parametrize("address", ["javascript:x()", "data:text/html,x", "file:///etc/passwd"])
def test_links_lead_only_to_the_web_and_to_mail(address):
    assert "href" not in html(f"[it]({address})")


def test_images_become_links():
    assert html("![a shot](https://example.org/a.png)") == (
        '<p><a href="https://example.org/a.png" rel="nofollow ugc noopener noreferrer">'
        "a shot</a></p>\n"
    )
    assert html("a! [b](https://example.org)").startswith("<p>a! <a ")
    assert html("Really!") == "<p>Really!</p>\n"


def test_a_veil_is_a_details_element():
    assert html("He >!dies!< there.") == (
        '<div class="p">He <details class="veil"><summary>Veiled</summary>dies</details> there.'
        "</div>\n"
    )


def test_a_veil_may_open_a_line():
    assert '<details class="veil">' in html(">!all of it!<")
    assert html("> a quotation").startswith("<blockquote>")
    assert '<details class="veil">' in html("> quoted >!veiled!<")
    assert "<blockquote>" not in html("before\n>!veiled!< after")


def test_a_veil_holds_markdown_but_no_veil():
    assert "<summary>Veiled</summary>a <em>b</em></details>" in html(">!a *b*!<")
    assert html(">!a >!b!< c!<").count("<details") == 1


@pytest.mark.parametrize("source", [">!never closed", ">!!<", ">! !<", "5 >!= 3"])
def test_what_is_no_veil_stays_as_typed(source):
    assert "<details" not in html(source)
    assert "&gt;!" in html(source)


def test_a_veil_in_a_tight_list_keeps_its_item():
    assert '<li><div class="p">' in html("- >!dies!<").replace("\n", "")


def test_a_scoped_veil_names_what_it_gives_away():
    stored = render("Like >!film:jaws-1975 | the shark dies!<.", JAWS).html
    assert 'data-scope="7"' in stored
    assert "<summary>Gives away Jaws &lt;3</summary>the shark dies</details>" in stored


def test_a_scoped_veil_is_absent_until_its_scope_is_open():
    stored = render("Like >!film: jaws-1975 | the *shark* dies!<, >!this!< too.", JAWS).html
    closed = reveal(stored, frozenset())
    assert isinstance(closed, Markup)
    assert "shark" not in closed
    assert '<span class="veil-absent">Gives away Jaws &lt;3</span>, <details' in closed
    assert "this</details>" in closed
    assert reveal(stored, {7}) == stored


def test_each_scoped_veil_answers_to_its_own_scope():
    scopes = {"a-1990": Scope(1, "A"), "b-1991": Scope(2, "B")}
    stored = render(">!film:a-1990 | alpha!< >!film:b-1991 | beta!<", scopes).html
    assert "alpha" in reveal(stored, {1})
    assert "beta" not in reveal(stored, {1})
    assert "beta" in reveal(stored, {2})


def test_text_without_scopes_is_revealed_as_it_is():
    assert reveal("<p>plain</p>", ()) == "<p>plain</p>"


def test_a_scope_that_is_unknown_leaves_an_ordinary_veil():
    stored = render(">!film:unknown-1900 | text!<").html
    assert "data-scope" not in stored
    assert "<summary>Veiled</summary>film:unknown-1900 | text</details>" in stored


def test_scopes_are_found_before_rendering():
    source = ">!film:jaws-1975 | a!< >! film: alien-1979|b!< >!c!< >!film:never-closed | d"
    assert scopes_named(source) == {"jaws-1975", "alien-1979", "never-closed"}
    assert scopes_named("film:jaws-1975 | no veil") == set()


def test_a_source_is_redacted_like_its_html():
    source = "Like >!film:jaws-1975 | the shark!<, >!film:gone-1980 | x!<, >!this!<."
    ids = {"jaws-1975": 7}
    assert redact(source, ids, {7}) == (
        "Like >!film:jaws-1975 | the shark!<, >!film:gone-1980 | …!<, >!this!<."
    )
    assert redact(source, ids, ()) == (
        "Like >!film:jaws-1975 | …!<, >!film:gone-1980 | …!<, >!this!<."
    )


def test_redaction_hides_a_scoped_veil_that_is_never_closed():
    assert "shark" not in redact("a >!film:jaws-1975 | the shark\n\nlives", {"jaws-1975": 7}, ())


def test_an_excerpt_leaves_out_what_is_veiled():
    source = "She >!leaves him!< at >!film:jaws-1975 | the shark!< dawn. `code` *and* all\nof it"
    assert render(source, JAWS).excerpt == "She at dawn. code and all of it"


def test_an_excerpt_reads_blocks_as_sentences():
    assert render("# Head\n\n- one\n- two\n\n```\nfenced\n```").excerpt == "Head one two fenced"


def test_an_excerpt_is_cut_between_words():
    text = "word " * 100
    cut = render(text).excerpt
    assert len(cut) <= 280
    assert cut.endswith("word…")
    assert excerpt("short") == "short"
    assert excerpt("one, two three", 10) == "one, two…"
    assert excerpt("one, twothree", 10) == "one…"
    assert excerpt("x" * 50, 10) == "x" * 9 + "…"
    assert excerpt("one, two", 8) == "one, two"
    assert excerpt("one, two three", 9) == "one, two…"
    assert excerpt("one, two. Three", 12) == "one, two…"


def test_an_excerpt_keeps_most_of_a_word_that_is_longer_than_it():
    assert excerpt("A " + "x" * 50, 20) == "A " + "x" * 17 + "…"
    assert excerpt("Four words stand before " + "x" * 50, 30) == "Four words stand before…"


class _Events(HTMLParser):
    """A document as (kind, name or text, attributes), white space and our own rules aside."""

    def __init__(self, document: str, shift: int) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []
        self._shift = shift
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = [f"{name}={value}" for name, value in attrs if name not in ("rel", "class")]
        self.found.append(("<", self._named(tag), *kept))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.found.append((">", self._named(tag)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(("text", " ".join(data.split())))

    def _named(self, tag: str) -> str:
        if not re.fullmatch("h[1-6]", tag):
            return tag
        return f"h{min(6, int(tag[1]) + self._shift)}"


# What the site does on purpose otherwise: no HTML, no images, no schemes but web and mail.
_OTHERWISE = re.compile(
    r"<(?!(?:https?|mailto):|[\w.+-]+@)[a-z!/?]|!\[|:bar|a\+b|made-up|localhost", re.IGNORECASE
)


def test_commonmarks_own_examples_hold():
    examples = json.loads(shared("data/text/commonmark-spec.json").read_text("utf-8"))
    compared = 0
    for example in examples:
        source = example["markdown"]
        if _OTHERWISE.search(source):
            continue
        compared += 1
        expected = _Events(example["html"], shift=2).found
        assert _Events(html(source), shift=0).found == expected, example["example"]
    assert compared > 500
