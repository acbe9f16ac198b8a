"""How it will read: shown before it is posted, written nowhere."""

import pytest
import time_machine
from sqlalchemy import select

from forum.theories.models import Draft, Post
from tests.factories import a_film, a_theory, a_thread, a_visitor, found
from tests.visitors import Visitor


@pytest.fixture
def film(app):
    return a_film("Anora", 2024)


@pytest.fixture
def writer(app, film):
    return a_visitor(app, seen=(film,))


def test_the_preview_is_what_will_be_posted(writer, film):
    thread = a_thread(film)
    theory = a_theory(thread)
    form = {"safe_title": "A safe title", "title": "The title", "kind": "reading"}
    for path in (
        *(f"/films/{film.slug}/threads", f"/threads/{thread.id}/theories"),
        f"/posts/{theory.id}/replies",
    ):
        response = writer.post(
            path, **form, stance="neutral", body="A *text* >!veiled!<", act="preview"
        )
        assert response.status_code == 200
        assert "A <em>text</em> <details" in response.text
        assert "A *text* &gt;!veiled!&lt;" in response.text
    assert len(found(select(Post))) == 2
    assert found(select(Draft)) == []


def test_a_preview_of_something_wrong_says_what(writer, film):
    response = writer.post(f"/films/{film.slug}/threads", body="words", act="preview")
    assert response.status_code == 422
    assert "This is needed." in response.text


def test_a_script_gets_the_preview_alone(guest):
    response = guest.fetch("/preview", body="# A *head*\n\n<script>x()</script>")
    assert response.status_code == 200
    assert response.mimetype == "text/vnd.foyer.fragment+html"
    assert response.text.strip() == (
        "<h3>A <em>head</em></h3>\n<p>&lt;script&gt;x()&lt;/script&gt;</p>"
    )


def test_nothing_previews_as_nothing_and_much_is_cut(guest):
    assert guest.fetch("/preview").text.strip() == ""
    assert len(guest.fetch("/preview", body="x" * 30_000).text.strip()) == 20_000 + len("<p></p>")


def test_a_preview_keeps_the_veil_of_a_film_one_has_not_seen(guest, writer, film):
    body = "Like >!film:anora-2024 | THE END!<."
    assert "THE END" not in guest.fetch("/preview", body=body).text
    assert "Gives away Anora" in guest.fetch("/preview", body=body).text
    assert "THE END" in writer.fetch("/preview", body=body).text


def test_previews_of_one_guests_address_come_to_an_end(app, writer):
    talker = Visitor(app)
    for visitor in (talker, writer):
        visitor.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        statuses = [talker.fetch("/preview", body="film!*").status_code for _ in range(22)]
    assert statuses == [200] * 20 + [429] * 2
    assert writer.fetch("/preview", body="film!*").status_code == 200
