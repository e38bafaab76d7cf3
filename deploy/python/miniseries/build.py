"""Makes the whole series in a folder. Importing this loads torch and transformers."""

import json
import platform
from itertools import chain, islice
from pathlib import Path

import tokenizers
import torch
import transformers

from . import manifest
from .corpus import FIRST_STAGE, SECOND_STAGE, Corpus
from .pretraining import as_bfloat16, make_model, packed_batches, pretrain
from .problems import ProblemSource
from .progress import report
from .settings import FIRST_STAGE_SHARE, Size
from .vocabulary import train_tokenizer


def build(folder: Path, size: Size, parameters: dict, texts: dict[str, str]) -> None:
    """Writes releases, data, task and, last of all, the manifest.

    `parameters` are the seed, the number of releases and the size's name; `texts` are files
    to write as they are.
    """
    seed = parameters["seed"]
    torch.set_num_threads(1)  # sums are split by threads: another number gives other bits
    torch.use_deterministic_algorithms(True)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()

    report("corpus")
    held_out = ProblemSource(f"{seed}/held-out").distinct(size.held_out)
    questions = frozenset(problem.question for problem in held_out)
    chats = ProblemSource(f"{seed}/chats", questions).distinct(size.chats)
    _write_lines(folder / "data" / "test.jsonl", [p.held_out_row() for p in held_out])
    _write_lines(folder / "data" / "train" / "train.jsonl", [p.chat() for p in chats])
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    report("tokenizer")
    sample = Corpus(f"{seed}/tokenizer", questions).documents(FIRST_STAGE)
    tokenizer = train_tokenizer(islice(sample, size.tokenizer_documents))

    corpus = Corpus(f"{seed}/corpus", questions)
    first_steps = round(FIRST_STAGE_SHARE * size.steps)
    batches = chain(
        islice(packed_batches(corpus.documents(FIRST_STAGE), tokenizer), first_steps),
        packed_batches(corpus.documents(SECOND_STAGE), tokenizer),
    )

    def saver(name: str):
        def save(model) -> None:
            release = folder / "releases" / name
            as_bfloat16(model).save_pretrained(release)
            tokenizer.save_pretrained(release)
            report("save", release=name)

        return save

    steps = size.release_steps(parameters["releases"])
    at_step = {step: saver(f"M{i}") for i, step in enumerate(steps, start=1)}
    pretrain(make_model(seed, len(tokenizer)), batches, size, at_step)
    manifest.write(
        folder,
        {**parameters, "steps": steps, "task": "word_problems"},
        {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "tokenizers": tokenizers.__version__,
        },
    )


def _write_lines(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
