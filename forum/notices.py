"""What is said on the next page after an act, by the code in its address (``?said=``)."""

from forum.lib.language import gettext as _

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
    "saved": _("Saved. The version before is kept."),
    "withdrawn": _("Withdrawn."),
    "draft-kept": _("The draft is kept."),
    "draft-discarded": _("The draft is gone."),
    "voted": _("Your vote counts."),
    "vote-withdrawn": _("Your vote is withdrawn."),
    "locked": _("The question is locked."),
    "unlocked": _("The question is open again."),
    "pinned": _("The question is pinned."),
    "unpinned": _("The question is no longer pinned."),
}
