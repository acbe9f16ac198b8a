"""Odd structures: bytes that are no text, fields twice or far too long, bodies that end halfway."""

from collections.abc import Iterator
from time import process_time
from urllib.parse import quote_plus

import pytest

from tests.figures import WHOLE, Count
from tests.trust.places import fine
from tests.trust.text_forms import TextForm, text_forms
from tests.trust.typists import Typists
from tests.worlds import World

FORM = "application/x-www-form-urlencoded"
PARTED = "multipart/form-data; boundary=x"
LONGEST = 2.0
"""Seconds of work that one answer may take."""

BROKEN = {
    "NUL": (b"%00", b"a%00b", b"\x00", b"a\x00", b"%00" * 500),
    "no UTF-8": (
        *(b"%ff", b"%80", b"%c0%80", b"%c1%bf", b"%e2%82", b"%e0%80%80", b"%f0%9f%8e", b"\xff\xfe"),
        *(b"%f0%80%80%80", b"%f4%90%80%80", b"%f8%88%80%80%80", b"%fe%fe%ff%ff", b"a%ffb\xffc"),
    ),
    "lone surrogates": (
        b"%ed%a0%80",
        b"%ed%bf%bf",
        b"%ed%a0%80%ed%b0%80",
        b"\xed\xa0\xbd",
        b"%uD800",
    ),
    "no characters": (b"%ef%bf%be", b"%ef%bf%bf", b"%f4%8f%bf%bf", b"%ee%80%80", b"%c2%85", b"%1b"),
    "escapes": (b"%", b"%%", b"%zz", b"%2", b"%25%30%30", b"+%2B+", b"\r\n\r\n", b"a=b=c", b";"),
}
"""What a field may hold that is no text, as it is sent."""

LENGTHS = (1, 81, 161, 201, 256, 1001, 5001, 20_001, 100_000, 400_000)

NESTED = (
    "> ",
    "- ",
    "[",
    "![",
    "*",
    "`",
    "(",
    "<",
    ">!",
    "- > ",
    "1. ",
    "#",
    "|",
    "~~",
    "\\",
    "&#",
)


def encoded(fields: dict[str, str]) -> bytes:
    return b"&".join(f"{name}={quote_plus(value)}".encode() for name, value in fields.items())


