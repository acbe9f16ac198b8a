"""What waits for a moderator, as its author meets it; and who reports what, from where."""

import pytest
from sqlalchemy import select

from forum.lib.database import unit_of_work
from forum.moderation.models import Case
from forum.theories.models import PendingRevision, Theory
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_moderator,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    decide,
    found,
)

pytestmark = pytest.mark.usefixtures("app")

OLD, NEW = "What I first said.", "What I say now, at https://example.org/there."

HOLD_FIRST_POSTS = "2"


def a_pending_change(app, make):
    """A post that stands, and a change of it by its author, new here, that waits."""
    film = a_film()
    user = a_user(trust="member")
    by = a_fan(user, seen=(film,))
    thread = a_thread(film)
    post = a_theory(thread, by, body=OLD) if make == "theory" else None
    post = post or a_reply(a_theory(thread), by, body=OLD)
    with unit_of_work() as work:
        work.refresh(user)
        user.trust_set = "newcomer"
    visitor = a_visitor(app, user)
    written = {"safe_title": "A safe title", "title": "Its title", "kind": "plot"}
    answer = visitor.post(
        f"/posts/{post.id}/revisions", **written, stance="neutral", body=NEW, version="1"
    )
    assert answer.status_code == 303
    assert len(found(select(PendingRevision))) == 1
    return post, visitor, film


@pytest.mark.parametrize("make", ["theory", "reply"])
def test_the_author_of_a_change_that_waits_reads_it_goes_on_with_it_or_takes_it_back(app, make):
    post, visitor, _film = a_pending_change(app, make)
    page = visitor.see(f"/posts/{post.id}")
    assert "Your change waits for a moderator" in page
    assert OLD in page
    assert f'href="/posts/{post.id}/edit"' in page
    form = visitor.see(f"/posts/{post.id}/edit")
    assert NEW in form
    assert OLD not in form
    assert "This is your change that waits for a moderator" in form
    assert 'value="1"' in form
    answer = visitor.post(f"/posts/{post.id}/change/withdrawal")
    assert answer.status_code == 303
    assert found(select(PendingRevision)) == []
    assert found(select(Case.closed_at))[0] is not None
    assert "Your change waits" not in visitor.see(f"/posts/{post.id}")
    assert OLD in visitor.see(f"/posts/{post.id}/edit")


def test_nobody_else_learns_of_a_change_that_waits(app):
    post, _visitor, film = a_pending_change(app, "theory")
    other = a_visitor(app, seen=(film,))
    assert "change waits" not in other.see(f"/posts/{post.id}")
    assert other.post(f"/posts/{post.id}/change/withdrawal").status_code == 403
    assert len(found(select(PendingRevision))) == 1


def test_a_refused_change_comes_back_to_its_author_with_the_reasons(app):
    post, visitor, _film = a_pending_change(app, "reply")
    [case] = found(select(Case))
    decision = decide(case, "refuse", a_moderator())
    page = visitor.see(f"/standing/decisions/{decision.id}")
    assert "What I say now" in page
    assert "the change that was refused: only you can read it" in page
    assert post.id


def a_newcomers_visit(app):
    film = a_film()
    user = a_user(trust=None)
    return a_thread(film), user, a_visitor(app, user, seen=(film,))


def test_a_newcomer_is_told_before_they_send_that_first_posts_wait(app):
    thread, user, visitor = a_newcomers_visit(app)
    theory = a_theory(thread)
    reply = a_reply(theory)
    told = "what you post waits for a moderator first."
    for place in (
        f"/threads/{thread.id}/theories/new",
        f"/posts/{reply.id}/replies/new",
        f"/theories/{theory.id}",
    ):
        assert told in visitor.see(place)
        assert told not in a_visitor(app, seen=()).get(place, follow_redirects=True).text
    assert user.id


