"""A quiz without a chat model: questions of several kinds from the material's own sentences."""

from collections import Counter
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Final

from ai.writing.brief import Brief, Level
from ai.writing.choosing import Centrality
from ai.writing.errors import NothingToWriteError
from ai.writing.material import Material
from ai.writing.questions.figures import find_the_number, order_the_steps
from ai.writing.questions.sentences import (
    choose_right_statements,
    complete_the_sentence,
    explain_in_own_words,
)
from ai.writing.questions.terms import (
    choose_the_meaning,
    choose_the_term,
    match_terms,
    write_the_term,
)
from ai.writing.questions.workshop import Candidate, Workshop
from content.questions import Quiz

COUNTS: Final = MappingProxyType({"short": 5, "medium": 10, "long": 20})
MOST_QUESTIONS: Final = 100

Maker = Callable[[Workshop], Iterator[Candidate]]

# In turns, a question of each; the order is repeated until there are enough.
_TURNS: Final[MappingProxyType[Level, tuple[Maker, ...]]] = MappingProxyType(
    {
        "beginner": (
            choose_the_term,
            complete_the_sentence,
            choose_right_statements,
            choose_the_meaning,
            complete_the_sentence,
            find_the_number,
            match_terms,
            order_the_steps,
            complete_the_sentence,
            explain_in_own_words,
        ),
        "intermediate": (
            choose_the_meaning,
            choose_right_statements,
            complete_the_sentence,
            find_the_number,
            write_the_term,
            choose_right_statements,
            order_the_steps,
            match_terms,
            complete_the_sentence,
            explain_in_own_words,
        ),
        "advanced": (
            choose_right_statements,
            find_the_number,
            write_the_term,
            explain_in_own_words,
            complete_the_sentence,
            order_the_steps,
            choose_right_statements,
            find_the_number,
            choose_the_meaning,
            match_terms,
        ),
    }
)


# Of kinds that show much at once, one in so many questions.
_SELDOM: Final[MappingProxyType[Maker, int]] = MappingProxyType(
    {match_terms: 10, order_the_steps: 5, find_the_number: 4, explain_in_own_words: 5}
)


def write_quiz(brief: Brief, material: Material, title: str) -> Quiz:
    """A quiz of as many questions as asked for, or as the material yields.

    No two questions use the same statement or definition, so that none answers another.

    Raises:
        NothingToWriteError: It yields none.
    """
    count = min(brief.count or COUNTS[brief.length], MOST_QUESTIONS)
    workshop = Workshop(material, Centrality(material))
    taken = _taken(workshop, brief.level, count)
    if not taken:
        raise NothingToWriteError(brief.topic)
    return Quiz(
        title=workshop.words.quiz.format(topic=title)[:500],
        language=material.language,
        questions=tuple(
            candidate.question.model_copy(update={"id": f"q{place}"})
            for place, candidate in enumerate(taken, start=1)
        ),
    )


def _taken(workshop: Workshop, level: Level, count: int) -> list[Candidate]:
    turns = _TURNS[level]
    left = {maker: maker(workshop) for maker in turns}
    taken: list[Candidate] = []
    used: set[str] = set()
    times = Counter[Maker]()
    while left and len(taken) < count:
        for maker in turns:
            if maker not in left or len(taken) == count:
                continue
            most = max(1, count // _SELDOM.get(maker, 1))
            found = None if times[maker] == most else _next(left[maker], workshop, used)
            if found is None:
                del left[maker]
                continue
            taken.append(found)
            times[maker] += 1
            used |= found.uses
    return taken


def _next(made: Iterator[Candidate], workshop: Workshop, used: set[str]) -> Candidate | None:
    """The next question that gives none away, and whose key the quality gate will find right."""
    return next(
        (each for each in made if not each.uses & used and workshop.has_clear_key(each.question)),
        None,
    )
