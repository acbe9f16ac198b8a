"""Markdown as attackers write it: nothing runs, nothing takes long, nothing grows."""

import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from forum.lib.markup import Scope, redact, render, reveal
from forum.lib.veils import leaks
from tests.film_lists import shared

pytestmark = pytest.mark.at_length

ALLOWED = {
    *("p", "div", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "em", "strong"),
    *("s", "ul", "ol", "li", "a", "details", "summary", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
LONGEST = 20_000


class _Dangers(HTMLParser):
    """What of a document a browser might run or fetch."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name == "href":
                scheme = urlsplit(re.sub(r"[\x00-\x20]", "", value or "")).scheme
                if scheme not in ("", "http", "https", "mailto"):
                    self.found.append(f"{scheme}:")
            elif name not in ("class", "title", "rel", "start", "data-scope", "tabindex"):
                self.found.append(f"{name}=")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def dangers(document: str) -> list[str]:
    try:
        return _Dangers(document).found
    except AssertionError:  # what the parser does not read, a browser might
        return ["unreadable"]


def wrapped(payload: str) -> Iterator[str]:
    """A payload where Markdown might let it through."""
    yield payload
    yield f"[it]({payload})"
    yield f">!{payload}!<"


def test_the_watch_itself_sees_dangers():
    assert dangers("<script>x()</script>") == ["<script>"]
    assert dangers('<p onclick="x()">') == ["onclick="]
    assert dangers('<a href="java\tscript:x()">') == ["javascript:"]
    assert dangers('<p><a href="https://a.example" rel="x">a</a></p>') == []


def test_no_payload_of_the_known_list_survives():
    payloads = shared("data/security/xss-payloadbox.txt").read_text("utf-8").splitlines()
    seen_raw = sum(1 for payload in payloads if dangers(payload))
    assert seen_raw > 4_000, "the control: unrendered, the payloads are dangerous"
    for payload in payloads:
        assert dangers(render(payload).html) == [], payload


@pytest.mark.parametrize("name", ["SVG_XSS1", "SVG_XSS2", "SVG_XSS3", "SVG_XSS_nested_img_xlink"])
def test_no_picture_of_the_known_list_survives(name):
    picture = shared(f"data/security/svg/{name}.svg").read_text("utf-8")
    assert dangers(picture)
    assert dangers(render(picture).html) == []


@pytest.mark.parametrize(
    "payload",
    [
        "<script>x()</script>",
        "<img src=x onerror=x()>",
        "<svg/onload=x()>",
        "javascript:x()",
        "JaVaScRiPt:x()",
        "java\tscript:x()",
        "&#106;avascript:x()",
        "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;x()",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "vbscript:x",
        '" onmouseover="x()',
        "x' onfocus='x()",
        '</details><script>x()</script><details class="',
        "<style>@import 'https://evil.example'</style>",
        '<a href="x" style="position:fixed">',
        "<iframe srcdoc='<script>x()</script>'>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=x()>",
        "\x00<script>x()</script>",
    ],
)
def test_nothing_runs_wherever_it_stands(payload):
    for source in wrapped(payload):
        assert dangers(render(source).html) == [], source
    scope = {"a-1990": Scope(1, payload)}
    stored = render(f">!film:a-1990 | {payload}!<", scope).html
    assert dangers(stored) == []
    assert dangers(reveal(stored, ())) == []


def filled(piece: str) -> str:
    return (piece * LONGEST)[:LONGEST]


_TABLE = "|a" * 256 + "|\n" + "|-" * 256 + "|\n" + "b\n" * 256 + "\n"
BOMBS = {
    "quotations": filled(">"),
    "lists": filled("- "),
    "lists within lists": "\n".join(f"{'  ' * depth}- a" for depth in range(190)),
    "stars": filled("*a **b "),
    "brackets": filled("[" * 100 + "a" + "]" * 100),
    "links": filled("[a]("),
    "images": filled("!["),
    "backticks": " ".join("`" * n for n in range(1, 199)),
    "veils": filled(">!a!<"),
    "open veils": filled(">!a "),
    "veils that name a film": filled(">!film:a-1990 | b!<"),
    "a film and the beginnings of veils": "film " + ">!" * 9_900,
    "a film and beginnings of quotations": "film " + ">!>" * 6_600,
    "a film and exclamation marks": "film " + "!!" * 9_900,
    "a film and stars": "film" + "!*" * 9_900,
    "a film and colons": "film" + ":" * 19_900,
    "entities": filled("&#0;"),
    "autolinks": filled("<http:"),
    "definitions": "".join(f"[a{n}]: /b\n" for n in range(1500)) + "[a1]" * 500,
    "strikes": filled("~~a "),
    "columns": filled("|a"),
    "one wide table": f"{'|a' * 1000}|\n{'|-' * 1000}|\n" + "b\n" * 7000,
    "many wide tables": filled(_TABLE),
    "tables in quotations": filled("".join(f"> {line}\n" for line in _TABLE.splitlines())),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_stays_small_and_is_soon_rendered(bomb):
    began = time.process_time()
    html = render(bomb, {"a-1990": Scope(1, "A title")}).html
    redact(bomb, {"a-1990": 1}, ())
    leaks(bomb, {"a-1990": Scope(1, "A title")})
    reveal(html, ())
    assert time.process_time() - began < 1.5  # 0.2 s, on a machine that does nothing else
    assert len(html) < 15 * LONGEST
    assert _depth(html) <= 50


def test_tables_of_a_readable_size_are_drawn():
    rows = "| a | b | c |\n| - | - | - |\n" + "| 1 | 2 | 3 |\n" * 300
    assert render(rows).html.count("<td>") == 900
    several = "| a | b |\n| - | - |\n| 1 | 2 |\n\n" * 50
    assert render(several).html.count("<table>") == 50


def test_tables_beyond_a_readable_size_stay_as_typed():
    html = render(_TABLE).html
    assert "<table>" not in html
    assert "|a|a|" in html


def _depth(html: str) -> int:
    deepest = depth = 0
    for closing, name in re.findall(r"<(/?)([a-z0-9]+)", html):
        if name not in ("br", "hr"):
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest
