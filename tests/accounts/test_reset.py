"""The one-time link that sets a new password: good once, for half an hour, and for one account."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from forum.accounts import credentials
from forum.accounts.models import ResetLink, User
from forum.accounts.viewers import Operator
from forum.cli import main
from forum.cli.context import Address, only_one
from forum.events import Event, Kind
from forum.lib.database import session, unit_of_work
from tests.accounts.test_log_in import log_in
from tests.conftest import settings_for
from tests.factories import PASSWORD, a_user, a_visitor, again
from tests.visitors import Visitor

NEW = "quite another set of words"


def a_link(user: User) -> str:
    with unit_of_work():
        return "/reset/" + credentials.make_reset_link(user, by=Operator())


@pytest.fixture
def user(app) -> User:
    return a_user("igor")


def works(visitor: Visitor, link: str) -> bool:
    return visitor.get(link).status_code == 200


def test_a_link_sets_a_new_password_and_logs_nobody_in(app, user, guest):
    link = a_link(user)
    page = guest.see(link)
    assert "A new password." in page
    assert "It ends every session of igor, here and elsewhere." in page
    response = guest.post(link, password=NEW)
    assert (response.status_code, response.location) == (303, "/login?said=password-changed")
    assert guest.get("/settings").status_code == 303
    assert log_in(guest, "igor", PASSWORD).status_code == 422
    assert log_in(guest, "igor", NEW).status_code == 303


def test_the_link_that_is_printed_leads_to_where_the_forum_runs(app, user, guest):
    runner = app.test_cli_runner()
    with only_one(Path(app.instance_path), Address("127.0.0.1:8101", "http://127.0.0.1:8101")):
        printed = runner.invoke(main, ["user", "reset", "igor"]).output
    assert printed.startswith("http://127.0.0.1:8101/reset/")
    assert works(guest, printed.strip().removeprefix("http://127.0.0.1:8101"))
    stopped = runner.invoke(main, ["user", "reset", "igor"]).output
    assert stopped.startswith("http://127.0.0.1:8000/reset/")


def test_a_link_works_once(app, user, guest):
    link = a_link(user)
    assert guest.post(link, password=NEW).status_code == 303
    for response in (guest.get(link), guest.post(link, password="yet another set of words")):
        assert response.status_code == 410
        assert "This link is spent." in response.text
    assert log_in(guest, "igor", NEW).status_code == 303


def test_a_link_is_good_for_half_an_hour(app, user, guest):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        link = a_link(user)
        moment.shift(timedelta(minutes=29, seconds=59))
        assert works(guest, link)
        moment.shift(timedelta(seconds=1))
        assert guest.get(link).status_code == 410
        assert guest.post(link, password=NEW).status_code == 410


def test_a_new_link_ends_the_one_before(app, user, guest):
    first, second = a_link(user), a_link(user)
    assert not works(guest, first)
    assert works(guest, second)


def test_a_change_of_password_ends_the_link(app, user, guest):
    link = a_link(user)
    visitor = a_visitor(app, user)
    visitor.post("/settings/password", current=PASSWORD, new=NEW)
    assert not works(guest, link)


def test_a_link_ends_every_session_of_its_account_and_no_other(app, user, guest):
    inside, other = a_visitor(app, user), a_visitor(app)
    guest.post(a_link(user), password=NEW)
    assert inside.get("/settings").status_code == 303
    assert other.get("/settings").status_code == 200


def test_a_bad_password_is_explained_and_the_link_stays_good(app, user, guest):
    link = a_link(user)
    for password, said in [("short", "It needs 12 or more"), ("", "This is needed.")]:
        response = guest.post(link, password=password)
        assert response.status_code == 422
        assert said in response.text
    assert works(guest, link)


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 3000, "é", "%00"])
def test_a_link_that_never_was_is_spent(app, user, guest, token):
    assert guest.get(f"/reset/{token}").status_code == 410
    assert guest.post(f"/reset/{token}", password=NEW).status_code == 410


def test_only_its_digest_is_kept(app, user):
    link = a_link(user)
    kept = session().scalars(select(ResetLink.token_hash)).one()
    assert kept not in link
    assert len(kept) == 64


def test_a_change_is_written_down_without_saying_to_what(app, user, guest):
    guest.post(a_link(user), password=NEW)
    event = session().scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.kind, event.user_id, event.codes) == (Kind.PASSWORD_CHANGED, user.id, None)


def test_tries_from_one_address_are_limited(app, user, guest):
    guest.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    statuses = [guest.post("/reset/x", password=NEW).status_code for _ in range(21)]
    assert statuses == [410] * 20 + [429]
    assert "That was a lot at once." in guest.post("/reset/x", password=NEW).text


def test_whoever_has_forgotten_it_is_told_whom_to_ask(guest):
    page = guest.see("/forgotten")
    assert "Ask whoever runs it" in page
    assert "Ask the" not in page


class TestWithAContact:
    @pytest.fixture
    def settings(self, tmp_path, database_url):
        return settings_for(tmp_path, database_url=database_url, contact="the <box> office")

    def test_the_contact_is_named(self, guest):
        assert "Ask the &lt;box&gt; office." in guest.see("/forgotten")


def test_the_hash_is_replaced(app, user, guest):
    before = user.password_hash
    guest.post(a_link(user), password=NEW)
    assert again(user).password_hash != before
