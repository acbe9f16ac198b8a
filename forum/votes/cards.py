"""Theories and replies as pages show them: with a ballot, and with figures only where they may
show. Cards are tuples, which are made four times as fast as frozen dataclasses."""

from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from forum.accounts.models import User
from forum.films.cards import FilmCard
from forum.lib import markup
from forum.lib.addresses import url_for
from forum.permissions import (
    Viewer,
    can_edit,
    can_read,
    can_reply,
    can_see_figures,
    can_vote,
    can_withdraw,
)
from forum.theories import cards, paths, queries
from forum.theories.cards import Byline, Held, Pending, held_words
from forum.theories.models import Post
from forum.theories.waiting import NOTHING_WAITS, Waits
from forum.votes.labels import kind_label, stance_words
from forum.votes.queries import Opinions
from forum.votes.ranking import FEWEST_FOR_SHARE

DEEPEST_SHOWN = 4


class Ballot(NamedTuple):
    """A theory's figures and the viewer's choice.

    Attributes:
        choice: 1, -1 or 0.
        figures: "shown", or "blind": then `ups`, `downs` and `total` are 0 and `share` is None.
        share: percent convinced; None below five votes.
        standing: "open", "guest", "own", "locked" or "closed": who may vote here.
        reason: why not, as a sentence; None where the head of the page says it.
        reveal_url: where "show me" is posted; None where it can't be.
    """

    post_id: int
    action: str
    choice: int
    figures: str
    ups: int
    downs: int
    total: int
    share: int | None
    standing: str
    reason: str | None
    reveal_url: str | None


class GoodPoint(NamedTuple):
    """A reply's good points and whether the viewer's is among them."""

    post_id: int
    action: str
    choice: int
    ups: int
    standing: str
    reason: str | None


class TheoryCard(NamedTuple):
    """A theory in a list; `title`, `excerpt` and `ballot` are None while it can't be read."""

    id: int
    url: str
    safe_title: str
    title: str | None
    kind: str
    kind_label: str
    author: Byline
    published_at: datetime
    edited_at: datetime | None
    excerpt: str | None
    reply_count: int
    ballot: Ballot | None
    rank: int | None
    needs_vote: bool
    film: FilmCard | None
    tombstone: str | None
    tombstone_url: str | None
    is_own: bool
    report_url: str | None
    moderate_url: str | None


class ReplyCard(NamedTuple):
    """A reply below a theory; `html` is None where it can't be read."""

    id: int
    url: str
    depth: int
    stance: str
    stance_label: str
    author: Byline
    wrote_theory: bool
    published_at: datetime
    edited_at: datetime | None
    html: Markup | None
    good_point: GoodPoint
    can_reply: bool
    can_edit: bool
    can_withdraw: bool
    reply_url: str
    edit_url: str
    withdraw_url: str
    revisions_url: str | None
    tombstone: str | None
    tombstone_url: str | None
    held: Held | None
    pending_edit: Pending | None
    report_url: str | None
    moderate_url: str | None
    parent_url: str | None


def figures_shown(theory: Post, opinions: Opinions) -> bool:
    """Whether the viewer with these `opinions` sees the figures of `theory`."""
    return not theory.blind or theory.id in opinions.votes or theory.id in opinions.peeked


def ballot(theory: Post, viewer: Viewer, opinions: Opinions) -> Ballot:
    """The ballot of a theory that the viewer may read."""
    shown = figures_shown(theory, opinions)
    ups, downs = (theory.ups, theory.downs) if shown else (0, 0)
    total = ups + downs
    standing, reason = _standing(theory, viewer)
    may_peek = not shown and bool(can_see_figures(viewer, theory))
    return Ballot(
        post_id=theory.id,
        action=url_for("votes.cast", post_id=theory.id),
        choice=opinions.votes.get(theory.id, 0),
        figures="shown" if shown else "blind",
        ups=ups,
        downs=downs,
        total=total,
        share=round(100 * ups / total) if total >= FEWEST_FOR_SHARE else None,
        standing=standing,
        reason=reason,
        reveal_url=url_for("votes.show_figures", post_id=theory.id) if may_peek else None,
    )


def good_point(reply: Post, viewer: Viewer, opinions: Opinions) -> GoodPoint:
    """The good points of a reply."""
    standing, reason = _standing(reply, viewer)
    return GoodPoint(
        post_id=reply.id,
        action=url_for("votes.cast", post_id=reply.id),
        choice=opinions.votes.get(reply.id, 0),
        ups=reply.ups,
        standing=standing,
        reason=reason,
    )


