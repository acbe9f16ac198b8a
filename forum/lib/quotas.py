"""Quotas on acts that succeed: counted from the acts themselves, inside their transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.lib.language import gettext as _
from forum.lib.language import ngettext


class TooMany(Exception):
    """A quota is used up.

    Attributes:
        retry_after: seconds until trying again makes sense.
    """

    def __init__(self, retry_after: int) -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(_("That was a lot at once. %(when)s") % {"when": wait(self.retry_after)})


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
    """At most `most` acts in any `window`."""

    most: int
    window: timedelta


def check(quotas: tuple[Quota, ...], count_since: Callable[[datetime], int], now: datetime) -> None:
    """Refuse one more act where a quota is used up.

    Args:
        quotas: what applies to this person and act.
        count_since: how many such acts they did after a moment.
        now: the present moment.

    Raises:
        TooMany: a quota is used up.
    """
    for quota in quotas:
        if count_since(now - quota.window) >= quota.most:
            raise TooMany(int(quota.window.total_seconds() / quota.most) + 1)
