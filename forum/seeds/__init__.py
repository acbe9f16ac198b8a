"""The first film and the first catalogue, told to the same operations that fans use."""

import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.accounts.operations import add_archive
from forum.accounts.viewers import Operator
from forum.films.catalogue import CatalogueFilm
from forum.films.models import Film
from forum.films.operations import add_film, add_statement, note_production
from forum.lib import jobs
from forum.lib.database import session, unit_of_work
from forum.moderation.rules import seed_rules
from forum.theories.models import Post
from forum.theories.operations import post_theory, post_thread
from forum.theories.writing import words

ARCHIVE_NAME = "the_archive"
_FOLDER = Path(__file__).parent
_FILMS_A_UNIT = 50


def is_empty() -> bool:
    """Whether the database holds no film yet."""
    empty = session().scalar(select(func.count()).select_from(Film)) == 0
    session().rollback()
    return empty


def seed_all() -> None:
    """Seed everything; what is there already is left as it is."""
    films = _read("films.toml")["film"]
    for start in range(0, len(films), _FILMS_A_UNIT):
        with unit_of_work():
            for entry in films[start : start + _FILMS_A_UNIT]:
                add_film(_catalogue_film(entry), by=Operator())
    seed_house()
    seed_anora()


def seed_house() -> None:
    """What no forum is without, wherever its films come from: the rules, and the nightly work."""
    with unit_of_work():
        seed_rules(by=Operator())
        if not jobs.awaits("nightly"):
            jobs.enqueue("nightly", {})


def seed_anora() -> None:
    """Seed the first film with its questions, theories and statements."""
    content = _read("anora.toml")
    operator = Operator()
    with unit_of_work():
        archive = add_archive(ARCHIVE_NAME, by=operator)
        film, _ = add_film(_catalogue_film(content["film"]), by=operator)
        notes = content["film"]
        note_production(film, notes["notes"], notes["notes_source"], by=operator)
    theories: dict[str, int] = {}
    # The oldest first, so that the questions stand in the order of the file.
    for entry in reversed(content["thread"]):
        theories |= _seed_thread(film, archive, entry)
    with unit_of_work():
        for number, entry in enumerate(content["statement"], 1):
            add_statement(
                film,
                by=operator,
                seed_key=f"anora/statement-{number}",
                speaker=entry["speaker"],
                role=entry["role"],
                words=entry["text"],
                is_quotation=entry["is_quotation"],
                publication=entry["publication"],
                bearings={theories[b["key"]]: b["bearing"] for b in entry["theories"]},
            )


def _seed_thread(film: Film, archive: User, entry: dict[str, Any]) -> dict[str, int]:
    """One question with its theories; seed keys say what is there already."""
    writer = Operator(id=archive.id, seen=frozenset({film.id}))
    texts = {theory["key"]: _words(theory) for theory in entry["theory"]}
    question = _words(entry)
    with unit_of_work():
        key = f"anora/{entry['key']}"
        thread: Post = _seeded(key) or post_thread(film, question, by=writer, seed_key=key)
        ids = {}
        for theory in entry["theory"]:
            name = theory["key"]
            post = _seeded(f"{key}/{name}") or post_theory(
                thread, texts[name], by=writer, seed_key=f"{key}/{name}"
            )
            ids[name] = post.id
    return ids


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))


def _seeded(key: str) -> Post | None:
    return session().scalar(select(Post).where(Post.seed_key == key))


def _words(entry: dict[str, Any]) -> Any:
    return words(
        entry["body"].strip(),
        safe_title=entry["safe_title"],
        title=entry["title"],
        kind=entry.get("kind"),
        scopes={},
    )


def _catalogue_film(entry: dict[str, Any]) -> CatalogueFilm:
    return CatalogueFilm(
        title=entry["title"],
        year=entry["year"],
        original_title=entry.get("original_title"),
        directors=tuple(entry.get("directors", ())),
        runtime=entry.get("runtime"),
        summary=entry.get("summary"),
        summary_source=entry.get("summary_source"),
        summary_licence=entry.get("summary_licence"),
        identifiers=tuple(entry.get("identifiers", {}).items()),
    )
