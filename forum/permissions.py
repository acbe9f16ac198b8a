"""Every rule of who may find, read and do what.

Rules read attributes and import no room. A rule about reading has one body and two faces: asked of
an object it gives a `Verdict`, asked of a table (`findable_by`, `readable_by`) it gives the SQL
condition that selects the same rows. In such a body only ``|``, ``&`` and the functions of
`forum.lib.logic` stand; SQL expressions come first, since a bare boolean on the left knows no ``&``
with a column.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from forum.lib.language import day
from forum.lib.language import gettext as _
from forum.lib.logic import among, either, given, negate

FINDABLE_STATES = frozenset({"published", "hidden", "removed", "withdrawn"})
"""States of a post that others find, once it was published: as itself or as a tombstone."""

_OUT_OF_SIGHT = {
    "held": _("This waits for a moderator."),
    "hidden": _("This is hidden until the moderators have looked at it."),
    "removed": _("This was taken down."),
    "withdrawn": _("Its author withdrew this."),
}

UNTOLD = frozenset({"no_action"})
"""Decisions of which the author doesn't hear: they never knew that somebody had reported them."""


class Viewer(Protocol):
    """Who reads or acts: a guest (id 0) or a fan."""

    @property
    def id(self) -> int: ...
    @property
    def is_guest(self) -> bool: ...
    @property
    def is_moderator(self) -> bool: ...
    @property
    def is_admin(self) -> bool: ...
    @property
    def is_member(self) -> bool: ...
    @property
    def rank(self) -> int: ...
    @property
    def sanction(self) -> str | None: ...
    @property
    def sanctioned_until(self) -> datetime | None: ...
    @property
    def posts(self) -> int: ...
    @property
    def seen(self) -> Collection[int]: ...
    @property
    def moderates(self) -> Collection[int]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no with a reason.

    Attributes:
        allowed: the answer; a verdict is true or false by it.
        reason: a sentence for the person, saying what would be needed.
        code: what kind of no: "absent" (answer 404), "guest" (log in first), "sealed", "tombstone",
            "own", "locked", "trust", "role" or "state".
    """

    allowed: bool
    reason: str = ""
    code: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)


class Refused(Exception):
    """A rule forbids the act that was tried; `way_on` is the page where what it needs is done."""

    def __init__(self, verdict: Verdict, way_on: str = "") -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict
        self.way_on = way_on


def require(verdict: Verdict) -> None:
    """Go on only if `verdict` is a yes.

    Raises:
        Refused: it is a no.
    """
    if not verdict:
        raise Refused(verdict)


def _no(code: str, reason: str) -> Verdict:
    return Verdict(False, reason, code)


ABSENT = _no("absent", _("Nothing is showing at this address."))


# --- who finds and reads what -------------------------------------------------------------------


def moderates(viewer: Viewer, film_id: Any) -> Any:
    """Whether `viewer` moderates the film with an id, or, asked of a column, the SQL condition:
    moderators of the site all films, moderators of chosen films those."""
    return either(viewer.is_moderator, among(film_id, viewer.moderates))


def is_newcomer(viewer: Viewer, film_id: int) -> bool:
    """Whether what `viewer` writes about a film counts as a newcomer's: what its moderators write
    never does."""
    return not (viewer.is_member or moderates(viewer, film_id))


def _findable(viewer: Viewer, post: Any) -> Any:
    shown = (
        among(post.state, FINDABLE_STATES)
        & among(post.thread_state, FINDABLE_STATES)
        & among(post.theory_state, FINDABLE_STATES)
        & (post.film_state == "listed")
        # What was refused or withdrawn before anybody saw it leaves no trace.
        & given(post.published_at)
    )
    kept = negate(post.state == "purged")
    return kept & either(shown, post.author_id == viewer.id, moderates(viewer, post.film_id))


def _readable(viewer: Viewer, post: Any) -> Any:
    opened = (post.state == "published") & among(post.film_id, viewer.seen)
    return _findable(viewer, post) & either(opened, post.author_id == viewer.id)


def can_find(viewer: Viewer, post: Any) -> Verdict:
    """Whether `viewer` may learn that `post` exists; else it answers like an absent one."""
    if _findable(viewer, post):
        return YES
    return ABSENT


def findable_by(viewer: Viewer, posts: Any) -> Any:
    """The SQL condition on `posts` (the Post class or an alias) that equals `can_find`."""
    return _findable(viewer, posts)


def can_read(viewer: Viewer, post: Any) -> Verdict:
    """Whether `viewer` may read the text of `post`; else the safe title or a tombstone stands."""
    if _readable(viewer, post):
        return YES
    found = can_find(viewer, post)
    if not found:
        return found
    if post.state != "published":
        return _no("tombstone", _OUT_OF_SIGHT[post.state])
    return _no("sealed", _("Open the film first: say that you have seen it."))


def can_read_drafted(viewer: Viewer, post: Any) -> Verdict:
    """Whether `viewer` may read what `post` said while it waited to be published, and says no more:
    its author, and the film's moderators."""
    return YES if post.author_id == viewer.id else _works_on(viewer, post)


