"""What fans write: real texts where this machine has them, generated ones otherwise.

A body is put together from paragraphs that were rendered one by one, so that a million bodies cost
no more rendering than the paragraphs there are; `Texts.body` gives what rendering it would.
"""

import itertools
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.generator import words
from forum.films.catalogue import CatalogueFilm, Row, read_catalogue
from forum.lib import markup
from forum.lib.text import forbidden_character, one_line

LONGEST = 260
"""Characters of a paragraph: below an excerpt's, so that its excerpt is all it says."""

KEPT = 4_000
"""Paragraphs kept of each kind."""

FOREIGN = 0.12
"""The share of bodies in another language than English."""

_SENTENCE = re.compile(r"(?<=[.!?。]) +")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: Markdown, its HTML, and its text without what is veiled."""

    source: str
    html: str
    plain: str


@dataclass(frozen=True, slots=True)
class Body:
    """A post's text as it is stored."""

    source: str
    html: str
    excerpt: str
    first: str


class Texts:
    """Everything that the fans of one forum say.

    Args:
        prose: paragraphs of theories and questions.
        comments: paragraphs of replies.
        foreign: paragraphs of either in other languages.
    """

    def __init__(self, prose: Iterable[str], comments: Iterable[str], foreign: Iterable[str]):
        rng = random.Random("texts")
        self._prose, self._comments, self._foreign = (
            list(itertools.islice(_rendered(texts, rng), KEPT))
            for texts in (prose, comments, foreign)
        )

    @staticmethod
    @cache
    def of(folder: Path) -> "Texts":
        """The texts of `folder`, as its SOURCES.md describes them; generated where they miss."""
        return Texts(
            _real(folder / "films.json", "extract") or words.sentences("en", 3 * KEPT),
            _real(folder / "text" / "reddit-comments.jsonl", "text")
            or words.sentences("en", KEPT, seed=1),
            _real(folder / "text" / "multilang-udhr.jsonl", "text") or words.other_languages(),
        )

    def theory(self, rng: random.Random) -> Body:
        """What a theory says: two to six paragraphs."""
        return self.body(rng, self._prose, rng.randint(2, 6))

    def question(self, rng: random.Random) -> Body:
        """What is asked: a paragraph or two."""
        return self.body(rng, self._prose, rng.randint(1, 2))

    def reply(self, rng: random.Random) -> Body:
        """What is answered: mostly one paragraph."""
        return self.body(rng, self._comments, 2 if rng.random() < 0.1 else 1)

    def body(self, rng: random.Random, kind: Sequence[Paragraph], length: int) -> Body:
        """`length` paragraphs of a kind, or of another language."""
        chosen = rng.choices(self._foreign if rng.random() < FOREIGN else kind, k=length)
        return Body(
            source="\n\n".join(part.source for part in chosen),
            html="".join(part.html for part in chosen),
            excerpt=markup.excerpt(" ".join(part.plain for part in chosen)),
            first=chosen[0].plain,
        )


def catalogue(folder: Path, count: int) -> list[CatalogueFilm]:
    """`count` films: real ones, spread over the years, then generated ones."""
    path = folder / "films-full.jsonl.gz"
    real = (
        [row.film for row in read_catalogue(path) if isinstance(row, Row)] if path.is_file() else []
    )
    step = max(1, len(real) // count)
    chosen = real[::step][:count]
    return chosen + [words.film(number) for number in range(count - len(chosen))]


def _rendered(texts: Iterable[str], rng: random.Random) -> Iterator[Paragraph]:
    """Those of `texts` that are one plain paragraph, some with a word stressed or a veil."""
    for text in texts:
        for piece in _pieces(text):
            source = _marked(piece, rng)
            made = markup.render(source)
            is_one = made.html.startswith("<p>") or made.html.startswith('<div class="p">')
            if is_one and made.html.count("<p>") + made.html.count('<div class="p">') == 1:
                yield Paragraph(source, made.html, made.excerpt)


def _pieces(text: str) -> Iterator[str]:
    """Sentences of `text`, as many together as a paragraph holds."""
    text = one_line(text)
    if forbidden_character(text):
        return
    piece = ""
    for sentence in _SENTENCE.split(text):
        if len(piece) + len(sentence) + 1 > LONGEST:
            if piece:
                yield piece
            piece = ""
        if len(sentence) <= LONGEST:
            piece = f"{piece} {sentence}".strip()
    if len(piece) > 20:
        yield piece


def _marked(piece: str, rng: random.Random) -> str:
    parts = piece.split(" ")
    chance = rng.random()
    place = rng.randrange(len(parts))
    if chance < 0.1 and parts[place].isalnum():
        parts[place] = f"*{parts[place]}*"
    elif chance < 0.13 and len(parts) > 8:
        parts[-4:] = [">!" + " ".join(parts[-4:]) + "!<"]
    return " ".join(parts)


def _real(path: Path, field: str) -> list[str]:
    """The texts that a file holds; none where it isn't there."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        rows = map(json.loads, file) if path.suffix == ".jsonl" else json.load(file)
        return [row[field] for row in rows]
