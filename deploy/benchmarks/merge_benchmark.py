#!/usr/bin/env python3
"""Times `recycler merge` beside a copy of one checkpoint and other ways to merge.

Makes three synthetic checkpoints of the same Llama shape, then alternates whole processes, each
with the inputs in the page cache:
`recycler merge`; `cp -r` of one checkpoint with `sync`; and, with --others, the paper's arithmetic in
PyTorch with transformers and mergekit's task_arithmetic, each from an environment that this script
makes from PyPI in --home. Prints medians and ratios, the peak of anonymous memory (RssAnon), and
whether recycler's weights equal PyTorch's.

    deploy/benchmarks/merge_benchmark.py                      recycler and the copy, 2.4 GB a side
    deploy/benchmarks/merge_benchmark.py --others --rounds 3
    deploy/benchmarks/merge_benchmark.py --gigabytes 10 --rounds 1

Needs only the standard library. It fills --home with four to five checkpoints.
"""

import argparse
import array
import json
import os
import pathlib
import random
import shutil
import statistics
import struct
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
HIDDEN, INTERMEDIATE, VOCABULARY, SHARDS = 2048, 8192, 32000, 2
POOL = 1 << 20  # different values; tensors are cut from this pool at random places


def shapes(gigabytes):
    """Names and shapes of a Llama of about so many bytes in bf16."""
    embeddings = 2 * VOCABULARY * HIDDEN
    layer = 4 * HIDDEN * HIDDEN + 3 * HIDDEN * INTERMEDIATE + 2 * HIDDEN
    layers = max(1, round((gigabytes * 1e9 / 2 - embeddings) / layer))
    result = [("model.embed_tokens.weight", (VOCABULARY, HIDDEN))]
    for i in range(layers):
        at = f"model.layers.{i}."
        result += [(at + f"self_attn.{n}_proj.weight", (HIDDEN, HIDDEN)) for n in "qkvo"]
        result += [(at + f"mlp.{n}_proj.weight", (INTERMEDIATE, HIDDEN)) for n in ("gate", "up")]
        result += [(at + "mlp.down_proj.weight", (HIDDEN, INTERMEDIATE))]
        result += [(at + f"{n}_layernorm.weight", (HIDDEN,)) for n in ("input", "post_attention")]
    result += [("model.norm.weight", (HIDDEN,)), ("lm_head.weight", (VOCABULARY, HIDDEN))]
    return layers, result


def pool(seed, noise):
    """Weights like a model's as bf16 bytes; with noise, those of a fine-tuned one."""
    values = random.Random(seed)
    change = random.Random(seed + 1)
    floats = array.array("f", (values.gauss(0, 0.02) + (change.gauss(0, 0.001) if noise else 0)
                               for _ in range(POOL)))
    halves = array.array("H")
    halves.frombytes(floats.tobytes())
    return halves[1::2].tobytes() * 2


def make_checkpoint(folder, seed, noise, gigabytes):
    layers, tensors = shapes(gigabytes)
    size = sum(shape[0] * (shape[1] if len(shape) > 1 else 1) * 2 for _, shape in tensors)
    folder.mkdir(parents=True)
    values, places = pool(seed, noise), random.Random(99)
    weight_map = {}
    step = -(-len(tensors) // SHARDS)
    for shard in range(SHARDS):
        name = f"model-{shard + 1:05}-of-{SHARDS:05}.safetensors"
        header, at = {"__metadata__": {"format": "pt"}}, 0
        part = tensors[shard * step:(shard + 1) * step]
        for tensor, shape in part:
            n = 2 * shape[0] * (shape[1] if len(shape) > 1 else 1)
            header[tensor] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + n]}
            at += n
            weight_map[tensor] = name
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(folder / name, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            while at > 0:
                begin = 2 * places.randrange(POOL)
                block = values[begin:begin + min(at, 2 * POOL)]
                file.write(block)
                at -= len(block)
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {"total_size": size}, "weight_map": weight_map}))
    (folder / "config.json").write_text(json.dumps({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": HIDDEN,
        "intermediate_size": INTERMEDIATE, "num_hidden_layers": layers, "num_attention_heads": 16,
        "num_key_value_heads": 16, "vocab_size": VOCABULARY, "max_position_embeddings": 2048,
        "tie_word_embeddings": False, "torch_dtype": "bfloat16"}))
    return size


