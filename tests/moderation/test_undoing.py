"""Undoing: everything goes back to where it was, and nothing becomes public that never was."""

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.lib import clock
from forum.lib.database import unit_of_work
from forum.moderation import cases, decisions
from forum.moderation.decisions import Grounds
from forum.moderation.effects import NotPossible
from forum.moderation.models import Case, Decision, LogEntry, Report
from forum.theories import operations as theories
from forum.theories.changes import withdraw
from forum.theories.models import Post
from forum.theories.writing import words
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
)

pytestmark = pytest.mark.both_databases

HOLD_FIRST_POSTS = "2"


def a_post_in(state):
    """A theory of a new fan that came into `state` as theories do."""
    film = a_film()
    thread = a_thread(film)
    author = a_fan(seen=(film,), trust="newcomer" if state == "held" else "trusted")
    theory = a_theory(thread, by=author)
    if state == "hidden":
        decide(a_case(theory), "hide", a_moderator())
    elif state == "withdrawn":
        with unit_of_work():
            withdraw(theory, by=author)
    assert again(theory).state == state
    return theory, author


def undo(decision):
    moderator = a_moderator()
    with unit_of_work():
        return decisions.reverse(decision, Grounds(reasons="Wrong."), by=moderator)


def open_cases():
    return found(select(Case).where(Case.closed_at.is_(None)))


def reported(post, by=None):
    by = by or a_fan()
    with unit_of_work():
        cases.report(post, 2, "rude", by=by)
    return by


STATES = ["held", "published", "hidden", "withdrawn"]


@pytest.mark.parametrize("act", ["remove", "ban_and_remove"])
@pytest.mark.parametrize("state", STATES)
def test_undoing_brings_a_post_back_to_where_it_was(state, act):
    theory, _author = a_post_in(state)
    marks = (theory.removed_under, theory.log_seq)
    decision = decide(a_case(theory), act, a_moderator())
    assert again(theory).state == "removed"
    assert open_cases() == []
    undo(decision)
    assert again(theory).state == state
    assert (theory.removed_under, theory.log_seq) == marks
    # What is out of sight waits again.
    assert len(open_cases()) == (state in ("held", "hidden"))


@pytest.mark.parametrize("act", ["remove", "ban_and_remove"])
@pytest.mark.parametrize("state", STATES)
def test_restoring_in_a_case_brings_a_post_back_to_where_it_was(state, act):
    theory, author = a_post_in(state)
    decision = decide(a_case(theory), act, a_moderator())
    restored = decide(a_case(theory), "restore", a_moderator())
    assert again(theory).state == state
    undone = again(decision).reverted_by_id == restored.id
    assert undone is (act == "remove")  # the ban is in force
    assert again(found(select(User).where(User.id == author.id))[0]).sanction == (
        None if act == "remove" else "banned"
    )
    assert len(open_cases()) == (state in ("held", "hidden"))


def test_a_post_that_waits_again_can_be_approved(app):
    theory, _author = a_post_in("held")
    undo(decide(a_case(theory), "remove", a_moderator()))
    [case] = open_cases()
    assert (case.kind, case.hold_reason) == ("held", "first")
    decide(case, "approve", a_moderator())
    assert again(theory).state == "published"


def test_restoring_marks_the_decision_that_it_reverses(app, guest):
    theory, _author = a_post_in("published")
    removal = decide(a_case(theory), "remove", a_moderator())
    restored = decide(a_case(theory), "restore", a_moderator())
    assert (again(removal).reverted_by_id, restored.reverts_id) == (restored.id, removal.id)
    assert found(select(LogEntry.reverts_seq).where(LogEntry.seq == 2)) == [1]
    assert "undoes entry" in guest.see("/moderation/log")


@pytest.mark.parametrize(
    ("act", "back"), [("lock", "unlock"), ("ban", "lift"), ("hide", "restore")]
)
def test_whichever_door_was_used_the_decision_is_undone(act, back):
    thread = a_thread()
    first = decide(a_case(thread), act, a_moderator())
    second = decide(a_case(thread), back, a_moderator())
    assert again(first).reverted_by_id == second.id
    assert undo(first) is None


def test_undoing_a_suspension_leaves_a_later_ban_in_force():
    theory, author = a_post_in("published")
    suspension = decide(a_case(theory), "suspend", a_moderator())
    ban = decide(a_case(theory), "ban", a_moderator())
    with pytest.raises(NotPossible):
        undo(suspension)
    user = found(select(User).where(User.id == author.id))[0]
    assert user.sanction == "banned"
    undo(ban)
    assert (again(user).sanction, user.sanctioned_until) == ("suspended", suspension.until)
    undo(suspension)
    assert again(user).sanction is None


def test_a_ban_is_not_made_less_by_a_suspension():
    theory, author = a_post_in("published")
    decide(a_case(theory), "ban", a_moderator())
    with pytest.raises(NotPossible):
        decide(a_case(theory), "suspend", a_moderator(), until=clock.now() + days(1))
    assert found(select(User.sanction).where(User.id == author.id)) == ["banned"]


