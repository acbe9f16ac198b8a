"""How theories are ordered: pure functions of their votes.

`ups` and `downs` are sums of weights of convinced and not convinced votes; `prior` is the share of
the film's votes that convince. The formulas and their check values are those of the design's study
of orders; each docstring names where a formula comes from.
"""

from datetime import UTC, datetime, timedelta
from math import sqrt

PRIOR_STRENGTH = 8.0
"""How many votes the film's share counts for, beside a theory's own."""

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
HOT_PERIOD = timedelta(days=14)
WILSON_Z = 1.2816
"""80 % two-sided, as lobste.rs and Reddit take it for comments."""

FEWEST_FOR_SHARE = 5
FEWEST_FOR_DIVISIVE = 10
DIVIDES_FROM = 0.25
"""From which lower bound of the smaller side an ending counts as dividing."""


def prior_share(ups: float, downs: float) -> float:
    """The share of a film's votes that convince, shrunk to one half: (U + 2) / (U + D + 4)."""
    return (ups + 2) / (ups + downs + 4)


def best(ups: float, downs: float, prior: float) -> float:
    """The share of fans convinced, cautiously estimated while votes are few; below 1.

    The mean of the Beta posterior with `PRIOR_STRENGTH` votes of prior, minus one standard error.
    """
    a = ups + PRIOR_STRENGTH * prior
    b = downs + PRIOR_STRENGTH * (1 - prior)
    n = a + b
    return a / n - sqrt(a * b / (n * n * (n + 1)))


def hot(best_rank: float, published_at: datetime) -> float:
    """Convincing and fresh: two weeks count as much as 25 points of approval.

    Static between votes, so that an index can keep it.
    """
    return 4 * best_rank + (published_at - EPOCH) / HOT_PERIOD


def wilson_lower_bound(hits: float, n: float, z: float = WILSON_Z) -> float:
    """The lower bound of Wilson's interval for `hits` of `n`; 0 to 1.

    Wilson (1927); used for ranking since Evan Miller's "How Not To Sort By Average Rating".
    """
    if n <= 0:
        return 0.0
    p = hits / n
    spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (p + z * z / (2 * n) - spread) / (1 + z * z / n)


def divisive(ups: float, downs: float) -> float | None:
    """At least which share stands on each side, allowing for chance; None below ten votes."""
    n = ups + downs
    if n < FEWEST_FOR_DIVISIVE:
        return None
    return wilson_lower_bound(min(ups, downs), n)
