"""Results as a table for a terminal."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.results import Result

_COLUMNS: tuple[tuple[str, Callable[[Result], str]], ...] = (
    ("CPU ms", lambda r: f"{r.cpu_ms:.2f}"),
    ("+ db", lambda r: f"{r.database_cpu_ms:.2f}" if r.database_cpu_ms else ""),
    ("× b", lambda r: "" if math.isnan(r.ratio) else f"{r.ratio:.2f}"),
    ("goal", lambda r: "" if r.goal is None else f"≤ {r.goal:g}"),
    ("× v", lambda r: "" if r.rate_ratio is None else f"{r.rate_ratio:.2f}"),
    ("", lambda r: {True: "holds", False: "MISSED", None: ""}[r.holds]),
    ("a second", lambda r: f"{r.rate:,.0f}"),
    ("p50 ms", lambda r: f"{r.p50:.1f}"),
    ("p99 ms", lambda r: f"{r.p99:.1f}"),
    ("errors", lambda r: str(r.errors or "")),
    ("SQL", lambda r: "" if r.statements is None else str(r.statements)),
    ("bytes", lambda r: " ".join(f"{n:,}" for n in r.size.values())),
    ("± b", lambda r: f"{r.unsteady:.0%}"),
)


def lines(results: Sequence[Result]) -> list[str]:
    """The table's lines: one a work, below a line for each group."""
    width = max((len(_name(result)) for result in results), default=0)
    rows = [[head for head, _ in _COLUMNS]]
    rows += [[] if result.missing else [show(result) for _, show in _COLUMNS] for result in results]
    widths = [max(len(row[place]) for row in rows if row) for place in range(len(_COLUMNS))]
    names = [" " * width, *(_name(result).ljust(width) for result in results)]
    shown, group = [], ""
    for name, row, result in zip(names, rows, [None, *results], strict=True):
        if result is not None and result.key.partition(": ")[0] != group:
            group = result.key.partition(": ")[0]
            shown.append(group)
        cells = (cell.rjust(space) for cell, space in zip(row, widths, strict=False))
        said = f"not measured: {result.missing}" if result and result.missing else "  ".join(cells)
        shown.append(f"  {name}  {said}".rstrip())
    return shown


def growth(results: Sequence[Result], small: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """How many times the cost on a small forum each work has here; costs in costs of b."""
    found = [
        (result, result.ratio / small[result.key]["ratio"])
        for result in results
        if not math.isnan(result.ratio) and small.get(result.key, {}).get("ratio")
    ]
    return [f"  {times:5.2f}  {result.key}" for result, times in found]


def _name(result: Result) -> str:
    return result.key.partition(": ")[2]
