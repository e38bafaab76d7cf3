#!/usr/bin/env python3
"""Times how long the commands of `recycler` take as whole processes, beside those of `temporal`.

Starts a Temporal server with `recycler dev` in a home of its own and a series there whose steps wait, then
alternates, round after round: `recycler --help`, `recycler status`, `recycler list`, `temporal --help` and
`temporal workflow list`. Prints the median of each with its quartiles, and the machine's load before and
after: on a machine that does something else the numbers say nothing.

    deploy/benchmarks/start_benchmark.py
    deploy/benchmarks/start_benchmark.py --rounds 21 --program /opt/recycler/recycler

Needs only the standard library, and what `recycler dev` needs.
"""

import argparse
import json
import os
import pathlib
import signal
import statistics
import struct
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def model(folder):
    """A model of one number: enough to be a release."""
    folder.mkdir(parents=True)
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    (folder / "config.json").write_text('{"model_type": "llama"}')


def series(folder):
    """A series file whose trainings run until they are ended."""
    for i in range(1, 6):
        model(folder / f"M{i}")
    (folder / "data").mkdir()
    (folder / "data" / "train.jsonl").write_text("{}\n")
    releases = "\n".join(f"  - {{name: M{i}, model: M{i}}}" for i in range(1, 6))
    file = folder / "series.yaml"
    file.write_text(
        f"series: bench\nstore: store\nreleases:\n{releases}\n"
        "strategies: [iterative, direct, plain]\n"
        "finetune:\n  trainer: command\n  data: data\n"
        "  command: [/bin/sh, -c, 'sleep 86400', '{model}', '{output}']\n"
    )
    return file


def start_dev(program, home):
    """The server and its worker; returns when they are ready."""
    log = open(home.parent / "dev.log", "w+")
    dev = subprocess.Popen(
        [program, "dev", "--home", home, "--slots", "1"],
        stdout=log, stderr=log, stdin=subprocess.DEVNULL,
    )
    while "Ctrl-C ends" not in pathlib.Path(log.name).read_text():
        if dev.poll() is not None:
            raise SystemExit("recycler dev ended:\n" + pathlib.Path(log.name).read_text())
        time.sleep(0.2)
    return dev


def temporal_program(home):
    """The `temporal` that the server was started from."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if str(home) in " ".join(words) and "start-dev" in words:
            return words[words.index("server") - 1]
    return "temporal"


def milliseconds(command):
    begun = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    taken = 1000 * (time.perf_counter() - begun)
    if done.returncode != 0:
        raise SystemExit(f"{command} failed: {done.stderr.decode()}")
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--program", default=str(ROOT / "recycler"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        home = folder / "home"
        dev = start_dev(options.program, home)
        try:
            subprocess.run(
                [options.program, "start", series(folder / "series"), "--home", home],
                check=True, stderr=subprocess.DEVNULL,
            )
            address = "127.0.0.1:" + str(json.loads((home / "server.json").read_text())["port"])
            temporal = temporal_program(home)
            commands = {
                "recycler --help": [options.program, "--help"],
                "recycler status": [options.program, "status", "--home", home],
                "recycler list": [options.program, "list", "--home", home],
                "temporal --help": [temporal, "--help"],
                "temporal workflow list": [temporal, "workflow", "list", "--address", address],
            }
            for command in commands.values():  # caches of the first time
                milliseconds(command)
            before = os.getloadavg()[0]
            times = {name: [] for name in commands}
            for _ in range(options.rounds):
                for name, command in commands.items():
                    times[name].append(milliseconds(command))
            for name, taken in times.items():
                low, middle, high = statistics.quantiles(taken, n=4)
                print(f"{name:24s} {middle:6.0f} ms   ({low:.0f} to {high:.0f})")
            print(
                f"{options.rounds} rounds, {os.cpu_count()} cores, "
                f"load {before:.1f} before and {os.getloadavg()[0]:.1f} after"
            )
        finally:
            dev.send_signal(signal.SIGTERM)
            dev.wait()


if __name__ == "__main__":
    main()
