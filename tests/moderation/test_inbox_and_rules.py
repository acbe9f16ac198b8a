"""The inbox, the rules, and the page about the site."""

import re

import pytest
from sqlalchemy import select

from forum.lib.language import day
from forum.moderation.models import Case, Rule, RuleVersion
from forum.notifications.models import Notice
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


def test_whoever_is_replied_to_hears_of_it_and_the_header_counts(app):
    user = a_user()
    film = a_film("Heard film")
    theory = a_theory(
        a_thread(film), by=a_fan(user, seen=(film,)), safe_title="Called safely", title="It is so"
    )
    reply = a_reply(theory, by=a_fan(a_user("lastreel"), seen=(film,)))
    visitor = a_visitor(app, user)
    page = visitor.see("/inbox")
    assert "lastreel replied to you under “Called safely”." in page
    assert "It is so" not in page
    assert '<span class="nav-number">1</span>' in page
    [notice] = found(select(Notice))
    assert f'action="/inbox/{notice.id}"' in page
    assert visitor.post("/inbox/read").status_code == 303
    assert f"/posts/{reply.id}" in visitor.see("/inbox")
    assert '<span class="nav-number">' not in visitor.see("/inbox")


def test_nobody_hears_of_their_own_reply(app):
    user = a_user()
    film = a_film()
    fan = a_fan(user, seen=(film,))
    a_reply(a_theory(a_thread(film), by=fan), by=fan)
    assert "Nothing for you yet." in a_visitor(app, user).see("/inbox")


def test_a_notice_about_a_film_that_was_sealed_again_gives_no_title_away(app):
    film = a_film()
    theory = a_theory(a_thread(film), title="Sealed in the inbox", safe_title="Safe in the inbox")
    reporter = a_user()
    visitor = a_visitor(app, reporter)
    visitor.post(f"/posts/{theory.id}/reports", rule="1")
    decide(found(select(Case))[0], "remove", a_moderator())
    page = visitor.see("/inbox")
    assert "Safe in the inbox" in page
    assert "Sealed in the inbox" not in page


def test_a_notice_names_its_film_and_rule_once(app):
    film = a_film("Heard film")
    user = a_user()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    a_reply(theory)
    decide(a_case(theory), "remove", a_moderator())
    page = a_visitor(app, user).see("/inbox")
    decided, replied = re.findall(r'<li class="inbox-row.*?</li>', page, re.DOTALL)
    assert '<cite class="film-name">Heard film</cite>, rule ' in decided
    assert replied.count("Heard film") == 1


def test_a_notice_of_a_reply_names_no_theory_that_one_may_not_find(app):
    film = a_film("Heard film")
    theory = a_theory(a_thread(film), safe_title="Called safely")
    user = a_user()
    mine = a_reply(theory, by=a_fan(user, seen=(film,)))
    a_reply(mine, by=a_fan(a_user("lastreel"), seen=(film,)))
    decide(a_case(theory), "hide", a_moderator())
    assert "lastreel replied to you under “Called safely”." in a_visitor(app, user).see("/inbox")
    for by in (a_moderator(), a_moderator()):
        decide(a_case(theory), "purge", by)
    page = a_visitor(app, user).see("/inbox")
    assert "lastreel replied to you about Heard film." in page
    assert "Called safely" not in page


def test_a_guest_logs_in_to_the_inbox_and_to_their_standing(guest):
    assert guest.get("/inbox").location == "/login?next=/inbox"
    assert guest.get("/standing").location == "/login?next=/standing"


def test_the_rules_are_there_for_everybody_and_editable_by_an_admin_alone(app, guest):
    assert "Keep endings sealed" in guest.see("/rules")
    assert "/rules/1/edit" not in guest.see("/rules")
    assert a_visitor(app, a_user(role="moderator")).get("/rules/1/edit").status_code == 403
    admin = a_visitor(app, a_user(role="admin"))
    assert "/rules/1/edit" in admin.see("/rules")
    assert "Keep endings sealed" in admin.see("/rules/1/edit")


def test_a_changed_rule_has_a_new_version_and_decisions_keep_the_old_one(app):
    decision = decide(a_case(), "remove", a_moderator())
    admin = a_visitor(app, a_user(role="admin"))
    answer = admin.post(
        "/rules/2/versions", title="Argue kindly", text="With *theories*.", version="1"
    )
    assert answer.status_code == 303
    assert "Argue kindly" in admin.see("/rules")
    assert "Argue with the theory, not the person" in admin.see(
        f"/standing/decisions/{decision.id}"
    )
    assert found(select(Rule.version).where(Rule.number == 2)) == [2]
    assert len(found(select(RuleVersion).where(RuleVersion.number == 2))) == 2


def test_a_rule_saved_unchanged_keeps_its_version(app):
    admin = a_visitor(app, a_user(role="admin"))
    [rule] = found(select(Rule).where(Rule.number == 3))
    admin.post("/rules/3/versions", title=rule.title, text=rule.text)
    assert found(select(Rule.version).where(Rule.number == 3)) == [1]


def test_a_rule_without_a_text_is_refused_and_its_title_kept(app):
    admin = a_visitor(app, a_user(role="admin"))
    answer = admin.post("/rules/3/versions", title="A typed title", text="")
    assert answer.status_code == 422
    assert "A typed title" in answer.text
    assert admin.post("/rules/99/versions", title="Abc", text="x").status_code == 404


