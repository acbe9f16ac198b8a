"""One case as a moderator sees it, put together from its parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from forum.accounts.models import User
from forum.accounts.viewers import Fan, Guest
from forum.films.cards import film_card
from forum.films.models import Film
from forum.lib import clock, diff, markup
from forum.lib.addresses import url_for
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.moderation import cards, queries
from forum.moderation.acts import Act, possible
from forum.moderation.cards import AuthorLine, CasePost, HistoryLine, ReportLine
from forum.moderation.forms import DecisionForm, NoteForm
from forum.moderation.models import Case
from forum.moderation.situations import situation_of
from forum.permissions import can_review
from forum.theories import cards as post_cards
from forum.theories.models import PendingRevision, Post
from forum.theories.queries import revision_of
from forum.theories.writing import scopes_in

Canned = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Button:
    """An act as a button of the form; `main` is the likeliest."""

    value: str
    label: str
    key: str | None
    main: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works on a case."""

    mine: bool
    holder: str | None
    until: datetime | None
    claim_action: str
    release_action: str


@dataclass(frozen=True, slots=True)
class Second:
    """A purge that waits for another moderator."""

    sentence: str
    confirm_action: str
    refuse_action: str
    mine: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note of a moderator."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything that a moderator needs to decide a case."""

    id: int
    version: int
    heading: str
    what: str
    score: int | None
    reports_sentence: str
    post: CasePost
    pending: list[diff.Line] | None
    reports: list[ReportLine]
    author: AuthorLine
    history: list[HistoryLine]
    notes: list[NoteLine]
    note_form: NoteForm
    note_action: str
    claim: Claim
    form: DecisionForm
    canned: tuple[Canned, ...]
    acts: list[Button]
    decide_action: str
    conflict: str | None
    second: Second | None


CANNED: tuple[Canned, ...] = (
    (
        _("Gives an ending away"),
        _("It gives an ending away to people who haven't opened that film."),
        1,
    ),
    (_("About the person"), _("It argues with the person and not with what they say."), 2),
    (_("Advertising"), _("It advertises something that has nothing to do with the film."), 4),
    (_("Pirated copy"), _("It leads to a copy that the film's makers didn't allow."), 4),
    (_("Off the film"), _("It doesn't speak of this film's ending."), 5),
)


def case_page(
    case: Case,
    viewer: Fan | Guest,
    form: DecisionForm,
    conflict: str | None = None,
    note_form: NoteForm | None = None,
) -> CasePage:
    """`case` for `viewer`, a moderator; `form` holds what was typed, or what is suggested."""
    row = queries.case_post(case)
    post, author, film, above = row
    pending = queries.pending_of(post.id)
    opened = film.id in viewer.seen or queries.is_unsealed(case.id, viewer.id)
    reports = queries.reports_of(case.id)
    decisions = queries.decisions_about(author.id)
    acts = _acts(case, post, author, viewer)
    return CasePage(
        id=case.id,
        version=case.version,
        heading=cards.safe_name(post, above),
        what=cards.what(case, post),
        score=round(case.score) if case.report_count else None,
        reports_sentence=cards.reports_sentence(case.report_count),
        post=_case_post(case, row, viewer, opened=opened),
        pending=_pending_diff(post, pending, viewer) if opened and pending else None,
        reports=[cards.report_line(row, viewer) for row in reports],
        author=cards.author_line(author, decisions),
        history=[cards.history_line(decision, by) for decision, by in decisions],
        notes=[
            NoteLine(by.name, note.at, note.text) for note, by in queries.notes_about(author.id)
        ],
        note_form=note_form or NoteForm(formdata=None, prefix="note-"),
        note_action=url_for("moderation.add_note", case_id=case.id),
        claim=_claim(case, viewer),
        form=form,
        canned=CANNED,
        acts=acts,
        decide_action=url_for("moderation.decide", case_id=case.id),
        conflict=conflict,
        second=_second(case, viewer) if acts else None,
    )


