"""How a question's theories and a theory's replies are listed: orders, stances, the audience."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row

from forum.lib.addresses import url_for
from forum.lib.language import gettext as _
from forum.lib.pages import Order, with_query
from forum.theories.models import STANCES, Post
from forum.votes.labels import counted_stance
from forum.votes.ranking import FEWEST_FOR_SHARE

_SHARES_SHOWN = 12


class Share(NamedTuple):
    """One slice of how a question's audience divides.

    Attributes:
        number: its place, from 1.
        url: the theory's; None for what stands for several.
        percent: of all convinced votes; None while they are too few to speak of shares.
        left, width: where it begins and how wide it is, in percent of the whole.
    """

    number: int
    title: str
    url: str | None
    ups: int
    percent: int | None
    left: float
    width: float


def division(
    theories: Sequence[Post | Row[Any]], in_all: tuple[int, int] | None = None
) -> dict[str, Any]:
    """How a question's audience divides, of theories whose figures are open to everybody.

    Args:
        theories: those with the best standing, or all that are published.
        in_all: if there may be more, how many convinced votes all have whose figures are open, and
            how many have theirs hidden.
    """
    open_rows = [row for row in theories if not row.blind and row.ups]
    total, hidden = in_all or (
        sum(row.ups for row in open_rows),
        sum(1 for row in theories if row.blind),
    )

    def share(number: int, title: str, url: str | None, ups: int, before: int) -> Share:
        percent = round(100 * ups / total) if total >= FEWEST_FOR_SHARE else None
        left, width = (round(100 * votes / total, 3) for votes in (before, ups))
        return Share(number, title, url, ups, percent, left, width)

    def others(below: list[Share]) -> Share:
        before = sum(share.ups for share in below)
        title = _("All the others together")
        return share(len(below) + 1, title, None, total - before, before)

    shares: list[Share] = []
    counted = 0
    for number, row in enumerate(sorted(open_rows, key=lambda r: (-r.ups, r.id)), 1):
        address = url_for("theories.post", post_id=row.id)
        shares.append(share(number, row.title or "", address, row.ups, counted))
        counted += row.ups
    if total > counted:
        shares.append(others(shares))
    drawn = shares
    if len(shares) > _SHARES_SHOWN:
        drawn = [*shares[: _SHARES_SHOWN - 1], others(shares[: _SHARES_SHOWN - 1])]
    return {
        "shares": drawn,
        "all_shares": shares,
        "hidden_count": hidden,
        "convinced_total": total,
    }


def orders(current: str, *, shuffled: bool = False) -> list[Order]:
    """Links to the orders of a question's theories, each with a sentence that explains it."""
    best = _("Share of fans convinced, cautiously estimated while votes are few")
    if shuffled:
        best = _("Shuffled each hour while a theory’s figures are hidden")
    kinds = (
        ("best", _("Best"), best),
        (
            "hot",
            _("Hot"),
            _("Convincing and fresh: two weeks count as much as 25 points of approval"),
        ),
        ("new", _("New"), _("Newest first")),
        ("divisive", _("Divisive"), _("At least ten votes, and the more on each side the higher")),
    )
    return [
        Order(
            key,
            label,
            with_query(order=None if key == "best" else key),
            key == current,
            explanation,
        )
        for key, label, explanation in kinds
    ]


def stance_counts(theory: Post) -> dict[str, str]:
    """How many replies take each stance, in words."""
    counts = {
        "supports": theory.supports_count,
        "challenges": theory.challenges_count,
        "neutral": theory.reply_count - theory.supports_count - theory.challenges_count,
    }
    return {stance: counted_stance(stance, count) for stance, count in counts.items()}


def stances(theory: Post, current: str | None) -> list[Order]:
    """Links to the replies of each stance, with their counts."""
    counts = stance_counts(theory)
    every = Order("all", _("All"), with_query(stance=None), current is None)
    return [
        every,
        *(Order(s, counts[s], with_query(stance=s), s == current, stance=s) for s in STANCES),
    ]
