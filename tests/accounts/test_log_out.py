"""Ending sessions: what is over is over, also for whoever kept the cookie."""

from sqlalchemy import select

from forum.accounts.models import Session
from forum.events import Event, Kind
from forum.lib.database import session
from tests.accounts.test_log_in import cookie_of, is_in
from tests.factories import a_user, a_visitor
from tests.visitors import Visitor


def test_who_logs_out_is_out_and_the_old_cookie_is_dead(app):
    visitor = a_visitor(app)
    cookie = cookie_of(visitor)
    assert is_in(app, cookie)
    response = visitor.post("/logout")
    assert (response.status_code, response.location) == (303, "/?said=logged-out")
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert cookie_of(visitor) == ""
    assert "You are logged out." in visitor.see("/?said=logged-out")
    assert not is_in(app, cookie)
    assert session().scalars(select(Session.id)).all() == []
    kinds = session().scalars(select(Event.kind).order_by(Event.id.desc())).all()
    assert kinds[0] == Kind.USER_LOGGED_OUT


def test_a_guest_may_log_out_in_vain(guest):
    assert guest.post("/logout").status_code == 303


def test_a_link_logs_nobody_out(app):
    visitor = a_visitor(app)
    assert visitor.get("/logout").status_code == 405
    assert visitor.get("/settings").status_code == 200


def test_sessions_are_listed_and_can_be_ended_one_by_one(app):
    user = a_user("igor")
    here, elsewhere = a_visitor(app, user), Visitor(app)
    elsewhere.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 14) Firefox/140.0"
    elsewhere.log_in("igor", "four unrelated words here")
    page = here.see("/settings")
    assert "Firefox, Android" in page
    assert page.count("this one") == 1
    other = session().scalars(select(Session.id).order_by(Session.id.desc())).first()
    response = here.post(f"/settings/sessions/{other}/end")
    assert response.location == "/settings?said=session-ended"
    assert elsewhere.get("/settings").status_code == 303
    assert "Firefox, Android" not in here.see("/settings")


def test_nobody_ends_a_session_of_somebody_else(app):
    victim, other = a_visitor(app), a_visitor(app)
    for session_id in session().scalars(select(Session.id).order_by(Session.id)).all():
        other.post(f"/settings/sessions/{session_id}/end")
    assert victim.get("/settings").status_code == 200


def test_browsers_are_named_in_a_few_words(app):
    agents = {
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36": (
            "Chrome, Linux"
        ),
        "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0": "Edge, Windows",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15": "Safari, macOS",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1": "Safari, iPhone",
        "curl/8.0": "A browser",
        "": "A browser",
    }
    for agent, named in agents.items():
        user = a_user()
        visitor = Visitor(app)
        visitor.client.environ_base["HTTP_USER_AGENT"] = agent
        visitor.log_in(user.name, "four unrelated words here")
        assert f">{named}</p>" in visitor.see("/settings")
