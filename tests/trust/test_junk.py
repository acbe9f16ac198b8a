"""Junk: whatever is typed, or stands in an address, the answer is no error of ours and helps."""

import json
import re
from collections.abc import Iterator
from html import unescape
from time import perf_counter
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from forum.lib.database import session
from forum.theories.models import Post
from tests.factories import PASSWORD
from tests.routes import filled, names, rules, unsafe_rules
from tests.trust.places import GUESTS_FORMS, Place, fine, forms
from tests.visitors import Visitor

SLOWEST = 20.0
"""Seconds for one text in every field there is; generous, for machines that are busy."""


# --- numbers and names in addresses ---------------------------------------------------------------

NUMBERS = (
    *(
        "0",
        "-1",
        "-0",
        "1.5",
        "1e3",
        "0x1",
        "1_0",
        "007",
        "\uff11",
        "\u0661",
        "\u00b2",
        "NaN",
        "+1",
    ),
    *(str(2**31 - 1), str(2**31), str(2**32), str(2**63 - 1), str(2**63), str(2**64)),
    *("9" * 30, "9" * 5000, "%00", "1%00", "%ff", "%0a1", "1;", "1'", "' OR 1=1--", "..", "%2e%2e"),
)

NAMES = (
    *("%00", "a%00b", "%ff", "%ed%a0%80", "%c0%ae", "%80", "%f0%9f%8e%ac", "%e2%80%ae", "a%0db"),
    *("..", "%2e%2e", "%2f", "%5c", "'", '"', "%3Cscript%3E", "{{7*7}}", "%25s", "*", "a" * 5000),
    *("\u00e9", "\u0130", "\u1e9e", "con", "null", "None", "undefined", "-1", "__proto__", "."),
)


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """(method, path) of every route that takes something, with junk in each place."""
    for method, rule in [*(("GET", rule) for rule in rules(app, "GET")), *unsafe_rules(app)]:
        held = names(rule)
        for at, name in enumerate(held):
            junk = NUMBERS if name.endswith("_id") else NAMES
            for value in junk:
                good = ["1" if n.endswith("_id") else "theory" for n in held]
                good[at] = value
                yield method, filled(rule, *good)


@pytest.mark.both_databases
def test_no_number_and_no_name_in_an_address_is_too_odd(place: Place) -> None:
    form = {"value": "1", "body": "Words.", "csrf_token": place.admin.token}
    asked = 0
    for method, path in addresses(place.app):
        data = form if method != "GET" else None
        sent = {"Sec-Fetch-Site": "same-origin"}
        fine(place.admin.send(method, path, headers=sent, data=data), f"{method} {path[:80]}")
        asked += 1
    assert asked > 1000


@pytest.mark.both_databases
@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63, 10**30])
def test_a_number_that_no_row_has_is_absent(place: Place, number: int) -> None:
    def answer(path: str) -> tuple[int, bytes]:
        response = place.admin.post(path, value="1", body="Words.")
        # A form's token looks different each time.
        return response.status_code, re.sub(rb'name="csrf_token" value="\w+"', b"", response.data)

    nothing = answer("/posts/999999/votes")
    assert nothing[0] == 404
    for path in (
        f"/posts/{number}/votes",
        f"/settings/sessions/{number}/end",
        f"/drafts/thread/{number}",
        f"/drafts/reply/{number}/removal",
        f"/threads/{number}/lock",
    ):
        assert answer(path) == nothing, path


QUERIES = (
    *(
        "after=",
        "after=~",
        "after=~~",
        "after=1~1",
        "after=x~1~1",
        "after=nan~1~1",
        "after=inf~1~1",
    ),
    *("after=-inf~1~1", "after=1e999~1~1", "after=1~1~99999999999999999999", "after=%00~1"),
    *("after=0001-01-01T00:00:00%2B05:00~1", "after=9999-12-31T23:59:59-05:00~1"),
    *("after=2026-01-01~1", "after=2026-01-01T00:00:00~1", "after=2026-02-30T00:00:00Z~1"),
    *("after=0001-01-01T00:00:00%2B23:59~1~1", "after=a~2147483648", "after=%ff~1", "after=a~%ff"),
    *("after=a~1~1", "after=a~-1", "after=9~a~1", "after=1~1~1~1", "after=" + "1~" * 2000),
    *("after=0.5~1~1&after=x", "after=-1~-1~-1", "after=0~0~0", "after=000~1", "after=\uff11~1"),
    *(
        "order=",
        "order=%00",
        "order=new%00",
        "order=new&order=best",
        "order[]=new",
        "order=__class__",
    ),
    *("stance=%ff", "stance=supports&stance=x", "letter=%00", "letter=%c3", "letter=0&letter=%23"),
    *(
        "decade=1e3",
        "decade=99999999999999999999",
        "decade=-2000",
        "decade=" + "9" * 5000,
        "decade=",
    ),
    *("version=0", "version=-1", "version=9999999999999999999999", "version=" + "9" * 5000),
    *("q=%00", "q=%ff%fe", "q=%25", "q=_", "q=%5c", "q=%27", "q=" + "a" * 5000, "q=a&q=b", "q[]=a"),
    *("q=" + "%20a" * 3000, "q=%ed%a0%80", "q=%e2%80%8b", "q=%f0%9f%8e%ac", "q=" + "%cc%81" * 1000),
    *(
        "said=%00",
        "said=__class__",
        "said=" + "x" * 5000,
        "next=%00",
        "=",
        "&&&",
        "%",
        "%%",
        "a=%zz",
    ),
    *("\u00e9", "q=%c4%b0", "q=%ef%b7%ba", ";", "?", "a" * 8000, "&".join("a" * 500)),
)


