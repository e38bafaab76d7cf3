"""The pretraining corpus: four kinds of documents, mixed differently in two stages."""

from collections.abc import Iterator
from random import Random

from .problems import ProblemSource

FIRST_STAGE = {"fact": 4, "story": 2, "count": 1, "worked": 3}
SECOND_STAGE = {"fact": 4, "story": 1, "count": 1, "worked": 6}
LARGEST_NUMBER = 80


class Corpus:
    """A seeded, endless stream of documents without any of the held-out questions."""

    def __init__(self, seed: str, held_out: frozenset[str]):
        self._random = Random(seed)
        self._problems = ProblemSource(seed + "/problems", held_out)
        self._makers = {
            "fact": self._fact,
            "story": self._story,
            "count": self._count,
            "worked": self._worked,
        }

    def documents(self, mixture: dict[str, int]) -> Iterator[str]:
        """Yields documents for ever, each kind as often as its weight says."""
        kinds, weights = list(mixture), list(mixture.values())
        while True:
            yield self._makers[self._random.choices(kinds, weights)[0]]()

    def _fact(self) -> str:
        return " ".join(self._sum() for _ in range(4))

    def _sum(self) -> str:
        a, b = self._random.randint(1, 40), self._random.randint(1, 20)
        if self._random.random() < 0.5:
            return f"{a} + {b} = {a + b}."
        a = max(a, b)
        return f"{a} - {b} = {a - b}."

    def _story(self) -> str:
        return self._problems.next().question

    def _count(self) -> str:
        first = self._random.randint(0, LARGEST_NUMBER - 4)
        return "Count: " + " ".join(str(first + i) for i in range(5)) + "."

    def _worked(self) -> str:
        problem = self._problems.next()
        return f"Question: {problem.question} Answer: {problem.answer}"
