"""What newcomers write waits for a moderator: first posts, links, large changes."""

import time

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.config import Settings
from forum.lib.database import unit_of_work
from forum.moderation.models import Case
from forum.theories import screening
from forum.theories.models import Post, Theory
from tests.conftest import settings_for
from tests.factories import (
    a_film,
    a_moderator,
    a_thread,
    a_user,
    a_visitor,
    again,
    decide,
    found,
)

PIRATE = "Watch it free on MyFlixer-to.click tonight"


@pytest.fixture
def settings(tmp_path, database_url) -> Settings:
    return settings_for(tmp_path, database_url=database_url, hold_first_posts="2")


def a_newcomers_theory(app, body="My reading."):
    film = a_film()
    thread = a_thread(film)
    user = a_user(trust=None)
    visitor = a_visitor(app, user, seen=(film,))
    answer = visitor.post(
        f"/threads/{thread.id}/theories",
        safe_title="A safe newcomer",
        title="What only the open may read",
        kind="reading",
        body=body,
    )
    assert answer.status_code == 303, answer.text
    [theory] = found(select(Theory).where(Theory.author_id == user.id))
    return film, user, visitor, theory, answer


def test_author_lands_on_a_page_that_says_why_a_first_theory_waits(app):
    film, _user, visitor, theory, answer = a_newcomers_theory(app)
    page = visitor.see(answer.location)
    assert "Waits for a moderator." in page
    assert "The first posts of a newcomer are looked at before others can read them." in page
    assert theory.state == "held"
    assert visitor.get(f"/posts/{theory.id}/edit").status_code == 200
    assert again(film).theory_count == 0


def test_nobody_else_finds_what_is_held_but_moderators(app):
    film, _user, _visitor, _theory, answer = a_newcomers_theory(app)
    other = a_visitor(app, seen=(film,))
    place = answer.location.partition("?")[0]
    assert other.get(place).status_code == 404
    assert "A safe newcomer" not in other.see(f"/films/{film.slug}")
    moderator = a_visitor(app, a_user(role="moderator"), seen=(film,))
    assert "Waits for a moderator." in moderator.see(place)


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_who_is_banned_finds_nothing_that_waits_whatever_their_role(app, role):
    film, _user, _visitor, _theory, answer = a_newcomers_theory(app)
    user = a_user(role=role)
    visitor, place = a_visitor(app, user, seen=(film,)), answer.location.partition("?")[0]
    assert "Waits for a moderator." in visitor.see(place)
    with unit_of_work() as work:
        work.get_one(User, user.id).sanction = "banned"
    assert visitor.get(place).status_code == 404
    assert "A safe newcomer" not in visitor.see(f"/films/{film.slug}")
    assert visitor.get("/texts/about/edit").status_code == 403


def test_what_a_theory_said_while_it_waited_is_for_its_author_and_moderators(app):
    film, _user, visitor, theory, _answer = a_newcomers_theory(app, PIRATE)
    place = f"/posts/{theory.id}/revisions"
    form = {"safe_title": "A safe newcomer", "title": "Mine", "kind": "reading"}
    visitor.post(place, version="1", body="An honest reading.", **form)
    [case] = found(select(Case))
    decide(case, "approve", a_moderator(), rule_number=None, reasons="")
    reader = a_visitor(app, seen=(film,))
    assert reader.get(f"{place}?version=1").status_code == 404
    page = reader.see(f"{place}?version=2")
    assert "An honest reading." in page
    assert "MyFlixer" not in page
    assert "version=1" not in page
    moderator = a_visitor(app, a_user(role="moderator"), seen=(film,))
    for one in (visitor, moderator):
        assert "MyFlixer" in one.see(f"{place}?version=1")
    visitor.post(place, version="2", body="An honest reading of mine.", **form)
    assert "Version 3 against 2" in reader.see(place)


def test_a_theory_is_out_and_its_author_told_once_it_is_approved(app):
    film, _user, visitor, _theory, answer = a_newcomers_theory(app)
    [case] = found(select(Case))
    decide(case, "approve", a_moderator(), rule_number=None, reasons="")
    other = a_visitor(app, seen=(film,))
    assert "What only the open may read" in other.see(answer.location.partition("?")[0])
    assert again(film).theory_count == 1
    inbox = visitor.see("/inbox")
    assert "is approved" in inbox


