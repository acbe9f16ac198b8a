"""Errors as pages: nothing that somebody typed is lost by one."""

import pytest
from sqlalchemy.exc import OperationalError

from tests.factories import a_user, a_visitor
from tests.visitors import Visitor

TYPED = {"title": "What of <her>?", "body": 'Half\n\n"an" answer'}


@pytest.fixture
def busy(app) -> str:
    """An address whose act finds the database busy."""

    @app.post("/busy")
    def busy() -> str:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    return "/busy"


def test_a_busy_database_gives_the_form_back_to_be_sent_again(app, busy):
    user = a_user()
    refused = a_visitor(app, user).post(busy, **TYPED, password="not this")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert '<form class="actions" method="post" action="/busy">' in refused.text
    assert 'name="title" value="What of &lt;her&gt;?"' in refused.text
    assert "&#34;an&#34; answer" in refused.text
    assert "Send it again" in refused.text
    assert "not this" not in refused.text


def test_nothing_is_offered_again_where_nothing_was_typed(app, busy, guest):
    assert "Send it again" not in guest.post(busy).text
    assert "What you wrote" not in guest.get("/nowhere").text


def test_what_was_sent_to_nowhere_is_shown_to_be_copied(app):
    refused = a_visitor(app).post("/threads/77/theories", **TYPED)
    assert refused.status_code == 404
    assert "What you wrote" in refused.text
    assert "What of &lt;her&gt;?\n\nHalf" in refused.text


def test_a_forged_request_is_answered_without_what_it_sent(app):
    forged = {"Sec-Fetch-Site": "cross-site"}
    refused = Visitor(app).post("/threads/77/theories", headers=forged, **TYPED)
    assert refused.status_code == 403
    assert "answer" not in refused.text


def test_an_error_names_the_number_of_its_request(app, guest):
    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("on purpose")

    too_long = {"body": "x" * (app.config["MAX_CONTENT_LENGTH"] + 1)}
    for status, answer in {
        405: guest.get("/logout"),
        413: a_visitor(app, a_user()).post("/threads/77/theories", **too_long),
        500: guest.get("/broken"),
    }.items():
        assert answer.status_code == status
        number = answer.headers["X-Request-Id"]
        assert f"To ask about it, name {number}." in answer.text


def test_a_page_that_is_absent_names_no_number(guest):
    answer = guest.get("/threads/99999")
    assert answer.status_code == 404
    assert "To ask about it" not in answer.text
