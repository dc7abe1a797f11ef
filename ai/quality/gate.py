"""The quality gate: all checks of one piece of content, in one report."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

from ai.chat.passage import Passage
from ai.embedding.embedder import Embedder
from ai.quality.answer_keys import GroundedKeyCheck, KeyCheck, finding
from ai.quality.comparisons import duplicate_findings, objective_findings
from ai.quality.further_texts import further_texts
from ai.quality.item_checks import (
    fact_findings,
    form_findings,
    further_findings,
    source_findings,
)
from ai.quality.item_texts import CheckedContent, Item, items_of
from ai.quality.reading_level import JUDGED_LANGUAGES, grade, is_too_hard
from ai.writing.brief import Level, SourcePassage
from ai.writing.source_lines import with_sentences
from content.lessons import Lesson, Objective, StudyGuide
from content.quality import Check, Finding, QualityReport, SkippedCheck
from content.questions import Quiz

_AT_ONCE: Final = 4
_MOST_FINDINGS: Final = 2_000


class QualityGate:
    """Checks content before learners see it.

    Args:
        embedder: The one that made the sentence vectors; None to go by words.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    async def check(
        self,
        content: CheckedContent,
        passages: Sequence[SourcePassage],
        *,
        level: Level = "beginner",
        objectives: Sequence[Objective] = (),
        keys: KeyCheck | None = None,
    ) -> QualityReport:
        """All findings, by item in the order of the content.

        Args:
            content: What was written.
            passages: What it may stand on, and what questions are answered from.
            level: Whom it is for.
            objectives: What a quiz should exercise; a lesson has its own.
            keys: Who answers questions blind; None for the built-in way.

        Raises:
            ChatModelError: A chat model that answers blind failed.
            OutputInvalidError: Likewise, or its output stayed broken.
        """
        sources = [with_sentences(passage) for passage in passages]
        readable = [_readable(passage, n) for n, passage in enumerate(sources, start=1)]
        items = list(items_of(content))
        answering: KeyCheck = GroundedKeyCheck(readable) if keys is None else keys
        findings = [f for item in items for f in source_findings(item, sources)]
        findings += await self._facts(content, items, sources, readable)
        findings += await duplicate_findings(items, self._embedder)
        findings += objective_findings(content, objectives)
        findings += _reading_findings(content, level)
        if isinstance(content, Quiz):
            findings += [f for question in content.questions for f in form_findings(question)]
            findings += await _key_findings(content, answering)
        places = {item.id: place for place, item in enumerate(items)}
        findings.sort(key=lambda f: places.get(f.item_id or "", len(places)))
        checks, skipped = _checks(content)
        return QualityReport(
            method=answering.method,
            checks=checks,
            skipped=skipped,
            findings=tuple(findings[:_MOST_FINDINGS]),
        )

    async def _facts(
        self,
        content: CheckedContent,
        items: Sequence[Item],
        sources: Sequence[SourcePassage],
        readable: Sequence[Passage],
    ) -> list[Finding]:
        by_chunk = {
            source.chunk_id: passage for source, passage in zip(sources, readable, strict=True)
        }
        embedder = self._embedder
        found = [f for item in items for f in await fact_findings(item, by_chunk, embedder)]
        for text in further_texts(content):
            found += await further_findings(text, by_chunk, embedder)
        return found


async def _key_findings(quiz: Quiz, keys: KeyCheck) -> list[Finding]:
    """What is wrong with the keys, a bounded number of questions at once."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def check(place: int) -> list[Finding]:
        async with places:
            return await keys.check(quiz.questions[place])

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(check(place)) for place in range(len(quiz.questions))]
    return [found for task in tasks for found in task.result()]


def _reading_findings(content: CheckedContent, level: Level) -> Iterator[Finding]:
    if content.language not in JUDGED_LANGUAGES:
        return
    for item, text in _read(content):
        found = grade(text)
        if found is not None and is_too_hard(found, level):
            detail = f"it reads like grade {found:.0f}, too hard for level “{level}”"
            yield finding("reading_level", "warn", item, detail)


def _read(content: CheckedContent) -> Iterator[tuple[str | None, str]]:
    """Texts long enough to be judged: sections one by one, anything else as a whole."""
    match content:
        case Lesson() | StudyGuide():
            for section in content.sections:
                yield section.id, section.body
        case Quiz():
            yield None, "\n\n".join(question.stem for question in content.questions)
        case _:
            yield None, "\n\n".join(item.said for item in items_of(content))


def _checks(content: CheckedContent) -> tuple[tuple[Check, ...], tuple[SkippedCheck, ...]]:
    """What was checked, and what could not be."""
    checks: list[Check] = ["sources", "facts", "duplicates"]
    skipped: list[SkippedCheck] = []
    if isinstance(content, Quiz):
        checks += ["keys", "form"]
    if isinstance(content, Quiz | Lesson):
        checks.append("objectives")
    if content.language in JUDGED_LANGUAGES:
        checks.append("reading_level")
    else:
        reason = f"there is no formula for the language “{content.language}”"
        skipped.append(SkippedCheck(check="reading_level", reason=reason))
    return tuple(checks), tuple(skipped)


def _readable(passage: SourcePassage, n: int) -> Passage:
    return Passage(
        n,
        passage.text,
        passage.document_title,
        passage.heading,
        passage.sentence_bounds,
        passage.sentence_vectors,
        passage.score,
    )
