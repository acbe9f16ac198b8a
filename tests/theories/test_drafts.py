"""What is half written: kept while one types, found again, gone once it is posted."""

import pytest
import time_machine
from sqlalchemy import select

from forum.accounts.viewers import Guest
from forum.lib.database import unit_of_work
from forum.permissions import Refused
from forum.theories import drafts
from forum.theories.models import Draft
from tests.factories import (
    a_film,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    found,
    in_state,
    viewer_of,
)

pytestmark = pytest.mark.both_databases

TYPED = {
    "safe_title": "A safe title",
    "title": "Half <a title>",
    "kind": "plot",
    "body": 'Half a "theory" & no more',
}


@pytest.fixture
def film(app):
    return a_film("Anora", 2024)


@pytest.fixture
def thread(film):
    return a_thread(film, title="The answered question")


@pytest.fixture
def user(app):
    return a_user("igor")


@pytest.fixture
def writer(app, user, film):
    return a_visitor(app, user, seen=(film,))


def test_a_draft_is_kept_while_somebody_types(writer, thread, user):
    response = writer.post(f"/drafts/theory/{thread.id}", **TYPED)
    assert (response.status_code, response.data) == (204, b"")
    (kept,) = found(select(Draft))
    assert (kept.user_id, kept.kind, kept.target_id, kept.fields) == (
        *(user.id, "theory", thread.id),
        TYPED,
    )
    page = writer.see(f"/threads/{thread.id}/theories/new")
    assert 'value="Half &lt;a title&gt;"' in page
    assert "Half a &#34;theory&#34; &amp; no more" in page
    assert "Draft saved" in page


def test_there_is_one_draft_for_each_place(writer, thread, film):
    theory = a_theory(thread)
    for number in range(3):
        writer.post(f"/drafts/theory/{thread.id}", body=f"Version {number}")
    writer.post(f"/drafts/thread/{film.id}", body="A question")
    writer.post(f"/drafts/reply/{theory.id}", body="A reply", stance="supports")
    kept = found(select(Draft).order_by(Draft.id))
    assert [(draft.kind, draft.fields["body"]) for draft in kept] == [
        ("theory", "Version 2"),
        ("thread", "A question"),
        ("reply", "A reply"),
    ]


def test_all_drafts_are_on_one_page_the_latest_first(writer, thread, film):
    theory = a_theory(thread, title="The answered theory")
    reply = a_reply(theory)
    with time_machine.travel("2026-05-01T12:00:00Z") as moment:
        for path, body in [
            (f"thread/{film.id}", "first words"),
            (f"theory/{thread.id}", "second words"),
            (f"reply/{theory.id}", "third words"),
            (f"reply/{reply.id}", "fourth words"),
        ]:
            writer.post(f"/drafts/{path}", body=body)
            moment.shift(1)
        page = writer.see("/drafts")
    words = ["fourth words", "third words", "second words", "first words"]
    places = [page.index(text) for text in words]
    assert places == sorted(places)
    for text in ("The answered theory", "The answered question", "Anora", "a reply", "a question"):
        assert text in page
    assert page.count("Without a title") == 2
    assert page.count(">Your reply</a>") == 2
    for address in (
        *(f"/films/{film.slug}/threads/new", f"/threads/{thread.id}/theories/new"),
        *(f"/posts/{theory.id}/replies/new", f"/posts/{reply.id}/replies/new"),
    ):
        assert f'href="{address}"' in page


def test_nobody_sees_anothers_draft(app, writer, thread, film):
    writer.post(f"/drafts/theory/{thread.id}", body="MY OWN WORDS")
    other = a_visitor(app, seen=(film,))
    assert "MY OWN WORDS" not in other.see("/drafts")
    assert "MY OWN WORDS" not in other.see(f"/threads/{thread.id}/theories/new")
    assert "Nothing half written." in other.see("/drafts")
    other.post(f"/drafts/theory/{thread.id}/removal")
    assert "MY OWN WORDS" in writer.see("/drafts")


