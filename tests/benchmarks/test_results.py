"""What is kept of a run, and how it is shown."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import results, soak, table
from benchmarks.figures import Sample
from benchmarks.results import Check, Kept, Result

SOON = timedelta(hours=1)


def measured(key: str = "guest: a page", cpu: float = 2.0) -> Result:
    b = Sample(1_000, 1.0, 0, 0, 1.0, 2.0, cpu=0.5)
    result = Result(key, checks=[Check(4.0, "b", 5.0)])
    result.take(Sample(1_000, 1.0, 0, 0, 1.0, 2.0, cpu=cpu), b, b)
    return result


def test_a_finished_work_is_kept_for_the_run_that_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    Kept(path, SOON).keep(measured())
    again = Kept(path, SOON)
    assert "guest: a page" in again
    assert again.in_order(["guest: another", "guest: a page"]) == [measured_as(again)]


def measured_as(kept: Kept) -> Result:
    expected = measured()
    (found,) = kept.in_order(["guest: a page"])
    expected.at, expected.code = found.at, found.code
    return expected


def test_an_old_work_is_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    Kept(path, SOON).keep(measured())
    assert "guest: a page" not in Kept(path, timedelta(hours=-1))


def test_a_work_that_other_code_did_is_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    Kept(path, SOON).keep(measured())
    entries = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps([{**entries[0], "code": "another", "gone": 1}]), "utf-8")
    assert "guest: a page" not in Kept(path, SOON)


def test_a_run_replaces_what_is_said_of_its_own_database(tmp_path: Path) -> None:
    for database, cpu in (("sqlite", 2.0), ("postgresql", 3.0), ("sqlite", 4.0)):
        results.write("small", database, 5, [measured(cpu=cpu)], place=tmp_path)
    ratios = {
        database: results.read("small", database, place=tmp_path)["guest: a page"]["ratio"]
        for database in ("sqlite", "postgresql")
    }
    assert ratios == {"sqlite": 8.0, "postgresql": 6.0}


def test_a_size_that_was_never_measured_has_no_works(tmp_path: Path) -> None:
    assert results.read("large", "postgresql", place=tmp_path) == {}


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        (Check(0.5, "b", 0.5), True),
        (Check(0.51, "b", 0.5), False),
        (Check(0.6, "v's rate", 0.6, at_least=True), True),
        (Check(0.59, "v's rate", 0.6, at_least=True), False),
    ],
)
def test_a_goal_is_reached_or_missed(check: Check, holds: bool) -> None:
    assert check.holds is holds
    assert str(check).endswith("holds" if holds else "MISSED")


def test_the_table_says_what_was_measured_and_what_was_not() -> None:
    shown = table.lines([measured(), Result("guest: other", missing="pages carry no ETag")])
    assert shown[1] == "guest"
    assert "4.00" in shown[2]
    assert "4 × b ≤ 5 holds" in shown[2]
    assert "not measured: pages carry no ETag" in shown[3]


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ([90, 100, 100, 105, 100, 100, 100, 100, 100, 105], ["holds", "holds"]),
        ([90, 100, 120, 130, 140, 150, 160, 170, 180, 200], ["holds", "MISSED"]),
        ([200, 260, 260, 260, 260, 260, 260, 260, 260, 240], ["MISSED", "holds"]),
    ],
)
def test_memory_is_to_be_small_and_to_stay(looks: list[int], said: list[str]) -> None:
    bytes_used = [look * 1_000_000 for look in looks]
    found = soak.result("memory: long", bytes_used, requests=9, errors=0, slowest=1.0)
    assert [str(check).split()[-1] for check in found.checks] == said


def test_growth_is_the_cost_beside_that_on_the_small_forum() -> None:
    small = {"guest: a page": {"ratio": 2.0}, "guest: gone": {"ratio": 1.0}}
    assert table.growth([measured(), Result("guest: new")], small) == ["   2.00  guest: a page"]
