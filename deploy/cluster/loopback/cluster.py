"""The parts of a cluster in one folder."""

import time
from pathlib import Path

from . import temporal
from .machine import Machine
from .network import Cable
from .postgres import Postgres
from .processes import Failed, run, until
from .recycler import Recycler, Worker


def say(text: str) -> None:
    """Tells what is going on."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


class Cluster:
    """PostgreSQL, Temporal, workers and a folder that all of them share."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.shared = folder / "shared"
        self.shared.mkdir(parents=True)
        programs = temporal.build()
        self.tool = temporal.command()
        self.postgres = Postgres(folder / "postgres")
        self.tls = temporal.Tls(folder / "tls")
        self.temporal = temporal.Temporal(folder / "temporal", self.postgres, programs, self.tls)
        self.postgres.start()
        self.temporal.prepare()
        self.temporal.start()
        self.cable = Cable(self.temporal.port)
        self.user = self.client(self.temporal.client_environment())
        self.workers: list[Worker] = []
        self.machines: list[Machine] = []

    def client(self, environment: dict[str, str], data: str = "data") -> Recycler:
        """Somebody at the keyboard, or behind a worker, who comes to the server like that."""
        return Recycler(environment, self.folder / data)

    def machine(self, name: str) -> Machine | None:
        """Another machine that is up; none where this user may make none."""
        if not Machine.can_be():
            say(f"only root may make machines: worker {name} is a process beside the other")
            return None
        machine = Machine(name, self.folder / f"{name}.log")
        self.machines.append(machine)
        return machine.start()

    def worker(
        self, name: str, recycler: Recycler, settings: str, gpus: str, on: Machine | None = None
    ) -> Worker:
        """A worker that is not started yet; it may do what the series here need."""
        allowed = f"allow: {{folders: [{self.shared}], programs: [/bin/sh]}}\n"
        worker = Worker(name, recycler, self.folder / name, f"{settings}\n{allowed}", gpus, on)
        self.workers.append(worker)
        return worker

    def namespace(self) -> None:
        """Makes the namespace, once the server is ready to."""
        say("a namespace that is not there is refused: " + self.refusal())
        until(
            "the namespace",
            lambda: self.succeeds("operator", "namespace", "create", "--namespace", "default",
                                  "--retention", "1d") or "already" in self.refusal(),
            120,
        )  # fmt: skip
        # Every service of the server keeps what it knows of namespaces for a while.
        until("the namespace is known", lambda: self.user.run("list").returncode == 0, 120)

    def refusal(self) -> str:
        """What the command says of the server now."""
        return self.user.run("list").stderr.strip()

    def temporal_tool(self, *words: str) -> str:
        """What Temporal's own command prints, as the user."""
        return run([self.tool, *words], env=self.user.environment)

    def succeeds(self, *words: str) -> bool:
        """Whether Temporal's own command does."""
        try:
            self.temporal_tool(*words)
        except Failed:
            return False
        return True

    def finish(self, name: str, seconds: float) -> dict:
        """Waits for the end of a series; gives what it says of itself."""

        def ended():
            status = self.user.status(name)
            if status.get("state") == "failed":
                raise Failed(f"series {name}: {status.get('message')}")
            return status if status.get("state") == "finished" else None

        return until(f"series {name} is finished", ended, seconds, 2)

    def end_workers(self) -> None:
        """Ends every worker, in order."""
        for worker in self.workers:
            worker.end()
        self.workers = []

    def end(self) -> None:
        """Ends everything that was started, by its id."""
        self.cable.close()
        self.end_workers()
        for machine in self.machines:
            machine.lose()
        self.temporal.stop()
        self.postgres.stop()