def theory_card(
    theory: Post,
    author: User,
    viewer: Viewer,
    opinions: Opinions,
    *,
    film: FilmCard | None = None,
    rank: int | None = None,
    needs_vote: bool = False,
) -> TheoryCard:
    """`theory` as `viewer` may see it."""
    readable = bool(can_read(viewer, theory))
    opened = theory.film_id in viewer.seen or theory.author_id == viewer.id
    return TheoryCard(
        id=theory.id,
        url=cards.address(theory),
        safe_title=theory.safe_title or "",
        title=theory.title if readable else None,
        kind=theory.kind or "",
        kind_label=kind_label(theory.kind or ""),
        author=cards.byline(author, viewer),
        published_at=theory.published_at or theory.created_at,
        edited_at=theory.edited_at,
        excerpt=theory.excerpt if readable else None,
        reply_count=theory.reply_count,
        # Nobody votes on what waits, or was taken down.
        ballot=ballot(theory, viewer, opinions)
        if readable and opened and theory.state == "published"
        else None,
        rank=rank,
        needs_vote=needs_vote and theory.id not in opinions.votes,
        film=film,
        tombstone=cards.tombstone(theory),
        tombstone_url=cards.log_line(theory),
        is_own=theory.author_id == viewer.id,
        report_url=cards.report_url(theory, viewer),
        moderate_url=cards.moderate_url(theory, author, viewer),
    )


def reply_card(
    reply: Post,
    author: User,
    viewer: Viewer,
    opinions: Opinions,
    *,
    wrote_theory: bool,
    waits: Waits = NOTHING_WAITS,
) -> ReplyCard:
    """`reply` as `viewer` may see it."""
    readable = bool(can_read(viewer, reply))
    is_own = reply.author_id == viewer.id  # what only authors may is not asked of every reply
    revisions = url_for("theories.revisions", post_id=reply.id) if reply.version > 1 else None
    return ReplyCard(
        id=reply.id,
        url=cards.permalink(reply),
        depth=reply.depth,
        stance=reply.stance or "",
        stance_label=stance_words(reply.stance or "", own=is_own),
        author=cards.byline(author, viewer),
        wrote_theory=wrote_theory,
        published_at=reply.published_at or reply.created_at,
        edited_at=reply.edited_at,
        html=markup.reveal(reply.html, viewer.seen) if readable else None,
        good_point=good_point(reply, viewer, opinions),
        can_reply=bool(can_reply(viewer, reply)),
        can_edit=is_own and bool(can_edit(viewer, reply)),
        can_withdraw=is_own and bool(can_withdraw(viewer, reply)),
        reply_url=url_for("theories.compose_reply", post_id=reply.id),
        edit_url=url_for("theories.edit", post_id=reply.id),
        withdraw_url=url_for("theories.confirm_withdrawal", post_id=reply.id),
        revisions_url=revisions if readable else None,
        tombstone=cards.tombstone(reply),
        tombstone_url=cards.log_line(reply),
        held=held_words(reply, waits.usual),
        pending_edit=cards.pending(reply) if reply.id in waits.pending else None,
        report_url=cards.report_url(reply, viewer),
        moderate_url=cards.moderate_url(reply, author, viewer),
        parent_url=None,
    )


def reply_cards(
    replies: list[queries.Authored],
    theory: Post,
    viewer: Viewer,
    opinions: Opinions,
    waits: Waits = NOTHING_WAITS,
) -> list[ReplyCard]:
    """Replies in reading order, each saying whom it answers where the page doesn't show it."""
    found: list[ReplyCard] = []
    before: Post | None = None
    for reply, author in replies:
        is_theirs = reply.author_id == theory.author_id
        card = reply_card(reply, author, viewer, opinions, wrote_theory=is_theirs, waits=waits)
        if reply.parent_id is not None and not _stands_below(reply, before):
            card = card._replace(parent_url=url_for("theories.post", post_id=reply.parent_id))
        found.append(card)
        before = reply
    return found


def _stands_below(reply: Post, before: Post | None) -> bool:
    """Whether indentation alone says which reply `reply` answers: its parent is just above it, or
    on the way down to what is, and not deeper than indents show."""
    if before is None or before.path is None or reply.depth > DEEPEST_SHOWN:
        return before is not None and reply.parent_id == before.id
    line = {paths.ancestor_at(before.path, depth) for depth in range(before.depth + 1)}
    return reply.parent_id in line


def _standing(post: Post, viewer: Viewer) -> tuple[str, str | None]:
    verdict = can_vote(viewer, post)
    if verdict:
        return "open", None
    standing = verdict.code if verdict.code in ("guest", "own", "locked") else "closed"
    # What is in force against the viewer stands at the head of every page.
    return standing, None if verdict.code == "sanction" else verdict.reason
