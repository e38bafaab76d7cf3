"""The recycler of this clone: its command, and workers of the cluster."""

import json
import os
import subprocess
from pathlib import Path

from .machine import Machine, child
from .processes import Failed, Owned

CLONE = Path(__file__).resolve().parents[3]

# Another build than that of the clone, where one is to be tried.
PROGRAM = Path(os.environ.get("RECYCLER") or CLONE / "recycler")


class Recycler:
    """The command, talking to one server as somebody."""

    def __init__(self, environment: dict[str, str], data: Path):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("TEMPORAL_")}
        self.environment = {**inherited, "XDG_DATA_HOME": str(data), "NO_COLOR": "1", **environment}

    def run(self, *words: str) -> subprocess.CompletedProcess:
        """Runs a command; gives its exit code and what it printed."""
        return subprocess.run(
            [PROGRAM, *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    def ok(self, *words: str) -> str:
        """Runs a command that must succeed."""
        done = self.run(*words)
        if done.returncode != 0:
            raise Failed(f"recycler {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def refused(self, because: str, *words: str) -> str:
        """Runs a command that must be refused in one sentence with these words; gives it."""
        done = self.run(*words)
        said = done.stderr.strip()
        if done.returncode == 0 or "\n" in said or "Exception" in said or because not in said:
            raise Failed(
                f"recycler {' '.join(words)} was to be refused in one sentence with"
                f" {because!r}, and said: {said}"
            )
        return said

    def status(self, series: str) -> dict:
        """What a series says of itself; empty where nobody can say it now."""
        done = self.run("status", series, "--json")
        return json.loads(done.stdout) if done.returncode == 0 else {}


class Worker(Owned):
    """A worker with two simulated GPUs, on this machine or another."""

    def __init__(
        self,
        name: str,
        recycler: Recycler,
        folder: Path,
        settings: str,
        gpus: str,
        machine: Machine | None = None,
    ):
        folder.mkdir(parents=True)
        file = folder / "worker.yaml"
        file.write_text(settings, encoding="utf-8")
        self.machine = machine
        self.own_command = [
            str(PROGRAM), "worker", "--config", str(file), "--log", str(folder / "worker.log")
        ]  # fmt: skip
        super().__init__(
            name,
            self.own_command,
            folder / "output.log",
            env={**recycler.environment, "CUDA_VISIBLE_DEVICES": gpus},
        )

    def start(self) -> "Worker":
        """Starts it, or starts it anew."""
        if self.machine is not None:
            self.command = self.machine.within(self.own_command)
        super().start()
        return self

    def tell(self, number: int) -> None:
        """Sends a signal to the worker, also where another process waits for it here."""
        worker = self.process.pid if self.machine is None else child(self.process.pid)
        if worker is not None:
            os.kill(worker, number)

    def serving(self) -> int:
        """How often it has come as far as serving."""
        log = self.log.parent / "worker.log"
        return log.read_text("utf-8").count(" serving ") if log.exists() else 0
