"""The arithmetic of measuring: what a load cost, and how that stands beside a reference."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """One load on one server.

    Attributes:
        requests: how many were answered.
        seconds: how long it took.
        bytes: what came back, headers included.
        errors: answers of status 400 and more, and requests without an answer.
        p50, p99: milliseconds in which half, and 99 of 100, were answered.
        cpu: seconds of processor time of the whole server.
        database_cpu: the same of the database's server; 0 where it has none of its own.
    """

    requests: int
    seconds: float
    bytes: int
    errors: int
    p50: float
    p99: float
    cpu: float
    database_cpu: float = 0.0

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time a request."""
        return 1000 * self.cpu / self.requests if self.requests else math.nan

    @property
    def database_cpu_ms(self) -> float:
        """The same of the database's server."""
        return 1000 * self.database_cpu / self.requests if self.requests else math.nan

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds if self.seconds else math.nan


def cost_ratio(own: Sample, references: Sequence[Sample]) -> float:
    """How many times the processor time of a reference's request one of `own` takes.

    Args:
        references: the same reference just before and just after; what else the machine did then
            slowed all three.
    """
    return own.cpu_ms / _mean([reference.cpu_ms for reference in references])


def rate_ratio(own: Sample, references: Sequence[Sample]) -> float:
    """How many times the requests a second of a reference `own` answers; see `cost_ratio`."""
    return own.rate / _mean([reference.rate for reference in references])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` (0 to 1) of them don't exceed.

    Raises:
        ValueError: there are none.
    """
    if not values:
        raise ValueError("no values, no percentile")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def unsteady(references: Sequence[Sample]) -> float:
    """How far the costs of a reference before and after are apart, as a share of their mean."""
    costs = [reference.cpu_ms for reference in references]
    return (max(costs) - min(costs)) / _mean(costs)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
