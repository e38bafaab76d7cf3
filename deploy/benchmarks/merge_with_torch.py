"""The paper's merge as one writes it with PyTorch and transformers, to compare with.

All three models are loaded in bfloat16; the difference is taken and added in float64.
"""

import argparse

import torch
from transformers import AutoModelForCausalLM


def load(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)


def main():
    parser = argparse.ArgumentParser()
    for side in ("base", "finetuned", "target", "out"):
        parser.add_argument(f"--{side}", required=True)
    options = parser.parse_args()
    base, target = load(options.base).state_dict(), load(options.target).state_dict()
    merged = load(options.finetuned)
    state = merged.state_dict()
    with torch.no_grad():
        for name, tensor in state.items():
            delta = tensor.to(torch.float64) - base[name].to(torch.float64)
            tensor.copy_((target[name].to(torch.float64) + delta).to(torch.bfloat16))
    merged.save_pretrained(options.out)


if __name__ == "__main__":
    main()