@pytest.mark.both_databases
def test_no_query_is_too_odd(place: Place) -> None:
    thread, theory = (
        place.admin.get(f"/posts/{p.id}").location for p in (place.thread, place.theory)
    )
    film, revisions = f"/films/{place.film.slug}", f"/posts/{place.theory.id}/revisions"
    readers = {
        "after": (
            *(f"{thread}?order={order}&" for order in ("best", "hot", "new", "divisive")),
            *(f"/films?order={order}&" for order in ("title", "year", "argued")),
            *(f"{theory}?", "/fans?", "/fans/the_critic?", "/votes?", "/settings/films?"),
            *("/search?q=film&", "/moderation/queue?", "/moderation/log?", "/inbox?"),
        ),
        "order": (f"{thread}?", "/films?"),
        "stance": (f"{theory}?",),
        "letter": ("/films?",),
        "decade": ("/films?",),
        "version": (f"{revisions}?",),
        "q": ("/films?", "/search?"),
    }
    others = ("/?", f"{film}?", f"{thread}?", "/login?", f"/posts/{place.reply.id}?", "/drafts?")
    for query in QUERIES:
        for page in readers.get(re.split(r"[=\[]", query)[0], others):
            response = fine(place.admin.get(page + query), page + query[:80])
            assert response.status_code in (200, 302, 303, 404), page + query[:80]


# --- what is typed ------------------------------------------------------------------------------

NAUGHTY = (
    *(
        "",
        " ",
        "\t",
        "\n",
        "\r\n\r\n",
        "\x00",
        "a\x00b",
        "\x07",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\ufffe",
    ),
    *(
        "\u202e",
        "\u2066x\u2069",
        "\u200b",
        "\ufeff",
        "\u00ad",
        "\u2028\u2029",
        "\U000e0041",
        "\uffff",
    ),
    *("Z\u0300" + "\u0301" * 8, "Z" + "\u0300" * 500, "\u0640" * 200, "\ufdfa" * 80, "\u1e9e" * 80),
    *(
        "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 9,
        "\U0001f1e6" * 40,
        "\u0130" * 80,
        "\ufb03" * 80,
    ),
    *(
        "' OR 1=1 --",
        "\\",
        "%",
        "_",
        "%s%n%(name)s",
        "{0.__class__}",
        "{{7*7}}",
        "{% raw %}",
        "${7*7}",
    ),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;&#0;&#x110000;", "]]>"),
    *("Set-Cookie: a=b\r\n\r\n<b>", "a@b.c\r\nBcc: x@y.z", "=1+1", "@SUM(1)", "null", "NaN", "-1"),
    *(
        ">!",
        "!<",
        ">!a!<",
        ">!>!a!<!<",
        ">!film:",
        ">!film: | x!<",
        ">!film:x | y",
        ">!film:x | y!<",
    ),
    *("[a](javascript:alert(1))", "![a](http://e/a.png)", "<http://e>", "[a]: <\n\n[a]", "[^1]: x"),
    *(
        ">" * 3000,
        "[" * 3000,
        "*" * 3000,
        "`" * 3000,
        "![" * 1500,
        "- " * 2000,
        "1. " * 1500,
        "\\" * 3000,
    ),
    *(
        "> " * 1500 + "x",
        "<" * 3000,
        "&" * 3000,
        "|" * 3000 + "\n" + "-|" * 1500,
        "_a" * 2000,
        "~" * 3000,
    ),
    *(
        ">!" * 1500,
        "!<" * 1500,
        ">!a!<" * 900,
        "a" * 5001,
        "a\n" * 5000,
        "\n" * 9000,
        "\u00e9" * 20_001,
    ),
)
"""What people and programs type; each goes into every field there is."""


