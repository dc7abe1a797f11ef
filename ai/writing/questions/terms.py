"""Questions on terms and what they mean: choices, short answers and matching."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from ai.retrieval.terms import terms_of
from ai.writing.definitions import Definition
from ai.writing.key_terms import Term, are_confusable
from ai.writing.questions.workshop import CHOICES, Candidate, Workshop, of_term, spread
from content.questions import Choice, Matching, Pair, ShortAnswer, SingleChoice

_MOST_PAIRS = 5
_FEWEST_PAIRS = 3
_LONGEST_SIDE = 240
_FREQUENT = 4


def choose_the_term(workshop: Workshop) -> Iterator[Candidate]:
    """A meaning is given, its term is chosen among terms of the same course."""
    words = workshop.words
    for term, definition in _asked(workshop):
        others = [
            other
            for other in workshop.distractors(term, definition.short, 2 * CHOICES)
            if other.definition is not None or other.count >= _FREQUENT
        ][: CHOICES - 1]
        if len(others) < 2:
            continue
        key = Choice(id="a", text=term.text, is_right=True)
        wrong = [_wrong_term(workshop, term, other) for other in others]
        yield Candidate(
            SingleChoice(
                id="q",
                stem=words.which_term.format(meaning=definition.short),
                choices=spread([key, *wrong]),
                explanation=words.material_says.format(sentence=definition.sentence),
                concepts=(term.text,),
                sources=(definition.span,),
            ),
            frozenset({of_term(term)}),
        )


def choose_the_meaning(workshop: Workshop) -> Iterator[Candidate]:
    """A term is given, its meaning is chosen among those of other terms."""
    words = workshop.words
    for term, definition in _asked(workshop):
        others = [
            other
            for other in workshop.distractors(term, "", len(workshop.terms))
            if other.definition is not None
            and not set(term.stems) & set(terms_of(other.definition.short))
        ]
        others = sorted(others[: 2 * CHOICES], key=lambda o: _length_difference(definition, o))
        if len(others) < 2:
            continue
        key = Choice(id="a", text=definition.short, is_right=True)
        wrong = [
            Choice(
                id="a",
                text=other.definition.short,
                reason=words.mistaken_for.format(term=term.text, other=other.text),
                feedback=words.meaning_of_other.format(term=other.text),
            )
            for other in others[: CHOICES - 1]
            if other.definition is not None
        ]
        if len({choice.text for choice in (key, *wrong)}) != len(wrong) + 1:
            continue
        yield Candidate(
            SingleChoice(
                id="q",
                stem=words.meaning.format(term=term.text),
                choices=spread([key, *wrong]),
                explanation=words.material_says.format(sentence=definition.sentence),
                concepts=(term.text,),
                sources=(definition.span,),
            ),
            frozenset({of_term(term)}),
        )


def write_the_term(workshop: Workshop) -> Iterator[Candidate]:
    """A meaning is given, its term is written."""
    for term, definition in _asked(workshop):
        yield Candidate(
            ShortAnswer(
                id="q",
                stem=workshop.words.write_term.format(meaning=definition.short),
                accepted=(term.text,),
                explanation=workshop.words.material_says.format(sentence=definition.sentence),
                difficulty="intermediate",
                concepts=(term.text,),
                sources=(definition.span,),
            ),
            frozenset({of_term(term)}),
        )


def match_terms(workshop: Workshop) -> Iterator[Candidate]:
    """Several terms and their meanings, to be matched."""
    fitting = [
        (term, definition)
        for term, definition in _asked(workshop)
        if len(definition.short) <= _LONGEST_SIDE
    ]
    # From the end: the first ones are asked singly.
    fitting.reverse()
    while fitting:
        group = _distinct(fitting)
        fitting = [each for each in fitting if each not in group]
        if len(group) < _FEWEST_PAIRS:
            continue
        # Smaller ones too: of a few definitions some may have been asked, or fit two terms.
        for size in range(len(group), _FEWEST_PAIRS - 1, -1):
            for pairs in combinations(group, size):
                yield _matching(workshop, pairs)


def _matching(workshop: Workshop, group: Sequence[tuple[Term, Definition]]) -> Candidate:
    return Candidate(
        Matching(
            id="q",
            stem=workshop.words.match,
            pairs=tuple(Pair(left=term.text, right=d.short) for term, d in group),
            points=float(len(group)),
            concepts=tuple(term.text for term, _ in group),
            sources=tuple(d.span for _, d in group),
        ),
        frozenset(of_term(term) for term, _ in group),
    )


def _distinct(pairs: list[tuple[Term, Definition]]) -> list[tuple[Term, Definition]]:
    """The first pairs of which none could be taken for another: no law under two names."""
    group: list[tuple[Term, Definition]] = []
    for term, definition in pairs:
        is_new = not any(
            are_confusable(term, other) or definition.short == said.short for other, said in group
        )
        if is_new and len(group) < _MOST_PAIRS:
            group.append((term, definition))
    return group


def _asked(workshop: Workshop) -> Iterator[tuple[Term, Definition]]:
    """Defined terms whose meaning does not name them; first those that most is said of."""
    ranked = sorted(workshop.defined, key=lambda t: (-workshop.weight_of(t), -t.count, t.text))
    for term in ranked:
        definition = term.definition
        if definition is not None and not set(term.stems) & set(terms_of(definition.short)):
            yield term, definition


def _wrong_term(workshop: Workshop, term: Term, other: Term) -> Choice:
    meaning = f"{other.text}: {other.definition.short}" if other.definition is not None else ""
    return Choice(
        id="a",
        text=other.text,
        reason=workshop.words.mistaken_for.format(term=term.text, other=other.text),
        feedback=meaning,
    )


def _length_difference(definition: Definition, other: Term) -> int:
    if other.definition is None:
        return 0
    return abs(len(other.definition.short) - len(definition.short))