def in_one_field(form: TextForm, name: str) -> Iterator[tuple[str, bytes]]:
    """Bodies that are right but for the field `name`, with what is odd about each."""
    rest = encoded({other: value for other, value in form.good.items() if other != name})
    field, good = name.encode(), quote_plus(form.good.get(name, "Some words.")).encode()
    for what, values in BROKEN.items():
        for value in values:
            yield what, rest + b"&" + field + b"=" + value
            yield f"{what} in the name", rest + b"&" + field + value + b"=" + good
    for length in LENGTHS:
        yield f"{length} letters", rest + b"&" + field + b"=" + b"a" * length
        yield f"{length} lines", rest + b"&" + field + b"=" + b"a%0A" * (length // 4)
    for mark in NESTED:
        deep = quote_plus(mark * (4_000 // len(mark))).encode()
        yield f"{mark!r} deep", rest + b"&" + field + b"=" + deep
    right = b"&" + field + b"=" + good
    for what, more in {
        "twice": right * 2,
        "twice, once empty": b"&" + field + b"=" + right,
        "many times": right * 500,
        "as a list": b"&" + field + b"[]=" + good,
        "as a thing": b"&" + field + b"[a][b]=" + good,
        "in capitals": b"&" + field.upper() + b"=" + good,
        "without a value": b"&" + field,
        "after another token": b"&csrf_token=x&csrf_token=" + right,
    }.items():
        yield what, rest + more


def part(about: bytes, content: bytes, *, end: bytes = b"\r\n--x--\r\n") -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + about + b"\r\n\r\n" + content + end


def of_another_kind(form: TextForm) -> Iterator[tuple[str, str, bytes]]:
    """Whole bodies that are odd: what about them, their type, and they themselves."""
    name = form.typed[0].encode()
    right, here = encoded(form.good), b'name="' + name + b'"'
    for kind in ("", "text/plain", "application/json", f"{FORM}; charset=utf-16", "x/y; z=\u00e9"):
        yield f"as {kind!r}", kind, right
    for what, body in {
        "JSON": b'{"' + name + b'": ["a"]}',
        "deep JSON": b"[" * 100_000,
        "NaN": b'{"' + name + b'": NaN}',
        "half a surrogate": b'{"' + name + b'": "\\ud800"}',
        "a key twice": b'{"a": 1, "a": 2}',
    }.items():
        yield what, "application/json", body
    for what, body in {
        "no end": part(here, b"a", end=b""),
        "half an end": part(here, b"a", end=b"\r\n--x"),
        "a file": part(here + b'; filename="a.svg"', b"<svg onload=alert(1)>"),
        "a file above": part(here + b'; filename="../../a"', b"a"),
        "a long file": part(here + b'; filename="a"', b"a" * 900_000),
        "a long name": part(b'name="' + b"a" * 100_000 + b'"', b"a"),
        "a long head": part(here + b"\r\nX-Long: " + b"a" * 200_000, b"a"),
        "many heads": part(here + b"\r\nX-A: a" * 2_000, b"a"),
        "no name": part(b"filename=a", b"a"),
        "a name twice": part(here + b"; " + here, b"a"),
        "bytes": part(here, b"\xff\xfe\x00\xed\xa0\x80"),
        "a part in a part": part(here + b"\r\nContent-Type: " + PARTED.encode(), part(here, b"a")),
        "many parts": part(here, b"a", end=b"\r\n") * 200 + b"--x--\r\n",
        "ends alone": b"--x--\r\n" * 5_000,
    }.items():
        yield what, PARTED, body


def test_no_structure_is_too_odd_for_any_form(world: World, count: Count) -> None:
    typists, slow = Typists(world), []
    number = 0
    for form in text_forms(world):
        if form.method == "GET":
            continue
        cases = [
            (f"{name}: {what}", FORM, body)
            for name in form.typed
            for what, body in in_one_field(form, name)
        ]
        for what, kind, body in [*cases, *of_another_kind(form)]:
            number += 1
            if not WHOLE and number % 11:
                continue
            began = process_time()
            typists.send_raw(form, kind, body, what)
            if process_time() - began > LONGEST:
                slow.append(f"{form.endpoint}, {what}: {process_time() - began:.1f} s")
    count("odd structures: submissions", typists.sent)
    count("odd structures: 5xx", len(typists.errors))
    count("odd structures: refusals without a word", len(typists.silent))
    assert (typists.errors, typists.silent, slow) == ([], [], [])
    assert typists.sent > (8_000 if WHOLE else 700)
    assert typists.done > typists.sent // 20


COOKIES = (
    *("sid={0}; sid={0}", "sid={0}x", "sid={0}\u0000", 'sid="{0}"', "sid={0}; sid=", "SID={0}"),
    *(
        "sid= {0} ",
        "sid={0},{0}",
        "; ; sid={0}",
        "sid={0}; pref=" + "a" * 60_000,
        "$Version=1; sid={0}",
    ),
    *(
        "; ".join(f"a{number}=b" for number in range(2_000)),
        "sid=" + "\u00ff" * 43,
        "=; =; ==",
        "sid",
    ),
    *(
        "pref=.{0}",
        "pref=eyJhIjoxfQ.{0}.x",
        "pref=" + "%ff" * 100,
        "pref={0}; pref=\u00e9",
        "a=" * 3_000,
    ),
)


@pytest.mark.parametrize("role", ["fan", "admin"])
def test_no_cookie_is_too_odd(world: World, role: str) -> None:
    cookie = world.accounts[role].cookie
    for cookies in COOKIES:
        visitor = world.visitor("guest", has_seen=False)
        headers = {"Cookie": cookies.format(cookie)}
        for path in ("/", f"/films/{world.films['shut']}", "/settings", "/inbox"):
            fine(visitor.get(path, headers=headers), (cookies[:40], path))
        headers |= {"Sec-Fetch-Site": "same-origin"}
        for path in ("/settings/theme", f"/posts/{world.posts['open/theory/published']}/votes"):
            response = visitor.send("POST", path, headers=headers, data={"value": "1"})
            fine(response, (cookies[:40], path))


@pytest.mark.parametrize("name", ["q", "after", "order", "next", "film", "letter"])
def test_no_query_of_any_bytes_is_too_odd(world: World, name: str) -> None:
    guest = world.visitor("guest")
    pages = ("/search", "/films", "/login", "/moderation/log", "/fans")
    for values in BROKEN.values():
        for value in values:
            text = quote_plus(value, safe="%").replace("%25", "%") if value else ""
            for path in pages:
                fine(guest.get(f"{path}?{name}={text}"), (path, value))
                fine(guest.get(f"{path}?{name}=a&{name}={text}&{text}={name}"), (path, value))
