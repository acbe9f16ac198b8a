"""How far an account is trusted: one pure function, and what each level is called."""

from datetime import datetime, timedelta

from forum.lib.language import gettext as _

MEMBER_AGE = timedelta(hours=24)
MEMBER_POSTS = 2
TRUSTED_AGE = timedelta(days=30)
TRUSTED_POSTS = 20
BLAMELESS = timedelta(days=90)
"""For how long nothing was decided against whoever is trusted."""


def trust_of(
    created_at: datetime,
    posts: int,
    trust_set: str | None,
    now: datetime,
    upheld_at: datetime | None,
) -> str:
    """The trust level: "newcomer", "member" or "trusted".

    Args:
        created_at: when the account was made.
        posts: how many of its posts are published.
        trust_set: a level that the operator set, which holds over the rest.
        now: the present moment.
        upheld_at: when something was last decided against it, and not undone since.
    """
    if trust_set:
        return trust_set
    age = now - created_at
    blameless = upheld_at is None or now - upheld_at >= BLAMELESS
    if age >= TRUSTED_AGE and posts >= TRUSTED_POSTS and blameless:
        return "trusted"
    if age >= MEMBER_AGE and posts >= MEMBER_POSTS:
        return "member"
    return "newcomer"


def trust_word(level: str) -> str:
    """A trust level as pages say it."""
    return {"newcomer": _("newcomer"), "member": _("member"), "trusted": _("trusted")}[level]
