"""Parameters of knowledge tracing fitted to answers, by expectation maximisation.

Knowledge tracing is a hidden Markov model of two states without a way back.

Source: L. R. Rabiner, "A Tutorial on Hidden Markov Models", Proceedings of the IEEE 77(2), 1989,
section III.C.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pedagogy.mastery.knowledge_tracing import DEFAULT_PARAMETERS, KnowledgeParameters

FEWEST_LEARNERS: Final = 20
"""Below it the defaults stand: four parameters of a handful of learners are noise."""
FEWEST_ANSWERS: Final = 100
MAX_GUESS: Final = 0.5
MAX_SLIP: Final = 0.3
"""Beyond these a fitted model explains answers by luck.

Source: R. S. J. d. Baker, A. T. Corbett and V. Aleven, "More Accurate Student Modeling through
Contextual Estimation of Slip and Guess Probabilities", ITS 2008.
"""
_ROUNDS: Final = 200
_ENOUGH_GAIN: Final = 1e-6
_SMALLEST: Final = 1e-4

Answer = tuple[bool, float | None]
"""Whether it was right, and how likely it was by luck where that is known of its question."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters, and how well they explain the answers.

    Attributes:
        parameters: The defaults where there are too few answers.
        log_likelihood: Of all answers, natural logarithm.
        is_fitted: Whether there were enough answers.
    """

    parameters: KnowledgeParameters
    log_likelihood: float
    is_fitted: bool


def fit(
    sequences: Sequence[Sequence[bool]],
    start: KnowledgeParameters | None = None,
    *,
    guesses: Sequence[Sequence[float]] | None = None,
    rounds: int = _ROUNDS,
) -> Fit:
    """The parameters under which answers are most likely, near those it starts from.

    Args:
        sequences: For each learner whether each answer was right, in order.
        start: Where to begin; the defaults where None.
        guesses: How likely each answer is right by luck, where the form of its question tells;
            then no guess is fitted.
        rounds: At most; with none the start is only weighed.
    """
    parameters = start or DEFAULT_PARAMETERS
    seen = _with_guesses(sequences, guesses)
    if len(seen) < FEWEST_LEARNERS or sum(map(len, seen)) < FEWEST_ANSWERS:
        return Fit(parameters, _log_likelihood(seen, parameters), is_fitted=False)
    likelihood = -math.inf
    for _round in range(rounds):
        counts = _Counts(parameters.guess if guesses is not None else None)
        for sequence in seen:
            counts.add(sequence, parameters)
        if counts.log_likelihood - likelihood < _ENOUGH_GAIN * abs(counts.log_likelihood):
            break
        likelihood = counts.log_likelihood
        parameters = counts.parameters()
    return Fit(parameters, _log_likelihood(seen, parameters), is_fitted=True)


def _with_guesses(
    sequences: Sequence[Sequence[bool]], guesses: Sequence[Sequence[float]] | None
) -> list[list[Answer]]:
    """The answers of those who gave any, each with its own guess, if it has one."""
    own: Sequence[Sequence[float | None]]
    own = guesses if guesses is not None else [[None] * len(each) for each in sequences]
    pairs = zip(sequences, own, strict=True)
    return [list(zip(rights, chances, strict=True)) for rights, chances in pairs if rights]


def _log_likelihood(
    sequences: Sequence[Sequence[Answer]], parameters: KnowledgeParameters
) -> float:
    return sum(math.fsum(map(math.log, _filtered(s, parameters)[1])) for s in sequences)


def _filtered(
    sequence: Sequence[Answer], parameters: KnowledgeParameters
) -> tuple[list[float], list[float]]:
    """After each answer how likely the concept was known at it; how likely each answer was."""
    known, chances = [], []
    before = parameters.prior
    for answer in sequence:
        when_known, when_not = _emissions(answer, parameters)
        chance = max(before * when_known + (1 - before) * when_not, 1e-300)
        now = before * when_known / chance
        known.append(now)
        chances.append(chance)
        before = now + (1 - now) * parameters.learn
    return known, chances


def _emissions(answer: Answer, parameters: KnowledgeParameters) -> tuple[float, float]:
    is_right, own_guess = answer
    guess = parameters.guess if own_guess is None else own_guess
    if is_right:
        return 1 - parameters.slip, guess
    return parameters.slip, 1 - guess


class _Counts:
    """Expected counts over learners, from which the next parameters follow."""

    def __init__(self, given_guess: float | None) -> None:
        self.log_likelihood = 0.0
        self._given_guess = given_guess
        self._learners = 0
        self._known_first = 0.0
        self._learned = self._could_learn = 0.0
        self._slipped = self._known = 0.0
        self._guessed = self._not_known = 0.0

    def add(self, sequence: Sequence[Answer], parameters: KnowledgeParameters) -> None:
        """Counts one learner's answers under the parameters, both directions weighed."""
        filtered, chances = _filtered(sequence, parameters)
        self.log_likelihood += math.fsum(map(math.log, chances))
        smoothed = filtered[-1]
        self._count_answer(sequence[-1][0], smoothed)
        for at in range(len(sequence) - 2, -1, -1):
            now = filtered[at]
            predicted = now + (1 - now) * parameters.learn
            # Of the ways into knowing at the next answer, the share that was learned here.
            learned = smoothed * (1 - now) * parameters.learn / predicted if predicted else 0.0
            stayed_known = smoothed - learned
            self._learned += learned
            self._could_learn += 1 - stayed_known
            smoothed = stayed_known
            self._count_answer(sequence[at][0], smoothed)
        self._learners += 1
        self._known_first += smoothed

    def parameters(self) -> KnowledgeParameters:
        """The parameters that fit the counts best, within their bounds."""
        return KnowledgeParameters(
            prior=_bounded(self._known_first, self._learners, 1.0),
            learn=_bounded(self._learned, self._could_learn, 1.0),
            guess=self._guess(),
            slip=_bounded(self._slipped, self._known, MAX_SLIP),
        )

    def _guess(self) -> float:
        if self._given_guess is not None:
            return self._given_guess
        return _bounded(self._guessed, self._not_known, MAX_GUESS)

    def _count_answer(self, is_right: bool, known: float) -> None:
        self._known += known
        self._not_known += 1 - known
        self._slipped += 0.0 if is_right else known
        self._guessed += 1 - known if is_right else 0.0


def _bounded(count: float, of: float, most: float) -> float:
    """A share, away from 0 and 1, where no later answer could move it."""
    share = count / of if of > 0 else 0.0
    return min(max(share, _SMALLEST), most, 1 - _SMALLEST)
