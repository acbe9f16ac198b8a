"""Beginning a session: one answer for whoever can't, and a new secret for whoever can."""

import time
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select

from forum.accounts import credentials, passwords
from forum.accounts.models import ResetLink, Session, User
from forum.accounts.viewers import Operator
from forum.lib import clock, jobs
from forum.lib.database import db, session, unit_of_work
from forum.lib.engines import writing_allowed
from tests.factories import PASSWORD, a_user, a_visitor, again, found
from tests.visitors import Visitor

WRONG = "Name and password don’t belong together. Check both."


def log_in(visitor: Visitor, name: str, password: str = PASSWORD, **form: str):
    return visitor.post("/login", name=name, password=password, **form)


def cookie_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("sid", domain="127.0.0.1")
    return cookie.value if cookie else ""


def is_in(app, cookie: str) -> bool:
    """Whether a browser with nothing but `cookie` is logged in."""
    visitor = Visitor(app)
    visitor.client.set_cookie("sid", cookie, domain="127.0.0.1")
    return visitor.get("/settings").status_code == 200


def test_a_fan_logs_in_whatever_the_case_of_the_name(app, guest):
    a_user("Igor")
    response = log_in(guest, "iGOR")
    assert (response.status_code, response.location) == (303, "/?said=logged-in")
    page = guest.see(response.location)
    assert "You are in." in page
    assert ">Igor</a>" in page


def test_a_session_is_a_secret_that_only_the_browser_keeps(app, guest):
    a_user("igor")
    header = log_in(guest, "igor").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/" in header
    token = cookie_of(guest)
    assert len(token) == 43
    kept = session().scalars(select(Session.token_hash)).one()
    assert token not in kept
    assert len(kept) == 64


def test_a_new_log_in_gives_a_new_session_and_ends_the_one_before(app, guest):
    a_user("igor")
    log_in(guest, "igor")
    first = cookie_of(guest)
    guest.get("/settings")
    log_in(guest, "igor")
    assert cookie_of(guest) != first
    assert is_in(app, cookie_of(guest))
    assert not is_in(app, first)


def test_a_cookie_chosen_by_somebody_else_is_never_taken_up(app, guest):
    a_user("igor")
    fixed = "A" * 43
    guest.client.set_cookie("sid", fixed, domain="127.0.0.1")
    log_in(guest, "igor")
    assert cookie_of(guest) != fixed
    assert not is_in(app, fixed)


def test_unknown_names_and_wrong_passwords_get_the_same_answer(app, guest):
    a_user("somebody")
    known = log_in(guest, "somebody", "not the password at all")
    unknown = log_in(guest, "everyman", "not the password at all")
    assert known.status_code == unknown.status_code == 422
    assert WRONG in known.text
    assert known.text.replace("somebody", "everyman") == unknown.text
    assert dict(known.headers).keys() == dict(unknown.headers).keys()


def test_unknown_names_and_wrong_passwords_take_the_same_work(app, guest):
    a_user("somebody")

    def work(name: str) -> float:
        began = time.process_time()
        log_in(guest, name, "not the password at all")
        return time.process_time() - began

    work("somebody")
    known = min(work("somebody") for _ in range(3))
    unknown = min(work("everyman") for _ in range(3))
    assert 0.5 < unknown / known < 2


def test_what_was_typed_stays_but_the_password(app, guest):
    response = log_in(guest, "igor", "a wrong password", next="/films")
    assert 'value="igor"' in response.text
    assert 'name="next" value="/films"' in response.text
    assert "a wrong password" not in response.text


@pytest.mark.parametrize("typed", [{"name": ""}, {"password": ""}])
def test_both_are_needed(app, guest, typed):
    a_user("igor")
    response = guest.post("/login", **{"name": "igor", "password": PASSWORD, **typed})
    assert response.status_code == 422
    assert "This is needed." in response.text


def test_one_comes_back_to_where_one_came_from(app, guest):
    a_user("igor")
    assert 'name="next" value="/drafts"' in guest.see("/drafts")
    assert log_in(guest, "igor", next="/drafts").location == "/drafts?said=logged-in"


@pytest.mark.parametrize("next_url", ["//evil.test", "/\t/evil.test", "https://evil.test/films"])
def test_nobody_is_sent_off_the_site(app, guest, next_url):
    a_user("igor")
    assert log_in(guest, "igor", next=next_url).location == "/?said=logged-in"
    assert guest.get("/login", query_string={"next": next_url}).location == "/"


def test_who_is_in_is_sent_on(app):
    visitor = a_visitor(app)
    assert visitor.get("/login?next=/films").location == "/films"


def test_tries_at_one_name_are_limited_and_say_so(app, guest):
    a_user("igor")
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        tries = [log_in(guest, "igor", "a wrong password").status_code for _ in range(11)]
        assert tries == [422] * 10 + [429]
        refused = log_in(guest, "IGOR")
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "300"
        assert "That was a lot at once. Try again in 5 minutes." in refused.text
        assert 'value="IGOR"' in refused.text
        assert log_in(guest, "another", "a wrong password").status_code == 422
        moment.shift(timedelta(minutes=5))
        assert log_in(guest, "igor").status_code == 303


