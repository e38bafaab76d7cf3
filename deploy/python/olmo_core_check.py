"""Compares an olmo-core checkpoint with the Hugging Face folder that it was converted to.

    python olmo_core_check.py stepN/model_and_optim olmo2_7B FOLDER

Both compute the logits of a few prompts in float32 on the CPU. They may differ by rounding only;
more than that ends with 1. PYTHONPATH must lead to the checkout of open-instruct.
"""

import sys

import torch
import transformers
from olmo_core.distributed import checkpoint
from open_instruct import olmo_core_utils

PROMPTS = ["The sum of 2 and 3 is", "Once upon a time", "def add(a, b):"]

# Of the largest logit: float32 rounding through tens of layers stays an order below.
TOLERANCE = 1e-3


@torch.inference_mode()
def main() -> None:
    """Prints the largest difference, and ends with 1 where it is too large."""
    saved, config_name, folder = sys.argv[1:]
    config = transformers.AutoConfig.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    converted = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    original = olmo_core_utils.get_transformer_config(
        config_name, config.vocab_size, attn_backend="torch"
    ).build(init_device="cpu")
    checkpoint.load_model_and_optim_state(saved, original)
    original.eval()

    largest, scale = 0.0, 0.0
    for prompt in PROMPTS:
        tokens = tokenizer(prompt, return_tensors="pt")["input_ids"]
        expected = original(tokens).float()
        got = converted(tokens).logits
        largest = max(largest, (expected - got).abs().max().item())
        scale = max(scale, expected.abs().max().item())
    print(f"recycler: logits differ by at most {largest:.3g}, the largest is {scale:.3g}")
    # A comparison with NaN is false.
    if not largest <= TOLERANCE * scale:
        sys.exit("error: the converted model is another one: its logits differ from the checkpoint's")


if __name__ == "__main__":
    main()