def test_a_refused_theory_gives_its_author_reasons_and_their_text(app):
    _film, _user, visitor, _theory, _answer = a_newcomers_theory(app, "My dear sentence.")
    decision = decide(
        found(select(Case))[0], "remove", a_moderator(), reasons="It is not about this film."
    )
    statement = visitor.see(f"/standing/decisions/{decision.id}")
    assert "It is not about this film." in statement
    assert "My dear sentence." in statement


def test_the_third_post_of_a_newcomer_is_out_at_once(app):
    film, _user, visitor, _theory, _answer = a_newcomers_theory(app)
    moderator = a_moderator()
    decide(found(select(Case))[0], "approve", moderator)
    thread = a_thread(film)
    for number in (2, 3):
        visitor.post(
            f"/threads/{thread.id}/theories",
            safe_title=f"A safe one {number}",
            title=f"Title {number}",
            kind="reading",
            body="Because.",
        )
        waiting = found(select(Case).where(Case.closed_at.is_(None)))
        assert len(waiting) == (1 if number == 2 else 0)
        for case in waiting:
            decide(case, "approve", moderator)


@pytest.mark.parametrize(
    "body", [PIRATE, "See https://example.org/x", "[here](http://a.test)", "www.a.test"]
)
def test_a_link_by_a_newcomer_waits_whatever_came_before(body):
    assert screening.reason_to_hold(is_newcomer=True, approved=5, text=body) == "link"


def test_members_link_as_they_like():
    assert screening.reason_to_hold(is_newcomer=False, approved=0, text=PIRATE) is None


@pytest.mark.parametrize("text", ["At 2:14:05 she waits. Then nothing.", "e.g. the end", "No. 5"])
def test_ordinary_punctuation_is_no_link(text):
    assert screening.addresses_in(text) == frozenset()


@pytest.mark.parametrize("name", ["a", "a\nb", "a\\]b", "\\["])
def test_a_definition_leads_somewhere_whatever_its_name(name):
    assert screening.addresses_in(f"[{name}]: evil:1") == {"evil:1"}


@pytest.mark.parametrize(
    "text",
    [
        *("myflixer.sx", "See soap2day.ag.", "fmovies.ps/watch", "(watch.example)", "EXAMPLE.AG"),
        *(
            "myflixer[.]click",
            "myflixer (dot) click",
            "myflixer\u3002click",
            "my\u200bflixer.click",
        ),
        *("http://1.2.3.4/x", "[here](evil.pdf.zip)", "//myflixer.sx", "Free on **fmovies.ps**"),
        "[1]: fmovies.ps",
    ],
)
def test_a_domain_of_any_ending_and_in_any_disguise_is_a_link(text):
    assert len(screening.addresses_in(text)) == 1


@pytest.mark.parametrize("text", ["She waits.Then she goes.", "3.5 of 5", "U.S. a.m.", "Mr.Smith"])
def test_a_full_stop_without_a_space_is_no_link(text):
    assert screening.addresses_in(text) == frozenset()


def test_one_address_put_in_the_place_of_another_waits():
    def reason(old, new):
        return screening.reason_to_hold_change(is_newcomer=True, old=old, new=new)

    long = "Thirty words are enough for a change of one to be a small one here. " * 3
    assert reason(long + "https://example.org/x", long + "https://myflixer-to.click/x") == "link"
    assert reason(long + "https://example.org/x", long + "http://www.example.org/x/.") is None
    assert reason(long + "https://example.org/x", long) is None


@pytest.mark.parametrize(
    ("old", "new", "waits"),
    [
        ("one two three four five six seven", "one two three four five six eight", False),
        ("one two three four five six", "one two three go on otherwise", True),
        ("he loves her and she does not love him", "not him does love she and her loves he", True),
        ("", "words", True),
    ],
)
def test_a_change_of_more_than_a_third_waits_a_smaller_one_stands(old, new, waits):
    reason = screening.reason_to_hold_change(is_newcomer=True, old=old, new=new)
    assert (reason == "change") is waits


