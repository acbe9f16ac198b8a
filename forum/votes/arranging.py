"""Where theories stand on the first page of "best": room for those that few have judged, and an
hourly shuffle while figures are blind. The same for everybody within the hour."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from forum.theories.models import FEW_VOTES, Post
from forum.theories.queries import Authored

EVERY = 5
"""Each fifth place is kept for a theory under ten votes (ranking.md, section 1)."""


def first_page(
    ranked: Sequence[Authored], candidates: Sequence[Authored], now: datetime
) -> list[tuple[Authored, bool]]:
    """The first page of "best" as shown.

    Args:
        ranked: the page's theories by rank.
        candidates: theories of the thread with few votes, the fewest first; some may be in
            `ranked`.
        now: the present moment; only its hour counts.

    Returns:
        Theories with whether their place is one that is kept ("needs your vote").
    """
    if is_shuffled(ranked):
        # The first votes must not decide the rest: nobody profits from standing first.
        return [(pair, False) for pair in sorted(ranked, key=lambda pair: _by_hour(pair[0], now))]
    ranked_ids = {theory.id for theory, _ in ranked}
    outside = [pair for pair in candidates if pair[0].id not in ranked_ids]
    needy = [pair for pair in ranked if _needs_votes(pair[0])] + outside
    needy.sort(key=lambda pair: (_open_votes(pair[0]), _by_hour(pair[0], now)))
    if len(needy) == len(ranked) + len(outside):
        return [(pair, False) for pair in ranked]  # all need votes: rank decides
    return _with_kept_places(ranked, needy, outside_count=len(outside))


def is_shuffled(ranked: Sequence[Authored]) -> bool:
    """Whether the first page of "best" with these theories has no order that could be numbered."""
    return any(theory.blind for theory, _ in ranked)


def _with_kept_places(
    ranked: Sequence[Authored], needy: list[Authored], outside_count: int
) -> list[tuple[Authored, bool]]:
    length = len(ranked) + min(outside_count, len(ranked) // EVERY)
    kept = {theory.id for theory, _ in needy[: length // EVERY]}
    in_rank_order = iter(pair for pair in ranked if pair[0].id not in kept)
    in_need = iter(pair for pair in needy if pair[0].id in kept)
    shown: list[tuple[Authored, bool]] = []
    while True:
        is_kept = (len(shown) + 1) % EVERY == 0
        pair = next(in_need, None) if is_kept else None
        pair = pair or next(in_rank_order, None) or next(in_need, None)
        if pair is None:
            return shown
        shown.append((pair, pair[0].id in kept))


def _needs_votes(theory: Post) -> bool:
    return _open_votes(theory) < FEW_VOTES and theory.state == "published"


def _open_votes(theory: Post) -> int:
    """A blind theory counts as one without votes here too: no place gives its figures away."""
    return 0 if theory.blind else theory.vote_count


def _by_hour(theory: Post, now: datetime) -> bytes:
    hour = now.strftime("%Y%m%d%H")
    return hashlib.blake2b(f"{theory.id}:{hour}".encode(), digest_size=8).digest()
