"""Odd requests: bodies of no kind, methods that nobody has, headers that no browser sends."""

import pytest

from forum.lib.answers import FRAGMENT
from tests.trust.places import GUESTS_FORMS, Place, fine, forms

FORM = "application/x-www-form-urlencoded"

TYPES = (
    *("", "x", "/", "text/plain", "text/html", "image/png", "application/octet-stream"),
    *("application/json", "application/json; charset=no-such", "application/xml"),
    *(f"{FORM}; charset=utf-16", f"{FORM};", f"{FORM}; boundary=x", FORM.upper()),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"),
    *("multipart/form-data; boundary=\u00e9", "multipart/form-data; boundary=" + "x" * 3000),
    *('multipart/form-data; boundary="', "multipart/mixed; boundary=x"),
)

BODIES = (
    *(b"", b"\x00", b"\xff\xfe", b"=", b"&&&", b"a", b"body", b"body=%", b"body=%zz", b"body=%ff"),
    *(b"body=\xed\xa0\x80", b"body=%ed%a0%80&title=%c0%80", b"body=%00", b"\xff=\xff", b"%00=%00"),
    *(b"body=a&body=b&value=1&value=-1", b"body[]=a&body[x]=b", b"a=b;" * 5000),
    b"&".join(b"a%d=b" % number for number in range(5000)),
)

JSON_BODIES = (
    *(b"", b"{}", b"[1]", b"null", b"1", b'"body"', b"[" * 100_000, b'{"a":' * 50_000, b"1e999"),
    *(b'{"body":NaN}', b'{"body":{"a":1}}', b'{"body":"\\ud800"}', b'{"body":1,"body":2}', b"\xff"),
)

MULTIPART_BODIES = (
    *(
        b"",
        b"--x",
        b"--x\r\n",
        b"--x--",
        b"--x\r\n\r\n\r\n--x--",
        b"--x\r\nContent-Disposition: a\r\n\r\n",
    ),
    *(
        b"--x\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n--x--\r\n" % (about, content)
        for about, content in (
            (b'name="body"', b"\xff\x00"),
            (b'name="body"; filename="a"', b"a"),
            (b'name="body"; filename="../../a\x00"', b"a"),
            (b"name*=utf-8''%ff", b"a"),
            (b"name*=no-such''a", b"a"),
            (b"", b"a"),
            (b'name="\xff"', b"a"),
            (b'name="body"\r\nContent-Type: text/plain; charset=no-such', b"a"),
            (b'name="body"\r\nContent-Type: multipart/mixed; boundary=x', b"--x"),
            (b'name="body"\r\nContent-Transfer-Encoding: base64', b"%%%"),
        )
    ),
)


@pytest.mark.both_databases
def test_no_body_of_no_kind_is_too_odd(place: Place) -> None:
    targets = (
        (place.admin, f"/threads/{place.thread.id}/theories"),
        (place.admin, f"/posts/{place.theory.id}/votes"),
        (place.guest, "/login"),
        (place.guest, "/csp-report"),
    )
    requests = [
        *((kind, body) for kind in TYPES for body in BODIES[:4]),
        *((FORM, body) for body in BODIES),
        *(("application/json", body) for body in JSON_BODIES),
        *(("multipart/form-data; boundary=x", body) for body in MULTIPART_BODIES),
    ]
    for visitor, path in targets:
        for kind, body in requests:
            headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": visitor.token}
            headers |= {"Content-Type": kind} if kind else {}
            response = visitor.send("POST", path, headers=headers, data=body)
            fine(response, (path, kind[:60], body[:60]))


def multipart(fields: dict[str, str]) -> bytes:
    """Fields as a form with files in it would send them."""
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    return ("".join(part.format(*field) for field in fields.items()) + "--x--\r\n").encode()


def test_what_is_too_large_is_refused_in_words(place: Place) -> None:
    token = {"csrf_token": place.admin.token}
    many = multipart({**token, **{f"part{number}": "x" for number in range(200)}})
    sent = {"Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data; boundary=x"}
    for path, fields in forms(place):
        long = multipart({**token, fields[-1]: "x" * 600_000})
        huge = multipart({**token, fields[-1]: "x" * 1_100_000})
        for number, body in enumerate((many, long, huge)):
            response = place.admin.send("POST", path, headers=sent, data=body)
            assert fine(response, path).status_code == 413, (path, number)
        response = place.admin.post(path, **dict.fromkeys(fields, "x" * 1_100_000))
        assert fine(response, path).status_code == 413
    for path, fields in GUESTS_FORMS:
        response = place.guest.post(path, **dict.fromkeys(fields, "x" * 1_100_000))
        assert fine(response, path).status_code == 413


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "FOO", "G" * 500]
)
def test_no_method_is_too_odd(place: Place, method: str) -> None:
    for path in ("/", "/films", f"/posts/{place.theory.id}/votes", "/nothing"):
        response = fine(place.admin.send(method, path), (method[:10], path))
        assert response.status_code == (404 if path == "/nothing" else 405)
        assert path == "/nothing" or response.headers["Allow"]


HEADERS: dict[str, tuple[str, ...]] = {
    "Cookie": (
        *("sid", "=", ";;;", "sid=\u00e9", "sid=" + "x" * 43, "pref=.", "sid=%00; pref=%00"),
        *("sid=\xff; pref=\xff", 'sid="; pref="', "pref=" + "a" * 3000, "sid=" + "\xff" * 43),
    ),
    "Accept": ("", "x", "*/*;q=x", "text/*;" * 500, "\u00e9", FRAGMENT * 2),
    "Accept-Language": ("x" * 3000, "\xff"),
    "Accept-Encoding": ("x", "gzip;q=x"),
    "User-Agent": ("", "\xff\xfe", "a" * 5000, "Firefox/\x85", "(" * 2000),
    "Referer": ("http://[", "//", "\xff", "javascript:1", "a" * 5000),
    "If-None-Match": ("*", '"', "W/", "\xff", '"a",' * 500),
    "If-Modified-Since": ("x", "Thu, 32 Foo 99999 99:99:99 GMT", "0"),
    "Range": ("bytes=0-0", "bytes=-1", "bytes=9-1", "x", "bytes=" + "0-0," * 500),
    "X-Forwarded-For": ("1.2.3.4", "x", "\xff", "1," * 500),
    "X-Forwarded-Host": ("evil.test",),
    "X-Forwarded-Proto": ("x",),
    "Forwarded": ("for=x;host=evil.test",),
    "Content-Length": ("-1", "x"),
    "Transfer-Encoding": ("x",),
    "Expect": ("x",),
    "X-HTTP-Method-Override": ("DELETE",),
    "X-CSRF-Token": ("\xff", "x" * 5000),
    "X-Request-Id": ("a\tb",),
    "Authorization": ("Basic =", "Bearer \xff"),
}


@pytest.mark.both_databases
def test_no_header_is_too_odd(place: Place) -> None:
    pages = ("/", f"/films/{place.film.slug}/poster.svg", "/nothing", "/settings")
    for name, value in ((name, value) for name, values in HEADERS.items() for value in values):
        for path in pages:
            response = fine(place.guest.get(path, headers={name: value}), (name, value[:40], path))
            assert "evil.test" not in response.text + str(response.headers)
        sent = {"Sec-Fetch-Site": "same-origin", name: value}
        for visitor, form in ((place.guest, {}), (place.admin, {"csrf_token": place.admin.token})):
            answer = visitor.send(
                "POST", "/settings/theme", headers=sent, data={**form, "value": "dark"}
            )
            fine(answer, (name, value[:40]))
