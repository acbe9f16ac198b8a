"""Headers, cookies, and the ways on after a form: what every answer promises the browser."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from forum import create_app
from forum.lib.answers import FRAGMENT
from tests.conftest import settings_for
from tests.factories import PASSWORD, a_film, a_user
from tests.routes import first_path, pages, unsafe_rules
from tests.visitors import ORIGIN, Visitor
from tests.worlds import World

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "foyer",
    "report-uri": "/csp-report",
}

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)"
    ),
}

PUBLIC = "public, max-age=31536000, immutable"
"""How a picture or a style sheet is kept whose address changes with its content."""


def wrong(response: TestResponse) -> list[str]:
    """What the headers of an answer lack, whatever it answers."""
    found = [
        f"{name}: {response.headers.get(name)}"
        for name, value in ALWAYS.items()
        if response.headers.getlist(name) != [value]
    ]
    policies = response.headers.getlist("Content-Security-Policy")
    directives = [part.strip().partition(" ")[::2] for part in ";".join(policies).split(";")]
    if len(policies) != 1 or dict(directives) != POLICY or len(directives) != len(POLICY):
        found.append(f"policies: {policies}")
    if not re.fullmatch(r"[0-9a-f]{12}", response.headers.get("X-Request-Id", "")):
        found.append("no number of the request")
    kind = response.headers.get("Content-Type", "")
    if response.data and not kind.endswith("; charset=utf-8") and kind not in BARE_KINDS:
        found.append(f"Content-Type: {kind}")
    if len(response.headers.getlist("Cache-Control")) != 1:
        found.append(f"Cache-Control: {response.headers.getlist('Cache-Control')}")
    return found


BARE_KINDS = (FRAGMENT, "image/svg+xml")
"""Types of content that need no charset: our script reads UTF-8, and XML says itself."""


def answers(world: World, role: str) -> Iterator[tuple[str, TestResponse]]:
    """Answers of every kind that a role gets: pages, redirects, fragments, errors."""
    visitor = world.visitor(role)
    for _, path in pages(world):
        yield f"GET {path}", visitor.get(path)
    for method, rule in unsafe_rules(world.app):
        path = first_path(world, rule)
        visitor = world.visitor(role)
        yield f"{method} {path}", visitor.post(path)
        yield f"{method} {path} for a script", visitor.fetch(path, value="1", body="A body.")
        yield f"{method} {path} from elsewhere", visitor.send(method, path)
        yield f"{method} {path}, too long", visitor.post(path, body="x" * 1_100_000)
        yield f"DELETE {path}", visitor.send("DELETE", path)
    for path in ("/nothing", "/%ff", "/films/", "//films", "/films/%00", "/assets//css"):
        yield f"GET {path}", visitor.get(path)
    yield "HEAD /", visitor.send("HEAD", "/")
    yield "OPTIONS /", visitor.send("OPTIONS", "/")
    yield "TRACE /", visitor.send("TRACE", "/")


@pytest.mark.parametrize("role", ["guest", "fan", "moderator"])
def test_every_answer_carries_the_headers(world: World, role: str) -> None:
    found = {request: (response, wrong(response)) for request, response in answers(world, role)}
    assert {request: said for request, (_, said) in found.items() if said} == {}
    kinds = {response.status_code for response, _ in found.values()}
    assert kinds >= {200, 204, 301, 302, 303, 400, 403, 404, 405, 410, 413, 422}


def test_an_error_of_ours_carries_the_headers(world: World) -> None:
    def fall_over() -> str:
        raise ZeroDivisionError

    world.app.add_url_rule("/planted", view_func=fall_over)
    response = world.visitor("fan").get("/planted")
    assert (response.status_code, wrong(response)) == (500, [])
    assert "ZeroDivisionError" not in response.text
    number = response.headers["X-Request-Id"]
    assert number in response.text


def test_a_header_that_is_missing_is_caught(world: World) -> None:
    response = world.visitor("guest").get("/")
    response.headers["Content-Security-Policy"] += "; script-src 'unsafe-inline'"
    del response.headers["Referrer-Policy"]
    response.headers.add("X-Content-Type-Options", "nosniff")
    assert [said.partition(":")[0] for said in wrong(response)] == [
        "X-Content-Type-Options",
        "Referrer-Policy",
        "policies",
    ]


def test_a_host_that_is_not_ours_is_refused_in_words(app: Flask) -> None:
    for host in ("evil.test", "127.0.0.1.evil.test", "127.0.0.1:8000@evil.test", "", "[", "a b"):
        for method in ("GET", "POST"):
            response = app.test_client().open("/films", method=method, headers={"Host": host})
            if host:
                assert (response.status_code, wrong(response)) == (400, []), host
                assert "by its own address" in response.text


# --- what may be kept, by whom ------------------------------------------------------------------


def test_what_is_made_for_one_person_is_kept_nowhere(world: World) -> None:
    fan = world.visitor("fan")
    for rule, path in pages(world):
        response = fan.get(path)
        cached = response.headers["Cache-Control"]
        is_public = rule.endpoint in ("films.poster", "assets.show") and response.status_code == 200
        assert cached == "private, no-store" or is_public, path
        assert rule.endpoint == "assets.show" or "Cookie" in response.headers["Vary"]


def test_what_guests_get_is_asked_for_anew_and_depends_on_their_cookie(world: World) -> None:
    guest = world.visitor("guest")
    for rule, path in pages(world):
        response = guest.get(path)
        cached = response.headers["Cache-Control"]
        is_public = rule.endpoint in ("films.poster", "assets.show") and response.status_code == 200
        assert cached == "no-cache" or is_public, path
        assert "Set-Cookie" not in response.headers, path
        assert rule.endpoint == "assets.show" or "Cookie" in response.headers["Vary"]


def test_only_what_everybody_may_see_may_be_kept_by_anybody(world: World) -> None:
    moderator, guest = world.visitor("moderator"), world.visitor("guest")
    for name, slug in world.films.items():
        path = f"/films/{slug}/poster.svg"
        is_listed = guest.get(path).status_code == 200
        assert is_listed == (name in ("open", "shut"))
        kept = moderator.get(path).headers["Cache-Control"]
        assert kept == (PUBLIC if is_listed else "private, no-store")


def test_a_style_sheet_is_kept_for_ever_under_its_own_address_only(world: World) -> None:
    guest = world.visitor("guest")
    address = re.search(r'href="(/assets/[^"]+\.css)"', guest.get("/").text)
    assert address is not None
    sheet = guest.get(address.group(1))
    assert (sheet.status_code, sheet.headers["Cache-Control"]) == (200, PUBLIC)
    other = guest.get("/assets/0123456789ab/css/site.css")
    assert (other.data, other.headers["Cache-Control"]) == (sheet.data, "no-cache")
    again = guest.get(address.group(1), headers={"If-None-Match": sheet.headers["ETag"]})
    assert (again.status_code, again.data, wrong(again)) == (304, b"", [])


# --- cookies ------------------------------------------------------------------------------------


def cookies(response: TestResponse) -> dict[str, dict[str, str]]:
    """Name → attributes, of what an answer sets; "value" is the value."""
    found = {}
    for line in response.headers.getlist("Set-Cookie"):
        for name, morsel in SimpleCookie(line).items():
            given = {key: str(value) for key, value in morsel.items() if value}
            found[name] = {**given, "value": morsel.value}
    return found


@pytest.mark.parametrize(
    ("public_url", "prefix", "is_secure"),
    [
        ("http://127.0.0.1:8000", "", False),
        ("https://forum.example", "__Host-", True),
        ("http://192.0.2.7:8000", "__Host-", True),
        ("https://localhost", "__Host-", True),
    ],
)
def test_cookies_are_bound_to_the_site_and_out_of_reach_of_scripts(
    tmp_path: Path, app: Flask, public_url: str, prefix: str, is_secure: bool
) -> None:
    user, film = a_user(), a_film()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    site = create_app(settings_for(tmp_path, database_url=url, public_url=public_url))
    host = f"http://{urlsplit(public_url).netloc}"

    def post(path: str, **form: str) -> TestResponse:
        headers = {"Sec-Fetch-Site": "same-origin"}
        return site.test_client().post(path, base_url=host, headers=headers, data=form)

    sent = {
        **cookies(post("/login", name=user.name, password=PASSWORD)),
        **cookies(post(f"/films/{film.slug}/viewing")),
        **cookies(post("/settings/theme", value="dark")),
    }
    assert set(sent) == {f"{prefix}sid", f"{prefix}pref"}
    for attributes in sent.values():
        assert attributes["path"] == "/"
        assert attributes["samesite"] == "Lax"
        assert attributes["httponly"] == "True"
        assert "domain" not in attributes
        assert ("secure" in attributes) == is_secure
        assert int(attributes["max-age"]) >= 90 * 24 * 3600
    assert re.fullmatch(r"[\w-]{43}", sent[f"{prefix}sid"]["value"])
    hsts = site.test_client().get("/", base_url=host).headers.get("Strict-Transport-Security")
    wanted = "max-age=63072000; includeSubDomains" if public_url.startswith("https") else None
    assert hsts == wanted


def test_a_cookie_without_the_prefix_is_no_session_on_an_https_site(
    tmp_path: Path, app: Flask
) -> None:
    user = a_user()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    site = create_app(settings_for(tmp_path, database_url=url, public_url="https://forum.example"))
    client, host = site.test_client(), "https://forum.example"
    headers = {"Sec-Fetch-Site": "same-origin"}
    form = {"name": user.name, "password": PASSWORD}
    response = client.post("/login", base_url=host, headers=headers, data=form)
    assert client.get("/settings", base_url=host).status_code == 200
    token = cookies(response)["__Host-sid"]["value"]
    other = site.test_client()
    other.set_cookie("sid", token, domain="forum.example")
    assert other.get("/settings", base_url=host).status_code == 303


def test_logging_out_takes_the_cookie_and_the_session(world: World) -> None:
    fan = world.visitor("fan")
    response = fan.post("/logout")
    gone = cookies(response)["sid"]
    assert (gone["value"], gone["max-age"]) == ("", "0")
    assert response.headers["Clear-Site-Data"] == '"cache"'
    fan.client.set_cookie("sid", world.accounts["fan"].cookie, domain="127.0.0.1")
    assert fan.get("/settings").status_code == 303


def test_a_new_log_in_gives_a_new_session_and_ends_the_old_one(world: World) -> None:
    fan = world.visitor("fan")
    old = world.accounts["fan"].cookie
    response = fan.post("/login", name="fan", password=PASSWORD)
    assert cookies(response)["sid"]["value"] != old
    fan.client.set_cookie("sid", old, domain="127.0.0.1")
    assert fan.get("/settings").status_code == 303


@pytest.mark.parametrize(
    "cookie", ["", "x", "e30", "e30.x", "\u00e9", "x" * 3000, ".", "null.", "WzFd.abc", "%00"]
)
def test_a_cookie_that_we_did_not_sign_opens_nothing(world: World, cookie: str) -> None:
    guest = world.visitor("guest")
    film = f"/films/{world.films['open']}"
    assert "I have seen it" not in guest.get(film).text
    signed = guest.client.get_cookie("pref", domain="127.0.0.1")
    assert signed is not None
    for value in (cookie, signed.value + cookie[:1] + "A", signed.value[1:], signed.value[::-1]):
        guest.client.set_cookie("pref", value, domain="127.0.0.1")
        response = guest.get(film)
        assert response.status_code == 200
        assert "I have seen it" in response.text, value


# --- where a form leads -------------------------------------------------------------------------

FOREIGN_WAYS = (
    # Two slashes, or what a browser makes two slashes of.
    *("//e", "///e", "////e", "//e/..", "//e/%2f..", "//e:80", "//user@e", "//127.0.0.1:8000@e"),
    *("//127.0.0.1:8000.e", "//[", "//[::1]", "//films", "/films//e", "/films/..//e", "/.//e"),
    *("/..//e", "/films/../..//e", "//\u2044e", "\u2215\u2215e"),
    *("/\\e", "/\\\\e", "\\e", "\\\\e", "\\/e", "\\/\\/e", "/films/\\e", "/\\/e"),
    # What a browser leaves out of an address.
    *("/\t/e", "/\n/e", "/\r/e", "\t//e", "/\x0b/e", "/\x0c/e", "/\x00/e", "/\x7f/e"),
    *("/\u2028/e", "/\u00a0/e", "/\ufeff/e", "\ufeff//e"),
    # The same, for whoever decodes once too often.
    *("/%09/e", "/%0a/e", "/%0d/e", "/%00/e", "/%5ce", "/%5c%5ce", "/%2fe", "/%2f%2fe"),
    # Another scheme.
    *("http:e", "http:/e", "http://e", "https://e", "HTTP://e", "hTTp:e", "ftp://e", "://e"),
    *("http://[", "http://[::1]", "http://127.0.0.1:8000@e", "http://127.0.0.1:8000.e", ":e"),
    *("javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x"),
    *("file:///etc/passwd", "java\tscript:alert(1)", ":80/e", "http:\\\\e", "//e\\@127.0.0.1:8000"),
    # No page of ours.
    *("e", "e/f", "./e", "../e", "?e", "#e", "?next=//e", "@e", "/@e", ";e", "/;e", ""),
    *("/logout", "/posts/1/votes", "/settings/theme", "/nothing", "/csp-report", "/threads/x"),
)
"""Where no form may lead: off the site, as a browser reads it, or to what is no page of ours."""

OUR_WAYS = {
    "/films": "/films",
    "/films?q=a&order=year": "/films?q=a&order=year",
    "/films?q=a%26b": "/films?q=a%26b",
    "/films#top": "/films",
    "/fans/fan": "/fans/fan",
    "/search?q=%C3%A9": "/search?q=%C3%A9",
    "/settings": "/settings",
    "/": "/",
}


def ways() -> list[str]:
    """Every variant, plain and with white space around it."""
    return [
        *FOREIGN_WAYS,
        *(f" {way}" for way in FOREIGN_WAYS),
        *(f"{way}\n" for way in FOREIGN_WAYS),
    ]


def leads_off(location: str) -> bool:
    """Whether a browser could take `location` for an address of another site."""
    stripped = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    goal = urlsplit(urljoin(f"{ORIGIN}/login", stripped))
    plain = location.startswith("/") and not location.startswith("//") and location.isprintable()
    return not plain or "\\" in location or f"{goal.scheme}://{goal.netloc}" != ORIGIN


def test_there_are_many_ways_and_the_test_knows_them() -> None:
    assert len(set(FOREIGN_WAYS)) == len(FOREIGN_WAYS) >= 80
    assert {"/\t/e", "//e", "/\\e", "/\\\\e", "http:e", "///e", "/%09/e"} <= set(FOREIGN_WAYS)
    assert [
        way for way in ("//e", "/\\e", "/\t/e", "http:e", "e", "\t//e") if not leads_off(way)
    ] == []
    assert [way for way in OUR_WAYS.values() if leads_off(way)] == []


def test_no_form_leads_off_the_site(world: World) -> None:
    film, guest = world.films["open"], world.visitor("guest")
    forms = {
        f"/films/{film}/viewing": ({}, f"/films/{film}?said=seal-opened"),
        "/settings/theme": ({"value": "dark"}, "/"),
    }
    for way in ways():
        for path, (form, otherwise) in forms.items():
            response = guest.post(path, **form, next=way)
            assert (response.status_code, response.location) == (303, otherwise), repr(way)


def test_no_way_after_logging_in_leads_off_the_site(world: World) -> None:
    fan, guest = world.visitor("fan"), world.visitor("guest")
    for way in ways():
        response = fan.get(f"/login?next={quote(way, safe='')}")
        assert (response.status_code, response.location) == (303, "/"), repr(way)
        for page in ("/login", "/signup"):
            shown = guest.get(f"{page}?next={quote(way, safe='')}")
            assert shown.status_code == 200
            kept = re.findall(r'door-form.*name="next" value="([^"]*)"', shown.text, re.DOTALL)
            assert kept == [], repr(way)


@pytest.mark.parametrize("way", ["//e", "/\t/e", "/\\e", "http:e", "/films/\\e"])
def test_a_log_in_and_a_sign_up_lead_to_the_front_page_instead(world: World, way: str) -> None:
    response = Visitor(world.app).post("/login", name="fan", password=PASSWORD, next=way)
    assert (response.status_code, response.location) == (303, "/?said=logged-in")
    response = Visitor(world.app).post(
        "/signup", name="somebody", email="a@example.com", password=PASSWORD, next=way
    )
    assert (response.status_code, response.location) == (303, "/?said=signed-up")


def test_ways_on_this_site_are_kept(world: World) -> None:
    fan = world.visitor("fan")
    for way, kept in OUR_WAYS.items():
        response = fan.get(f"/login?next={quote(way, safe='')}")
        assert (response.status_code, response.location) == (303, kept)
        response = fan.post("/settings/theme", value="dark", next=way)
        assert (response.status_code, response.location) == (303, kept)


def test_a_referrer_of_another_site_leads_nowhere(world: World) -> None:
    fan, path = world.visitor("fan"), f"/posts/{world.posts['open/theory/published']}/votes"
    own = world.addresses["open/theory/published"]
    for referrer, leads in (
        ("http://127.0.0.1:8000/films", "/films"),
        ("http://127.0.0.1:8000/films?q=a", "/films?q=a"),
        ("http://evil.test/films", own),
        ("http://evil.test/127.0.0.1:8000/films", own),
        ("http://127.0.0.1:8000@evil.test/films", own),
        ("http://127.0.0.1:8000//evil.test", own),
        ("http://127.0.0.1:8000/\\evil.test", own),
        ("http://[", own),
        ("/films", own),
        ("", own),
        ("\u00e9", own),
    ):
        response = fan.post(path, headers={"Referer": referrer}, value="1")
        assert response.status_code == 303
        assert re.split(r"[?&]said=|#", response.location)[0] == leads, referrer
