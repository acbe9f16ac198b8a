"""The acts that a decision can be: their names, what each needs, when it makes sense: pure."""

from dataclasses import dataclass
from datetime import datetime

from forum.events import Kind
from forum.lib.language import gettext as _


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why something is decided.

    Attributes:
        rule_number: the rule that was broken; None where none was.
        reasons: told to the author, and public in the log.
        note: told to moderators only.
        until: when a suspension ends.
        safe_title: the new one, where that is the act.
    """

    rule_number: int | None = None
    reasons: str = ""
    note: str = ""
    until: datetime | None = None
    safe_title: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides which acts make sense.

    Attributes:
        type, state: of the post.
        is_locked: whether it is a locked question.
        has_pending: whether a change of it waits.
        may_sanction: whether the moderator may act on its author.
        sanction: what is in force against the author: "suspended", "banned" or None.
        is_new_account: whether the author came lately, as spammers do.
        is_outranked: whether the author has a higher role than the moderator.
    """

    type: str
    state: str
    is_locked: bool = False
    has_pending: bool = False
    may_sanction: bool = False
    sanction: str | None = None
    is_new_account: bool = False
    is_outranked: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a moderator.

    Attributes:
        name: the word in the database and in forms.
        label: on its button.
        done: in the log and in notices.
        event: what it is recorded as.
        upholds: whether reports that wait in its case were right; None where it says nothing of
            them, so that they go on waiting.
        needs_grounds: whether rule and reasons must be given.
        key: the key that presses its button.
        reversal: the act that undoes it; None where nothing does, or where it is undone as a whole.
    """

    name: str
    label: str
    done: str
    event: Kind
    upholds: bool | None
    needs_grounds: bool
    key: str | None = None
    reversal: str | None = None


_ALL = (
    Act("approve", _("Approve"), _("Approved"), Kind.POST_APPROVED, False, False, "a"),
    Act("no_action", _("No action"), _("No action"), Kind.CASE_DECLINED, False, False, "d"),
    Act("hide", _("Hide"), _("Hidden"), Kind.POST_HIDDEN, True, True, "h", "restore"),
    Act("remove", _("Remove"), _("Removed"), Kind.POST_REMOVED, True, True, "r", "restore"),
    Act("restore", _("Restore"), _("Restored"), Kind.POST_RESTORED, False, False),
    Act(
        name="refuse",
        label=_("Refuse the change"),
        done=_("Refused a change"),
        event=Kind.REVISION_REFUSED,
        upholds=True,
        needs_grounds=True,
        key="r",
    ),
    Act("lock", _("Lock"), _("Locked"), Kind.THREAD_LOCKED, True, True, None, "unlock"),
    Act("unlock", _("Unlock"), _("Unlocked"), Kind.THREAD_UNLOCKED, False, False),
    Act(
        name="retitle",
        label=_("Change the safe title"),
        done=_("Changed a safe title"),
        event=Kind.POST_RETITLED,
        upholds=True,
        needs_grounds=True,
        reversal="retitle",
    ),
    Act("purge", _("Purge"), _("Purged"), Kind.POST_PURGED, True, True),
    Act("suspend", _("Suspend"), _("Suspended"), Kind.USER_SUSPENDED, True, True, None, "lift"),
    Act("ban", _("Ban"), _("Banned"), Kind.USER_BANNED, True, True, None, "lift"),
    Act(
        name="ban_and_remove",
        label=_("Ban and remove everything"),
        done=_("Banned"),
        event=Kind.USER_BANNED,
        upholds=True,
        needs_grounds=True,
        reversal="lift",
    ),
    Act("lift", _("Lift the sanction"), _("Lifted a sanction"), Kind.SANCTION_LIFTED, None, False),
)

ACTS = {act.name: act for act in _ALL}
DECIDED = frozenset({*(act.event for act in _ALL), Kind.REVISION_APPROVED})
"""Every kind of event that a decision is recorded as."""

UPHOLDING = frozenset(act.name for act in _ALL if act.upholds)
"""Acts that find somebody in the wrong: as long as they stand, their author waits for trust."""

SANCTIONS = frozenset({"suspend", "ban", "ban_and_remove"})
"""Acts that put a sanction in force."""

ABOUT_ACCOUNTS = SANCTIONS | {"lift"}
"""Acts on a person, and not on what they wrote."""

TAKE_DOWN = frozenset({"hide", "remove", "purge", "ban_and_remove"})
"""Acts after which a tombstone stands, or nothing."""

LEAVES = frozenset({"approve", "no_action"})
"""Acts that leave a post as its author wrote it: open to moderators whatever the author's role."""

_BY_STATE = {
    "held": ("approve", "remove"),
    "published": ("no_action", "hide", "remove"),
    "hidden": ("restore", "remove"),
    "removed": ("restore", "no_action"),
    "withdrawn": ("no_action", "remove"),
    "purged": (),
}


def possible(now: Situation) -> list[Act]:
    """The acts that make sense as things are `now`, the likeliest first."""
    names = list(_BY_STATE[now.state])
    if now.has_pending:  # it must be settled; that nothing is done settles nothing
        names = [name for name in names if name != "no_action"]
        if now.state == "published":
            names = ["approve", "refuse", *names]
    if now.state in ("published", "hidden") and now.type != "reply":
        names.append("retitle")
    if now.type == "thread" and now.state == "published":
        names.append("unlock" if now.is_locked else "lock")
    if now.may_sanction:
        names += _on_account(now)
    if now.state != "purged":
        names.append("purge")
    if now.is_outranked:
        names = [name for name in names if name in LEAVES]
    return [ACTS[name] for name in names]


def _on_account(now: Situation) -> list[str]:
    """A ban is not made less by a suspension, and only who has come lately is swept away whole."""
    names = [] if now.sanction == "banned" else ["suspend", "ban"]
    if now.is_new_account:
        names.append("ban_and_remove")
    if now.sanction is not None:
        names.append("lift")
    return names
