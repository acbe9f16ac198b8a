"""What waits for moderators: it leaves no trace for others, changes under nobody's hands, and stays
in the queue until it is settled."""

import html

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.lib.database import unit_of_work
from forum.moderation import decisions, queries
from forum.moderation.decisions import Grounds, Handled
from forum.moderation.log import verify
from forum.moderation.models import Case, Report
from forum.theories.changes import withdraw, withdraw_change
from forum.theories.models import PendingRevision
from tests.factories import (
    a_case,
    a_fan,
    a_moderator,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    author_of,
    decide,
    film_of,
    found,
    viewer_of,
)
from tests.moderation.waiting import (
    BODY,
    LEAK,
    a_newcomers_theory,
    acts_for,
    an_approved_theory,
    open_case,
    reported,
    revised,
)

pytestmark = pytest.mark.usefixtures("app")

HOLD_FIRST_POSTS = "2"


# --- what was never published -------------------------------------------------------------------


def refuse(theory, author):
    decide(open_case(), "remove", a_moderator(), reasons="Not here.")


def take_back(theory, author):
    with unit_of_work():
        withdraw(theory, by=author)


def sweep_away(theory, author):
    decide(open_case(), "ban_and_remove", a_moderator(), reasons="Not here.")


@pytest.mark.parametrize("end", [refuse, take_back, sweep_away])
def test_what_nobody_has_seen_leaves_no_trace_for_others(app, guest, end):
    theory, author = a_newcomers_theory()
    film = film_of(theory)
    thread = f"/posts/{theory.thread_id}"
    end(theory, author)
    other = a_visitor(app, seen=(film,))
    for visitor in (guest, other):
        assert visitor.get(f"/posts/{theory.id}").status_code == 404
        for place in (f"/films/{film.slug}", "/moderation/log", f"/fans/{author.name}"):
            assert "MyFlixer" not in visitor.see(place)
        page = visitor.get(thread, follow_redirects=True).text
        assert "MyFlixer" not in page
        assert "Withdrawn by its author." not in page
        assert "Removed by the moderators" not in page
    own = a_visitor(app, found(select(User).where(User.id == author.id))[0], seen=(film,))
    assert own.get(f"/posts/{theory.id}", follow_redirects=True).status_code == 200
    assert verify() is None


def test_the_log_says_that_something_waited_and_not_what(guest):
    theory, _author = a_newcomers_theory()
    decide(open_case(), "remove", a_moderator())
    page = guest.see("/moderation/log")
    assert "A theory that waited" in page
    assert f"/posts/{theory.id}" not in page


# --- what changes while it waits ----------------------------------------------------------------


def test_a_held_post_that_changes_under_a_moderators_hands_is_not_approved(app):
    theory, author = a_newcomers_theory("A safe one", "Harmless.")
    case = open_case()
    seen = case.version
    revised(theory, author, f"Watch it {LEAK}")
    moderator = a_moderator()
    with pytest.raises(Handled), unit_of_work():
        decisions.decide(case, "approve", Grounds(), seen, by=moderator)
    assert again(theory).state == "held"
    assert (again(case).hold_reason, case.post_version) == ("link", 2)
    revised(theory, author, "Harmless again.")
    assert again(case).hold_reason == "first"


def test_a_reported_post_that_its_author_changes_makes_the_form_outdated():
    theory, author = an_approved_theory()
    reported(theory, a_fan(seen=(film_of(theory),)))
    seen = open_case().version
    revised(theory, author, BODY + " Thirteen.")
    assert open_case().version == seen + 1
    assert open_case().post_version == again(theory).version


def test_a_small_change_takes_the_place_of_the_one_that_waited_and_ends_its_case():
    theory, author = an_approved_theory()
    revised(theory, author, f"Watch it {LEAK}")
    case = open_case()
    assert case.kind == "edit"
    revised(theory, author, BODY + " Thirteen.")
    assert (again(case).outcome, found(select(PendingRevision))) == ("withdrawn", [])


def test_a_newcomer_reads_before_they_change_what_stands_which_changes_wait(app):
    told = "You are new here: a new link, or a large change, waits for a moderator first."
    theory, author = an_approved_theory()
    visitor = a_visitor(app, author_of(theory))
    assert told in visitor.see(f"/posts/{theory.id}/edit")
    revised(theory, author, LEAK)
    page = visitor.see(f"/posts/{theory.id}/edit")
    assert "your change that waits" in page
    assert told not in page
    held, _author = a_newcomers_theory()
    assert told not in a_visitor(app, author_of(held)).see(f"/posts/{held.id}/edit")
    trusted = a_user()
    film = film_of(theory)
    other = a_theory(a_thread(film), by=a_fan(trusted, seen=(film,)))
    assert told not in a_visitor(app, trusted).see(f"/posts/{other.id}/edit")


