"""How much of everything each film gets: drawn by seed, before anything is written."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.generator import chance
from benchmarks.sizes import Size

GOOD_POINTS = 0.1
"""The share of votes that are good points given to replies."""

STANDARD_FILM = 1
"""Id of the film that is the same in every size, so that its pages can be compared."""

STANDARD_THREADS = (25, 25, 3, 3, 3, 3, 3, 3)
"""How many theories its questions have: the first is read, the second is voted on."""

LONGEST_AT_LEAST = 50
"""How many theories the first of the other films has at least, where there are twice as many: two
full pages, so that last pages of all sizes can be compared."""

STANDARD_REPLIES = 20
"""How many replies the first theory of its first question has."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one film has.

    Attributes:
        threads: how many theories each of its questions has.
        replies, votes: to and on its theories.
        good_points: votes on its replies.
    """

    threads: Sequence[int]
    replies: Sequence[int]
    votes: Sequence[int]
    good_points: int


def shares(size: Size, seed: int) -> "Shares":
    """The plan of a forum."""
    rng = random.Random(f"{seed}:plan")
    weights = chance.zipf(size.films - 1, flat=min(20.0, size.films / 6))
    others = size.theories - sum(STANDARD_THREADS)
    if others >= 2 * LONGEST_AT_LEAST:
        least = sum(weights[1:]) * LONGEST_AT_LEAST / (others - LONGEST_AT_LEAST)
        weights[0] = max(weights[0], least)
    theories = chance.shared_out(others, weights, most=others)
    scale = [count * rng.uniform(0.6, 1.4) for count in theories]
    standard = _standard(seed)
    voters_left = size.votes - sum(standard.votes) - standard.good_points
    return Shares(
        size,
        seed,
        standard,
        theories,
        chance.shared_out(size.replies - sum(standard.replies), scale, most=size.replies),
        chance.shared_out(voters_left, scale, most=size.votes),
    )


@dataclass(frozen=True, slots=True)
class Shares:
    """The plan of a forum; `of` gives one film's part, whichever were asked for before."""

    size: Size
    seed: int
    standard: Share
    theories: Sequence[int]
    replies: Sequence[int]
    votes: Sequence[int]

    def of(self, film_id: int) -> Share:
        """What the film numbered `film_id` has."""
        if film_id == STANDARD_FILM:
            return self.standard
        place = film_id - STANDARD_FILM - 1
        rng = random.Random(f"{self.seed}:plan:{film_id}")
        count = self.theories[place]
        good_points = round(self.votes[place] * GOOD_POINTS) if self.replies[place] else 0
        popular = chance.pareto(count, rng)
        rng.shuffle(popular)
        return Share(
            threads=_threads(count, self.size.longest_thread, rng, is_first=place == 0),
            replies=chance.shared_out(
                self.replies[place], chance.pareto(count, rng), most=self.replies[place]
            ),
            votes=chance.shared_out(
                self.votes[place] - good_points, popular, most=self.size.fans // 3
            ),
            good_points=good_points,
        )


def _standard(seed: int) -> Share:
    """What the standard film has, for which the small forum has fans enough."""
    rng = random.Random(f"{seed}:standard")
    count = sum(STANDARD_THREADS)
    votes = [rng.randint(10, 120) for _ in range(count)]
    replies = [STANDARD_REPLIES, *(rng.randint(0, 8) for _ in range(count - 1))]
    return Share(STANDARD_THREADS, replies, votes, good_points=150)


def _threads(count: int, longest: int, rng: random.Random, *, is_first: bool) -> list[int]:
    """`count` theories in questions of up to `longest`; the first film's first is that long."""
    threads = [min(longest, count)] if is_first else []
    left = count - sum(threads)
    while left:
        threads.append(min(left, longest, int(2 * rng.paretovariate(0.9))))
        left -= threads[-1]
    return [length for length in threads if length]
