"""Changing what one wrote: every version is kept, and everybody can see what changed."""

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.events import Event, Kind
from forum.lib.database import unit_of_work
from forum.theories.changes import Outdated, revise
from forum.theories.models import Revision, Theory
from forum.theories.writing import words
from forum.votes.operations import cast_vote
from tests.conftest import settings_for
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
    film_of,
    found,
    the_rules,
    viewer_of,
)

FORM = {
    "safe_title": "A safe theory",
    "title": "It was a dream",
    "kind": "reading",
    "body": "She wakes at dawn.\n\nThe end.",
}


@pytest.fixture
def user(app):
    return a_user("igor")


@pytest.fixture
def theory(app, user) -> Theory:
    film = a_film("Anora", 2024)
    return a_theory(a_thread(film), by=a_fan(user, seen=(film,)), **FORM)


@pytest.fixture
def author(app, user, theory):
    return a_visitor(app, user, seen=(film_of(theory),))


def save(visitor, post, version: int = 1, **changes: str):
    form = {**FORM, "version": str(version), **changes}
    return visitor.post(f"/posts/{post.id}/revisions", **form)


def words_of(page: str, kind: str) -> list[str]:
    """What a diff marks as "ins" or "del"; the first is the key that explains the mark."""
    return re.findall(rf"<{kind}>([^<]*)</{kind}>", page)[1:]


def text_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", page))


def test_the_composer_holds_what_stands(author, theory):
    page = author.see(f"/posts/{theory.id}/edit")
    assert "Edit your theory" in page
    assert 'value="It was a dream"' in page
    assert "She wakes at dawn." in page
    assert '<input id="version" name="version" type="hidden" value="1">' in page
    assert "Keep as a draft" not in page


def test_a_change_is_saved_and_the_version_before_is_kept(author, theory):
    response = save(author, theory, title="It was no dream", body="She wakes at noon.", kind="plot")
    assert (response.status_code, response.location) == (
        303,
        f"/theories/{theory.id}-a-safe-theory?said=saved",
    )
    page = author.see(response.location)
    assert "Saved. The version before is kept." in page
    assert "It was no dream" in page
    assert "<p>She wakes at noon.</p>" in page
    assert "what changed" in page
    theory = again(theory)
    assert (theory.version, theory.kind, theory.excerpt) == (2, "plot", "She wakes at noon.")
    assert theory.edited_at is not None
    kept = found(select(Revision).where(Revision.post_id == theory.id).order_by(Revision.number))
    assert [(r.number, r.title) for r in kept] == [(1, "It was a dream"), (2, "It was no dream")]
    event = found(select(Event).where(Event.kind == Kind.POST_REVISED))[0]
    assert (event.post_id, event.codes) == (theory.id, {"version": 2})


def test_saving_without_a_change_keeps_no_version(author, theory):
    assert save(author, theory).status_code == 303
    theory = again(theory)
    assert (theory.version, theory.edited_at) == (1, None)


def test_each_kind_of_change_alone_is_a_change(author, theory):
    changes = [{"safe_title": "Another safe"}, {"title": "Another"}, {"kind": "after"}]
    kept: dict[str, str] = {}
    for version, change in enumerate(changes, 1):
        kept |= change
        save(author, theory, version, **kept)
    assert again(theory).version == 4
    assert author.get(f"/theories/{theory.id}-a-safe-theory").location == (
        f"/theories/{theory.id}-another-safe"
    )


def test_what_changed_can_be_read_word_by_word(app, author, theory):
    save(author, theory, title="It was no dream", body="She sleeps at dawn.\n\nThe end.\nReally.")
    reader = a_visitor(app, seen=(film_of(theory),))
    page = reader.see(f"/posts/{theory.id}/revisions")
    assert "Version 2 against 1" in page
    assert words_of(page, "del") == ["a", "wakes"]
    assert words_of(page, "ins") == ["no", "sleeps", "Really."]
    assert "as it stands" in page
    first = reader.see(f"/posts/{theory.id}/revisions?version=1")
    assert ">Version 1</h2>" in first
    assert words_of(first, "del") == words_of(first, "ins") == []
    assert "She wakes at dawn." in first


def test_whoever_has_not_seen_the_film_is_shown_the_way_to_it(app, guest, theory):
    for visitor in (guest, a_visitor(app)):
        answer = visitor.get(f"/posts/{theory.id}/revisions")
        assert answer.status_code == 403
        assert 'href="/films/anora-2024">To the film</a>' in answer.text


