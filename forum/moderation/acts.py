"""The acts that a decision can be: their names, what each needs, when it makes sense: pure."""

from dataclasses import dataclass

from forum.events import Kind
from forum.lib.language import gettext as _


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a moderator.

    Attributes:
        name: the word in the database and in forms.
        label: on its button.
        done: in the log and in notices.
        event: what it is recorded as.
        upholds: whether reports that led to it were right; None where they are beside the point.
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

SANCTIONS = frozenset({"suspend", "ban", "ban_and_remove"})

_BY_STATE = {
    "held": ("approve", "remove"),
    "published": ("no_action", "hide", "remove"),
    "hidden": ("restore", "remove", "no_action"),
    "removed": ("restore", "no_action"),
    "withdrawn": ("no_action", "remove"),
    "purged": (),
}


def possible(
    state: str, *, has_pending: bool, is_thread: bool, is_locked: bool, may_sanction: bool
) -> list[Act]:
    """The acts that make sense for a post, the likeliest first.

    Args:
        state: the post's.
        has_pending: whether a change of it waits.
        is_thread, is_locked: of the post.
        may_sanction: whether the moderator may act on its author.
    """
    names = ["approve", "refuse"] if has_pending and state == "published" else []
    names += [name for name in _BY_STATE[state] if name not in names]
    if has_pending and "no_action" in names:
        names.remove("no_action")
    if state in ("published", "hidden"):
        names.append("retitle")
    if is_thread and state == "published":
        names.append("unlock" if is_locked else "lock")
    if may_sanction:
        names += ["suspend", "ban", "ban_and_remove"]
    if state != "purged":
        names.append("purge")
    return [ACTS[name] for name in names]
