"""What moderators can do as things stand, and that nothing else is done: sanctions, safe titles,
purges, locks, cases of their own."""

import pytest
from sqlalchemy import select

from forum.accounts import operations as accounts
from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.events import Event, Kind
from forum.lib.database import unit_of_work
from forum.moderation import cases
from forum.moderation.effects import NotPossible
from forum.moderation.log import verify
from forum.moderation.models import Case, LogEntry, Report
from forum.permissions import Refused
from forum.theories.changes import Outdated, revise
from forum.theories.models import PendingRevision, Revision
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_moderator,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    days,
    decide,
    found,
    viewer_of,
)
from tests.moderation.waiting import (
    BODY,
    LEAK,
    a_newcomers_theory,
    a_text,
    acts_for,
    an_approved_theory,
    open_case,
    reported,
    revised,
)

pytestmark = pytest.mark.usefixtures("app")

HOLD_FIRST_POSTS = "2"


# --- what is possible ---------------------------------------------------------------------------


def test_what_makes_no_sense_is_refused_in_words_that_say_what_does():
    theory, _author = a_newcomers_theory()
    with pytest.raises(NotPossible, match="Approve, Remove"):
        decide(open_case(), "no_action", a_moderator())
    with pytest.raises(NotPossible):
        decide(open_case(), "lift", a_moderator())
    with pytest.raises(NotPossible):
        decide(open_case(), "refuse", a_moderator())
    assert (again(theory).state, found(select(LogEntry))) == ("held", [])


def test_lifting_needs_a_higher_rank():
    film = a_film()
    moderator = a_moderator(seen=(film,))
    theory = a_theory(a_thread(film), by=moderator)
    decide(a_case(theory), "suspend", a_moderator(role="admin"))
    with pytest.raises(Refused):
        decide(a_case(theory), "lift", a_moderator())
    decide(a_case(theory), "lift", a_moderator(role="admin"))
    assert found(select(User.sanction).where(User.id == moderator.id)) == [None]


@pytest.mark.parametrize("act", ["suspend", "ban"])
def test_a_sanction_leaves_what_waits_in_the_queue(act):
    theory, _author = a_newcomers_theory()
    decide(open_case(), act, a_moderator())
    assert (again(theory).state, open_case().kind) == ("held", "held")
    decide(open_case(), "remove", a_moderator())
    assert found(select(Case).where(Case.closed_at.is_(None))) == []


def test_lifting_a_sanction_judges_no_report():
    theory, _author = an_approved_theory()
    decide(a_case(theory), "suspend", a_moderator())
    reported(theory, a_fan())
    decide(open_case(), "lift", a_moderator())
    assert found(select(Report.state)) == ["open"]
    assert reported(theory, a_fan()) is True
    decide(open_case(), "no_action", a_moderator())
    decide(a_case(theory), "suspend", a_moderator())
    decide(a_case(theory), "lift", a_moderator())  # nobody waits for anything else in this one
    assert found(select(Case).where(Case.closed_at.is_(None))) == []


@pytest.mark.parametrize("act", ["suspend", "retitle", "hide"])
def test_a_change_that_waits_goes_on_waiting_whatever_else_is_decided(act):
    theory, author = an_approved_theory()
    revised(theory, author, f"Watch it {LEAK}")
    decide(open_case(), act, a_moderator())
    assert found(select(PendingRevision.post_id)) == [theory.id]
    if act == "hide":
        decide(open_case(), "restore", a_moderator())
    decide(open_case(), "approve", a_moderator())
    assert LEAK in again(theory).body


def test_a_hidden_post_stays_in_the_queue_until_somebody_has_looked_at_it(app):
    theory, _author = an_approved_theory()
    reporter = a_user()
    reported(theory, viewer_of(reporter))
    decide(open_case(), "hide", a_moderator())
    assert found(select(Report.state)) == ["open"]
    assert "no_action" not in acts_for(again(theory))
    decide(open_case(), "restore", a_moderator())
    assert found(select(Report.state)) == ["declined"]
    assert found(select(Case).where(Case.closed_at.is_(None))) == []
    inbox = a_visitor(app, reporter).see("/inbox")
    assert inbox.count("and it stands") == 1
    assert "was right" not in inbox


def test_the_archive_is_not_banned_and_only_new_accounts_are_swept_away():
    film = a_film()
    with unit_of_work():
        archive = accounts.add_archive("the_archive", by=Operator())
    theory = a_theory(a_thread(film), by=Operator(id=archive.id, seen=(film.id,)))
    with pytest.raises(Refused):
        decide(a_case(theory), "ban", a_moderator())
    assert not {"ban", "suspend", "ban_and_remove"} & set(acts_for(theory))
    old = a_theory()
    assert "ban_and_remove" in acts_for(old)
    with unit_of_work() as work:
        work.get_one(User, old.author_id).created_at -= days(31)
    assert "ban_and_remove" not in acts_for(old)


# --- safe titles, purges, cases of one's own ----------------------------------------------------


