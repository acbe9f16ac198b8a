"""Deciding a case: what each act does, who is told, and how it is undone."""

import pytest
from sqlalchemy import func, select

from forum.accounts.models import Session, User
from forum.events import Event
from forum.lib.database import unit_of_work
from forum.moderation import decisions
from forum.moderation.decisions import Grounds, GroundsMissing, Handled
from forum.moderation.models import Decision, LogEntry, LogLabel, Rule
from forum.moderation.rules import change_rule, change_text
from forum.permissions import Refused
from forum.theories.models import IllegalMove, Post, Revision
from tests.factories import (
    PASSWORD,
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
    film_of,
    found,
    lock_question,
    viewer_of,
)
from tests.visitors import Visitor

pytestmark = pytest.mark.usefixtures("app")


def undo(decision, by):
    return sent(decisions.reverse, decision, Grounds(reasons="It was wrong."), by=by)


def sent(act, *given, by):
    with unit_of_work():
        return act(*given, by=by)


def test_a_removed_theory_leaves_a_tombstone_that_names_the_rule_and_leads_to_the_log(app):
    theory = a_theory(title="What was removed")
    decide(a_case(theory), "remove", a_moderator())
    page = a_visitor(app, seen=(film_of(theory),)).see(f"/posts/{theory.id}")
    assert "Removed by the moderators, by rule 2." in page
    assert "What was removed" not in page
    assert "/moderation/log?entry=1#entry-1" in page


def test_author_still_reads_what_was_removed_and_why(app):
    author = a_user()
    film = a_film()
    theory = a_theory(a_thread(film), by=a_fan(author, seen=(film,)), body="My own words stay.")
    decision = decide(a_case(theory), "remove", a_moderator(), reasons="Rude to noor.")
    page = a_visitor(app, author).see(f"/standing/decisions/{decision.id}")
    assert "My own words stay." in page
    assert "Rude to noor." in page
    assert "Argue with the theory, not the person" in page


def test_nobody_else_reads_a_statement_of_reasons(app):
    decision = decide(a_case(), "remove", a_moderator())
    assert a_visitor(app).get(f"/standing/decisions/{decision.id}").status_code == 404


@pytest.mark.parametrize("act", ["hide", "remove"])
def test_what_was_taken_down_comes_back_by_one_act(app, act):
    theory = a_theory()
    film = again(film_of(theory))
    before = film.theory_count
    decision = decide(a_case(theory), act, a_moderator())
    assert again(film).theory_count == before - 1
    undo(decision, a_moderator())
    assert again(theory).state == "published"
    assert again(film).theory_count == before
    assert theory.removed_under is None


def test_undoing_twice_does_nothing_the_second_time():
    decision = decide(a_case(), "remove", a_moderator())
    moderator = a_moderator()
    assert undo(decision, moderator) is not None
    assert undo(decision, moderator) is None
    assert len(found(select(LogEntry))) == 2


def test_a_removal_needs_a_rule_and_reasons():
    case = a_case()
    with pytest.raises(GroundsMissing):
        decide(case, "remove", a_moderator(), rule_number=None)
    with pytest.raises(GroundsMissing):
        decide(case, "remove", a_moderator(), reasons="  ")
    assert again(case).closed_at is None


def test_the_second_of_two_moderators_is_told_who_was_faster(app):
    theory = a_theory()
    case = a_case(theory)
    first = a_visitor(app, a_user("swift_mod", role="moderator"))
    second = a_visitor(app, a_user(role="moderator"))
    form = {"version": case.version, "rule": "2", "reasons": "Rude.", "note": ""}
    place = f"/moderation/cases/{case.id}/decision"
    assert first.post(place, act="remove", **form).status_code == 303
    late = second.post(place, act="hide", **form)
    assert late.status_code == 409
    assert "Handled by swift_mod just now: removed." in late.text
    assert "Rude." in late.text
    assert len(found(select(Decision))) == 1


def test_a_new_report_makes_the_form_outdated(app):
    theory = a_theory()
    case = a_case(theory)
    visitor = a_visitor(app)
    visitor.post(f"/posts/{theory.id}/reports", rule="4", words="spam")
    moderator = a_visitor(app, a_user(role="moderator"))
    late = moderator.post(
        f"/moderation/cases/{case.id}/decision",
        version=case.version,
        act="remove",
        rule="2",
        reasons="Rude.",
    )
    assert late.status_code == 409
    assert "The case has changed since you opened it" in late.text