def test_a_safe_title_that_a_moderator_gave_is_shown_and_is_theirs(app, theory):
    the_rules()
    usher = a_moderator("usher_zoe")
    decide(a_case(theory, usher), "retitle", usher, safe_title="A safer theory")
    page = a_visitor(app, seen=(film_of(theory),)).see(f"/posts/{theory.id}/revisions")
    assert words_of(page, "del") == ["safe"]
    assert words_of(page, "ins") == ["safer"]
    latest, first = re.findall(r"/fans/(\w+)", page.partition("All versions")[2])[:2]
    assert (latest, first) == ("usher_zoe", "igor")


def test_every_version_of_many_can_be_read(app, user, author, theory):
    by = replace(viewer_of(user), role="admin")  # whom no quota stops
    with unit_of_work() as work:
        work.get_one(User, user.id).role = "admin"
    with unit_of_work():
        for version in range(1, 220):
            form = {**FORM, "body": f"Reading {version + 1}."}
            revise(theory, words(**form, scopes={}), version, by=by)
    place = f"/posts/{theory.id}/revisions"
    page = author.see(place)
    for _ in range(2):
        assert ">Version 1</a>" not in page
        page = author.see(unescape(re.search(r'href="([^"]*after=[^"]*)" rel="next"', page)[1]))
    assert ">Version 1</a>" in page
    assert "She wakes at dawn." in author.see(f"{place}?version=1")
    assert "Version 2 against 1" in author.see(f"{place}?version=2")


@pytest.mark.parametrize("version", ["0", "3", "-1", "99999999999999999999"])
def test_a_version_that_never_was_is_not_found(author, theory, version):
    assert author.get(f"/posts/{theory.id}/revisions?version={version}").status_code == 404


def test_nonsense_for_a_version_gives_todays(author, theory):
    assert ">Version 1</h2>" in author.see(f"/posts/{theory.id}/revisions?version=x")


def test_an_edit_in_another_tab_is_not_overwritten(author, theory):
    save(author, theory, version=1, body="Written in the first tab.")
    response = save(author, theory, version=1, body="Written in the second tab.")
    assert response.status_code == 409
    assert "You changed this in another tab meanwhile." in response.text
    assert "Written in the second tab." in response.text
    assert "<p>Written in the first tab.</p>" in response.text
    assert 'name="version" type="hidden" value="2"' in response.text
    assert again(theory).body == "Written in the first tab."
    assert save(author, theory, version=2, body="Written in the second tab.").status_code == 303


@pytest.mark.parametrize("version", ["", "x", "-1", "\uff12", "999999999999", "1.0"])
def test_nonsense_for_the_version_edited_counts_as_outdated(author, theory, version):
    assert author.post(f"/posts/{theory.id}/revisions", **FORM, version=version).status_code == 409


def test_the_operation_itself_refuses_an_outdated_version(theory, user):
    text = words("New words.", safe_title="Safe", title="Title", kind="reading")
    with pytest.raises(Outdated), unit_of_work():
        revise(theory, text, 0, by=viewer_of(user))
    assert again(theory).version == 1


def test_a_wrong_change_is_explained_and_kept(author, theory):
    response = save(author, theory, title="", body="MY CHANGED WORDS")
    assert response.status_code == 422
    assert "This is needed." in response.text
    assert "MY CHANGED WORDS" in response.text
    assert "Save the changes" in response.text


def test_a_change_can_be_previewed_first(author, theory):
    response = save(author, theory, body="A *new* text.", act="preview")
    assert response.status_code == 200
    assert "<p>A <em>new</em> text.</p>" in response.text
    assert "A *new* text." in response.text
    assert again(theory).version == 1


def test_nobody_else_edits_not_even_a_moderator(app, theory):
    for role in ("fan", "moderator", "admin"):
        visitor = a_visitor(app, a_user(role=role), seen=(film_of(theory),))
        for response in (
            visitor.get(f"/posts/{theory.id}/edit"),
            save(visitor, theory, body="Rewritten"),
        ):
            assert response.status_code == 403
            assert "Only the author edits a post" in response.text
    assert again(theory).version == 1


def test_a_guest_logs_in_first(theory, guest):
    assert guest.get(f"/posts/{theory.id}/edit").location == f"/login?next=/posts/{theory.id}/edit"
    sent = save(guest, theory, body="Written long ago.")
    assert sent.status_code == 401
    assert "What you wrote is kept." in sent.text
    assert "Written long ago." in sent.text