def test_a_new_safe_title_is_not_undone_by_a_form_that_was_open():
    theory, author = an_approved_theory()
    decide(a_case(theory), "retitle", a_moderator(), safe_title="Given by moderators")
    with pytest.raises(Outdated), unit_of_work():
        revise(theory, a_text(BODY + " More."), 1, by=author)
    assert again(theory).safe_title == "Given by moderators"
    kept = found(select(Revision.safe_title).where(Revision.post_id == theory.id))
    assert kept == ["A safe newcomer", "Given by moderators"]
    assert (theory.removed_under, theory.log_seq) == (None, None)


def test_a_change_that_waits_takes_the_new_safe_title_along():
    theory, author = an_approved_theory()
    revised(theory, author, f"Watch it {LEAK}")
    decide(open_case(), "retitle", a_moderator(), safe_title="Given by moderators")
    decide(open_case(), "approve", a_moderator())
    assert again(theory).safe_title == "Given by moderators"


def test_what_both_moderators_noted_of_a_purge_is_kept():
    case = a_case(a_theory())
    decide(case, "purge", a_moderator(), note="Her address.")
    decision = decide(case, "purge", a_moderator(), note="Indeed.")
    assert decision.note == "Her address.\nIndeed."
    assert verify() is None


def test_a_purge_needs_two_who_are_moderators_to_this_day(app):
    proposer, theory = a_user(role="moderator"), a_theory()
    case = a_case(theory)
    decide(case, "purge", viewer_of(proposer), note="Her address.")
    page = f"/moderation/cases/{case.id}"
    others = [a_user(role="moderator") for _ in range(2)]
    one, other = (a_visitor(app, user) for user in others)
    assert "proposes to purge this." in one.see(page)
    with unit_of_work() as work:
        accounts.set_role(work.get_one(User, proposer.id), "fan", by=Operator())
    assert "proposes to purge this." not in one.see(page)
    confirm = {"version": again(case).version}
    assert one.post(f"{page}/purge", **confirm).status_code == 303
    assert (again(theory).state, again(case).purge_by_id) == ("published", others[0].id)
    assert other.post(f"{page}/purge", version=again(case).version).status_code == 303
    assert again(theory).state == "purged"


def test_a_purge_erases_what_reporters_quoted():
    theory, other = a_theory(), a_theory()
    for post in (theory, other):
        reported(post, a_fan())
    case = a_case(theory)
    decide(case, "purge", a_moderator())
    decide(case, "purge", a_moderator())
    assert found(select(Report.words).order_by(Report.id)) == ["", "rude"]


def test_a_case_of_ones_own_is_discarded_without_a_trace_in_the_log():
    theory = a_theory()
    moderator = a_moderator()
    case = a_case(theory, moderator)
    with unit_of_work():
        cases.discard(case, by=moderator)
    assert again(case).outcome == "discarded"
    assert found(select(LogEntry)) == []
    assert len(found(select(Event).where(Event.kind == Kind.CASE_DISCARDED))) == 1


def test_a_case_for_which_somebody_waits_is_not_discarded():
    reported_one, hidden = a_theory(), a_theory()
    moderator = a_moderator()
    first, second = a_case(reported_one), a_case(hidden)
    reported(reported_one, a_fan())
    decide(second, "hide", moderator)
    a_newcomers_theory()
    third = found(select(Case).where(Case.kind == "held"))[0]
    for case in (first, second, third):
        with pytest.raises(NotPossible), unit_of_work():
            cases.discard(case, by=moderator)
        assert again(case).closed_at is None


def test_a_moderator_opens_no_case_about_what_they_wrote_and_pins_no_question_of_theirs(app):
    user, film = a_user(role="moderator"), a_film()
    thread = a_thread(film, by=a_fan(user, seen=(film,)))
    own, other = a_visitor(app, user, seen=(film,)), a_visitor(app, a_user(role="admin"))
    pin = f'action="/threads/{thread.id}/pin"'
    assert pin not in own.get(f"/posts/{thread.id}", follow_redirects=True).text
    for act in ("cases", "lock", "pin"):
        place = f"/posts/{thread.id}/cases" if act == "cases" else f"/threads/{thread.id}/{act}"
        assert own.post(place, value="1").status_code == 403
    assert (found(select(Case)), again(thread).pinned) == ([], False)
    assert pin in other.get(f"/posts/{thread.id}", follow_redirects=True).text
    assert other.post(f"/threads/{thread.id}/pin", value="1").status_code == 303


def test_a_question_is_locked_by_a_decision_and_by_nothing_else(app):
    thread = a_thread()
    moderator = a_visitor(app, a_user(role="moderator"))
    answer = moderator.post(f"/threads/{thread.id}/lock", value="1")
    case = open_case()
    assert answer.location == f"/moderation/cases/{case.id}?act=lock#decide-head"
    assert not again(thread).thread_locked
    grounds = {"rule": "2", "reasons": "It got personal.", "version": case.version}
    place = f"/moderation/cases/{case.id}/decision"
    assert moderator.post(place, act="lock", **grounds).status_code == 303
    assert again(thread).thread_locked
    assert "It got personal." in moderator.see("/moderation/log")
