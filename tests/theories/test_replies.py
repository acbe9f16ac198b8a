"""Discussions: nested, in reading order, in pages, by stance, and found by their permalinks."""

import re

import pytest
from sqlalchemy import select

from forum.theories import paths
from forum.theories.models import Post, Reply, Theory
from forum.theories.queries import REPLIES_A_PAGE
from tests.factories import (
    a_fan,
    a_film,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    author_of,
    film_of,
    found,
    in_state,
    thread_of,
)


@pytest.fixture
def theory(app) -> Theory:
    return a_theory(a_thread(a_film("Anora", 2024)), safe_title="Safe")


@pytest.fixture
def writer(theory):
    """Somebody without a quota, who has opened the film."""
    return a_fan(a_user(role="admin"), seen=(film_of(theory),))


@pytest.fixture
def reader(app, theory):
    return a_visitor(app, seen=(film_of(theory),))


def shown(page: str) -> list[int]:
    return [int(id) for id in re.findall(r'<article class="reply[^"]*" id="post-(\d+)"', page)]


def article(page: str, post: Post) -> str:
    """The part of a page that shows `post`."""
    start = page.index(f'id="post-{post.id}"')
    return page[start : page.index("</article>", start)]


def test_replies_stand_below_what_they_answer(theory, writer, reader):
    first = a_reply(theory, by=writer)
    second = a_reply(theory, by=writer)
    below_first = a_reply(first, by=writer)
    below_second = a_reply(second, by=writer)
    late = a_reply(below_first, by=writer)
    page = reader.see(f"/theories/{theory.id}")
    order = [first, below_first, late, second, below_second]
    assert shown(page) == [reply.id for reply in order]
    depths = re.findall(r'class="reply reply-(\d)', page)
    assert depths == ["0", "1", "2", "0", "1"]
    assert "5 replies" in page


def test_a_reply_says_whom_it_answers_where_the_page_does_not_show_it(theory, writer, reader):
    first = a_reply(theory, by=writer, stance="supports")
    answer = a_reply(first, by=writer, stance="challenges")
    assert "in answer to" not in reader.see(f"/theories/{theory.id}")
    page = reader.see(f"/theories/{theory.id}-safe?stance=challenges")
    assert f'href="/posts/{first.id}">in answer to an earlier reply' in article(page, answer)


def test_an_argument_may_go_deeper_than_any_page_indents(theory, writer, reader):
    chain = [a_reply(theory, by=writer)]
    for _ in range(63):
        chain.append(a_reply(chain[-1], by=writer))
    beside = a_reply(chain[61], by=writer)
    found_replies = found(select(Reply).order_by(Reply.path))
    assert [reply.id for reply in found_replies] == [*(r.id for r in chain), beside.id]
    assert [reply.depth for reply in found_replies] == [*range(61), 60, 60, 60, 60]
    assert beside.parent_id == chain[61].id
    assert max(len(reply.path or "") for reply in found_replies) == 61 * paths.WIDTH
    pages = reader.pages(f"/theories/{theory.id}")
    assert [id for page in pages for id in shown(page)] == [reply.id for reply in found_replies]
    assert "reply-4" in pages[0]
    assert "reply-5" not in pages[0]
    assert f'href="/posts/{chain[61].id}">in answer to an earlier reply' in article(
        pages[1], beside
    )


def test_pages_hold_fifty_and_go_on_where_they_ended(theory, writer, reader):
    replies = [a_reply(theory, by=writer) for _ in range(2 * REPLIES_A_PAGE + 1)]
    pages = reader.pages(f"/theories/{theory.id}")
    assert [len(shown(page)) for page in pages] == [50, 50, 1]
    assert [id for page in pages for id in shown(page)] == [reply.id for reply in replies]
    assert "Back to the start" in pages[1]


def test_a_permalink_lands_on_the_page_of_its_reply(theory, writer, reader):
    replies = [a_reply(theory, by=writer) for _ in range(REPLIES_A_PAGE + 2)]
    nested = a_reply(replies[0], by=writer)
    for reply in (replies[0], nested, replies[48], replies[49], replies[-1]):
        response = reader.get(f"/posts/{reply.id}?said=reply-posted")
        assert response.status_code == 303
        path, _, anchor = response.location.partition("#")
        assert anchor == f"post-{reply.id}"
        assert "said=reply-posted" in path
        assert reply.id in shown(reader.see(path))
    assert "after=" not in reader.get(f"/posts/{replies[48].id}").location
    assert "after=" in reader.get(f"/posts/{replies[49].id}").location


def test_a_permalink_counts_what_its_reader_finds(app, theory, writer, reader):
    replies = [a_reply(theory, by=writer) for _ in range(REPLIES_A_PAGE + 1)]
    last = replies[-1]
    assert "after=" in reader.get(f"/posts/{last.id}").location
    in_state(replies[0], "purged")
    assert "after=" not in reader.get(f"/posts/{last.id}").location
    assert last.id in shown(reader.see(f"/posts/{last.id}"))
    moderator = a_visitor(app, a_user(role="moderator"), seen=(film_of(theory),))
    assert last.id in shown(moderator.see(f"/posts/{last.id}"))


