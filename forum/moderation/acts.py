"""The acts that a decision can be: their names, what each needs, when it makes sense: pure."""

from dataclasses import dataclass

from forum.lib.language import gettext as _


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a moderator.

    Attributes:
        name: the word in the database and in forms.
        label: on its button.
        done: in the log and in notices.
        upholds: whether reports that led to it were right; None where they are beside the point.
        needs_grounds: whether rule and reasons must be given.
        key: the key that presses its button.
        reversal: the act that undoes it; None where nothing does, or where it is undone as a whole.
    """

    name: str
    label: str
    done: str
    upholds: bool | None
    needs_grounds: bool
    key: str | None = None
    reversal: str | None = None


_ALL = (
    Act("approve", _("Approve"), _("Approved"), False, False, "a"),
    Act("no_action", _("No action"), _("No action"), False, False, "d"),
    Act("hide", _("Hide"), _("Hidden"), True, True, "h", "restore"),
    Act("remove", _("Remove"), _("Removed"), True, True, "r", "restore"),
    Act("restore", _("Restore"), _("Restored"), False, False, None),
    Act("refuse", _("Refuse the change"), _("Refused a change"), True, True, "r"),
    Act("lock", _("Lock"), _("Locked"), True, True, None, "unlock"),
    Act("unlock", _("Unlock"), _("Unlocked"), False, False, None),
    Act(
        "retitle",
        _("Change the safe title"),
        _("Changed a safe title"),
        True,
        True,
        None,
        "retitle",
    ),
    Act("purge", _("Purge"), _("Purged"), True, True, None),
    Act("suspend", _("Suspend"), _("Suspended"), True, True, None, "lift"),
    Act("ban", _("Ban"), _("Banned"), True, True, None, "lift"),
    Act("ban_and_remove", _("Ban and remove everything"), _("Banned"), True, True, None, "lift"),
    Act("lift", _("Lift the sanction"), _("Lifted a sanction"), None, False, None),
)

ACTS = {act.name: act for act in _ALL}
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
