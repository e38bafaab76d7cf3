"""Word problems of one or two steps of addition and subtraction."""

from dataclasses import dataclass
from random import Random

NAMES = (
    "Ada Ben Cara Dan Eva Finn Gia Hal Ian Jane Kim Leo "
    "Mia Ned Ola Pam Ron Sam Tom Una Vic Will Yara Zoe"
).split()
ITEMS = (
    "apples books cards coins cups dolls eggs flags hats keys "
    "lamps maps nuts pens pins rings shells stamps toys balls"
).split()
LARGEST_OPERAND = 20

PLACES = (
    "at the market",
    "in the park",
    "on Monday",
    "after lunch",
)
_OPENINGS = (
    "{name} has {amount} {item}.",
    "{name} starts with {amount} {item}.",
)
_MORE = (
    "{name} buys {amount} more {place}.",
    "{place}, {other} gives {name} {amount} more.",
    "{name} finds {amount} more {place}.",
)
_FEWER = (
    "{name} gives {amount} to {other} {place}.",
    "{place}, {name} sells {amount}.",
    "{name} loses {amount} {place}.",
)
_QUESTIONS = (
    "How many {item} does {name} have now?",
    "How many {item} are left for {name}?",
)


@dataclass(frozen=True)
class Problem:
    """A question, and its answer: the sums, then the result after `####`."""

    question: str
    answer: str
    result: int

    def chat(self) -> dict:
        """One row of the fine-tuning data."""
        return {
            "messages": [
                {"role": "user", "content": self.question},
                {"role": "assistant", "content": self.answer},
            ]
        }

    def held_out_row(self) -> dict:
        """One row of the held-out problems."""
        return {"question": self.question, "answer": self.answer, "result": str(self.result)}


def draw_problem(random: Random) -> Problem:
    """Draws a problem; every number in it lies between 0 and 3 × LARGEST_OPERAND."""
    name, other = random.sample(NAMES, 2)
    item = random.choice(ITEMS)
    value = random.randint(1, LARGEST_OPERAND)
    opening = random.choice(_OPENINGS)
    sentences = [opening.format(name=name, amount=value, item=item)]
    sums = []
    for _ in range(random.randint(1, 2)):
        adds = value < 2 or random.random() < 0.5
        amount = random.randint(1, LARGEST_OPERAND if adds else min(LARGEST_OPERAND, value))
        result = value + amount if adds else value - amount
        template = random.choice(_MORE if adds else _FEWER)
        place = random.choice(PLACES)
        sentence = template.format(name=name, other=other, amount=amount, place=place)
        sentences.append(sentence[0].upper() + sentence[1:])
        sums.append(f"{value} {'+' if adds else '-'} {amount} = {result}.")
        value = result
    sentences.append(random.choice(_QUESTIONS).format(name=name, item=item))
    return Problem(" ".join(sentences), " ".join(sums) + f" #### {value}", value)


class ProblemSource:
    """A seeded stream of problems that never yields an excluded question."""

    def __init__(self, seed: str, excluded: frozenset[str] = frozenset()):
        self._random = Random(seed)
        self._excluded = excluded

    def next(self) -> Problem:
        """The next problem; one question may come twice."""
        while True:
            problem = draw_problem(self._random)
            if problem.question not in self._excluded:
                return problem

    def distinct(self, count: int) -> list[Problem]:
        """So many problems with different questions."""
        by_question: dict[str, Problem] = {}
        while len(by_question) < count:
            problem = self.next()
            by_question.setdefault(problem.question, problem)
        return list(by_question.values())
