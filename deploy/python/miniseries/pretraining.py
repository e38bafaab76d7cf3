"""Pretraining of the tiny Llama on the CPU, the same bits on every run of one machine."""

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from .progress import report_step
from .settings import BATCH, POSITIONS, SEQUENCE, Size
from .vocabulary import END_ID, PAD_ID

_LEARNING_RATE = 3e-3
_FINAL_SHARE = 0.1  # of the learning rate, at the end of the cosine
_DOCUMENTS_A_CALL = 512


def make_model(seed: int, vocabulary: int) -> LlamaForCausalLM:
    """A randomly initialised float32 model of about 283,000 parameters."""
    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=96,
            intermediate_size=256,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=4,
            max_position_embeddings=POSITIONS,
            tie_word_embeddings=True,
            bos_token_id=END_ID,
            eos_token_id=END_ID,
            pad_token_id=PAD_ID,
        )
    )
    model.generation_config = GenerationConfig(
        bos_token_id=END_ID, eos_token_id=END_ID, pad_token_id=PAD_ID, do_sample=False
    )
    return model


def packed_batches(
    documents: Iterable[str], tokenizer: PreTrainedTokenizerFast
) -> Iterator[torch.Tensor]:
    """Joins the documents by the end token; yields int64 batches of shape (BATCH, SEQUENCE)."""
    documents = iter(documents)
    needed = BATCH * SEQUENCE
    tokens: list[int] = []
    while True:
        while len(tokens) < needed:
            texts = list(islice(documents, _DOCUMENTS_A_CALL))
            for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]:
                tokens.extend(ids)
                tokens.append(END_ID)
        yield torch.tensor(tokens[:needed], dtype=torch.int64).view(BATCH, SEQUENCE)
        tokens = tokens[needed:]


def pretrain(
    model: LlamaForCausalLM,
    batches: Iterator[torch.Tensor],
    size: Size,
    at_step: dict[int, Callable[[LlamaForCausalLM], None]],
) -> None:
    """Trains for `size.steps` steps; after each step named in `at_step`, calls its function."""
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=_LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _learning_rate_share(size))
    model.train()
    for step in range(1, size.steps + 1):
        batch = next(batches)
        loss = model(input_ids=batch, labels=batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        report_step("pretrain", step, size.steps, loss=round(loss.item(), 4))
        if step in at_step:
            at_step[step](model)


def as_bfloat16(model: LlamaForCausalLM) -> LlamaForCausalLM:
    """A bfloat16 copy, as releases are stored."""
    return copy.deepcopy(model).to(torch.bfloat16)


def _learning_rate_share(size: Size) -> Callable[[int], float]:
    """Linear warm-up, then a cosine down to the final share."""

    def share(step: int) -> float:
        if step < size.warmup_steps:
            return (step + 1) / size.warmup_steps
        done = (step - size.warmup_steps) / (size.steps - size.warmup_steps)
        return _FINAL_SHARE + (1 - _FINAL_SHARE) * 0.5 * (1 + math.cos(math.pi * done))

    return share
