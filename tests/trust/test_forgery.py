"""Forged requests: nothing is done for a page that is not ours, or that somebody else filled in."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from forum import create_app
from forum.accounts.tokens import form_token
from forum.lib.origin import _unmasked, masked
from tests.conftest import settings_for
from tests.factories import a_film
from tests.routes import first_path, unsafe_rules
from tests.visitors import ORIGIN, Visitor
from tests.worlds import PASSWORD, World

OWN = "http://127.0.0.1:8000"

SITES = ("same-origin", "same-site", "cross-site", "none", "", "Same-Origin", "same-origin, x", "x")
"""What ``Sec-Fetch-Site`` may say; only the first comes from a page of ours."""

FOREIGN_ORIGINS = (
    "null",
    "",
    "https://127.0.0.1:8000",
    "http://127.0.0.1",
    "http://127.0.0.1:8001",
    "http://localhost:8000",
    "http://127.0.0.1:8000.evil.test",
    "http://127.0.0.1:8000@evil.test",
    "http://evil.test",
    "http://evil.test:8000",
    "http://evil.test#127.0.0.1:8000",
    "http://evil.test/127.0.0.1:8000",
    "http://[",
    "http://[::1",
    "http://127.0.0.1:99999999",
    "http://127.0.0.1:x",
    "//127.0.0.1:8000",
    "127.0.0.1:8000",
    "file://",
    "chrome-extension://127.0.0.1:8000",
    "http://127.0.0.1:8000, http://evil.test",
    "\u00e9",
)

GRID = [
    *(({"Sec-Fetch-Site": site}, site == "same-origin") for site in SITES),
    # Where the browser says what it is, the other header doesn't matter.
    *(({"Sec-Fetch-Site": site, "Origin": OWN}, site == "same-origin") for site in SITES),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.test"}, True),
    ({"Origin": OWN}, True),
    *(({"Origin": origin}, False) for origin in FOREIGN_ORIGINS),
    ({}, False),
    ({"Referer": f"{OWN}/films"}, False),
    ({"X-Requested-With": "XMLHttpRequest"}, False),
]
"""Headers of an unsafe request, and whether they show that a page of ours sent it."""


def send(visitor: Visitor, path: str, headers: dict[str, str], **form: str) -> TestResponse:
    """A form with these headers and no others that tell where it comes from."""
    return visitor.send("POST", path, headers=headers, data=form)


@pytest.mark.parametrize(
    ("headers", "is_ours"), GRID, ids=["; ".join(f"{k}={v}" for k, v in h.items()) for h, _ in GRID]
)
def test_only_requests_from_our_own_pages_do_anything(
    world: World, headers: dict[str, str], is_ours: bool
) -> None:
    before = world.fingerprint()
    path = f"/films/{world.films['shut']}/viewing"
    guest, fan = world.visitor("guest"), world.visitor("fan")
    for visitor, form in ((guest, {}), (fan, {"csrf_token": fan.token})):
        response = send(visitor, path, headers, **form)
        assert response.status_code == (303 if is_ours else 403)
        assert ("Set-Cookie" in response.headers) == (is_ours and visitor is guest)
    assert (world.fingerprint() != before) == is_ours


@pytest.mark.parametrize("role", ["guest", "fan", "moderator"])
def test_every_unsafe_route_refuses_what_comes_from_elsewhere(world: World, role: str) -> None:
    before, asked = world.fingerprint(), 0
    for method, rule in unsafe_rules(world.app):
        path = first_path(world, rule)
        for headers in (
            {},
            {"Origin": "http://evil.test"},
            {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
        ):
            visitor = world.visitor(role)
            form = {"csrf_token": visitor.token, "value": "1", "body": "A body."}
            response = visitor.send(method, path, headers=headers, data=form)
            wanted = 204 if rule.endpoint == "texts.csp_report" else 403
            assert response.status_code == wanted, f"{method} {path}, {headers}"
            asked += 1
    assert world.fingerprint() == before
    assert asked >= 5 * 20


@pytest.mark.parametrize("role", ["fan", "moderator"])
def test_every_unsafe_route_refuses_a_session_without_its_token(world: World, role: str) -> None:
    before, another = world.fingerprint(), world.accounts["author"].form_token
    for method, rule in unsafe_rules(world.app):
        path = first_path(world, rule)
        for token in ("", "x", "\u00e9\u0000", another, world.accounts[role].form_token[:-1]):
            visitor = world.visitor(role)
            for headers in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": another}):
                sent = {"Sec-Fetch-Site": "same-origin", **headers}
                form = {"csrf_token": token, "value": "1"}
                response = visitor.send(method, path, headers=sent, data=form)
                wanted = 204 if rule.endpoint == "texts.csp_report" else 403
                assert response.status_code == wanted, f"{method} {path}, {token!r}, {headers}"
    assert world.fingerprint() == before


def test_a_safe_request_may_come_from_anywhere(world: World) -> None:
    fan = world.visitor("fan")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.test"}):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert fan.send(method, "/films", headers=headers).status_code == 200


def test_our_script_sends_the_token_in_a_header(world: World) -> None:
    fan, path = world.visitor("fan"), f"/posts/{world.posts['open/theory/published']}/votes"
    headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": fan.token}
    assert send(fan, path, headers, value="-1").status_code == 303


def test_guests_forms_carry_no_token_and_members_forms_all_do(world: World) -> None:
    pages = ("/", "/films", "/login", world.addresses["open/theory/published"])
    own = _unmasked(world.accounts["fan"].form_token)
    for path in pages:
        assert "csrf_token" not in world.visitor("guest").get(path).text
    for path in (*pages[:2], pages[3], "/settings", "/settings/films", "/votes", "/drafts"):
        text = world.visitor("fan").get(path).text
        posting = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
        assert posting, path
        tokens = [re.findall(r'name="csrf_token" value="(\w+)"', form) for form in posting]
        assert {_unmasked(token) for found in tokens for token in found} == {own}, path
        assert all(len(found) == 1 for found in tokens), path


def test_a_token_looks_different_on_each_page_and_is_worth_the_same(world: World) -> None:
    fan = world.visitor("fan")
    tokens = []
    for _ in range(3):
        fan.get("/settings")
        tokens.append(fan.token)
        assert fan.post("/settings/theme", value="dark").status_code == 303
    assert len(set(tokens)) == 3
    for nonsense in ("", "x", "00", tokens[0][:-1], tokens[0][:-2] + "zz", "é" * 128):
        fan.token = nonsense or "x"
        assert fan.post("/settings/theme", value="dark").status_code == 403


# --- the page that asks again -------------------------------------------------------------------

TYPED = {
    "safe_title": 'A "safe" title',
    "title": "<b>A title</b> & more",
    "kind": "plot",
    "body": "First line.\r\n\r\n>!veiled!< \u201cquoted\u201d, 'and' <script>alert(1)</script>",
    "act": "publish",
}


def hidden_fields(page: str) -> dict[str, str]:
    """The fields of the form on the page that asks again."""
    form = page[page.index('<form class="actions"') :]
    form = form[: form.index("</form>")]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {name: unescape(value) for name, value in found}


@pytest.fixture
def stale(world: World) -> tuple[Visitor, str]:
    """A fan whose page is from before they logged in anew, and where they post a theory."""
    fan = world.visitor("fan")
    old_token = fan.token
    assert fan.post("/login", name="fan", password=PASSWORD).status_code == 303
    fan.token = old_token
    return fan, f"/threads/{world.posts['open/thread/published']}/theories"


def test_what_was_typed_is_kept_when_the_session_has_changed(
    world: World, stale: tuple[Visitor, str]
) -> None:
    fan, path = stale
    before = world.fingerprint()
    response = fan.post(path, **TYPED)
    assert response.status_code == 403
    assert "Nothing that you typed is lost" in response.text
    assert world.fingerprint() == before
    kept = hidden_fields(response.text)
    token = kept.pop("csrf_token")
    assert token != fan.token
    assert kept == TYPED
    assert "<script>alert" not in response.text
    assert f'action="{path}"' in response.text
    sent_again = fan.send(
        "POST", path, headers={"Sec-Fetch-Site": "same-origin"}, data={**kept, "csrf_token": token}
    )
    assert sent_again.status_code == 303
    shown = fan.see(sent_again.location)
    assert "&lt;b&gt;A title&lt;/b&gt; &amp; more" in shown


def test_a_field_that_was_sent_twice_is_kept_twice(stale: tuple[Visitor, str]) -> None:
    fan, path = stale
    response = fan.send(
        "POST",
        path,
        headers={"Sec-Fetch-Site": "same-origin"},
        data={"csrf_token": "old", "kind": ["plot", "after"]},
    )
    assert re.findall(r'name="kind" value="(\w+)"', response.text) == ["plot", "after"]


def test_passwords_are_not_put_into_the_page_that_asks_again(stale: tuple[Visitor, str]) -> None:
    fan, _ = stale
    response = fan.post("/settings/password", current=PASSWORD, new="another four words here")
    assert response.status_code == 403
    assert PASSWORD not in response.text
    assert "another four" not in response.text
    assert set(hidden_fields(response.text)) == {"csrf_token"}


def test_a_token_dies_with_its_session(world: World) -> None:
    fan = world.visitor("fan")
    old_cookie, old_token = world.accounts["fan"].cookie, fan.token
    fan.post("/logout")
    fan.client.set_cookie("sid", old_cookie, domain="127.0.0.1")
    assert fan.get("/settings").status_code == 303
    fan.token = old_token
    path = f"/posts/{world.posts['open/theory/published']}/votes"
    response = fan.post(path, value="-1")
    assert (response.status_code, response.location.split("?")[0]) == (303, "/login")


def test_what_one_account_opened_is_not_done_in_the_name_of_the_next(world: World) -> None:
    """SQLite gives the next session the id of the last one, once that has ended."""
    browser = Visitor(world.app)
    browser.log_in("fan", PASSWORD)
    opened_by_fan = browser.token
    browser.post("/logout")
    browser.log_in("author", PASSWORD)
    browser.token = opened_by_fan
    before = world.fingerprint()
    response = browser.post(f"/posts/{world.posts['open/theory/published']}/replies", body="Mine.")
    assert response.status_code == 403
    assert "You are logged in as author now" in response.text
    assert hidden_fields(response.text)["body"] == "Mine."
    assert world.fingerprint() == before


def test_the_token_of_one_site_is_worth_nothing_on_another(world: World) -> None:
    fan = world.visitor("fan")
    account = world.accounts["fan"]
    another = "another secret, of 32 bytes and more"
    fan.token = masked(form_token(another, account.session_id, account.id))
    assert fan.post("/settings/theme", value="dark").status_code == 403


# --- other addresses of the site ----------------------------------------------------------------


def answer(app: Flask, slug: str, host: str, **headers: str) -> int:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    client = app.test_client()
    return client.post(f"/films/{slug}/viewing", base_url=host, headers=sent).status_code


def test_behind_a_proxy_the_public_address_is_our_origin_and_no_other_is(
    tmp_path: Path, app: Flask
) -> None:
    slug = a_film().slug
    public = create_app(
        settings_for(
            tmp_path,
            database_url=app.config["SQLALCHEMY_DATABASE_URI"],
            public_url="https://forum.example",
        )
    )
    # The proxy speaks HTTP to us, and passes the host on.
    inside = "http://forum.example"
    assert answer(public, slug, inside, Origin="https://forum.example") == 303
    assert answer(public, slug, inside, Origin="https://forum.example:443") == 303
    assert answer(public, slug, inside, Origin="http://forum.example") == 403
    assert answer(public, slug, inside, Origin="https://www.forum.example") == 403
    assert answer(public, slug, inside, Origin="https://forum.example:8443") == 403
    assert answer(public, slug, inside, Sec_Fetch_Site="same-origin") == 303
    assert answer(public, slug, "http://evil.test", Origin="http://evil.test") == 400


def test_on_this_machine_each_of_its_names_is_an_origin_of_its_own(app: Flask) -> None:
    slug = a_film().slug
    assert answer(app, slug, "http://localhost:8000", Origin="http://localhost:8000") == 303
    assert answer(app, slug, "http://localhost:8000", Origin="http://localhost:9000") == 403
    assert answer(app, slug, ORIGIN, Origin="http://localhost:8000") == 403
    assert answer(app, slug, "http://evil.test", Origin="http://evil.test") == 400
