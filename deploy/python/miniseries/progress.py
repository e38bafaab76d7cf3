"""Progress for programs: one JSON object a line on stdout."""

import json
import sys
import time

_START = time.monotonic()
_INTERVAL_SECONDS = 0.5
_last_step_report = 0.0


def report(phase: str, **fields) -> None:
    """Prints one object with the phase, the given fields and the seconds since the start."""
    seconds = round(time.monotonic() - _START, 1)
    sys.stdout.write(json.dumps({"phase": phase, **fields, "seconds": seconds}) + "\n")
    sys.stdout.flush()


def report_step(phase: str, step: int, total: int, **fields) -> None:
    """Reports a step, at most twice a second except for the last one."""
    global _last_step_report
    now = time.monotonic()
    if step == total or now - _last_step_report >= _INTERVAL_SECONDS:
        _last_step_report = now
        report(phase, step=step, total=total, **fields)
