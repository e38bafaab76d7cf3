"""Checks that model folders can be used: loads each from local files and generates one token.

    python check_models.py DIR…

Prints one JSON line for each folder; exit code 1 if any fails.
"""

import argparse
import json
import os
import sys

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch  # noqa: E402  (the environment must be set before)
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402
from transformers.utils import logging as transformers_logging  # noqa: E402


def check(folder: str) -> dict:
    """What was found in the folder; raises if it can't be loaded or generates nothing."""
    if not os.path.isdir(folder):
        raise NotADirectoryError(f"{folder} is not a folder")
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model, loading = AutoModelForCausalLM.from_pretrained(
        folder, local_files_only=True, dtype="auto", output_loading_info=True
    )
    for problem in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if loading.get(problem):
            raise ValueError(f"{problem}: {sorted(map(str, loading[problem]))}")
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        raise ValueError(f"{len(tokenizer)} tokens, but fewer rows in the embedding")
    prompt = torch.tensor([tokenizer.encode("1 + 1", add_special_tokens=False)])
    generated = model.generate(
        prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=1, do_sample=False
    )
    if generated.shape[1] != prompt.shape[1] + 1:
        raise ValueError("no token was generated")
    return {
        "model": folder,
        "ok": True,
        "parameters": model.num_parameters(),
        "dtype": str(model.dtype).removeprefix("torch."),
        "vocabulary": len(tokenizer),
        "chat_template": tokenizer.chat_template is not None,
        "token": int(generated[0, -1]),
    }


def main() -> int:
    """Checks all folders given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", metavar="DIR")
    transformers_logging.disable_progress_bar()
    failed = False
    for folder in parser.parse_args().folders:
        try:
            result = check(folder)
        except Exception as e:
            failed = True
            result = {"model": folder, "ok": False, "error": f"{type(e).__name__}: {e}"}
        print(json.dumps(result), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
