"""What is done with cases before they are decided: reporting, opening, claiming, noting."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from forum import events
from forum.accounts.models import User
from forum.events import Event, Kind
from forum.lib import clock, quotas
from forum.lib.database import insert_into, run, session
from forum.lib.language import gettext as _
from forum.lib.quotas import Quota
from forum.moderation import opening, weights
from forum.moderation.effects import NotPossible
from forum.moderation.models import Case, CaseOpening, Decision, Note, Report
from forum.moderation.opening import lock_case, new_case, open_case_of, weigh
from forum.moderation.situations import still_waits
from forum.permissions import (
    Viewer,
    can_open_case,
    can_report,
    can_review,
    can_see_case,
    moderates,
    require,
)
from forum.theories.locking import locked
from forum.theories.models import Post

LEASE = timedelta(minutes=30)
_REPORT_QUOTAS = (Quota(10, timedelta(hours=1)), Quota(50, timedelta(days=1)))


def _reports_since(moment: Any) -> Select[Any]:
    """When an account has reported something; changing one's report counts, too."""
    filed = (Event.kind == Kind.REPORT_FILED, Event.by_id == bindparam("by"))
    return select(Event.at).where(*filed, Event.at > moment).order_by(Event.at.desc())


_REPORTED = select(*quotas.fills(len(_REPORT_QUOTAS), _reports_since))


def report(post: Post, rule_number: int, words: str, *, by: Viewer) -> bool:
    """Tell the moderators what is wrong with `post`; reporting it again changes one's report.

    Args:
        rule_number: which rule it breaks.
        words: one's own words, at most 1,000 characters; may be empty.

    Returns:
        Whether anybody will look: False if this version was reviewed for this rule already.

    Raises:
        Refused: `by` may not; see `can_report`.
        TooMany: their quota is used up.
    """
    post = locked(post, by=by)
    require(can_report(by, post))
    now = clock.now()
    reviewed = _already_reviewed(post, rule_number)
    case = reviewed or open_case_of(post)
    if case is not None and _has_said(case, rule_number, words, by):
        return reviewed is None
    _check_quota(by, now)
    case = case or new_case(post, "report")
    said = {
        "rule_number": rule_number,
        "words": words,
        "weight": _weight_of(post, by),
        "post_version": post.version,
        "state": "declined" if reviewed else "open",
        "decided_at": now if reviewed else None,
        "decision_id": None,
    }
    statement = insert_into(Report).values(
        case_id=case.id, reporter_id=by.id, created_at=now, **said
    )
    session().execute(
        statement.on_conflict_do_update(index_elements=["case_id", "reporter_id"], set_=said)
    )
    weigh(case)
    events.record(
        Kind.REPORT_FILED,
        by=by,
        film_id=post.film_id,
        post_id=post.id,
        codes={"case": case.id, "rule": rule_number},
    )
    return reviewed is None


def open_case(post: Post, *, by: Viewer) -> Case:
    """The open case about `post`, or a new one on a moderator's own initiative.

    Raises:
        Refused: `by` may not (`can_open_case`), or could do nothing in a new one (`can_review`).
    """
    post = locked(post, by=by)
    require(can_open_case(by, post))
    case = open_case_of(post)
    if case is None:
        require(can_review(by, post, session().get_one(User, post.author_id)))
        case = new_case(post, "own")
        events.record(
            Kind.CASE_OPENED,
            by=by,
            film_id=post.film_id,
            post_id=post.id,
            codes={"case": case.id},
        )
    return case


def discard(case: Case, *, by: Viewer) -> None:
    """Close a case that a moderator opened and of which nothing came; the log says nothing of it.

    Raises:
        Refused: `by` is no moderator.
        NotPossible: somebody reported the post, something waits, or something was decided.
    """
    case, post = lock_case(case, by=by)
    require(can_see_case(by, post))
    if case.closed_at is not None:
        return
    decided = select(Decision.id).where(Decision.case_id == case.id).limit(1)
    if case.kind != "own" or case.report_count or still_waits(post) or session().scalar(decided):
        raise NotPossible(_("Somebody waits for what comes of this: decide it instead."))
    opening.discard(case, by)
    _record(Kind.CASE_DISCARDED, case, by)


