"""What a case is about, as a moderator reads it: sealed until they open it knowingly."""

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from forum.accounts.models import User
from forum.accounts.viewers import Fan, Guest
from forum.films.cards import FilmCard, film_card
from forum.films.models import Film
from forum.lib import diff, markup
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.lib.markup import Scope
from forum.moderation import cards, narrowed
from forum.moderation.models import Case
from forum.moderation.queries import Facts
from forum.theories import cards as post_cards
from forum.theories.cards import Byline
from forum.theories.models import PendingRevision, Post, Revision
from forum.theories.revision_queries import revisions_numbered
from forum.theories.writing import scopes_in


class _Every:
    """Every film: what a moderator reads who has opened a case knowing what it may give away."""

    def __contains__(self, _film: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Opening:
    """How far a case is open to a moderator.

    Attributes:
        knowingly: whether they have pressed "Open".
        opened: whether its text shows: so it does, too, to who has seen the film.
        scopes: the films whose veils are open.
    """

    knowingly: bool
    opened: bool
    scopes: Container[int]


def opening_of(facts: Facts, viewer: Fan | Guest) -> Opening:
    """How far a case is open to `viewer`."""
    if facts.is_unsealed:
        return Opening(True, True, _Every())
    return Opening(False, facts.film.id in viewer.seen, viewer.seen)


@dataclass(frozen=True, slots=True)
class Above:
    """What a post answers: its name and, where the case is open, its first words."""

    name: str
    url: str
    excerpt: str | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a post said once: its titles, too, where that is what was reported; `safe_title` is None
    where it had the present one."""

    label: str
    safe_title: str | None
    html: Markup


@dataclass(frozen=True, slots=True)
class CasePost:
    """What a case is about.

    Attributes:
        html: None while the film is sealed and the case not opened.
        above: what it answers, the theory first.
        earlier: what was reported, if it was changed since, and what its last change replaced.
        veiled: whether passages are left out that name films which the moderator hasn't seen.
        sealed: whether the moderator hasn't seen the film.
        opened: whether they opened the case knowingly.
    """

    kind_label: str
    author: Byline
    film: FilmCard
    url: str
    label: str
    published_at: datetime
    state_sentence: str
    above: list[Above]
    html: Markup | None
    earlier: list[Earlier]
    veiled: bool
    sealed: bool
    opened: bool
    open_action: str


def case_post(
    case: Case,
    facts: Facts,
    viewer: Fan | Guest,
    opening: Opening,
    reported: Collection[int],
) -> CasePost:
    """The post of `case`.

    Args:
        reported: the versions of the post that were reported.
    """
    post, film, above = facts.post, facts.film, facts.above
    html, earlier = None, []
    if opening.opened:
        html = markup.reveal(post.html, opening.scopes)
        if post.title:
            html = markup.headed(post.title, html)
        earlier = _earlier(post, opening, reported)
    return CasePost(
        kind_label=cards.capital(post_cards.type_words(post.type)),
        author=post_cards.byline(facts.author, viewer),
        film=film_card(film),
        url=post_cards.permalink(post),
        label=cards.heading(post, above, film),
        published_at=post.published_at or post.created_at,
        state_sentence=cards.state_sentence(post),
        above=_all_above(facts, opening),
        html=html,
        earlier=earlier,
        veiled=html is not None and 'class="veil-absent"' in html,
        sealed=film.id not in viewer.seen,
        opened=opening.knowingly,
        open_action=narrowed.url("moderation.unseal", case_id=case.id),
    )


def named_post(post: Post, author: User, viewer: Fan | Guest) -> CasePost:
    """A post by its safe title alone, for the page on which it is reported."""
    film = session().get_one(Film, post.film_id)
    above = session().get(Post, post.theory_id) if post.theory_id else None
    return CasePost(
        kind_label=cards.capital(post_cards.type_words(post.type)),
        author=post_cards.byline(author, viewer),
        film=film_card(film),
        url=post_cards.permalink(post),
        label=cards.heading(post, above, film),
        published_at=post.published_at or post.created_at,
        state_sentence="",
        above=[],
        html=None,
        earlier=[],
        veiled=False,
        sealed=True,
        opened=False,
        open_action="",
    )


def pending_diff(post: Post, pending: PendingRevision, opening: Opening) -> list[diff.Line]:
    """What a change that waits would change."""
    scopes = {slug: scope.id for slug, scope in scopes_in(post.body, pending.body).items()}

    def shown(body: str) -> str:
        return markup.redact(body, scopes, opening.scopes)

    changes = []
    for old, new in ((post.safe_title, pending.safe_title), (post.title, pending.title)):
        if old != new:
            changes += diff.lines(old or "", new or "")
    return changes + diff.lines(shown(post.body), shown(pending.body))


def _earlier(post: Post, opening: Opening, reported: Collection[int]) -> list[Earlier]:
    wanted = {post.version - 1, *reported} - {0, post.version}
    found = revisions_numbered(post.id, wanted) if wanted else []
    scopes = scopes_in(*(revision.body for revision in found))
    return [_version(revision, post, opening, reported, scopes) for revision in found]


def _version(
    revision: Revision,
    post: Post,
    opening: Opening,
    reported: Collection[int],
    scopes: Mapping[str, Scope],
) -> Earlier:
    html = markup.reveal(markup.render(revision.body, scopes).html, opening.scopes)
    if revision.number not in reported:
        return Earlier(_("The text before its last change"), None, html)
    if revision.title:
        html = markup.headed(revision.title, html)
    label = _("Version %(number)d, which was reported") % {"number": revision.number}
    changed = revision.safe_title != post.safe_title
    return Earlier(label, revision.safe_title if changed else None, html)


def _all_above(facts: Facts, opening: Opening) -> list[Above]:
    """What a reply answers: its theory, and the reply below that."""
    theory = facts.above
    if theory is None:
        return []
    answered = [theory] if facts.parent is None else [theory, facts.parent]
    return [_answered(one, theory, facts.film, opening) for one in answered]


def _answered(post: Post, above: Post, film: Film, opening: Opening) -> Above:
    readable = opening.opened and post.state == "published"
    if post.type == "reply":
        name = cards.capital(cards.safe_name(post, above, film))
    else:
        name = (post.title if readable else None) or cards.heading(post, None, film)
    return Above(name, post_cards.permalink(post), post.excerpt if readable else None)
