"""Answers a question from the sources without its key, by words: how well each answer fits."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from ai.answering.answer_sentences import answer_sentences
from ai.answering.sentence_scoring import question_terms
from ai.answering.support import gather_evidence, rarities_among, weighted_share
from ai.answering.word_relations import synonyms
from ai.answering.wording import Wording, joined, wording_of
from ai.chat.passage import Passage

# fit = STEM * share of the stem's terms + ANSWER * share of the answer's, in the best window,
# - CONFLICT where the window denies what both say, or says the opposite.
_STEM: Final = 0.5
_ANSWER: Final = 0.5
_CONFLICT: Final = 0.45
# An answer that stands in the clause that asks for it fits better than one further away.
_CLAUSE_COST: Final = 0.0
_SENTENCE_COST: Final = 0.05
_PAIR_COST: Final = 0.12
_HEADING: Final = 0.5
_FEWEST: Final = 8
_ENOUGH: Final = 0.5
_NEXT: Final = 2
_OWN_PHRASE: Final = re.compile(
    r"\b(?:which term|fits? this description|which of (?:these|the following)|choose all"
    r"|statements?|complete the sentence|right|correct|true|topic|called|known as|material says"
    r"|how many|how much|belongs? in the gap|which number|answer in)\b"
    r"|यह वर्णन|किस पद|वाक्य पूरा|सही|कथन|कहते|क्या",
    re.IGNORECASE,
)
_NEGATED_STEM: Final = re.compile(r"\b(?:not|never|except|cannot|n't|least)\b|नहीं", re.IGNORECASE)


_CLAUSE: Final = re.compile(
    r";\s|,\s(?:and|but|while|whereas|because|so|which|where|once|if|when|as)\s"
    r"|\s(?:but|while|whereas|because)\s|,?\s(?:और|पर|लेकिन|क्योंकि|जबकि)\s"
)
_FEWEST_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """How an answer fits a question, as far as the sources tell.

    Attributes:
        whole: 0..1, higher is better; comparable between answers of one question.
        stem: Share of the question's terms in the window where the answer fits best.
        answer: Share of the answer's own terms there.
        window: Which window that is; -1 for none.
    """

    whole: float
    stem: float
    answer: float
    window: int = -1


@dataclass(frozen=True, slots=True)
class _Window:
    """Words that stand together: a clause, a sentence or two."""

    wording: Wording
    above: frozenset[str]
    cost: float


class BlindReader:
    """Reads the sources of one piece of content once, for all of its questions."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._windows = [window for passage in passages for window in _windows(passage)]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for place, window in enumerate(self._windows):
            for term in window.wording.terms:
                self._holders[term].append(place)
        held = [w.wording.terms for w in self._windows if w.cost == _SENTENCE_COST]
        every = frozenset[str]().union(*held)
        self._rarity = rarities_among(every, held, fewest=_FEWEST)
        self._rarest = max(self._rarity.values(), default=1.0)

    def known_share(self, text: str) -> float:
        """How much of what a text speaks of the sources name at all, 0..1."""
        terms = _asked(text)
        return weighted_share(terms, self._rarity.keys(), self._rarity) if terms else 1.0

    def fit(self, stem: str, answer: str) -> Fit:
        """How well an answer fits, in the window of one or two sentences where it does best."""
        asked = _asked(stem)
        given = wording_of(answer)
        own = (given.terms - asked) or given.terms
        claim = wording_of(f"{stem} {answer}")
        best = Fit(0.0, 0.0, 0.0)
        forms = {term: self._forms_of(term) for term in own}
        places = {
            n for each in forms.values() for form in each for n in self._holders.get(form, ())
        }
        for place in sorted(places):
            window = self._windows[place]
            said = {t for t, each in forms.items() if not each.isdisjoint(window.wording.terms)}
            answered = weighted_share(own, said, self._rarity, unknown=self._rarest)
            of_answer = _ANSWER * answered - window.cost
            if not answered or _STEM + of_answer <= best.whole:
                continue
            asked_share = self._asked_share(asked, window)
            whole = _STEM * asked_share + of_answer
            if whole > best.whole and self._conflicts(claim, given, window.wording):
                whole -= _CONFLICT
            if whole > best.whole:
                best = Fit(whole, asked_share, answered, place)
        return best

    def _forms_of(self, term: str) -> frozenset[str]:
        """What says a term of an answer; a word that the sources have themselves means no other.

        So `power` is not said where they say `force`, though a thesaurus takes one for the other.
        """
        return frozenset((term,) if term in self._rarity else _meanings(term))

    def best_for(self, stem: str) -> list[tuple[float, frozenset[str]]]:
        """How much of a question each window speaks of, less its cost, with the numbers in it.

        The best first; only those that name anything the question asks for.
        """
        asked = _asked(stem)
        found = [
            (self._asked_share(asked, w) - w.cost, w.wording.numbers | w.wording.counts)
            for w in self._windows
        ]
        return sorted((each for each in found if each[0] > 0), key=lambda each: -each[0])

    def place_of(self, text: str) -> int | None:
        """Which sentence says most of a text, at least half of it, counted from the beginning."""
        terms = wording_of(text).terms
        sentences = [w for w in self._windows if w.cost == _SENTENCE_COST]
        shares = [self._share(terms, w.wording.terms) for w in sentences]
        best = max(range(len(shares)), key=shares.__getitem__, default=None)
        return None if best is None or shares[best] < _ENOUGH else best

    def stand_side_by_side(self, one: str, other: str, window: int) -> bool:
        """Whether two answers stand with at most a word between, as in "rain, snow or hail"."""
        words = [word.value for word in self._windows[window].wording.words]
        ours = [n for n, word in enumerate(words) if word in wording_of(one).terms]
        theirs = [n for n, word in enumerate(words) if word in wording_of(other).terms]
        return any(abs(a - b) <= _NEXT for a in ours for b in theirs)

    def _asked_share(self, asked: frozenset[str], window: _Window) -> float:
        if not asked:
            return 1.0
        terms = window.wording.terms
        within = self._share(asked, terms)
        return within + _HEADING * (self._share(asked, terms | window.above) - within)

    def _share(self, terms: frozenset[str], held: frozenset[str]) -> float:
        said = {
            next((other for other in _meanings(t) if other in held), t) if t not in held else t
            for t in terms
        }
        return weighted_share(said, held, self._rarity, unknown=self._rarest)

    def _conflicts(self, claim: Wording, given: Wording, window: Wording) -> bool:
        """Whether the window says otherwise, by negations, opposites and numbers."""
        found = gather_evidence(
            given if len(given.words) > 3 else claim,
            window,
            rarity=self._rarity,
            passage_terms=window.terms,
            cosine=None,
        )
        return bool(found.negation or found.opposite) or bool(given.numbers - window.numbers)


