"""The two sizes of the series. Plain numbers: importing this loads no library."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much of everything: steps are optimizer steps, the others count records."""

    steps: int
    warmup_steps: int
    releases: int
    chats: int
    held_out: int
    tokenizer_documents: int

    def release_steps(self, releases: int) -> list[int]:
        """The steps at which releases M1 … Mn are taken, evenly spaced, the last at the end."""
        return [round(i * self.steps / releases) for i in range(1, releases + 1)]


SIZES = {
    "full": Size(
        steps=1000,
        warmup_steps=100,
        releases=5,
        chats=1600,
        held_out=200,
        tokenizer_documents=8000,
    ),
    "smoke": Size(
        steps=120,
        warmup_steps=20,
        releases=2,
        chats=160,
        held_out=40,
        tokenizer_documents=2000,
    ),
}

FIRST_STAGE_SHARE = 0.6  # of the steps; the rest is "mid-training"
VOCABULARY = 640  # entries
POSITIONS = 128  # tokens, the longest sequence
SEQUENCE = 64  # tokens in a packed training sequence
BATCH = 32  # sequences a step
