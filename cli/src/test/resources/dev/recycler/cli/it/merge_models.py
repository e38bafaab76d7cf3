"""Makes the tiny models that merges are tried on, with the libraries that users make theirs with.

    python merge_models.py DIR

DIR/plain, DIR/tied and DIR/tokens get base/, finetuned/ and target/: a head of its own; a head tied
to the embedding and a fine-tuned side in float32, as trainers save it; three tokens added by the
fine-tuning. DIR/lora gets target/, adapter/ and expected/, which is what PEFT itself makes of them.
"""

import os
import sys
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch  # noqa: E402  (the environment must be set before)
from peft import LoraConfig, PeftModel, get_peft_model  # noqa: E402
from tokenizers import Tokenizer, decoders, models, pre_tokenizers  # noqa: E402
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast  # noqa: E402

TEMPLATE = "{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] }}{% endfor %}"


def tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte, and two special ones."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {text: i for i, text in enumerate(["<|pad|>", "<|end|>", *letters])}
    plain = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=plain,
        pad_token="<|pad|>",
        eos_token="<|end|>",
        chat_template=TEMPLATE,
    )


def model(seed: int, tied: bool) -> LlamaForCausalLM:
    """A Llama of random float32 weights that bfloat16 does not hold exactly."""
    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=258,
            hidden_size=48,
            intermediate_size=80,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=64,
            tie_word_embeddings=tied,
            pad_token_id=0,
            bos_token_id=1,
            eos_token_id=1,
        )
    )


def finetuned(base: LlamaForCausalLM, tied: bool) -> LlamaForCausalLM:
    """The base, every weight moved a little."""
    moved = model(7, tied)
    with torch.no_grad():
        for weight, start in zip(moved.parameters(), base.parameters(), strict=True):
            weight.mul_(0.1).add_(start)
    return moved


def family(folder: Path, tied: bool, dtype: torch.dtype, added: int) -> None:
    """Saves base, fine-tuned model and target of one case."""
    base = model(1, tied)
    tuned = finetuned(base, tied)
    words = tokenizer()
    for side, made in (("base", base), ("target", model(2, tied))):
        made.to(torch.bfloat16).save_pretrained(folder / side)
        words.save_pretrained(folder / side)
    if added:
        words.add_special_tokens(
            {"additional_special_tokens": [f"<|added{i}|>" for i in range(added)]}
        )
        tuned.resize_token_embeddings(len(words))
    tuned.to(dtype).save_pretrained(folder / "finetuned")
    words.save_pretrained(folder / "finetuned")


def lora(folder: Path) -> None:
    """Saves a target, an adapter, and the target with the adapter merged by PEFT in float64."""
    target = model(2, tied=False).to(torch.bfloat16)
    target.save_pretrained(folder / "target")
    tokenizer().save_pretrained(folder / "target")
    config = LoraConfig(
        r=6,
        lora_alpha=20,
        use_rslora=True,
        target_modules=["q_proj", "down_proj"],
        rank_pattern={"down_proj": 3},
        init_lora_weights=False,
    )
    torch.manual_seed(3)
    get_peft_model(model(2, tied=False), config).save_pretrained(folder / "adapter")
    double = LlamaForCausalLM.from_pretrained(folder / "target", dtype=torch.float64)
    merged = PeftModel.from_pretrained(double, folder / "adapter").double().merge_and_unload()
    merged.float().to(torch.bfloat16).save_pretrained(folder / "expected")


def main() -> None:
    """Makes all of them."""
    out = Path(sys.argv[1])
    family(out / "plain", tied=False, dtype=torch.bfloat16, added=0)
    family(out / "tied", tied=True, dtype=torch.float32, added=0)
    family(out / "tokens", tied=False, dtype=torch.bfloat16, added=3)
    lora(out / "lora")


if __name__ == "__main__":
    main()