def readable_by(viewer: Viewer, posts: Any) -> Any:
    """The SQL condition on `posts` (the Post class or an alias) that equals `can_read`."""
    return _readable(viewer, posts)


def _film_findable(viewer: Viewer, film: Any) -> Any:
    return either(film.state == "listed", moderates(viewer, film.id))


def can_find_film(viewer: Viewer, film: Any) -> Verdict:
    """Whether `viewer` may learn that `film` exists: listed ones all, others its moderators."""
    if _film_findable(viewer, film):
        return YES
    return ABSENT


def films_findable_by(viewer: Viewer, films: Any) -> Any:
    """The SQL condition on `films` that equals `can_find_film`."""
    return _film_findable(viewer, films)


# --- who may act --------------------------------------------------------------------------------


def _signed_in(by: Viewer, reason: str) -> Verdict:
    return _no("guest", reason) if by.is_guest else YES


def _may_write(by: Viewer, reason: str) -> Verdict:
    """What every act needs that others see: to be logged in, and under no sanction."""
    if by.is_guest:
        return _no("guest", reason)
    if by.sanction == "banned":
        return _no("sanction", _("Your account is banned: you can read, and no more."))
    if by.sanction == "suspended":
        if by.sanctioned_until is None:
            return _no("sanction", _("Your account is suspended: you can read, and no more."))
        until = {"when": day(by.sanctioned_until)}
        return _no("sanction", _("Your account is suspended until %(when)s: you can read.") % until)
    return YES


def _stands_open(post: Any) -> Verdict:
    """What every answer to a post, and every vote on it, needs whoever gives it: asked first, so
    that nobody is sent to log in for what nobody can do."""
    if post.state != "published":
        return _no("tombstone", _OUT_OF_SIGHT[post.state])
    if post.thread_locked:
        return _no("locked", _("This question is locked: it can be read, and no longer changed."))
    return YES


def can_open_seal(by: Viewer, film: Any) -> Verdict:
    """Whether `by` may say "I have seen it" of `film`, or take it back: anybody who finds it."""
    return can_find_film(by, film)


def can_vote(by: Viewer, post: Any) -> Verdict:
    """Whether `by` may vote on `post`, a theory or a reply, as it stands."""
    found = can_find(by, post)
    if not found:
        return found
    if post.type == "thread":
        return _no("state", _("A question takes no votes; its theories do."))
    if post.author_id == by.id:
        return _no("own", _("Yours: the others vote."))
    return _stands_open(post) and _may_write(by, _("Log in to vote.")) and can_read(by, post)


def can_see_figures(by: Viewer, post: Any) -> Verdict:
    """Whether `by` may ask for the figures of a theory before voting ("show me")."""
    return (
        can_find(by, post)
        and _signed_in(by, _("Log in to see the figures before they open to all."))
        and can_read(by, post)
    )