def test_questions_and_replies_are_edited_alike(app, user):
    film = a_film()
    fan = a_fan(user, seen=(film,))
    thread = a_thread(film, by=fan)
    theory = a_theory(thread, safe_title="A safe theory")
    reply = a_reply(theory, by=fan, stance="supports")
    answer = a_reply(reply, by=fan)
    visitor = a_visitor(app, user)
    assert "Edit your question" in visitor.see(f"/posts/{thread.id}/edit")
    response = visitor.post(
        f"/posts/{thread.id}/revisions",
        version="1",
        safe_title="Safe asked",
        title="Asked anew",
        body="Why?",
    )
    assert response.location == f"/threads/{thread.id}-safe-asked?said=saved"
    page = visitor.see(f"/threads/{thread.id}")
    assert "Asked anew" in page
    assert "what changed" in page
    for post in (reply, answer):
        assert "Edit your reply" in visitor.see(f"/posts/{post.id}/edit")
        response = visitor.post(
            f"/posts/{post.id}/revisions", version="1", stance="neutral", body="Changed my mind."
        )
        assert response.location == f"/posts/{post.id}?said=saved"
    assert "Changed my mind." in visitor.see(f"/posts/{reply.id}")
    page = visitor.see(f"/posts/{reply.id}/revisions")
    assert "Version 2 against 1" in page
    way = re.findall(r'<a[^>]*href="(/[^"]*)"', page.partition('class="crumbs"')[2])[:3]
    assert way == [
        f"/films/{film.slug}",
        f"/theories/{theory.id}-a-safe-theory",
        f"/posts/{reply.id}",
    ]


@pytest.mark.both_databases
def test_a_changed_stance_is_counted_where_it_stands_now(app, user):
    film = a_film()
    fan = a_fan(user, seen=(film,))
    theory = a_theory(a_thread(film))
    reply = a_reply(theory, by=fan, stance="supports")

    def counts() -> tuple[int, int, int]:
        now = again(theory)
        return now.reply_count, now.supports_count, now.challenges_count

    assert counts() == (1, 1, 0)
    for version, (stance, expected) in enumerate(
        [("challenges", (1, 0, 1)), ("neutral", (1, 0, 0)), ("supports", (1, 1, 0))], 1
    ):
        with unit_of_work():
            revise(reply, words(reply.body, stance=stance), version, by=fan)
        assert counts() == expected


def test_votes_before_an_edit_are_told_once_figures_show(app, author, theory):
    film = film_of(theory)
    for _ in range(3):
        fan = a_fan(seen=(film,))
        with unit_of_work():
            cast_vote(theory.id, 1, by=fan)
    save(author, theory, body="Changed after three votes.")
    fan = a_fan(seen=(film,))
    with unit_of_work():
        cast_vote(theory.id, -1, by=fan)
    reader = a_visitor(app, seen=(film,))
    page = " ".join(reader.see(f"/theories/{theory.id}").split())
    assert "after 3 of 4 votes" in page
    assert "3 votes before it" in reader.see(f"/posts/{theory.id}/revisions")


class TestWhileFiguresAreBlind:
    @pytest.fixture
    def settings(self, tmp_path, database_url):
        return settings_for(tmp_path, database_url=database_url, blind_hours="72")

    def test_no_count_of_votes_is_told_by_what_changed(self, app, author, theory):
        film = film_of(theory)
        for _ in range(3):
            fan = a_fan(seen=(film,))
            with unit_of_work():
                cast_vote(theory.id, 1, by=fan)
        save(author, theory, body="Changed after three votes.")
        reader = a_visitor(app, seen=(film,))
        for path in (f"/posts/{theory.id}/revisions", f"/theories/{theory.id}"):
            assert "3 votes" not in reader.see(path)
            assert "after 3" not in reader.see(path)
        reader.post(f"/posts/{theory.id}/votes", value="-1")
        assert "3 votes before it" in reader.see(f"/posts/{theory.id}/revisions")


def test_revisions_are_behind_the_seal(app, guest, author, theory):
    save(author, theory, title="SECRET TITLE", body="SECRET BODY")
    for visitor in (guest, a_visitor(app)):
        response = visitor.get(f"/posts/{theory.id}/revisions")
        assert response.status_code == 403
        assert "SECRET" not in response.text
        assert "Open the film first" in response.text


def test_a_revision_keeps_the_veil_of_another_film(app, author, theory):
    a_film("Jaws", 1975)
    save(author, theory, body="Like >!film:jaws-1975 | the shark!< there.")
    reader = a_visitor(app, seen=(film_of(theory),))
    page = reader.see(f"/posts/{theory.id}/revisions")
    assert "Like >!film:jaws-1975 | …!< there." in text_of(page)
    assert "shark" not in page
    reader.open_seal("jaws-1975")
    assert "| the shark!< there." in text_of(reader.see(f"/posts/{theory.id}/revisions"))
