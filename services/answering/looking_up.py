"""What a course holds on a question, and on each part of one that asks several things."""

import asyncio
from dataclasses import replace

from ai.retrieval.joining import interleaved
from services.access import CourseAccess
from services.answering.understanding import UnderstoodQuestion
from services.retrieval import Retrieval, RetrievalService
from storage.database import Scope


async def looked_up(
    retrieval: RetrievalService,
    scope: Scope,
    course: CourseAccess,
    asked: UnderstoodQuestion,
    *,
    k: int,
) -> Retrieval:
    """The `k` best passages; of a compound question, the best of each part in turn.

    A single question is looked up once. Parts are looked up at the same time, each with a
    connection of its own.

    Raises:
        StorageUnavailableError: the passages could not be read.
    """
    if not asked.parts:
        return await retrieval.retrieve_for(scope, course, asked.text, asked.vector, k=k)
    found = await asyncio.gather(
        *(
            retrieval.retrieve_for(scope, course, part.text, part.vector, k=k)
            for part in asked.parts
            if part.vector is not None
        )
    )
    return replace(
        found[0],
        passages=tuple(
            interleaved(
                [each.passages for each in found],
                chunks=lambda passage: (passage.chunk_id, passage.chunk_ids),
                text=lambda passage: passage.text,
                limit=k,
            )
        ),
        query_vector=asked.vector,
        is_fully_encoded=all(each.is_fully_encoded for each in found),
    )
