"""What is done to the cluster, and what must come out."""

import argparse
import shutil
import signal
import tempfile
import time
from pathlib import Path

from . import series, temporal
from .network import Cable
from .postgres import Postgres
from .processes import Failed, Owned, run, until
from .recycler import PROGRAM, Recycler, Worker

SERIES = "apart"
BESIDE = "beside"

# Longer than a worker may be silent, which is 30 s.
SILENCE = 45


def say(text: str) -> None:
    """Tells what is going on."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


class Cluster:
    """PostgreSQL, Temporal, two workers and a shared store in one folder."""

    def __init__(self, folder: Path, releases: int, steps: int, pause: float):
        self.folder = folder
        self.shared = folder / "shared"
        self.file = series.write(self.shared, SERIES, releases, 1, steps, pause)
        self.beside = series.write(self.shared, BESIDE, 2, 2, steps, pause)
        programs = temporal.build()
        self.postgres = Postgres(folder / "postgres")
        self.tls = temporal.Tls(folder / "tls")
        self.temporal = temporal.Temporal(folder / "temporal", self.postgres, programs, self.tls)
        self.postgres.start()
        self.temporal.prepare()
        self.temporal.start()
        self.cable = Cable(self.temporal.port)
        data = folder / "data"
        self.user = Recycler(self.temporal.client_environment(), data)
        remote = Recycler(self.temporal.client_environment(port=self.cable.port), data)
        allowed = f"allow: {{folders: [{self.shared}], programs: [/bin/sh]}}\n"
        self.workers = [
            Worker("first", self.user, folder / "first",
                   f"does: [merge, train]\nlabels: [near]\n{allowed}", "0,1"),
            Worker("second", remote, folder / "second",
                   f"does: [train, evaluate]\n{allowed}", "2,3"),
        ]  # fmt: skip

    def namespace(self) -> None:
        """Makes the namespace, once the server is ready to."""
        say("a namespace that is not there is refused: " + self.refusal())
        tool = self.python_tool("temporal")
        words = ["operator", "namespace", "create", "--namespace", "default", "--retention", "1d"]
        environment = {**self.user.environment}
        until(
            "the namespace",
            lambda: _succeeds([tool, *words], environment) or "already" in self.refusal(),
            120,
        )
        # Every service of the server keeps what it knows of namespaces for a while.
        until("the namespace is known", lambda: self.user.run("list").returncode == 0, 120)

    def refusal(self) -> str:
        """What the command says of the server now."""
        return self.user.run("list").stderr.strip()

    @staticmethod
    def python_tool(name: str) -> Path:
        """A program of the project's Python environment."""
        found = sorted(Path("~/.cache/recycler").expanduser().glob(f"python-*/tools/bin/{name}"))
        if not found:
            raise Failed("the Python environment is missing; `recycler doctor` installs it")
        return found[-1]

    def end(self) -> None:
        """Ends everything that was started, by its id."""
        self.cable.close()
        for worker in self.workers:
            worker.end()
        self.temporal.stop()
        self.postgres.stop()


def _succeeds(command: list, environment: dict[str, str]) -> bool:
    try:
        run(command, env=environment)
    except Failed:
        return False
    return True


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


def strangers(cluster: Cluster) -> None:
    """Whoever has the wrong certificate, or none, is told so in one sentence."""
    data = cluster.folder / "stranger"
    known = cluster.temporal.client_environment()
    other = Recycler(cluster.temporal.client_environment("stranger"), data)
    say("a stranger's certificate: " + other.refused("list"))
    nobody = Recycler({k: v for k, v in known.items() if "CLIENT" not in k}, data)
    say("no certificate: " + nobody.refused("list"))
    clear = Recycler({k: v for k, v in known.items() if "TLS" not in k}, data)
    say("no TLS: " + clear.refused("list"))


def disturb(cluster: Cluster) -> None:
    """Breaks one thing after the other while the series run, and waits for progress after each."""
    first, second = cluster.workers

    def progress(after: int):
        return until(
            "a step more", lambda: done(cluster.user.status(SERIES)) > after
            or cluster.user.status(SERIES).get("state") == "finished", 300, 2,
        )  # fmt: skip

    def disturbance(what: str, action) -> None:
        before = done(cluster.user.status(SERIES))
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
    disturbance(f"worker {second.name} is cut off for {SILENCE} s", cut)

    def kill_worker() -> None:
        first.kill()
        first.start()

    disturbance(f"worker {first.name} is killed", kill_worker)


def finish(cluster: Cluster, name: str, seconds: float) -> dict:
    """Waits for the end of a series."""

    def ended():
        status = cluster.user.status(name)
        if status.get("state") == "failed":
            raise Failed(f"series {name}: {status.get('message')}")
        return status if status.get("state") == "finished" else None

    return until(f"series {name} is finished", ended, seconds, 3)


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


def main() -> int:
    """Runs the whole scenario; 0 where all of it went as it must."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=5)
    parser.add_argument("--steps", type=int, default=8, help="of one training")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds that a step takes")
    parser.add_argument("--keep", action="store_true", help="leave the folder with all logs")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="recycler-cluster-"))
    cluster = None
    try:
        say(f"in {folder}")
        cluster = Cluster(folder, options.releases, options.steps, options.pause)
        cluster.namespace()
        strangers(cluster)
        for worker in cluster.workers:
            worker.start()
        cluster.user.ok("start", str(cluster.file))
        cluster.user.ok("start", str(cluster.beside))
        until("a step is done", lambda: done(cluster.user.status(SERIES)) > 0, 180, 2)
        disturb(cluster)
        finish(cluster, SERIES, 1200)
        finish(cluster, BESIDE, 1200)
        cluster.end()
        say("the same series on one box")
        check(cluster, on_one_box(folder / "box", options.releases, options.steps, 0.05))
        return 0
    except Failed as failure:
        options.keep = True
        say(f"FAILED: {failure}")
        return 1
    finally:
        if cluster is not None:
            cluster.end()
        if options.keep:
            say(f"everything is kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
