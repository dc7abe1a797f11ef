"""How well a sentence of a source bears out a sentence of an answer: the formula."""

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import astuple, dataclass, fields
from difflib import SequenceMatcher
from typing import Final, Literal

from ai.answering.word_relations import are_opposite, are_synonyms, synonyms
from ai.answering.wording import (
    OPPOSITE,
    Word,
    Wording,
    denied_terms,
    near_numbers,
    near_sides,
)

_LONGEST_REPLACED: Final = 4
_COPY: Final = 0.6
"""From this share of words on that stand as in the quote it is a copy in which some differ."""
_SAME_BEGINNING: Final = 5
_ENOUGH: Final = 0.5


@dataclass(frozen=True, slots=True)
class SupportEvidence:
    """What speaks for and against a claim being borne out by a quote; each 0..1.

    Attributes:
        coverage: Share of the claim's terms that the quote holds, or a synonym of them, weighted
            by rarity; half of them or more count as all, as a paraphrase has other words.
        foreign_number: Whether a number in digits is not in the quote.
        foreign_count: Whether a number in words is not in the quote.
        rebound_number: Whether a number stands beside words that have another one in the quote.
        foreign_name: Whether a name of the claim is not in the quote.
        unknown_name: Whether one is neither in the passage nor in its headings.
        negation: Whether one denies what the other says.
        loose_negation: Whether the claim denies what the quote does not speak of.
        opposite: Whether the claim takes the opposite side of a contrast, of all or of what stands
            beside it, or a word stands where the quote has its antonym.
        replaced_name: Whether a name, number or unit stands where the quote has another.
        moved_name: Whether one that the quote has elsewhere stands where it has another.
        replaced_word: Share of words that stand as in the quote, where a single word stands for
            one that is no synonym; 0 where none does.
        crossed: Whether two words stand in each other's place, in what is otherwise a copy.
        cosine: Of claim and quote, at least 0; 0 where unknown.
    """

    coverage: float
    foreign_number: float
    foreign_count: float
    rebound_number: float
    foreign_name: float
    unknown_name: float
    negation: float
    loose_negation: float
    opposite: float
    replaced_name: float
    moved_name: float
    replaced_word: float
    crossed: float
    cosine: float


FEATURES: Final = tuple(field.name for field in fields(SupportEvidence))


@dataclass(frozen=True, slots=True)
class SupportWeights:
    """The intercept and a weight for each of `FEATURES`."""

    intercept: float
    weights: tuple[float, ...]


BY_MEANING: Final = SupportWeights(
    -5.21,
    (
        3.97,
        -3.77,
        -0.82,
        -1.08,
        -2.79,
        -3.32,
        -5.45,
        -1.73,
        -3.22,
        -3.14,
        -2.75,
        -2.15,
        -4.76,
        4.55,
    ),
)
BY_WORDS: Final = SupportWeights(
    -3.61,
    (5.85, -3.8, -0.89, -0.67, -2.9, -3.47, -4.9, -1.9, -3.19, -3.13, -2.82, -2.0, -4.63, 0.0),
)
"""Fitted by `benchmarks/support_calibration.py` on 700 sentences of SQuAD passages and the pairs
written by hand; docs/benchmarks.md has what they do to sentences they were not fitted on."""


def support(evidence: SupportEvidence, *, has_cosine: bool) -> float:
    """Support, 0..1: sigmoid(intercept + sum of weight * feature).

    The weights are `BY_MEANING` with the cosine of both sentences, else `BY_WORDS`.
    """
    chosen = BY_MEANING if has_cosine else BY_WORDS
    features = astuple(evidence)
    logit = chosen.intercept + sum(
        weight * feature for weight, feature in zip(chosen.weights, features, strict=True)
    )
    return 1 / (1 + math.exp(-logit))


