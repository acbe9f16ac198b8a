"""What is kept of a run: finished works while it is under way, and at the end table and JSON."""

import hashlib
import json
import math
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Sample
from benchmarks.places import CHECKOUT, RESULTS

_CODE = ("forum", "templates", "static", "benchmarks", "requirements.lock", ":!benchmarks/results")


@dataclass(slots=True)
class Result:
    """One work as it was measured.

    Attributes:
        ratio: cost in costs of reference b; of a reference itself 1 or what it is beside b.
        rate_ratio: requests a second beside reference v, where that is measured.
        statements: SQL statements; None where they aren't counted.
        size: bytes of the answer's body, by encoding ("identity", "br", …).
        unsteady: how far reference b before and after are apart, as a share.
        missing: why it could not be measured; "" if it was.
    """

    key: str
    goal: float | None = None
    rate_goal: float | None = None
    cpu_ms: float = math.nan
    database_cpu_ms: float = 0.0
    ratio: float = math.nan
    rate_ratio: float | None = None
    rate: float = math.nan
    p50: float = math.nan
    p99: float = math.nan
    requests: int = 0
    errors: int = 0
    statements: int | None = None
    size: dict[str, int] = field(default_factory=dict)
    unsteady: float = 0.0
    missing: str = ""
    at: str = ""
    code: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether its goals are reached; None if it has none or was not measured."""
        if self.missing or (self.goal is None and self.rate_goal is None):
            return None
        cost_holds = self.goal is None or self.ratio <= self.goal
        rate_holds = self.rate_goal is None or (self.rate_ratio or 0) >= self.rate_goal
        return cost_holds and rate_holds and not self.errors

    def take(self, sample: Sample) -> None:
        """Keep what a load cost."""
        for name in ("cpu_ms", "database_cpu_ms", "rate", "p50", "p99"):
            setattr(self, name, _rounded(getattr(sample, name)))
        self.requests, self.errors = sample.requests, sample.errors


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
                result = Result(**entry)
                if result.code == self._code and result.at >= since:
                    self._results[result.key] = result

    def __contains__(self, key: str) -> bool:
        return key in self._results

    def keep(self, result: Result) -> None:
        """Keep one more."""
        result.at, result.code = datetime.now(UTC).isoformat(timespec="seconds"), self._code
        self._results[result.key] = result
        self._path.write_text(_json([asdict(result) for result in self._results.values()]), "utf-8")

    def in_order(self, keys: Iterable[str]) -> list[Result]:
        """Those of some works that are there."""
        return [self._results[key] for key in keys if key in self._results]


def code_state() -> str:
    """The state of what is measured, committed or not, in a few characters."""
    whole = hashlib.sha256()
    for command in (("ls-files", "-s"), ("diff", "HEAD")):
        whole.update(_git(*command, "--", *_CODE).encode())
    return whole.hexdigest()[:16]


def write(size: str, database: str, seconds: float, results: Sequence[Result]) -> Path:
    """Write the JSON of a size; what it says of the other database stays."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{size}.json"
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


def read(size: str, database: str) -> dict[str, dict[str, Any]]:
    """The works of the last run of a size, by key; empty if there was none."""
    path = RESULTS / f"{size}.json"
    whole = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {work["key"]: work for work in whole.get(database, {}).get("works", ())}


def _shown(result: Result) -> dict[str, Any]:
    """A result without what it has nothing to say of, and with whether it holds."""
    entry = {
        name: value
        for name, value in asdict(result).items()
        if value not in (None, "", {}, 0.0) or name == "errors"
    }
    entry = {name: value for name, value in entry.items() if value == value}  # noqa: PLR0124 - NaN
    del entry["code"]
    return entry if result.holds is None else entry | {"holds": result.holds}


def _rounded(value: float) -> float:
    return round(value, 4)


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _git(*command: str) -> str:
    said = subprocess.run(
        ["git", *command], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    return said.stdout
