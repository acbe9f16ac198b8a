"""Rounds: a work measured again and again, each time between two references.

What else the machine does may slow a work and spare its neighbours; it seldom does so twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from operator import attrgetter

from benchmarks import figures, reference
from benchmarks.figures import Sample
from benchmarks.servers import Server
from benchmarks.traffic import Act, Load, drive
from benchmarks.works import CLIENTS

ROUNDS = 3
REFERENCES = {"a": Load("/a"), "b": Load("/b")}


class Beside:
    """The references, asked just before and after each work.

    Args:
        server: of a, b and v.
        replay: of w; see `benchmarks.replay`.
        replayed: what w is asked.
    """

    def __init__(
        self, server: Server, replay: Server, replayed: Sequence[Act], seconds: float
    ) -> None:
        self._server = server
        self._replay = replay
        self._replayed = replayed
        self._seconds = seconds
        app = reference.create_app()
        cookies = [reference.cookie_of(app, id) for id in range(1, reference.FANS + 1)]
        self._votes = [
            Act(f"/v/{post}", cookie, "value=%V")
            for cookie, post in zip(cookies, cycle(range(1, reference.POSTS + 1)), strict=False)
        ]

    def samples(self, names: Sequence[str]) -> dict[str, Sample]:
        """What each of some references costs now."""
        return {
            name: drive(
                self._replay if name == "w" else self._server, self._load(name), self._seconds
            )
            for name in names
        }

    def _load(self, name: str) -> Load:
        if name in ("v", "w"):
            acts = self._votes if name == "v" else self._replayed
            return Load(connections=CLIENTS, acts=acts)
        return REFERENCES[name]


@dataclass(frozen=True, slots=True)
class Round:
    """A work once measured, with the references just before and just after it."""

    sample: Sample
    before: dict[str, Sample]
    after: dict[str, Sample]

    @property
    def beside_b(self) -> list[Sample]:
        return [self.before["b"], self.after["b"]]

    @property
    def ratio(self) -> float:
        """Its cost in costs of b."""
        return figures.cost_ratio(self.sample, self.beside_b)


def middle_round(measure: Callable[[], Sample], beside: Beside, names: Sequence[str]) -> Round:
    """Measure a work `ROUNDS` times between references, and take the round in the middle."""
    references = [beside.samples(names)]
    samples = []
    for _ in range(ROUNDS):
        samples.append(measure())
        references.append(beside.samples(names))
    rounds = map(Round, samples, references, references[1:])
    return sorted(rounds, key=attrgetter("ratio"))[ROUNDS // 2]
