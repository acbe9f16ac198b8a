"""One's own account: password and theme."""

import pytest

from forum.accounts.preferences import Preferences
from tests.accounts.test_log_in import cookie_of, is_in, log_in
from tests.factories import PASSWORD, a_film, a_user, a_visitor
from tests.visitors import Visitor

NEW = "quite another set of words"


def change(visitor: Visitor, current: str = PASSWORD, new: str = NEW):
    return visitor.post("/settings/password", current=current, new=new)


@pytest.mark.parametrize("path", ["/settings", "/settings/films", "/drafts", "/votes"])
def test_a_guest_logs_in_first_and_comes_back(guest, path):
    response = guest.get(path)
    assert response.status_code == 303
    assert response.location.startswith("/login?next=")
    assert f'name="next" value="{path}"' in guest.see(response.location)


def test_a_guest_has_no_password_to_change(guest):
    assert change(guest).location.startswith("/login")


def test_a_fan_changes_the_password_and_stays_in(app, guest):
    visitor = a_visitor(app, a_user("igor"))
    response = change(visitor)
    assert (response.status_code, response.location) == (303, "/settings?said=password-changed")
    assert "Every other session has ended." in visitor.see(response.location)
    assert log_in(guest, "igor", PASSWORD).status_code == 422
    assert log_in(guest, "igor", NEW).status_code == 303


def test_every_other_session_ends_and_so_does_the_old_cookie(app):
    user = a_user("igor")
    here, elsewhere = a_visitor(app, user), a_visitor(app, user)
    before = cookie_of(here)
    change(here)
    assert cookie_of(here) != before
    assert not is_in(app, before)
    assert elsewhere.get("/settings").status_code == 303
    assert here.get("/settings").status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "said"),
    [
        ("wrong password", NEW, "This is not your password. Check it."),
        ("", NEW, "This is needed."),
        (PASSWORD, "", "This is needed."),
        (PASSWORD, "short", "It needs 12 or more"),
        (PASSWORD, "igor igor igor", "Too easy to guess."),
    ],
)
def test_a_change_that_will_not_do_is_explained(app, guest, current, new, said):
    visitor = a_visitor(app, a_user("igor"))
    response = change(visitor, current, new)
    assert response.status_code == 422
    assert said in response.text
    assert log_in(guest, "igor", PASSWORD).status_code == 303


def test_tries_at_a_password_from_within_are_limited(app):
    visitor = a_visitor(app)
    statuses = [change(visitor, "wrong password").status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert change(visitor).status_code == 429
    assert "That was a lot at once." in change(visitor).text


@pytest.mark.parametrize(
    ("theme", "scheme"), [("dark", "dark"), ("light", "light"), ("system", "dark light")]
)
def test_a_theme_is_kept_in_the_browser(guest, theme, scheme):
    response = guest.post("/settings/theme", value=theme, next="/films")
    assert (response.status_code, response.location) == (303, "/films")
    page = guest.see("/films")
    assert f'<html lang="en" data-theme="{theme}">' in page
    assert f'name="color-scheme" content="{scheme}"' in page


@pytest.mark.parametrize("form", [{}, {"value": "sepia"}, {"value": ""}])
def test_other_themes_there_are_none(guest, form):
    assert guest.post("/settings/theme", **form).status_code == 400


def test_a_theme_leads_back_to_this_site_only(guest):
    assert guest.post("/settings/theme", value="dark", next="//evil.test").location == "/"


def test_a_theme_stays_through_log_in_and_log_out(app, guest):
    user = a_user("igor")
    guest.post("/settings/theme", value="dark")
    guest.log_in(user.name, PASSWORD)
    assert 'data-theme="dark"' in guest.see("/")
    guest.post("/logout")
    assert 'data-theme="dark"' in guest.see("/")


def test_a_theme_leaves_a_guests_films_open(app, guest):
    film = a_film()
    guest.open_seal(film.slug)
    guest.post("/settings/theme", value="light")
    assert "You have seen it" in guest.see(f"/films/{film.slug}")


@pytest.mark.parametrize("cookie", ["x", "e30.x", "eyJzIjpbMV19.AAAA", ""])
def test_a_cookie_that_we_did_not_sign_is_ignored(app, guest, cookie):
    film = a_film()
    guest.client.set_cookie("pref", cookie, domain="127.0.0.1")
    page = guest.see(f"/films/{film.slug}")
    assert "I have seen it" in page
    assert 'data-theme="system"' in page


def test_a_guest_keeps_the_two_hundred_films_opened_last():
    kept = Preferences()
    for film_id in (*range(1, 251), 60):
        kept = kept.opening(film_id)
    assert len(kept.seen) == 200
    assert kept.seen[0] == 51
    assert kept.seen[-1] == 60
    assert 60 not in kept.sealing(60).seen
