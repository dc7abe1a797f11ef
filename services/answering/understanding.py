"""What a question is looked up by: its words as they read alone, their vectors, its parts."""

import asyncio
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.chat.chat_model import QuestionPart
from ai.embedding.embedder import Embedder
from ai.questions.compound import sub_questions


@dataclass(frozen=True, slots=True, eq=False)
class UnderstoodQuestion:
    """A question as retrieval, the answer cache and the grounded model read it.

    Attributes:
        text: As it reads without the conversation.
        vector: Of `text`, `(dimension,)` float32, L2-normalised.
        parts: What a compound question asks, each to be looked up by itself; empty for a single
            question.
    """

    text: str
    vector: NDArray[np.float32]
    parts: tuple[QuestionPart, ...] = ()


Understanding = asyncio.Future[UnderstoodQuestion]


async def understood(embedder: Embedder, text: str) -> UnderstoodQuestion:
    """The question, which stands by itself, with its vectors.

    Those of a compound question's parts are made in one batch, beside that of the whole.

    Raises:
        EmbeddingError: a remote encoder gives no vector.
    """
    texts = sub_questions(text)
    if not texts:
        return UnderstoodQuestion(text, await embedder.embed_query(text))
    vector, *of_parts = await asyncio.gather(
        *(embedder.embed_query(each) for each in (text, *texts))
    )
    parts = tuple(QuestionPart(*part) for part in zip(texts, of_parts, strict=True))
    return UnderstoodQuestion(text, vector, parts)