def test_other_spellings_of_a_name_give_no_further_tries(app, guest):
    a_user("igor")
    for spelling in ("igor", "IGOR", "\uff49gor", "i\uff47or", "\uff29\uff27\uff2f\uff32"):
        for _ in range(2):
            assert log_in(guest, spelling, "a wrong password").status_code == 422
    assert log_in(guest, "ig\uff4fr", "a wrong password").status_code == 429


def test_a_success_is_forgiven_the_tries_before(app, guest):
    a_user("igor")
    for _ in range(3):
        for _ in range(9):
            log_in(Visitor(app), "igor", "a wrong password")
        assert log_in(Visitor(app), "igor").status_code == 303


def test_tries_from_one_address_are_limited(app):
    visitor = Visitor(app)
    visitor.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    statuses = [log_in(visitor, f"name{n}", "a wrong password").status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]
    assert log_in(Visitor(app), "name11", "a wrong password").status_code == 422


def test_people_behind_one_address_log_in_one_after_the_other(app):
    names = [a_user().name for _ in range(15)]
    visitors = [Visitor(app) for _ in names]
    for visitor in visitors:
        visitor.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    wrong = [log_in(visitors[0], f"no{n}", "a wrong password").status_code for n in range(9)]
    right = [log_in(v, n).status_code for v, n in zip(visitors, names, strict=True)]
    assert right == [303] * 15
    stranger = Visitor(app)
    stranger.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    wrong += [log_in(stranger, f"y{n}", "a wrong password").status_code for n in range(2)]
    assert wrong == [422] * 10 + [429]  # a success forgives none of the failures before it


def test_a_browser_has_twenty_sessions_at_most_and_keeps_the_latest(app):
    user = a_user("igor")
    visitors = [a_visitor(app, user) for _ in range(23)]
    session().rollback()
    assert len(session().scalars(select(Session.id)).all()) == 20
    alive = [visitor.get("/settings").status_code == 200 for visitor in visitors]
    assert alive == [False] * 3 + [True] * 20


def test_passwords_hashed_with_older_costs_are_hashed_anew(app, guest):
    user = a_user("igor")
    with unit_of_work():
        user.password_hash = PasswordHasher(memory_cost=8192, time_cost=1).hash(PASSWORD)
    assert log_in(guest, "igor").status_code == 303
    renewed = again(user).password_hash
    assert renewed is not None
    assert not passwords.needs_rehash(renewed)
    assert log_in(Visitor(app), "igor").status_code == 303


def test_an_account_without_a_password_lets_nobody_in(app, guest):
    user = a_user("igor")
    for nothing in (None, "", "not a hash"):
        with unit_of_work() as work:
            work.get_one(User, user.id).password_hash = nothing
        assert log_in(guest, "igor").status_code == 422


def test_a_session_idle_for_two_weeks_is_over(app):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        visitor = a_visitor(app)
        moment.shift(timedelta(days=13, hours=23))
        assert visitor.get("/settings").status_code == 200
        moment.shift(timedelta(days=13, hours=23))
        assert visitor.get("/settings").status_code == 200
        moment.shift(timedelta(days=14, seconds=1))
        assert visitor.get("/settings").status_code == 303


def test_sessions_and_reset_links_that_are_over_are_swept_in_the_night(app):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        user = a_user()
        a_visitor(app, user)
        with unit_of_work():
            credentials.make_reset_link(user, by=Operator())
        moment.shift(timedelta(days=13))
        lives = a_visitor(app)
        moment.shift(timedelta(days=2))
        with unit_of_work():
            jobs.enqueue("nightly", {})
        assert jobs.run_due() == 2
        assert len(found(select(Session))) == 1
        assert found(select(ResetLink)) == []
        assert lives.get("/settings").status_code == 200


def test_no_session_lasts_longer_than_ninety_days(app):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        visitor = a_visitor(app)
        for _ in range(8):
            moment.shift(timedelta(days=11))
            assert visitor.get("/settings").status_code == 200
        moment.shift(timedelta(days=2, seconds=1))
        assert visitor.get("/settings").status_code == 303


def test_using_a_session_is_noted_every_ten_minutes_at_most(app):
    def seen_at():
        session().rollback()
        return session().scalars(select(Session.seen_at)).one()

    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        visitor = a_visitor(app)
        began = clock.now()
        moment.shift(timedelta(minutes=10))
        visitor.get("/films")
        assert seen_at() == began
        moment.shift(timedelta(seconds=1))
        visitor.get("/films")
        assert seen_at() == clock.now()


@pytest.mark.both_databases
def test_a_page_is_read_while_the_session_cannot_be_noted(app):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        visitor = a_visitor(app)
        moment.shift(timedelta(minutes=11))
        session().rollback()
        engine = db.engine
        before = time.perf_counter()
        with engine.connect() as other, writing_allowed():
            other.execute(select(Session.id).with_for_update())
            assert visitor.get("/films").status_code == 200
            other.rollback()
        assert time.perf_counter() - before < 3
        assert visitor.get("/films").status_code == 200
        session().rollback()
        assert session().scalars(select(Session.seen_at)).one() == clock.now()


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "é" * 43, "A" * 42 + "\0", "A" * 5000])
def test_a_cookie_that_is_no_session_is_a_guests(app, cookie):
    sent = f"sid={cookie}".encode().decode("latin1")
    assert Visitor(app).get("/settings", headers={"Cookie": sent}).status_code == 303
