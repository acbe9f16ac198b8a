"""What a guest brings along: films seen and text half written, through log-in and sign-up."""

import html
import json
import re

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.films.queries import seen_by
from forum.lib.database import unit_of_work
from forum.moderation.models import Report
from forum.theories import drafts
from forum.theories.models import Draft
from tests.accounts.test_log_in import log_in
from tests.accounts.test_sign_up import sign_up
from tests.factories import (
    a_fan,
    a_film,
    a_theory,
    a_thread,
    a_user,
    film_of,
    found,
    the_rules,
    viewer_of,
)

THEORY = {
    "safe_title": "A safe title",
    "title": "It was <all> a dream",
    "kind": "plot",
    "body": "Because 'of' the \"snow\" & the lamp.\n\nAnd more.",
}


def carried(page: str) -> str:
    found = re.search(r'name="carry" value="([^"]*)"', page)
    assert found, "the page carries nothing"
    return html.unescape(found.group(1))


@pytest.mark.parametrize("enter", ["log in", "sign up"])
def test_films_that_a_guest_opened_stay_open(app, guest, enter):
    seen, unseen = a_film(), a_film()
    user = a_user("igor")
    guest.open_seal(seen.slug)
    if enter == "log in":
        log_in(guest, "igor")
    else:
        sign_up(guest)
        user = found(select(User).where(User.name == "ani"))[0]
    assert seen_by(user.id) == {seen.id}
    assert "You have seen it" in guest.see(f"/films/{seen.slug}")
    assert "I have seen it" in guest.see(f"/films/{unseen.slug}")


def test_the_browser_forgets_them_so_that_the_next_person_meets_the_seal(app, guest):
    film = a_film()
    a_user("igor")
    guest.open_seal(film.slug)
    log_in(guest, "igor")
    guest.get("/settings")
    guest.post("/logout")
    assert "I have seen it" in guest.see(f"/films/{film.slug}")


def test_films_that_left_the_list_are_left_behind(app, guest):
    film = a_film()
    user = a_user("igor")
    guest.open_seal(film.slug)
    with unit_of_work() as work:
        work.get_one(type(film), film.id).state = "hidden"
    assert log_in(guest, "igor").status_code == 303
    assert seen_by(user.id) == frozenset()


@pytest.mark.parametrize("enter", ["log in", "sign up"])
def test_a_theory_half_written_by_a_guest_waits_for_them_as_a_draft(app, guest, enter):
    thread = a_thread()
    a_user("igor")
    guest.open_seal(film_of(thread).slug)
    asked = guest.post(f"/threads/{thread.id}/theories", **THEORY)
    assert asked.status_code == 401
    assert "What you wrote is kept." in asked.text
    composer = f"/threads/{thread.id}/theories/new"
    assert f'name="next" value="{composer}"' in asked.text
    brought = {"next": composer, "carry": carried(asked.text)}
    entered = log_in(guest, "igor", **brought) if enter == "log in" else sign_up(guest, **brought)
    assert entered.status_code == 303
    page = guest.see(entered.location)
    for name in ("safe_title", "title", "body"):
        assert THEORY[name] in html.unescape(page)
    assert re.search(r'<input checked[^>]*value="plot"', page)


def test_a_wrong_password_still_carries_it(app, guest):
    thread = a_thread()
    a_user("igor")
    kept = carried(guest.post(f"/threads/{thread.id}/theories", **THEORY).text)
    again = log_in(guest, "igor", "a wrong password", carry=kept)
    assert carried(again.text) == kept
    assert json.loads(kept)["fields"]["title"] == THEORY["title"]
    other = sign_up(guest, name="x", carry=kept)
    assert carried(other.text) == kept


def test_a_reply_and_a_question_are_carried_too(app, guest):
    theory = a_theory()
    film = film_of(theory)
    user = a_user("igor")
    guest.open_seal(film.slug)
    reply = guest.post(f"/posts/{theory.id}/replies", stance="challenges", body="I doubt it.")
    log_in(guest, "igor", carry=carried(reply.text))
    guest.get("/settings")
    guest.post("/logout")
    guest.token = ""
    question = guest.post(f"/films/{film.slug}/threads", title="Why?", body="Because.")
    log_in(guest, "igor", carry=carried(question.text))
    kept = found(select(Draft).where(Draft.user_id == user.id).order_by(Draft.id))
    assert [(draft.kind, draft.target_id) for draft in kept] == [
        ("reply", theory.id),
        ("thread", film.id),
    ]
    assert kept[0].fields == {"stance": "challenges", "body": "I doubt it."}


def as_carried(**changes: object) -> str:
    return json.dumps({"kind": "theory", "target": 1, "fields": {"body": "x"}} | changes)


@pytest.mark.parametrize(
    "nonsense",
    [
        "x",
        "[]",
        "{}",
        "null",
        "[" * 50_000,
        as_carried(kind="vote"),
        as_carried(target="1"),
        as_carried(target=True),
        as_carried(target=0),
        as_carried(target=2**31),
        as_carried(fields=[]),
        as_carried(fields=None),
        as_carried(fields={"body": "x" * 70_000}),
        as_carried(fields={"body": "x" * 500_000}),
        as_carried(fields={"body": 5, "role": "admin"}),
        as_carried(fields={}),
    ],
)
def test_nonsense_is_left_behind(app, guest, nonsense):
    a_user("igor")
    assert log_in(guest, "igor", carry=nonsense).status_code == 303
    assert found(select(Draft)) == []
    assert guest.get("/drafts").status_code == 200