def test_of_two_tabs_that_change_what_waits_the_slower_sees_both_texts(app):
    theory, _author = an_approved_theory()
    own = a_visitor(app, author_of(theory), seen=(film_of(theory),))
    place = f"/posts/{theory.id}/revisions"
    typed = {"safe_title": "A safe one", "title": "A title", "kind": "plot", "version": "1"}
    for _twice in range(2):
        assert own.post(place, body=f"First {LEAK}", **typed).status_code == 303
    refused = own.post(place, body=f"Second {LEAK}", **typed)
    assert refused.status_code == 409
    assert f"Second {LEAK}" in refused.text
    [waiting] = found(select(PendingRevision))
    assert waiting.body == f"First {LEAK}"
    for page in (refused.text, own.see(f"/posts/{theory.id}/edit")):
        assert f'name="change" type="hidden" value="{html.escape(waiting.stamp)}"' in page
    again_sent = own.post(place, body=f"Second {LEAK}", change=waiting.stamp, **typed)
    assert again_sent.status_code == 303
    assert found(select(PendingRevision.body)) == [f"Second {LEAK}"]


def test_an_author_who_goes_back_to_what_stands_takes_the_change_back(app):
    theory, author = an_approved_theory()
    revised(theory, author, f"Watch it {LEAK}")
    case, [waiting] = open_case(), found(select(PendingRevision))
    own = a_visitor(app, author_of(theory), seen=(film_of(theory),))
    stands = {name: getattr(theory, name) for name in ("safe_title", "title", "kind", "body")}
    answer = own.post(
        f"/posts/{theory.id}/revisions", version=theory.version, change=waiting.stamp, **stands
    )
    assert "Your change is withdrawn. The version before stands." in own.see(answer.location)
    assert (found(select(PendingRevision)), again(case).outcome) == ([], "withdrawn")
    assert again(theory).version == 1


def test_a_change_that_waits_is_edited_after_moderators_gave_another_safe_title(app):
    theory, author = an_approved_theory()
    revised(theory, author, f"Watch it {LEAK}")
    decide(open_case(), "retitle", a_moderator(), safe_title="Given by moderators")
    page = a_visitor(app, author_of(theory)).see(f"/posts/{theory.id}/edit")
    assert 'name="version" type="hidden" value="2"' in page


def test_a_small_change_leaves_the_reports_of_a_case_waiting():
    theory, author = an_approved_theory()
    reported(theory, a_fan(seen=(film_of(theory),)))
    revised(theory, author, f"Watch it {LEAK}")
    assert (open_case().kind, open_case().hold_reason) == ("report", "link")
    revised(theory, author, BODY + " Thirteen.")
    assert (open_case().kind, open_case().hold_reason) == ("report", None)


def report_it(theory, _author):
    reported(theory, a_fan(seen=(film_of(theory),)))


def change_it(theory, author):
    revised(theory, author, f"Watch it {LEAK}")


WHICHEVER_CAME_FIRST = [(report_it, change_it), (change_it, report_it)]


@pytest.mark.parametrize("both", WHICHEVER_CAME_FIRST)
@pytest.mark.parametrize(("act", "version"), [("approve", 2), ("refuse", 1)])
def test_settling_a_change_leaves_the_reports_of_a_case_waiting(act, version, both):
    theory, author = an_approved_theory()
    for come in both:
        come(theory, author)
    decide(open_case(), act, a_moderator())
    assert again(theory).version == version
    assert found(select(Report.state)) == ["open"]
    assert (open_case().kind, open_case().hold_reason) == ("report", None)
    assert "refuse" not in acts_for(theory)
    decide(open_case(), "remove", a_moderator())
    assert found(select(Report.state)) == ["upheld"]


@pytest.mark.parametrize("both", WHICHEVER_CAME_FIRST)
def test_an_author_who_takes_a_change_back_leaves_the_reports_of_a_case_waiting(both):
    theory, author = an_approved_theory()
    for come in both:
        come(theory, author)
    with unit_of_work():
        withdraw_change(theory, by=author)
    assert (open_case().kind, open_case().hold_reason) == ("report", None)
    decide(open_case(), "no_action", a_moderator())
    assert found(select(Report.state)) == ["declined"]