def test_nobody_decides_about_themselves_or_a_higher_role():
    film = a_film()
    moderator, admin = a_moderator(seen=(film,)), a_moderator(seen=(film,), role="admin")
    with pytest.raises(Refused):
        decide(a_case(a_theory(a_thread(film), by=moderator)), "remove", moderator)
    with pytest.raises(Refused):
        decide(a_case(a_theory(a_thread(film), by=admin)), "remove", a_moderator())


def test_moderators_sanction_no_other_moderator():
    film = a_film()
    case = a_case(a_theory(a_thread(film), by=a_moderator(seen=(film,))))
    with pytest.raises(Refused):
        decide(case, "suspend", a_moderator())
    assert decide(case, "suspend", a_moderator(role="admin")) is not None


@pytest.mark.both_databases
@pytest.mark.parametrize("meanwhile", [{"role": "fan"}, {"sanction": "banned"}], ids=str)
def test_what_a_moderator_sent_counts_only_if_they_still_are_one(meanwhile):
    user = a_user(role="admin")
    by, theory = viewer_of(user), a_theory()
    case, proposed = a_case(theory), a_case()
    decide(proposed, "purge", a_moderator())
    removal = decide(a_case(), "remove", a_moderator())
    [rule] = found(select(Rule).where(Rule.number == 2))
    seen, before = again(proposed).version, found(select(func.count()).select_from(Event))
    with unit_of_work() as work:
        for name, value in meanwhile.items():
            setattr(work.get_one(User, user.id), name, value)
    acts = [
        *(lambda act=act: decide(case, act, by) for act in ("remove", "ban_and_remove")),
        lambda: undo(removal, by),
        lambda: sent(decisions.refuse_purge, proposed, seen, by=by),
        lambda: sent(change_rule, rule, "Mine", "Mine.", "<p>Mine.</p>", by=by),
        lambda: sent(change_text, "about", "Mine.", "<p>Mine.</p>", 0, by=by),
    ]
    for act in acts:
        with pytest.raises(Refused, match="changed meanwhile"):
            act()
    assert found(select(func.count()).select_from(Event)) == before


def test_a_locked_question_is_opened_again_by_undoing():
    thread = a_thread()
    theory = a_theory(thread)
    decision = decide(a_case(thread), "lock", a_moderator())
    assert again(theory).thread_locked
    undo(decision, a_moderator())
    assert not again(theory).thread_locked


def test_only_a_question_is_locked():
    with pytest.raises(IllegalMove):
        decide(a_case(a_theory()), "lock", a_moderator())


def test_a_safe_title_is_changed_and_changed_back():
    theory = a_theory(safe_title="He dies, safely")
    decision = decide(a_case(theory), "retitle", a_moderator(), safe_title="What he does")
    assert again(theory).safe_title == "What he does"
    undo(decision, a_moderator())
    assert again(theory).safe_title == "He dies, safely"


def test_a_purge_needs_a_second_moderator_and_erases_every_version():
    theory = a_theory(title="A private address", body="It is number 7.")
    case = a_case(theory)
    proposer = a_moderator()
    assert decide(case, "purge", proposer) is None
    assert decide(case, "purge", proposer) is None
    assert again(theory).state == "published"
    decision = decide(case, "purge", a_moderator())
    assert again(theory).state == "purged"
    kept = found(select(Revision.body).where(Revision.post_id == theory.id))
    assert (theory.body, theory.html, theory.title, kept) == ("", "", "", [])
    assert decision.second_by_id == proposer.id
    assert found(select(LogEntry))[0].with_second


def test_a_refused_purge_leaves_the_case_open(app):
    theory = a_theory()
    case = a_case(theory)
    decide(case, "purge", a_moderator())
    other = a_visitor(app, a_user(role="moderator"))
    assert "proposes to purge this" in other.see(f"/moderation/cases/{case.id}")
    version = again(case).version
    answer = other.post(f"/moderation/cases/{case.id}/purge/refusal", version=version)
    assert answer.status_code == 303
    assert again(case).purge_by_id is None
    assert again(theory).state == "published"


