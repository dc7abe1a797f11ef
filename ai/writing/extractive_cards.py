"""Flashcards without a chat model: terms, formulas, questions of the material, and gaps."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from ai.retrieval.terms import terms_of
from ai.writing.brief import Brief
from ai.writing.choosing import Centrality
from ai.writing.errors import NothingToWriteError
from ai.writing.material import Material, block_formula
from ai.writing.questions.sentences import complete_the_sentence, explain_in_own_words
from ai.writing.questions.workshop import Candidate, Workshop
from content.cards import Deck, Flashcard
from content.questions import Cloze, ShortAnswer

COUNTS: Final = MappingProxyType({"short": 10, "medium": 20, "long": 40})
MOST_CARDS: Final = 300


def write_deck(brief: Brief, material: Material, title: str) -> Deck:
    """As many cards as asked for, or as the material yields.

    Raises:
        NothingToWriteError: It yields none.
    """
    count = min(brief.count or COUNTS[brief.length], MOST_CARDS)
    workshop = Workshop(material, Centrality(material))
    cards: dict[str, Flashcard] = {}
    for card in _cards(workshop):
        if len(cards) == count:
            break
        cards.setdefault(card.front, card)
    if not cards:
        raise NothingToWriteError(brief.topic)
    return Deck(
        title=title,
        language=material.language,
        cards=tuple(
            card.model_copy(update={"id": f"card-{number}"})
            for number, card in enumerate(cards.values(), start=1)
        ),
    )


def _cards(workshop: Workshop) -> Iterator[Flashcard]:
    yield from _terms(workshop)
    yield from _formulas(workshop)
    for candidate in explain_in_own_words(workshop):
        yield from _question(candidate)
    for candidate in complete_the_sentence(workshop):
        yield from _gap(candidate)


def _terms(workshop: Workshop) -> Iterator[Flashcard]:
    for definition in workshop.material.definitions:
        yield Flashcard(
            id="c",
            front=workshop.words.meaning.format(term=definition.term),
            back=definition.meaning,
            concepts=(definition.term,),
            sources=(definition.span,),
        )


def _formulas(workshop: Workshop) -> Iterator[Flashcard]:
    """The formula that a sentence on a term announces."""
    for statement in workshop.material.statements:
        formula = block_formula(statement.text)
        opening = statement.text.partition("$$")[0]
        term = next(
            (
                term
                for term in workshop.terms
                if term.definition is not None
                and set(terms_of(" ".join(opening.split()[:5]))) >= set(term.stems)
            ),
            None,
        )
        if formula and term is not None and opening.rstrip().endswith(":"):
            yield Flashcard(
                id="c",
                front=workshop.words.state_formula.format(term=term.text),
                back=f"$${formula}$$",
                concepts=(term.text,),
                sources=(statement.span,),
            )


def _question(candidate: Candidate) -> Iterator[Flashcard]:
    question = candidate.question
    if isinstance(question, ShortAnswer):
        yield Flashcard(
            id="c",
            front=question.stem,
            back="\n\n".join(question.key_points),
            sources=question.sources,
        )


def _gap(candidate: Candidate) -> Iterator[Flashcard]:
    question = candidate.question
    if isinstance(question, Cloze):
        gap = question.gaps[0]
        sentence = question.stem.rpartition("\n\n")[2]
        yield Flashcard(
            id="c",
            front=sentence.replace("{{" + gap.id + "}}", "____"),
            back=gap.accepted[0],
            concepts=question.concepts,
            sources=question.sources,
        )