def test_what_waits_stands_on_ones_own_pages_says_how_long_and_takes_no_votes(app):
    thread, user, visitor = a_newcomers_visit(app)
    visitor.post(
        f"/threads/{thread.id}/theories",
        safe_title="Safe and waiting",
        title="Sealed and waiting",
        kind="plot",
        body="Mine.",
    )
    [theory] = found(select(Theory))
    for place in (f"/fans/{user.name}", "/drafts"):
        page = visitor.see(place)
        assert "Waiting for a moderator" in page
        assert "Sealed and waiting" in page
    assert "Waiting for a moderator" not in a_visitor(app).see(f"/fans/{user.name}")
    page = visitor.see(f"/theories/{theory.id}")
    assert "The moderators mean to look within a day." in page
    assert "convince" not in page
    assert "answered or voted on" not in page


def test_a_reply_that_waits_says_how_long_that_takes(app):
    film = a_film()
    for _ in range(5):
        held = a_theory(a_thread(film), a_fan(a_user(trust=None), seen=(film,)))
        [case] = found(select(Case).where(Case.post_id == held.id))
        decide(case, "approve", a_moderator())
    thread, _user, visitor = a_newcomers_visit(app)
    theory = a_theory(thread)
    visitor.post(f"/posts/{theory.id}/replies", stance="neutral", body="I wait as well.")
    page = visitor.see(f"/theories/{theory.id}")
    assert "I wait as well." in page
    assert "At present that takes about 1 minute." in page


def test_what_its_author_withdrew_says_nothing_of_how_long_it_takes(app):
    for _ in range(5):
        thread, user, visitor = a_newcomers_visit(app)
        theory = a_theory(thread, a_fan(user))
        visitor.post(f"/posts/{theory.id}/withdrawal")
    thread, user, visitor = a_newcomers_visit(app)
    theory = a_theory(thread, a_fan(user))
    assert "At present that takes" not in visitor.see(f"/theories/{theory.id}")


# --- reports, from every place where a post stands ----------------------------------------------


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("who", ["guest", "fan"])
def test_every_place_where_a_post_stands_leads_to_its_report(app, guest, who, sealed):
    film = a_film()
    thread = a_thread(film)
    theory = a_theory(thread)
    reply = a_reply(theory)
    visitor = guest if who == "guest" else a_visitor(app)
    if not sealed:
        visitor.post(f"/films/{film.slug}/viewing")
    places = {
        "/": [thread],
        f"/films/{film.slug}": [thread] if sealed else [thread, theory],
        f"/threads/{thread.id}": [thread, theory],
        f"/theories/{theory.id}": [theory] if sealed else [theory, reply],
    }
    for place, posts in places.items():
        page = visitor.see(place)
        for post in posts:
            assert f'href="/posts/{post.id}/reports/new"' in page, f"{post.type} on {place}"


@pytest.mark.parametrize("act", ["hide", "remove"])
def test_a_tombstone_is_not_reported(app, guest, act):
    theory = a_theory()
    decide(a_case(theory), act, a_moderator())
    page = guest.see(f"/theories/{theory.id}")
    assert f"/posts/{theory.id}/reports/new" not in page
    assert f"/posts/{theory.id}/reports/new" not in guest.see(f"/threads/{theory.thread_id}")


# --- a case of one's own initiative -------------------------------------------------------------


def test_a_case_of_ones_own_is_closed_without_a_decision(app, guest):
    case = a_case()
    visitor = a_visitor(app, a_user(role="moderator"))
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert "Close it without a decision" in page
    assert visitor.post(f"/moderation/cases/{case.id}/removal").status_code == 303
    assert again(case).closed_at is not None
    assert "Nothing was decided yet." in guest.see("/moderation/log")


def test_a_reported_case_is_not_closed_without_a_decision(app):
    theory = a_theory()
    a_visitor(app).post(f"/posts/{theory.id}/reports", rule="2")
    [case] = found(select(Case))
    visitor = a_visitor(app, a_user(role="moderator"))
    assert "Close it without a decision" not in visitor.see(f"/moderation/cases/{case.id}")
    answer = visitor.post(f"/moderation/cases/{case.id}/removal")
    assert answer.status_code == 409
    assert "decide it instead" in answer.text


def test_the_lock_button_leads_to_a_case_with_that_act_in_sight(app):
    thread = a_thread()
    visitor = a_visitor(app, a_user(role="moderator"))
    place = visitor.post(f"/threads/{thread.id}/lock", value="1").location
    assert '<details class="decide-rare" open>' in visitor.see(place.partition("#")[0])
