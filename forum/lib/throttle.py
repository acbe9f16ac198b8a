"""Limits on tries that may fail (log-in, sign-up, reset): counted in the database and committed
before the try, so that they hold for any number of workers and for many tries at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network

from flask import current_app, request
from sqlalchemy import String, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from forum.lib import clock
from forum.lib.database import Base, insert_into, session, unit_of_work
from forum.lib.quotas import TooMany

_KEPT = timedelta(days=1)


class Throttle(Base):
    """How many tries were made under one key in one window."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries under ``name`` and a key in each window of `window`."""

    name: str
    most: int
    window: timedelta

    def start(self, now: datetime) -> datetime:
        """When the window began that `now` falls in."""
        return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % self.window


def count_try(*tries: tuple[Limit, str]) -> None:
    """Count one try under each (limit, key), in a transaction of its own, then refuse if one is
    over.

    Raises:
        TooMany: a limit is passed; the try that passes it counts too.
    """
    now = clock.now()
    waits = []
    with unit_of_work() as work:
        for limit, key in tries:
            start = limit.start(now)
            statement = insert_into(Throttle).values(
                key=f"{limit.name}:{key}"[:120], window=start, count=1
            )
            count = work.scalars(
                statement.on_conflict_do_update(
                    index_elements=["key", "window"], set_={"count": Throttle.count + 1}
                ).returning(Throttle.count)
            ).one()
            if count > limit.most:
                waits.append(int((start + limit.window - now).total_seconds()))
    if waits:
        raise TooMany(max(waits))


def forget(limit: Limit, key: str) -> None:
    """Start counting anew under `key`: the try succeeded. Part of the current transaction."""
    session().execute(delete(Throttle).where(Throttle.key == f"{limit.name}:{key}"[:120]))


def take_back(limit: Limit, key: str) -> None:
    """Let one try under `key` not have been one: it succeeded. Part of the current transaction."""
    session().execute(
        update(Throttle)
        .where(
            Throttle.key == f"{limit.name}:{key}"[:120],
            Throttle.window == limit.start(clock.now()),
            Throttle.count > 0,
        )
        .values(count=Throttle.count - 1),
        execution_options={"synchronize_session": False},
    )


def by_address(limit: Limit) -> list[tuple[Limit, str]]:
    """`limit` for this request's network address, but on this machine itself.

    IPv6 addresses are counted by their /64, of which one household has one.
    """
    address = request.remote_addr or ""
    if address in ("127.0.0.1", "::1") and not current_app.config["FOYER"].is_https:
        return []
    return [(limit, _household(address))]


def _household(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:  # a proxy may say what it likes
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    # Where a server listens on both, IPv4 addresses come dressed as IPv6.
    return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))


def sweep() -> None:
    """Delete windows that are long over. Part of the current transaction."""
    session().execute(delete(Throttle).where(Throttle.window < clock.now() - _KEPT))
