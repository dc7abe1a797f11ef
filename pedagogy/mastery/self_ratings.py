"""What a review of a card tells of a concept: less than a graded answer, as nobody checked it.

Source for the caution: J. Metcalfe, "Metacognitive Judgments and Control of Study", Current
Directions in Psychological Science 18(3), 2009: learners take what looks familiar for known.
"""

from typing import Final, Literal

from pedagogy.mastery.knowledge_tracing import KnowledgeParameters, Mastery, after_answer

SelfRating = Literal["again", "hard", "good", "easy"]
SHARES: Final[dict[SelfRating, float]] = {"again": 0.0, "hard": 0.5, "good": 1.0, "easy": 1.0}
SELF_RATED_GUESS: Final = 0.4
"""How likely somebody who does not know it says that they did."""
SELF_RATED_CEILING: Final = 0.9
"""Reviews alone never make a concept mastered: that takes answers."""


def after_review(mastery: Mastery, share: float, parameters: KnowledgeParameters) -> Mastery:
    """What is believed after a review; it lifts a belief to the ceiling at most.

    Args:
        mastery: What was believed before.
        share: What the rating stands for.
        parameters: Of the course, with the guess of a review.
    """
    after = after_answer(mastery, share, parameters)
    most = max(mastery.probability, SELF_RATED_CEILING)
    return Mastery(min(after.probability, most), after.answer_count)
