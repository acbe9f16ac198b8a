"""Posting a question, a theory, a reply: what is kept, who may, and that nothing typed is lost."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from forum.events import Event, Kind
from forum.films.models import Film
from forum.lib.database import unit_of_work
from forum.theories.models import KINDS, STANCES, Post, Reply, Revision, Theory, Thread
from tests.factories import (
    a_film,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    film_of,
    found,
    in_state,
    thread_of,
)
from tests.visitors import Visitor

QUESTION = {"safe_title": "A safe question", "title": "What of <her>?", "body": "I *ask*."}
THEORY = {
    "safe_title": "A safe theory",
    "title": "It was all & nothing",
    "kind": "plot",
    "body": "Because of *the snow*.\r\n\r\n>!And more.!<  ",
}
REPLY = {"stance": "challenges", "body": "I **doubt** it."}


@pytest.fixture
def film(app) -> Film:
    return a_film("Anora", 2024)


@pytest.fixture
def fan(app, film) -> Visitor:
    return a_visitor(app, a_user("igor"), seen=(film,))


def test_a_question_is_asked(film, fan):
    response = fan.post(f"/films/{film.slug}/threads", **QUESTION)
    thread = found(select(Thread))[0]
    assert (response.status_code, response.location) == (
        303,
        f"/threads/{thread.id}-a-safe-question?said=thread-posted",
    )
    page = fan.see(response.location)
    assert "Your question is out." in page
    assert "What of &lt;her&gt;?" in page
    assert "<p>I <em>ask</em>.</p>" in page
    assert (thread.state, thread.version, thread.theory_count) == ("published", 1, 0)
    assert thread.published_at is not None
    assert again(film).thread_count == 1
    assert again(film).active_at is not None


def test_a_theory_is_posted(film, fan):
    thread = a_thread(film)
    response = fan.post(f"/threads/{thread.id}/theories", **THEORY)
    theory = found(select(Theory))[0]
    assert response.location == f"/theories/{theory.id}-a-safe-theory?said=theory-posted"
    assert theory.body == "Because of *the snow*.\n\n>!And more.!<"
    assert theory.excerpt == "Because of the snow."
    assert (theory.kind, theory.thread_id, theory.film_id) == ("plot", thread.id, film.id)
    page = fan.see(response.location)
    assert "Your theory is out." in page
    assert "It was all &amp; nothing" in page
    assert "A plot theory" in page
    assert '<details class="veil">' in page
    assert again(thread).theory_count == 1
    assert again(film).theory_count == 1


def test_a_reply_is_posted(film, fan):
    theory = a_theory(a_thread(film))
    response = fan.post(f"/posts/{theory.id}/replies", **REPLY)
    reply = found(select(Reply))[0]
    assert response.location == f"/posts/{reply.id}?said=reply-posted"
    landed = fan.get(response.location)
    assert landed.location == (
        f"/theories/{theory.id}-{theory.safe_title.lower().replace(' ', '-')}"
        f"?said=reply-posted#post-{reply.id}"
    )
    page = fan.see(response.location)
    assert "Your reply is out." in page
    assert "<p>I <strong>doubt</strong> it.</p>" in page
    assert (reply.stance, reply.theory_id, reply.parent_id) == ("challenges", theory.id, None)
    assert again(theory).reply_count == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_theory_can_be_posted(film, fan, kind):
    thread = a_thread(film)
    fan.post(f"/threads/{thread.id}/theories", **THEORY | {"kind": kind})
    assert found(select(Theory.kind)) == [kind]


@pytest.mark.parametrize("stance", STANCES)
def test_every_stance_can_be_taken(film, fan, stance):
    theory = a_theory(a_thread(film))
    fan.post(f"/posts/{theory.id}/replies", **REPLY | {"stance": stance})
    assert found(select(Reply.stance)) == [stance]


def test_each_post_keeps_its_first_words_and_is_written_down(film, fan):
    fan.post(f"/films/{film.slug}/threads", **QUESTION)
    thread = found(select(Thread))[0]
    fan.post(f"/threads/{thread.id}/theories", **THEORY)
    theory = found(select(Theory))[0]
    fan.post(f"/posts/{theory.id}/replies", **REPLY)
    revisions = found(select(Revision).order_by(Revision.post_id))
    assert [(r.number, r.title, r.body[:9]) for r in revisions] == [
        (1, "What of <her>?", "I *ask*."),
        (1, "It was all & nothing", "Because o"),
        (1, None, "I **doubt"),
    ]
    events = found(select(Event).where(Event.post_id.is_not(None)).order_by(Event.id))
    assert [event.kind for event in events] == [
        *(Kind.THREAD_PUBLISHED, Kind.THEORY_PUBLISHED, Kind.REPLY_PUBLISHED)
    ]
    assert {event.film_id for event in events} == {film.id}


def test_a_script_gets_the_new_reply_as_a_fragment(film, fan):
    theory = a_theory(a_thread(film))
    response = fan.fetch(f"/posts/{theory.id}/replies", **REPLY)
    reply = found(select(Reply))[0]
    assert response.status_code == 201
    assert response.mimetype == "text/vnd.foyer.fragment+html"
    assert f'id="post-{reply.id}"' in response.text
    assert "<html" not in response.text


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("theory", {"safe_title": ""}, "This is needed."),
    ("theory", {"safe_title": "abc"}, "At least 4 characters, please."),
    ("theory", {"safe_title": "x" * 81}, "81 characters, and 80 fit."),
    ("theory", {"title": "x" * 161}, "161 characters, and 160 fit."),
    ("theory", {"title": "a\u202etitle"}, "can’t be shown (U+202E)"),
    ("theory", {"body": ""}, "This is needed."),
    ("theory", {"body": "x" * 20_001}, "20001 characters, and 20000 fit."),
    ("theory", {"body": "zero\0byte"}, "can’t be shown (U+0000)"),
    ("theory", {"body": "a" + "\u0301" * 9}, "Too many marks stand on one letter."),
    ("theory", {"kind": "rumour"}, "Choose one of the five kinds."),
    ("theory", {"kind": ""}, "Choose one of the five kinds."),
    ("theory", {"body": ">!film:gone-1900 | x!<"}, "No film here has the address “gone-1900”."),
    ("theory", {"body": ">!film:anora-2024 | x\n\ny!<"}, "As it stands it would hide nothing."),
    ("thread", {"title": ""}, "This is needed."),
    ("thread", {"body": ">!film:anora-2024 | x"}, "As it stands it would hide nothing."),
    ("reply", {"body": ">!film:anora-2024|x >!film:anora-2024|y!<"}, "it would hide nothing."),
    ("theory", {"body": ">!film:anora-2024|x\n\n>!film:anora-2024|y!<"}, "would hide nothing."),
    ("reply", {"body": "&gt;!film:anora-2024 | x!<"}, "it would hide nothing."),
    ("reply", {"body": "x" * 10_001}, "10001 characters, and 10000 fit."),
    ("reply", {"body": " \n "}, "This is needed."),
    ("reply", {"stance": "angry"}, "Choose where you stand."),
]


@pytest.mark.parametrize(("kind", "typed", "said"), WRONG)
def test_what_is_wrong_is_said_and_what_was_typed_stays(film, fan, kind, typed, said):
    theory = a_theory(a_thread(film))
    posts = len(found(select(Post)))
    path, usual = {
        "thread": (f"/films/{film.slug}/threads", QUESTION),
        "theory": (f"/threads/{theory.thread_id}/theories", THEORY),
        "reply": (f"/posts/{theory.id}/replies", REPLY),
    }[kind]
    given: dict[str, Any] = usual | typed
    response = fan.post(path, **given)
    assert response.status_code == 422
    page = unescape(response.text)
    assert unescape(said) in page
    for name in ("safe_title", "title"):
        if given.get(name) and "\0" not in given[name]:
            assert f'value="{given[name]}"' in page
    assert " ".join(given["body"].split())[:2000] in " ".join(page.split())
    assert len(found(select(Post))) == posts


def test_a_veil_may_name_any_film_of_ours(film, fan):
    a_film("Jaws", 1975)
    thread = a_thread(film)
    body = "Like >!film:jaws-1975 | the shark!<."
    fan.post(f"/threads/{thread.id}/theories", **THEORY | {"body": body})
    theory = found(select(Theory))[0]
    assert "the shark" not in theory.excerpt
    page = fan.see(f"/theories/{theory.id}")
    assert "Gives away Jaws" in page
    assert "the shark" not in page
    fan.open_seal("jaws-1975")
    assert "the shark" in fan.see(f"/theories/{theory.id}")


def test_a_film_that_is_not_listed_is_named_by_no_veil(film, fan):
    hidden = a_film("Hidden", 1975)
    with unit_of_work() as work:
        work.get_one(Film, hidden.id).state = "hidden"
    thread = a_thread(film)
    body = ">!film:hidden-1975 | x!<"
    assert fan.post(f"/threads/{thread.id}/theories", **THEORY | {"body": body}).status_code == 422


@pytest.mark.parametrize("kind", ["thread", "theory", "reply"])
def test_what_is_written_while_the_film_is_sealed_again_can_be_sent_again(film, fan, kind):
    theory = a_theory(a_thread(film), title="SECRETTITLE")
    path, form = {
        "thread": (f"/films/{film.slug}/threads", QUESTION),
        "theory": (f"/threads/{theory.thread_id}/theories", THEORY),
        "reply": (f"/posts/{theory.id}/replies", REPLY),
    }[kind]
    fan.post(f"/films/{film.slug}/viewing/withdrawal")
    refused = fan.post(path, **form)
    assert refused.status_code == 403
    assert f'href="/films/{film.slug}"' in refused.text
    assert "SECRETTITLE" not in refused.text
    offered = refused.text[refused.text.index(f'action="{path}"') :]
    fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', offered)
    fan.open_seal(film.slug)
    sent = {name: unescape(value) for name, value in fields if name != "csrf_token"}
    assert sent["body"] == form["body"]
    assert fan.post(path, **sent).status_code == 303


@pytest.mark.parametrize("kind", ["theory", "reply"])
def test_what_answers_something_that_went_away_is_shown_to_be_copied(film, fan, kind):
    theory = a_theory(a_thread(film))
    path = {
        "theory": f"/threads/{theory.thread_id}/theories",
        "reply": f"/posts/{theory.id}/replies",
    }[kind]
    in_state(thread_of(theory), "purged")
    in_state(theory, "purged")
    gone = fan.post(path, **THEORY, stance="neutral")
    assert gone.status_code == 404
    assert "What you wrote" in gone.text
    assert "Because of *the snow*." in gone.text
    assert fan.post(path.replace(str(theory.id), "9999"), body="x").status_code == 404


@pytest.mark.parametrize("kind", ["thread", "theory", "reply"])
def test_what_is_sealed_can_be_answered_by_nobody(app, film, kind):
    theory = a_theory(a_thread(film), title="SECRETTITLE")
    visitor = a_visitor(app)
    path, form = {
        "thread": (f"/films/{film.slug}/threads", QUESTION),
        "theory": (f"/threads/{theory.thread_id}/theories", THEORY),
        "reply": (f"/posts/{theory.id}/replies", REPLY),
    }[kind]
    compose = {
        "thread": f"/films/{film.slug}/threads/new",
        "theory": f"/threads/{theory.thread_id}/theories/new",
        "reply": f"/posts/{theory.id}/replies/new",
    }[kind]
    for response in (visitor.post(path, **form), visitor.get(compose)):
        assert response.status_code == 403
        assert "Open the film first: say that you have seen it." in response.text
        assert f'href="/films/{film.slug}"' in response.text
        assert "SECRET" not in response.text
    assert len(found(select(Post))) == 2


@pytest.mark.parametrize("path", ["/films/x-1900", "/threads/99", "/posts/99", "/posts/9999999999"])
def test_what_is_not_there_cannot_be_answered(fan, path):
    for end in ("/threads", "/theories", "/replies"):
        assert fan.post(path + end, **THEORY).status_code == 404


def test_a_kind_of_post_is_answered_in_its_own_way_only(film, fan):
    theory = a_theory(a_thread(film))
    assert fan.post(f"/threads/{theory.id}/theories", **THEORY).status_code == 404
    assert fan.post(f"/posts/{theory.thread_id}/replies", **REPLY).status_code == 404


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("hidden", "This is hidden until the moderators have looked at it."),
        ("removed", "This was taken down."),
        ("withdrawn", "Its author withdrew this."),
    ],
)
def test_what_was_taken_down_takes_no_answer_and_the_text_is_kept(film, fan, state, reason):
    theory = in_state(a_theory(a_thread(film)), state)
    response = fan.post(f"/posts/{theory.id}/replies", **REPLY | {"body": "MY LONG REPLY"})
    assert response.status_code == 403
    assert reason in response.text
    assert "MY LONG REPLY" in response.text
    assert found(select(Reply)) == []


def test_composers_open_with_an_empty_form_and_what_is_there_already(film, fan):
    thread = a_thread(film, title="Asked already?")
    a_theory(thread, title="Said already")
    page = fan.see(f"/films/{film.slug}/threads/new")
    assert "Asked already?" in page
    page = fan.see(f"/threads/{thread.id}/theories/new")
    assert "Said already" in page
    assert 'checked class="choice-input"' in page or "checked" in page
    assert 'name="title"' in page


def test_a_reply_can_be_composed_on_a_page_of_its_own(film, fan):
    theory = a_theory(a_thread(film), title="The answered theory")
    page = fan.see(f"/posts/{theory.id}/replies/new")
    assert "The answered theory" in page
    fan.post(f"/posts/{theory.id}/replies", **REPLY)
    reply = found(select(Reply))[0]
    page = fan.see(f"/posts/{reply.id}/replies/new")
    assert "<strong>doubt</strong>" in page
    response = fan.post(f"/posts/{reply.id}/replies", stance="supports", body="")
    assert response.status_code == 422
    assert "<strong>doubt</strong>" in response.text


def test_a_film_of_the_post_is_its_threads(film, fan):
    thread = a_thread(film)
    fan.post(f"/threads/{thread.id}/theories", **THEORY)
    assert film_of(found(select(Theory))[0]).id == film.id
