"""Memory under a long mixed load: whether two workers stay small, and stay as they are."""

import random
from dataclasses import dataclass
from itertools import cycle

from benchmarks.results import Check, Result
from benchmarks.scene import Scene, replies, votes
from benchmarks.servers import Server
from benchmarks.traffic import Act, Load, drive, pace

SATURATION = 0.7
"""The share of what the server can do at most at which it is kept."""

MOST = 250_000_000
"""Bytes that the web workers may use together."""

FLAT = 1.1
"""How many times the memory after a tenth of the time may be used at the end."""

SLICE = 10.0
"""Seconds between two looks at the memory."""

_SHARES = {"guest": 0.75, "fan": 0.15, "vote": 0.08, "reply": 0.02}
_ACTS = 50_000
"""So many that nobody replies more often than a fan may."""


@dataclass(frozen=True, slots=True)
class Soak:
    """A long mixed load on a forum.

    Attributes:
        seconds: how long it lasts; measuring what the server can do at most comes before.
    """

    server: Server
    scene: Scene
    seconds: float

    def measure(self, key: str) -> Result:
        """Keep the load up, and look at the memory from time to time."""
        acts = mixed(self.scene)
        most = drive(self.server, Load(connections=16, acts=acts), SLICE)
        sent, looks, errors, slowest = len(acts), [], 0, 0.0  # the next pass through the acts
        for _ in range(max(2, round(self.seconds / SLICE))):
            sample = pace(self.server, acts, SATURATION * most.rate, SLICE, first=sent)
            sent += sample.requests
            errors += sample.errors
            slowest = max(slowest, sample.p99)
            looks.append(self.server.tree.memory("gunicorn").pss)
        return result(key, looks, requests=sent - len(acts), errors=errors, slowest=slowest)


def mixed(scene: Scene) -> list[Act]:
    """What guests and fans do, at random: pages mostly, some votes, a few replies."""
    rng = random.Random("soak")
    pages = (scene.thread, scene.theory, scene.film, scene.long_thread, scene.long_theory, "/")
    fans = cycle(cookie for cookie, _ in scene.voters)
    ballots = cycle(votes(scene, scene.ballots[:-1]))
    written = cycle(replies(scene))
    kinds = rng.choices(list(_SHARES), list(_SHARES.values()), k=_ACTS)
    made = {
        "guest": lambda: Act(rng.choice(pages), scene.guest),
        "fan": lambda: Act(rng.choice(pages), next(fans)),
        "vote": lambda: next(ballots),
        "reply": lambda: next(written),
    }
    return [made[kind]() for kind in kinds]


def result(key: str, looks: list[int], *, requests: int, errors: int, slowest: float) -> Result:
    """What the looks at the memory, in bytes, say."""
    early = looks[len(looks) // 10]
    return Result(
        key,
        requests=requests,
        errors=errors,
        p99=round(slowest, 2),
        size={"early": early, "at most": max(looks), "at the end": looks[-1]},
        checks=[
            Check(round(max(looks) / MOST, 3), f"{MOST // 10**6} MB", 1.0),
            Check(round(looks[-1] / early, 3), "what it was early", FLAT),
        ],
    )