def test_a_draft_is_kept_by_its_button_too_without_being_right(writer, thread):
    response = writer.post(f"/threads/{thread.id}/theories", act="draft", title="x", body="")
    assert response.location == f"/threads/{thread.id}/theories/new?said=draft-kept"
    page = writer.see(response.location)
    assert "The draft is kept." in page
    assert 'value="x"' in page
    assert found(select(Draft.fields)) == [{"title": "x", "kind": "reading"}]


def test_a_draft_is_gone_once_it_is_posted(writer, thread, film):
    theory = a_theory(thread)
    for kind, target, path in [
        ("thread", film.id, f"/films/{film.slug}/threads"),
        ("theory", thread.id, f"/threads/{thread.id}/theories"),
        ("reply", theory.id, f"/posts/{theory.id}/replies"),
    ]:
        writer.post(f"/drafts/{kind}/{target}", **TYPED)
        assert len(found(select(Draft))) == 1
        posted = writer.post(path, stance="neutral", **TYPED)
        assert posted.status_code == 303
        assert found(select(Draft)) == []


def test_a_draft_stays_when_posting_fails(writer, thread):
    writer.post(f"/drafts/theory/{thread.id}", **TYPED)
    assert writer.post(f"/threads/{thread.id}/theories", **TYPED | {"title": ""}).status_code == 422
    assert len(found(select(Draft))) == 1


def test_a_draft_can_be_thrown_away(writer, thread):
    writer.post(f"/drafts/theory/{thread.id}", **TYPED)
    response = writer.post(f"/drafts/theory/{thread.id}/removal")
    assert response.location == "/drafts?said=draft-discarded"
    page = writer.see(response.location)
    assert "The draft is gone." in page
    assert "Nothing half written." in page


def test_nothing_typed_is_no_draft(writer, thread):
    writer.post(f"/drafts/theory/{thread.id}", kind="plot", stance="neutral", body="")
    assert found(select(Draft)) == []


def test_a_reply_half_written_waits_at_the_foot_of_its_theory(writer, thread):
    theory = a_theory(thread)
    writer.post(f"/drafts/reply/{theory.id}", body="HALF A REPLY", stance="challenges")
    assert "HALF A REPLY" in writer.see(f"/theories/{theory.id}")
    assert "HALF A REPLY" in writer.see(f"/posts/{theory.id}/replies/new")


def test_what_is_kept_is_bounded_and_of_known_fields(writer, thread):
    kept = {"title": "T\0x", "body": "x" * 30_000}
    writer.post(f"/drafts/theory/{thread.id}", role="admin", **kept)
    assert found(select(Draft.fields)) == [kept]
    assert writer.get("/drafts").status_code == 200
    refused = writer.post(f"/drafts/theory/{thread.id}", body="y" * 60_001)
    assert refused.status_code == 422
    assert "A draft holds up to 60,000 characters" in refused.text
    assert found(select(Draft.fields)) == [kept]


def test_a_draft_that_is_too_long_stays_in_its_form(writer, thread):
    path = f"/threads/{thread.id}/theories"
    refused = writer.post(path, **TYPED | {"body": "y" * 60_001}, act="draft")
    assert refused.status_code == 422
    assert "A draft holds up to 60,000 characters" in refused.text
    assert "y" * 60_001 in refused.text
    assert found(select(Draft)) == []


def test_an_account_keeps_a_hundred_drafts_and_is_told_what_to_do(writer, thread, user):
    with unit_of_work():
        for place in range(drafts.MOST_DRAFTS - 1):
            drafts.save_draft("reply", 1000 + place, {"body": "x"}, by=viewer_of(user))
    path = f"/drafts/theory/{thread.id}"
    assert writer.post(path, body="the hundredth").status_code == 204
    assert writer.post(path, body="changed").status_code == 204
    other = a_theory(thread)
    refused = writer.post(f"/drafts/reply/{other.id}", body="one more")
    assert refused.status_code == 422
    assert "You have 100 drafts. Discard one under “Drafts”" in refused.text
    assert len(found(select(Draft))) == 100
    assert writer.post(f"{path}/removal").status_code == 303
    assert writer.post(f"/drafts/reply/{other.id}", body="one more").status_code == 204


