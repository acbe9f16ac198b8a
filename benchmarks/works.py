"""What is measured: each work with its goal, and how it is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from flask import Flask

from benchmarks import statements
from benchmarks.scene import Scene, replies, votes
from benchmarks.servers import Server
from benchmarks.traffic import Act, Load, ask

WARM, COLD = "warm", "cold"
"""Which forum a work is for: as it is, or one that keeps no pages (FORUM_PAGE_CACHE_MB=0)."""

CLIENTS = 8
"""Clients at once where acts are measured."""

CROWD = 200
CROWD_RATE = 20.0
"""Fans who vote on one theory, and how many votes a second they cast together."""

P99_GOAL = 10.0
ONE_FAN = "one fan at a time votes on one theory"


class NotMeasured(Exception):
    """The forum can't do this yet; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a work is done: a forum's server, the same forum in this process, and its scene."""

    server: Server
    app: Flask
    scene: Scene


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that visitors do.

    Attributes:
        group: whose work it is, and under which condition.
        load: how it is asked for.
        goal: what its cost may be, in costs of reference b; None where none is set.
        rate_goal: how many times the rate of references v and w it should reach.
        count: how its SQL statements are counted.
        mode: `WARM` or `COLD`.
        rate: acts a second, at random moments; None for as fast as they are answered.
        p99_of: the key of a work whose p99 this one's may be `P99_GOAL` times at most.
    """

    group: str
    name: str
    load: Callable[[Ground], Load]
    goal: float | None = None
    rate_goal: float | None = None
    count: Callable[[Ground, Load], int] | None = None
    mode: str = WARM
    rate: float | None = None
    p99_of: str = ""

    @property
    def key(self) -> str:
        """What a run's finished works are kept by."""
        return f"{self.group}: {self.name}"

    @property
    def references(self) -> tuple[str, ...]:
        """The references that are measured just before and after."""
        return ("b", "v", "w") if self.rate_goal else ("b",)


_PAGES: dict[str, Callable[[Scene], str]] = {
    "thread page of 25 theories": attrgetter("thread"),
    "theory page with 20 replies": attrgetter("theory"),
    "film page": attrgetter("film"),
    "front page": lambda _scene: "/",
    "last page of the longest thread": attrgetter("long_thread"),
    "last page of the most replies": attrgetter("long_theory"),
}


def _page(
    path_of: Callable[[Scene], str],
    person: str,
    more: Mapping[str, str] | None = None,
    *,
    revalidates: bool = False,
) -> Callable[[Ground], Load]:
    """A page as somebody of the scene asks for it; "" is a guest who has opened no film."""

    def load(ground: Ground) -> Load:
        path = path_of(ground.scene)
        headers = dict(more or {})
        if person:
            headers["Cookie"] = getattr(ground.scene, person)
        answer = ask(ground.server, path, headers)
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
        encoding = headers.get("Accept-Encoding")
        if encoding and answer.headers.get("Content-Encoding") != encoding:
            raise NotMeasured(f"pages are not compressed with {encoding}")
        if revalidates:
            headers["If-None-Match"] = _tag(answer.headers)
            if ask(ground.server, path, headers).status != 304:
                raise NotMeasured("a page that has not changed is sent whole")
        return Load(path, headers)

    return load


def _tag(headers: Mapping[str, str]) -> str:
    if "ETag" not in headers:
        raise NotMeasured("pages carry no ETag")
    return headers["ETag"]


def _page_statements(ground: Ground, load: Load) -> int:
    return statements.of_page(ground.app, load.path, load.headers)


def _act_statements(ground: Ground, load: Load) -> int:
    return statements.of_act(ground.app, load.acts[-1])


def _acts(
    acts_of: Callable[[Ground], Sequence[Act]], connections: int = CLIENTS
) -> Callable[[Ground], Load]:
    return lambda ground: Load(connections=connections, acts=acts_of(ground))


def _ballots(first: int, last: int, voters: int) -> Callable[[Ground], Sequence[Act]]:
    return lambda ground: votes(ground.scene, ground.scene.ballots[first:last], voters)


def _pages(
    group: str, person: str, goal: float, mode: str = WARM, *, revalidates: bool = False
) -> list[Work]:
    return [
        Work(
            group,
            name,
            _page(path_of, person, revalidates=revalidates),
            goal,
            count=None if revalidates else _page_statements,
            mode=mode,
        )
        for name, path_of in _PAGES.items()
    ]


WORKS: tuple[Work, ...] = (
    *_pages("guest, cache hit", "guest", 0.5),
    Work(
        "guest, cache hit",
        "thread page, sealed",
        _page(_PAGES["thread page of 25 theories"], ""),
        0.5,
        count=_page_statements,
    ),
    *(
        Work(
            "guest, cache hit",
            f"thread page, {encoding}",
            _page(_PAGES["thread page of 25 theories"], "guest", {"Accept-Encoding": encoding}),
            0.5,
        )
        for encoding in ("zstd", "br", "gzip")
    ),
    *_pages("guest, 304", "guest", 0.45, revalidates=True),
    *_pages("signed in", "reader", 4.0),
    Work(
        "signed in",
        "casting a vote, 8 clients",
        _acts(lambda g: votes(g.scene, g.scene.spread)),
        4.0,
        rate_goal=0.6,
        count=_act_statements,
    ),
    Work("signed in", ONE_FAN, _acts(_ballots(20, 21, 1_000), 1)),
    Work(
        "signed in",
        f"{CROWD} fans vote on one theory, {CROWD_RATE:.0f} votes a second",
        _acts(_ballots(21, 22, CROWD)),
        rate=CROWD_RATE,
        p99_of=f"signed in: {ONE_FAN}",
    ),
    Work(
        "signed in",
        f"{CROWD} fans vote on one theory, all at once",
        _acts(_ballots(22, 23, CROWD), CROWD),
    ),
    Work(
        "signed in",
        "posting a reply, 8 clients",
        _acts(lambda g: replies(g.scene)),
        10.0,
        count=_act_statements,
    ),
    Work(
        "signed in",
        "moderation queue with 10,000 cases",
        _page(lambda _scene: "/moderation/queue", "moderator"),
        8.0,
        count=_page_statements,
    ),
    *_pages("guest, cache missed", "guest", 5.0, COLD),
)
