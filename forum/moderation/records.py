"""A decision with its line in the log, and the event that notices follow from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from forum import events
from forum.accounts.models import User
from forum.events import Kind
from forum.lib import clock
from forum.lib.database import session
from forum.moderation import log
from forum.moderation.acts import ABOUT_ACCOUNTS, ACTS, TAKE_DOWN, UPHOLDING, Grounds
from forum.moderation.effects import Effect
from forum.moderation.labels import AN_ACCOUNT, label_of
from forum.moderation.models import Case, Decision, LogEntry, Rule
from forum.permissions import Viewer
from forum.theories.models import Post


@dataclass(frozen=True, slots=True)
class About:
    """What a decision is about, and what it stands beside.

    Attributes:
        source: how it came before the moderators: "report", "held", "edit" or "own".
        second: the other moderator who proposed it.
    """

    act: str
    post: Post
    author: User
    source: str = "own"
    case: Case | None = None
    second: int | None = None


def write(about: About, grounds: Grounds, effect: Effect, *, by: Viewer) -> Decision:
    """Keep a decision, with what it did, and its line in the log; what it undoes says so."""
    reverts = effect.reverts[0] if effect.reverts else None
    entry, note_salt = _append(about, grounds, effect, by)
    decision = Decision(
        case_id=about.case.id if about.case else None,
        act=about.act,
        user_id=about.author.id,
        post_id=about.post.id,
        rule_number=entry.rule_number,
        rule_version=entry.rule_version,
        reasons=grounds.reasons,
        note=grounds.note,
        note_salt=note_salt,
        source=about.source,
        until=entry.until,
        by_id=by.id,
        second_by_id=about.second,
        reverts_id=reverts.id if reverts else None,
        log_seq=entry.seq,
        at=entry.at,
    )
    session().add(decision)
    session().flush()
    for moved in effect.moved:
        moved.decision_id = decision.id
    for refused in effect.refused:
        refused.decision_id = decision.id
    session().add_all([*effect.moved, *effect.refused])
    for undone in effect.reverts:
        undone.reverted_by_id = decision.id
    if about.act in TAKE_DOWN:
        _mark(effect, entry)
    session().flush()
    about.author.upheld_at = _last_upheld(about.author)
    return decision


def announce(decision: Decision, *, is_change: bool, by: Viewer) -> None:
    """Record the event that notices follow from.

    Args:
        is_change: whether a change was decided about, and not the post.
    """
    kind = ACTS[decision.act].event
    if decision.act == "approve" and is_change:
        kind = Kind.REVISION_APPROVED
    events.record(
        kind,
        by=by,
        user_id=decision.user_id,
        post_id=decision.post_id,
        codes={"decision": decision.id, "case": decision.case_id},
    )


def _append(about: About, grounds: Grounds, effect: Effect, by: Viewer) -> tuple[LogEntry, str]:
    act, post = about.act, about.post
    rule = session().get(Rule, grounds.rule_number) if grounds.rule_number else None
    about_account = act in ABOUT_ACCOUNTS
    above = session().get_one(Post, post.theory_id) if post.theory_id else None
    return log.append(
        LogEntry(
            at=clock.now(),
            act=act,
            actor_id=by.id,
            with_second=about.second is not None,
            post_id=None if about_account else post.id,
            film_id=None if about_account else post.film_id,
            rule_number=rule.number if rule else None,
            rule_version=rule.version if rule else None,
            reasons=grounds.reasons,
            source=about.source,
            until=grounds.until if act == "suspend" else None,
            child_count=len(effect.moved) if act == "ban_and_remove" else 0,
            reverts_seq=effect.reverts[0].log_seq if effect.reverts else None,
        ),
        AN_ACCOUNT if about_account else label_of(post, above),
        grounds.note,
    )


def _last_upheld(author: User) -> datetime | None:
    return session().scalar(
        select(func.max(Decision.at)).where(
            Decision.user_id == author.id,
            Decision.act.in_(UPHOLDING),
            Decision.reverted_by_id.is_(None),
        )
    )


def _mark(effect: Effect, entry: LogEntry) -> None:
    """Let tombstones name the rule and the line of the log."""
    ids = [moved.post_id for moved in effect.moved]
    session().execute(
        update(Post)
        .where(Post.id.in_(ids))
        .values(removed_under=entry.rule_number, log_seq=entry.seq),
    )
