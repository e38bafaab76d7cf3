"""Many small series at once, and one after another for a long time, with figures."""

import concurrent.futures
import json
import random
import threading
import time
from datetime import datetime

from . import series
from .cluster import Cluster, say
from .figures import Samples, Table
from .processes import Failed, until

# Of a training: what a step takes beyond them is the cluster's doing.
STEPS, PAUSE = 2, 0.2
TOOL_SECONDS = {"Finetune": STEPS * PAUSE, "Evaluate": PAUSE}


class Load:
    """Two workers with two simulated GPUs each, and what is measured of them."""

    def __init__(self, cluster: Cluster):
        self.cluster = cluster
        does = "does: [merge, train, evaluate]"
        self.workers = [
            cluster.worker("first", cluster.user, does, "0,1"),
            cluster.worker("second", cluster.user, does, "2,3"),
        ]
        self.samples = Samples(cluster.folder / "samples.csv", [*self.workers, cluster.temporal.server])
        self.random = random.Random(1)

    def at_once(self, count: int) -> None:
        """Starts so many series while nobody works, then lets the workers begin."""
        names = [f"load-{number:03}" for number in range(count)]
        files = [self._series(name) for name in names]
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda file: self.cluster.user.ok("start", str(file)), files))
        say(f"{count} series are started, in {time.monotonic() - began:.0f} s; the workers begin")
        began = time.monotonic()
        for worker in self.workers:
            worker.start()
        self.samples.start()
        status = Table("commands, in seconds of the whole process")
        ended = threading.Event()
        looking = threading.Thread(target=self._look, args=(names, status, ended))
        looking.start()
        try:
            until("all series are finished", lambda: self._finished() >= count, 3600, 10)
        finally:
            ended.set()
            looking.join()
        took = time.monotonic() - began
        say(f"all {count} are finished after {took:.0f} s, {took / count:.2f} s a series")
        say(status.text())
        say(self._histories(names).text())
        say(self.samples.text())
        self._none_twice(count)

    def soak(self, minutes: float) -> None:
        """Runs one small series after another, and holds the processes to a level."""
        for worker in self.workers:
            if worker.process is None:
                worker.start()
        self.samples.start()
        self.samples.mark()
        deadline = time.monotonic() + minutes * 60
        count = 0
        status = Table("commands, in seconds of the whole process")
        while time.monotonic() < deadline:
            name = f"soak-{count:04}"
            self.cluster.user.ok("start", str(self._series(name, evaluate=True)))
            time.sleep(8)
            self._timed(status, "status", "status", name, "--json")
            self.cluster.finish(name, 300)
            count += 1
            if count % 30 == 0:
                self.samples.mark()
                say(f"{count} series one after another")
        self.samples.mark()
        say(f"{count} series one after another in {minutes:g} minutes")
        say(status.text())
        say(self.samples.text())
        rising = self.samples.rising() if minutes >= 10 else []
        if rising:
            raise Failed("not level: " + "; ".join(rising))

    def end(self) -> None:
        """Samples no more."""
        self.samples.stop()

    def _series(self, name: str, evaluate: bool = False):
        return series.write(self.cluster.shared, name, 2, 1, STEPS, PAUSE, ["iterative"], evaluate)

    def _look(self, names: list[str], table: Table, ended: threading.Event) -> None:
        while not ended.wait(1.0):
            self._timed(table, "status", "status", self.random.choice(names), "--json")
            if len(table.values["status"]) % 10 == 0:
                self._timed(table, "list", "list", "--json")

    def _timed(self, table: Table, what: str, *words: str) -> None:
        began = time.monotonic()
        done = self.cluster.user.run(*words)
        took = time.monotonic() - began
        table.add(what if done.returncode == 0 else f"{what}, unanswered", took)

    def _finished(self) -> int:
        counted = self.cluster.temporal_tool(
            "workflow", "count", "--query", "ExecutionStatus = 'Completed'", "--output", "json"
        )
        return int(json.loads(counted).get("count", 0))

    def _none_twice(self, count: int) -> None:
        trained = (self.cluster.shared / "notes" / "trained").read_text("utf-8").splitlines()
        wrong = series.overlaps(self.cluster.shared / "notes")
        if wrong or len(trained) != 2 * count or len(set(trained)) != len(trained):
            raise Failed(
                f"{len(trained)} trainings, {len(set(trained))} different, of {2 * count};"
                f" GPUs used twice: {wrong[:3]}"
            )
        say(f"{len(trained)} trainings, none twice, no GPU used twice")

    def _histories(self, names: list[str]) -> Table:
        """What the server noted of every activity, in seconds."""
        table = Table("by the server's histories, in seconds; tools' own sleep is taken off")
        for name in names:
            shown = self.cluster.temporal_tool(
                "workflow", "show", "-w", f"series-{name}", "--output", "json"
            )
            _activities(json.loads(shown)["events"], table)
        return table


def _activities(events: list[dict], table: Table) -> None:
    by_id = {event["eventId"]: event for event in events}
    started = {}
    for event in events:
        kind = event["eventType"].removeprefix("EVENT_TYPE_")
        if kind == "ACTIVITY_TASK_STARTED":
            started[event["activityTaskStartedEventAttributes"]["scheduledEventId"]] = event
        elif kind == "ACTIVITY_TASK_COMPLETED":
            scheduled = event["activityTaskCompletedEventAttributes"]["scheduledEventId"]
            attributes = by_id[scheduled]["activityTaskScheduledEventAttributes"]
            what = attributes["activityType"]["name"]
            begin = started[scheduled]
            ran = _seconds(begin, event) - TOOL_SECONDS.get(what, 0)
            table.add(f"{what}: waits", _seconds(by_id[scheduled], begin))
            table.add(f"{what}: overhead", ran)
            if int(begin["activityTaskStartedEventAttributes"].get("attempt", 1)) > 1:
                table.add(f"{what}: tried again", ran)
        elif kind == "WORKFLOW_TASK_COMPLETED":
            begin = by_id[event["workflowTaskCompletedEventAttributes"]["scheduledEventId"]]
            # The first one waited for the workers to begin.
            turn = "workflow's turn" if begin["eventId"] != "2" else "workflow's first turn"
            table.add(turn, _seconds(begin, event))


def _seconds(first: dict, second: dict) -> float:
    return (_time(second) - _time(first)).total_seconds()


def _time(event: dict) -> datetime:
    # Python 3.10 reads no nanoseconds.
    text = event["eventTime"].removesuffix("Z")
    whole, _, fraction = text.partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6].ljust(6, '0')}")
