"""Bayesian knowledge tracing: how likely a learner knows a concept, after each answer.

Source: A. T. Corbett and J. R. Anderson, "Knowledge tracing: Modeling the acquisition of
procedural knowledge", User Modeling and User-Adapted Interaction 4, 1995, equations 1 to 4.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from content.questions import AnyQuestion, MultipleChoice, SingleChoice

MASTERED_FROM: Final = 0.95
"""Corbett and Anderson's criterion for going on to the next concept."""


@dataclass(frozen=True, slots=True)
class KnowledgeParameters:
    """The four probabilities of the model.

    Attributes:
        prior: The concept is known before the first answer.
        learn: It is learned at an answer, where it was not known.
        guess: An answer is right though the concept is not known.
        slip: An answer is wrong though it is known.

    Raises:
        ValueError: One is no probability, or knowing would make a right answer less likely.
    """

    prior: float = 0.25
    learn: float = 0.15
    guess: float = 0.2
    slip: float = 0.1

    def __post_init__(self) -> None:
        """Refuses parameters under which the model means the opposite of its words.

        Source: J. E. Beck and K. Chang, "Identifiability: A Fundamental Problem of Student
        Modeling", User Modeling 2007.
        """
        if not all(0 <= value <= 1 for value in (self.prior, self.learn, self.guess, self.slip)):
            raise ValueError(f"each parameter is a probability, 0 to 1: {self}")
        if self.guess + self.slip >= 1:
            raise ValueError(f"guess and slip must be less than 1 together: {self}")


DEFAULT_PARAMETERS: Final = KnowledgeParameters()
"""Within the bounds Corbett and Anderson give (guess at most 0.3, slip at most 0.1)."""

WRITTEN_GUESS: Final = 0.05
"""The guess at a question without choices: an answer that is typed is seldom right by luck."""


@dataclass(frozen=True, slots=True)
class Mastery:
    """How likely a concept is known, and what that rests on.

    Attributes:
        probability: 0 to 1.
        answer_count: The answers seen so far.
    """

    probability: float
    answer_count: int = 0

    @property
    def uncertainty(self) -> float:
        """The entropy of known or not known: 1 bit where either is as likely, 0 where it is sure.

        Source: C. E. Shannon, "A Mathematical Theory of Communication", 1948.
        """
        p = self.probability
        if p in (0.0, 1.0):
            return 0.0
        return -(p * math.log2(p) + (1 - p) * math.log2(1 - p))

    @property
    def is_mastered(self) -> bool:
        """Whether it is time for the next concept."""
        return self.probability >= MASTERED_FROM


def not_yet_seen(parameters: KnowledgeParameters = DEFAULT_PARAMETERS) -> Mastery:
    """What is believed before the first answer."""
    return Mastery(parameters.prior)


def after_answer(
    mastery: Mastery, share: float, parameters: KnowledgeParameters = DEFAULT_PARAMETERS
) -> Mastery:
    """What is believed after an answer.

    An answer that is right in part moves the belief by that part, as Jeffrey's rule has it for
    evidence that is not certain; for shares 0 and 1 it is the model itself.

    Source: R. C. Jeffrey, "The Logic of Decision", 1965, chapter 11.

    Args:
        mastery: What was believed before.
        share: What the answer scored, 0 to 1.
        parameters: Of the concept, with the guess of the question.
    """
    known = mastery.probability
    if_right = _known_if(known, 1 - parameters.slip, parameters.guess)
    if_wrong = _known_if(known, parameters.slip, 1 - parameters.guess)
    believed = share * if_right + (1 - share) * if_wrong
    learned = believed + (1 - believed) * parameters.learn
    return Mastery(learned, mastery.answer_count + 1)


def chance_of_right_answer(
    mastery: Mastery, parameters: KnowledgeParameters = DEFAULT_PARAMETERS
) -> float:
    """How likely the next answer is right."""
    known = mastery.probability
    return known * (1 - parameters.slip) + (1 - known) * parameters.guess


def traced(
    shares: Sequence[float], parameters: KnowledgeParameters = DEFAULT_PARAMETERS
) -> Mastery:
    """What is believed after answers, in their order."""
    mastery = not_yet_seen(parameters)
    for share in shares:
        mastery = after_answer(mastery, share, parameters)
    return mastery


def for_question(parameters: KnowledgeParameters, question: AnyQuestion) -> KnowledgeParameters:
    """The parameters with the guess that the form of a question allows.

    One of four choices is right by luck one time in four, whoever chooses.
    """
    match question:
        case SingleChoice():
            guess = 1 / len(question.choices)
        case MultipleChoice():
            guess = 1 / (2 ** len(question.choices) - 1)
        case _:
            guess = WRITTEN_GUESS
    return replace(parameters, guess=min(guess, 0.95 - parameters.slip))


def _known_if(known: float, when_known: float, when_not: float) -> float:
    """Bayes' rule; impossible evidence leaves the belief as it was."""
    total = known * when_known + (1 - known) * when_not
    return known * when_known / total if total > 0 else known
