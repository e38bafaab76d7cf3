"""A PostgreSQL of one's own on loopback."""

import os
import pwd
import shutil
import signal
from pathlib import Path

from .processes import Failed, Owned, free_port, listens, run, until

PLACES = ["/usr/lib/postgresql", "/usr/pgsql-17", "/usr/pgsql-16", "/opt/homebrew/opt/postgresql"]


def find_programs() -> Path:
    """The folder of initdb and postgres."""
    for place in PLACES:
        for initdb in sorted(Path(place).glob("**/bin/initdb"), reverse=True):
            return initdb.parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise Failed("PostgreSQL's server programs are missing; on Debian: apt-get install postgresql")


class Postgres:
    """A database server with its data in a folder."""

    def __init__(self, folder: Path):
        self.data = folder / "data"
        self.port = free_port()
        self.programs = find_programs()
        # It refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        folder.mkdir(parents=True)
        if os.geteuid() == 0:
            shutil.chown(folder, self.user)
            for parent in folder.parents:
                if parent != Path("/") and not parent.stat().st_mode & 0o001:
                    parent.chmod(parent.stat().st_mode | 0o001)
        run(
            self._command("initdb", "-D", self.data, "-U", "temporal", "--auth=trust", "-E", "UTF8"),
            cwd="/",
        )
        self.server = Owned(
            "postgres",
            self._command(
                "postgres", "-D", self.data, "-p", self.port, "-c", "listen_addresses=127.0.0.1",
                "-c", f"unix_socket_directories={folder}", "-c", "fsync=on",
            ),
            folder.parent / "postgres.log",
            cwd="/",
        )  # fmt: skip

    def _command(self, program: str, *arguments) -> list:
        command = [self.programs / program, *arguments]
        if os.geteuid() == 0:
            # Not `su`, which would stand between: a killed server is to be the server.
            return ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups", *command]
        return command

    def start(self) -> None:
        """Starts it, and waits until it takes connections."""
        self.server.start()
        until("PostgreSQL listens", lambda: listens(self.port), 60)

    def dump(self, database: str) -> str:
        """All of a database, binary columns in hexadecimal."""
        return run(
            [self.programs / "pg_dump", "-h", "127.0.0.1", "-p", self.port, "-U", "temporal",
             database],
        )  # fmt: skip

    def kill(self) -> None:
        """Ends it at once, with every connection, as a crash does."""
        self.server.end(signal.SIGQUIT)

    def stop(self) -> None:
        """Ends it in order."""
        self.server.end(signal.SIGINT)