def claim(case: Case, *, by: Viewer) -> None:
    """Hold `case` for 30 minutes, shown to all; taking it over from somebody is allowed.

    Raises:
        Refused: `by` may not; see `can_see_case`.
    """
    case, post = lock_case(case, by=by)
    require(can_see_case(by, post))
    if case.closed_at is not None:
        return
    if case.claimed_by_id not in (None, by.id):
        case.version += 1
    case.claimed_by_id, case.claimed_until = by.id, clock.now() + LEASE
    _record(Kind.CASE_CLAIMED, case, by)


def release(case: Case, *, by: Viewer) -> None:
    """Let go of `case`, if `by` holds it.

    Raises:
        Refused: `by` may not; see `can_see_case`.
    """
    case, post = lock_case(case, by=by)
    require(can_see_case(by, post))
    if case.claimed_by_id == by.id:
        case.claimed_by_id = case.claimed_until = None
        _record(Kind.CASE_RELEASED, case, by)


def unseal(case: Case, *, by: Viewer) -> None:
    """Open the text of `case` to a moderator who hasn't seen the film and knows it.

    Raises:
        Refused: `by` may not; see `can_see_case`.
    """
    case, post = lock_case(case, by=by)
    require(can_see_case(by, post))
    _renew(case, by)
    opened = session().execute(
        insert_into(CaseOpening)
        .values(case_id=case.id, user_id=by.id, at=clock.now())
        .on_conflict_do_nothing()
        .returning(CaseOpening.case_id)
    )
    if opened.all():
        _record(Kind.CASE_UNSEALED, case, by)


def add_note(case: Case, text: str, *, by: Viewer) -> None:
    """Tell the other moderators something about `case` and its author.

    Raises:
        Refused: `by` is no moderator.
    """
    case, post = lock_case(case, by=by)
    require(can_see_case(by, post))
    _renew(case, by)
    session().add(
        Note(case_id=case.id, user_id=post.author_id, by_id=by.id, text=text, at=clock.now())
    )
    _record(Kind.NOTE_ADDED, case, by)


def _already_reviewed(post: Post, rule_number: int) -> Case | None:
    """The closed case in which this version was found to keep this rule."""
    return session().scalar(
        select(Case)
        .join(Report, Report.case_id == Case.id)
        .where(
            Case.post_id == post.id,
            Case.closed_at.is_not(None),
            Case.outcome == "declined",
            Case.post_version == post.version,
            Report.rule_number == rule_number,
        )
        .order_by(Case.id.desc())
        .limit(1)
    )


def _has_said(case: Case, rule_number: int, words: str, by: Viewer) -> bool:
    """Whether somebody's report in the same words waits, or any of theirs where it is decided."""
    theirs = select(Report.id).where(Report.case_id == case.id, Report.reporter_id == by.id)
    if case.closed_at is None:
        theirs = theirs.where(
            Report.state == "open", Report.rule_number == rule_number, Report.words == words
        )
    return session().scalar(theirs) is not None


def _check_quota(by: Viewer, now: datetime) -> None:
    (filled,) = run(_REPORTED, {"by": by.id, **quotas.bounds(_REPORT_QUOTAS, now)})
    quotas.check(_REPORT_QUOTAS, filled, now)


def _weight_of(post: Post, by: Viewer) -> float:
    """What a report of `post` weighs, by who its reporter is and how their decided ones ended."""
    rows = session().execute(
        select(Report.state, func.count())
        .where(Report.reporter_id == by.id, Report.state != "open")
        .group_by(Report.state)
    )
    counts = dict(rows.all())
    record = counts.get("upheld", 0), counts.get("declined", 0)
    is_staff = moderates(by, post.film_id)
    return weights.weight(getattr(by, "trust", "newcomer"), is_staff, *record)


def _renew(case: Case, by: Viewer) -> None:
    """Whoever works on a case that they hold, holds it for another 30 minutes."""
    now = clock.now()
    if case.claimed_by_id == by.id and case.claimed_until and case.claimed_until > now:
        case.claimed_until = now + LEASE


def _record(kind: Kind, case: Case, by: Viewer) -> None:
    events.record(kind, by=by, film_id=case.film_id, post_id=case.post_id, codes={"case": case.id})