def can_open_thread(by: Viewer, film: Any) -> Verdict:
    """Whether `by` may ask a new question about `film`."""
    found = can_find_film(by, film)
    if not found:
        return found
    writes = _may_write(by, _("Log in to ask a question."))
    if not writes:
        return writes
    if film.id not in by.seen:
        return _no("sealed", _("Open the film first: say that you have seen it."))
    if film.state != "listed":
        return _no("state", _("Questions can be asked once the film is listed."))
    if is_newcomer(by, film.id):
        return _no(
            "trust",
            _("New questions are asked by members: after a day here and two published posts."),
        )
    return YES


def can_post_theory(by: Viewer, thread: Any) -> Verdict:
    """Whether `by` may answer `thread` with a theory."""
    return (
        can_find(by, thread)
        and _stands_open(thread)
        and _may_write(by, _("Log in to post a theory."))
        and can_read(by, thread)
    )


def can_reply(by: Viewer, post: Any) -> Verdict:
    """Whether `by` may reply to `post`, a theory or a reply."""
    if post.type == "thread":
        return _no("state", _("A question is answered with a theory."))
    return (
        can_find(by, post)
        and _stands_open(post)
        and _may_write(by, _("Log in to reply."))
        and can_read(by, post)
    )


def can_edit(by: Viewer, post: Any) -> Verdict:
    """Whether `by` may change the text of `post`: its author, while it stands unlocked."""
    found = can_find(by, post)
    if not found:
        return found
    writes = _may_write(by, _("Log in to edit what you wrote."))
    if not writes:
        return writes
    if post.author_id != by.id:
        return _no("role", _("Only the author edits a post; moderators never rewrite anyone."))
    if post.state == "withdrawn":
        return _no("state", _("You withdrew this: it can’t be edited."))
    if post.state not in ("published", "held"):
        return _no("state", _("This was taken down and can’t be edited."))
    if post.thread_locked:
        return _no("locked", _("This question is locked: it can be read, and no longer changed."))
    return YES


def can_withdraw(by: Viewer, post: Any) -> Verdict:
    """Whether `by` may withdraw `post`: its author, while it stands."""
    found = can_find(by, post)
    if not found:
        return found
    if by.is_guest:
        return _no("guest", _("Log in to withdraw what you wrote."))
    if post.author_id != by.id:
        return _no("role", _("Only the author withdraws a post."))
    if post.state == "withdrawn":
        return _no("state", _("You withdrew this already."))
    if post.state not in ("published", "held"):
        return _no("state", _("This was taken down already."))
    return YES


def can_moderate(by: Viewer, post: Any) -> Verdict:
    """Whether `by` may lock, unlock, pin and unpin `post`, a thread of somebody else's."""
    found = can_find(by, post)
    if not found:
        return found
    works = _works_on(by, post)
    if not works:
        return works
    if post.type != "thread":
        return _no("state", _("Only a question is locked or pinned."))
    if post.author_id == by.id:
        return _no("own", _("Nobody acts on themselves."))
    return YES


def can_report(by: Viewer, post: Any) -> Verdict:
    """Whether `by` may report `post` to the moderators: anybody else's that stands."""
    found = can_find(by, post) and _may_write(by, _("Log in to report this."))
    if not found:
        return found
    if post.author_id == by.id:
        return _no("own", _("Yours: edit or withdraw it instead."))
    if post.state not in ("published", "hidden"):
        return _no("state", _("This was taken down already."))
    return YES


def can_see_queue(by: Viewer) -> Verdict:
    """Whether `by` may see what waits for moderators: of all films, or of those they moderate."""
    if by.sanction is None and (by.is_moderator or by.moderates):
        return YES
    return _signed_in(by, _("Log in: moderators work here.")) and _no(
        "role", _("Moderators work here.")
    )


