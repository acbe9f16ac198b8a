"""What fans share of a page: put together for each of them, and always theirs."""

from contextvars import Context

import pytest
from sqlalchemy import event

from forum.accounts.models import User
from forum.fan_pages import FanPage
from forum.lib.database import db, session, unit_of_work
from forum.lib.pieces import Pieces
from forum.theories import cards
from forum.theories.models import Post
from tests.factories import (
    a_fan,
    a_film,
    a_film_moderator,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    film_of,
)
from tests.laws.test_statements import SIGNED_IN, counted
from tests.visitors import ORIGIN, Visitor


def places(app, theory: Post) -> tuple[str, str, str]:
    """Addresses of a theory's film, question, and page."""
    thread = session().get_one(Post, theory.thread_id)
    with app.test_request_context():
        return (f"/films/{film_of(theory).slug}", cards.address(thread), cards.address(theory))


def shares(visitor: Visitor, path: str) -> bool:
    """Whether the page at `path`, opened by others before, is put together for `visitor` of what
    fans share: then no post is read."""
    with counted() as statements:
        visitor.see(path)
    return not any("posts.body" in sent or "posts.excerpt" in sent for sent in statements)


def opened_by_others(app, theory: Post, *paths: str) -> None:
    """Two fans open each page, and come again."""
    for _ in range(2):
        other = a_visitor(app, seen=(film_of(theory),))
        for path in paths:
            other.see(path)
            other.see(path)


@pytest.fixture
def blind_theory(app) -> Post:
    """A theory whose figures nobody sees who hasn't voted."""
    theory = a_theory()
    with unit_of_work():
        session().get_one(Post, theory.id).blind = True
    return theory


def test_a_page_that_others_have_opened_takes_a_fan_three_statements(app):
    theory = a_theory()
    a_reply(theory)
    paths = places(app, theory)
    opened_by_others(app, theory, *paths)
    fan = a_visitor(app, a_user("igor"), seen=(film_of(theory),))
    for path in paths:
        with counted() as statements:
            assert "igor" in fan.see(path)
        assert len(statements) <= 2, "one for the session, one for opinions, beside the versions"


def test_each_fan_sees_their_own_votes_on_it_and_can_change_them(app):
    theory = a_theory()
    reply = a_reply(theory)
    film_path, thread_path, theory_path = places(app, theory)
    opened_by_others(app, theory, film_path, thread_path, theory_path)
    convinced, doubting, idle = (a_visitor(app, seen=(film_of(theory),)) for _ in range(3))
    for visitor, value in ((convinced, 1), (doubting, -1)):
        visitor.see(theory_path)
        assert visitor.post(f"/posts/{theory.id}/votes", value=value).status_code == 303
    assert convinced.post(f"/posts/{reply.id}/votes", value=1).status_code == 303
    opened_by_others(app, theory, film_path, thread_path, theory_path)
    for path in (thread_path, theory_path):
        assert "You are convinced." in convinced.see(path)
        assert "You are not convinced." in doubting.see(path)
        assert "Withdraw my vote" not in idle.see(path)
        assert shares(convinced, path)
    assert 'aria-pressed="true">Good point' in convinced.see(theory_path)
    assert 'aria-pressed="true">Good point' not in idle.see(theory_path)
    assert convinced.post(f"/posts/{theory.id}/votes", value=0).status_code == 303
    assert "You are convinced." not in convinced.see(theory_path)


def test_figures_that_are_hidden_show_to_those_alone_who_voted_or_asked(app, blind_theory):
    theory = blind_theory
    _, thread_path, theory_path = places(app, theory)
    opened_by_others(app, theory, thread_path, theory_path)
    asking, idle = (a_visitor(app, seen=(film_of(theory),)) for _ in range(2))
    asking.see(theory_path)
    assert asking.post(f"/posts/{theory.id}/figures").status_code == 303
    for path in (thread_path, theory_path):
        idle.see(path)
        idle.see(path)
        assert "Figures show once you vote" not in asking.see(path)
        assert "Figures show once you vote" in idle.see(path)
        assert shares(asking, path)


def test_the_name_and_the_inbox_in_the_header_are_the_fans_own(app):
    theory = a_theory()
    path = places(app, theory)[2]
    opened_by_others(app, theory, path)
    igor, toros = a_user("igor"), a_user("toros")
    elsewhere = a_thread()
    a_reply(a_theory(elsewhere, by=a_fan(igor, seen=(film_of(elsewhere),))))
    first, second = (a_visitor(app, user, seen=(film_of(theory),)) for user in (igor, toros))
    assert shares(first, path)
    assert shares(second, path)
    assert "igor" in first.see(path)
    assert 'class="nav-number">1<' in first.see(path)
    assert "igor" not in second.see(path)
    assert 'class="nav-number">' not in second.see(path)