def gather_evidence(
    claim: Wording,
    quote: Wording,
    *,
    rarity: Mapping[str, float],
    passage_terms: Set[str],
    cosine: float | None,
) -> SupportEvidence:
    """Holds a claim against a quote.

    Args:
        claim: A sentence of an answer.
        quote: A sentence, or two neighbours, of the passage it cites.
        rarity: Of terms among the sentences of the passage; those it does not know weigh most.
        passage_terms: Of the passage, its title and its headings.
        cosine: Of both; None where it is not known.
    """
    held_numbers = quote.numbers | quote.counts
    denial = _denial(claim, quote)
    replaced = _replaced(claim, quote)
    is_opposite = (
        _takes_opposite_side(claim, quote)
        or _rebinds_side(claim, quote)
        or any(
            are_opposite(here.value, there.value) or OPPOSITE.get(here.side, "-") == there.side
            for here, there in replaced.pairs
        )
    )
    share = weighted_share(_with_synonyms(claim.terms, quote.terms), quote.terms, rarity)
    return SupportEvidence(
        coverage=min(1.0, share / _ENOUGH),
        foreign_number=float(not claim.numbers <= held_numbers),
        foreign_count=float(not claim.counts <= held_numbers),
        rebound_number=float(_rebinds_number(claim, quote)),
        foreign_name=float(not claim.names <= quote.terms),
        unknown_name=float(not claim.names <= passage_terms),
        negation=float(denial == "contradicts"),
        loose_negation=float(denial == "loose"),
        opposite=float(is_opposite),
        replaced_name=float(
            any(_are_rivals(h, t) and h.value not in quote.terms for h, t in replaced.pairs)
        ),
        moved_name=float(
            any(_are_rivals(h, t) and h.value in quote.terms for h, t in replaced.pairs)
        ),
        replaced_word=replaced.copied_share * _says_other_word(replaced.singles),
        crossed=float(
            replaced.copied_share >= _COPY
            and claim.is_passive == quote.is_passive
            and _is_crossed(claim, quote)
        ),
        cosine=max(0.0, cosine or 0.0),
    )


def weighted_share(
    terms: Set[str], held: Set[str], rarity: Mapping[str, float], *, unknown: float | None = None
) -> float:
    """The share of `terms` among `held`, by rarity; 0 where there are none.

    Args:
        terms: What is looked for.
        held: What is there.
        rarity: How much each term weighs.
        unknown: What a term without a rarity weighs; the most that any does where it is None.
    """
    if unknown is None:
        unknown = 0.0 if rarity.keys() >= terms else max(rarity.values(), default=1.0)
    weights = {term: rarity.get(term, unknown) for term in terms}
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def rarities(sentences: Sequence[Wording]) -> dict[str, float]:
    """The rarity of each term among sentences."""
    held = [sentence.terms for sentence in sentences]
    return rarities_among(frozenset().union(*held), held, fewest=2)


def rarities_among(
    terms: Iterable[str], sentences: Sequence[Set[str]], *, fewest: int
) -> dict[str, float]:
    """The rarity of `terms`, as BM25 has it: ln(1 + (N - n + 0.5) / (n + 0.5)).

    Among n of N sentences; N is at least `fewest`, as rarity says little among few.
    """
    wanted = dict.fromkeys(terms, 0)
    for sentence in sentences:
        for term in sentence:
            if term in wanted:
                wanted[term] += 1
    count = max(len(sentences), fewest)
    return {term: math.log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in wanted.items()}


def _rebinds_number(claim: Wording, quote: Wording) -> bool:
    """Whether a number stands beside what the quote has beside another number only."""
    theirs = near_numbers(quote, 2)
    return any(
        number in theirs
        and not near & theirs[number]
        and any(near & others for other, others in theirs.items() if other != number)
        for number, near in near_numbers(claim, 1).items()
    )


def _denial(claim: Wording, quote: Wording) -> Literal["none", "loose", "contradicts"]:
    """Whether a negation stands in one of them only, beside what both say."""
    ours, theirs = denied_terms(claim), denied_terms(quote)
    added = [near for near in ours if not any(set(near) & set(other) for other in theirs)]
    dropped = any(
        near and near[0] in claim.terms and not any(set(near) & set(other) for other in ours)
        for near in theirs
    )
    if dropped or any(near and near[0] in quote.terms for near in added):
        return "contradicts"
    return "loose" if added else "none"


