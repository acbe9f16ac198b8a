"""Guests' pages, kept in front of Flask: made once, and always as if they were made anew."""

import gzip
import os
import random
import time
from collections.abc import Callable, Iterator

import brotli
import pytest
import time_machine
import zstandard
from flask import Flask
from sqlalchemy import event, text

from forum.fan_pages import FanPage
from forum.lib.database import db, session, unit_of_work
from forum.lib.engines import writing_allowed
from forum.lib.page_store import FinishedPage, PageStore
from forum.theories import cards
from forum.theories.models import Post
from forum.votes import operations as votes
from tests.evening import Evening, another, guest_of
from tests.factories import a_fan, a_film, a_reply, a_theory, a_user, a_visitor, film_of

STEPS = int(os.environ.get("FORUM_TEST_STEPS", "1500"))
"""How many steps the comparison with pages made anew takes; `make trust` takes 10,000."""


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What the pages of `app` ask the database from now on, but for what versions cost."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if "page_versions" not in statement:
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def addresses(app: Flask, theory: Post) -> list[str]:
    """The front page, a film's, a question's, and a theory's."""
    thread = session().get_one(Post, theory.thread_id)
    with app.test_request_context():
        return [
            "/",
            f"/films/{film_of(theory).slug}",
            cards.address(thread),
            cards.address(theory),
        ]


def has_cast(theory: Post, value: int = 1) -> None:
    """Somebody votes on `theory`."""
    fan = a_fan(seen=(film_of(theory),))
    with unit_of_work():
        votes.cast_vote(theory.id, value, by=fan)


@pytest.mark.both_databases
def test_a_guests_page_is_made_once_and_asks_the_database_nothing_more(app, statements):
    theory = a_theory()
    film = film_of(theory)
    for seen in ((), (film,)):
        for path in addresses(app, theory):
            made = [guest_of(app, *seen).see(path) for _ in range(2)]
            guest = guest_of(app, *seen)
            statements.clear()
            assert guest.see(path) == made[0] == made[1]
            assert statements == []


@pytest.mark.both_databases
def test_a_vote_shows_on_each_page_at_once(app):
    theory = a_theory(title="A dream of snow")
    for _ in range(4):
        has_cast(theory)
    guest = guest_of(app, film_of(theory))
    _, film_page, thread_page, theory_page = addresses(app, theory)
    for path in (film_page, thread_page, theory_page):
        guest.see(path)
        guest.see(path)
    has_cast(theory)
    for path in (film_page, thread_page, theory_page):
        assert "5 votes" in guest.see(path) or "of 5" in guest.see(path), path


def test_each_guest_meets_the_seal_as_they_left_it_and_their_own_theme(app):
    theory = a_theory(title="SEALEDTITLE")
    film, path = film_of(theory), addresses(app, theory)[3]
    sealed, opened = guest_of(app), guest_of(app, film)
    for _ in range(3):
        assert "SEALEDTITLE" not in sealed.see(path)
        assert "SEALEDTITLE" in opened.see(path)
    sealed.post("/settings/theme", value="dark")
    assert 'data-theme="dark"' in sealed.see(path)
    assert 'data-theme="system"' in opened.see(path)
    opened.post(f"/films/{film.slug}/viewing/withdrawal")
    assert "SEALEDTITLE" not in opened.see(path)


def test_a_veil_that_names_another_film_opens_for_those_who_have_seen_that_one_alone(app):
    other = a_film("Other", 2003)
    theory = a_theory(body=f"Look. >!film:{other.slug} | OTHERSECRET!<")
    film, path = film_of(theory), addresses(app, theory)[3]
    both, one = guest_of(app, film, other), guest_of(app, film)
    for _ in range(3):
        assert "OTHERSECRET" in both.see(path)
        assert "OTHERSECRET" not in one.see(path)


def test_pages_of_the_logged_in_are_made_for_them_alone(app, statements):
    theory = a_theory()
    path = addresses(app, theory)[2]
    guest = guest_of(app)
    guest.see(path)
    guest.see(path)
    fan = a_visitor(app, a_user("igor"))
    statements.clear()
    assert "igor" in fan.see(path)
    assert statements != []
    assert "igor" not in guest.see(path)


def test_what_sets_a_cookie_or_is_not_there_is_not_kept(app, statements):
    guest = guest_of(app)
    for path in ("/films/nothing-1900", "/login", "/threads/999"):
        guest.get(path)
        guest.get(path)
        statements.clear()
        guest.get(path)
    assert guest.get("/films/nothing-1900").status_code == 404


def test_a_page_that_a_browser_has_is_not_sent_again(app):
    theory = a_theory()
    path = addresses(app, theory)[3]
    guest = guest_of(app, film_of(theory))
    guest.get(path)
    first = guest.get(path)
    tag = first.headers["ETag"]
    again = guest.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"].strip('"') == tag.strip('"')
    assert "Content-Security-Policy" in again.headers
    a_reply(theory)
    assert guest.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_head_is_the_page_without_its_body(app):
    path = addresses(app, a_theory())[3]
    guest = guest_of(app)
    for _ in range(3):
        shown, head = guest.get(path), guest.send("HEAD", path)
        assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == shown.headers["Content-Length"]


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, zstd", "zstd", lambda body: zstandard.ZstdDecompressor().decompress(body)),
        ("gzip", "gzip", gzip.decompress),
        ("gzip;q=0, br;q=0", None, bytes),
        ("identity", None, bytes),
    ],
)
def test_a_page_comes_packed_as_the_browser_likes_it(app, accepted, encoding, unpack):
    path = addresses(app, a_theory())[3]
    plain = guest_of(app).get(path).data
    fan = a_visitor(app)
    for visitor in (guest_of(app), fan):
        packed = visitor.get(path, headers={"Accept-Encoding": accepted})
        if visitor is not fan or encoding != "br":
            assert packed.headers.get("Content-Encoding") == encoding
        assert "Accept-Encoding" in packed.headers["Vary"]
    packed = guest_of(app).get(path, headers={"Accept-Encoding": accepted})
    assert unpack(packed.data) == plain


