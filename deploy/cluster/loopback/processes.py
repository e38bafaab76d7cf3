"""Processes that a test owns, and ports that nobody has."""

import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path


class Failed(Exception):
    """The scenario did not go as it must; the message says how."""


def free_port() -> int:
    """A port on loopback that nobody listens on now; Temporal's database holds no larger one."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def until(what: str, condition, seconds: float = 300.0, pause: float = 0.5):
    """Waits until `condition()` is true, and gives what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(pause)
    raise Failed(f"never seen within {seconds:.0f} s: {what}")


def listens(port: int) -> bool:
    """Whether anybody takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Owned:
    """One process with its log; ended by its id and never by a name."""

    def __init__(self, name: str, command: list[str], log: Path, **options):
        self.name = name
        self.command = [str(word) for word in command]
        self.log = log
        self.options = options
        self.process: subprocess.Popen | None = None

    def start(self) -> "Owned":
        """Starts it, or starts it anew."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.options,
            )
        return self

    def tell(self, number: int) -> None:
        """Sends a signal to it alone."""
        os.kill(self.process.pid, number)

    def end(self, number: int = signal.SIGTERM, seconds: float = 90.0) -> None:
        """Ends it and waits for that."""
        if self.process is None or self.process.poll() is not None:
            return
        self.tell(number)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        """Ends it without a chance to say good-bye."""
        self.end(signal.SIGKILL)


def run(command: list, **options) -> str:
    """Runs a command that must succeed, and gives what it printed."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    if done.returncode != 0:
        raise Failed(f"{' '.join(str(word) for word in command)}\n{done.stdout[-4000:]}")
    return done.stdout