def _windows(passage: Passage) -> list[_Window]:
    above = wording_of(" ".join((passage.title, *passage.heading))).terms
    bounds = passage.sentence_bounds or answer_sentences(passage.text)
    texts = [passage.text[start:end] for start, end in bounds]
    sentences = [wording_of(text) for text in texts]
    clauses = [wording_of(clause) for text in texts for clause in _clauses(text)]
    return [
        *(_Window(clause, above, _CLAUSE_COST) for clause in clauses),
        *(_Window(sentence, above, _SENTENCE_COST) for sentence in sentences),
        *(_Window(joined(pair), above, _PAIR_COST) for pair in pairwise(sentences)),
    ]


def _clauses(sentence: str) -> list[str]:
    """The clauses of a sentence; a short one belongs to the one before it."""
    clauses: list[str] = []
    for piece in _CLAUSE.split(sentence):
        if clauses and len(piece.split()) < _FEWEST_WORDS:
            clauses[-1] += f", {piece}"
        else:
            clauses.append(piece)
    return clauses


def is_negated(stem: str) -> bool:
    """Whether a question asks for what is not so; what fits best is then no answer."""
    return bool(_NEGATED_STEM.search(stem))


def _asked(stem: str) -> frozenset[str]:
    return frozenset(question_terms(_OWN_PHRASE.sub(" ", stem)))


@lru_cache(maxsize=4096)
def _meanings(term: str) -> tuple[str, ...]:
    return tuple(synonyms(term))