def test_permalinks_of_questions_and_theories_lead_to_their_pages(theory, reader):
    assert reader.get(f"/posts/{theory.id}").location == f"/theories/{theory.id}-safe"
    assert reader.get(f"/posts/{theory.thread_id}").location.startswith(
        f"/threads/{theory.thread_id}-"
    )
    assert reader.get("/posts/999").status_code == 404


@pytest.mark.parametrize("end", ["", "-wrong-words", "-SAFE"])
def test_an_address_with_other_words_leads_to_the_right_one(theory, reader, end):
    response = reader.get(f"/theories/{theory.id}{end}?stance=supports")
    assert (response.status_code, response.location) == (
        301,
        f"/theories/{theory.id}-safe?stance=supports",
    )


def test_replies_can_be_read_by_stance(theory, writer, reader):
    stances = ["supports", "challenges", "supports", "neutral", "supports", "challenges"]
    replies = [a_reply(theory, by=writer, stance=stance) for stance in stances]
    now = again(theory)
    assert (now.reply_count, now.supports_count, now.challenges_count) == (6, 3, 2)
    page = reader.see(f"/theories/{theory.id}")
    assert re.findall(r'id="(\w+)-count"[^>]*>([^<]+)<', page) == [
        *(("supports", "3 supports"), ("challenges", "2 challenges"), ("neutral", "1 neutral"))
    ]
    for stance in ("supports", "challenges", "neutral"):
        path = f"/theories/{theory.id}-safe?stance={stance}"
        assert path in page
        expected = [r.id for r, taken in zip(replies, stances, strict=True) if taken == stance]
        assert shown(reader.see(path)) == expected
    assert len(shown(reader.see(f"/theories/{theory.id}?stance=angry"))) == 6


def test_one_reply_of_a_stance_is_not_counted_as_many(theory, writer, reader):
    for stance in ("supports", "challenges"):
        a_reply(theory, by=writer, stance=stance)
    page = reader.see(f"/theories/{theory.id}")
    assert ">1 support<" in page
    assert ">1 challenge<" in page
    assert ">0 neutral<" in page


def test_a_stance_is_said_in_words(theory, writer, reader):
    reply = a_reply(theory, by=writer, stance="challenges")
    assert "challenges," in article(reader.see(f"/theories/{theory.id}"), reply)


def test_who_wrote_the_theory_is_named_so(app, theory):
    film = film_of(theory)
    author = a_fan(author_of(theory), seen=(film,))
    a_reply(theory, by=author)
    assert "who wrote the theory" in a_visitor(app, seen=(film,)).see(f"/theories/{theory.id}")


def test_replies_are_behind_the_seal(app, guest, theory, writer):
    a_reply(theory, by=writer, body="SECRETREPLY")
    for visitor in (guest, a_visitor(app)):
        page = visitor.see(f"/theories/{theory.id}")
        assert "SECRET" not in page
        assert shown(page) == []
    guest.open_seal("anora-2024")
    assert "SECRETREPLY" in guest.see(f"/theories/{theory.id}")


def test_guests_are_invited_to_reply(guest, theory):
    guest.open_seal("anora-2024")
    page = guest.see(f"/theories/{theory.id}")
    assert "Log in to reply" in page
    assert '<form class="reply-form"' not in page
    assert "No replies yet" in page


def test_a_new_reply_makes_its_film_and_question_active(theory, writer):
    thread = thread_of(theory)
    before = thread.active_at
    reply = a_reply(theory, by=writer)
    assert again(thread).active_at >= reply.created_at > before
    assert again(film_of(theory)).active_at >= reply.created_at


@pytest.mark.parametrize("place", ["/posts/{}", "/posts/{}/replies/new"])
def test_wherever_a_reply_is_written_it_can_be_previewed_and_kept_without_a_script(app, place):
    theory = a_theory()
    visitor = a_visitor(app, seen=(film_of(theory),))
    page = visitor.see(place.format(theory.id))
    assert "Markdown; a passage veiled so:" in page
    for act in ("preview", "draft"):
        assert f'name="act" value="{act}"' in page
    sent = {"stance": "neutral", "body": "Half *thought*."}
    address = f"/posts/{theory.id}/replies"
    assert "Half <em>thought</em>." in visitor.post(address, act="preview", **sent).text
    kept = visitor.post(address, act="draft", **sent)
    assert "The draft is kept." in visitor.see(kept.location)
    assert "Half *thought*." in visitor.see(place.format(theory.id))


def test_a_reply_in_place_brings_the_counts_beside_it(theory, writer, reader):
    for stance in ("challenges", "neutral"):
        a_reply(theory, by=writer, stance=stance)
    sent = reader.fetch(f"/posts/{theory.id}/replies", body="No.", stance="challenges")
    assert sent.status_code == 201
    assert re.findall(r'id="(\w+)-count"[^>]*>([^<]+)<', sent.text) == [
        *(("supports", "0 supports"), ("challenges", "2 challenges"), ("neutral", "1 neutral"))
    ]
    assert "3 replies" in sent.text