def test_undoing_a_hiding_leaves_a_later_removal_in_force():
    theory, _author = a_post_in("published")
    hiding = decide(a_case(theory), "hide", a_moderator())
    removal = decide(a_case(theory), "remove", a_moderator())
    with pytest.raises(NotPossible):
        undo(hiding)
    assert again(theory).state == "removed"
    undo(removal)
    assert (again(theory).state, theory.log_seq) == ("hidden", hiding.log_seq)
    undo(hiding)
    assert again(theory).state == "published"
    assert open_cases() == []


def test_undoing_a_new_safe_title_leaves_what_the_author_made_of_it():
    theory, _author = a_post_in("published")
    decision = decide(a_case(theory), "retitle", a_moderator(), safe_title="Given by moderators")
    with unit_of_work() as work:
        work.get_one(Post, theory.id).safe_title = "The author's own new one"
    with pytest.raises(NotPossible):
        undo(decision)
    assert again(theory).safe_title == "The author's own new one"


def test_a_sweep_is_undone_by_one_act_though_its_ban_was_lifted():
    theory, author = a_post_in("published")
    thread = found(select(Post).where(Post.id == theory.thread_id))[0]
    swept = [theory, a_theory(thread, by=author), a_theory(thread, by=author)]
    user = found(select(User).where(User.id == author.id))[0]
    sweep = decide(a_case(theory), "ban_and_remove", a_moderator())
    decide(a_case(theory), "lift", a_moderator())
    assert (again(user).sanction, again(theory).state) == (None, "removed")
    suspension = decide(a_case(theory), "suspend", a_moderator())
    undo(suspension)
    assert again(user).sanction is None  # and not what was lifted
    undo(sweep)
    assert again(user).sanction is None
    assert {again(post).state for post in swept} == {"published"}


def test_undoing_everything_leaves_what_was_purged_meanwhile():
    theory, author = a_post_in("published")
    other = a_theory()
    decision = decide(a_case(theory), "ban_and_remove", a_moderator())
    case = a_case(theory)
    decide(case, "purge", a_moderator())
    decide(case, "purge", a_moderator())
    undo(decision)
    assert again(theory).state == "purged"
    assert again(other).state == "published"
    assert found(select(User.sanction).where(User.id == author.id)) == [None]


def test_a_reversal_after_a_change_of_mind_is_refused_in_words(app):
    theory, _author = a_post_in("published")
    decide(a_case(theory), "suspend", a_moderator())
    decide(a_case(theory), "ban", a_moderator())
    first = found(select(Decision).order_by(Decision.id))[0]
    answer = a_visitor(app, a_user(role="moderator")).post(
        f"/moderation/decisions/{first.id}/reversal", reasons="Wrong."
    )
    assert answer.status_code == 409
    assert "A later sanction is in force: undo that one first." in answer.text
    assert "Wrong." in answer.text


def test_what_stood_before_a_newcomer_was_swept_away_comes_back_post_by_post(app):
    film = a_film()
    thread = a_thread(film)
    author = a_fan(seen=(film,), trust="newcomer")
    waiting = a_theory(thread, by=author)
    with unit_of_work():
        gone = theories.post_theory(
            thread, words("x", safe_title="Gone", title="g", kind="plot"), by=author
        )
    with unit_of_work():
        withdraw(gone, by=author)
    undo(decide(a_case(waiting), "ban_and_remove", a_moderator()))
    assert (again(waiting).state, again(gone).state) == ("held", "withdrawn")
    assert a_visitor(app, seen=(film,)).get(f"/posts/{waiting.id}").status_code == 404


@pytest.mark.parametrize(("end", "outcome"), [("restore", "declined"), ("remove", "upheld")])
def test_a_report_that_is_open_again_is_read_and_settled_in_the_case_that_is_open(end, outcome):
    theory, _author = a_post_in("published")
    reported(theory)
    [first] = open_cases()
    decide(first, "hide", a_moderator())
    decide(first, "remove", a_moderator())
    decide(a_case(theory), "restore", a_moderator())
    assert again(theory).state == "hidden"
    [case] = open_cases()
    assert (case.id != first.id, case.report_count, case.score) == (True, 1, 5)
    assert again(first).report_count == 0
    assert found(select(Report.case_id)) == [case.id]
    decide(case, end, a_moderator())
    assert (open_cases(), found(select(Report.state))) == ([], [outcome])


def test_two_open_reports_of_one_fan_are_settled_together():
    theory, _author = a_post_in("published")
    fan = reported(theory)
    suspension = decide(open_cases()[0], "suspend", a_moderator())
    reported(theory, fan)
    [case] = open_cases()
    decide(case, "hide", a_moderator())
    undo(suspension)
    assert found(select(Report.state)) == ["open", "open"]
    decide(case, "remove", a_moderator())
    assert found(select(Report.state)) == ["upheld", "upheld"]
