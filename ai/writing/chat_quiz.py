"""A quiz and flashcards by a chat model; each item is checked before it is taken."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from pydantic import ValidationError

from ai.chat.token_estimates import estimated_tokens
from ai.embedding.embedder import Embedder
from ai.validation.errors import OutputInvalidError
from ai.writing.brief import Brief, SourcePassage
from ai.writing.chat_shapes import WrittenDeck, WrittenQuestion, WrittenQuiz
from ai.writing.cited_passages import CitedPassages
from ai.writing.extractive_cards import COUNTS as CARD_COUNTS
from ai.writing.extractive_cards import MOST_CARDS
from ai.writing.extractive_quiz import COUNTS as QUESTION_COUNTS
from ai.writing.extractive_quiz import MOST_QUESTIONS
from ai.writing.model_text import line, lines, markdown
from ai.writing.own_words import own_words
from ai.writing.packing import batches
from ai.writing.parts import PartWriter, audience
from ai.writing.questions.workshop import spread
from content.cards import Deck, Flashcard
from content.questions import (
    AnyQuestion,
    Choice,
    Cloze,
    Gap,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Pair,
    Quiz,
    ShortAnswer,
    SingleChoice,
)

QUIZ_PROMPT: Final = "writer.quiz"
CARDS_PROMPT: Final = "writer.flashcards"
_ASKED_AT_ONCE: Final = 12
"""Items asked for in one part: more than that, and they repeat one another."""


async def write_quiz(
    parts: PartWriter,
    embedder: Embedder | None,
    brief: Brief,
    passages: Sequence[SourcePassage],
    title: str,
) -> Quiz:
    """A quiz of at most as many questions as asked for; faulty ones are left out.

    Raises:
        OutputInvalidError: A part is broken, or no question can be used.
        ChatModelError: The chat model failed.
    """
    count = min(brief.count or QUESTION_COUNTS[brief.length], MOST_QUESTIONS)
    groups = _groups(parts, passages, count, embedder)
    written = await parts.parts(
        QUIZ_PROMPT,
        WrittenQuiz,
        [_variables(brief, title, cited, share) for cited, share in groups],
        stage="questions",
        shares=(0.05, 0.95),
    )
    questions: dict[str, AnyQuestion] = {}
    for output, (cited, share) in zip(written, groups, strict=True):
        for draft in output.questions[:share]:
            question = await checked_question(draft, cited)
            if question is not None:
                questions.setdefault(_sense(question), question)
    if not questions:
        raise OutputInvalidError(parts.model, ["questions: none is whole and borne out"])
    return Quiz(
        title=own_words(brief.language).quiz.format(topic=title)[:500],
        language=brief.language,
        questions=tuple(
            question.model_copy(update={"id": f"q{number}"})
            for number, question in enumerate(list(questions.values())[:count], start=1)
        ),
    )


async def write_deck(
    parts: PartWriter,
    embedder: Embedder | None,
    brief: Brief,
    passages: Sequence[SourcePassage],
    title: str,
) -> Deck:
    """Flashcards whose backs are borne out.

    Raises:
        OutputInvalidError: A part is broken, or no card can be used.
        ChatModelError: The chat model failed.
    """
    count = min(brief.count or CARD_COUNTS[brief.length], MOST_CARDS)
    groups = _groups(parts, passages, count, embedder)
    written = await parts.parts(
        CARDS_PROMPT,
        WrittenDeck,
        [_variables(brief, title, cited, share) for cited, share in groups],
        stage="cards",
        shares=(0.05, 0.95),
    )
    cards: dict[str, Flashcard] = {}
    for output, (cited, share) in zip(written, groups, strict=True):
        for draft in output.cards[:share]:
            front, back = markdown(draft.front, 2_000), markdown(draft.back, 4_000)
            span = await cited.span_of(back, draft.sources)
            if span is None:
                span = await cited.span_of(f"{front} {back}", draft.sources)
            if front and back and span is not None:
                card = Flashcard(id="c", front=front, back=back, sources=(span,))
                cards.setdefault(front.casefold(), card)
    if not cards:
        raise OutputInvalidError(parts.model, ["cards: none is whole and borne out"])
    return Deck(
        title=title,
        language=brief.language,
        cards=tuple(
            card.model_copy(update={"id": f"card-{number}"})
            for number, card in enumerate(list(cards.values())[:count], start=1)
        ),
    )


async def checked_question(draft: WrittenQuestion, cited: CitedPassages) -> AnyQuestion | None:
    """The question, if it is whole and a source settles it; None else."""
    make = _MAKERS[draft.kind]
    try:
        question = make(draft)
    except (ValidationError, ValueError):
        return None
    span = cited.quoted(draft.quote, draft.sources)
    if span is None:
        said = f"{markdown(draft.explanation)} {_key_text(question)}".strip()
        span = await cited.span_of(said or question.stem, draft.sources)
    return None if span is None else question.model_copy(update={"sources": (span,)})


def _groups(
    parts: PartWriter, passages: Sequence[SourcePassage], count: int, embedder: Embedder | None
) -> list[tuple[CitedPassages, int]]:
    """Passages in groups, each with how many items to make of it, by its length."""
    most = parts.limits.source_tokens
    total = sum(estimated_tokens(passage.text) for passage in passages)
    wanted = -(-count // _ASKED_AT_ONCE)
    groups = batches(passages, min(most, max(500, -(-total // wanted) + 300)))[:count]
    lengths = [sum(estimated_tokens(p.text) for p in group) or 1 for group in groups]
    shares = _shares(lengths, count)
    return [
        (CitedPassages(group, embedder), share)
        for group, share in zip(groups, shares, strict=True)
        if share
    ]


def _shares(lengths: Sequence[int], count: int) -> list[int]:
    """Parts of `count` in proportion to lengths; the largest remainders get what is left."""
    total = sum(lengths)
    exact = [count * length / total for length in lengths]
    shares = [int(each) for each in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: shares[n] - exact[n])
    for place in by_remainder[: count - sum(shares)]:
        shares[place] += 1
    return shares


def _variables(brief: Brief, title: str, cited: CitedPassages, count: int) -> Mapping[str, object]:
    return {
        "topic": brief.topic or title,
        "count": count,
        "sources": cited.sources,
        **audience(brief),
    }


def _sense(question: AnyQuestion) -> str:
    return " ".join(question.stem.casefold().split())


def _base(draft: WrittenQuestion) -> dict[str, object]:
    return {
        "id": "q",
        "stem": markdown(draft.stem),
        "explanation": markdown(draft.explanation),
        "difficulty": draft.difficulty,
        "concepts": tuple(lines(draft.concepts, 10)),
    }


def _choices(draft: WrittenQuestion) -> tuple[Choice, ...]:
    return spread(
        Choice(
            id="a",
            text=markdown(each.text, 2_000),
            is_right=each.is_right,
            reason="" if each.is_right else line(each.reason, 900),
            feedback=line(each.reason, 900),
        )
        for each in draft.choices[:8]
    )


def _single(draft: WrittenQuestion) -> AnyQuestion:
    if len(draft.choices) < 3:
        raise ValueError("a single-choice question needs three choices")
    return SingleChoice.model_validate({**_base(draft), "choices": _choices(draft)})


def _multiple(draft: WrittenQuestion) -> AnyQuestion:
    if all(choice.is_right for choice in draft.choices):
        raise ValueError("a multiple-choice question needs a wrong choice")
    return MultipleChoice.model_validate({**_base(draft), "choices": _choices(draft)})


def _numeric(draft: WrittenQuestion) -> AnyQuestion:
    values = {"value": draft.value, "unit": line(draft.unit, 40)}
    tolerance = abs(draft.tolerance or 0.0)
    return Numeric.model_validate({**_base(draft), **values, "tolerance": tolerance})


def _short(draft: WrittenQuestion) -> AnyQuestion:
    keys = {"accepted": tuple(lines(draft.accepted, 20))}
    points = tuple(lines(draft.key_points, 10))
    return ShortAnswer.model_validate({**_base(draft), **keys, "key_points": points})


def _cloze(draft: WrittenQuestion) -> AnyQuestion:
    """Gaps stand as `[[g1]]` in the stem, since `{{` is no prompt's to say."""
    base = _base(draft)
    stem = str(base["stem"])
    gaps: list[Gap] = []
    for number, gap in enumerate(draft.gaps, start=1):
        stem = stem.replace(f"[[{gap.id}]]", "{{g" + str(number) + "}}")
        accepted = tuple(lines(gap.accepted, 20))
        options = lines(gap.options, 10)
        if options and accepted and accepted[0] not in options:
            options = [accepted[0], *options][:10]
        gaps.append(Gap(id=f"g{number}", accepted=accepted, options=tuple(options)))
    return Cloze.model_validate({**base, "stem": stem, "gaps": gaps})


