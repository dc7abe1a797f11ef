"""Questions on what single sentences of the material say: gaps, changed statements, key points."""

import re
from collections.abc import Iterator

from ai.retrieval.terms import terms_of
from ai.writing.changed_statements import (
    ChangedStatement,
    changed_statements,
    denied_statement,
)
from ai.writing.choosing import says_the_same
from ai.writing.headings import is_question
from ai.writing.key_terms import Term, is_plural, occurrences
from ai.writing.material import KeyStatement
from ai.writing.questions.workshop import (
    CHOICES,
    Candidate,
    Workshop,
    has_article,
    of_statement,
    of_term,
    spread,
)
from content.questions import Choice, Cloze, Gap, MultipleChoice, ShortAnswer

_GAP = "{{g1}}"
_FEWEST_WORDS = 7
_ALIKE = 0.6
"""Of the likest term's company, for a statement that is to be taken for right."""
_OWNER = re.compile(r"['’]s?$")
_LEANING_HEADING = re.compile(
    r"^\W*(?:but|and|so|then|it|this|that|these|they|यह|वह|ये|वे|इस|उस|इन)\b|\b(?:we|you|i)\b",
    re.IGNORECASE,
)


def complete_the_sentence(workshop: Workshop) -> Iterator[Candidate]:
    """A sentence without one of its terms, to be chosen among terms of the same course.

    Each term once, then terms again in other sentences.
    """
    asked: set[tuple[str, ...]] = set()
    left: list[KeyStatement] = []
    for statement in workshop.sentences:
        if len(statement.text.split()) < _FEWEST_WORDS or "{{" in statement.text:
            continue
        candidate = _first_cloze(workshop, statement, asked)
        if candidate is None:
            left.append(statement)
        else:
            yield candidate
    for statement in left:
        candidate = _first_cloze(workshop, statement, set())
        if candidate is not None:
            yield candidate


def _first_cloze(
    workshop: Workshop, statement: KeyStatement, asked: set[tuple[str, ...]]
) -> Candidate | None:
    """A gap for the first term that fits and was not asked for yet."""
    for term in workshop.terms:
        if term.stems in asked:
            continue
        candidate = _cloze(workshop, statement, term)
        if candidate is not None:
            asked.add(term.stems)
            return candidate
    return None


def _cloze(workshop: Workshop, statement: KeyStatement, term: Term) -> Candidate | None:
    place = _only_place(workshop, statement, term)
    if place is None:
        return None
    start, end = place
    key = statement.text[start:end]
    wrong = _other_words(workshop, statement, term, place)
    if len(wrong) < 2:
        return None
    words = workshop.words
    options = tuple(choice.text for choice in spread(Choice(id="a", text=t) for t in (key, *wrong)))
    stem = f"{words.fill_gap}\n\n{statement.text[:start]}{_GAP}{statement.text[end:]}"
    uses = {of_statement(statement)}
    if term.definition is not None and statement.text == term.definition.sentence:
        uses.add(of_term(term))
    return Candidate(
        Cloze(
            id="q",
            stem=stem,
            gaps=(Gap(id="g1", accepted=(key,), options=options),),
            explanation=words.material_says.format(sentence=statement.text),
            concepts=(term.text,),
            sources=(statement.span,),
        ),
        frozenset(uses),
    )


def _only_place(workshop: Workshop, statement: KeyStatement, term: Term) -> tuple[int, int] | None:
    """Where a sentence names a term, if it does so once and not within a longer term.

    Not where the sentence says what the term means, "Hooke's law: ...", nor where its form would
    give it away: "the system's mass", "begins to slide".
    """
    if not set(term.stems) <= statement.terms:
        return None
    places = occurrences(term, statement.text)
    if len(places) != 1 or _is_part_of_longer(workshop, term, statement):
        return None
    start, end = places[0]
    is_label = statement.text[end:].startswith(":")
    is_verb = statement.text[:start].endswith(" to ")
    key = statement.text[start:end]
    if is_label or is_verb or _OWNER.search(key) or not _is_form_of(key, term):
        return None
    return start, end


def _is_form_of(word: str, term: Term) -> bool:
    """Whether a word is the term or its plural: `acceleration`, but not `accelerate`."""
    if not word.isascii():
        return True
    return _singular(word.lower()) == _singular(term.text.lower())


