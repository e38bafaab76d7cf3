"""Figures: distributions, and what processes use over time."""

import os
import re
import statistics
import subprocess
import threading
import time
from collections import defaultdict
from pathlib import Path

from .processes import Owned

SECONDS = 5


class Table:
    """Values by name, shown as number, median, 99th percentile and largest."""

    def __init__(self, title: str):
        self.title = title
        self.values: dict[str, list[float]] = defaultdict(list)

    def add(self, name: str, value: float) -> None:
        """Adds one value."""
        self.values[name].append(value)

    def text(self) -> str:
        """The table."""
        lines = [self.title, f"  {'':<34}{'n':>7}{'median':>10}{'p99':>10}{'max':>10}"]
        for name, values in sorted(self.values.items()):
            ordered = sorted(values)
            p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
            lines.append(
                f"  {name:<34}{len(values):>7}{statistics.median(values):>10.3f}"
                f"{p99:>10.3f}{ordered[-1]:>10.3f}"
            )
        return "\n".join(lines)


class Samples:
    """Memory, open files and threads of processes, every few seconds, from /proc."""

    def __init__(self, file: Path, processes: list[Owned]):
        self.file = file
        self.processes = processes
        self.rows: dict[str, list[tuple[float, int, int, int]]] = defaultdict(list)
        self.heaps: dict[str, list[int]] = defaultdict(list)
        self.stopped = threading.Event()
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins, where it has not begun."""
        if self.thread is None:
            self.file.write_text("time,process,rss_mib,files,threads\n", encoding="utf-8")
            self.thread = threading.Thread(target=self._run, daemon=True)
            self.thread.start()

    def stop(self) -> None:
        """Ends."""
        self.stopped.set()

    def mark(self) -> None:
        """Has each Java process collect all garbage, and notes what of its heap is in use."""
        for process in self._alive():
            java = Path(os.readlink(f"/proc/{process.process.pid}/exe"))
            if java.name == "java":
                jcmd = [str(java.parent / "jcmd"), str(process.process.pid)]
                subprocess.run([*jcmd, "GC.run"], capture_output=True, check=False)
                said = subprocess.run([*jcmd, "GC.heap_info"], capture_output=True, text=True,
                                      check=False).stdout  # fmt: skip
                used = re.findall(r"(?:generation|DefNew|Tenured)\s+total \d+K, used (\d+)K", said)
                self.heaps[process.name].append(sum(map(int, used)) >> 10)

    def text(self) -> str:
        """What was seen, in ten parts of the time."""
        lines = ["processes over time, in tenths"]
        for name, rows in sorted(self.rows.items()):
            for column, what in ((1, "resident MiB"), (2, "open files"), (3, "threads")):
                lines.append(f"  {name + ', ' + what:<28}" + " ".join(
                    f"{statistics.median(row[column] for row in part):>6.0f}"
                    for part in _parts(rows, 10)))  # fmt: skip
            if self.heaps[name]:
                lines.append(f"  {name + ', live heap MiB':<28}"
                             + " ".join(f"{heap:>6}" for heap in self.heaps[name]))  # fmt: skip
        return "\n".join(lines)

    def rising(self) -> list[str]:
        """What is a sixth higher in the last third of the time than in the second."""
        found = []
        for name, rows in self.rows.items():
            for column, what in ((1, "resident MiB"), (2, "open files"), (3, "threads")):
                _, second, third = (
                    statistics.median(row[column] for row in part) for part in _parts(rows, 3)
                )
                if third > second * 7 / 6 + 5:
                    found.append(f"{name}: {what} went from {second:.0f} to {third:.0f}")
        return found

    def _alive(self) -> list[Owned]:
        return [p for p in self.processes if p.process is not None and p.process.poll() is None]

    def _run(self) -> None:
        began = time.monotonic()
        while not self.stopped.wait(SECONDS):
            for process in self._alive():
                try:
                    row = (time.monotonic() - began, *_look(process.process.pid))
                except (OSError, AttributeError):
                    continue
                self.rows[process.name].append(row)
                with self.file.open("a", encoding="utf-8") as file:
                    file.write(f"{row[0]:.0f},{process.name},{row[1]},{row[2]},{row[3]}\n")


def _parts(rows: list, count: int) -> list[list]:
    size = max(1, -(-len(rows) // count))
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def _look(pid: int) -> tuple[int, int, int]:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    resident = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) >> 10
    threads = int(re.search(r"Threads:\s+(\d+)", status).group(1))
    return resident, len(os.listdir(f"/proc/{pid}/fd")), threads
