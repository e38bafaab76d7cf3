"""A folder that appears whole or not at all."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path


class Staging:
    """A locked sibling of the target, renamed to it at the end.

    The lock lives as long as its process: what can be locked is a dead run's and is removed.
    """

    def __init__(self, target: Path):
        self._target = target
        target.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{target.name}.staging-"
        parent = os.open(target.parent, os.O_RDONLY)
        try:
            fcntl.flock(parent, fcntl.LOCK_EX)  # between making a folder and locking it
            for stale in target.parent.glob(_literal(prefix) + "*"):
                _remove_if_unlocked(stale)
            self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
            self._lock = os.open(self.path, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        finally:
            os.close(parent)
        umask = os.umask(0)
        os.umask(umask)
        self.path.chmod(0o777 & ~umask)

    def publish(self) -> None:
        """Flushes every file to disk and renames the folder to its final name."""
        for path in [*self.path.rglob("*"), self.path]:
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        os.rename(self.path, self._target)

    def remove(self) -> None:
        """Removes what was staged; nothing happens after `publish`."""
        shutil.rmtree(self.path, ignore_errors=True)


def _literal(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _remove_if_unlocked(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # another run is at work there
    finally:
        os.close(descriptor)