def _singular(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def _other_words(
    workshop: Workshop, statement: KeyStatement, term: Term, place: tuple[int, int]
) -> list[str]:
    """Terms that fit in the place of one, and make a sentence that the material does not bear."""
    start, end = place
    before, key, after = statement.text[:start], statement.text[start:end], statement.text[end:]
    fitting: list[str] = []
    for other in workshop.distractors(term, f"{before} {after}", CHOICES + 3):
        word = _in_form_of(key, other.text)
        has_form = workshop.takes_article(other, is_wanted=has_article(before))
        if not has_form or not _has_form_of(key, other) or _clashes(before, word):
            continue
        if not workshop.is_said_elsewhere(before + word + after, word, statement):
            fitting.append(word)
        if len(fitting) == CHOICES - 1:
            break
    return fitting


def _is_free(text: str, start: int, end: int) -> bool:
    """Whether no word belongs to the term there: "mechanical energy", "energy source"."""
    before = text[:start].rstrip().rpartition(" ")[2]
    after = text[end:].lstrip().partition(" ")[0] if text[end : end + 1] == " " else ""
    return not terms_of(before) and not terms_of(after)


def _clashes(before: str, word: str) -> bool:
    """Whether the article before it would tell that a word does not belong there."""
    article = before.rstrip().rpartition(" ")[2].lower()
    is_vowel = word[:1].lower() in "aeiou"
    return (article == "a" and is_vowel) or (article == "an" and not is_vowel)


def _is_part_of_longer(workshop: Workshop, term: Term, statement: KeyStatement) -> bool:
    """Whether the term stands there as part of a longer term, such as `energy` in its kinds."""
    return any(
        set(term.stems) < set(other.stems) and occurrences(other, statement.text)
        for other in workshop.terms
    )


def _has_form_of(key: str, other: Term) -> bool:
    return is_plural(key) == other.is_plural or not key.isascii()


def _in_form_of(key: str, other: str) -> str:
    return other[:1].upper() + other[1:] if key[:1].isupper() else other


def choose_right_statements(workshop: Workshop) -> Iterator[Candidate]:
    """Sentences on one topic, some of them changed, of which the right ones are chosen."""
    by_topic: dict[str, list[KeyStatement]] = {}
    for statement in workshop.sentences:
        by_topic.setdefault(workshop.topic_of(statement), []).append(statement)
    for topic, statements in by_topic.items():
        left = statements[:8]
        while len(left) >= 3:
            taken, candidate = _right_statements(workshop, topic, left)
            if candidate is None:
                break
            yield candidate
            left = [statement for statement in left if statement not in taken]


def _right_statements(
    workshop: Workshop, topic: str, statements: list[KeyStatement]
) -> tuple[list[KeyStatement], Candidate | None]:
    wrong: list[tuple[KeyStatement, ChangedStatement]] = []
    for statement in statements:
        changed = _wrong_form(workshop, statement)
        if changed is not None and len(wrong) < CHOICES // 2:
            wrong.append((statement, changed))
    used = [statement for statement, _ in wrong]
    right = [
        statement
        for statement in statements
        if statement not in used and not any(says_the_same(statement, other) for other in used)
    ][: CHOICES - len(wrong)]
    if not wrong or not right:
        return [], None
    words = workshop.words
    choices = [Choice(id="a", text=statement.text, is_right=True) for statement in right]
    choices += [
        Choice(
            id="a",
            text=changed.text,
            reason=words.changed.format(sentence=statement.text),
            feedback=words.material_says.format(sentence=statement.text),
        )
        for statement, changed in wrong
    ]
    taken = [*right, *used]
    question = MultipleChoice(
        id="q",
        stem=words.which_right.format(topic=topic),
        choices=spread(choices),
        points=2.0,
        difficulty="intermediate",
        concepts=(topic[:500],),
        sources=tuple(statement.span for statement in taken),
    )
    return taken, Candidate(question, frozenset(of_statement(statement) for statement in taken))


def _wrong_form(workshop: Workshop, statement: KeyStatement) -> ChangedStatement | None:
    """A change that the material does not bear out: the least obvious one."""
    for changed in changed_statements(statement.text):
        if not workshop.is_borne_out(changed.text):
            return changed
    return (
        _with_another_term(workshop, statement, of_its_kind=True)
        or _denied(workshop, statement)
        or _with_another_term(workshop, statement, of_its_kind=False)
    )


def _with_another_term(
    workshop: Workshop, statement: KeyStatement, *, of_its_kind: bool
) -> ChangedStatement | None:
    """With another term in the place of one; of its kind are kinetic and potential energy.

    Other ones must both be defined and keep nearly the same company, so that the statement is
    wrong and no nonsense.
    """
    for term in workshop.terms:
        place = _only_place(workshop, statement, term)
        if place is None or not _is_free(statement.text, *place):
            continue
        if not of_its_kind and not workshop.defines(term.text):
            continue
        for word in _other_words(workshop, statement, term, place):
            is_alike = bool(set(terms_of(word)) & set(term.stems))
            fits = is_alike if of_its_kind else workshop.is_likely(term, word, _ALIKE)
            text = statement.text[: place[0]] + word + statement.text[place[1] :]
            if fits and not workshop.seems_right(text):
                return ChangedStatement(text, "term")
    return None


def _denied(workshop: Workshop, statement: KeyStatement) -> ChangedStatement | None:
    changed = denied_statement(statement.text)
    return None if changed is None or workshop.is_borne_out(changed.text) else changed


def explain_in_own_words(workshop: Workshop) -> Iterator[Candidate]:
    """A question that the material puts in a heading, with what it says below as key points."""
    by_heading: dict[str, list[KeyStatement]] = {}
    for statement in workshop.material.statements:
        by_heading.setdefault(workshop.topic_of(statement), []).append(statement)
    for heading, statements in by_heading.items():
        if not is_question(heading) or _LEANING_HEADING.search(heading):
            continue
        best = workshop.centrality.best(statements, 3)
        points = [s for s in sorted(best, key=lambda s: s.order) if len(s.text) <= 480]
        if points:
            yield Candidate(
                ShortAnswer(
                    id="q",
                    stem=heading,
                    key_points=tuple(" ".join(s.text.split()) for s in points),
                    points=2.0,
                    difficulty="advanced",
                    sources=tuple(s.span for s in points),
                ),
                frozenset(of_statement(s) for s in points),
            )
