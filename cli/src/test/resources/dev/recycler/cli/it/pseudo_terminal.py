"""Runs a command in a pseudo-terminal of its own.

What comes on stdin is typed, byte for byte; what the terminal is sent goes to stdout. Ends with the
command's exit code, or 128 and the signal's number.

Usage: pseudo_terminal.py COLUMNS LINES COMMAND...
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

columns, lines, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    # A build in the background of a script hands its ignored SIGINT on.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", int(lines), int(columns), 0, 0))
    os.execvp(command[0], command)

sources = [0, terminal]
while True:
    ready, _, _ = select.select(sources, [], [])
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed:
            os.write(terminal, typed)
        else:
            sources.remove(0)
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:  # Linux's way to say that the other side was closed
            shown = b""
        if not shown:
            break
        os.write(1, shown)

_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256 if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