def _rebinds_side(claim: Wording, quote: Wording) -> bool:
    """Whether a side stands beside what the quote has beside the opposite one only."""
    theirs = near_sides(quote, 2)
    nothing = frozenset[str]()
    return any(
        near & theirs.get(OPPOSITE[side], nothing) and not near & theirs.get(side, nothing)
        for side, near in near_sides(claim, 1).items()
    )


def _takes_opposite_side(claim: Wording, quote: Wording) -> bool:
    return any(
        OPPOSITE.get(side) in quote.sides - claim.sides for side in claim.sides - quote.sides
    )


def _with_synonyms(terms: Set[str], held: Set[str]) -> Set[str]:
    """The terms, with what the quote says instead of them where it says the same."""
    said = {
        term: next((other for other in synonyms(term) if other in held), term)
        for term in terms - held
    }
    return frozenset(said.get(term, term) for term in terms)


@dataclass(frozen=True, slots=True)
class _Replaced:
    """Words of a claim where the quote has others.

    Attributes:
        pairs: A word of the claim, and one that it does not have, which stand between the same
            words in claim and quote.
        singles: Those of them where one word stands for one.
        copied_share: Share of the claim's words that stand as in the quote.
    """

    pairs: tuple[tuple[Word, Word], ...]
    singles: tuple[tuple[Word, Word], ...]
    copied_share: float


def _replaced(claim: Wording, quote: Wording) -> _Replaced:
    """What stands between the same words in both, and is not the same."""
    ours, theirs = claim.words, quote.words
    matcher = SequenceMatcher(
        None, [word.value for word in ours], [word.value for word in theirs], autojunk=False
    )
    pairs: list[tuple[Word, Word]] = []
    singles: list[tuple[Word, Word]] = []
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        length = max(end - start, other_end - other_start)
        if tag == "replace" and length <= _LONGEST_REPLACED:
            lost = [w for w in theirs[other_start:other_end] if w.value not in claim.terms]
            found = [(here, there) for here in ours[start:end] for there in lost]
            pairs += found
            singles += found if length == 1 else []
    copied = sum(block.size for block in matcher.get_matching_blocks())
    return _Replaced(tuple(pairs), tuple(singles), copied / len(ours) if ours else 0.0)


def _is_crossed(claim: Wording, quote: Wording) -> bool:
    """Whether three terms of the claim stand in the opposite order in the quote.

    Clauses that change places leave the order within each; only what stands on both sides of a
    third word and changes places turns the three around.
    """
    ours, theirs = _single_places(claim), _single_places(quote)
    places = [theirs[term] for term in ours if term in theirs]
    highest = highest_fallen = -1
    for place in places:
        if place < highest_fallen:
            return True
        if place < highest:
            highest_fallen = max(highest_fallen, place)
        highest = max(highest, place)
    return False


def _single_places(wording: Wording) -> dict[str, int]:
    """The places of terms that occur once, in order."""
    places: dict[str, int] = {}
    repeated: set[str] = set()
    for place, word in enumerate(wording.words):
        if word.value in places:
            repeated.add(word.value)
        places[word.value] = place
    return {term: place for term, place in places.items() if term not in repeated}


def _are_rivals(one: Word, other: Word) -> bool:
    """Whether two words are of a kind that stands for one thing only."""
    if one.kind in ("number", "count"):
        return other.kind in ("number", "count")
    return one.kind == other.kind and one.kind in ("unit", "name")


def _says_other_word(singles: Sequence[tuple[Word, Word]]) -> bool:
    """Whether a word of the claim stands for one that does not mean the same."""
    return any(
        not are_synonyms(here.value, there.value)
        and here.value[:_SAME_BEGINNING] != there.value[:_SAME_BEGINNING]
        for here, there in singles
    )
