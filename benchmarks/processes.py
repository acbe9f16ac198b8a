"""What a server and all that it started cost: read from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes in use: shared pages counted by their share (pss), or by each process (rss)."""

    pss: int
    rss: int


class Tree:
    """A process and everything below it.

    Args:
        root: the id of the process at the top.
    """

    def __init__(self, root: int) -> None:
        self.root = root

    def cpu(self) -> float:
        """Seconds of processor time so far, user and system, those of ended children included."""
        return sum(map(_cpu, self.processes()))

    def memory(self, program: str = "") -> Memory:
        """Memory in use now: of all processes, or of those that one of a `program` started."""
        found = [
            _memory(pid)
            for pid in self.processes()
            if not program or program in _command(_parent(pid))
        ]
        return Memory(pss=sum(pss for pss, _ in found), rss=sum(rss for _, rss in found))

    def processes(self) -> list[int]:
        """Ids of the processes that are there now."""
        children: dict[int, list[int]] = {}
        for entry in _PROC.iterdir():
            if entry.name.isdigit() and (fields := _fields(int(entry.name))):
                children.setdefault(int(fields[1]), []).append(int(entry.name))
        found, waiting = [], [self.root]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += children.get(pid, ())
        return found


def _fields(pid: int) -> list[str]:
    """What /proc/PID/stat says after the program's name; nothing if it has ended."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    # The name stands in brackets and may hold any character, brackets and spaces too.
    return text.rpartition(")")[2].split()


def _parent(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


def _command(pid: int) -> str:
    try:
        return (_PROC / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        return ""


def _cpu(pid: int) -> float:
    fields = _fields(pid)
    # utime, stime, and those of children that have been waited for: fields 14 to 17 of proc(5).
    return sum(int(field) for field in fields[11:15]) / _TICKS


def _memory(pid: int) -> tuple[int, int]:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0, 0
    kilobytes = {
        name.rstrip(":"): int(rest[0])
        for name, *rest in (line.split() for line in lines[1:])
        if rest and rest[0].isdigit()
    }
    return 1024 * kilobytes.get("Pss", 0), 1024 * kilobytes.get("Rss", 0)
