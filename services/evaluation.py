"""How well retrieval finds what a set of questions should find."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal
from uuid import UUID

import numpy as np
from pydantic import BaseModel, Field, model_validator

from ai.retrieval.scoring import FusionWeights
from services.access import Permission, authorise
from services.actors import Actor
from services.errors import InvalidValueError
from services.ranking_metrics import confidence_interval, ndcg, recall, reciprocal_rank
from services.retrieval import CANDIDATES, RetrievalService, RetrievedPassage
from storage.database import Database, Scope
from storage.repositories.documents import DocumentsRepository

WARM_UP_QUESTIONS = 3

Arm = Literal["fused", "dense", "lexical"]
"""What ranks: both arms and the best sentence, or one arm alone."""
WEIGHTS_OF_ARM: Mapping[Arm, FusionWeights | None] = MappingProxyType(
    {
        "fused": None,
        "dense": FusionWeights(dense=1, lexical=0, sentence=0),
        "lexical": FusionWeights(dense=0, lexical=1, sentence=0),
    }
)


class RelevantPart(BaseModel):
    """A document that answers, or the part of it that holds a text."""

    document: Annotated[str, Field(min_length=1)]
    contains: str | None = None


class EvaluationQuestion(BaseModel):
    """A question with what is relevant to it; `doc_id` alone is short for one document.

    Attributes:
        answers: Texts of which an answer should hold one; where none is known, it is not judged.
    """

    id: str
    question: Annotated[str, Field(min_length=1)]
    relevant: Annotated[tuple[RelevantPart, ...], Field(min_length=1)]
    answers: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _spell_out_short_form(cls, line: object) -> object:
        if isinstance(line, dict) and "relevant" not in line and "doc_id" in line:
            return {**line, "relevant": [{"document": line["doc_id"]}]}
        return line


@dataclass(frozen=True, slots=True)
class RetrievalMetrics:
    """Means over the questions, their 95 % intervals, and the time a question takes.

    Attributes:
        k: documents looked at.
        ranks: by the question's id, of each relevant part; None where it was not found.
    """

    k: int
    ranks: Mapping[str, Sequence[int | None]]
    means: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    latency_p50_ms: float
    latency_p95_ms: float

    @property
    def questions(self) -> int:
        """How many were asked."""
        return len(self.ranks)

    def as_json(self) -> dict[str, Any]:
        """The object that `eval retrieval --json` prints, and `--against` reads again."""
        return {
            "questions": self.questions,
            **{name: round(mean, 4) for name, mean in self.means.items()},
            "ci95": {
                name: [round(bound, 4) for bound in bounds]
                for name, bounds in self.intervals.items()
            },
            "latency_ms": {
                "p50": round(self.latency_p50_ms, 2),
                "p95": round(self.latency_p95_ms, 2),
            },
            "k": self.k,
            "ranks": dict(self.ranks),
        }


class EvaluationService:
    """Measures retrieval in a course."""

    def __init__(self, database: Database, retrieval: RetrievalService) -> None:
        self._database = database
        self._retrieval = retrieval

    async def evaluate_retrieval(
        self,
        actor: Actor,
        course: UUID | str,
        questions: Sequence[EvaluationQuestion],
        *,
        k: int = 10,
        arm: Arm = "fused",
    ) -> RetrievalMetrics:
        """Asks every question, one after the other, and measures the ranks of what is relevant.

        A document counts once, at the place of its first passage; a part that must hold a text
        counts where a passage with that text stands. Documents below rank `k` count as not found.

        Raises:
            NotFoundError: no such course for this actor.
            InvalidValueError: no question, two of one id, or one names a document that the course
                does not have, or that several have as the last part of their path.
        """
        _require_distinct(questions)
        weights = WEIGHTS_OF_ARM[arm]
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            keys = await DocumentsRepository(session).keys_beside(access.course_id, [])
        named = KnownKeys(keys)
        scope = Scope(user_id=actor.user_id, course_ids=(access.course_id,))
        wanted = [_resolved(question, named) for question in questions]
        for question in questions[:WARM_UP_QUESTIONS]:
            await self._retrieval.retrieve(scope, access, question.question, k=CANDIDATES)
        ranks: dict[str, list[int | None]] = {}
        seconds: list[float] = []
        for question, relevant in zip(questions, wanted, strict=True):
            started = time.perf_counter()
            found = await self._retrieval.retrieve(
                scope, access, question.question, k=CANDIDATES, weights=weights
            )
            seconds.append(time.perf_counter() - started)
            ranks[question.id] = [_rank(found.passages, part, k) for part in relevant]
        return _metrics(ranks, seconds, k)


class KnownKeys:
    """Finds a course's documents by key, or by the last part of the path where that is unique."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = frozenset(keys)
        names = Counter(key.rsplit("/", 1)[-1] for key in keys)
        self._by_name = {name: key for key in keys if names[name := key.rsplit("/", 1)[-1]] == 1}

    def find(self, document: str) -> str:
        """The key meant.

        Raises:
            InvalidValueError: when there is none, or more than one.
        """
        if document in self._keys:
            return document
        key = self._by_name.get(document.rsplit("/", 1)[-1])
        if key is None:
            message = (
                f"The course has no document {document!r}, or several of that name."
                " Name it by its path below the ingested root, or by its doc_id."
            )
            raise InvalidValueError("questions", message)
        return key


def _require_distinct(questions: Sequence[EvaluationQuestion]) -> None:
    if not questions:
        raise InvalidValueError("questions", "There is no question in the file.")
    [(id_, count)] = Counter(question.id for question in questions).most_common(1)
    if count > 1:
        raise InvalidValueError("questions", f"{count} questions have the id {id_!r}; ids differ.")


def _resolved(question: EvaluationQuestion, named: KnownKeys) -> list[RelevantPart]:
    return [
        RelevantPart(document=named.find(part.document), contains=part.contains)
        for part in question.relevant
    ]


def _rank(passages: Sequence[RetrievedPassage], part: RelevantPart, k: int) -> int | None:
    """The place among documents, from 1, at which the part is found; None below `k`."""
    seen: set[str] = set()
    for passage in passages:
        seen.add(passage.document_key)
        if len(seen) > k:
            return None
        if passage.document_key == part.document and _holds(passage, part.contains):
            return len(seen)
    return None


def _holds(passage: RetrievedPassage, text: str | None) -> bool:
    return text is None or " ".join(text.split()) in " ".join(passage.text.split())


def _metrics(
    ranks: Mapping[str, Sequence[int | None]], seconds: Sequence[float], k: int
) -> RetrievalMetrics:
    values = {
        "recall@1": [recall(each, 1) for each in ranks.values()],
        "recall@5": [recall(each, 5) for each in ranks.values()],
        "recall@10": [recall(each, 10) for each in ranks.values()],
        "mrr@10": [reciprocal_rank(each, 10) for each in ranks.values()],
        "ndcg@10": [ndcg(each, 10) for each in ranks.values()],
    }
    p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1_000
    return RetrievalMetrics(
        k=k,
        ranks=ranks,
        means={name: float(np.mean(each)) for name, each in values.items()},
        intervals={name: confidence_interval(each) for name, each in values.items()},
        latency_p50_ms=float(p50),
        latency_p95_ms=float(p95),
    )
