"""Heavy tails: a few fans write most, a few films are argued about most, a few theories get most
votes."""

import random
from bisect import bisect_left
from collections.abc import Container, Iterable, Sequence
from itertools import accumulate


def zipf(count: int, flat: float, exponent: float = 1.0) -> list[float]:
    """Weights that fall as 1 / (rank + flat) ** exponent, for ranks from 0.

    Args:
        flat: how many of the first are about equal; keeps the very first from having it all.
    """
    return [(rank + flat) ** -exponent for rank in range(count)]


def pareto(count: int, rng: random.Random, tail: float = 1.2) -> list[float]:
    """`count` independent weights with a heavy tail."""
    return [rng.paretovariate(tail) for _ in range(count)]


def shared_out(total: int, weights: Sequence[float], most: int) -> list[int]:
    """`total` things given out by `weights`, in whole numbers, nobody more than `most`.

    What one can't take goes to those after; the sum is `total` unless all have `most`.
    """
    given = []
    whole = sum(weights) or 1.0
    owed = 0.0
    for weight in weights:
        owed += total * weight / whole
        share = min(most, round(owed))
        given.append(share)
        owed -= share
    left = total - sum(given)
    for place, share in enumerate(given):
        more = min(left, most - share)
        given[place] += more
        left -= more
        if left <= 0:
            break
    return given


class Crowd:
    """Fans who turn up by how active they are.

    Args:
        ids: their ids, the most active first.
        weights: how active each is.
    """

    def __init__(self, ids: Sequence[int], weights: Iterable[float]) -> None:
        self._ids = ids
        self._sums = list(accumulate(weights))

    def one(self, rng: random.Random) -> int:
        """One fan."""
        return self._ids[bisect_left(self._sums, rng.random() * self._sums[-1])]

    def audience(self, size: int, rng: random.Random) -> "Crowd":
        """`size` of these fans, the most active of them the ones who turn up most."""
        ids = self.several(size, rng)
        return Crowd(ids, zipf(len(ids), flat=5.0))

    def several(self, count: int, rng: random.Random, but: Container[int] = ()) -> list[int]:
        """`count` different fans, none of `but`; fewer only if there are not so many."""
        chosen: dict[int, None] = {}
        for _ in range(20):
            lacking = count - len(chosen)
            if lacking <= 0:
                break
            for id in rng.choices(self._ids, cum_weights=self._sums, k=lacking + lacking // 2 + 2):
                if id not in but:
                    chosen[id] = None
        else:  # nearly all of them: whoever is left, in the order of activity
            chosen.update(dict.fromkeys(id for id in self._ids if id not in but))
        return list(chosen)[:count]
