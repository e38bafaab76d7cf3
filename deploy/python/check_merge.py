"""Recomputes a merge with PyTorch and compares it bit for bit with a merged model.

    python check_merge.py --base DIR --finetuned DIR --target DIR --merged DIR [--scale X]
        [--load stored|bfloat16] [--dtype target|merged|bfloat16|float16|float32]

The arithmetic is the authors': target + scale * (finetuned - base), each converted to float64,
the result rounded to float32 and then to the output's dtype. Any NaN equals any NaN. Prints one
JSON line; exit code 0 equal, 1 different, 2 wrong arguments or unreadable models.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open

PADDED = ("embed_tokens.weight", "lm_head.weight")
BITS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


class Checkpoint:
    """The tensors of a model folder, in one file or in shards, read one at a time."""

    def __init__(self, folder: str):
        path = Path(folder)
        index = path / "model.safetensors.index.json"
        if index.is_file():
            weight_map = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
            files = sorted(set(weight_map.values()))
        else:
            weight_map = None
            files = ["model.safetensors"]
        self._open = {file: safe_open(path / file, framework="pt") for file in files}
        self._file_of = {name: file for file in files for name in self._open[file].keys()}
        if weight_map is not None and weight_map != self._file_of:
            raise ValueError(f"{index} does not tell what is in the files")

    def names(self) -> list[str]:
        """All tensor names, sorted."""
        return sorted(self._file_of)

    def tensor(self, name: str) -> torch.Tensor:
        """The tensor in its stored dtype."""
        return self._open[self._file_of[name]].get_tensor(name)


def expected_tensor(
    base: torch.Tensor, finetuned: torch.Tensor, target: torch.Tensor, scale: float
) -> torch.Tensor:
    """The merged values as float32, not yet rounded to the output's dtype."""
    difference = finetuned.to(torch.float64) - base.to(torch.float64)
    if scale != 1.0:
        difference = difference * scale
    return (target.to(torch.float64) + difference).to(torch.float32)


def target_is_integer(sides: list[torch.Tensor]) -> bool:
    """True for buffers of integers or booleans, which can't be transferred, only be equal."""
    return not sides[2].is_floating_point()


def padded(tensor: torch.Tensor, rows: int) -> torch.Tensor:
    """The tensor with zero rows appended up to `rows`."""
    if tensor.shape[0] >= rows:
        return tensor
    zeros = torch.zeros(rows - tensor.shape[0], *tensor.shape[1:], dtype=tensor.dtype)
    return torch.cat([tensor, zeros])


def count_different(actual: torch.Tensor, expected: torch.Tensor) -> int:
    """How many values differ in their bits and are not both NaN; shapes and dtypes are equal."""
    integers = BITS[actual.element_size()]
    unequal = actual.contiguous().view(integers) != expected.contiguous().view(integers)
    return int((unequal & ~(actual.isnan() & expected.isnan())).sum())


def compare(arguments: argparse.Namespace) -> dict:
    """The report: how much was compared, how much differs, and what is wrong by name."""
    base, finetuned, target, merged = (
        Checkpoint(getattr(arguments, side)) for side in ("base", "finetuned", "target", "merged")
    )
    wrong: list[str] = []
    names = finetuned.names()
    for side, checkpoint in (("base", base), ("target", target), ("merged", merged)):
        unpaired = sorted(set(names) ^ set(checkpoint.names()))
        if unpaired:
            wrong.append(f"{side} and finetuned don't share: {', '.join(unpaired)}")
    values = different = 0
    if not wrong:
        for name in names:
            actual = merged.tensor(name)
            values += actual.numel()
            sides = [checkpoint.tensor(name) for checkpoint in (base, finetuned, target)]
            dtype = _output_dtype(arguments, target=sides[2], merged=actual)
            if arguments.load == "bfloat16" and not target_is_integer(sides):
                sides = [tensor.to(torch.bfloat16) for tensor in sides]
            if name.endswith(PADDED):
                sides = [padded(tensor, sides[1].shape[0]) for tensor in sides]
            if len({tensor.shape for tensor in sides}) != 1:
                wrong.append(f"{name}: shapes {[list(tensor.shape) for tensor in sides]}")
                continue
            if target_is_integer(sides):
                expected = sides[2]
                if not all(torch.equal(tensor, expected) for tensor in sides[:2]):
                    wrong.append(f"{name}: integers that are not the same in all inputs")
                    continue
            else:
                expected = expected_tensor(*sides, arguments.scale).to(dtype)
            if actual.shape != expected.shape or actual.dtype != expected.dtype:
                wrong.append(f"{name}: {_described(actual)} instead of {_described(expected)}")
                continue
            count = count_different(actual, expected)
            different += count
            if count:
                wrong.append(f"{name}: {count} of {actual.numel()} values differ")
    return {
        "tensors": len(names),
        "values": values,
        "different": different,
        "equal": not wrong,
        "wrong": wrong[:20],
    }


def _output_dtype(arguments, target: torch.Tensor, merged: torch.Tensor) -> torch.dtype:
    if arguments.dtype == "merged":
        return merged.dtype
    if arguments.dtype != "target":
        return getattr(torch, arguments.dtype)
    return torch.bfloat16 if arguments.load == "bfloat16" else target.dtype


def _described(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {list(tensor.shape)}"


def main() -> int:
    """Parses the arguments, prints the report, returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for side in ("base", "finetuned", "target", "merged"):
        parser.add_argument(f"--{side}", required=True, metavar="DIR")
    parser.add_argument("--scale", type=float, default=1.0, help="default 1")
    parser.add_argument(
        "--load",
        choices=("stored", "bfloat16"),
        default="stored",
        help="the dtype in which inputs are taken (default: as stored)",
    )
    parser.add_argument(
        "--dtype",
        choices=("target", "merged", "bfloat16", "float16", "float32"),
        default="target",
        help="the dtype the output must have: the target's as loaded (default), whatever the "
        "merged model has, or this one",
    )
    arguments = parser.parse_args()
    try:
        report = compare(arguments)
    except Exception as e:
        print(f"check_merge: {type(e).__name__}: {e}", file=sys.stderr)
        return 2
    print(json.dumps(report))
    return 0 if report["equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