def test_what_the_hour_decides_is_decided_anew_with_each(app):
    theory = a_theory()
    path = addresses(app, theory)[2]
    guest = guest_of(app, film_of(theory))
    with time_machine.travel("2026-03-01T12:10:00Z", tick=False) as moment:
        for _ in range(2):
            guest.see(path)
        kept = guest.get(path).headers
        moment.move_to("2026-03-01T13:00:00Z")
        sent: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
        guest.see(path)
    assert "ETag" in kept
    assert any("FROM posts" in statement for statement in sent)


def test_the_least_used_pages_make_room() -> None:
    store = PageStore(30_000)
    for number in range(6):
        page = FinishedPage((1,), time.time() + 60, [], {"": bytes(4_000)})
        store.put(number, page)
        assert store.get(0, (1,)) is not None or number > 2
        store.get(0, (1,))
    kept = [number for number in range(6) if store.get(number, (1,))]
    assert 0 in kept
    assert len(kept) == 3
    assert store.get(0, (2,)) is None


# --- several processes, each an application of its own here -------------------------------------


def with_app(app: Flask, act: Callable[[], object]) -> None:
    """Do `act` as a process of `app`."""
    with app.app_context():
        act()
        db.session.remove()


@pytest.mark.both_databases
def test_processes_see_each_others_writes_at_once_with_redis_and_in_a_second_without(
    app, tmp_path, redis_url
):
    address, end_redis = redis_url
    theory = a_theory()
    theory_id, path = theory.id, addresses(app, theory)[3]
    here, there = (another(app, tmp_path, redis_url=address) for _ in range(2))
    guest = guest_of(here, film_of(theory))

    def reply(body: str) -> Callable[[], object]:
        return lambda: a_reply(session().get_one(Post, theory_id), body=body)

    for number in range(5):
        guest.see(path)
        with_app(there, reply(f"REPLY{number} from elsewhere"))
        assert f"REPLY{number} from elsewhere" in guest.see(path)
    end_redis()
    with_app(there, reply("REPLYALONE"))
    time.sleep(1.05)
    assert "REPLYALONE" in guest.see(path)
    with_app(here, reply("REPLYHERE"))
    assert "REPLYHERE" in guest.see(path)
    for each in (here, there):
        with each.app_context():
            db.engine.dispose()


# --- whatever happens, what is kept is what would be made ---------------------------------------


@pytest.mark.at_length
def test_what_is_kept_is_at_every_moment_what_would_be_made(app, tmp_path, count, monkeypatch):
    put_together = []

    def noted(page, person, opinions, real=FanPage.put_together):
        body = real(page, person, opinions)
        put_together.extend([body] if body else [])
        return body

    monkeypatch.setattr(FanPage, "put_together", noted)
    seed = int(os.environ.get("FORUM_TEST_SEED", "0")) or random.SystemRandom().randrange(10**6)
    bare = another(app, tmp_path, page_cache_mb="0")
    evening = Evening(app, bare, random.Random(seed))
    for step in range(STEPS):
        if evening.chance.random() < 0.25:
            evening.act()
        problem = evening.look()
        assert problem == "", f"seed {seed}, step {step}: {problem}"
    assert len(put_together) > STEPS / 50, "fans shared hardly a page: nothing was compared"
    count("kept pages: steps compared with pages made anew", STEPS)
    count("kept pages: of these put together for a fan", len(put_together))
    with bare.app_context():
        db.engine.dispose()


@pytest.mark.at_length
def test_a_change_that_gives_no_version_would_be_seen(app, tmp_path):
    with unit_of_work() as work:
        work.connection().exec_driver_sql("DROP TRIGGER posts_pages_update")
    evening = Evening(app, another(app, tmp_path, page_cache_mb="0"), random.Random(7))
    for _ in range(STEPS):
        evening.act()
        if evening.look():
            return
    pytest.fail("nobody noticed")


def test_a_guest_is_answered_by_flask_where_versions_cannot_be_read(app, guest):
    page = f"/films/{a_film().slug}"
    assert guest.get(page).status_code == 200
    session().rollback()
    with writing_allowed(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE page_versions RENAME TO away"))
    assert guest.get(page).status_code == 200
    with writing_allowed(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE films RENAME TO away_too"))
    answer = guest.get(page)
    with writing_allowed(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away_too RENAME TO films"))
    assert answer.status_code == 503
    assert "X-Request-Id" in answer.headers


def test_an_address_that_means_nothing_more_is_no_page_of_its_own(app, guest, statements):
    path = addresses(app, a_theory())[2]
    for order in ("best", "odd"):
        for _ in range(3):
            statements.clear()
            guest.see(f"{path}?order={order}")
        assert (statements == []) is (order == "best")