@pytest.mark.parametrize(
    "text",
    [
        *("a " * 10_000, "[" * 20_000, "a." * 10_000, "a-" * 10_000),
        *("[\\\n" * 6_600, "[a]:\n" * 4_000),
        "[a\n" * 20_000,  # longer than any post: what grows with the square shows sooner
    ],
)
def test_screening_takes_milliseconds_whatever_is_written(text):
    began = time.process_time()
    screening.reason_to_hold_change(is_newcomer=True, old=text, new=text[1:] + "b")
    assert time.process_time() - began < 0.2


FORM = {
    "safe_title": "A safe newcomer",
    "title": "What only the open may read",
    "kind": "reading",
}


def edited(visitor, theory, body):
    return visitor.post(f"/posts/{theory.id}/revisions", **FORM, version="1", body=body)


def approved_theory(app, body="One two three four five six seven eight nine ten."):
    made = a_newcomers_theory(app, body)
    decide(found(select(Case))[0], "approve", a_moderator())
    return made


def test_a_newcomers_edit_that_adds_a_link_waits_and_the_old_text_stays(app):
    film, _user, visitor, theory, _answer = approved_theory(app)
    answer = edited(visitor, theory, PIRATE)
    assert "Your change waits" in visitor.see(answer.location)
    other = a_visitor(app, seen=(film,))
    assert "click" not in other.see(f"/posts/{theory.id}")
    [case] = found(select(Case).where(Case.closed_at.is_(None)))
    assert (case.kind, case.hold_reason) == ("edit", "link")
    decide(case, "approve", a_moderator())
    assert "MyFlixer-to.click" in other.see(f"/posts/{theory.id}")
    assert again(theory).version == 2


def test_a_refused_edit_leaves_the_old_text_and_tells_its_author(app):
    _film, _user, visitor, theory, _answer = approved_theory(app)
    edited(visitor, theory, PIRATE)
    decide(found(select(Case).where(Case.closed_at.is_(None)))[0], "refuse", a_moderator())
    assert "click" not in visitor.see(f"/posts/{theory.id}")
    assert "was refused" in visitor.see("/inbox")
    assert again(theory).version == 1


def test_what_was_changed_before_it_was_published_was_not_edited_for_others(app):
    film, _user, visitor, theory, _answer = a_newcomers_theory(app, "One two three.")
    edited(visitor, theory, "One two three four.")
    decide(found(select(Case))[0], "approve", a_moderator())
    other = a_visitor(app, seen=(film,))
    page = other.see(f"/posts/{theory.id}")
    assert "One two three four." in page
    assert "Edited" not in page
    assert "what changed" not in page
    visitor.post(f"/posts/{theory.id}/revisions", **FORM, version="2", body="One two three four!")
    assert "what changed" in other.see(f"/posts/{theory.id}")


def test_a_small_edit_by_a_newcomer_stands_at_once(app):
    _film, _user, visitor, theory, _answer = approved_theory(app)
    edited(visitor, theory, "One two three four five six seven eight nine eleven.")
    assert again(theory).version == 2


def test_an_edit_of_a_third_by_a_newcomer_waits(app):
    _film, _user, visitor, theory, _answer = approved_theory(app)
    edited(visitor, theory, "One two three. Everything else of it is now something new.")
    assert again(theory).version == 1
    assert found(select(Case).where(Case.closed_at.is_(None)))[0].hold_reason == "change"


def test_withdrawing_what_is_held_closes_its_case(app):
    _film, _user, visitor, theory, _answer = a_newcomers_theory(app)
    asked = visitor.see(f"/posts/{theory.id}/withdrawal")
    assert "Nobody but the moderators has read it" in asked
    assert "Others will see" not in asked
    assert visitor.post(f"/posts/{theory.id}/withdrawal").status_code == 303
    [case] = found(select(Case))
    assert (case.outcome, again(theory).state) == ("withdrawn", "withdrawn")


def test_a_held_reply_is_found_only_by_its_author(app):
    film, _user, visitor, theory, _answer = approved_theory(app)
    answer = visitor.post(f"/posts/{theory.id}/replies", stance="neutral", body="And so I wait.")
    [reply] = found(select(Post).where(Post.type == "reply"))
    assert reply.state == "held"
    assert "And so I wait." in visitor.see(answer.location)
    assert "And so I wait." not in a_visitor(app, seen=(film,)).see(f"/posts/{theory.id}")
    assert again(theory).reply_count == 0
