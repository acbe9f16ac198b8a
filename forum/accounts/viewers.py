"""Who reads and who acts: a guest, a fan as the session knew them, or the operator."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from flask_login import UserMixin

from forum.accounts.models import ROLES
from forum.accounts.trust import trust_of


@dataclass(frozen=True)
class Guest:
    """A visitor without an account; what they have seen is in their cookie."""

    seen: Collection[int] = frozenset()
    id: int = 0
    session_id: int = 0
    name: str = ""
    is_guest: bool = True
    is_moderator: bool = False
    is_admin: bool = False
    is_member: bool = False
    rank: int = 0
    posts: int = 0
    sanction: None = None
    sanctioned_until: None = None
    moderates: Collection[int] = frozenset()
    is_authenticated: bool = False
    is_active: bool = False
    is_anonymous: bool = True


def _nothing_seen(_user_id: int) -> frozenset[int]:
    return frozenset()


@dataclass(frozen=True)
class Fan(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """An account as it stood when the request began; Flask-Login's user.

    Attributes:
        id: the user's id.
        session_id: the session's id, which is what Flask-Login keeps; 0 for acts without one.
        posts: how many of their posts are published.
        sanction: "suspended" or "banned" while one is in force, else None.
        sanctioned_until: when a suspension ends.
        upheld_at: when something was last decided against them, and not undone since.
        unread: how many notices wait in their inbox.
        appointed: ids of the films that they were made moderator of, beside their role.
        load_seen: gives the ids of the films they have opened; asked once, when first needed.
    """

    id: int
    name: str
    role: str
    trust_set: str | None
    created_at: datetime
    now: datetime
    posts: int = 0
    session_id: int = 0
    sanction: str | None = None
    sanctioned_until: datetime | None = None
    upheld_at: datetime | None = None
    unread: int = 0
    appointed: frozenset[int] = frozenset()
    load_seen: Callable[[int], frozenset[int]] = field(default=_nothing_seen, repr=False)

    is_guest = False

    def get_id(self) -> str:
        """The session's id, as a string: Flask-Login's notion of who this is."""
        return str(self.session_id)

    @cached_property
    def seen(self) -> frozenset[int]:
        """Ids of the films whose seal this fan has opened."""
        return self.load_seen(self.id)

    @cached_property
    def trust(self) -> str:
        """ "newcomer", "member" or "trusted"."""
        return trust_of(self.created_at, self.posts, self.trust_set, self.now, self.upheld_at)

    @property
    def is_member(self) -> bool:
        return self.trust != "newcomer"

    @property
    def rank(self) -> int:
        """0 for fans, 1 for moderators, 2 for admins: nobody acts on a higher rank."""
        return ROLES.index(self.role)

    @property
    def is_moderator(self) -> bool:
        return self.role in ("moderator", "admin") and self.sanction is None

    @property
    def is_admin(self) -> bool:
        return self.role == "admin" and self.sanction is None

    @property
    def moderates(self) -> frozenset[int]:
        """Ids of the films that they moderate as long as nothing is in force against them;
        moderators of the site moderate all others, too."""
        return self.appointed if self.sanction is None else frozenset()


_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class AnyFan(Fan):
    """A member whom nobody is: for what fans share of a page, see `forum.fan_pages`.

    Attributes:
        opinion: what they are taken to think of every post, see `forum.votes.queries.opinions`.
    """

    id: int = -1
    name: str = ""
    role: str = "fan"
    trust_set: str | None = "member"
    created_at: datetime = _NEVER
    now: datetime = _NEVER
    opinion: int = 0


@dataclass(frozen=True)
class Operator:
    """Whoever holds the machine: acts by command, seeds and imports; reads nothing on the site.

    Seeded posts are written in the name of the archive's account, whose id `id` then is.
    """

    id: int = 0
    seen: Collection[int] = frozenset()
    is_guest: bool = False
    is_moderator: bool = True
    is_admin: bool = True
    is_member: bool = True
    rank: int = 3
    sanction: None = None
    sanctioned_until: None = None
    trust: str = "trusted"
    posts: int = 0
    moderates: Collection[int] = frozenset()
