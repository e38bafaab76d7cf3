"""Makes a tiny series of base-model releases with fine-tuning data and a scored task.

    python mini_series.py --out DIR [--seed 0] [--releases 5] [--size full|smoke]

DIR then holds `releases/M1 …`, `data/`, `tasks/` and `mini-series.json`; it is there whole or
not at all. Progress is one JSON object a line on stdout, messages go to stderr. Exit codes: 0
made or already there, 1 failed, 2 wrong arguments or DIR holds something else, 130 and 143
ended by a signal.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from miniseries import manifest, task
from miniseries.progress import report
from miniseries.settings import SIZES
from miniseries.staging import Staging


def main() -> int:
    """Parses the arguments, makes the series unless it is there, returns the exit code."""
    arguments = _parse()
    size = SIZES[arguments.size]
    out = Path(arguments.out).expanduser().resolve()
    parameters = {
        "seed": arguments.seed,
        "releases": arguments.releases or size.releases,
        "size": arguments.size,
    }
    texts = {task.FILE: task.task_yaml(out / "data" / "test.jsonl")}
    try:
        if _is_there(out, parameters, texts):
            return 0
    except manifest.Unusable as e:
        print(f"mini_series: {e}", file=sys.stderr)
        return 2
    staging = Staging(out)
    _on_signals(staging)
    try:
        report("import")
        os.environ.update(
            HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false"
        )
        from miniseries.build import build

        build(staging.path, size, parameters, texts)
        try:
            staging.publish()
        except OSError:  # another run may have been faster
            if not _is_there(out, parameters, texts):
                raise
            return 0
    finally:
        staging.remove()
    print(f"mini_series: made {out}", file=sys.stderr)
    report("done", path=str(out), made=True)
    return 0


def _is_there(out: Path, parameters: dict, texts: dict[str, str]) -> bool:
    """Says so and is true if the series is already in the folder."""
    if not manifest.is_complete(out, parameters, texts):
        return False
    print(f"mini_series: {out} is already complete", file=sys.stderr)
    report("done", path=str(out), made=False)
    return True


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="the folder to make")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bytes (default 0)")
    parser.add_argument(
        "--releases",
        type=int,
        choices=range(2, 10),
        metavar="N",
        help="2 to 9, evenly spaced over pretraining (default 5, for smoke 2)",
    )
    parser.add_argument("--size", choices=SIZES, default="full", help="default full")
    arguments = parser.parse_args()
    if arguments.seed < 0:
        parser.error(f"--seed is {arguments.seed}: it must be 0 or more")
    if any(c in task.GLOB_CHARACTERS for c in str(Path(arguments.out).expanduser().resolve())):
        parser.error(
            f"--out is {arguments.out!r}: its full path must have none of {task.GLOB_CHARACTERS}, "
            "which the data set loader takes for a pattern"
        )
    return arguments


def _on_signals(staging: Staging) -> None:
    """On SIGTERM, SIGINT and SIGHUP: removes what was staged and ends at once."""

    def end(number: int, _frame) -> None:
        staging.remove()
        os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)


if __name__ == "__main__":
    sys.exit(main())
