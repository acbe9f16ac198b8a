"""What one bad moment of the machine says is not what a work costs."""

from collections.abc import Iterator, Sequence

from benchmarks.figures import Sample
from benchmarks.rounds import ROUNDS, middle_round


def sample(cpu: float) -> Sample:
    return Sample(1_000, 1.0, 0, 0, 1.0, 2.0, cpu=cpu)


class Beside:
    """References that cost what a test says, from the first to the last."""

    def __init__(self, *costs: float) -> None:
        self._costs = iter(costs)

    def samples(self, names: Sequence[str]) -> dict[str, Sample]:
        cost = next(self._costs)
        return {name: sample(cost) for name in names}


def works(*costs: float) -> Iterator[Sample]:
    return map(sample, costs)


def test_a_round_that_was_slowed_or_spared_is_left_out() -> None:
    measured = middle_round(works(2.0, 4.2, 1.0).__next__, Beside(0.5, 0.5, 0.5, 0.5), ("b",))
    assert measured.ratio == 4.0
    assert measured.sample.cpu == 2.0


def test_each_round_is_compared_with_its_own_neighbours() -> None:
    # The machine grows slower under way, and the work with it.
    measured = middle_round(works(2.0, 4.0, 8.0).__next__, Beside(0.4, 0.6, 1.4, 2.6), ("b", "v"))
    assert measured.ratio == 4.0
    assert len(measured.beside_b) == 2
    assert measured.before.keys() == measured.after.keys() == {"b", "v"}


def test_there_is_a_middle_one() -> None:
    assert ROUNDS % 2 == 1
