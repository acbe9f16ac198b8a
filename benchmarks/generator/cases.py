"""A full queue: reports on what stands, and first posts of newcomers that wait."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select

from benchmarks.generator import people, plan
from benchmarks.generator.rows import CaseRow, EventRow, PostRow, ReportRow, RevisionRow
from benchmarks.generator.texts import Texts
from benchmarks.generator.writing import Batch, largest_id, number_on, transaction
from benchmarks.places import TEXTS
from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.events import Kind
from forum.lib.database import unit_of_work
from forum.moderation.models import Case, Rule
from forum.moderation.rules import seed_rules
from forum.moderation.weights import weight
from forum.theories import paths
from forum.theories.models import STANCES, Post

HELD_EACH = 2
"""How many posts of one newcomer wait."""

_TARGET = ("id", "film_id", "thread_id", "theory_id", "author_id")


def fill_queue(engine: Engine, count: int, seed: int, now: datetime) -> None:
    """Open cases until `count` are; needs the application's context, for the rules.

    At most half are reports, on posts that stand; the others are replies that are held. None is
    about the standard film.
    """
    with engine.connect() as connection:
        there = connection.execute(
            select(func.count()).select_from(Case).where(Case.closed_at.is_(None))
        ).scalar_one()
        if there >= count:
            return
        posts = connection.execute(
            select(*(getattr(Post, name) for name in _TARGET))
            .where(Post.film_id != plan.STANDARD_FILM, Post.type != "thread")
            .where(Post.state == "published", Post.id.not_in(select(Case.post_id)))
            .order_by(Post.id)
            .limit(count)
        ).all()
    with unit_of_work() as work:
        seed_rules(by=Operator())
        work.flush()
        rules = list(work.scalars(select(Rule.number)))
    queue = _Queue(engine, seed, now, rules)
    reported = posts[: (count - there) // 2]
    for post in reported:
        queue.report(post)
    theories = [post for post in posts if post.theory_id is None]
    for number in range(count - there - len(reported)):
        queue.hold_reply(theories[number % len(theories)], number)
    queue.batch.write()
    with transaction(engine) as connection:
        number_on(connection)


class _Queue:
    """Rows of cases on their way into the database."""

    def __init__(self, engine: Engine, seed: int, now: datetime, rules: Sequence[int]) -> None:
        self.batch = Batch(engine)
        self._rng = random.Random(f"{seed}:cases")
        self._now = now
        self._rules = rules
        self._texts = Texts.of(TEXTS)
        with engine.connect() as connection:
            self._case = largest_id(connection, Case)
            self._post = largest_id(connection, Post)
            self._user = largest_id(connection, User)

    def report(self, post: Any) -> None:
        """One to four fans report a post."""
        fans = self._rng.sample(range(people.FIRST_VOTER, people.FIRST_OTHER), 5)
        others = [fan for fan in fans if fan != post.author_id]
        reporters = others[: self._rng.randint(1, 4)]
        each = weight("trusted", is_staff=False, upheld=0, declined=0)
        at = self._open("report", post.id, post.film_id, score=each * len(reporters))
        for reporter in reporters:
            rule = self._rng.choice(self._rules)
            words = self._texts.reply(self._rng).source[:200]
            self.batch.add(ReportRow(self._case, reporter, rule, words, each, at))
            codes = {"case": self._case, "rule": rule}
            self.batch.add(
                EventRow(Kind.REPORT_FILED, at, reporter, None, post.film_id, post.id, codes)
            )

    def hold_reply(self, theory: Any, number: int) -> None:
        """A newcomer's reply to a theory waits."""
        if number % HELD_EACH == 0:
            self._user += 1
            self.batch.add(people.account(self._user, people.name_of(self._user), self._now))
            self.batch.add(EventRow(Kind.USER_SIGNED_UP, self._now, user_id=self._user))
        self._post += 1
        body = self._texts.reply(self._rng)
        path, depth = paths.below(None, self._post)
        at = self._open("held", self._post, theory.film_id, hold_reason="first")
        self.batch.add(
            PostRow(
                id=self._post,
                type="reply",
                film_id=theory.film_id,
                author_id=self._user,
                created_at=at,
                published_at=None,
                body=body.source,
                html=body.html,
                excerpt=body.excerpt,
                thread_id=theory.thread_id,
                theory_id=theory.id,
                stance=self._rng.choice(STANCES),
                path=path,
                depth=depth,
                state="held",
                hold_reason="first",
            )
        )
        self.batch.add(RevisionRow(self._post, 1, self._user, at, None, None, body.source))
        codes = {"reason": "first"}
        self.batch.add(
            EventRow(Kind.POST_HELD, at, self._user, self._user, theory.film_id, self._post, codes)
        )

    def _open(
        self,
        kind: str,
        post_id: int,
        film_id: int,
        score: float = 0.0,
        hold_reason: str | None = None,
    ) -> datetime:
        """Add a case; the moment at which it was opened."""
        self._case += 1
        at = self._now - timedelta(days=3) * self._rng.random()
        self.batch.add(
            CaseRow(
                id=self._case,
                kind=kind,
                post_id=post_id,
                film_id=film_id,
                hold_reason=hold_reason,
                opened_at=at,
                score=score,
                report_count=round(score / weight("trusted", False, 0, 0)),
            )
        )
        return at
