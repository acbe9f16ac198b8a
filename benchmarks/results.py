"""What is kept of a run: finished works while it is under way, and at the end table and JSON."""

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Sample, cost_ratio, unsteady
from benchmarks.places import CHECKOUT, RESULTS

_CODE = ("forum", "templates", "static", "benchmarks", "requirements.lock", ":!benchmarks/results")


@dataclass(frozen=True, slots=True)
class Check:
    """A figure beside another, and what it should be.

    Attributes:
        value: how many times the other.
        of: what the other is, such as "b" or "v's rate".
        goal: what `value` may be at most, or should be at least.
    """

    value: float
    of: str
    goal: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        said = "holds" if self.holds else "MISSED"
        return f"{self.value:.3g} × {self.of} {sign} {self.goal:g} {said}"


@dataclass(slots=True)
class Result:
    """One work as it was measured.

    Attributes:
        cpu_ms: processor time of the server a request; database_cpu_ms: of the database's.
        ratio: `cpu_ms` in costs of reference b.
        rate: requests a second.
        p50, p99: milliseconds.
        statements: SQL statements; None where they aren't counted.
        size: bytes of the answer's body by encoding ("identity", "br", …), or of memory by kind.
        unsteady: how far reference b before and after are apart, as a share.
        missing: why it could not be measured; "" if it was.
        at, code: when, and with which state of the code.
    """

    key: str
    cpu_ms: float | None = None
    database_cpu_ms: float | None = None
    ratio: float | None = None
    rate: float | None = None
    p50: float | None = None
    p99: float | None = None
    requests: int | None = None
    errors: int | None = None
    statements: int | None = None
    size: dict[str, int] = field(default_factory=dict)
    unsteady: float | None = None
    checks: list[Check] = field(default_factory=list)
    missing: str = ""
    at: str = ""
    code: str = ""

    def take(self, sample: Sample, before: Sample, after: Sample) -> None:
        """Keep what a load cost, and how that stands beside reference b before and after."""
        self.cpu_ms, self.rate = round(sample.cpu_ms, 3), round(sample.rate, 1)
        self.database_cpu_ms = round(sample.database_cpu_ms, 3) or None
        self.p50, self.p99 = round(sample.p50, 2), round(sample.p99, 2)
        self.requests, self.errors = sample.requests, sample.errors
        self.ratio = round(cost_ratio(sample, [before, after]), 3)
        self.unsteady = round(unsteady([before, after]), 3)

    @classmethod
    def of(cls, entry: dict[str, Any]) -> "Result":
        """A result as `asdict` gave it."""
        checks = [Check(**check) for check in entry.pop("checks", ())]
        return cls(**entry, checks=checks)


class Kept:
    """The finished works of a run, in a file, so that a run that was stopped goes on.

    Args:
        path: the file.
        oldest: works measured longer ago than this are measured again; so are those that another
            state of the code was measured with.
    """

    def __init__(self, path: Path, oldest: timedelta) -> None:
        self._path = path
        self._code = code_state()
        self._results: dict[str, Result] = {}
        since = (datetime.now(UTC) - oldest).isoformat()
        if path.exists():
            for entry in json.loads(path.read_text("utf-8")):
                if entry["code"] == self._code and entry["at"] >= since:
                    self._results[entry["key"]] = Result.of(entry)

    def __contains__(self, key: str) -> bool:
        return key in self._results

    def keep(self, result: Result) -> None:
        """Keep one more."""
        result.at, result.code = datetime.now(UTC).isoformat(timespec="seconds"), self._code
        self._results[result.key] = result
        whole = self._path.with_suffix(".new")  # in one step, since a stop may come at any moment
        whole.write_text(_json([asdict(kept) for kept in self._results.values()]), "utf-8")
        whole.replace(self._path)

    def in_order(self, keys: Iterable[str]) -> list[Result]:
        """Those of some works that are there."""
        return [self._results[key] for key in keys if key in self._results]


def code_state() -> str:
    """The state of what is measured, committed or not, in a few characters."""
    whole = hashlib.sha256()
    for command in (("ls-files", "-s"), ("diff", "HEAD")):
        whole.update(_git(*command, "--", *_CODE).encode())
    return whole.hexdigest()[:16]


def write(
    size: str, database: str, seconds: float, results: Sequence[Result], place: Path = RESULTS
) -> Path:
    """Write the JSON of a size; what it says of the other database stays."""
    place.mkdir(exist_ok=True)
    path = place / f"{size}.json"
    whole: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    whole[database] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("describe", "--always", "--dirty").strip(),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "seconds": seconds,
        "works": [_shown(result) for result in results],
    }
    path.write_text(_json(whole), "utf-8")
    return path


def read(size: str, database: str, place: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """The works of the last run of a size, by key; empty if there was none."""
    path = place / f"{size}.json"
    whole = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {work["key"]: work for work in whole.get(database, {}).get("works", ())}


def _shown(result: Result) -> dict[str, Any]:
    """A result without what it has nothing to say of, and with whether its goals are reached."""
    entry = {name: value for name, value in asdict(result).items() if value not in (None, "", {})}
    entry.pop("code", None)
    entry["checks"] = [asdict(check) | {"holds": check.holds} for check in result.checks]
    return entry


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _git(*command: str) -> str:
    said = subprocess.run(
        ["git", *command], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    return said.stdout
