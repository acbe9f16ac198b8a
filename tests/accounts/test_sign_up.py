"""Making an account: what is asked, what is refused, and that nothing typed is lost."""

import re

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.accounts.names import folded
from forum.accounts.passwords import is_right
from forum.accounts.queries import user_named
from forum.config import Settings
from forum.events import Event, Kind
from forum.lib.database import session
from tests.conftest import settings_for
from tests.factories import a_user
from tests.visitors import Visitor

PASSWORD = "seven lamps over brighton beach"


def sign_up(visitor: Visitor, **typed: str):
    form = {"name": "ani", "email": "ani@example.org", "password": PASSWORD, **typed}
    return visitor.post("/signup", **form)


def accounts() -> int:
    session().rollback()
    return len(session().scalars(select(User.id)).all())


def test_a_guest_signs_up_and_is_in(guest):
    response = sign_up(guest)
    assert (response.status_code, response.location) == (303, "/?said=signed-up")
    page = guest.see(response.location)
    assert "Welcome. Your seat is kept." in page
    assert ">ani</a>" in page


def test_an_account_begins_as_a_fan_with_a_hashed_password(guest):
    sign_up(guest, email="Ani@Example.org")
    user = user_named("ani")
    assert user is not None
    assert (user.role, user.trust_set, user.email) == ("fan", None, "Ani@Example.org")
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$")
    assert is_right(user.password_hash, PASSWORD)
    assert user.email_key == folded("ani@example.org")
    kinds = session().scalars(select(Event.kind).where(Event.user_id == user.id)).all()
    assert kinds == [Kind.USER_SIGNED_UP, Kind.USER_LOGGED_IN]


def test_the_form_asks_for_three_things_once(guest):
    page = guest.see("/signup")
    assert re.search(r'<input [^>]*id="email"[^>]* inputmode="email"', page)
    for name in ("name", "email", "password"):
        assert page.count(f'name="{name}"') == 1
    assert "csrf_token" not in page


def test_one_comes_back_to_where_one_came_from(guest):
    page = guest.see("/signup?next=/films?letter=a")
    assert 'name="next" value="/films?letter=a"' in page
    response = sign_up(guest, next="/films?letter=a")
    assert response.location == "/films?letter=a&said=signed-up"


def test_nobody_is_sent_off_the_site(guest):
    assert 'value="//evil' not in guest.see("/signup?next=//evil.test")
    assert sign_up(guest, next="//evil.test").location == "/?said=signed-up"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "This is needed."),
        ({"name": "ab"}, "3 to 20 letters (a to z), digits, hyphens or underscores."),
        ({"name": "zwei Wörter"}, "3 to 20 letters (a to z), digits, hyphens or underscores."),
        ({"name": "x" * 201}, "201 characters, and 200 fit."),
        ({"name": "Adm1n"}, "This name belongs to the site. Choose another."),
        ({"email": ""}, "This is needed."),
        ({"email": "ani"}, "This is no e-mail address:"),
        ({"email": "ani@localhost"}, "This is no e-mail address:"),
        ({"email": "a@b@example.org"}, "This is no e-mail address:"),
        ({"email": "ani@example.org\r\nBcc: x@y.z"}, "This is no e-mail address:"),
        ({"password": ""}, "This is needed."),
        ({"password": "short"}, "5 characters. It needs 12 or more; a sentence is fine."),
        ({"password": "x" * 129}, "Longer than 128 characters. A shorter one is safe too."),
        ({"password": "x" * 10_001}, "This can’t be a password."),
        ({"password": "null\0byte and words"}, "This can’t be a password."),
        ({"password": "passwordpassword"}, "Too easy to guess."),
        ({"password": "typed@example.org"}, "Too easy to guess."),
        ({"password": "qwertyuiop12"}, "Too easy to guess."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(guest, typed, said):
    given = {"name": "some_name", "email": "typed@example.org", "password": PASSWORD, **typed}
    response = guest.post("/signup", next="/films", **given)
    assert response.status_code == 422
    assert said in response.text
    for kept in ("some_name", "typed@example.org"):
        if kept in given.values():
            assert f'value="{kept}"' in response.text
    assert 'name="next" value="/films"' in response.text
    assert re.search(r'<input[^>]*name="password"[^>]*value=""', response.text)
    assert accounts() == 0


def test_everything_wrong_is_said_at_once(guest):
    response = sign_up(guest, name="x", email="x", password="x")
    assert "3 things need another look" in response.text


def test_a_taken_name_comes_with_free_ones(app, guest):
    a_user("igor")
    response = sign_up(guest, name="lgor")
    assert response.status_code == 422
    assert "Somebody here is called lgor. Free: the_lgor, lgor_too." in response.text
    assert accounts() == 1
    assert sign_up(guest, name="the_lgor").status_code == 303


def test_free_names_are_free_and_allowed(app, guest):
    for taken in ("igor", "the_igor", "igor_too"):
        a_user(taken)
    assert "Free: igor_2, not_igor." in sign_up(guest, name="igor").text
    a_user("x" * 20)
    response = sign_up(guest, name="x" * 20)
    assert f"Somebody here is called {'x' * 20}.</a>" in response.text


def test_names_are_taken_whatever_their_case_and_separators(app, guest):
    a_user("Vanya_Z")
    for name in ("vanya_z", "VANYA-Z", "vanyaz"):
        assert sign_up(guest, name=name).status_code == 422


def test_two_accounts_may_share_an_address(app, guest):
    assert sign_up(guest).status_code == 303
    assert sign_up(Visitor(app), name="another").status_code == 303


def test_who_is_logged_in_has_an_account_already(app, guest):
    sign_up(guest)
    assert guest.get("/signup").location == "/settings"
    response = sign_up(guest, name="second")
    assert response.status_code == 403
    assert accounts() == 1


def test_sign_ups_from_one_address_are_limited(app, guest):
    guest.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    statuses = [sign_up(guest, name="x").status_code for _ in range(22)]
    assert statuses == [422] * 20 + [429] * 2
    refused = sign_up(guest, name="a_good_name")
    assert int(refused.headers["Retry-After"]) > 0
    assert "That was a lot at once." in refused.text
    assert 'value="a_good_name"' in refused.text
    assert sign_up(Visitor(app), name="elsewhere").status_code == 303


def test_one_household_has_one_ipv6_network(app):
    def status(address: str) -> int:
        visitor = Visitor(app)
        visitor.client.environ_base["REMOTE_ADDR"] = address
        return sign_up(visitor, name="x").status_code

    assert [status(f"2001:db8:1:2::{n:x}") for n in range(21)] == [422] * 20 + [429]
    assert status("2001:db8:1:3::1") == 422


class TestWhileRegistrationIsClosed:
    @pytest.fixture
    def settings(self, tmp_path, database_url) -> Settings:
        return settings_for(
            tmp_path,
            database_url=database_url,
            registration="closed",
            contact="the box office",
        )

    def test_the_page_says_so_and_whom_to_ask(self, guest):
        page = guest.see("/signup")
        assert "takes nobody in at the moment" in page
        assert "Ask the box office." in page
        assert 'name="email"' not in page
        assert "New here?" not in guest.see("/login")

    def test_nobody_gets_in_by_sending_the_form(self, guest):
        assert sign_up(guest).status_code == 403
        assert accounts() == 0
