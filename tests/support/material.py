"""A real encoder that counts its work, and courses to bring material into."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray
from uuid_utils.compat import uuid4

from ai.embedding.embedder import PassageInput, PassageVectors
from ai.embedding.onnx import OnnxEmbedder
from bootstrap.services import Services
from services.courses import NewCourse
from services.ingestion.report import IngestionReport
from services.ingestion.service import IngestionOptions
from services.ingestion.sources import SourceFilter, find_sources
from tests.support.encoder import exported_encoder
from tests.support.service import Person


class CountingEmbedder:
    """The real encoder, which remembers the passages that it was given."""

    def __init__(self, encoder: OnnxEmbedder) -> None:
        self._encoder = encoder
        self.encoded: list[str] = []

    @property
    def id(self) -> str:
        return self._encoder.id

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    @property
    def max_tokens(self) -> int:
        return self._encoder.max_tokens

    def count(self, text: str) -> int:
        return self._encoder.count(text)

    async def embed_query(self, text: str) -> NDArray:
        return await self._encoder.embed_query(text)

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        self.encoded += [passage.embedding_text for passage in passages]
        return self._encoder.encode_passages(passages)


class OtherEmbedder(CountingEmbedder):
    """Another vector space that finds as well: the real vectors, turned half-way around.

    `on_passages` runs before each batch: where a test lets something happen in between.
    """

    id = "turned-around"

    def __init__(self, encoder: OnnxEmbedder, on_passages: Callable[[], None] = lambda: None):
        super().__init__(encoder)
        self._on_passages = on_passages

    async def embed_query(self, text: str) -> NDArray:
        return np.roll(await super().embed_query(text), self.dimension // 2)

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        self._on_passages()
        half = self.dimension // 2
        return [
            PassageVectors(np.roll(each.vector, half), np.roll(each.sentence_vectors, half, axis=1))
            for each in super().encode_passages(passages)
        ]


@pytest.fixture(scope="session")
def session_encoder() -> Iterator[OnnxEmbedder]:
    encoder = OnnxEmbedder(exported_encoder(), threads=1)
    yield encoder
    encoder.close()


@dataclass(frozen=True, slots=True)
class Shelf:
    """A course of a teacher, and a folder of files to bring into it."""

    services: Services
    teacher: Person
    course_id: UUID
    slug: str
    folder: Path

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def write_records(self, name: str, texts: Mapping[str, str]) -> None:
        lines = [
            json.dumps({"doc_id": key, "title": "", "text": text}) for key, text in texts.items()
        ]
        self.write({name: "\n".join(lines)})

    async def ingest(self, **options: bool | int) -> IngestionReport:
        scratch = self.folder.parent / f"scratch-{uuid4().hex}"
        scratch.mkdir()
        sources = find_sources([str(self.folder)], scratch, SourceFilter())
        return await self.services.ingestion.ingest_for(
            self.teacher.actor, self.course_id, sources, IngestionOptions(**options)
        )

    async def revision(self) -> int:
        return (await self.services.courses.read(self.teacher.actor, self.slug)).corpus_revision


@pytest.fixture
async def shelf(services: Services, teacher: Person, tmp_path: Path) -> Shelf:
    folder = tmp_path / "library"
    folder.mkdir()
    slug = f"course-{uuid4().hex}"
    course = await services.courses.create(teacher.actor, NewCourse(title="Physics", slug=slug))
    return Shelf(services, teacher, course.id, slug, folder)
