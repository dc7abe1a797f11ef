"""As many questions are encoded at a time as there are places; each place comes back."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from ai.embedding.embedder import PassageInput, PassageVectors
from services.errors import OverloadedError
from services.question_encoding import QuestionEncoder


class PatientEmbedder:
    """Encodes once it is let go."""

    id = "patient"
    dimension = 3
    max_tokens = 256

    def __init__(self) -> None:
        self.let_go = asyncio.Event()

    def count(self, text: str) -> int:
        return len(text.split())

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        await self.let_go.wait()
        if text == "bad":
            raise ValueError(text)
        return np.ones(3, dtype=np.float32)

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:  # noqa: ARG002
        raise AssertionError


async def test_questions_beyond_the_places_are_refused_at_once() -> None:
    embedder = PatientEmbedder()
    encoder = QuestionEncoder(embedder, places=2)
    waiting = [asyncio.create_task(encoder.vector("a question")) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(OverloadedError) as refused:
        await encoder.vector("one too many")
    embedder.let_go.set()

    assert refused.value.retry_after_seconds >= 1
    assert [len(vector) for vector in await asyncio.gather(*waiting)] == [3, 3]
    assert len(await encoder.vector("later")) == 3


@pytest.mark.parametrize("end", ["success", "error", "cancelled", "left while encoding", "left"])
async def test_a_place_comes_back_however_its_question_ends(end: str) -> None:
    embedder = PatientEmbedder()
    encoder = QuestionEncoder(embedder, places=1)
    place = await encoder.admit()

    if end == "left":
        place.leave()
    else:
        work = place.encode("bad" if end == "error" else "good")
        await asyncio.sleep(0)
        if end == "cancelled":
            work.cancel()
        elif end == "left while encoding":
            place.leave()
        embedder.let_go.set()
        await asyncio.wait([work])
        await asyncio.sleep(0)

    embedder.let_go.set()
    assert len(await encoder.vector("next")) == 3
    assert len(await encoder.vector("and the next")) == 3