def throw(place: Place, text: str) -> None:
    """Type `text` into every field of every form, and ask for it in every address."""
    started = perf_counter()
    for path, fields in forms(place):
        fine(place.admin.post(path, **dict.fromkeys(fields, text)), (path, text[:60]))
    for path, fields in GUESTS_FORMS:
        fine(place.guest.post(path, **dict.fromkeys(fields, text)), (path, text[:60]))
    asked = quote(text[:1500].encode("utf-8", "replace"), safe="")
    for path in (f"/search?q={asked}", f"/login?next={asked}", f"/fans/{asked}"):
        fine(place.guest.get(path), path[:80])
    spent = perf_counter() - started
    assert spent < SLOWEST, f"{text[:60]!r} took {spent:.1f} s"


def pages_that_show_it(place: Place) -> None:
    """Whatever was accepted is shown without an error."""
    for path in (
        *("/", "/drafts", "/votes", "/fans/the_critic", f"/films/{place.film.slug}"),
        *(f"/posts/{place.theory.id}", f"/posts/{place.thread.id}", f"/posts/{place.reply.id}"),
        *(f"/threads/{place.thread.id}/theories/new", f"/posts/{place.own.id}/revisions"),
    ):
        response = place.admin.get(path, follow_redirects=True)
        assert response.status_code == 200, f"{path}: {response.status_code}"


@pytest.mark.both_databases
def test_nothing_that_is_typed_is_too_odd(place: Place) -> None:
    for text in NAUGHTY:
        throw(place, text)
    pages_that_show_it(place)


@pytest.mark.both_databases
def test_what_is_accepted_comes_back_as_it_was_typed(place: Place) -> None:
    accepted = 0
    for text in NAUGHTY:
        body = f"x{text}x"
        sent = place.admin.post(f"/posts/{place.theory.id}/replies", body=body, stance="neutral")
        if sent.status_code != 303:
            assert sent.status_code == 422, text[:60]
            continue
        accepted += 1
        id = int(re.search(r"/posts/(\d+)", sent.location).group(1))  # type: ignore[union-attr]  # it is there
        wanted = body.replace("\r\n", "\n").replace("\r", "\n")
        session().rollback()
        assert session().scalars(select(Post.body).where(Post.id == id)).one() == wanted
        page = place.admin.get(f"/posts/{id}/edit").text
        area = re.search(r'<textarea[^>]*name="body"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL)
        assert area is not None
        assert unescape(area.group(1)).replace("\r\n", "\n") == wanted, text[:60]
    assert accepted > 40


@pytest.mark.both_databases
def test_a_form_that_a_guest_carried_in_may_hold_anything(place: Place) -> None:
    """What is half written travels through the log-in form, where anybody can change it."""
    fields = {"title": "A title \ud800", "body": "Body \x00 \udfff"}
    carried = (
        {"kind": "theory", "target": place.thread.id, "fields": fields},
        {"kind": "reply", "target": place.theory.id, "fields": {"body": ["a"], "x": 1}},
        {"kind": "poem", "target": 1, "fields": {"body": "a"}},
        {"kind": "theory", "target": 2**63, "fields": {"body": "a"}},
        {"kind": "theory", "target": True, "fields": {"body": "a"}},
        {"kind": "theory", "target": 1.0, "fields": {"body": "a"}},
        {"kind": ["theory"], "target": place.thread.id, "fields": {"body": "a"}},
        {"kind": {}, "target": place.thread.id, "fields": {"body": "a"}},
        {"kind": "theory", "target": place.thread.id, "fields": None},
        {"fields": {}},
        *([], {}, 1, None, "x", {"kind": None}),
    )
    texts = [
        *(json.dumps(each) for each in carried),
        "[" * 100_000,
        "NaN",
        "{",
        "1e999",
        '"\\ud800"',
    ]
    for text in texts:
        visitor = Visitor(place.app)
        response = visitor.post("/login", name="the_critic", password=PASSWORD, carry=text)
        assert response.status_code in (303, 429), text[:60]
        if response.status_code == 429:
            break
        for path in ("/drafts", f"/threads/{place.thread.id}/theories/new"):
            assert visitor.get(path).status_code == 200, text[:60]
        visitor.get("/settings")
        visitor.post("/logout")


def test_a_text_of_the_longest_is_posted_and_one_more_is_not(place: Place) -> None:
    form = {"safe_title": "A safe title", "title": "A title", "kind": "plot"}
    path = f"/threads/{place.thread.id}/theories"
    for body, status in (("\u00e9" * 20_000, 303), ("\u00e9" * 20_001, 422)):
        response = fine(place.admin.post(path, **form, body=body), len(body))
        assert response.status_code == status
    assert "20001 characters" in response.text
    assert "\u00e9" * 20_001 in response.text  # what was typed is there to be shortened