def test_a_second_moderator_confirms_a_purge_in_the_browser(app):
    theory = a_theory()
    case = a_case(theory)
    decide(case, "purge", a_moderator())
    other = a_visitor(app, a_user(role="moderator"))
    version = again(case).version
    answer = other.post(f"/moderation/cases/{case.id}/purge", version=version)
    assert answer.status_code == 303
    assert again(theory).state == "purged"


def test_a_suspended_person_reads_sees_why_and_until_when_and_writes_nothing(app):
    film = a_film()
    user = a_user()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    other = a_theory(a_thread(film))
    decide(a_case(theory), "suspend", a_moderator(), reasons="Third time.")
    visitor = a_visitor(app, user)
    page = visitor.see("/")
    assert "You are suspended until" in page
    assert "Third time." in visitor.see("/standing/decisions/1")
    assert visitor.get(f"/posts/{other.id}", follow_redirects=True).status_code == 200
    assert visitor.post(f"/posts/{other.id}/votes", value="1").status_code == 403
    assert visitor.post(f"/posts/{other.id}/reports", rule="1").status_code == 403


def test_a_page_says_once_that_its_reader_is_suspended(app):
    film, user = a_film(), a_user()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    other = a_theory(a_thread(film))
    a_reply(other)
    unanswered = a_thread(film)
    visitor = a_visitor(app, user)
    assert "Ask another" in visitor.see(f"/films/{film.slug}")
    decide(a_case(theory), "suspend", a_moderator())
    places = [f"/threads/{other.thread_id}", f"/threads/{unanswered.id}", f"/posts/{other.id}"]
    for place in ["/", "/standing", "/votes", f"/films/{film.slug}", *places]:
        page = visitor.get(place, follow_redirects=True).text
        assert page.count("suspended until") == 1, place
        assert page.count("/standing/decisions/1") >= 1, place
    lock_question(again(unanswered))
    assert "This question is locked" in visitor.see(f"/threads/{unanswered.id}")


def test_a_suspension_ends_by_itself(app):
    user = a_user()
    fan = viewer_of(user)
    film = a_film()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    decide(a_case(theory), "suspend", a_moderator(), until=fan.now)
    other = a_theory(a_thread(film))
    assert a_visitor(app, user).post(f"/posts/{other.id}/votes", value="1").status_code == 303


def test_a_ban_ends_every_session_and_its_lifting_lets_them_write_again(app):
    user = a_user()
    film = a_film()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    visitor = a_visitor(app, user)
    decision = decide(a_case(theory), "ban", a_moderator())
    assert visitor.get("/settings").status_code == 303
    assert found(select(func.count()).select_from(Session).where(Session.user_id == user.id)) == [0]
    back = Visitor(app)
    back.log_in(user.name, PASSWORD)
    assert "You are banned" in back.see("/")
    undo(decision, a_moderator())
    assert "You are banned" not in back.see("/")
    assert "may write again" in back.see("/inbox")


def test_a_spammer_with_200_posts_is_gone_in_one_act_and_back_in_one(app):
    film = a_film()
    thread = a_thread(film)
    spammer = a_fan(a_user(role="admin"), seen=(film,))  # admins post without a quota
    for _ in range(100):
        a_reply(a_theory(thread, by=spammer), by=spammer)
    with unit_of_work() as work:
        work.get_one(User, spammer.id).role = "fan"
    first = found(select(Post).where(Post.author_id == spammer.id).order_by(Post.id))[0]
    decision = decide(a_case(first), "ban_and_remove", a_moderator(), reasons="Spam.")
    gone = select(func.count()).where(Post.author_id == spammer.id, Post.state == "removed")
    assert found(gone) == [200]
    assert again(thread).theory_count == 0
    assert found(select(LogEntry.child_count)) == [200]
    assert found(select(LogLabel.text)) == ["An account"]
    undo(decision, a_moderator())
    assert again(thread).theory_count == 100


def test_an_outdated_decision_raises_with_who_and_when():
    case, first, second = a_case(), a_moderator(), a_moderator()
    decide(case, "no_action", first)
    with pytest.raises(Handled) as late, unit_of_work():
        decisions.decide(case, "no_action", Grounds(), 99, by=second)
    assert late.value.by_id == first.id
    assert late.value.at == again(case).closed_at
