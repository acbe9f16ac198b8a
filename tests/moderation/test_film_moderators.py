"""Moderators of chosen films: they do there what moderators do, and see nothing of the rest."""

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from forum.accounts import operations as accounts
from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.cli import main
from forum.events import Event, Kind
from forum.films import operations as films
from forum.films.models import Film
from forum.films.queries import moderated_by
from forum.lib.database import session, unit_of_work
from forum.moderation import cases
from forum.moderation.models import Case, Decision, Report
from forum.permissions import Refused
from forum.theories.changes import pin
from forum.theories.models import Post
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_film_moderator,
    a_moderator,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    author_of,
    decide,
    found,
)
from tests.moderation.desk import a_reported_case, sends

pytestmark = pytest.mark.usefixtures("app")


def a_desk(app, *of, name=""):
    """A browser in which a moderator of the films `of` is logged in."""
    return a_visitor(app, session().get_one(User, a_film_moderator(*of, name=name).id))


def about(film, safe_title):
    """A theory about `film`."""
    return a_theory(a_thread(film), safe_title=safe_title)


def test_their_queue_holds_what_waits_on_their_films(app):
    mine, other = a_film("Mine"), a_film("Other")
    a_case(about(mine, "Waits on mine")), a_case(about(other, "Waits on another"))
    page = a_desk(app, mine).see("/moderation/queue")
    assert "Waits on mine" in page
    assert "1 waits" in page
    assert "Waits on another" not in page
    assert ">Other<" not in page
    narrowed = a_desk(app, mine).see(f"/moderation/queue?film={other.id}")
    assert "Waits on another" not in narrowed


def test_a_case_on_another_film_is_as_if_there_were_none(app):
    mine, theory = a_film(), about(a_film(), "Elsewhere")
    case, desk = a_case(theory), a_desk(app, mine)
    assert desk.get(f"/moderation/cases/{case.id}").status_code == 404
    assert desk.post(f"/moderation/cases/{case.id}/claim").status_code == 404
    assert sends(desk, case, "no_action").status_code == 404
    refused = desk.post(f"/posts/{theory.id}/cases")
    assert refused.status_code == 403
    assert "You moderate other films than this one." in refused.text
    assert desk.post(f"/threads/{theory.thread_id}/lock", value="1").status_code == 403


def test_they_decide_and_undo_what_is_about_their_films(app):
    film = a_film()
    case = a_reported_case(app, about(film, "Reported on mine"))
    desk = a_desk(app, film, name="keeper")
    assert "keeper" in desk.see(f"/moderation/cases/{case.id}")
    answer = sends(desk, case, "remove", rule="2", reasons="It argues with the person.")
    assert answer.status_code == 303
    (decision,) = found(select(Decision).where(Decision.case_id == case.id))
    assert "keeper" in desk.see("/moderation/log")
    assert "Reported on mine" in desk.see(f"/standing/decisions/{decision.id}")
    assert desk.post(f"/moderation/decisions/{decision.id}/reversal").status_code == 303
    assert again(decision).reverted_by_id


def test_what_they_report_on_their_films_weighs_what_a_moderators_does(app):
    mine, other = a_film(), a_film()
    desk = a_desk(app, mine)
    weights = []
    for film in (mine, other):
        theory = about(film, "Reported by a moderator")
        assert desk.post(f"/posts/{theory.id}/reports", rule="2", words="").status_code == 303
        weights += found(select(Report.weight).join(Case).where(Case.post_id == theory.id))
    assert weights == [6.0, 5.0]  # as staff, and as a trusted member


def test_they_hold_nobody_off_the_site(app):
    film = a_film()
    case, desk = a_case(about(film, "A spammer's")), a_desk(app, film)
    page = desk.see(f"/moderation/cases/{case.id}")
    assert 'value="remove"' in page
    assert 'value="ban"' not in page
    assert 'value="suspend"' not in page
    refused = sends(desk, case, "ban", rule="2", reasons="It argues with the person.")
    assert refused.status_code == 403
    assert "Moderators of the whole site do this." in refused.text


def test_what_a_moderator_of_the_site_wrote_they_find_to_stand_and_no_more(app):
    film = a_film()
    theory = a_theory(a_thread(film), by=a_moderator(seen=(film,)))
    case, desk = a_reported_case(app, theory), a_desk(app, film)
    page = desk.see(f"/moderation/cases/{case.id}")
    assert "anything more takes another of that role." in page
    assert "takes another admin" not in page
    assert 'value="remove"' not in page
    answer = sends(desk, case, "remove", rule="2", reasons="It argues with the person.")
    assert answer.status_code == 403
    assert sends(desk, case, "no_action").status_code == 303
    assert again(case).outcome == "declined"