def test_what_is_rescued_takes_the_place_of_the_oldest_in_the_end(user):
    with time_machine.travel("2026-05-01T12:00:00Z") as moment, unit_of_work():
        for place in range(2 * drafts.MOST_DRAFTS + 3):
            drafts.save_draft("reply", place, {"body": "x"}, by=viewer_of(user), rescue=True)
            moment.shift(1)
    places = found(select(Draft.target_id).order_by(Draft.target_id))
    assert places == list(range(3, 2 * drafts.MOST_DRAFTS + 3))


@pytest.mark.parametrize(
    "path", ["vote/1", "theory/999", "theory/0", "thread/999", "reply/9999999999", "theory/x"]
)
def test_a_draft_needs_a_place(writer, thread, path):
    assert writer.post(f"/drafts/{path}", body="x").status_code == 404
    assert found(select(Draft)) == []


def test_a_place_that_cannot_be_found_keeps_no_draft_and_leaves_the_one_there_was(
    writer, thread, film
):
    theory = a_theory(thread, title="THE PURGED ONE")
    long = "TO A PURGED THEORY" + " and on" * 40 + " TO THE END"
    writer.post(f"/drafts/reply/{theory.id}", body=long)
    writer.post(f"/drafts/thread/{film.id}", body="TO A HIDDEN FILM")
    in_state(theory, "purged")
    with unit_of_work() as work:
        work.get_one(type(film), film.id).state = "hidden"
    page = writer.see("/drafts")
    assert long in page
    assert "TO A HIDDEN FILM" in page
    for name in ("THE PURGED ONE", film.title, f"/films/{film.slug}", f"/posts/{theory.id}"):
        assert name not in page
    assert writer.post(f"/drafts/reply/{theory.id}", body="x").status_code == 404
    assert writer.post(f"/drafts/thread/{film.id}", body="x").status_code == 404
    assert writer.post("/drafts/vote/1/removal").status_code == 404
    for place in (f"reply/{theory.id}", f"thread/{film.id}"):
        assert f'action="/drafts/{place}/removal"' in page
        writer.post(f"/drafts/{place}/removal")
    assert found(select(Draft)) == []


def test_a_draft_of_a_sealed_place_names_its_safe_title(app, writer, film):
    thread = a_thread(film, safe_title="The safe one", title="THE SECRET ONE")
    writer.post(f"/drafts/theory/{thread.id}", body="words")
    writer.post(f"/films/{film.slug}/viewing/withdrawal")
    page = writer.see("/drafts")
    assert "The safe one" in page
    assert "THE SECRET ONE" not in page


def test_a_guest_has_no_place_for_drafts(guest, thread):
    assert guest.post(f"/drafts/theory/{thread.id}", body="x").status_code == 401
    assert guest.post(f"/drafts/theory/{thread.id}/removal").location == "/login"
    for act in (
        lambda: drafts.save_draft("theory", thread.id, {"body": "x"}, by=Guest()),
        lambda: drafts.discard_draft("theory", thread.id, by=Guest()),
    ):
        with pytest.raises(Refused, match="Log in to keep a draft"), unit_of_work():
            act()


def test_saving_again_replaces_what_was_kept(thread, user):
    fan = viewer_of(user)
    for body in ("one", "two"):
        with unit_of_work():
            drafts.save_draft("theory", thread.id, {"body": body, "kind": "plot"}, by=fan)
    assert found(select(Draft.fields)) == [{"body": "two", "kind": "plot"}]
