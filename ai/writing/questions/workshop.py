"""What all question makers work from: the material with its terms, ranked and ready to be asked."""

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ai.quality.answer_keys import BORNE_OUT, GroundedKeyCheck
from ai.quality.source_evidence import SourceEvidence
from ai.retrieval.terms import terms_of
from ai.writing.choosing import Centrality
from ai.writing.headings import is_glossary
from ai.writing.key_terms import Term, are_confusable, find_terms, genus, occurrences
from ai.writing.material import KeyStatement, Material
from ai.writing.own_words import OwnWords, own_words
from ai.writing.standing_alone import stands_alone
from ai.writing.term_company import TermCompany
from content.questions import AnyQuestion, Choice

CHOICES: Final = 4
_LONGEST_SENTENCE: Final = 230
_FEWEST_WORDS: Final = 6
_SAME_MEANING: Final = 0.5
_SELDOM: Final = 0.2
_LEAST_LIKE: Final = 0.3
"""Of the likest term's company: nobody takes what keeps less of it for right."""
_ARTICLE = re.compile(
    r"\b(?:the|an?|its|their|each|every|this|that|no)\s+(?:\w+\s+)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be asked.

    Attributes:
        question: The question; its id is given when it is taken.
        uses: Names of the statements and definitions that it asks or shows; two questions of a
            quiz share none, so that none gives another away.
    """

    question: AnyQuestion
    uses: frozenset[str]


class Workshop:
    """Reads a material once for all makers. Not safe for several threads at once."""

    def __init__(self, material: Material, centrality: Centrality) -> None:
        self.material = material
        self.centrality = centrality
        self.words: OwnWords = own_words(material.language)
        background = () if material.background is None else material.background.readable
        sources = (*material.readable, *background)
        self.evidence = SourceEvidence(sources)
        self._keys = GroundedKeyCheck(sources)
        self.terms: tuple[Term, ...] = tuple(find_terms(material))
        self.defined: tuple[Term, ...] = tuple(
            t for t in self.terms if t.definition in material.definitions
        )
        self._company = TermCompany(self.terms, material)
        self._with_article = self._shares_with_article()
        self._places = self._topics_by_term()
        self._weights = self._weights_by_term()
        self.sentences: tuple[KeyStatement, ...] = tuple(self._sentences())

    def _sentences(self) -> list[KeyStatement]:
        """Statements of one sentence, the most central first, none of them twice."""
        single = [s for s in map(self._opening, self.material.statements) if s is not None]
        single = [s for s in single if len(s.text.split()) >= _FEWEST_WORDS and not s.tells_story]
        return self.centrality.best(single, len(single))

    def _topics_by_term(self) -> dict[tuple[str, ...], frozenset[str]]:
        """The headings below which a term is named."""
        topics: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for statement in self.material.statements:
            for term in self.terms:
                if statement.terms.issuperset(term.stems):
                    topics[term.stems].add(self.topic_of(statement))
        return {stems: frozenset(names) for stems, names in topics.items()}

    def _weights_by_term(self) -> dict[tuple[str, ...], float]:
        """The passages of the material that name a term, by how well they match the topic."""
        held = [
            (frozenset(terms_of(passage.text)), passage.score)
            for passage in self.material.passages
            if not any(is_glossary(heading) for heading in passage.heading)
        ]
        best = max((score for _, score in held), default=0.0)
        return {
            term.stems: sum(
                score / best if best else 1.0
                for terms, score in held
                if terms.issuperset(term.stems)
            )
            for term in self.terms
        }

    def defines(self, word: str) -> bool:
        """Whether a term has a meaning, in the material or its background."""
        stems = tuple(terms_of(word))
        return any(term.stems == stems and term.definition is not None for term in self.terms)

    def is_likely(self, term: Term, word: str, least: float) -> bool:
        """Whether a word is a term with a meaning that keeps that much of another's company."""
        stems = tuple(terms_of(word))
        return any(
            other.stems == stems
            and other.definition is not None
            and self.is_akin(term, other, least)
            for other in self.terms
        )

    def weight_of(self, term: Term) -> float:
        """How much the material says of a term; 0 where only the background does."""
        return self._weights[term.stems]

    def _opening(self, statement: KeyStatement) -> KeyStatement | None:
        """A statement of one sentence, or the first of several where that is enough."""
        if statement.first == statement.last:
            fits = "\n" not in statement.text and len(statement.text) <= _LONGEST_SENTENCE
            return statement if fits else None
        first = self.material.line_texts(statement)[0]
        if not statement.text.startswith(first) or not stands_alone(first, first):
            return None
        source = self.material.passages[statement.passage]
        span = source.span(*source.sentence_bounds[statement.first])
        terms = frozenset(terms_of(first))
        return replace(statement, last=statement.first, text=first, terms=terms, span=span)

    def _shares_with_article(self) -> dict[tuple[str, ...], float]:
        """How often a term follows an article: "the force", but "inertia"."""
        counts: dict[tuple[str, ...], list[bool]] = defaultdict(list)
        for statement in self.material.statements:
            for term in self.terms:
                if statement.terms.issuperset(term.stems):
                    for start, _ in occurrences(term, statement.text):
                        counts[term.stems].append(has_article(statement.text[:start]))
        return {stems: sum(found) / len(found) for stems, found in counts.items() if found}

    def takes_article(self, term: Term, *, is_wanted: bool) -> bool:
        """Whether a term can stand after an article, or without one, as far as is known."""
        share = self._with_article.get(term.stems)
        if share is None:
            return True
        return share > _SELDOM if is_wanted else share < 1 - _SELDOM

    def distractors(self, term: Term, shown: str, count: int) -> list[Term]:
        """Terms that could be taken for `term`, most plausible first.

        Of the same number, none that is or contains it, none that stands in what is shown.
        """
        present = set(terms_of(shown))
        chosen: list[Term] = []
        for other in sorted(self.terms, key=lambda o: (-self._plausibility(term, o), o.text)):
            if len(chosen) == count:
                break
            is_other = not any(are_confusable(other, t) for t in (term, *chosen))
            fits = other.is_plural == term.is_plural and not set(other.stems) <= present
            is_likely = genus(other) == genus(term) and self.is_akin(term, other, _LEAST_LIKE)
            if is_other and fits and is_likely and not self._mean_the_same(term, other):
                chosen.append(other)
        return chosen

    def is_akin(self, term: Term, other: Term, least: float) -> bool:
        """Whether one could be meant by the other: they share a word, or most of their company."""
        return (
            bool(set(term.stems) & set(other.stems))
            or not self._company.is_known(term)
            or self._company.likeness(term, other) >= least
        )

    def _plausibility(self, term: Term, other: Term) -> float:
        """How likely one is taken for the other: kind, company and form, and a little chance.

        A term that the material itself names is likelier than one of the background.
        """
        shared = len(set(term.stems) & set(other.stems))
        lengths = abs(len(term.text.split()) - len(other.text.split()))
        frequency = abs(math.log(term.count / other.count))
        is_alike = (term.definition is None) == (other.definition is None)
        ours = self._places.get(term.stems, frozenset())
        theirs = self._places.get(other.stems, frozenset())
        company = len(ours & theirs) / (len(ours | theirs) or 1) + 0.5 * bool(theirs)
        chance = hashlib.sha256(f"{term.text} {other.text}".encode()).digest()[0] / 255
        likeness = 1.5 * self._company.likeness(term, other)
        form = 0.4 * chance - 0.3 * lengths - 0.15 * frequency
        return shared + 0.5 * is_alike + company + likeness + form

    def _mean_the_same(self, one: Term, other: Term) -> bool:
        if one.definition is None or other.definition is None:
            return False
        ours = set(terms_of(one.definition.meaning))
        theirs = set(terms_of(other.definition.meaning))
        shorter = min(len(ours), len(theirs)) or 1
        return len(ours & theirs) / shorter > _SAME_MEANING

    def is_borne_out(self, statement: str) -> bool:
        """Whether the material says what is to be wrong."""
        return self.evidence.support(statement) >= 0.5

    def is_said_elsewhere(self, changed: str, word: str, statement: KeyStatement) -> bool:
        """Whether the material, but for `statement`, says what it was changed to by a word."""
        support = self.evidence.support_elsewhere(
            changed, word, statement.passage, statement.first, statement.last
        )
        return support >= 0.5

    def seems_right(self, statement: str) -> bool:
        """Whether a statement is so near to the material that the gate takes it for right."""
        return self.evidence.support(statement) >= BORNE_OUT

    def has_clear_key(self, question: AnyQuestion) -> bool:
        """Whether the quality gate, without a chat model, finds the key right."""
        return all(found.severity != "fail" for found in self._keys.findings(question))

    def topic_of(self, statement: KeyStatement) -> str:
        """The heading that a statement stands under."""
        return self.material.topic_of(statement.passage)


def has_article(before: str) -> bool:
    """Whether an article stands before what follows, or before its adjective."""
    return bool(_ARTICLE.search(before))


def spread(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Choices in an order that only their texts decide, with ids a, b, c ... in that order."""
    ordered = sorted(choices, key=lambda c: hashlib.sha256(c.text.encode()).digest())
    return tuple(
        choice.model_copy(update={"id": "abcdefghijkl"[place]})
        for place, choice in enumerate(ordered)
    )


def of_statement(statement: KeyStatement) -> str:
    """The name of a statement among what questions use."""
    return f"statement {statement.passage}.{statement.first}"


def of_term(term: Term | Sequence[str]) -> str:
    """The name of a term's definition among what questions use."""
    stems = term.stems if isinstance(term, Term) else term
    return f"definition {' '.join(stems)}"