def test_what_was_decided_elsewhere_is_not_told_beside_their_cases(app):
    author, mine, other = a_fan(), a_film("Mine"), a_film("Other")
    for film, name in ((mine, "Decided on mine"), (other, "Decided on another")):
        fan = a_fan(session().get_one(User, author.id), seen=(film,))
        removed = a_case(a_theory(a_thread(film), by=fan, safe_title=name))
        moderator = a_moderator()
        with unit_of_work():
            cases.add_note(removed, f"A note, {name}.", by=moderator)
        decide(removed, "remove", moderator, note=f"Private, {name}.")
    fan = a_fan(session().get_one(User, author.id), seen=(mine,))
    case = a_case(a_theory(a_thread(mine), by=fan))
    desk = a_desk(app, mine)
    page = desk.see(f"/moderation/cases/{case.id}")
    assert "Decided on mine" in page
    assert "A note, Decided on mine." in page
    assert "Decided on another" not in page
    log = desk.see("/moderation/log")
    assert "Private, Decided on mine." in log
    assert "Private, Decided on another." not in log
    (elsewhere,) = found(select(Decision.id).join(Post).where(Post.film_id == other.id))
    assert desk.get(f"/standing/decisions/{elsewhere}").status_code == 404


def test_one_of_them_confirms_what_another_proposes_to_purge(app):
    film = a_film()
    case = a_case(about(film, "To be purged"))
    first, second = a_desk(app, film, name="first"), a_desk(app, film)
    assert sends(first, case, "purge", rule="4", reasons="It must go.").status_code == 303
    assert "first proposes to purge this." in second.see(f"/moderation/cases/{case.id}")
    with unit_of_work():
        films.appoint(found(select(User.id).where(User.name == "first"))[0], [], by=Operator())
    page = second.see(f"/moderation/cases/{case.id}")
    assert "proposes to purge this." not in page


def test_nobody_looks_at_the_case_about_their_own_post(app):
    film = a_film()
    keeper = a_film_moderator(film)
    theory = a_theory(a_thread(film), by=a_fan(session().get_one(User, keeper.id), seen=(film,)))
    case = a_case(theory)
    desk = a_visitor(app, author_of(theory))
    assert desk.get(f"/moderation/cases/{case.id}").status_code == 403


def test_a_film_that_is_not_listed_is_theirs_to_find(app):
    film, other = a_film("Not listed"), a_film("Not theirs")
    with unit_of_work():
        for one in (film, other):
            session().get_one(Film, one.id).state = "proposed"
    desk = a_desk(app, film, name="keeper")
    assert desk.get(f"/films/{film.slug}").status_code == 200
    assert desk.get(f"/films/{other.slug}").status_code == 404
    assert "Not listed" in desk.see("/fans/keeper")
    assert "Not listed" not in a_visitor(app).see("/fans/keeper")


def test_they_are_no_newcomers_on_their_films(app):
    mine, other = a_film(), a_film()
    keeper = a_film_moderator(mine)
    user = session().get_one(User, keeper.id)
    with unit_of_work():
        accounts.set_trust(user, "newcomer", by=Operator())
    desk = a_visitor(app, user, seen=(mine, other))
    asked = {"safe_title": "What it shows", "title": "Who?", "body": "See https://a.example/."}
    assert "You are new here" not in desk.see(f"/films/{mine.slug}/threads/new")
    assert desk.post(f"/films/{mine.slug}/threads", **asked).status_code == 303
    assert desk.post(f"/films/{other.slug}/threads", **asked).status_code == 403
    thread = found(select(Post).where(Post.author_id == user.id))[0]
    changed = asked | {"body": "All of it is another.", "version": "1"}
    assert "You are new here" not in desk.see(f"/posts/{thread.id}/edit")
    assert desk.post(f"/posts/{thread.id}/revisions", **changed).status_code == 303
    assert (again(thread).state, thread.version) == ("published", 2)
    for number in range(4):  # newcomers post three a day
        theory = {"safe_title": f"Safe {number}", "title": f"Mine {number}", "kind": "reading"}
        place = f"/threads/{thread.id}/theories"
        assert "You are new here" not in desk.see(f"{place}/new")
        assert desk.post(place, **theory, body=f"See https://{number}.example/.").status_code == 303
    elsewhere = about(other, "Not theirs")
    assert "You are new here" in desk.see(f"/theories/{elsewhere.id}")
    desk.post(f"/posts/{elsewhere.id}/replies", body="On b.example.", stance="neutral")
    states = select(Post.state).where(Post.author_id == user.id, Post.type != "thread")
    assert found(states.order_by(Post.id)) == [*4 * ["published"], "held"]