def test_only_the_fields_of_a_composer_are_kept(app, guest):
    a_user("igor")
    fields = {"body": "b" * 30_000, "title": 7, "role": "admin", "version": "9"}
    log_in(guest, "igor", carry=as_carried(fields=fields))
    assert found(select(Draft.fields)) == [{"body": "b" * 30_000}]


@pytest.mark.parametrize("letter", ["Щ", "語", "🎬", '"', "\\", "\x01"])
def test_twenty_thousand_letters_of_any_script_come_through(app, guest, letter):
    thread = a_thread()
    a_user("igor")
    guest.open_seal(film_of(thread).slug)
    asked = guest.post(f"/threads/{thread.id}/theories", **THEORY | {"body": letter * 20_000})
    assert "What you wrote is kept." in asked.text
    assert log_in(guest, "igor", carry=carried(asked.text)).status_code == 303
    assert [draft["body"] for draft in found(select(Draft.fields))] == [letter * 20_000]


def test_an_edit_of_twenty_thousand_letters_comes_through(app, guest):
    theory = a_theory()
    a_user("igor")
    text = "Щ" * 20_000
    asked = guest.post(f"/posts/{theory.id}/revisions", **THEORY | {"body": text}, version="1")
    assert "What you wrote is kept." in asked.text
    entered = log_in(guest, "igor", carry=carried(asked.text))
    assert f'name="body" value="{text}"' in entered.text


def test_nobody_is_told_that_something_is_kept_which_is_not(app, guest):
    theory = a_theory()
    a_user("igor")
    guest.open_seal(film_of(theory).slug)
    for path in (f"/threads/{theory.thread_id}/theories", f"/posts/{theory.id}/revisions"):
        asked = guest.post(path, **THEORY | {"body": "x" * 500_000})
        assert asked.status_code == 401
        assert "What you wrote is kept." not in asked.text
        assert "is too long to be kept" in asked.text
        assert 'name="carry"' not in asked.text


def test_nothing_is_lost_when_the_drafts_are_full(app, guest):
    thread = a_thread()
    user = a_user("igor")
    guest.open_seal(film_of(thread).slug)
    with unit_of_work():
        for place in range(drafts.MOST_DRAFTS):
            drafts.save_draft("reply", 1000 + place, {"body": "x"}, by=viewer_of(user))
    asked = guest.post(f"/threads/{thread.id}/theories", **THEORY)
    assert log_in(guest, "igor", carry=carried(asked.text)).status_code == 303
    kept = found(select(Draft.fields).where(Draft.target_id == thread.id))
    assert [fields["body"] for fields in kept] == [THEORY["body"]]


def test_half_characters_break_no_page(app, guest):
    thread = a_thread()
    a_user("igor")
    guest.open_seal(film_of(thread).slug)
    fields = {"body": "before \ud800 after"}
    log_in(guest, "igor", carry=as_carried(target=thread.id, fields=fields))
    assert guest.get("/drafts").status_code == 200
    page = guest.see(f"/threads/{thread.id}/theories/new")
    assert "before" in page
    assert "after" in page


def test_a_report_sent_after_the_session_ended_is_sent_again_after_logging_in(app, guest):
    the_rules()
    theory = a_theory()
    fan = a_user("igor")
    a_fan(fan, seen=(film_of(theory),))
    asked = guest.post(f"/posts/{theory.id}/reports", rule="2", words="Look & <see>.")
    assert asked.status_code == 401
    entered = log_in(guest, "igor", carry=carried(asked.text))
    assert entered.status_code == 200
    assert "Nothing that you typed is lost." in entered.text
    assert "Log out" in entered.text
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', entered.text))
    guest.token = form.pop("csrf_token")
    sent = guest.post(
        f"/posts/{theory.id}/reports", **{k: html.unescape(v) for k, v in form.items()}
    )
    assert sent.status_code == 303
    assert found(select(Report.words)) == ["Look & <see>."]


def test_an_edit_sent_after_the_session_ended_is_sent_again_after_logging_in(app, guest):
    theory = a_theory()
    asked = guest.post(f"/posts/{theory.id}/revisions", **THEORY, version="1")
    assert asked.status_code == 401
    kept = json.loads(carried(asked.text))
    assert kept["path"] == f"/posts/{theory.id}/revisions"
    assert ["body", THEORY["body"]] in kept["sent"]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"path": "https://evil.example/", "sent": [["a", "b"]]},
        {"path": "/nowhere", "sent": [["a", "b"]]},
        {"path": "/films", "sent": [["a", "b"]]},
        {"path": "/logout", "sent": [["a", 1]]},
        {"path": "/logout", "sent": [["a", "\ud800"]]},
        {"path": "/logout", "sent": [["a"]]},
        {"path": 5, "sent": []},
    ],
)
def test_nonsense_to_be_sent_again_is_ignored(app, guest, nonsense):
    a_user("igor")
    assert log_in(guest, "igor", carry=json.dumps(nonsense)).status_code == 303
