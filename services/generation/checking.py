"""Runs the quality gate over what jobs and people write; its report is stored with the version."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ai.chat.errors import ChatModelError
from ai.chat.passage import Passage
from ai.prompts.registry import PromptRegistry
from ai.quality.gate import QualityGate
from ai.quality.judged_keys import JudgedKeyCheck
from ai.validation.errors import OutputError
from ai.validation.structured import StructuredChat
from ai.writing.brief import Level, SourcePassage
from ai.writing.coverage import used_material
from content.base import Content
from content.kinds import AnyContent, spans_of
from content.lessons import MarkdownLesson, Objective
from content.quality import QualityReport
from services.generation.gathering import SourceGatherer
from services.generation.writers import Desk
from storage.database import Scope


class ContentGate:
    """Looks at what jobs and people write, before learners see it."""

    def __init__(self, gate: QualityGate, sources: SourceGatherer, prompts: PromptRegistry) -> None:
        """Takes the checks, what reads the sources that content cites, and the judges' prompts."""
        self._gate = gate
        self._sources = sources
        self._prompts = prompts

    async def edited(
        self, scope: Scope, course_id: UUID, content: AnyContent
    ) -> Mapping[str, Any] | None:
        """What it finds in what a person wrote, held against the passages that it cites.

        Without a chat model; None for a lesson without parts, which has nothing to hold on to.
        """
        if isinstance(content, MarkdownLesson):
            return None
        chunk_ids = {span.chunk_id for span in spans_of(content) if span.chunk_id is not None}
        passages = await self._sources.read(scope, course_id, dict.fromkeys(chunk_ids, 0.0))
        return _stored(await self._gate.check(content, passages))

    async def written(
        self,
        content: AnyContent,
        passages: Sequence[SourcePassage],
        level: Level,
        desk: Desk,
        objectives: Sequence[Objective] = (),
    ) -> Mapping[str, Any] | None:
        """What it finds in what a job wrote; a chat model answers questions blind where one may.

        Where that one fails, the built-in way answers. `objectives` are those of the lessons that
        a quiz is on.
        """
        if isinstance(content, MarkdownLesson):
            return None
        if desk.chat is not None:
            keys = JudgedKeyCheck(
                desk.chat,
                StructuredChat(self._prompts),
                self._prompts,
                _numbered(passages),
                attribution=desk.attribution,
            )
            try:
                report = await self._gate.check(
                    content, passages, level=level, objectives=objectives, keys=keys
                )
                return _stored(_with_material(report, content, passages))
            except* (ChatModelError, OutputError):
                pass
        report = await self._gate.check(content, passages, level=level, objectives=objectives)
        return _stored(_with_material(report, content, passages))


def _numbered(passages: Sequence[SourcePassage]) -> list[Passage]:
    return [
        Passage(
            n=number,
            text=passage.text,
            title=passage.document_title,
            heading=passage.heading,
            sentence_bounds=passage.sentence_bounds,
            sentence_vectors=passage.sentence_vectors,
            score=passage.score,
        )
        for number, passage in enumerate(passages, 1)
    ]


def _with_material(
    report: QualityReport, content: Content, passages: Sequence[SourcePassage]
) -> QualityReport:
    return report.model_copy(update={"material": used_material(content, passages)})


def _stored(report: QualityReport) -> dict[str, Any]:
    return report.model_dump(mode="json")