class Run:
    """One process: its time, its CPU seconds and its peak of anonymous memory in MiB."""

    def __init__(self, command, log):
        started = time.monotonic()
        self.peak = 0
        with open(log, "w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
            ended = threading.Event()
            watcher = threading.Thread(target=self.watch, args=(process.pid, ended))
            watcher.start()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            ended.set()
            watcher.join()
        self.seconds = time.monotonic() - started
        self.user, self.system = usage.ru_utime, usage.ru_stime
        if process.returncode:
            sys.exit(f"{command[0]} failed:\n{pathlib.Path(log).read_text()[-2000:]}")

    def watch(self, pid, ended):
        while not ended.wait(0.02):
            try:
                for line in open(f"/proc/{pid}/status"):
                    if line.startswith("RssAnon"):
                        self.peak = max(self.peak, int(line.split()[1]) // 1024)
            except OSError:
                return


def environment(home, name, packages):
    """A virtual environment with these packages, made once; its Python."""
    folder = home / "environments" / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"making the environment {folder}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        (folder / "complete").touch()
    return python


def contenders(options, inputs, home):
    """Command lines by name; OUT stands for the folder to make."""
    base, finetuned, target = (str(inputs / role) for role in ("base", "finetuned", "target"))
    sides = ["--base", base, "--finetuned", finetuned, "--target", target, "--out", "OUT"]
    result = {
        "recycler": [options.recycler, "merge", *sides],
        "cp -r + sync": ["sh", "-c", 'cp -r "$0" "$1" && sync', base, "OUT"],
    }
    if options.others:
        torch = options.torch or environment(home, "torch", ["torch", "transformers", "accelerate"])
        result["PyTorch"] = [str(torch), str(HERE / "merge_with_torch.py"), *sides]
        mergekit = options.mergekit or environment(home, "mergekit", ["mergekit"])
        config = home / "mergekit.yaml"
        config.write_text(json.dumps({
            "merge_method": "task_arithmetic", "base_model": base, "dtype": "bfloat16",
            "parameters": {"normalize": False},
            "models": [{"model": finetuned, "parameters": {"weight": 1.0}},
                       {"model": target, "parameters": {"weight": 1.0}}]}))
        result["mergekit"] = [str(mergekit.parent / "mergekit-yaml"), str(config), "OUT"]
    return result


def tensors_of(folder):
    """Bytes of each tensor of a folder, one at a time."""
    for path in sorted(folder.glob("*.safetensors")):
        with open(path, "rb") as file:
            length = struct.unpack("<Q", file.read(8))[0]
            header = json.loads(file.read(length))
            header.pop("__metadata__", None)
            for name, tensor in header.items():
                begin, end = tensor["data_offsets"]
                file.seek(8 + length + begin)
                yield name, file.read(end - begin)


def warm(folder):
    """Reads all files, so that the page cache has them, whatever a run before has driven out."""
    block = bytearray(1 << 20)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with open(path, "rb", buffering=0) as file:
                while file.readinto(block):
                    pass


def differing(one, other):
    """Names of tensors that differ."""
    import hashlib
    digests = {name: hashlib.sha256(data).digest() for name, data in tensors_of(one)}
    return [name for name, data in tensors_of(other)
            if digests.pop(name, None) != hashlib.sha256(data).digest()] + list(digests)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gigabytes", type=float, default=2.4, help="size of a checkpoint")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--others", action="store_true", help="PyTorch and mergekit, from PyPI")
    parser.add_argument("--torch", type=pathlib.Path, metavar="PYTHON",
                        help="a Python that has torch and transformers, instead of a new environment")
    parser.add_argument("--mergekit", type=pathlib.Path, metavar="PYTHON",
                        help="a Python that has mergekit, instead of a new environment")
    parser.add_argument("--home", type=pathlib.Path, default=pathlib.Path("/tmp/recycler-benchmark"))
    parser.add_argument("--recycler", default=str(ROOT / "recycler"))
    parser.add_argument("--keep", action="store_true", help="keep the checkpoints")
    options = parser.parse_args()
    home = options.home
    inputs = home / f"inputs-{options.gigabytes:g}"
    if not (inputs / "complete").exists():
        shutil.rmtree(inputs, ignore_errors=True)
        for role, seed, noise in (("base", 1, False), ("finetuned", 1, True), ("target", 5, False)):
            size = make_checkpoint(inputs / role, seed, noise, options.gigabytes)
            print(f"made {role}: {size / 1e9:.2f} GB", flush=True)
        (inputs / "complete").touch()
    subprocess.run(["sync"], check=True)
    runs = {}
    ways = contenders(options, inputs, home)
    for round_ in range(options.rounds + 1):
        for name, command in ways.items():
            slow = name in ("PyTorch", "mergekit")
            if slow and not 1 <= round_ <= 2:
                continue  # the first round only warms caches, and two runs of these are enough
            out = home / "out" / name.split()[0]
            shutil.rmtree(out, ignore_errors=True)
            out.parent.mkdir(exist_ok=True)
            subprocess.run(["sync"], check=True)
            warm(inputs)
            run = Run([part if part != "OUT" else str(out) for part in command], home / "log.txt")
            print(f"{'warm-up' if round_ == 0 else round_}  {name:14} {run.seconds:6.2f} s"
                  f"  user {run.user:6.2f}  system {run.system:6.2f}  RssAnon {run.peak} MiB",
                  flush=True)
            if round_ > 0:
                runs.setdefault(name, []).append(run)
    print()
    mine = statistics.median(run.seconds for run in runs["recycler"])
    for name, of in runs.items():
        median = statistics.median(run.seconds for run in of)
        print(f"{name:14} median {median:6.2f} s   {median / mine:6.2f} x recycler   "
              f"peak RssAnon {max(run.peak for run in of)} MiB")
    copy = statistics.median(run.seconds for run in runs["cp -r + sync"])
    print(f"recycler takes {mine / copy:.2f} x the copy")
    if options.others:
        wrong = differing(home / "out" / "PyTorch", home / "out" / "recycler")
        print("weights equal PyTorch's bit for bit" if not wrong else f"weights differ: {wrong[:5]}")
    shutil.rmtree(home / "out")
    if not options.keep:
        shutil.rmtree(inputs)


if __name__ == "__main__":
    main()