def named_post(post: Post, author: User, viewer: Fan | Guest) -> CasePost:
    """A post by its safe title alone, for the page on which it is reported."""
    film = session().get_one(Film, post.film_id)
    above = session().get(Post, post.theory_id) if post.theory_id else None
    return CasePost(
        kind_label=cards.kind_word(post).capitalize(),
        author=post_cards.byline(author, viewer),
        film=film_card(film, viewer.seen),
        url=post_cards.permalink(post),
        label=cards.safe_name(post, above),
        published_at=post.published_at or post.created_at,
        state_sentence="",
        html=None,
        body_before=None,
        sealed=film.id not in viewer.seen,
        opened=False,
        open_action="",
    )


def suggestion(case: Case) -> dict[str, Any]:
    """What the form is filled with: the rule that most reports cite, and its usual words."""
    suggested: dict[str, Any] = {"version": str(case.version), "rule": "", "reasons": ""}
    reports = queries.reports_of(case.id)
    number = reports[0][0].rule_number if reports else 4 if case.hold_reason == "link" else None
    if number is not None:
        words = next((text for _label, text, rule in CANNED if rule == number), "")
        suggested |= {"rule": str(number), "reasons": words}
    return suggested


def _acts(case: Case, post: Post, author: User, viewer: Fan | Guest) -> list[Button]:
    if case.closed_at is not None or not can_review(viewer, post, author):
        return []
    acts = possible(situation_of(post, author, by=viewer))
    return [_button(act, main=number == 0) for number, act in enumerate(acts)]


def _button(act: Act, *, main: bool) -> Button:
    hints = {
        "purge": _("Erases the text itself; a second moderator confirms."),
        "ban_and_remove": _("For a spammer's new account: everything goes in one act."),
        "suspend": _("They can read until then."),
        "ban": _("They can read. Their sessions end."),
        "retitle": _("The only words of others that a moderator changes."),
    }
    return Button(act.name, act.label, act.key, main, hints.get(act.name, ""))


def _case_post(case: Case, row: Any, viewer: Fan | Guest, *, opened: bool) -> CasePost:
    post, author, film, _above = row
    html = markup.reveal(post.html, viewer.seen) if opened else None
    if opened and post.title:
        html = markup.headed(post.title, html or "")
    return CasePost(
        kind_label=cards.kind_word(post).capitalize(),
        author=post_cards.byline(author, viewer),
        film=film_card(film, viewer.seen),
        url=post_cards.permalink(post),
        label=post.safe_title or "",
        published_at=post.published_at or post.created_at,
        state_sentence=cards.state_sentence(post),
        html=html,
        body_before=_before(post, viewer) if opened and post.version > 1 else None,
        sealed=film.id not in viewer.seen,
        opened=opened,
        open_action=url_for("moderation.unseal", case_id=case.id),
    )


def _before(post: Post, viewer: Fan | Guest) -> Markup | None:
    """What a post said before its last change."""
    revision = revision_of(post.id, post.version - 1)
    if revision is None:
        return None
    return markup.reveal(markup.render(revision.body, scopes_in(revision.body)).html, viewer.seen)


def _pending_diff(post: Post, pending: PendingRevision, viewer: Fan | Guest) -> list[diff.Line]:
    def shown(body: str) -> str:
        scopes = {slug: scope.id for slug, scope in scopes_in(body).items()}
        return markup.redact(body, scopes, viewer.seen)

    changes = []
    for old, new in ((post.safe_title, pending.safe_title), (post.title, pending.title)):
        if old != new:
            changes += diff.lines(old or "", new or "")
    return changes + diff.lines(shown(post.body), shown(pending.body))


def _claim(case: Case, viewer: Fan | Guest) -> Claim:
    until = cards.lease_of(case, clock.now())
    holder = session().get(User, case.claimed_by_id) if until else None
    mine = until is not None and case.claimed_by_id == viewer.id
    return Claim(
        mine=mine,
        holder=holder.name if holder and not mine else None,
        until=until,
        claim_action=url_for("moderation.claim", case_id=case.id),
        release_action=url_for("moderation.release", case_id=case.id),
    )


def _second(case: Case, viewer: Fan | Guest) -> Second | None:
    if case.purge_by_id is None or case.closed_at is not None:
        return None
    proposer = session().get_one(User, case.purge_by_id)
    return Second(
        sentence=_("%(name)s proposes to purge this.") % {"name": proposer.name},
        confirm_action=url_for("moderation.confirm_purge", case_id=case.id),
        refuse_action=url_for("moderation.refuse_purge", case_id=case.id),
        mine=case.purge_by_id == viewer.id,
    )
