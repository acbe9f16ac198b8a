"""Quotas on acts that succeed: counted from the acts themselves, inside their transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Select, bindparam

from forum.lib.language import gettext as _
from forum.lib.language import ngettext

A_LOT = _("That was a lot at once.")


class TooMany(Exception):
    """A quota is used up.

    Attributes:
        retry_after: seconds until trying again makes sense.
    """

    def __init__(self, retry_after: int, said: str = A_LOT) -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(f"{said} {wait(self.retry_after)}")


def wait(seconds: int) -> str:
    """When to come back, as a sentence: "Try again in 3 minutes." """
    if seconds < 90:
        return _("Try again in %(seconds)d seconds.") % {"seconds": seconds}
    minutes = -(-seconds // 60)
    if minutes < 90:
        return ngettext(
            "Try again in %(num)d minute.", "Try again in %(num)d minutes.", minutes
        ) % {"num": minutes}
    hours = -(-minutes // 60)
    return ngettext("Try again in %(num)d hour.", "Try again in %(num)d hours.", hours) % {
        "num": hours
    }


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `most` acts in any `window`; `said` of whoever tries more, as a sentence."""

    most: int
    window: timedelta
    said: str = A_LOT


def fills(count: int, acts: Callable[[Any], Select[Any]]) -> list[Any]:
    """Columns, one for each of `count` quotas: when the act was done that uses it up; null if none
    does. A statement of these is given `bounds()`.

    Args:
        acts: when somebody did such acts after a moment (or ever), the latest first.
    """
    return [
        acts(bindparam(f"since_{number}"))
        .limit(1)
        .offset(bindparam(f"others_{number}"))
        .scalar_subquery()
        for number in range(count)
    ]


def bounds(quotas: tuple[Quota, ...], now: datetime) -> dict[str, Any]:
    """What `fills()` asks the database with."""
    given: dict[str, Any] = {}
    for number, quota in enumerate(quotas):
        given |= {f"since_{number}": now - quota.window, f"others_{number}": quota.most - 1}
    return given


def check(quotas: tuple[Quota, ...], filled: Iterable[datetime | None], now: datetime) -> None:
    """Refuse one more act where a quota is used up.

    Args:
        quotas: what applies to this person and act.
        filled: for each, when the act was done that uses it up; what `fills()` found.
        now: the present moment.

    Raises:
        TooMany: a quota is used up, until that act leaves its window.
    """
    waits = [
        (at + quota.window - now, quota.said)
        for quota, at in zip(quotas, filled, strict=True)
        if at is not None and at + quota.window > now
    ]
    if waits:
        longest, said = max(waits)
        raise TooMany(ceil(longest.total_seconds()), said)
