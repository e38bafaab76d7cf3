"""A series across two workers while one part of the cluster after the other is broken."""

import shutil
import signal
import time
from pathlib import Path

from . import series
from .cluster import Cluster, say
from .processes import Failed, Owned, until
from .recycler import PROGRAM, Recycler

SERIES = "apart"
BESIDE = "beside"
ELSEWHERE = "data-elsewhere"

# Longer than a worker may be silent, which is 30 s.
SILENCE = 45


def recover(cluster: Cluster, releases: int, steps: int, pause: float) -> None:
    """Breaks everything in turn; the series must end with the bytes of one box."""
    file = series.write(cluster.shared, SERIES, releases, 1, steps, pause)
    beside = series.write(cluster.shared, BESIDE, 2, 2, steps, pause)
    remote = cluster.client(
        cluster.temporal.client_environment(port=cluster.cable.port), ELSEWHERE
    )
    elsewhere = cluster.machine("elsewhere")
    cluster.worker("first", cluster.user, "does: [merge, train]\nlabels: [near]", "0,1").start()
    cluster.worker("second", remote, "does: [train, evaluate]", "2,3", elsewhere).start()
    cluster.user.ok("start", str(file))
    cluster.user.ok("start", str(beside))
    until("a step is done", lambda: done(cluster.user.status(SERIES)) > 0, 180, 2)
    disturb(cluster)
    cluster.finish(SERIES, 1200)
    cluster.finish(BESIDE, 1200)
    cluster.end_workers()
    say("the same series on one box")
    check(cluster, on_one_box(cluster.folder / "box", releases, steps, 0.05))


def done(status: dict) -> int:
    """How many steps are done."""
    return sum(1 for step in status.get("steps", []) if step.get("state") == "done")


def on_one_box(folder: Path, releases: int, steps: int, pause: float) -> dict[str, str]:
    """The same series without a cluster; gives what its steps made."""
    shared = folder / "shared"
    file = series.write(shared, SERIES, releases, 1, steps, pause)
    recycler = Recycler({"CUDA_VISIBLE_DEVICES": "0,1,2,3"}, folder / "data")
    home = folder / "home"
    server = Owned(
        "one box", [PROGRAM, "dev", "--home", home], folder / "dev.log",
        env=recycler.environment,
    ).start()  # fmt: skip
    try:
        until("the one box is up", lambda: "Ctrl-C ends" in server.log.read_text("utf-8"), 300)
        recycler.ok("start", str(file), "--watch", "--home", str(home))
    finally:
        server.end(signal.SIGINT)
    return series.digests(shared / "store", SERIES)


def disturb(cluster: Cluster) -> None:
    """Breaks one thing after the other while the series run, and waits for progress after each."""
    first, second = cluster.workers
    notes = cluster.shared / "notes"

    def progress(after: int):
        return until(
            "a step more", lambda: done(cluster.user.status(SERIES)) > after
            or cluster.user.status(SERIES).get("state") == "finished", 300, 2,
        )  # fmt: skip

    def disturbance(what: str, action) -> None:
        status = cluster.user.status(SERIES)
        if status.get("state") == "finished":
            raise Failed(f"the series was over before {what}; give it more --releases")
        before = done(status)
        say(f"{what}, with {before} steps done")
        action()
        progress(before)

    for worker in (first, second):
        disturbance(f"worker {worker.name} is restarted", lambda w=worker: (w.end(), w.start()))

    def kill_server() -> None:
        cluster.temporal.kill()
        time.sleep(5)
        cluster.temporal.start()

    def kill_database() -> None:
        cluster.postgres.kill()
        time.sleep(5)
        cluster.postgres.start()

    def cut() -> None:
        cluster.cable.cut()
        time.sleep(SILENCE)
        cluster.cable.mend()

    disturbance("the Temporal server is killed", kill_server)
    disturbance("PostgreSQL is killed", kill_database)

    def lose_machine() -> None:
        second.machine.lose()
        series.note_lost(notes, "2,3")
        # What comes in its place, a new pod say, has nothing of its own disk.
        shutil.rmtree(cluster.folder / ELSEWHERE)
        second.machine.start()
        lives = second.serving()
        second.start()
        # Whoever finds no server at its start ends, and is to be started by others.
        until("the worker on it serves", lambda: second.serving() > lives, 60)

    if second.machine is not None:
        until("a tool runs on the other machine",
              lambda: series.users(notes) & {"2", "3"}, 120, 0.2)  # fmt: skip
        disturbance(f"the machine of worker {second.name} is lost, with its tools", lose_machine)

    disturbance(f"worker {second.name} is cut off for {SILENCE} s", cut)

    def kill_worker() -> None:
        first.kill()
        first.start()

    disturbance(f"worker {first.name} is killed", kill_worker)


def check(cluster: Cluster, expected: dict[str, str]) -> None:
    """Holds what came out to what one box makes."""
    made = series.digests(cluster.shared / "store", SERIES)
    if made != expected:
        other = {step for step in made.keys() | expected.keys() if made.get(step) != expected.get(step)}
        raise Failed(f"not the bytes that one box makes: {sorted(other)}")
    notes = cluster.shared / "notes"
    for name in ("trained", "scored"):
        lines = (notes / name).read_text("utf-8").splitlines()
        if len(lines) != len(set(lines)):
            raise Failed(f"a step was done twice: {name} has {len(lines) - len(set(lines))} repetitions")
    wrong = series.overlaps(notes)
    if wrong:
        raise Failed("a GPU was used twice: " + "; ".join(wrong))
    log = (notes / "devices").read_text("utf-8")
    for devices in ("0", "2"):
        if not any(line.split()[-1].split(",")[0] in (devices, str(int(devices) + 1))
                   for line in log.splitlines()):  # fmt: skip
            raise Failed(f"the GPUs from {devices} on were never used: the series ran on one worker")
    say(f"{len(made)} steps, the same bytes as on one box, none done twice, no GPU used twice")