@pytest.mark.parametrize(("name", "place"), [("about", "/about"), ("rules", "/rules")])
def test_an_admin_rewrites_a_page_after_looking_at_it(app, guest, name, place):
    admin = a_visitor(app, a_user(role="admin"))
    assert admin.get(f"/texts/{name}/edit").status_code == 200
    preview = admin.post(f"/texts/{name}", body="Hello *house*.", act="preview")
    assert "<em>house</em>" in preview.text
    assert "<em>house</em>" not in guest.see(place)
    assert admin.post(f"/texts/{name}", body="Hello *house*.", act="publish").status_code == 303
    assert "<em>house</em>" in guest.see(place)
    assert admin.post(f"/texts/{name}", body="").status_code == 422
    assert admin.get("/texts/nothing/edit").status_code == 404
    assert admin.post("/texts/nothing", body="x").status_code == 404


def test_a_notice_that_was_followed_is_read(app):
    film = a_film()
    user = a_user()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    decision = decide(a_case(theory), "remove", a_moderator())
    reply = a_reply(a_theory(a_thread(film), by=a_fan(user)))
    visitor = a_visitor(app, user)
    assert "2 unread" in visitor.see("/inbox")
    first, second = found(select(Notice).where(Notice.user_id == user.id).order_by(Notice.id))
    answer = visitor.post(f"/inbox/{first.id}")
    assert answer.location == f"/standing/decisions/{decision.id}"
    page = visitor.see("/inbox")
    assert "1 unread" in page
    assert f'action="/inbox/{first.id}"' not in page
    assert f'href="/standing/decisions/{decision.id}"' in page
    assert visitor.post(f"/inbox/{second.id}").location == f"/posts/{reply.id}"
    assert "All read" in visitor.see("/inbox")


def test_nobody_follows_another_ones_notice(app):
    theory = a_theory()
    decide(a_case(theory), "remove", a_moderator())
    [notice] = found(select(Notice))
    assert a_visitor(app).post(f"/inbox/{notice.id}").status_code == 404
    assert again(notice).read_at is None


def test_a_notice_names_ones_own_reply_by_where_it_stands(app):
    film = a_film()
    user = a_user()
    theory = a_theory(a_thread(film), title="As it is called", safe_title="Called safely")
    reply = a_reply(theory, by=a_fan(user, seen=(film,)))
    decide(a_case(reply), "remove", a_moderator())
    visitor = a_visitor(app, user)
    assert "Your reply under “As it is called” was removed." in visitor.see("/inbox")
    visitor.post(f"/films/{film.slug}/viewing/withdrawal")
    assert "Your reply under “Called safely” was removed." in visitor.see("/inbox")


def test_a_notice_of_a_suspension_says_until_when(app):
    film, user = a_film(), a_user()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    decision = decide(a_case(theory), "suspend", a_moderator())
    told = f"Your account is suspended until {day(decision.until)}: you can read."
    assert told in a_visitor(app, user).see("/inbox")


def test_of_two_admins_the_slower_sees_both_texts_of_a_rule(app):
    first, second = (a_visitor(app, a_user(role="admin")) for _ in range(2))
    assert 'name="version" type="hidden" value="1"' in second.see("/rules/3/edit")
    written = {"title": "Mine came first", "text": "The *first* text.", "version": "1"}
    assert first.post("/rules/3/versions", **written).status_code == 303
    answer = second.post(
        "/rules/3/versions", title="Mine came second", text="The second text.", version="1"
    )
    assert answer.status_code == 409
    for text in ("Mine came first", "<em>first</em>", "Mine came second", "The second text."):
        assert text in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert found(select(Rule.version).where(Rule.number == 3)) == [2]


def test_of_two_admins_the_slower_sees_both_texts_of_a_page(app, guest):
    first, second = (a_visitor(app, a_user(role="admin")) for _ in range(2))
    for version in ("0", "1"):
        assert f'name="version" type="hidden" value="{version}"' in second.see("/texts/about/edit")
        mine = f"The *first* text after {version}."
        assert first.post("/texts/about", body=mine, version=version).status_code == 303
        assert first.post("/texts/about", body=mine, version=version).status_code == 303
        answer = second.post("/texts/about", body="The second text.", version=version)
        assert answer.status_code == 409
        for text in (f"The <em>first</em> text after {version}.", "The second text."):
            assert text in answer.text
        assert "The second text." not in guest.see("/about")
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert second.post("/texts/about", body="The second text.", version="2").status_code == 303
    assert "The second text." in guest.see("/about")


def test_a_version_that_never_was_is_refused(app):
    answer = a_visitor(app, a_user(role="admin")).post("/texts/about", body="Mine.", version="7")
    assert answer.status_code == 409
    assert 'name="version" type="hidden" value="0"' in answer.text


@pytest.mark.parametrize("name", ["about", "rules"])
def test_whoever_rewrites_a_page_finds_the_way_back_to_it(app, name):
    page = a_visitor(app, a_user(role="admin")).see(f"/texts/{name}/edit")
    assert f'href="/{name}">' in page.partition('class="crumbs"')[2].partition("</nav>")[0]


@pytest.mark.parametrize(("reasons", "leads_to"), [("Sharp, but fair.", "statement"), ("", "post")])
def test_who_is_restored_is_led_to_the_reasons_if_some_were_given(app, reasons, leads_to):
    film, user, judge = a_film(), a_user(), a_moderator()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    decide(a_case(theory, judge), "remove", judge)
    decision = decide(a_case(theory, judge), "restore", judge, rule_number=None, reasons=reasons)
    visitor = a_visitor(app, user)
    [latest, *_] = found(select(Notice.id).order_by(Notice.id.desc()))
    places = {"statement": f"/standing/decisions/{decision.id}", "post": f"/posts/{theory.id}"}
    assert visitor.post(f"/inbox/{latest}").location == places[leads_to]
    visitor.post("/inbox/read")
    assert f'href="{places[leads_to]}"' in visitor.see("/inbox")
