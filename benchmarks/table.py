"""Results as a table for a terminal."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from benchmarks.results import Result

_COLUMNS: tuple[tuple[str, Callable[[Result], str]], ...] = (
    ("CPU ms", lambda r: _number(r.cpu_ms, ".2f")),
    ("+ db", lambda r: _number(r.database_cpu_ms, ".2f")),
    ("× b", lambda r: _number(r.ratio, ".2f")),
    ("± b", lambda r: _number(r.unsteady, ".0%")),
    ("a second", lambda r: _number(r.rate, ",.0f")),
    ("p50 ms", lambda r: _number(r.p50, ".1f")),
    ("p99 ms", lambda r: _number(r.p99, ".1f")),
    ("errors", lambda r: str(r.errors or "")),
    ("SQL", lambda r: _number(r.statements, "d")),
)


def lines(results: Sequence[Result]) -> list[str]:
    """The table's lines: one a work, below a line for each group."""
    cells = {r.key: [show(r) for _, show in _COLUMNS] for r in results}
    widths = [
        max(len(head), *(len(row[place]) for row in cells.values()))
        for place, (head, _) in enumerate(_COLUMNS)
    ]
    width = max(len(_name(result)) for result in results)
    heads = "  ".join(head.rjust(space) for (head, _), space in zip(_COLUMNS, widths, strict=True))
    shown = [f"{'':{width}}    {heads}"]
    for group, members in groupby(results, key=_group):
        shown.append(group)
        for result in members:
            row = zip(cells[result.key], widths, strict=True)
            figures = "  ".join(cell.rjust(space) for cell, space in row)
            said = f"not measured: {result.missing}" if result.missing else figures
            shown.append(f"  {_name(result):{width}}  {said}  {_remarks(result)}".rstrip())
    return shown


def growth(results: Sequence[Result], small: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """How many times the cost on a small forum each work has here; costs in costs of b."""
    return [
        f"  {result.ratio / before:5.2f}  {result.key}"
        for result in results
        if result.ratio and (before := small.get(result.key, {}).get("ratio"))
    ]


def _remarks(result: Result) -> str:
    sizes = [f"{count:,} {kind}" for kind, count in result.size.items()]
    return "; ".join([*map(str, result.checks), ", ".join(sizes)]).removesuffix("; ")


def _group(result: Result) -> str:
    return result.key.partition(": ")[0]


def _name(result: Result) -> str:
    return result.key.partition(": ")[2]


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)
