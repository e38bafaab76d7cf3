"""Fine-tunes with a checkout's open_instruct/olmo_core_finetune.py, from folder to folder.

One command does what its users do by hand: cache the data set, train under the launcher, convert
the last checkpoint to a Hugging Face folder, and compare the logits of both. Each part is a program
of the checkout; an end other than 0 is this program's end too.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def run(what: str, command: list[str], directory: Path | None = None) -> None:
    """Runs one part; ends as it ended where it failed."""
    print(f"recycler: {what}", flush=True)
    status = subprocess.run(command, cwd=directory, check=False).returncode
    if status < 0:
        os.kill(os.getpid(), -status)
    if status != 0:
        sys.exit(status)


def cache_data(script: list[str], cache: Path) -> None:
    """Makes the tokenized data set, in one piece: other attempts of the run use it too."""
    if cache.exists():
        return
    with tempfile.TemporaryDirectory(dir=cache.parent, prefix=f"{cache.name}.") as partial:
        made = Path(partial) / "cache"
        run("caching the data set", [*script, "--local_cache_dir", str(made), "--cache_dataset_only"])
        try:
            made.rename(cache)
        except OSError:
            # Another attempt was faster.
            if not cache.is_dir():
                raise


def last_checkpoint(output: Path) -> Path:
    """The newest checkpoint that olmo-core has marked as whole."""
    steps = {
        int(found[1]): folder
        for folder in output.iterdir()
        if (found := re.fullmatch(r"step(\d+)", folder.name))
        and (folder / ".metadata.json").is_file()
    }
    if not steps:
        sys.exit(f"error: {output} has no whole checkpoint (stepN with .metadata.json)")
    return steps[max(steps)]


def convert(options: argparse.Namespace, checkpoint: Path, into: Path) -> None:
    """Converts by the checkout's own converter.

    It looks up one name both as a model of transformers and as a configuration of olmo-core. So it
    is started where a link of the configuration's name leads to the model's folder.
    """
    with tempfile.TemporaryDirectory(dir=options.output) as place:
        os.symlink(options.model, Path(place) / options.config_name)
        converter = options.home / "scripts" / "train" / "convert_olmo_core_to_hf.py"
        command = [sys.executable, str(converter), "--checkpoint-dir", str(checkpoint)]
        command += ["--model-name", options.config_name, "--tokenizer-name", str(options.model)]
        run("converting to Hugging Face", [*command, "--output-dir", str(into)], Path(place))


def main() -> None:
    """Runs all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the checkout")
    parser.add_argument("--model", type=Path, required=True, help="folder to start from")
    parser.add_argument("--config-name", required=True, help="olmo-core's name, e.g. olmo2_7B")
    parser.add_argument("--output", type=Path, required=True, help="checkpoints and the model")
    parser.add_argument("--cache", type=Path, required=True, help="of the tokenized data set")
    parser.add_argument("--launch", action="append", default=[], help="one word of the launcher")
    parser.add_argument("arguments", nargs="*", help="after --, for olmo_core_finetune.py")
    options = parser.parse_args()

    finetune = str(options.home / "open_instruct" / "olmo_core_finetune.py")
    arguments = ["--model_name_or_path", str(options.model), "--config_name", options.config_name]
    arguments += ["--output_dir", str(options.output), *options.arguments]
    cache_data([sys.executable, finetune, *arguments], options.cache)
    train = [*options.launch, finetune, *arguments, "--local_cache_dir", str(options.cache)]
    run("training", train)

    checkpoint = last_checkpoint(options.output) / "model_and_optim"
    converted = options.output / "converted"
    convert(options, checkpoint, converted)
    check = [sys.executable, str(Path(__file__).with_name("olmo_core_check.py"))]
    check += [str(checkpoint), options.config_name, str(converted)]
    run("comparing both", check)
    # The weights last: a folder without them is no model.
    for file in sorted(converted.iterdir(), key=lambda file: file.suffix == ".safetensors"):
        file.rename(options.output / file.name)
    converted.rmdir()


if __name__ == "__main__":
    main()
