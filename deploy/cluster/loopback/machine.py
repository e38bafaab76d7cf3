"""Another machine, as far as processes can tell."""

import os
import shutil
import signal
from pathlib import Path

from .processes import Owned, until


class Machine:
    """A host name and process ids of its own: nobody elsewhere sees, or can signal, what runs there."""

    def __init__(self, name: str, log: Path):
        self.init = Owned(
            name,
            ["unshare", "--pid", "--uts", "--fork", "--mount-proc", "--kill-child",
             "sh", "-c", f"hostname {name}; exec sleep infinity"],
            log,
        )  # fmt: skip

    @staticmethod
    def can_be() -> bool:
        """Whether this user may make such."""
        return os.geteuid() == 0 and all(map(shutil.which, ("unshare", "nsenter")))

    def start(self) -> "Machine":
        """Switches it on."""
        self.init.start()
        until("the machine is up", lambda: child(self.init.process.pid), 20, 0.1)
        return self

    def within(self, command: list[str]) -> list[str]:
        """A command, so that it runs there."""
        first = str(child(self.init.process.pid))
        return ["nsenter", "--target", first, "--pid", "--uts", "--mount", "--", *command]

    def lose(self) -> None:
        """Takes its power away: every process there is gone at once."""
        if self.init.process is not None and (first := child(self.init.process.pid)):
            os.kill(first, signal.SIGKILL)
            self.init.process.wait()


def child(pid: int) -> int | None:
    """The only child of a process that does nothing but wait for it."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return None
    return int(text.split()[0]) if text.strip() else None
