"""Pages and acts on posts that stand: what changed, withdrawing, locking, pinning."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, abort, render_template, request

from forum.accounts.sessions import viewer
from forum.lib import diff, markup
from forum.lib.addresses import url_for
from forum.lib.answers import onward
from forum.lib.database import session, unit_of_work
from forum.lib.language import gettext as _
from forum.lib.pages import pager
from forum.moderation import cases
from forum.permissions import (
    Refused,
    can_moderate,
    can_read,
    can_see_case,
    can_withdraw,
    require,
)
from forum.theories import cards, changes, revision_queries
from forum.theories.cards import Byline
from forum.theories.finding import film_of, found_or_404
from forum.theories.models import Post, Revision
from forum.theories.views import blueprint
from forum.theories.writing import scopes_in
from forum.votes.cards import figures_shown
from forum.votes.queries import opinions


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """A revision in the list of all; `votes_before` is None for the first, and while blind."""

    number: int
    at: datetime
    author: Byline
    votes_before: int | None
    current: bool
    url: str


@blueprint.get("/posts/<int:post_id>/revisions")
def revisions(post_id: int) -> Any:
    """What a post has said, and how one version became the next (``?version=``)."""
    person = viewer()
    post = found_or_404(post_id, person)
    verdict = can_read(person, post)
    if verdict.code == "sealed":
        raise Refused(verdict, url_for("films.show", slug=film_of(post).slug))
    require(verdict)
    wanted = request.args.get("version", type=int, default=post.version)
    if not 0 < wanted <= post.version:
        abort(404)
    shown, before = revision_queries.revision_and_before(post, person, wanted)
    if shown is None:
        abort(404)
    kept = revision_queries.revisions_of(post, person, request.args.get("after"))
    tells_votes = post.type != "thread" and figures_shown(post, opinions(person, [post]))
    return render_template(
        "theories/revisions.html",
        section="films",
        post_title=_name(post),
        crumbs_to_post=_crumbs(post),
        revisions=[
            RevisionLine(
                number=revision.number,
                at=revision.at,
                author=cards.byline(author, person),
                votes_before=revision.votes_before if tells_votes and revision.number > 1 else None,
                current=revision.number == post.version,
                url=url_for("theories.revisions", post_id=post.id, version=revision.number),
            )
            for revision, author in kept.items
        ],
        pager=pager(kept.next),
        # The first version is shown as it is: against nothing, all of it would be new.
        diff=diff.lines(_source(before or shown), _source(shown)),
        title_diffs=_title_diffs(before, shown),
        shown_from=before.number if before else 0,
        shown_to=shown.number,
    )


@blueprint.get("/posts/<int:post_id>/withdrawal")
def confirm_withdrawal(post_id: int) -> Any:
    """Ask before a post is withdrawn."""
    person = viewer()
    post = found_or_404(post_id, person)
    require(can_withdraw(person, post))
    return render_template(
        "theories/withdraw.html",
        section="films",
        post_title=_name(post),
        post_url=cards.permalink(post),
        was_published=post.published_at is not None,
        action=url_for("theories.withdraw", post_id=post.id),
    )


@blueprint.post("/posts/<int:post_id>/withdrawal")
def withdraw(post_id: int) -> Response:
    """Withdraw one's own post."""
    person = viewer()
    post = found_or_404(post_id, person)
    with unit_of_work():
        changes.withdraw(post, by=person)
    return onward(cards.permalink(post), said="withdrawn")


@blueprint.post("/posts/<int:post_id>/change/withdrawal")
def withdraw_change(post_id: int) -> Response:
    """Take back a change of one's own that waits for a moderator."""
    person = viewer()
    post = found_or_404(post_id, person)
    with unit_of_work():
        changes.withdraw_change(post, by=person)
    return onward(cards.permalink(post), said="change-withdrawn")


@blueprint.post("/threads/<int:post_id>/lock")
def lock(post_id: int) -> Response:
    """Go to the case in which a question is closed (value 1), or opened again (value 0): that is a
    decision like others, with reasons and a line in the log."""
    person = viewer()
    thread = found_or_404(post_id, person, "thread")
    locks = _switch()
    require(can_moderate(person, thread))
    require(can_see_case(person, thread))
    if thread.thread_locked == locks:
        return onward(cards.address(thread))
    with unit_of_work():
        opened = cases.open_case(thread, by=person)
    act = "lock" if locks else "unlock"
    return onward(url_for("moderation.case", case_id=opened.id, act=act, _anchor="decide-head"))


@blueprint.post("/threads/<int:post_id>/pin")
def pin(post_id: int) -> Response:
    """Keep a question above its film's others (value 1), or let it go (value 0)."""
    person = viewer()
    thread = found_or_404(post_id, person, "thread")
    pins = _switch()
    with unit_of_work():
        changes.pin(thread, pins, by=person)
    return onward(cards.address(thread), said="pinned" if pins else "unpinned")


def _switch() -> bool:
    value = request.form.get("value")
    if value not in ("0", "1"):
        abort(400)
    return value == "1"


def _crumbs(post: Post) -> list[tuple[str, str, bool]]:
    """The way to a post that its reader may read: its film, and for a reply the theory."""
    film = film_of(post)
    way = [(film.title, url_for("films.show", slug=film.slug), True)]
    theory = session().get_one(Post, post.theory_id) if post.theory_id else None
    if theory is not None:
        name = theory.title if can_read(viewer(), theory) else theory.safe_title
        way.append((name or _("a theory"), cards.address(theory), False))
    return [*way, (_name(post), cards.permalink(post), False)]


def _name(post: Post) -> str:
    """A post's title for its author and those who have read it; a reply has none."""
    return post.title or _("a reply")


def _source(revision: Revision | None) -> str:
    """The Markdown of a revision, without what it gives away of films that are sealed."""
    if revision is None:
        return ""
    scopes = {slug: scope.id for slug, scope in scopes_in(revision.body).items()}
    return markup.redact(revision.body, scopes, viewer().seen)


def _title_diffs(before: Revision | None, shown: Revision) -> list[tuple[str, list[diff.Line]]]:
    """How the title and the safe title changed, those that did, under their names."""
    if before is None:
        return []
    titles = (
        (_("Title"), before.title, shown.title),
        (_("Safe title"), before.safe_title, shown.safe_title),
    )
    return [(name, diff.lines(old or "", new or "")) for name, old, new in titles if old != new]
