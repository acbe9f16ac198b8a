"""What somebody wrote, made ready before the transaction in which it is posted."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select

from forum.films.models import Film
from forum.lib import clock
from forum.lib.database import run, session, table_of
from forum.lib.markup import RENDERER, Rendered, Scope, render
from forum.lib.veils import scopes_named
from forum.theories.models import Post, Revision


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a post, rendered.

    Attributes:
        body: Markdown as typed.
        rendered: its HTML and excerpt.
        safe_title, title: of a thread or theory; empty for a reply.
        kind: of a theory; stance: of a reply.
    """

    body: str
    rendered: Rendered
    safe_title: str | None = None
    title: str | None = None
    kind: str | None = None
    stance: str | None = None

    def columns(self) -> dict[str, str | int | None]:
        """The values of a post's columns that hold its text."""
        return {
            "safe_title": self.safe_title,
            "title": self.title,
            "body": self.body,
            "html": self.rendered.html,
            "excerpt": self.rendered.excerpt,
            "renderer": RENDERER,
        }


def scopes_in(*bodies: str) -> dict[str, Scope]:
    """The films that veils in `bodies` name, by slug; reads the database only if there are any, and
    then once."""
    named = set().union(*map(scopes_named, bodies))
    if not named:
        return {}
    films = session().execute(
        select(Film.slug, Film.id, Film.title).where(Film.slug.in_(named), Film.state == "listed")
    )
    return {slug: Scope(id, title) for slug, id, title in films}


def words(
    body: str,
    *,
    safe_title: str | None = None,
    title: str | None = None,
    kind: str | None = None,
    stance: str | None = None,
    scopes: Mapping[str, Scope] | None = None,
) -> Words:
    """Render `body` for posting; takes milliseconds, so call it outside of transactions."""
    rendered = render(body, scopes_in(body) if scopes is None else scopes)
    return Words(body, rendered, safe_title, title, kind, stance)


_KEEP = insert(table_of(Revision))


def keep_revision(post: Post, *, by_id: int = 0) -> None:
    """Keep what `post` says now as its newest revision, in the current transaction; of its author,
    unless somebody else, `by_id`, made it."""
    revision = {
        "post_id": post.id,
        "number": post.version,
        "author_id": by_id or post.author_id,
        "at": clock.now(),
        "safe_title": post.safe_title,
        "title": post.title,
        "body": post.body,
        "votes_before": post.vote_count,
    }
    run(_KEEP, revision)


def stance_counts(reply: Post, by: int) -> dict[str, int]:
    """What one reply more (`by` 1) or less (-1) changes in the counts of its theory."""
    counts = {"reply_count": by}
    if reply.stance in ("supports", "challenges"):
        counts[f"{reply.stance}_count"] = by
    return counts
