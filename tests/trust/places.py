"""A small forum to throw junk at: every form that takes text, and what an answer must be."""

import re
from dataclasses import dataclass

from flask import Flask
from werkzeug.test import TestResponse

from forum.films.models import Film
from forum.theories.models import Post
from tests.visitors import Visitor


@dataclass
class Place:
    """A forum to throw junk at, and who throws it: an admin, whom no quota stops, and a guest.

    Attributes:
        switched: a question that is locked and pinned as the junk has it, and not written in.
    """

    app: Flask
    film: Film
    thread: Post
    theory: Post
    reply: Post
    own: Post
    switched: Post
    case_id: int
    admin: Visitor
    guest: Visitor


def says_what_to_do(response: TestResponse) -> bool:
    """Whether an answer in the 400s tells a person, in a sentence, how to go on."""
    text = response.get_data(as_text=True)
    if response.mimetype == "text/plain":
        return len(text) > 20
    said = re.findall(
        r'class="page-say">(.*?)</p>|class="error-summary".*?<li>(.*?)</li>|class="kept">(.*?)</p>'
        r'|class="conflict" role="alert".*?<p>(.*?)</p>',
        text,
        re.DOTALL,
    )
    return any(len("".join(parts).strip()) > 10 for parts in said)


def fine(response: TestResponse, about: object) -> TestResponse:
    """`response`, which is no error of ours, and no bare refusal."""
    assert response.status_code < 500, f"{about}: {response.status_code}"
    if response.status_code >= 400:
        assert says_what_to_do(response), f"{about}: {response.status_code} says nothing"
    return response


DECIDED = ("version", "rule", "reasons", "note", "days", "safe_title", "act")
WRITTEN = ("safe_title", "title", "kind", "stance", "body", "version", "act")


def forms(place: Place) -> list[tuple[str, tuple[str, ...]]]:
    """Every form with fields of text: its address and their names."""
    return [
        (f"/films/{place.film.slug}/threads", ("safe_title", "title", "body")),
        (f"/threads/{place.thread.id}/theories", ("safe_title", "title", "body")),
        (f"/threads/{place.thread.id}/theories", WRITTEN),
        (f"/posts/{place.theory.id}/replies", ("body",)),
        (f"/posts/{place.own.id}/revisions", WRITTEN),
        (f"/drafts/theory/{place.thread.id}", WRITTEN),
        ("/preview", ("body",)),
        (f"/posts/{place.theory.id}/votes", ("value",)),
        (f"/threads/{place.switched.id}/lock", ("value",)),
        (f"/threads/{place.switched.id}/pin", ("value",)),
        ("/settings/theme", ("value", "next")),
        (f"/films/{place.film.slug}/viewing", ("next",)),
        (f"/posts/{place.theory.id}/reports", ("rule", "words")),
        (f"/moderation/cases/{place.case_id}/notes", ("note-text",)),
        (f"/moderation/cases/{place.case_id}/decision", DECIDED),
        ("/rules/1/versions", ("title", "text")),
        ("/texts/about", ("body", "act")),
    ]


GUESTS_FORMS = (
    ("/login", ("name", "password", "next", "carry")),
    ("/signup", ("name", "email", "password", "next", "carry")),
    ("/reset/spent", ("password",)),
)
"""Forms of people without an account."""
