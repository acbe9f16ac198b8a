"""One film's argument: its questions, theories, replies and votes, as rows that agree."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks.generator import chance, people, plan, words
from benchmarks.generator.rows import (
    ChangeRow,
    EventRow,
    FilmRow,
    JobRow,
    NoticeRow,
    PostRow,
    RevisionRow,
    ViewingRow,
    VoteRow,
)
from benchmarks.generator.texts import Body, Texts
from forum.events import Kind
from forum.lib.text import slug
from forum.theories import paths
from forum.theories.models import KINDS, SAFE_TITLE_LENGTH, STANCES
from forum.votes import ranking
from forum.votes.ranks import ranks_of

BLIND = timedelta(hours=72)
CHANGED_MIND = 0.05
"""The share of votes that were the opposite first."""

UNREAD = 0.02
"""The share of notices that wait to be read."""

_PUBLISHED = {
    "thread": Kind.THREAD_PUBLISHED,
    "theory": Kind.THEORY_PUBLISHED,
    "reply": Kind.REPLY_PUBLISHED,
}


@dataclass(slots=True)
class Argument:
    """Makes the rows of one film.

    Attributes:
        film: its row; counts, activity and prior are filled in.
        share: how much of everything it has.
        next_id: the id of its first post.
        crowd: who writes and votes.
        until: the moment up to which things have happened.
    """

    film: FilmRow
    share: plan.Share
    next_id: int
    texts: Texts
    crowd: chance.Crowd
    until: datetime
    rng: random.Random
    posts: list[PostRow] = field(default_factory=list)
    _votes: list[VoteRow] = field(default_factory=list)
    _changes: list[ChangeRow] = field(default_factory=list)
    _notices: list[NoticeRow] = field(default_factory=list)

    def rows(self) -> Iterator[object]:
        """Every row of the film, in any order of tables."""
        self.crowd = self.crowd.audience(self._audience(), self.rng)
        theories: list[PostRow] = []
        replies = iter(self.share.replies)
        for length in self.share.threads:
            theories += self._thread(length, replies)
        for theory, count in zip(theories, self.share.votes, strict=True):
            self._vote_on(theory, count)
        self._give_good_points()
        self._count(theories)
        yield self.film
        yield EventRow(Kind.FILM_ADDED, self.film.created_at, film_id=self.film.id)
        yield from self.posts
        yield from self._written()
        yield from self._votes
        yield from self._changes
        yield from self._notices
        yield from self._seen()
        yield from self._opening(theories)

    def _audience(self) -> int:
        """How many fans the film has: each votes on some ten theories."""
        votes = self.share.votes
        return max(8, sum(votes) // 10, 3 * max(votes, default=0) // 2)

    # --- posts ------------------------------------------------------------------------------------

    def _thread(self, length: int, replies: Iterator[int]) -> list[PostRow]:
        place = len(self.posts)
        question = self.texts.question(self.rng)
        thread = self._post("thread", question, self._later(self.film.created_at))
        thread.safe_title = f"{self.rng.choice(words.QUESTIONS)} ({thread.id})"
        thread.title = _title(question)
        thread.theory_count = length
        theories = []
        for _ in range(length):
            theory = self._theory(thread)
            self._replies(theory, next(replies))
            theories.append(theory)
        thread.active_at = max(post.created_at for post in self.posts[place:])
        return theories

    def _theory(self, thread: PostRow) -> PostRow:
        body = self.texts.theory(self.rng)
        theory = self._post("theory", body, self._later(thread.created_at), thread_id=thread.id)
        theory.safe_title = f"{self.rng.choice(words.SAFE_THEORIES)} ({theory.id})"
        theory.title = _title(body)
        theory.kind = self.rng.choice(KINDS)
        theory.blind = self.until - theory.created_at < BLIND
        return theory

    def _replies(self, theory: PostRow, count: int) -> None:
        theory.reply_count = count
        answered: list[PostRow] = [theory]
        for _ in range(count):
            # Half answer the theory, the others one of the latest replies.
            to = theory if self.rng.random() < 0.5 else self.rng.choice(answered[-6:])
            reply = self._post(
                "reply",
                self.texts.reply(self.rng),
                self._later(to.created_at),
                thread_id=theory.thread_id,
                theory_id=theory.id,
                parent_id=None if to is theory else to.id,
            )
            reply.path, reply.depth = paths.below(to.path, reply.id)
            reply.stance = self.rng.choice(STANCES)
            theory.supports_count += reply.stance == "supports"
            theory.challenges_count += reply.stance == "challenges"
            self._tell(to, reply)
            answered.append(reply)

    def _post(self, type: str, body: Body, at: datetime, **place: Any) -> PostRow:
        post = PostRow(
            id=self.next_id,
            type=type,
            film_id=self.film.id,
            author_id=self.crowd.one(self.rng),
            created_at=at,
            published_at=at,
            body=body.source,
            html=body.html,
            excerpt=body.excerpt,
            **place,
        )
        self.next_id += 1
        self.posts.append(post)
        return post

    def _later(self, moment: datetime) -> datetime:
        """Some time after `moment`, sooner rather than later."""
        return moment + (self.until - moment) * self.rng.random() ** 3

    def _tell(self, answered: PostRow, reply: PostRow) -> None:
        if answered.author_id == reply.author_id:
            return
        read_at = None if self.rng.random() < UNREAD else reply.created_at + timedelta(hours=1)
        self._notices.append(
            NoticeRow(answered.author_id, "reply", reply.id, reply.created_at, read_at)
        )

    # --- votes ------------------------------------------------------------------------------------

    def _vote_on(self, theory: PostRow, count: int) -> None:
        convincing = self.rng.betavariate(3, 2)
        fans = self.crowd.several(count, self.rng, but=(theory.author_id,))
        if self.film.id == plan.STANDARD_FILM and theory.id % 2:
            fans[-1] = people.READER  # has voted on half of what they read
        for fan in fans:
            value = 1 if self.rng.random() < convincing else -1
            self._vote(theory, fan, value)

    def _give_good_points(self) -> None:
        replies = [post for post in self.posts if post.type == "reply"]
        weights = chance.pareto(len(replies), self.rng)
        most = 40
        points = chance.shared_out(self.share.good_points, weights, most)
        for reply, count in zip(replies, points, strict=True):
            for fan in self.crowd.several(count, self.rng, but=(reply.author_id,)):
                self._vote(reply, fan, 1)

    def _vote(self, post: PostRow, fan: int, value: int) -> None:
        at = self._later(post.created_at)
        first = at
        if post.type == "theory" and self.rng.random() < CHANGED_MIND:
            self._changes.append(ChangeRow(fan, post.id, 0, -value, at))
            at = self._later(at)
            self._changes.append(ChangeRow(fan, post.id, -value, value, at))
        else:
            self._changes.append(ChangeRow(fan, post.id, 0, value, at))
        self._votes.append(VoteRow(fan, post.id, value, first, at))
        post.vote_count += 1
        if value > 0:
            post.ups += 1
            post.ups_weight += 1.0
        else:
            post.downs += 1
            post.downs_weight += 1.0

    # --- what is kept on the rows -----------------------------------------------------------------

    def _count(self, theories: list[Any]) -> None:
        shown = [theory for theory in theories if not theory.blind]
        film = self.film
        film.thread_count, film.theory_count = len(self.share.threads), len(theories)
        film.vote_count = sum(theory.vote_count for theory in shown)
        film.active_at = max((post.created_at for post in self.posts), default=None)
        film.prior = ranking.prior_share(
            sum(theory.ups_weight for theory in shown), sum(theory.downs_weight for theory in shown)
        )
        threads = {post.id: post for post in self.posts if post.type == "thread"}
        for theory in shown:
            threads[theory.thread_id or 0].vote_count += theory.vote_count
        for theory in theories:
            ranks = ranks_of(theory, theory.ups_weight, theory.downs_weight, film.prior)
            for name, rank in ranks.items():
                setattr(theory, name, rank)

    # --- what follows from posts and votes --------------------------------------------------------

    def _written(self) -> Iterator[object]:
        for post in self.posts:
            yield RevisionRow(
                post.id, 1, post.author_id, post.created_at, post.safe_title, post.title, post.body
            )
            yield EventRow(
                _PUBLISHED[post.type],
                post.created_at,
                by_id=post.author_id,
                user_id=post.author_id,
                film_id=post.film_id,
                post_id=post.id,
            )

    def _seen(self) -> Iterator[object]:
        """Whoever wrote or voted had seen the film; on the standard one everybody who is known."""
        seen = {post.author_id for post in self.posts} | {vote.user_id for vote in self._votes}
        if self.film.id == plan.STANDARD_FILM:
            seen.update(people.KNOWN)
        for fan in sorted(seen):
            at = self.film.created_at
            yield ViewingRow(fan, self.film.id, at)
            yield EventRow(Kind.SEAL_OPENED, at, by_id=fan, film_id=self.film.id)

    def _opening(self, theories: list[PostRow]) -> Iterator[JobRow]:
        for theory in theories:
            if theory.blind:
                yield JobRow("open_figures", {"theory_id": theory.id}, theory.created_at + BLIND)


def address_of(title: str, year: int, film_id: int) -> str:
    """A film's slug, another for each id."""
    return f"{slug(title, 90) or 'film'}-{year}-{film_id}"


def _title(body: Body) -> str:
    return body.first[:SAFE_TITLE_LENGTH].strip() or "What I saw"
