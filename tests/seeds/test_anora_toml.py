"""The first film's content: complete, sealed where it must be, and in nobody else's words."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.film_lists import shared

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "forum" / "seeds" / "anora.toml"

# Thread by thread, the theories that the article holds and their kinds.
EXPECTED = {
    "Did Anora ever really escape?": {
        "freedom": "reading",
        "defeat": "reading",
        "cycle": "reading",
        "walks-into-chaos": "reading",
        "resignation": "reading",
        "survivor-and-naive": "reading",
    },
    "Was the marriage ever real?": {
        "heir-returns": "plot",
        "setup": "plot",
        "transaction": "reading",
        "vanya-rebels": "reading",
    },
    "What does the ending stand for?": {
        "immigrant-allegory": "allegory",
        "broken-cinderella": "allegory",
        "beyond-class": "allegory",
    },
    "What happens after the last shot?": {
        "own-club": "alternate",
        "settlement": "alternate",
        "ghost": "alternate",
        "not-finished": "after",
    },
}


@pytest.fixture(scope="module")
def seed() -> dict[str, Any]:
    return tomllib.loads(SEED.read_text("utf-8"))


def theories(seed: dict[str, Any]) -> list[dict[str, Any]]:
    return [theory for thread in seed["thread"] for theory in thread["theory"]]


def posts(seed: dict[str, Any]) -> list[dict[str, Any]]:
    return [*seed["thread"], *theories(seed)]


def safe_texts(seed: dict[str, Any]) -> list[str]:
    """Everything of the film that people who have not seen it may read."""
    film = seed["film"]
    return [film["summary"], *film["notes"], *(post["safe_title"] for post in posts(seed))]


def prose(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in prose(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in prose(inner)]
    return []


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("’", "'").replace("'", ""))


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def test_four_threads_hold_all_seventeen_theories_by_key(seed: dict[str, Any]) -> None:
    held = {
        thread["title"]: {theory["key"]: theory["kind"] for theory in thread["theory"]}
        for thread in seed["thread"]
    }
    assert held == EXPECTED
    assert len(theories(seed)) == 17
    assert len({post["key"] for post in posts(seed)}) == 4 + 17


def test_the_film_is_described_by_facts_and_our_own_summary(seed: dict[str, Any]) -> None:
    film = seed["film"]
    assert (film["title"], film["year"], film["runtime"]) == ("Anora", 2024, 139)
    assert film["directors"] == ["Sean Baker"]
    assert film["summary_source"] == "Written for Foyer"
    assert film["summary_licence"] == "CC BY-SA 4.0"
    assert "identifiers" not in film, "none could be verified"
    assert len(film["summary"]) <= 600
    assert len(film["notes"]) == 5
    assert film["notes_source"]


def test_titles_and_bodies_have_the_lengths_that_forms_allow(seed: dict[str, Any]) -> None:
    for post in posts(seed):
        assert 0 < len(post["safe_title"]) <= 80
        assert 0 < len(post["title"]) <= 80
        assert "\n" not in post["safe_title"] + post["title"]
    for thread in seed["thread"]:
        assert 2 <= len(re.findall(r"[.?!](?:\s|$)", thread["body"])) <= 4
    for theory in theories(seed):
        assert 90 <= len(words(theory["body"])) <= 180, theory["key"]


def test_titles_and_safe_titles_are_all_distinct(seed: dict[str, Any]) -> None:
    for field in ("title", "safe_title"):
        assert len({post[field].casefold() for post in posts(seed)}) == 21


def test_every_theory_ends_by_saying_that_an_article_reports_it(seed: dict[str, Any]) -> None:
    for theory in theories(seed):
        last = theory["body"].strip().splitlines()[-1]
        assert "reported in the article" in last


def test_no_sealed_title_stands_in_a_safe_text(seed: dict[str, Any]) -> None:
    for safe in safe_texts(seed):
        for post in posts(seed):
            assert post["title"].casefold() not in safe.casefold()


def test_no_phrase_of_a_sealed_text_stands_in_a_safe_text(seed: dict[str, Any]) -> None:
    sealed = [post["title"] for post in posts(seed)] + [post["body"] for post in posts(seed)]
    sealed += [statement["text"] for statement in seed["statement"]]
    phrases = {run for text in sealed for run in runs(text, 5)}
    for safe in safe_texts(seed):
        assert not phrases & runs(safe, 5), safe


def test_statements_are_paraphrases_marked_as_reported(seed: dict[str, Any]) -> None:
    for statement in seed["statement"]:
        assert statement["is_quotation"] is False
        assert statement["status"] == "reported"
        assert statement["publication"] == "Peeling Back the Layers of Anora"
        assert 0 < len(statement["text"]) <= 300
        assert not re.search(r'["“”]', statement["text"]), "a paraphrase has no quotation marks"


def test_statements_bear_on_the_theories_that_they_speak_of(seed: dict[str, Any]) -> None:
    bearing = [
        (statement["speaker"], [(link["key"], link["bearing"]) for link in statement["theories"]])
        for statement in seed["statement"]
    ]
    first_thread = EXPECTED["Did Anora ever really escape?"]
    assert bearing == [
        ("Sean Baker", [(key, "leaves_open") for key in first_thread]),
        ("Sean Baker", [("broken-cinderella", "supports")]),
        ("Mikey Madison", [("survivor-and-naive", "supports")]),
        ("Mark Eydelshteyn", [("vanya-rebels", "supports")]),
    ]


def test_no_address_and_no_timecode_is_seeded(seed: dict[str, Any]) -> None:
    text = "\n".join(prose(seed)).casefold()
    assert not re.search(r"https?:|www\.|\.(?:click|com|net|org)\b|flix|watch free", text)
    assert not re.search(r"\b\d+:\d\d", text), "no timecode of the film is known"


def test_the_prose_is_not_the_article_s(seed: dict[str, Any]) -> None:
    theirs = runs(shared("seed/article.txt").read_text("utf-8"), 8)
    assert theirs
    for text in prose(seed):
        assert not theirs & runs(text, 8), text
