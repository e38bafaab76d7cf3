"""The tokenizer: byte-level BPE in which whole words and the numbers 0-80 are single tokens."""

from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from .corpus import LARGEST_NUMBER
from .settings import POSITIONS, VOCABULARY

PAD, END, USER, ASSISTANT = "<|pad|>", "<|end|>", "<|user|>", "<|assistant|>"
SPECIAL = [PAD, END, USER, ASSISTANT]  # ids 0, 1, 2, 3
PAD_ID, END_ID = 0, 1
_NUMBER_REPEATS = 200  # so that every number is frequent enough for a merge of its own

# The marks tell trainers which tokens are the assistant's.
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}"
    "{{ '<|assistant|>' }}"
    "{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}"
    "{% else %}"
    "{{ '<|user|>' + message['content'] }}"
    "{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def train_tokenizer(documents: Iterable[str]) -> PreTrainedTokenizerFast:
    """Trains the tokenizer; fails if a number from 0 to 80 is more than one token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    numbers = " ".join(str(n) for n in range(LARGEST_NUMBER + 1))
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIAL,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([*documents, *[numbers] * _NUMBER_REPEATS], trainer)
    split = [n for n in range(LARGEST_NUMBER + 1) if len(tokenizer.encode(str(n)).ids) != 1]
    if split:
        raise AssertionError(f"the numbers {split} are not single tokens")
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        bos_token=END,
        eos_token=END,
        additional_special_tokens=[USER, ASSISTANT],
        padding_side="left",
        model_max_length=POSITIONS,
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )
