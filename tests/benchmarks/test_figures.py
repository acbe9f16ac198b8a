"""The arithmetic of measuring."""

import math

import pytest

from benchmarks.figures import Sample, cost_ratio, percentile, rate_ratio, unsteady


def sample(cpu: float, requests: int = 1_000, seconds: float = 2.0) -> Sample:
    return Sample(requests, seconds, bytes=0, errors=0, p50=1.0, p99=2.0, cpu=cpu)


def test_cost_is_processor_time_a_request_in_milliseconds() -> None:
    assert sample(cpu=0.6).cpu_ms == pytest.approx(0.6)
    assert sample(cpu=0.6, requests=200).cpu_ms == pytest.approx(3.0)


def test_the_databases_cost_stands_beside() -> None:
    both = Sample(500, 1.0, 0, 0, 1.0, 2.0, cpu=1.0, database_cpu=0.2)
    assert (both.cpu_ms, both.database_cpu_ms) == (pytest.approx(2.0), pytest.approx(0.4))


def test_a_ratio_takes_the_mean_of_the_neighbours() -> None:
    own, before, after = sample(cpu=3.0), sample(cpu=0.5), sample(cpu=1.0)
    assert cost_ratio(own, [before, after]) == pytest.approx(4.0)


def test_a_machine_that_slows_all_three_changes_no_ratio() -> None:
    quiet = cost_ratio(sample(cpu=2.0), [sample(cpu=0.5)] * 2)
    noisy = cost_ratio(sample(cpu=6.0), [sample(cpu=1.5)] * 2)
    assert quiet == pytest.approx(noisy)


def test_rates_are_compared_by_requests_a_second() -> None:
    own, before, after = (sample(1.0, requests=n) for n in (600, 900, 1_100))
    assert rate_ratio(own, [before, after]) == pytest.approx(0.6)


def test_unsteady_says_how_far_the_neighbours_are_apart() -> None:
    assert unsteady([sample(cpu=0.9), sample(cpu=1.1)]) == pytest.approx(0.2)
    assert unsteady([sample(cpu=1.0)] * 2) == 0


def test_a_load_without_an_answer_has_no_cost() -> None:
    assert math.isnan(sample(cpu=1.0, requests=0).cpu_ms)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


def test_a_percentile_of_one_value_is_that() -> None:
    assert percentile([7.0], 0.99) == 7.0


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
