"""The fans: one who reads, one who moderates, a thousand who vote, and all the others."""

import base64
import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from benchmarks.generator import chance, words
from benchmarks.generator.rows import EventRow, SessionRow, UserRow
from benchmarks.sizes import VOTERS
from forum.accounts.names import folded, skeleton
from forum.accounts.tokens import digest
from forum.events import Kind

READER, MODERATOR = 1, 2
FIRST_VOTER = 3
FIRST_OTHER = FIRST_VOTER + VOTERS
KNOWN = range(1, FIRST_OTHER)
"""Ids of the fans whose session the benchmarks know."""

SESSION_LIFE = timedelta(days=14)


def token_of(seed: int, user_id: int) -> str:
    """The session token of a known fan, in the form that the site's own have."""
    made = hashlib.sha256(f"{seed}:{user_id}".encode()).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def name_of(user_id: int) -> str:
    """What a fan is called; no two names look alike."""
    return f"{words.NAMES[user_id % len(words.NAMES)]}_{user_id}"


def fans(count: int, seed: int, joined: datetime, now: datetime) -> Iterator[object]:
    """The rows of `count` fans who joined within two months from `joined`."""
    rng = random.Random(f"{seed}:fans")
    for id in range(1, count + 1):
        at = joined + timedelta(days=60) * rng.random()
        yield account(id, name_of(id), at)
        yield EventRow(Kind.USER_SIGNED_UP, at, user_id=id)
        if id in KNOWN:
            # A session's number is its fan's: forms' tokens are made of it.
            token = digest(token_of(seed, id))
            yield SessionRow(id, token, id, "Firefox, Linux", now, now, now + SESSION_LIFE)


def account(id: int, name: str, at: datetime) -> UserRow:
    """An account; those that the benchmarks know are trusted, so that nothing of theirs waits."""
    return UserRow(
        id=id,
        name=name,
        name_key=folded(name),
        skeleton=skeleton(name),
        created_at=at,
        role="moderator" if id == MODERATOR else "fan",
        trust_set="trusted" if id in KNOWN else None,
    )


def crowd(count: int, seed: int) -> chance.Crowd:
    """The fans who write and vote, a few of them most of it."""
    ids = _shuffled(range(FIRST_VOTER, count + 1), seed)
    return chance.Crowd(ids, chance.zipf(len(ids), flat=20.0, exponent=0.9))


def authors(count: int, seed: int) -> chance.Crowd:
    """Fans who vote on nothing that is measured, so that they can be its authors."""
    ids = _shuffled(range(FIRST_OTHER, count + 1), seed)
    return chance.Crowd(ids, chance.zipf(len(ids), flat=10.0))


def _shuffled(ids: range, seed: int) -> Sequence[int]:
    mixed = list(ids)
    random.Random(f"{seed}:activity").shuffle(mixed)
    return mixed
