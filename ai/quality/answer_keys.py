"""Holds the keys of questions against the sources, as somebody who has only those would."""

import math
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from ai.answering.citation_markers import MARKER
from ai.chat.passage import Passage
from ai.quality.blind_reading import BlindReader, is_negated
from ai.quality.source_evidence import SourceEvidence
from content.quality import Finding, FindingCode, Severity
from content.questions import (
    AnyQuestion,
    Cloze,
    Expression,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    ShortAnswer,
    SingleChoice,
)

# Source: `benchmarks/quality_gate.py`; the hit rates are in docs/benchmarks.md.
_CLEARLY: Final = 0.1
_HARDLY: Final = 0.04
_TIE: Final = 0.03
_SETTLED: Final = 0.5
_NAMED: Final = 0.5
_SPOKEN_OF: Final = 0.7
_RIGHT: Final = 0.3
BORNE_OUT: Final = 0.85
"""Support, 0..1, from which on a statement is taken for one that the sources make."""


class KeyCheck(Protocol):
    """Answers questions without their keys, and compares."""

    @property
    def method(self) -> str:
        """Who answers: `grounded`, or the name of a chat model."""
        ...

    async def check(self, question: AnyQuestion) -> list[Finding]:
        """What is wrong with the key, as far as the sources tell."""
        ...


