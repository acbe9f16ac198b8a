"""Reads of how the audience of a question divides between its theories."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, case, func, select, union_all

from forum.lib.database import session
from forum.theories.models import PUBLISHED, THEORY, Post

SHARES_COUNTED = 100

_THEORIES_OF_THREAD = (
    Post.thread_id == bindparam("thread_id"),
    Post.type == THEORY,
    Post.state == PUBLISHED,
)
_OPEN_UPS, _HIDDEN = (
    select(func.coalesce(func.sum(figure), 0)).where(*_THEORIES_OF_THREAD).scalar_subquery()
    for figure in (case((Post.blind, 0), else_=Post.ups), case((Post.blind, 1), else_=0))
)
_FIGURES = select(
    *(Post.id, Post.type, Post.title, Post.ups, Post.blind, Post.vote_count, Post.best),
    *(_OPEN_UPS.label("total"), _HIDDEN.label("hidden")),
)
_CONVINCED_VOTES = (
    _FIGURES.where(*_THEORIES_OF_THREAD).order_by(Post.best.desc(), Post.id).limit(SHARES_COUNTED)
)
_all = union_all(
    _FIGURES.where(Post.id == bindparam("thread_id")), select(_CONVINCED_VOTES.subquery())
).subquery()
# A question stands before its theories.
_QUESTION_FIGURES = select(_all).order_by(_all.c.type.desc(), _all.c.best.desc(), _all.c.id)

Convinced = tuple[list[Row[Any]], tuple[int, int]]
"""A question's published theories with their convinced votes, as `listing.division` takes them: the
best first, at most `SHARES_COUNTED`; and of all of them, counted or not, how many convinced votes
those have whose figures are open, and how many have theirs hidden."""


def convinced_votes(thread_id: int) -> Convinced:
    """How a question's theories divide its audience; one statement."""
    return _convinced(session().execute(_CONVINCED_VOTES, {"thread_id": thread_id}).all())


def question_figures(thread_id: int) -> tuple[Any, Convinced]:
    """A question with its `vote_count`, and how its theories divide its audience; one statement."""
    question, *theories = session().execute(_QUESTION_FIGURES, {"thread_id": thread_id})
    return question, _convinced(theories)


def _convinced(theories: Sequence[Row[Any]]) -> Convinced:
    return list(theories), (theories[0].total, theories[0].hidden) if theories else (0, 0)