@pytest.mark.both_databases
def test_who_is_dismissed_meanwhile_does_nothing_more(app):
    film, other = a_film(), a_film()
    keeper = a_film_moderator(film, other)
    thread = a_thread(film)
    case = a_case(a_theory(thread))
    with unit_of_work():
        films.appoint(keeper.id, [other], by=Operator())

    def refused():
        return pytest.raises(Refused, match="changed meanwhile")

    with refused():
        decide(case, "hide", keeper)
    with refused(), unit_of_work():
        cases.claim(case, by=keeper)
    with refused(), unit_of_work():
        pin(thread, True, by=keeper)
    assert again(case).claimed_by_id is None
    decide(a_case(about(other, "Still theirs")), "hide", replace(keeper, appointed={other.id}))


def test_the_operator_appoints_them_and_takes_it_back(app, settings, monkeypatch):
    monkeypatch.setenv("FORUM_INSTANCE", str(settings.instance))
    user = a_user("keeper")
    film, second = a_film("A Quiet Place", 2018), a_film("Heat", 1995)

    def role(*words):
        return CliRunner().invoke(main, ["user", "role", "keeper", *words])

    made = role("moderator", "--film", film.slug, "--film", second.slug)
    assert made.output == "keeper is moderator of A Quiet Place (2018), Heat (1995) now.\n"
    assert "moderator of Heat, A Quiet Place" in a_visitor(app).see("/fans/keeper")
    assert [one.title for one in moderated_by(user.id)] == ["Heat", "A Quiet Place"]
    assert found(select(User.role).where(User.id == user.id)) == ["fan"]
    assert role("moderator", "--film", film.slug).exit_code == 0
    assert [one.title for one in moderated_by(user.id)] == ["A Quiet Place"]
    assert role("fan").output == "keeper is fan now.\n"
    assert list(moderated_by(user.id)) == []
    recorded = found(select(Event.codes).where(Event.kind == Kind.USER_FILMS_CHANGED))
    assert recorded == [
        {"films": sorted([film.id, second.id])},
        {"films": [film.id]},
        {"films": []},
    ]


def test_what_the_operator_says_twice_is_done_and_told_once(app, settings, monkeypatch):
    monkeypatch.setenv("FORUM_INSTANCE", str(settings.instance))
    a_user("keeper", role="admin")
    film = a_film("Heat", 1995)
    twice = ["--film", film.slug, "--film", film.slug]
    for _ in range(2):
        made = CliRunner().invoke(main, ["user", "role", "keeper", "moderator", *twice])
        assert made.output == "keeper is moderator of Heat (1995) now.\n"
    changes = Event.kind.in_([Kind.USER_ROLE_CHANGED, Kind.USER_FILMS_CHANGED])
    recorded = found(select(Event.codes).where(changes).order_by(Event.id))
    assert recorded == [{"role": "fan"}, {"films": [film.id]}]


def test_the_operator_is_told_what_makes_no_sense(app, settings, monkeypatch):
    monkeypatch.setenv("FORUM_INSTANCE", str(settings.instance))
    a_user("keeper")

    def said(*words):
        refused = CliRunner().invoke(main, ["user", "role", "keeper", *words])
        assert refused.exit_code == 1
        return refused.output

    assert "There is no film at /films/nowhere." in said("moderator", "--film", "nowhere")
    assert "ROLE is moderator" in said("admin", "--film", "nowhere")
    assert found(select(Event.id).where(Event.kind == Kind.USER_ROLE_CHANGED)) == []


def test_the_archive_has_no_role(app, settings, monkeypatch):
    monkeypatch.setenv("FORUM_INSTANCE", str(settings.instance))
    with unit_of_work():
        archive = accounts.add_archive("Archive", by=Operator())
    for words in (["moderator"], ["moderator", "--film", a_film().slug], ["admin"]):
        refused = CliRunner().invoke(main, ["user", "role", archive.name, *words])
        assert refused.exit_code == 1
        assert "is the archive: nobody logs in as it." in refused.output
    assert again(archive).role == "fan"
    assert list(moderated_by(archive.id)) == []