def refused(decision):
    return [change.body for change, *_rest in queries.refused_by(decision)]


def test_a_refused_change_is_kept_for_its_author_until_a_purge():
    theory, author = an_approved_theory()
    revised(theory, author, f"Watch it {LEAK}")
    decision = decide(open_case(), "refuse", a_moderator())
    assert refused(decision) == [f"Watch it {LEAK}"]
    revised(theory, author, f"Watch it again {LEAK}")
    removal = decide(open_case(), "remove", a_moderator())
    assert refused(removal) == [f"Watch it again {LEAK}"]
    case = a_case(theory)
    decide(case, "purge", a_moderator())
    decide(case, "purge", a_moderator())
    found(select(Case))
    assert (refused(decision), refused(removal)) == ([], [])


@pytest.mark.parametrize("act", ["remove", "ban_and_remove"])
def test_a_change_that_went_with_its_post_is_read_by_its_author_and_waits_again_with_it(app, act):
    theory, author = an_approved_theory()
    revised(theory, author, f"Watch it {LEAK}")
    case = open_case()
    decision = decide(case, act, a_moderator())
    own = a_visitor(app, author_of(theory))
    page = own.see(f"/standing/decisions/{decision.id}")
    assert LEAK in page
    assert "One two three" in page
    moderator = a_moderator()
    with unit_of_work():
        decisions.reverse(decision, Grounds(reasons="It was wrong."), by=moderator)
    assert found(select(PendingRevision.body)) == [f"Watch it {LEAK}"]
    assert (open_case().id, open_case().kind, open_case().hold_reason) == (case.id, "edit", "link")
    assert LEAK not in own.see(f"/standing/decisions/{decision.id}")
    decide(open_case(), "approve", a_moderator())
    assert again(theory).body == f"Watch it {LEAK}"


def test_whoever_restores_a_post_finds_the_change_that_waited(app):
    theory, author = an_approved_theory()
    revised(theory, author, f"Watch it {LEAK}")
    decide(open_case(), "remove", a_moderator())
    decide(a_case(theory), "restore", a_moderator())
    assert open_case().hold_reason == "link"
    assert acts_for(again(theory))[:2] == ["approve", "refuse"]


@pytest.mark.parametrize("said", [(2, "rude"), (4, "It advertises, too.")])
def test_who_reports_anew_in_a_case_that_was_opened_again_waits_for_an_answer(app, said):
    theory, author = an_approved_theory()
    revised(theory, author, f"Watch it {LEAK}")
    reporter, moderator = a_user(), a_moderator()
    reported(theory, viewer_of(reporter))
    removal = decide(open_case(), "remove", moderator)
    with unit_of_work():
        decisions.reverse(removal, Grounds(reasons="It was wrong."), by=moderator)
    assert found(select(Report.state)) == ["declined"]
    page, again_by = f"/posts/{theory.id}/reports/new", a_visitor(app, reporter)
    assert "You have reported it." not in again_by.see(page)
    rule, text = said
    answer = again_by.post(f"/posts/{theory.id}/reports", rule=str(rule), words=text)
    assert "You will hear what came of it" in again_by.see(answer.location)
    [report] = found(select(Report))
    assert (report.state, report.rule_number, report.words) == ("open", rule, text)
    assert (report.decided_at, report.decision_id) == (None, None)
    assert "You have reported it." in again_by.see(page)
    decide(open_case(), "remove", moderator)
    assert "was right" in again_by.see("/inbox")


def test_an_author_who_takes_a_change_back_ends_a_case_whose_reports_are_settled():
    theory, author = an_approved_theory()
    report_it(theory, author)
    change_it(theory, author)
    removal, moderator = decide(open_case(), "remove", a_moderator()), a_moderator()
    with unit_of_work():
        decisions.reverse(removal, Grounds(reasons="It was wrong."), by=moderator)
    case = open_case()
    with unit_of_work():
        withdraw_change(theory, by=author)
    assert again(case).outcome == "withdrawn"


def test_another_safe_title_waits_however_long_the_text_below_it_is():
    theory, author = an_approved_theory(BODY * 20)
    assert revised(theory, author, BODY * 20 + " More.") is True
    assert revised(theory, author, BODY * 20, safe_title="He was dead all along") is False
    assert again(theory).safe_title == "A safe newcomer"