class GroundedKeyCheck:
    """Answers by words: the choice that fits best, the number that stands with what is asked.

    It says `fail` only where another answer fits clearly better. What takes reckoning or a second
    thought it cannot settle, and says so with `warn`.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._reader = BlindReader(passages)
        self._evidence = SourceEvidence(passages)

    @property
    def method(self) -> str:
        """The name of the built-in way."""
        return "grounded"

    async def check(self, question: AnyQuestion) -> list[Finding]:
        """Takes some tenths of a second in a long chapter."""
        return list(self.findings(question))

    def findings(self, question: AnyQuestion) -> Iterator[Finding]:
        """The same, without an event loop."""
        match question:
            case SingleChoice():
                wrong = [choice.text for choice in question.choices if not choice.is_right]
                key = next(choice.text for choice in question.choices if choice.is_right)
                yield from self._of_choices(question.id, question.stem, key, wrong)
            case MultipleChoice():
                yield from self._of_statements(question)
            case Numeric():
                yield from self._of_number(question)
            case ShortAnswer():
                if question.accepted:
                    yield from self._of_answer(question.id, question.stem, question.accepted[0])
            case Cloze():
                yield from self._of_gaps(question)
            case Ordering():
                yield from self._of_order(question)
            case Matching():
                yield from self._of_pairs(question)
            case Expression():
                pass

    def _of_choices(
        self, item: str, stem: str, key: str, wrong: Sequence[str]
    ) -> Iterator[Finding]:
        if is_negated(stem):
            return
        fit = self._reader.fit(stem, key)
        others = [(self._reader.fit(stem, text), text) for text in wrong]
        best, rival = max(others, key=lambda found: found[0].whole, default=(fit, key))
        if max(fit.whole, best.whole) < _SETTLED:
            yield self._unsettled(item, stem)
        elif best.whole >= fit.whole + _CLEARLY:
            yield finding("wrong_key", "fail", item, _otherwise(rival, key))
        elif best.whole > fit.whole + _HARDLY:
            yield finding("wrong_key", "warn", item, _otherwise(rival, key))
        elif (
            abs(best.whole - fit.whole) <= _TIE
            and best.window == fit.window
            and self._reader.stand_side_by_side(key, rival, fit.window)
        ):
            detail = f"“{rival}” stands beside the key “{key}” in the sources, as right as it"
            yield finding("ambiguous_key", "warn", item, detail)

    def _unsettled(self, item: str, stem: str) -> Finding:
        is_foreign = self._reader.known_share(stem) < _NAMED
        detail = "the sources do not settle what is asked"
        return finding("unsettled_key", "fail" if is_foreign else "warn", item, detail)

    def _of_statements(self, question: MultipleChoice) -> Iterator[Finding]:
        for choice in question.choices:
            text = _statement(question.stem, choice.text)
            support = self._evidence.support(text)
            if choice.is_right and support < _RIGHT:
                detail = f"the sources do not bear out the right choice “{choice.text}”"
                yield finding("wrong_key", "fail", question.id, detail)
            elif not choice.is_right and support >= BORNE_OUT:
                detail = f"the sources bear out the wrong choice “{choice.text}”"
                yield finding("wrong_key", "fail", question.id, detail)

    def _of_number(self, question: Numeric) -> Iterator[Finding]:
        spoken_of = self._reader.best_for(question.stem)
        best = [each for each in spoken_of if each[0] >= spoken_of[0][0] - _HARDLY]
        tolerance = question.tolerance * (abs(question.value) if question.is_relative else 1)
        if any(_holds(numbers, question.value, tolerance) for _, numbers in best):
            return
        if best and best[0][0] >= _SPOKEN_OF and any(numbers for _, numbers in best):
            seen = sorted(number for _, numbers in best for number in numbers)
            detail = f"the key is {question.value:g}, the sources speak of {', '.join(seen)[:200]}"
            yield finding("wrong_key", "fail", question.id, detail)
        elif not any(_holds(numbers, question.value, tolerance) for _, numbers in spoken_of[:20]):
            yield self._unsettled(question.id, question.stem)

    def _of_answer(self, item: str, stem: str, key: str) -> Iterator[Finding]:
        fit = self._reader.fit(stem, key)
        spoken_of = self._reader.best_for(stem)
        most = spoken_of[0][0] if spoken_of else 0.0
        if fit.whole < _SETTLED:
            yield self._unsettled(item, stem)
        elif most >= _SPOKEN_OF and fit.stem < most - 2 * _CLEARLY:
            detail = f"what the sources say of it does not name the key “{key}”"
            yield finding("wrong_key", "fail", item, detail)

    def _of_gaps(self, question: Cloze) -> Iterator[Finding]:
        for gap in question.gaps:
            stem = question.stem.rpartition("\n\n")[2]
            for other in question.gaps:
                filled = " " if other.id == gap.id else other.accepted[0]
                stem = stem.replace("{{" + other.id + "}}", filled)
            accepted = {text.casefold() for text in gap.accepted}
            wrong = [text for text in gap.options if text.casefold() not in accepted]
            if wrong:
                yield from self._of_choices(question.id, stem, gap.accepted[0], wrong)
            else:
                yield from self._of_answer(question.id, stem, gap.accepted[0])

    def _of_order(self, question: Ordering) -> Iterator[Finding]:
        places = [self._reader.place_of(item) for item in question.items]
        known = [place for place in places if place is not None]
        pairs = [(a, b) for n, a in enumerate(known) for b in known[n + 1 :] if a != b]
        turned = sum(a > b for a, b in pairs)
        if len(known) < 2:
            yield self._unsettled(question.id, " ".join(question.items))
        elif turned:
            severity: Severity = "fail" if 2 * turned > len(pairs) else "warn"
            detail = f"{turned} of {len(pairs)} pairs of items stand the other way in the sources"
            yield finding("wrong_key", severity, question.id, detail)

    def _of_pairs(self, question: Matching) -> Iterator[Finding]:
        rights = [pair.right for pair in question.pairs]
        for pair in question.pairs:
            own = self._reader.fit(pair.left, pair.right).whole
            others = [(self._reader.fit(pair.left, r).whole, r) for r in rights if r != pair.right]
            best, rival = max(others, default=(0.0, ""))
            if best >= own + _CLEARLY:
                detail = f"“{rival}” fits “{pair.left}” better than “{pair.right}” does"
                yield finding("wrong_key", "fail", question.id, detail)


def finding(code: FindingCode, severity: Severity, item: str | None, detail: str) -> Finding:
    """A finding, its detail cut to what a report holds."""
    plain = " ".join(MARKER.sub("", detail).split())
    return Finding(code=code, severity=severity, item_id=item, detail=plain[:1_000])


def _otherwise(rival: str, key: str) -> str:
    return f"the sources speak for “{rival[:300]}” rather than for the key “{key[:300]}”"


def _statement(stem: str, choice: str) -> str:
    """A choice as a statement: by itself where it is one, else with its question."""
    is_whole = len(choice.split()) >= 5 and choice.rstrip().endswith((".", "।", "$", "!"))
    return choice if is_whole or len(choice.split()) >= 8 else f"{stem} {choice}"


def _holds(numbers: frozenset[str], value: float, tolerance: float) -> bool:
    least = max(tolerance, 1e-9 * abs(value))
    return any(math.isclose(float(n), value, abs_tol=least) for n in numbers if _is_number(n))


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