def test_nobody_is_sent_the_marks_at_which_a_page_is_taken_apart(app):
    theory = a_theory()
    paths = places(app, theory)
    opened_by_others(app, theory, *paths)
    fan = a_visitor(app, seen=(film_of(theory),))
    for path in (*paths, "/", "/films"):
        page = fan.see(path)
        assert "piece-" not in page
        assert "token-" not in page


def test_a_sealed_page_is_shared_by_those_for_whom_it_is_sealed(app):
    theory = a_theory(title="SEALEDTITLE")
    path = places(app, theory)[2]
    opened_by_others(app, theory, path)
    sealed = a_visitor(app)
    for _ in range(3):
        assert "SEALEDTITLE" not in sealed.see(path)
    assert shares(sealed, path)
    assert "SEALEDTITLE" in a_visitor(app, seen=(film_of(theory),)).see(path)


def test_who_has_something_of_their_own_there_gets_a_page_of_their_own(app):
    theory = a_theory()
    film = film_of(theory)
    path = places(app, theory)[2]
    author = session().get_one(Post, theory.id).author_id
    writer, drafting = a_user(), a_user()
    a_reply(theory, by=a_fan(writer, seen=(film,)))
    opened_by_others(app, theory, path)
    half = a_visitor(app, drafting, seen=(film,))
    half.see(path)
    sent = half.post(f"/drafts/reply/{theory.id}", body="Half a thought", stance="neutral")
    assert sent.status_code in (200, 204, 303)
    assert "Half a thought" in half.see(path)
    from_the_desk = a_visitor(app, a_user(role="moderator"), seen=(film,))
    new = a_visitor(app, a_user(trust="newcomer"), seen=(film,))
    assert "You are new here" in new.see(path)
    assert "Moderate" in from_the_desk.see(path)
    of_this_film = a_visitor(app, session().get_one(User, a_film_moderator(film).id), seen=(film,))
    assert "Moderate" in of_this_film.see(path)
    assert "Edit" in a_visitor(app, writer, seen=(film,)).see(path)
    own = a_visitor(app, session().get_one(type(writer), author), seen=(film,))
    assert "Yours: the others vote" in own.see(path)


def answered(visitor: Visitor, path: str) -> int:
    """How many statements a page takes until it is here, all of them counted; then its pieces are
    made."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    response = Context().run(visitor.client.open, path, base_url=ORIGIN)
    event.remove(db.engine, "before_cursor_execute", note)
    assert response.status_code == 200
    Context().run(response.close)  # as in a server, where no other application context is there
    return len(sent)


@pytest.mark.both_databases
@pytest.mark.parametrize("has_written", [False, True], ids=["reader", "author"])
def test_no_page_takes_more_than_eight_statements_while_its_pieces_are_made(app, has_written):
    theory = a_theory()
    other, blind = (a_theory(session().get_one(Post, theory.thread_id)) for _ in range(2))
    reply = a_reply(theory)
    with unit_of_work():
        session().get_one(Post, blind.id).blind = True
    paths = places(app, theory)
    user = a_user()
    by = a_fan(user, seen=(film_of(theory),))
    if has_written:
        a_reply(other, by)
    fan = a_visitor(app, user)
    for post, value in ((theory, 1), (other, -1), (reply, 1)):
        assert fan.post(f"/posts/{post.id}/votes", value=value).status_code == 303
    assert fan.post(f"/posts/{blind.id}/figures").status_code == 303
    for path in paths:
        taken = [answered(fan, path) for _ in range(6)]
        assert max(taken) <= SIGNED_IN, taken
        assert (taken[-1] == 3) is not has_written, taken


def test_a_page_that_depends_on_other_films_is_not_made_twice_for_each_reader(app):
    other = a_film()
    theory = a_theory(body=f"See >!film:{other.slug} | how that one ends!< too.")
    path = places(app, theory)[2]
    fan = a_visitor(app, seen=(film_of(theory),))
    taken = []
    for _ in range(4):
        with counted() as statements:
            fan.see(path)
        taken.append(len(statements))
    assert taken[-1] == taken[0]


def test_words_that_look_like_a_veil_keep_no_page_from_being_shared(app):
    theory = a_theory(body='Look for data-scope="1" and class="veil-absent".')
    path = places(app, theory)[2]
    opened_by_others(app, theory, path)
    assert shares(a_visitor(app, seen=(film_of(theory),)), path)


def test_a_page_takes_the_bytes_of_its_characters():
    sizes = [
        FanPage((1,), 0.0, {0: Pieces((1_000 * letter,), (), ())}).size for letter in ("a", "’")
    ]
    assert sizes[1] - sizes[0] > 900  # Python keeps two bytes for each character of such a text
