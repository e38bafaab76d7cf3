"""The command."""

import argparse
import shutil
import tempfile
from pathlib import Path

from .access import strangers, with_keys
from .cluster import Cluster, say
from .encryption import encrypt
from .load import Load
from .processes import Failed
from .recovery import recover

SCENES = ["recovery", "keys", "encryption"]


def main() -> int:
    """Runs what was asked for; 0 where all of it went as it must."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=SCENES, action="append", help="leave out the others")
    parser.add_argument("--releases", type=int, default=8)
    parser.add_argument("--steps", type=int, default=8, help="of one training")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds that a step takes")
    parser.add_argument("--load", type=int, metavar="SERIES", default=0,
                        help="instead, run so many small series at once and measure")  # fmt: skip
    parser.add_argument("--soak", type=float, metavar="MINUTES", default=0,
                        help="then run one small series after another for so long")  # fmt: skip
    parser.add_argument("--keep", action="store_true", help="leave the folder with all logs")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="recycler-cluster-"))
    cluster = None
    try:
        say(f"in {folder}")
        cluster = Cluster(folder)
        cluster.namespace()
        if options.load or options.soak:
            load = Load(cluster)
            if options.load:
                load.at_once(options.load)
            if options.soak:
                load.soak(options.soak)
            load.end()
            options.keep = True
            return 0
        scenes = options.only or SCENES
        if "recovery" in scenes:
            strangers(cluster)
            recover(cluster, options.releases, options.steps, options.pause)
        if "keys" in scenes:
            with_keys(cluster)
        if "encryption" in scenes:
            encrypt(cluster)
        say("all of it went as it must")
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
