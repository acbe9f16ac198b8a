"""How large the forums are that the benchmarks ask."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a forum.

    Attributes:
        films, fans, theories, replies, votes: how many there are. Votes are those on theories and
            good points given to replies.
        longest_thread: the most theories that one question has.
        database: "sqlite" or "postgresql", unless told otherwise.
        is_copied: whether a run works on a copy, so that what it writes is gone afterwards; else it
            works on the built forum itself.
    """

    name: str
    films: int
    fans: int
    theories: int
    replies: int
    votes: int
    longest_thread: int
    database: str = "sqlite"
    is_copied: bool = True


SIZES = {
    size.name: size
    for size in (
        Size("small", 60, 1_400, 200, 1_500, 12_000, longest_thread=50),
        Size("medium", 2_000, 10_000, 20_000, 200_000, 2_000_000, longest_thread=200),
        Size(
            "large",
            33_000,
            100_000,
            1_000_000,
            5_000_000,
            20_000_000,
            longest_thread=5_000,
            database="postgresql",
            is_copied=False,
        ),
    )
}

CASES = 10_000
"""How many cases wait in the queue that moderators' pages are measured with."""

VOTERS = 1_000
"""How many fans have a session and have seen the measured film. So many that none comes to the
limit of 60 votes a minute, however fast they vote together."""