def _works_on(by: Viewer, post: Any) -> Verdict:
    """What every act of a moderator needs: to moderate the film."""
    if moderates(by, post.film_id):
        return YES
    return can_see_queue(by) and _no("role", _("You moderate other films than this one."))


def can_open_case(by: Viewer, post: Any) -> Verdict:
    """Whether `by`, who finds `post`, may open a case about it of their own initiative."""
    return _works_on(by, post) and can_see_case(by, post)


def can_see_case(by: Viewer, post: Any) -> Verdict:
    """Whether `by` may look at a case about `post`: not where it is their own, for nobody learns
    who reported them, and nothing is said of those about films that others moderate."""
    queue = can_see_queue(by)
    if not queue:
        return queue
    if not moderates(by, post.film_id):
        return ABSENT
    if post.author_id == by.id:
        return _no("own", _("This is about your own post: another moderator decides."))
    return YES


def can_review(by: Viewer, post: Any, author: Any, *, leaves: bool = False) -> Verdict:
    """Whether `by` may decide a case about `post` by `author` (with a `rank`).

    Never about one's own post. About somebody of a higher rank only that it stays as they wrote it
    (`leaves`), which is no act on them: where there is one admin, nobody else could answer those
    who reported what the admin wrote.
    """
    seen = can_see_case(by, post)
    if not seen:
        return seen
    if author.rank > by.rank and not leaves:
        return _no(
            "role",
            _(
                "This is about somebody of a higher role: you can find that it stands; anything"
                " more takes another of that role."
            ),
        )
    return YES


def can_sanction(by: Viewer, user: Any) -> Verdict:
    """Whether `by` may suspend or ban `user`, or end that: moderators of the site, somebody of a
    lower rank."""
    queue = can_see_queue(by)
    if not queue:
        return queue
    if not by.is_moderator:
        return _no("role", _("Moderators of the whole site do this."))
    if user.id == by.id:
        return _no("own", _("Nobody acts on themselves."))
    if user.is_archive:
        return _no("role", _("The archive is no person: its posts can be taken down one by one."))
    if user.rank >= by.rank:
        return _no("role", _("Only somebody of a higher role does this to a moderator or admin."))
    return YES


def can_change_texts(by: Viewer) -> Verdict:
    """Whether `by` may rewrite the rules and the page about the site."""
    if by.is_admin:
        return YES
    return _signed_in(by, _("Log in: admins do this.")) and _no("role", _("Admins do this."))


def can_read_statement(by: Viewer, decision: Any, film_id: int | None) -> Verdict:
    """Whether `by` may read the reasons of `decision`, None if absent, about a post on a film: the
    person whom it is about, unless they never learn of it, and the film's moderators."""
    if by.is_guest:
        return _no("guest", _("Log in to read why."))
    if decision is not None and decision.user_id == by.id and decision.act not in UNTOLD:
        return YES
    if decision is not None and decision.user_id != by.id and moderates(by, film_id):
        return YES
    return ABSENT


def can_keep_draft(by: Viewer) -> Verdict:
    """Whether `by` has a place to keep drafts."""
    return _signed_in(by, _("Log in to keep a draft."))


def can_have_account(by: Viewer) -> Verdict:
    """Whether `by` may change their own account: anybody who is logged in."""
    return _signed_in(by, _("Log in first."))


def can_sign_up(by: Viewer, registration_open: bool) -> Verdict:
    """Whether `by` may make an account."""
    if not by.is_guest:
        return _no("state", _("You are logged in already."))
    if not registration_open:
        return _no("role", _("New accounts are closed for now."))
    return YES


def can_log_in(by: Viewer) -> Verdict:
    """Whether `by` may begin a session. Always: logging in anew ends nothing but gives a new id."""
    return YES


def can_operate(by: Viewer) -> Verdict:
    """Whether `by` may do what only the operator does: accounts by command, seeds, imports."""
    return YES if by.is_admin else _no("role", _("The operator does this."))