def _ordering(draft: WrittenQuestion) -> AnyQuestion:
    return Ordering.model_validate({**_base(draft), "items": tuple(lines(draft.items, 12))})


def _matching(draft: WrittenQuestion) -> AnyQuestion:
    pairs = tuple(Pair(left=line(p.left), right=line(p.right)) for p in draft.pairs[:12])
    return Matching.model_validate({**_base(draft), "pairs": pairs})


_MAKERS: Final[Mapping[str, Callable[[WrittenQuestion], AnyQuestion]]] = MappingProxyType(
    {
        "single_choice": _single,
        "multiple_choice": _multiple,
        "numeric": _numeric,
        "short_answer": _short,
        "cloze": _cloze,
        "ordering": _ordering,
        "matching": _matching,
    }
)


def _key_text(question: AnyQuestion) -> str:
    """The key in words."""
    match question:
        case SingleChoice() | MultipleChoice():
            return " ".join(choice.text for choice in question.choices if choice.is_right)
        case ShortAnswer():
            return " ".join((*question.accepted[:1], *question.key_points))
        case Cloze():
            return " ".join(gap.accepted[0] for gap in question.gaps)
        case Ordering():
            return " ".join(question.items)
        case Matching():
            return " ".join(f"{pair.left} {pair.right}" for pair in question.pairs)
        case _:
            return ""
