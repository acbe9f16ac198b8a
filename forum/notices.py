"""What is said on the next page after an act, by the code in its address (``?said=``)."""

from dataclasses import dataclass

from forum.lib.addresses import url_for
from forum.lib.answers import genuine
from forum.lib.language import gettext as _
from forum.lib.language import ngettext
from forum.moderation.acts import ACTS

NOTICES = {
    "signed-up": _("Welcome. Your seat is kept."),
    "logged-in": _("You are in."),
    "logged-out": _("You are logged out."),
    "password-changed": _("The password is changed. Every other session has ended."),
    "session-ended": _("That session has ended."),
    "seal-opened": _("The seal is open."),
    "seal-closed": _("The film is sealed again."),
    "thread-posted": _("Your question is out."),
    "theory-posted": _("Your theory is out."),
    "reply-posted": _("Your reply is out."),
    "held": _("It waits for a moderator. Until then only you and the moderators can find it."),
    "edit-held": _("Your change waits for a moderator. Until then the version before stands."),
    "reported": _("The moderators have your report. You will hear what came of it."),
    "already-reviewed": _("The moderators have looked at this already; your report is kept."),
    "claimed": _("The case is yours for 30 minutes."),
    "released": _("The case is free again."),
    "unsealed": _("The text is open to you in this case."),
    "purge-proposed": _("A second moderator must confirm the purge."),
    "purge-refused": _("The purge is refused; the case is open again."),
    "noted": _("The note is kept."),
    "undone": _("Undone."),
    "notices-read": _("All read."),
    "rule-changed": _("The rule has a new version."),
    "text-changed": _("The page is rewritten."),
    "saved": _("Saved. The version before is kept."),
    "withdrawn": _("Withdrawn."),
    "change-withdrawn": _("Your change is withdrawn. The version before stands."),
    "discarded": _("The case is closed; nothing was decided."),
    "draft-kept": _("The draft is kept."),
    "draft-discarded": _("The draft is gone."),
    "voted": _("Your vote counts."),
    "vote-withdrawn": _("Your vote is withdrawn."),
    "not-voted": _("Log in to vote: nothing was counted yet."),
    "pinned": _("The question is pinned."),
    "unpinned": _("The question is no longer pinned."),
}
NOTICES |= {f"decided-{act.name}": f"{act.done}." for act in ACTS.values()}


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done; `undo_url` leads to where it is undone, None where nothing needs to be."""

    text: str
    undo_url: str | None = None


def notice(said: str) -> Notice | None:
    """What is said by a code; None if it is none.

    Args:
        said: the code, or one that we have signed with the number of a decision that can be undone
            (``decided-hide.12.…``) and of the posts that went with it
            (``decided-ban_and_remove.12.200.…``). Other numbers tell nothing: anybody can make a
            link.
    """
    code = said.partition(".")[0]
    if code not in NOTICES:
        return None
    _code, *rest = (genuine(said) or code).split(".")
    numbers = [int(number) for number in rest]
    text = NOTICES[code]
    if len(numbers) > 1:
        removed = ngettext("%(num)d post was removed.", "%(num)d posts were removed.", numbers[1])
        text = f"{text} {removed % {'num': numbers[1]}}"
    if not numbers:
        return Notice(text)
    url = url_for("moderation.statement", decision_id=numbers[0], _anchor="undo")
    return Notice(text, url)
